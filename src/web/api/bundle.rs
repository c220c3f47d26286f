//! The whole log as one file, for auditors: made while it is sent.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{StatusCode, header},
    web::{Bytes, Data},
};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Answer, query};
use crate::{
    usecases::export_log::{Asker, ExportError, LogExport, export_log},
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// Which head of the log is taken along.
#[derive(Deserialize, IntoParams)]
pub struct BundleQuery {
    /// The number of entries of a signed head; the newest head where it is left out.
    pub size: Option<u64>,
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::NoHead => Self::new(StatusCode::CONFLICT, "no_head", error.to_string()),
            ExportError::NoSuchHead(_) => Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string()),
            ExportError::Changed(_) => {
                tracing::error!(%error, "the log cannot be exported");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "log_changed", error.to_string())
            }
            ExportError::Act(error) => error.into(),
        }
    }
}

/// The log at a signed head as a tar file for `senim audit verify`: every entry, the tree, the heads. The look-up is
/// recorded.
///
/// # Errors
/// 401, 403; 404 where no head has this size; 409 where none was signed yet.
#[utoipa::path(get, path = "/audit/bundle", params(BundleQuery), security(("bearer" = [])), responses(
    (status = 200, body = Vec<u8>, content_type = "application/x-tar"), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub async fn bundle(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let BundleQuery { size } = query(&request)?;
    let asker = Asker::Auditor(&caller);
    let export = export_log(&app.context, &app.config.log, asker, size).await?;
    Ok(send(&app, export))
}

/// The answer that sends an export as a file, batch by batch, as fast as it is read.
pub(in crate::web) fn send(app: &App, export: LogExport) -> HttpResponse {
    let (length, name) = (export.length(), format!("senim-log-{}.tar", export.head().size));
    let pieces = stream::try_unfold((Arc::clone(&app.context), export), async |(ctx, mut export)| {
        match export.next(&ctx).await {
            Ok(piece) => Ok(piece.map(|bytes| (Bytes::from(bytes), (ctx, export)))),
            Err(error) => {
                // The answer has begun: its end is missing, which its length tells.
                tracing::error!(%error, "an export of the log broke off");
                Err(error)
            }
        }
    });
    HttpResponse::Ok()
        .content_type("application/x-tar")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(SizedStream::new(length, Box::pin(pieces)))
}
