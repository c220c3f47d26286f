use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/audit/acts`: the inventory of what is written down, and where each kind of log goes.
#[derive(Debug, Template)]
#[template(path = "pages/audit/acts.html")]
pub struct AuditActsPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// Every act.
    pub rows: Vec<ActLine>,
    /// Every member that an entry can have.
    pub members: Vec<MemberLine>,
}

/// An act of the vocabulary.
#[derive(Debug, Clone)]
pub struct ActLine {
    /// Its code.
    pub act: &'static str,
    /// Kinds of objects.
    pub on: Vec<&'static str>,
    /// Causes.
    pub causes: Vec<&'static str>,
    /// Members that its entries must have; several together are alternatives.
    pub needs: Vec<Vec<&'static str>>,
    /// Clauses of the OECD Recommendation.
    pub clauses: &'static [&'static str],
    /// Who may see it.
    pub seen_by: Vec<&'static str>,
    /// Whether this program writes it.
    pub written: bool,
    /// How many entries hold it.
    pub entries: i64,
}

/// A member of an entry.
#[derive(Debug, Clone)]
pub struct MemberLine {
    /// Its path.
    pub path: String,
    /// When it stands there: code for the words (`stands-always`).
    pub stands: &'static str,
    /// What its value is.
    pub shape: String,
}

/// The kinds of logs, by the codes of their words.
pub(super) const LOGS: [&str; 5] = ["record", "public", "process", "metrics", "database"];

impl AuditActsPage {
    /// The codes of a list as words.
    fn words(&self, vocabulary: &str, codes: &[&'static str]) -> String {
        let words: Vec<String> = codes.iter().map(|code| self.t.code(vocabulary, code)).collect();
        words.join(", ")
    }

    const fn logs() -> [&'static str; 5] {
        LOGS
    }
}
