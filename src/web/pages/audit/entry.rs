use askama::Template;

use super::EntryLine;
use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/audit/entries/{id}`: one entry as it was committed to.
#[derive(Debug, Template)]
#[template(path = "pages/audit/entry.html")]
pub struct AuditEntryPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The entry.
    pub line: EntryLine,
    /// Its canonical JSON (RFC 8785), exactly the bytes behind the commitment.
    pub canonical: String,
    /// The salted commitment, in hexadecimal.
    pub commitment: String,
    /// Commitment of the entry before it in the same object's chain, in hexadecimal.
    pub previous: Option<String>,
    /// The history of its object around it, itself among them.
    pub around: Vec<EntryLine>,
    /// Whether the proof that it is in the log can be taken away.
    pub provable: bool,
}
