//! The mailbox.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use crate::web::site::inbox::closed_text;
use crate::{
    crypto::secret::SecretText,
    domain::{case::status::Status, field_error::FieldError, profile::ClockName, text::Message},
    i18n::Texts,
    usecases::{
        give_promise::give_promise,
        list_cases::CaseRow,
        open_inbox::open_inbox,
        raise_no_response::raise_no_response,
        read_inbox::{Inbox, Letter, LetterBody, read_inbox},
        request_review::request_review,
        send_inbox_message::send_inbox_message,
    },
    web::{
        App,
        caller::InboxToken,
        problem::{Problem, ProblemView},
    },
};

/// A receipt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"receipt": "7Q2MX-K0R9T-4HZ3C-VB8NE-W5J1P"}))]
pub struct ReceiptBody {
    /// As it was shown; case, spaces, dashes and look-alikes are forgiven.
    #[schema(value_type = String)]
    receipt: SecretText,
}

/// The day by which the reporter hears from the desk: that of the receipt as long as the case is being looked into;
/// later, the next day on which something is due. The desk's own deadlines before are no promise to the reporter.
pub(in crate::web) fn answer_by(case: &CaseRow) -> Option<Date> {
    use Status::{Assigned, AwaitingInfo, FindingsReview, Investigation, Received, Suspended, Triage};
    let looked_into = [Received, Triage, AwaitingInfo, Assigned, Investigation, Suspended, FindingsReview]
        .contains(&case.status);
    if !looked_into {
        return case.due_on;
    }
    case.clocks.get(ClockName::Feedback).and_then(|clock| clock.due).or(case.due_on)
}

/// An opened mailbox.
#[derive(Serialize, ToSchema)]
pub struct InboxSessionView {
    /// Bearer token for the mailbox, half an hour.
    pub token: String,
}

/// Opens the mailbox.
///
/// # Errors
/// 422 `receipt_mistyped` where the check symbol fails; 401 for everything else, in one form.
#[utoipa::path(post, path = "/inbox/sessions", request_body = ReceiptBody, responses(
    (status = 201, body = InboxSessionView), (status = 401, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn open(app: Data<App>, request: HttpRequest, payload: Payload) -> Answer {
    let body: ReceiptBody = app.json(&request, payload).await?;
    let session = open_inbox(&app.context, body.receipt.expose()).await?;
    Ok(HttpResponse::Created().json(InboxSessionView { token: session.token }))
}

/// The mailbox. Never the reporter's own words.
#[derive(Serialize, ToSchema)]
pub struct InboxView {
    /// What the case is called.
    pub reference: String,
    /// The date in the register.
    #[schema(value_type = Option<String>, format = Date)]
    pub registered_on: Option<Date>,
    /// The state's code as reporters see it.
    pub status: &'static str,
    /// The state in words, in the report's language.
    pub status_text: String,
    /// The day by which the desk answers.
    #[schema(value_type = Option<String>, format = Date)]
    pub answer_by: Option<Date>,
    /// The day by which the reporter is asked to answer; none where no question waits.
    #[schema(value_type = Option<String>, format = Date)]
    pub question_until: Option<Date>,
    /// Whether messages are still taken.
    pub open: bool,
    /// A due day has passed: bodies outside to which one can turn; empty otherwise.
    pub external_routes: Vec<&'static str>,
    /// Whether one may tell oversight now that nobody answers.
    pub may_complain: bool,
    /// Whether one may ask now that the decision be reviewed.
    pub may_ask_review: bool,
    /// What came and went, oldest first.
    pub messages: Vec<LetterView>,
}

/// A line of the mailbox.
#[derive(Serialize, ToSchema)]
pub struct LetterView {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// `desk`, `question`, `system` or `reporter`.
    pub from: &'static str,
    /// The words; none for what the reporter wrote.
    pub text: Option<String>,
}

impl InboxView {
    fn of(inbox: Inbox) -> Self {
        let t = Texts::of(inbox.case.language.code());
        Self {
            status: inbox.case.status.code(),
            status_text: t.code("status_reporter", inbox.case.status.code()),
            open: inbox.case.status.mailbox_open(),
            external_routes: inbox.routes.iter().map(|route| route.code()).collect(),
            may_complain: inbox.may_complain,
            may_ask_review: inbox.may_ask_review,
            answer_by: answer_by(&inbox.case),
            question_until: inbox.case.question_until,
            reference: inbox.case.reference,
            registered_on: inbox.case.registered_on,
            messages: inbox.letters.into_iter().map(|letter| LetterView::of(letter, t)).collect(),
        }
    }
}

impl LetterView {
    fn of(letter: Letter, t: Texts) -> Self {
        let (from, text) = match letter.body {
            LetterBody::FromDesk(text) => ("desk", Some(text)),
            LetterBody::Question(text) => ("question", Some(text)),
            LetterBody::Template(code) => {
                ("system", Some(closed_text(t, &code, (letter.sent_to.as_ref(), letter.on))))
            }
            LetterBody::FromReporter => ("reporter", None),
        };
        Self { on: letter.on, from, text }
    }
}

/// Reads the mailbox.
///
/// # Errors
/// 401 where the token has expired.
#[utoipa::path(get, path = "/inbox", security(("bearer" = [])), responses(
    (status = 200, body = InboxView), (status = 401, body = ProblemView)))]
pub async fn read(app: Data<App>, token: InboxToken) -> Answer {
    let inbox = read_inbox(&app.context, token.expose()).await?;
    Ok(HttpResponse::Ok().json(InboxView::of(inbox)))
}

/// A message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "It was room 214."}))]
pub struct MessageBody {
    /// The words.
    #[schema(value_type = String)]
    pub(super) text: SecretText,
}

fn message_of(app: &App, body: &MessageBody) -> Result<Message, Problem> {
    Message::parse(body.text.expose(), app.context.limits.message)
        .map_err(|error| Problem::invalid(vec![FieldError::from_text("text", &error)]))
}

/// Writes to the desk. Where a question was asked, it counts as the answer.
///
/// # Errors
/// 401; 403 once the mailbox is closed; 422.
#[utoipa::path(post, path = "/inbox/messages", security(("bearer" = [])), request_body = MessageBody, responses(
    (status = 201), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn write(app: Data<App>, token: InboxToken, request: HttpRequest, payload: Payload) -> Answer {
    let body: MessageBody = app.json(&request, payload).await?;
    let text = message_of(&app, &body)?;
    send_inbox_message(&app.context, token.expose(), &text).await?;
    Ok(HttpResponse::Created().finish())
}

/// Tells oversight that nobody answers. Whoever handles the case cannot take it away.
///
/// # Errors
/// 401; 403 once the mailbox is closed; 409 where nothing is late, or where oversight was told already.
#[utoipa::path(post, path = "/inbox/no-response", security(("bearer" = [])), responses(
    (status = 201), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 409, body = ProblemView)))]
pub async fn no_response(app: Data<App>, token: InboxToken) -> Answer {
    raise_no_response(&app.context, token.expose()).await?;
    Ok(HttpResponse::Created().finish())
}

/// Asks that the decision be looked at again by people who had no part in it: once for each decision, within the time of
/// the desk's profile.
///
/// # Errors
/// 401; 403 once the mailbox is closed; 409 where there is nothing to review, or too late; 422.
#[utoipa::path(post, path = "/inbox/review", security(("bearer" = [])), request_body = MessageBody, responses(
    (status = 201), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 409, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn review(app: Data<App>, token: InboxToken, request: HttpRequest, payload: Payload) -> Answer {
    let body: MessageBody = app.json(&request, payload).await?;
    let text = message_of(&app, &body)?;
    request_review(&app.context, token.expose(), &text).await?;
    Ok(HttpResponse::Created().finish())
}

/// The promise that the report is in the log.
#[derive(Serialize, ToSchema)]
pub struct PromiseView {
    /// The file: a signed note (C2SP signed-note), for `senim audit receipt`.
    pub promise: String,
    /// The day (UTC) by whose last public head it is kept.
    #[schema(value_type = String, format = Date)]
    pub by: Date,
}

/// Gives the signed promise that the report is in the log. Nobody needs it, and whoever finds it learns that its holder
/// reported. Nothing is written.
///
/// # Errors
/// 401 where the token has expired; 404 where the desk's profile gives none.
#[utoipa::path(post, path = "/inbox/proof", security(("bearer" = [])), responses(
    (status = 200, body = PromiseView), (status = 401, body = ProblemView), (status = 404, body = ProblemView)))]
pub async fn proof(app: Data<App>, token: InboxToken) -> Answer {
    let given = give_promise(&app.context, &app.config.log, token.expose()).await?;
    Ok(HttpResponse::Ok().json(PromiseView { promise: given.file, by: given.day }))
}
