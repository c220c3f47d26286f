use askama::Template;
use jiff::civil::Date;

use super::ProposalLine;
use crate::i18n::Texts;
use crate::web::pages::{Choice, StaffFrame};

/// `/staff/cases`: the cases granted to me, soonest due first, and what waits for me above them.
#[derive(Debug, Template)]
#[template(path = "pages/staff/cases.html")]
pub struct CasesPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// Proposals that wait for my decision.
    pub pending: Vec<ProposalLine>,
    /// Colleagues who made new keys and wait for cases that we both hold.
    pub waiting: Vec<WaitingLine>,
    /// States to filter by (query `state`).
    pub states: Vec<Choice>,
    /// The state filtered by; empty = every open state, `all` = every state.
    pub state: String,
    /// The cases of this page.
    pub rows: Vec<CaseLine>,
    /// True on the first page.
    pub first: bool,
    /// Where the next page begins (query `cursor`); `None` on the last page.
    pub next: Option<String>,
}

/// A colleague who waits for cases after making new keys.
#[derive(Debug, Clone)]
pub struct WaitingLine {
    /// Id for addresses.
    pub id: String,
    /// Their login.
    pub login: String,
    /// How many cases.
    pub cases: i64,
}

/// One case in the list.
#[derive(Debug, Clone)]
pub struct CaseLine {
    /// Id for the address.
    pub id: String,
    /// Public reference.
    pub reference: String,
    /// Code of the category.
    pub category: &'static str,
    /// Name of the body concerned; empty = not told.
    pub body: String,
    /// Code of the state.
    pub status: &'static str,
    /// Days since receipt.
    pub age_days: i64,
    /// The next deadline, if one runs.
    pub due: Option<Due>,
    /// Code of its severity; none before the assessment.
    pub severity: Option<&'static str>,
    /// True until I have attested that I have no conflict of interest.
    pub attest_first: bool,
}

/// A deadline, seen from today.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// The last day.
    pub on: Date,
    /// Days from today; negative = overdue.
    pub days: i64,
}

impl Due {
    /// Class of the style sheet and the word's weight: `late` (overdue), `soon` (three days or fewer), `later`.
    pub(super) fn urgency(&self) -> &'static str {
        match self.days {
            ..0 => "late",
            0..=3 => "soon",
            _ => "later",
        }
    }
}

/// Phase of a state, which gives its word a shape: `new`, `open`, `waiting`, `ended` (norms.md 8.1).
#[must_use]
pub fn phase_of(status: &str) -> &'static str {
    match status {
        "received" | "triage" => "new",
        "assigned" | "investigation" | "findings_review" | "remediation" => "open",
        "awaiting_info" | "suspended" | "referred" => "waiting",
        _ => "ended",
    }
}
