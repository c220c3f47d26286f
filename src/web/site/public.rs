//! The public pages without forms: home, promises, leaving, the style sheet.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};

use super::{html, preferred, public_frame, public_refusal, see_other, texts};
use crate::web::{
    caller::{FORM_COOKIE, INBOX_COOKIE, forget_pages, no_cookie},
    pages::{
        assets,
        public::{HomePage, PromisesPage},
    },
    problem::Problem,
};

/// `/`: to the start page in the browser's language.
pub async fn root(request: HttpRequest) -> HttpResponse {
    see_other(&format!("/{}/", preferred(&request)))
}

/// `/{lang}/`. After a mailbox was closed (`?closed`), with the end of the pages that were left.
pub async fn home(request: HttpRequest) -> HttpResponse {
    let mut response = html(StatusCode::OK, &HomePage { t: texts(&request), frame: public_frame("") });
    if request.query_string() == "closed" {
        // Without it the page is the same, and the browser's way back longer.
        let _ = response.add_cookie(&forget_pages());
    }
    response
}

/// `/{lang}/promises`.
pub async fn promises(request: HttpRequest) -> HttpResponse {
    html(StatusCode::OK, &PromisesPage { t: texts(&request), frame: public_frame("promises") })
}

/// `POST /{lang}/leave`: ends the mailbox session and the form, has the browser forget this site, lands on a page about
/// nothing. Not all cookies are cleared by the header: with it, the cookie of the landing page would no longer end the
/// way back.
pub async fn leave() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, "/blank"))
        .insert_header(("clear-site-data", "\"cache\", \"storage\""))
        .cookie(no_cookie(INBOX_COOKIE))
        .cookie(no_cookie(FORM_COOKIE))
        .finish()
}

/// `/blank`: says nothing about where one was.
pub async fn blank() -> HttpResponse {
    HttpResponse::Ok()
        .cookie(forget_pages())
        .content_type("text/html; charset=utf-8")
        .body("<!DOCTYPE html>\n<html lang=\"ru\"><head><meta charset=\"utf-8\"><title>…</title></head><body></body></html>\n")
}

/// `/assets/{file}`. Like every answer it is not to be stored (`HEADERS` in `server`): a style sheet in a browser's
/// cache would tell whoever looks through the device that somebody was here. The price is twenty kilobytes a page.
pub async fn asset(request: HttpRequest) -> HttpResponse {
    match assets::find(request.path()) {
        Some((media_type, content)) => HttpResponse::Ok().content_type(media_type).body(content),
        None => public_refusal(&request, Problem::not_found().into()),
    }
}
