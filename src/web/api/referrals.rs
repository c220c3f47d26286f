//! What was sent to other bodies, and what becomes of it there.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Answer, path_id};
use crate::{
    domain::{field_error::FieldError, ids::ReferralId},
    usecases::track_referral::{ReferralRow, ReferralState, fetch_package, track_referral},
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
        site::case_referrals::sent,
    },
};

/// Something that was sent to another body.
#[derive(Serialize, ToSchema)]
pub struct SentView {
    /// Its id.
    pub id: uuid::Uuid,
    /// The code of the body outside, or the id of the body, that it went to.
    pub target: Option<String>,
    /// Whether the whole case went, or a part of it.
    pub whole: bool,
    /// `sent`, `acknowledged`, `accepted`, `returned`, `concluded` or `lapsed`.
    pub state: &'static str,
    /// The day it was sent.
    #[schema(value_type = String, format = Date)]
    pub sent_on: Date,
    /// Since when it is so far.
    #[schema(value_type = String, format = Date)]
    pub moved_on: Date,
    /// The day by which the next word of the other body is awaited.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Date>,
    /// SHA-256 of the package's manifest, hexadecimal.
    pub digest: String,
}

impl SentView {
    pub(super) fn of(row: &ReferralRow) -> Self {
        Self {
            id: row.id.0,
            target: row.target().map(|target| target.to_string()),
            whole: row.whole,
            state: row.state.code(),
            sent_on: row.sent_on,
            moved_on: row.moved_on,
            due_on: row.due_on,
            digest: data_encoding::HEXLOWER.encode(&row.digest),
        }
    }
}

/// How far a referral is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"state": "acknowledged", "on": "2026-11-24"}))]
pub struct CourseBody {
    /// `acknowledged` or `accepted`; of a part of a case also `returned` or `concluded`.
    state: String,
    /// Since which day; today where it is left out.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<String>,
}

fn referral_id(request: &HttpRequest) -> Result<ReferralId, Problem> {
    let id = request.match_info().get("referral").and_then(|text| text.parse().ok());
    id.ok_or_else(Problem::not_found)
}

/// Records what the other body makes of it.
///
/// # Errors
/// 401, 403, 404; 422 where it is not the next, or the day does not fit.
#[utoipa::path(post, path = "/cases/{id}/referrals/{referral}/course", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("referral" = uuid::Uuid, Path)), request_body = CourseBody,
    responses((status = 204), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 404, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn course(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let (case, id) = (path_id(&request)?, referral_id(&request)?);
    let CourseBody { state, on } = app.json(&request, payload).await?;
    let unknown = |field| Problem::invalid(vec![FieldError::new(field, FieldError::UNKNOWN)]);
    let state = ReferralState::parse(&state).ok_or_else(|| unknown("state"))?;
    let on = on.map(|day| day.parse()).transpose().map_err(|_bad: jiff::Error| unknown("on"))?;
    track_referral(&app.context, &caller, (case, id), (state, on)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What was sent, as a tar file: manifest, files, and two signatures under the manifest.
///
/// # Errors
/// 401, 403, 404.
#[utoipa::path(get, path = "/cases/{id}/referrals/{referral}/package", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("referral" = uuid::Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/x-tar"),
    (status = 401, body = ProblemView), (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub async fn package(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let (case, id) = (path_id(&request)?, referral_id(&request)?);
    Ok(sent(id, fetch_package(&app.context, &caller, (case, id)).await?))
}
