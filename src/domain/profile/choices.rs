//! What a profile chooses from, besides lengths of time.

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// A question that must be answered before a case leaves triage (ISO 37002, 8.3.1; control ISO-8.3.1-1).
    pub enum TriageQuestion {
        /// Is the matter one of this service?
        InScope = "in_scope",
        /// Are there signs of a crime (OECD 10(c); control OI-10c-1)?
        CriminalSigns = "criminal_signs",
        /// Does it go on now?
        Ongoing = "ongoing",
        /// Is life or health at risk?
        HealthRisk = "health_risk",
        /// Could evidence be destroyed soon?
        EvidenceAtRisk = "evidence_at_risk",
        /// Did the reporter see it themselves?
        FirstHand = "first_hand",
        /// Does anything support the report?
        Corroborated = "corroborated",
        /// Was the same reported before?
        ReportedBefore = "reported_before",
        /// Is somebody of high office concerned: a political post, corps A, the head of a body (norms.md 8.5, rule 6)?
        SeniorOfficial = "senior_official",
        /// Does somebody suffer for the report already?
        Retaliation = "retaliation",
        /// Is it likely to be reported outside soon?
        PublicSoon = "public_soon",
        /// Does the damage reach the profile's `critical_damage`? Asked wherever a profile has one.
        HeavyDamage = "heavy_damage",
    }
}

vocabulary! {
    /// Whether contact details may be given with a report.
    pub enum IdentityDefault {
        /// No: the form has no such fields.
        Off = "off",
        /// Yes, into a vault of their own.
        Vault = "vault",
    }
}

vocabulary! {
    /// A body outside this service to which a reporter can turn, or a case can go (norms.md 5.1).
    pub enum Route {
        /// The Anti-Corruption Service of the National Security Committee of Kazakhstan: corruption offences.
        KnbAnticorruption = "knb_anticorruption",
        /// The Agency for Civil Service Affairs of Kazakhstan: ethics, merit, prevention.
        CivilServiceAgency = "civil_service_agency",
        /// The prosecutor's office.
        Prosecutor = "prosecutor",
        /// A court.
        Court = "court",
        /// The external channel of a member state (EU 2019/1937 art. 10).
        ExternalAuthority = "external_authority",
        /// Public disclosure, protected once nobody acted in time (EU 2019/1937 art. 15).
        PublicDisclosure = "public_disclosure",
        /// The regulator of the sector.
        Regulator = "regulator",
        /// The police.
        Police = "police",
        /// The national agency for the prevention of corruption, where a country has one.
        PreventionAgency = "prevention_agency",
    }
}
