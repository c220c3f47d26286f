//! Whom a case concerns.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Answer, path_id};
use crate::{
    domain::case::subject::{RawSubject, Subject},
    usecases::record_subject::record_subject,
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// A person or a unit; at least one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Akhmetov B.", "unit": "5c0e9a1f-2b7d-4c63-9e55-0f1d8a7b6c42"}))]
pub struct SubjectBody {
    /// A person in words: whoever works here and has this surname loses the case.
    name: Option<String>,
    /// A colleague, by the name they sign in with.
    login: Option<String>,
    /// Id of a body or unit: whoever belongs to it loses the case.
    unit: Option<String>,
}

/// Records whom the case concerns. Colleagues whom it concerns lose it at once and cannot be given it again; where fewer
/// than two triagers without a conflict are left, an independent desk has it from then on.
///
/// # Errors
/// 401, 403, 404; 422 with the fields that cannot be taken.
#[utoipa::path(post, path = "/cases/{id}/subjects", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = SubjectBody, responses((status = 204), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn record(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let SubjectBody { name, login, unit } = app.json(&request, payload).await?;
    let subject = Subject::parse(&RawSubject { name, login, unit }).map_err(Problem::invalid)?;
    record_subject(&app.context, &caller, id, &subject).await?;
    Ok(HttpResponse::NoContent().finish())
}
