use askama::Template;
use jiff::civil::DateTime;

use super::EntryLine;
use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/audit/cases/{id}`: the whole history of one case, and up to where it is known to be whole. Moments are in UTC.
#[derive(Debug, Template)]
#[template(path = "pages/audit/case.html")]
pub struct AuditCasePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The case's number in the record.
    pub case: String,
    /// Up to where it is whole: code of `audit-case-…`.
    pub whole: &'static str,
    /// When the newest map of last entries was made, where there is one.
    pub map: Option<DateTime>,
    /// Entries that the map knows.
    pub known: i64,
    /// Entries that are newer than the map.
    pub later: i64,
    /// Whether a proof can be taken away: a head was signed.
    pub provable: bool,
    /// The history, first entry first.
    pub rows: Vec<CaseEntryLine>,
}

/// An entry of the history.
#[derive(Debug, Clone)]
pub struct CaseEntryLine {
    /// What the list of entries says of it.
    pub entry: EntryLine,
    /// The state that it led to.
    pub to: Option<String>,
    /// Its commitment, in hexadecimal.
    pub commitment: String,
    /// Whether it is newer than the map.
    pub later: bool,
}

impl CaseEntryLine {
    /// The beginning of the commitment; the whole stands on the entry's page.
    fn short(&self) -> String {
        self.commitment.chars().take(16).collect::<String>() + "…"
    }
}
