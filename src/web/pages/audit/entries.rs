use askama::Template;
use jiff::civil::Date;

use super::clause_words;
use crate::i18n::Texts;
use crate::web::pages::{Choice, Faults, StaffFrame};

/// `/audit/entries`: the record, newest first; of one object its history, from the first entry to the last.
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
    /// Principles of the OECD Recommendation to filter by (`1` … `13`), each followed by its clauses.
    pub principles: Vec<Choice>,
    /// Roles and parts to filter by.
    pub roles: Vec<Choice>,
    /// Causes to filter by.
    pub causes: Vec<Choice>,
    /// Profiles to filter by.
    pub profiles: Vec<Choice>,
    /// The entries of this page.
    pub rows: Vec<EntryLine>,
    /// The number of the case whose history this is, where it is one.
    pub history: Option<String>,
    /// True on the first page.
    pub first: bool,
    /// Where the next page begins (query `cursor`).
    pub next: Option<String>,
    /// The filters as a query, for links.
    pub query: String,
    /// What is wrong with the filters.
    pub faults: Faults,
}

/// The filters as they were typed, named as the query names them; empty = everything.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Code of an act.
    pub act: String,
    /// Number of an OECD principle, or a clause.
    pub principle: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Number of a case or another object in the record.
    pub case: String,
    /// Alias of a member of staff.
    pub actor: String,
    /// Role or part.
    pub role: String,
    /// Cause.
    pub cause: String,
    /// Profile.
    pub profile: String,
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

    /// A clause with the name of its principle.
    pub(super) fn clause_words(clause: &str, t: Texts) -> String {
        clause_words(clause, t)
    }
}
