use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/staff/sign-in`: login, password and one-time code (fields `login`, `password`, `totp`).
#[derive(Debug, Template)]
#[template(path = "pages/staff/sign_in.html")]
pub struct SignInPage {
    /// Words.
    pub t: Texts,
    /// What stands around; nobody is signed in.
    pub frame: StaffFrame,
    /// The login as typed; password and code are never shown again.
    pub login: String,
    /// Why the person stands here: `failed` (one answer for every wrong sign-in), `busy`, `ended`, `signed_out`,
    /// `joined`, `expired` (sent by another site); `None` at first.
    pub notice: Option<&'static str>,
    /// Where to go afterwards (hidden field `back`), a path of this site; empty = my cases.
    pub back: String,
}
