use askama::Template;
use jiff::civil::DateTime;

use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/admin/mail`: mails that were given up.
#[derive(Template)]
#[template(path = "pages/admin/mail.html")]
pub struct MailPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The mails, the newest first.
    pub letters: Vec<LetterLine>,
}

/// A mail that was given up: no words of it.
#[derive(Debug, Clone)]
pub struct LetterLine {
    /// Id for the form.
    pub id: String,
    /// Code of what would have been written.
    pub notice: &'static str,
    /// To whom.
    pub to: String,
    /// When it was given up, in the instance's local time.
    pub failed_at: DateTime,
    /// What the relay answered.
    pub answer: Option<i32>,
}
