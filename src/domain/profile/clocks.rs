//! The clocks that run on a case, and their lengths.

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// A clock of norms.md 8.4.
    pub enum ClockName {
        /// Registration.
        Register = "register",
        /// Acknowledgement; the automatic one satisfies it.
        Acknowledge = "acknowledge",
        /// A personal message, beyond the automatic one.
        PersonalMessage = "personal_message",
        /// The assessment is done.
        Triage = "triage",
        /// The case is forwarded for lack of competence.
        Forward = "forward",
        /// Signs of a crime are referred.
        CriminalReferral = "criminal_referral",
        /// An answer to a question is awaited.
        Answer = "answer",
        /// Feedback to the reporter; in `kz`, consideration.
        Feedback = "feedback",
        /// The investigation is done.
        Investigation = "investigation",
        /// The other body of a referral answers, or is reminded.
        ReferralAnswer = "referral_answer",
        /// The measures are done.
        Remediation = "remediation",
        /// The reporter may ask for a review.
        ReviewFiling = "review_filing",
        /// The review is decided.
        ReviewDecision = "review_decision",
        /// The interim decision on a retaliation complaint.
        RetaliationInterim = "retaliation_interim",
    }
}

impl ClockName {
    /// The codes of several clocks in one: sorted, with dots between.
    #[must_use]
    pub fn list(clocks: &[Self]) -> String {
        let mut codes: Vec<&str> = clocks.iter().map(|clock| clock.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.join(".")
    }

    /// The clocks of such a list; `None` where it is none.
    #[must_use]
    pub fn parse_list(text: &str) -> Option<Vec<Self>> {
        let clocks: Vec<Self> = text.split('.').map(Self::parse).collect::<Option<_>>()?;
        (Self::list(&clocks) == text).then_some(clocks)
    }
}

vocabulary! {
    /// What a period counts.
    pub enum Unit {
        /// Calendar days.
        Days = "days",
        /// Working days of the profile's calendar; zero means the same day if it is one, else the next.
        WorkingDays = "working_days",
        /// Calendar months, clamped to the end of the month.
        Months = "months",
    }
}

vocabulary! {
    /// From where a period runs.
    pub enum Anchor {
        /// The day of receipt.
        Receipt = "receipt",
        /// The day of the acknowledgement, or the day on which it was due.
        Acknowledgement = "acknowledgement",
        /// The day on which the present state, or the act in question, began.
        Stage = "stage",
    }
}

vocabulary! {
    /// What stops a clock before the case leaves the states in which it runs.
    pub enum MetBy {
        /// Any message of a person to the reporter.
        Message = "message",
        /// A message that is feedback: the action envisaged or taken, and the grounds (EU 2019/1937 art. 5(13)).
        Feedback = "feedback",
    }
}

vocabulary! {
    /// Why a clock may be waived (EU 2019/1937 art. 11(2)(b); control EU-11.2b-1).
    pub enum Waiver {
        /// The reporter expressly asked for none.
        ReporterObjected = "reporter_objected",
        /// It would put the protection of the reporter's identity at risk.
        IdentityRisk = "identity_risk",
    }
}

/// The length of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How many units.
    pub amount: u16,
    /// Of what.
    pub unit: Unit,
    /// From where.
    pub from: Anchor,
}
