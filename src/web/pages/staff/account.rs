use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::{Faults, StaffFrame};

/// `/staff/account`: what a person keeps of themselves.
#[derive(Template)]
#[template(path = "pages/staff/account.html")]
pub struct AccountPage {
    /// Words.
    pub t: Texts,
    /// What stands around; `who` is set.
    pub frame: StaffFrame,
    /// Where mails go now, masked by nobody: it is the person's own.
    pub now: Option<String>,
    /// What stands in the field `mail`.
    pub mail: String,
    /// What was wrong (fields `mail`, `current_password`).
    pub faults: Faults,
}
