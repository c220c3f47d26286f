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
