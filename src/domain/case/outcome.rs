//! How a case ended in substance (norms.md 8.1).

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// The outcome of a case.
    pub enum Outcome {
        /// The facts reported are established.
        Substantiated = "substantiated",
        /// Some of them are.
        PartlySubstantiated = "partly_substantiated",
        /// They are not.
        Unsubstantiated = "unsubstantiated",
        /// It cannot be told.
        Inconclusive = "inconclusive",
        /// Nobody here may decide it.
        NoJurisdiction = "no_jurisdiction",
        /// The reporter knew the report to be false; never computed, counted apart (control ISO-9.1.2-j).
        KnowinglyFalse = "knowingly_false",
    }
}

impl Outcome {
    /// Whether it is adverse to the person concerned, who must have had the right to respond (control EU-22-1).
    #[must_use]
    pub const fn is_adverse(self) -> bool {
        matches!(self, Self::Substantiated | Self::PartlySubstantiated)
    }
}
