use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/audit`: what auditors find where.
#[derive(Debug, Template)]
#[template(path = "pages/audit/home.html")]
pub struct AuditHomePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
}
