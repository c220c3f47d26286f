//! The word of success after a form, told once on the page that the person lands on.
//!
//! It travels in a cookie that holds a closed code and goes as soon as it was told: no address says what was done, and
//! opening the page again does not say it again.

use actix_web::{HttpRequest, HttpResponse, cookie::Cookie};

use super::see_other_with;
use crate::web::caller::{cookie, no_cookie};

const DONE_COOKIE: &str = "__Host-senim-done";

/// What can be told; the words have the keys `done-{code}`.
const DONE: &[&str] = &[
    "approved",
    "attested",
    "change_agreed",
    "change_approved",
    "change_in_force",
    "change_proposed",
    "change_refused",
    "disabled",
    "given",
    "interim",
    "mail_changed",
    "mail_retried",
    "message",
    "note",
    "proposed",
    "recovery_approved",
    "recovery_refused",
    "recused",
    "refused",
    "restored",
    "roles_proposed",
    "roles_refused",
    "signed",
    "step",
    "subject",
    "taken",
    "taken_up",
];

/// The way to another page, where this is told.
pub(super) fn done(path: &str, code: &'static str) -> HttpResponse {
    see_other_with(path, [cookie(DONE_COOKIE, code)])
}

/// What is to be told with this page.
pub(super) fn told(request: &HttpRequest) -> Option<&'static str> {
    let asked = request.cookie(DONE_COOKIE)?;
    DONE.iter().copied().find(|code| *code == asked.value())
}

/// Takes it back: it was told.
pub(super) fn forget() -> Cookie<'static> {
    no_cookie(DONE_COOKIE)
}
