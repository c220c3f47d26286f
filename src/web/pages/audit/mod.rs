//! Pages for auditors: the record, as ids and closed codes. No content, no identity.

mod acts;
mod case;
mod chart;
mod entries;
mod entry;
mod evidence;
mod home;
mod log;
mod log_check;
mod qr;

pub use acts::{ActLine, AuditActsPage, MemberLine};
pub use case::{AuditCasePage, CaseEntryLine};
pub use chart::Chart;
pub use entries::{AuditEntriesPage, AuditFilter, EntryLine};
pub use entry::AuditEntryPage;
pub use evidence::{AuditEvidencePage, ClauseLine, EvidenceLine, PrincipleLine};
pub use home::AuditHomePage;
pub use log::{AuditLogPage, AuditSheetPage, DayLine, HeadLine, MissingLine};
pub use log_check::{AuditLogCheckPage, CheckLine};
pub use qr::QrCode;

use crate::web::endpoints::ENDPOINTS;

/// A part of the auditors' area, with a page of its own.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// Code for its words (`audit_part-entries`, `audit_about-entries`).
    pub code: &'static str,
    /// Where it is.
    pub path: &'static str,
}

/// All parts, in the order in which they are shown. One stands in the navigation as soon as its page is in the table of
/// endpoints.
const PARTS: &[Part] = &[
    Part { code: "entries", path: "/audit/entries" },
    Part { code: "evidence", path: "/audit/evidence" },
    Part { code: "acts", path: "/audit/acts" },
    Part { code: "log", path: "/audit/log" },
];

/// The parts that have a page.
pub(super) fn parts() -> impl Iterator<Item = Part> {
    PARTS.iter().copied().filter(|part| ENDPOINTS.iter().any(|endpoint| endpoint.path == part.path))
}

/// A clause with the name of its principle: "9 Openness (b)".
fn clause_words(clause: &str, t: crate::i18n::Texts) -> String {
    let number = clause.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letter = clause.trim_start_matches(|c: char| c.is_ascii_digit());
    let principle = t.code("oecd", number);
    if letter.is_empty() { principle } else { format!("{principle} ({letter})") }
}

/// The letter of a clause in brackets: "(b)".
fn clause_letter(clause: &str) -> String {
    format!("({})", clause.trim_start_matches(|c: char| c.is_ascii_digit()))
}
