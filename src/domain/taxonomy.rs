//! What a report is about (norms.md 8.7) and where: closed lists that may stand in clear in a case row.

use super::vocabulary::vocabulary;

vocabulary! {
    /// The category of a report; UNCAC articles and hooks in Kazakh law are in norms.md 8.7.
    pub enum Category {
        /// Bribery: giving, taking, mediating, offering (UNCAC 15, 16, 21).
        Bribery = "bribery",
        /// Embezzlement, misuse of public funds or assets (UNCAC 17, 22).
        Embezzlement = "embezzlement",
        /// Abuse of office, excess, inaction (UNCAC 19).
        AbuseOfOffice = "abuse_of_office",
        /// Conflict of interest, incompatible activity, gifts (UNCAC 7(4), 8(5)).
        ConflictOfInterest = "conflict_of_interest",
        /// Merit violation, nepotism, favouritism in recruitment, promotion, appraisal, dismissal (UNCAC 7(1)).
        Merit = "merit",
        /// Procurement fraud, collusion, kickback, tailoring (UNCAC 9).
        Procurement = "procurement",
        /// Illicit enrichment, false declaration (UNCAC 20, 8(5)).
        IllicitEnrichment = "illicit_enrichment",
        /// Undue influence, lobbying, capture, trading in influence (UNCAC 18).
        UndueInfluence = "undue_influence",
        /// Obstruction of lawful business, extortion by inspectors (UNCAC 19).
        ObstructionBusiness = "obstruction_business",
        /// Laundering of corruption proceeds (UNCAC 23).
        Laundering = "laundering",
        /// Retaliation against a reporter, witness or facilitator (UNCAC 32, 33).
        Retaliation = "retaliation",
        /// Disclosure of a reporter's identity or of case data (UNCAC 32, 33).
        ConfidentialityBreach = "confidentiality_breach",
        /// Breach of an ethics code without a sign of corruption (UNCAC 8).
        Ethics = "ethics",
        /// Other, or out of scope; triage decides.
        Other = "other",
    }
}

vocabulary! {
    /// A region of Kazakhstan; the code is the first two digits of KATO, the national classifier of
    /// administrative-territorial objects.
    pub enum Region {
        /// Abai region.
        Abai = "10",
        /// Akmola region.
        Akmola = "11",
        /// Aktobe region.
        Aktobe = "15",
        /// Almaty region (not the city).
        AlmatyRegion = "19",
        /// Atyrau region.
        Atyrau = "23",
        /// West Kazakhstan region.
        WestKazakhstan = "27",
        /// Jambyl region.
        Jambyl = "31",
        /// Jetisu region.
        Jetisu = "33",
        /// Karaganda region.
        Karaganda = "35",
        /// Kostanay region.
        Kostanay = "39",
        /// Kyzylorda region.
        Kyzylorda = "43",
        /// Mangystau region.
        Mangystau = "47",
        /// Pavlodar region.
        Pavlodar = "55",
        /// North Kazakhstan region.
        NorthKazakhstan = "59",
        /// Turkistan region.
        Turkistan = "61",
        /// Ulytau region.
        Ulytau = "62",
        /// East Kazakhstan region.
        EastKazakhstan = "63",
        /// The city of Astana.
        Astana = "71",
        /// The city of Almaty.
        AlmatyCity = "75",
        /// The city of Shymkent.
        Shymkent = "79",
    }
}

vocabulary! {
    /// A warning sign (norms.md 8.7).
    pub enum RedFlag {
        /// One bidder only.
        SingleBidder = "single_bidder",
        /// A contract cut into parts that need no tender.
        SplitContract = "split_contract",
        /// A price far from the usual.
        PriceOutlier = "price_outlier",
        /// Documents are missing.
        MissingDocuments = "missing_documents",
        /// A relative takes part in the decision.
        RelativeInChain = "relative_in_chain",
        /// Cash is asked for.
        CashRequest = "cash_request",
        /// The procedure was left for urgency.
        UrgentDeviation = "urgent_deviation",
        /// A record was altered.
        AlteredRecord = "altered_record",
        /// The same one wins each time.
        RepeatedWinner = "repeated_winner",
        /// Somebody is pressed to be silent.
        PressureToBeSilent = "pressure_to_be_silent",
    }
}

vocabulary! {
    /// A process of a body whose controls are weak (OECD 10(b)); our own list.
    pub enum Weakness {
        /// Purchases and contracts.
        Procurement = "procurement",
        /// Recruitment, promotion, bonuses.
        Personnel = "personnel",
        /// Payments and accounts.
        Payments = "payments",
        /// Property and stocks.
        Assets = "assets",
        /// Licences, permits, land.
        Permits = "permits",
        /// Inspections and fines.
        Inspections = "inspections",
        /// Grants, benefits, public services.
        Services = "services",
        /// Declarations of interests and gifts.
        Declarations = "declarations",
        /// Records and access to data.
        Records = "records",
        /// Supervision of those who decide.
        Supervision = "supervision",
        /// Another one.
        Other = "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_have_the_lengths_of_their_sources() {
        assert_eq!(Category::ALL.len(), 14, "norms.md 8.7");
        assert_eq!(RedFlag::ALL.len(), 10, "norms.md 8.7");
        assert_eq!(Region::ALL.len(), 20, "17 regions and 3 cities since 2022");
    }
}
