//! Reports.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use crate::{
    domain::report::{RawReport, Report},
    i18n::Texts,
    usecases::submit_report::{FormOrigin, FormToken, Submission, Submitted, submit_report},
    web::{
        App,
        problem::{Problem, ProblemView},
    },
};

/// A report as it is sent. Nothing asks who you are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "snake_case", example = json!({"language": "kk", "category": "bribery",
    "narrative": "The inspector asked for money.", "risk": "some"}))]
pub struct ReportBody {
    /// `kk`, `ru` or `en`: in which the desk will answer.
    #[schema(value_type = String)]
    language: Option<String>,
    /// A category of the taxonomy.
    #[schema(value_type = String)]
    category: Option<String>,
    /// Id of the body concerned.
    body: Option<String>,
    /// A region of the taxonomy.
    region: Option<String>,
    /// What happened, 1 to 100,000 characters.
    #[schema(value_type = String)]
    narrative: Option<String>,
    /// When, in words.
    when: Option<String>,
    /// Where, in words.
    #[serde(rename = "where")]
    place: Option<String>,
    /// `yes`, `no`, `unsure`: seen with your own eyes?
    first_hand: Option<String>,
    /// `yes`, `no`, `unsure`: still going on?
    ongoing: Option<String>,
    /// `yes`, `no`, `unsure`: is there evidence?
    evidence: Option<String>,
    /// `none`, `some`, `high`, `unsure`: risk to you.
    risk: Option<String>,
    /// `head`, `unit`, `desk`, `senior_official`: whom it concerns, so that it does not reach them.
    #[serde(default)]
    concerns: Vec<String>,
    /// The persons it is about, one each, at most ten: a member of staff of that surname is not given it.
    #[serde(default)]
    people: Vec<String>,
    /// Code of [`crate::domain::profile::Waiver`]: no acknowledgement is wanted, where the profile allows it.
    ack_waiver: Option<String>,
    /// Token of `GET /form`.
    form_token: Option<String>,
}

impl ReportBody {
    fn split(self) -> (RawReport, Option<String>) {
        let mut raw = RawReport::default();
        raw.language = self.language;
        raw.category = self.category;
        raw.body = self.body;
        raw.region = self.region;
        raw.narrative = self.narrative;
        raw.when = self.when;
        raw.place = self.place;
        raw.first_hand = self.first_hand;
        raw.ongoing = self.ongoing;
        raw.evidence = self.evidence;
        raw.risk = self.risk;
        raw.concerns = self.concerns;
        raw.people = self.people;
        raw.ack_waiver = self.ack_waiver;
        (raw, self.form_token)
    }
}

/// What the reporter gets. The receipt is shown this once.
#[derive(Serialize, ToSchema)]
pub struct SubmittedView {
    /// Opens the mailbox. Nobody can restore it.
    pub receipt: String,
    /// What to call the case.
    pub reference: String,
    /// The date in the register: the day of receipt or, where the profile says so, the next working day; none as long as
    /// the working-day calendar lacks the year.
    #[schema(value_type = Option<String>, format = Date)]
    pub registered_on: Option<jiff::civil::Date>,
    /// Whether an acknowledgement lies in the mailbox; not where none was wanted.
    pub acknowledged: bool,
    /// What happens next, in the report's language.
    pub next_steps: Vec<String>,
}

impl SubmittedView {
    pub(super) fn of(submitted: Submitted) -> Self {
        Self {
            receipt: submitted.receipt.reveal(),
            reference: submitted.reference,
            registered_on: submitted.registered_on,
            acknowledged: submitted.acknowledged,
            next_steps: next_steps(Texts::of(submitted.language.code())),
        }
    }
}

/// Takes in a report.
///
/// # Errors
/// 422 with the fields that cannot be taken; 413; 503 with `Retry-After`. Nothing is stored then.
#[utoipa::path(post, path = "/reports", request_body = ReportBody, responses(
    (status = 201, body = SubmittedView), (status = 422, body = ProblemView), (status = 413, body = ProblemView),
    (status = 503, body = ProblemView)))]
pub async fn submit(app: Data<App>, request: HttpRequest, payload: Payload) -> Answer {
    let body: ReportBody = app.json(&request, payload).await?;
    let (raw, form_token) = body.split();
    let report = Report::parse(&raw, app.context.limits).map_err(Problem::invalid)?;
    let form_token = form_token.map(|text| FormToken { text, origin: FormOrigin::Api });
    let submission = Submission { report, form_token, channel: "api" };
    let submitted = submit_report(&app.context, &submission).await?;
    Ok(HttpResponse::Created().json(SubmittedView::of(submitted)))
}

/// What happens next, in words.
pub(in crate::web) fn next_steps(t: Texts) -> Vec<String> {
    [t.sent_next_read(), t.sent_next_ask(), t.sent_next_answer()].map(std::borrow::Cow::into_owned).to_vec()
}
