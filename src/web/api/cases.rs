//! Cases: the desk's work.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer,
    case_view::{CaseListView, CaseView},
    inbox::MessageBody,
    path_id, query,
};
use crate::{
    crypto::secret::SecretText,
    domain::{
        case::{raw_facts::RawFacts, status::Status, step::Step},
        field_error::FieldError,
        ids::{CaseId, DeskId},
        text::{Message, Note, Reasons, TextError},
    },
    usecases::{
        add_note::add_note,
        attest::attest,
        list_cases::{CaseFilter, list_cases},
        open_case::open_case,
        recuse::recuse,
        send_message::{Letter, send_message},
        take_step::{StepDone, take_step},
    },
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// Which cases are asked for.
#[derive(Deserialize, IntoParams)]
pub struct CaseQuery {
    /// Only this state.
    pub state: Option<String>,
    /// Only this desk.
    pub desk: Option<uuid::Uuid>,
    /// Only cases due on or before this day.
    #[param(value_type = Option<String>)]
    pub due: Option<jiff::civil::Date>,
    /// Continue after this cursor.
    pub cursor: Option<String>,
    /// At most so many, 1–200.
    pub limit: Option<i64>,
}

impl CaseQuery {
    /// The filter of the storage.
    ///
    /// # Errors
    /// 422 for an unknown state or a broken cursor.
    pub(in crate::web) fn filter(&self) -> Result<CaseFilter, Problem> {
        let unknown = |field| Problem::invalid(vec![FieldError::new(field, FieldError::UNKNOWN)]);
        let status = match self.state.as_deref().filter(|code| !code.is_empty()) {
            Some(code) => Some(Status::parse(code).ok_or_else(|| unknown("state"))?),
            None => None,
        };
        let after = match &self.cursor {
            Some(text) => Some(cursor(text).ok_or_else(|| unknown("cursor"))?),
            None => None,
        };
        let limit = self.limit.unwrap_or(50);
        Ok(CaseFilter { status, open: false, desk: self.desk.map(DeskId), due_by: self.due, after, limit })
    }
}

fn cursor(text: &str) -> Option<(Option<jiff::civil::Date>, CaseId)> {
    let (day, id) = text.split_once('_')?;
    let day = if day.is_empty() { None } else { Some(day.parse().ok()?) };
    Some((day, id.parse().ok()?))
}

/// My cases, soonest due first.
///
/// # Errors
/// 401, 403, 422.
#[utoipa::path(get, path = "/cases", params(CaseQuery), security(("bearer" = [])), responses(
    (status = 200, body = CaseListView), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn list(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let filter = query::<CaseQuery>(&request)?.filter()?;
    let list = list_cases(&app.context, &caller, filter).await?;
    Ok(HttpResponse::Ok().json(CaseListView::of(&list)))
}

/// A case. Content only after the attestation; the first reading of a session is recorded.
///
/// # Errors
/// 401; 404 without a grant.
#[utoipa::path(get, path = "/cases/{id}", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)), responses(
    (status = 200, body = CaseView), (status = 401, body = ProblemView), (status = 404, body = ProblemView)))]
pub async fn show(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let opened = open_case(&app.context, &caller, path_id(&request)?).await?;
    Ok(HttpResponse::Ok().json(CaseView::of(opened)))
}

/// A step with its facts: the fields that the step's guard asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// The event of norms.md 8.3, such as `assign`.
    step: String,
    /// The facts, as members beside `step`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    facts: RawFacts,
}

/// A step that was taken.
#[derive(Serialize, ToSchema)]
pub struct StepView {
    /// The state's code now.
    pub status: &'static str,
}

/// A step that waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct ProposedView {
    /// The proposal's id.
    pub proposal: uuid::Uuid,
}

/// Takes a step, or proposes it where it needs a second pair of eyes.
///
/// # Errors
/// 401, 403, 404; 409 `illegal_step` with the legal ones, `proposal_waiting`, `nobody_to_approve`; 422 with the
/// facts that are missing.
#[utoipa::path(post, path = "/cases/{id}/steps", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = StepBody, responses((status = 200, body = StepView), (status = 202, body = ProposedView),
    (status = 401, body = ProblemView), (status = 403, body = ProblemView), (status = 404, body = ProblemView),
    (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn step(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let body: StepBody = app.json(&request, payload).await?;
    let step = Step::parse(&body.step)
        .ok_or_else(|| Problem::invalid(vec![FieldError::new("step", FieldError::UNKNOWN)]))?;
    let facts = body.facts.parse(app.context.limits).map_err(Problem::invalid)?;
    Ok(match take_step(&app.context, &caller, id, step, &facts).await? {
        StepDone::Taken(status) => HttpResponse::Ok().json(StepView { status: status.code() }),
        StepDone::Proposed(id) => HttpResponse::Accepted().json(ProposedView { proposal: id.0 }),
    })
}

/// Signs that the caller has no conflict of interest.
///
/// # Errors
/// 401, 404.
#[utoipa::path(post, path = "/cases/{id}/attestation", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemView), (status = 404, body = ProblemView)))]
pub async fn attestation(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    attest(&app.context, &caller, path_id(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Steps back because of a conflict of interest. Access ends for good.
///
/// # Errors
/// 401, 404.
#[utoipa::path(post, path = "/cases/{id}/recusal", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemView), (status = 404, body = ProblemView)))]
pub async fn recusal(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    recuse(&app.context, &caller, path_id(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A letter to the reporter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "We have asked for the tender's papers.", "grounds": "What you wrote can be checked there."}))]
pub struct LetterBody {
    /// The words; with grounds, what is or will be done.
    #[schema(value_type = String)]
    text: SecretText,
    /// On what grounds: the letter is feedback then (EU 2019/1937 art. 5(13)).
    #[schema(value_type = Option<String>)]
    grounds: Option<SecretText>,
}

/// What was written.
#[derive(Serialize, ToSchema)]
pub struct WrittenView {
    /// Its id.
    pub id: uuid::Uuid,
}

fn text_problem(error: &TextError) -> Problem {
    Problem::invalid(vec![FieldError::from_text("text", error)])
}

/// Writes to the reporter.
///
/// # Errors
/// 401, 403, 404, 422.
#[utoipa::path(post, path = "/cases/{id}/messages", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = LetterBody, responses((status = 201, body = WrittenView), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn message(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let body: LetterBody = app.json(&request, payload).await?;
    let text =
        Message::parse(body.text.expose(), app.context.limits.message).map_err(|e| text_problem(&e))?;
    let grounds =
        body.grounds.as_ref().map(|grounds| Reasons::parse(grounds.expose(), app.context.limits.staff));
    let grounds = grounds
        .transpose()
        .map_err(|error| Problem::invalid(vec![FieldError::from_text("grounds", &error)]))?;
    let letter = Letter { text: &text, grounds: grounds.as_ref() };
    let item = send_message(&app.context, &caller, id, &letter).await?;
    Ok(HttpResponse::Created().json(WrittenView { id: item.0 }))
}

/// Adds a note for those who work on the case.
///
/// # Errors
/// 401, 404, 422.
#[utoipa::path(post, path = "/cases/{id}/notes", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = MessageBody, responses((status = 201, body = WrittenView), (status = 401, body = ProblemView),
    (status = 404, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn note(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let body: MessageBody = app.json(&request, payload).await?;
    let text = Note::parse(body.text.expose(), app.context.limits.staff).map_err(|e| text_problem(&e))?;
    let item = add_note(&app.context, &caller, id, &text).await?;
    Ok(HttpResponse::Created().json(WrittenView { id: item.0 }))
}
