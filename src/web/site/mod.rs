//! The pages' handlers, one file per page. A handler reads the form, calls one use case, fills the page's struct.
//!
//! Public pages speak the language of their path; staff pages that of a cookie, or of the browser. A refusal is a
//! page with the same code as on the API, and what the person typed is kept.

pub mod account;
pub mod audit;
pub mod audit_case;
pub mod audit_log;
pub mod audit_log_check;
pub mod case;
mod case_closing;
pub mod case_interim;
pub mod case_people;
pub mod case_referrals;
pub mod case_remedies;
mod case_report;
mod case_steps;
pub mod case_subjects;
pub mod cases;
pub mod changes;
pub mod credentials;
pub mod desk;
mod done;
pub mod evidence;
pub mod inbox;
pub mod inbox_proof;
pub mod inventory;
mod kept;
pub mod log;
pub mod mail;
pub mod oversight;
pub mod people;
pub mod people_roles;
pub mod proposals;
pub mod public;
mod refusal;
pub mod report;
pub mod retaliation;
pub mod routing;
pub mod sign_in;
pub mod start;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::Cookie,
    http::{StatusCode, header},
};
use askama::Template;

use super::{
    caller::INBOX_COOKIE,
    pages::{Kept, PublicFrame, public::ErrorPage},
    problem::Problem,
};
use crate::i18n::{LANGUAGES, Texts};

pub(super) use desk::{Desk, PageRefusal};

/// A refusal of a public page, with what was typed.
pub(super) struct Refused {
    pub(super) problem: Problem,
    pub(super) kept: Vec<Kept>,
}

impl<E: Into<Problem>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self { problem: error.into(), kept: Vec::new() }
    }
}

/// The words of the path's language, where it has one; else what the browser asks for.
fn texts(request: &HttpRequest) -> Texts {
    let first = request.path().split('/').nth(1).unwrap_or_default();
    let known = LANGUAGES.into_iter().find(|language| *language == first);
    Texts::of(known.unwrap_or_else(|| preferred(request)))
}

/// The language that a browser asks for first, of ours; Russian where it asks for none.
fn preferred(request: &HttpRequest) -> &'static str {
    let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let asked = asked.unwrap_or_default().split(',').map(|part| part.trim().to_ascii_lowercase());
    asked
        .filter_map(|part| LANGUAGES.into_iter().find(|language| part.starts_with(language)))
        .next()
        .unwrap_or("ru")
}

/// A page.
fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(body) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// The way to another page after a form was taken (303).
fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// The same with cookies set or taken away.
fn see_other_with(path: &str, cookies: impl IntoIterator<Item = Cookie<'static>>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, path));
    for cookie in cookies {
        response.cookie(cookie);
    }
    response.finish()
}

fn public_frame(path: &'static str) -> PublicFrame {
    PublicFrame { path, switch: true, csrf: None, organisation: None }
}

/// Draws the refusal of a public page.
fn public_refusal(request: &HttpRequest, refused: Refused) -> HttpResponse {
    let Refused { problem, kept } = refused;
    let page = ErrorPage {
        t: texts(request),
        frame: PublicFrame { switch: false, ..public_frame("") },
        code: problem.code,
        kept,
        retry_after: problem.retry_after.map(i64::from),
        request_id: format!("{:08X}", problem.id),
    };
    let mut response = html(problem.status, &page);
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
}

/// The reporter's token of the mailbox cookie.
fn inbox_token(request: &HttpRequest) -> Option<String> {
    request.cookie(INBOX_COOKIE).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
}
