use askama::Template;
use jiff::civil::Date;

use crate::i18n::Texts;
use crate::web::pages::{Choice, StaffFrame};

/// `/audit/entries`: the record, newest first.
#[derive(Debug, Template)]
#[template(path = "pages/audit/entries.html")]
pub struct AuditEntriesPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// What is filtered by.
    pub filter: AuditFilter,
    /// Acts to filter by, in the order of the vocabulary.
    pub acts: Vec<Choice>,
    /// Principles of the OECD Recommendation to filter by (`1` … `13`).
    pub principles: Vec<Choice>,
    /// The entries of this page.
    pub rows: Vec<EntryLine>,
    /// How many entries match in all, if it was counted.
    pub total: Option<i64>,
    /// True on the first page.
    pub first: bool,
    /// Where the next page begins (query `cursor`).
    pub next: Option<String>,
}

/// The filters, named as the query names them; empty = everything.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Code of an act.
    pub act: String,
    /// Number of an object in the record.
    pub object: String,
    /// Number of an OECD principle.
    pub principle: String,
}

/// One entry in the list.
#[derive(Debug, Clone)]
pub struct EntryLine {
    /// Id for the address.
    pub id: String,
    /// Its place in the tree, once it has one.
    pub position: Option<i64>,
    /// Its place in the history of its object.
    pub n: i64,
    /// Day of the act.
    pub on: Date,
    /// Time of day in UTC (`14:05:09`), for acts of staff only.
    pub time: Option<String>,
    /// Codes of its acts.
    pub acts: Vec<String>,
    /// Alias of who acted, or `reporter`, `system`, `timer`, `operator`.
    pub actor: String,
    /// Code of the role in which they acted; empty for the system.
    pub role: String,
    /// Kind of the object (`case`, `staff`, `desk`, `instance`).
    pub kind: String,
    /// The object's number in the record, which is not its id elsewhere.
    pub object: String,
    /// Clauses of the OECD Recommendation that it is evidence for (`9b`).
    pub clauses: Vec<String>,
}

impl EntryLine {
    /// Who acted: a word where the record has only a kind, else the alias.
    pub(super) fn actor_words(&self, t: Texts) -> String {
        t.code("role", &self.actor)
    }

    /// A clause with the name of its principle: "9 Openness (b)".
    pub(super) fn clause_words(clause: &str, t: Texts) -> String {
        let number = clause.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let letter = clause.trim_start_matches(|c: char| c.is_ascii_digit());
        let principle = t.code("oecd", number);
        if letter.is_empty() { principle } else { format!("{principle} ({letter})") }
    }
}

impl AuditEntriesPage {
    /// Whether any entry of the page has its place in the tree; the column is left out before.
    fn placed(&self) -> bool {
        self.rows.iter().any(|row| row.position.is_some())
    }

    /// The filters as a query. Codes, numbers and aliases only: the object is the one field a person types, so anything
    /// that would have to be escaped is left out.
    fn query(&self) -> String {
        let object: String =
            self.filter.object.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        format!("act={}&principle={}&object={object}", self.filter.act, self.filter.principle)
    }
}
