//! The public log (C2SP tlog-tiles): files that anybody may mirror.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};

use super::public_refusal;
use crate::{
    usecases::read_log_file::{Lasting, LogFile, read_log_file},
    web::{App, problem::Problem},
};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// `/log/checkpoint`.
pub async fn checkpoint(app: Data<App>, request: HttpRequest) -> HttpResponse {
    file(&app, &request, "checkpoint", TEXT).await
}

/// `/log/keys`: the keys that sign checkpoints, one a line, and the one that signs promises to reporters.
pub async fn keys(app: Data<App>, request: HttpRequest) -> HttpResponse {
    file(&app, &request, "keys", TEXT).await
}

/// `/log/files`: the names of all files, one a line, for whoever copies them.
pub async fn files(app: Data<App>, request: HttpRequest) -> HttpResponse {
    file(&app, &request, "files", TEXT).await
}

/// `/log/policy`: which witnesses make a checkpoint count (C2SP tlog-policy).
pub async fn policy(app: Data<App>, request: HttpRequest) -> HttpResponse {
    file(&app, &request, "policy", TEXT).await
}

/// `/log/tile/…`: hashes and records.
pub async fn tile(app: Data<App>, request: HttpRequest, tail: Path<String>) -> HttpResponse {
    file(&app, &request, &format!("tile/{tail}"), BYTES).await
}

async fn file(app: &App, request: &HttpRequest, name: &str, media_type: &'static str) -> HttpResponse {
    let Some(LogFile { bytes, lasting }) = read_log_file(&app.config.log.public, name).await else {
        return public_refusal(request, Problem::not_found().into());
    };
    let keep = match lasting {
        Lasting::Always => "public, max-age=31536000, immutable",
        Lasting::UntilTheNext => "public, max-age=60",
    };
    HttpResponse::Ok().content_type(media_type).insert_header((header::CACHE_CONTROL, keep)).body(bytes)
}
