//! The clocks that run on a case, and their lengths.

use serde::Deserialize;

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
        /// The end of all extensions of the feedback; a profile without it allows none.
        FeedbackCap = "feedback_cap",
        /// The reporter is told of an extension.
        ExtensionNotice = "extension_notice",
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

/// The length of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many units.
    pub amount: u16,
    /// Of what.
    pub unit: Unit,
    /// From where.
    pub from: Anchor,
}
