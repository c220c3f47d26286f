use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/audit/log/verification`: what the verifier found, check by check.
#[derive(Debug, Template)]
#[template(path = "pages/audit/log_check.html")]
pub struct AuditLogCheckPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The worst outcome: code of `check_result-…`.
    pub outcome: &'static str,
    /// Entries of the head that was checked.
    pub size: i64,
    /// Its root, in hexadecimal.
    pub root: String,
    /// The checks, in the order in which they were made.
    pub checks: Vec<CheckLine>,
}

/// One check.
#[derive(Debug, Clone)]
pub struct CheckLine {
    /// Its name: code of `check_name-…`.
    pub name: &'static str,
    /// How it came out: code of `check_outcome-…`.
    pub outcome: &'static str,
    /// The verifier's own sentence, in English as on the command line.
    pub sentence: String,
}
