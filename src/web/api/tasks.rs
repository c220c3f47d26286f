//! Corrective actions and recommendations of a case.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Answer, path_id};
use crate::{
    domain::{
        case::remedy::{NewRemedy, RawRemedy, Turned},
        ids::RemedyId,
    },
    usecases::remedies::{Remedy, TurnLine, record_remedy, turn_remedy},
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// A corrective action or recommendation.
#[derive(Serialize, ToSchema)]
pub struct TaskView {
    /// Its id.
    pub id: uuid::Uuid,
    /// `corrective_action` or `recommendation`.
    pub action_kind: &'static str,
    /// `open`, `accepted`, `rejected`, `done`, `verified` or `handed_over`.
    pub state: &'static str,
    /// What is to be done.
    pub measure: String,
    /// By whom.
    pub addressee: String,
    /// Id of the addressee, where it is a body of the registry.
    pub addressee_body: Option<uuid::Uuid>,
    /// Until when.
    #[schema(value_type = String, format = Date)]
    pub action_due: Date,
    /// On which day it was found overdue; stays.
    #[schema(value_type = Option<String>, format = Date)]
    pub overdue_on: Option<Date>,
    /// What happened to it, first first.
    pub turns: Vec<TurnView>,
}

/// Something that happened to one.
#[derive(Serialize, ToSchema)]
pub struct TurnView {
    /// `accept`, `reject`, `finish`, `verify` or `hand_over`.
    pub turn: &'static str,
    /// Reasons or evidence.
    pub words: Option<String>,
    /// Who recorded it.
    pub by: Option<String>,
    /// On which day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

impl TaskView {
    /// The view of a remedy.
    #[must_use]
    pub fn of(remedy: &Remedy) -> Self {
        let turn = |line: &TurnLine| TurnView {
            turn: line.turn.code(),
            words: line.words.clone(),
            by: line.by.clone(),
            on: line.on,
        };
        Self {
            id: remedy.row.id.0,
            action_kind: remedy.row.kind.code(),
            state: remedy.row.state.code(),
            measure: remedy.what.clone(),
            addressee: remedy.addressee.clone(),
            addressee_body: remedy.row.body_id.map(|body| body.0),
            action_due: remedy.row.due_on,
            overdue_on: remedy.row.overdue_on,
            turns: remedy.turns.iter().map(turn).collect(),
        }
    }
}

/// A new corrective action or recommendation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"action_kind": "recommendation", "measure": "Publish the plan of purchases.",
    "addressee": "The department of purchases", "action_due": "2027-03-01"}))]
pub struct TaskBody {
    /// `corrective_action` or `recommendation`.
    #[schema(required)]
    action_kind: Option<String>,
    /// What is to be done.
    #[schema(required)]
    measure: Option<String>,
    /// By whom, in words.
    #[schema(required)]
    addressee: Option<String>,
    /// Id of the addressee, where it is a body of the registry.
    addressee_body: Option<String>,
    /// Until when.
    #[schema(format = Date, required)]
    action_due: Option<String>,
}

/// Records a corrective action or recommendation, while what was decided is seen to.
///
/// # Errors
/// 401, 403, 404; 422 with the fields that cannot be taken.
#[utoipa::path(post, path = "/cases/{id}/tasks", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = TaskBody, responses((status = 201), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn record(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let TaskBody { action_kind, measure, addressee, addressee_body, action_due } =
        app.json(&request, payload).await?;
    let raw = RawRemedy { action_kind, measure, addressee, addressee_body, action_due };
    let new = NewRemedy::parse(&raw).map_err(Problem::invalid)?;
    let remedy = record_remedy(&app.context, &caller, id, &new).await?;
    Ok(HttpResponse::Created().json(json!({"id": remedy.0})))
}

/// What happened to one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"turn": "finish", "words": "Order 17 of 3 February."}))]
pub struct TurnBody {
    /// `accept`, `reject`, `finish`, `verify` or `hand_over`.
    #[schema(required)]
    turn: Option<String>,
    /// Reasons for `reject` and `hand_over`, evidence for `finish`; otherwise as you like.
    words: Option<String>,
}

/// Records the addressee's answer, that it was done, that a second person verified it, or that it goes over to the register of
/// recommendations.
///
/// # Errors
/// 401, 403, 404; 422 for `turn`, where it cannot happen now, for `words`, where they lack, and for `verifier`: whoever
/// recorded it as done, or is the addressee, does not verify it.
#[utoipa::path(post, path = "/cases/{id}/tasks/{task}/turns", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("task" = uuid::Uuid, Path)), request_body = TurnBody,
    responses((status = 204), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 404, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn turn(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let task = request.match_info().get("task").and_then(|text| text.parse::<RemedyId>().ok());
    let task = task.ok_or_else(Problem::not_found)?;
    let body: TurnBody = app.json(&request, payload).await?;
    let most = app.context.limits.staff;
    let turned =
        Turned::parse(body.turn.as_deref(), body.words.as_deref(), most).map_err(Problem::invalid)?;
    turn_remedy(&app.context, &caller, (id, task), &turned).await?;
    Ok(HttpResponse::NoContent().finish())
}
