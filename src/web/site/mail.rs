//! `/admin/mail`: mails that were given up, and trying them again.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{Desk, PageRefusal, done::done};
use crate::{
    domain::ids::TaskId,
    usecases::{
        Error,
        dead_letters::{dead_letters, retry_mail},
    },
    web::pages::{
        Area,
        admin::{LetterLine, MailPage},
    },
};

/// Lists them.
///
/// # Errors
/// A page.
pub async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let refuse = |error| desk.refuse(&request, error, None);
    let letters = dead_letters(&desk.app.context, Some(&desk.caller)).await.map_err(refuse)?;
    let zone = desk.zone().await.map_err(refuse)?;
    let lines = letters.into_iter().map(|letter| LetterLine {
        id: letter.id.to_string(),
        notice: letter.notice.code(),
        to: letter.to.expose().to_owned(),
        failed_at: zone.to_datetime(letter.failed_at),
        answer: letter.answer,
    });
    let page = MailPage { t: desk.t, frame: desk.frame(Area::Staff), letters: lines.collect() };
    desk.shown(StatusCode::OK, &page)
}

/// Tries one again, or all where none is named.
///
/// # Errors
/// A page.
pub async fn retry(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let refuse = |error| desk.refuse(&request, error, None);
    let which = form.get("id").map(str::parse::<TaskId>).transpose();
    let which = which.map_err(|_no_id| refuse(Error::NotFound))?;
    retry_mail(&desk.app.context, Some(&desk.caller), which).await.map_err(refuse)?;
    Ok(done("/admin/mail", "mail_retried"))
}
