//! The languages of the service (Languages Law of Kazakhstan; control KZ-LANG-1).

use super::vocabulary::vocabulary;

vocabulary! {
    /// A language in which the service speaks; the code is ISO 639-1.
    pub enum Language {
        /// Kazakh.
        Kk = "kk",
        /// Russian.
        Ru = "ru",
        /// English.
        En = "en",
    }
}
