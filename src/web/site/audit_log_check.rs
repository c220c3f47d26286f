//! The log verified here and now, and the log as a file to be verified elsewhere.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{Desk, PageRefusal};
use crate::{
    usecases::{
        export_log::{Asker, export_log},
        verify_log::{Report, VerifyError, verify_log},
    },
    web::{
        api::bundle::send,
        pages::{
            Area, StaffFrame,
            audit::{AuditLogCheckPage, CheckLine},
        },
        problem::Problem,
    },
};

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Export(error) => error.into(),
            VerifyError::TooLarge(_) => Self::new(StatusCode::CONFLICT, "log_too_large", error.to_string()),
            VerifyError::File { .. } => {
                tracing::error!(%error, "the log cannot be verified here");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "The log could not be copied.".to_owned(),
                )
            }
        }
    }
}

/// Verifies the log at its newest signed head and shows each check.
///
/// # Errors
/// A page.
pub async fn verify(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    desk.form(&request).await?;
    let report = verify_log(&desk.app.context, &desk.caller, &desk.app.config.log)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    desk.shown(StatusCode::OK, &page(&desk, report))
}

/// Sends the log at its newest signed head as a file.
///
/// # Errors
/// A page.
pub async fn take(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let asker = Asker::Auditor(&desk.caller);
    let export = export_log(&desk.app.context, &desk.app.config.log, asker, None)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    Ok(send(&desk.app, export))
}

fn page(desk: &Desk, report: Report) -> AuditLogCheckPage {
    let outcome = report.outcome().code();
    let head = report.head;
    let line = |check: crate::usecases::verify_log::Check| CheckLine {
        name: check.name,
        outcome: check.outcome.code(),
        sentence: check.sentence,
    };
    AuditLogCheckPage {
        t: desk.t,
        // Another language would need the whole log verified again.
        frame: StaffFrame { once: true, ..desk.frame(Area::Audit) },
        outcome,
        size: head.map_or(0, |head| i64::try_from(head.size).unwrap_or(i64::MAX)),
        root: head.map(|head| head.root.hex()).unwrap_or_default(),
        checks: report.checks.into_iter().map(line).collect(),
    }
}
