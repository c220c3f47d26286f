//! `/{lang}/inbox/proof`: the signed promise that the report is in the log, for whoever asks for it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Payload},
};

use super::{
    Refused, html,
    inbox::{ask, ended, session_of},
    inbox_token, public_frame, public_refusal, texts,
};
use crate::{
    usecases::{
        Error,
        give_promise::{give_promise, offer_promise},
    },
    web::{
        App,
        pages::{PublicFrame, public::InboxProofPage},
        problem::Problem,
    },
};

/// The file's name, which tells nothing.
const DOWNLOAD: &str = "attachment; filename=\"note.txt\"";

/// Says what the file is, and what holding it may mean.
pub async fn show(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let t = texts(&request);
    let Some(token) = inbox_token(&request) else { return ask(t, StatusCode::UNAUTHORIZED, None, "") };
    match offer_promise(&app.context, &token).await {
        Ok(()) => {
            let csrf = Some(app.context.csrf_token(&session_of(&token)));
            let frame = PublicFrame { csrf, ..public_frame("inbox/proof") };
            html(StatusCode::OK, &InboxProofPage { t, frame })
        }
        Err(Error::Unauthenticated) => ended(t),
        Err(error) => public_refusal(&request, error.into()),
    }
}

/// Gives the file.
pub async fn give(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    match file(&app, &request, payload).await {
        Ok(file) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::CONTENT_DISPOSITION, DOWNLOAD))
            .body(file),
        Err(refused) if refused.problem.status == StatusCode::UNAUTHORIZED => ended(texts(&request)),
        Err(refused) => public_refusal(&request, refused),
    }
}

async fn file(app: &App, request: &HttpRequest, payload: Payload) -> Result<String, Refused> {
    let form = app.form(request, payload).await?;
    let token = inbox_token(request).ok_or_else(Problem::unauthenticated)?;
    if !app.context.csrf_holds(&session_of(&token), form.get("csrf").unwrap_or_default()) {
        return Err(Problem::expired().into());
    }
    Ok(give_promise(&app.context, &app.config.log, &token).await?.file)
}
