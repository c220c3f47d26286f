//! Complaints of retaliation: from the mailbox, and what the desk decides for the time being.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Answer, path_id, reports::SubmittedView};
use crate::{
    crypto::secret::SecretText,
    domain::{
        field_error::FieldError,
        retaliation::{Interim, RawRetaliation},
        text::Reasons,
    },
    usecases::{
        decide_interim::decide_interim,
        report_retaliation::{Complaint, Way, report_retaliation},
        submit_report::{FormOrigin, FormToken},
    },
    web::{
        App,
        caller::{ApiCaller, InboxToken},
        problem::{Problem, ProblemView},
    },
};

/// A complaint. Nothing asks who you are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"narrative": "I was sent to another town.", "forms": ["transfer"], "from": "2026-11-02"}))]
pub struct RetaliationBody {
    /// What happened, 1 to 100,000 characters.
    #[schema(value_type = String)]
    narrative: Option<String>,
    /// Codes of [`crate::domain::retaliation::Form`]: at least one.
    #[serde(default)]
    #[schema(required)]
    forms: Vec<String>,
    /// The day, or the first of a period; left out where you do not know.
    from: Option<String>,
    /// The last day of a period.
    until: Option<String>,
    /// Who does it, one each, at most ten: a member of staff of that surname is not given the complaint.
    #[serde(default)]
    people: Vec<String>,
    /// `yes`, `no`, `unsure`: does it go on?
    ongoing: Option<String>,
    /// Token of `GET /form`.
    form_token: Option<String>,
}

impl RetaliationBody {
    fn split(self) -> (Complaint, Option<String>) {
        let mut retaliation = RawRetaliation::default();
        retaliation.forms = self.forms;
        retaliation.from = self.from;
        retaliation.until = self.until;
        let Self { narrative, people, ongoing, form_token, .. } =
            Self { forms: Vec::new(), from: None, until: None, ..self };
        (Complaint { retaliation, narrative, people, ongoing }, form_token)
    }
}

/// Tells that you are treated badly for your report. It becomes a case of its own, with a receipt of its own; nobody who
/// has or had a part in the case of this mailbox is given it.
///
/// # Errors
/// 401 where the token has expired; 422 with the fields that cannot be taken. Nothing is stored then.
#[utoipa::path(post, path = "/inbox/retaliation", security(("bearer" = [])), request_body = RetaliationBody,
    responses((status = 201, body = SubmittedView), (status = 401, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn report(app: Data<App>, token: InboxToken, request: HttpRequest, payload: Payload) -> Answer {
    let body: RetaliationBody = app.json(&request, payload).await?;
    let (complaint, form_token) = body.split();
    let form_token = form_token.map(|text| FormToken { text, origin: FormOrigin::Api });
    let way = Way { form_token, channel: "api" };
    let submitted = report_retaliation(&app.context, token.expose(), &complaint, way).await?;
    Ok(HttpResponse::Created().json(SubmittedView::of(submitted)))
}

/// A decision on interim measures.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"interim": "granted", "reasons": "The transfer is suspended."}))]
pub struct InterimBody {
    /// Code of [`Interim`]: `granted`, `refused` or `not_needed`.
    interim: String,
    /// Why.
    #[schema(value_type = String)]
    reasons: SecretText,
}

/// Decides what is done to protect the reporter until the complaint has been looked into.
///
/// # Errors
/// 401, 403, 404, 422; 409 where no decision is open.
#[utoipa::path(post, path = "/cases/{id}/interim", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = InterimBody, responses((status = 200), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 409, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn decide(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let body: InterimBody = app.json(&request, payload).await?;
    let decision = Interim::parse(&body.interim)
        .ok_or_else(|| Problem::invalid(vec![FieldError::new("interim", FieldError::UNKNOWN)]))?;
    let reasons = Reasons::parse(body.reasons.expose(), app.context.limits.staff)
        .map_err(|error| Problem::invalid(vec![FieldError::from_text("reasons", &error)]))?;
    decide_interim(&app.context, &caller, id, (decision, &reasons)).await?;
    Ok(HttpResponse::Ok().finish())
}
