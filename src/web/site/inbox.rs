//! `/{lang}/inbox`: the mailbox.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Refused, html, inbox_token, public_frame, public_refusal, see_other, see_other_with, texts};
use crate::{
    domain::{field_error::FieldError, text::Message},
    i18n::Texts,
    usecases::{
        Error,
        give_promise::gives_promises,
        open_inbox::open_inbox,
        raise_no_response::raise_no_response,
        read_inbox::{Inbox, Letter, LetterBody, SentTo, read_inbox},
        request_review::request_review,
        send_inbox_message::send_inbox_message,
    },
    web::{
        App,
        api::inbox::answer_by,
        caller::{INBOX_COOKIE, cookie, made_by_other_site, no_cookie},
        pages::{
            Faults, Kept, PublicFrame,
            public::{InboxMessage, InboxOpenPage, InboxPage, OpenFault, Speaker},
        },
        problem::Problem,
    },
};

/// Shows the mailbox, or asks for the receipt.
pub async fn show(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let t = texts(&request);
    let Some(token) = inbox_token(&request) else { return ask(t, StatusCode::OK, None, "") };
    let (sent, told) = (request.query_string() == "sent", request.query_string() == "told");
    match read_inbox(&app.context, &token).await {
        Ok(inbox) => {
            html(StatusCode::OK, &page(&app, t, &token, inbox, Draft { sent, told, ..Draft::default() }))
        }
        Err(Error::Unauthenticated) => ended(t),
        Err(error) => public_refusal(&request, error.into()),
    }
}

/// Opens the mailbox by its receipt.
pub async fn open(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let t = texts(&request);
    let form = match app.form(&request, payload).await {
        Ok(form) => form,
        Err(problem) => return public_refusal(&request, problem.into()),
    };
    if made_by_other_site(&request) {
        // Otherwise another site could have the person write into a mailbox that it can read.
        return ask(t, StatusCode::FORBIDDEN, Some(OpenFault::Expired), "");
    }
    let typed = form.get("receipt").unwrap_or_default();
    match open_inbox(&app.context, typed).await {
        Ok(session) => {
            let path = format!("/{}/inbox", t.language());
            see_other_with(&path, [cookie(INBOX_COOKIE, &session.token)])
        }
        // What the check symbol refuses opens nothing: it may stand in the field again. A whole receipt never does.
        Err(Error::ReceiptMistyped) => {
            ask(t, StatusCode::UNPROCESSABLE_ENTITY, Some(OpenFault::Mistyped), typed)
        }
        Err(Error::ReceiptUnknown) => ask(t, StatusCode::UNAUTHORIZED, Some(OpenFault::NotOpened), ""),
        Err(error) => public_refusal(&request, error.into()),
    }
}

/// What the reporter writes here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Message,
    Review,
}

impl Written {
    /// The name of its field.
    const fn field(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Review => "review",
        }
    }
}

/// Takes a message of the reporter.
pub async fn write(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&app, &request, payload, Written::Message).await
}

/// Takes the reporter's request for a review.
pub async fn review(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    answer(&app, &request, payload, Written::Review).await
}

async fn answer(app: &App, request: &HttpRequest, payload: Payload, what: Written) -> HttpResponse {
    match take(app, request, payload, what).await {
        Ok(response) => response,
        Err(refused) => public_refusal(request, refused),
    }
}

/// Tells oversight that nobody answers.
pub async fn no_response(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let t = texts(&request);
    let told = async {
        let form = app.form(&request, payload).await?;
        let token = inbox_token(&request).ok_or_else(Problem::unauthenticated)?;
        if !app.context.csrf_holds(&session_of(&token), form.get("csrf").unwrap_or_default()) {
            return Err(Problem::expired());
        }
        Ok(raise_no_response(&app.context, &token).await?)
    };
    match told.await {
        Ok(()) => see_other(&format!("/{}/inbox?told", t.language())),
        Err(problem) => public_refusal(&request, problem.into()),
    }
}

/// Closes the mailbox.
pub async fn close(request: HttpRequest) -> HttpResponse {
    let t = texts(&request);
    see_other_with(&format!("/{}/?closed", t.language()), [no_cookie(INBOX_COOKIE)])
}

async fn take(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
    what: Written,
) -> Result<HttpResponse, Refused> {
    let (t, field) = (texts(request), what.field());
    let form = app.form(request, payload).await?;
    let draft = form.text(field);
    let Some(token) = inbox_token(request) else {
        return Err(Refused { problem: Problem::unauthenticated(), kept: kept_words(t, field, draft) });
    };
    if !app.context.csrf_holds(&session_of(&token), form.get("csrf").unwrap_or_default()) {
        return Err(Refused { problem: Problem::expired(), kept: kept_words(t, field, draft) });
    }
    let text = match Message::parse(&draft, app.context.limits.message) {
        Ok(text) => text,
        Err(error) => {
            let errors = [FieldError::from_text(field, &error)];
            let inbox = read_inbox(&app.context, &token).await?;
            let faults = Faults::from(errors.as_slice());
            let draft = match what {
                Written::Message => Draft { text: draft, faults, ..Draft::default() },
                Written::Review => Draft { review: draft, faults, ..Draft::default() },
            };
            return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(app, t, &token, inbox, draft)));
        }
    };
    let done = match what {
        Written::Message => send_inbox_message(&app.context, &token, &text).await,
        Written::Review => request_review(&app.context, &token, &text).await,
    };
    match done {
        Ok(()) => Ok(see_other(&format!("/{}/inbox?sent", t.language()))),
        Err(error) => Err(Refused { problem: error.into(), kept: kept_words(t, field, draft) }),
    }
}

pub(super) fn ask(t: Texts, status: StatusCode, fault: Option<OpenFault>, typed: &str) -> HttpResponse {
    let frame = PublicFrame { switch: typed.is_empty(), ..public_frame("inbox") };
    html(status, &InboxOpenPage { t, frame, fault, typed: typed.to_owned() })
}

fn kept_words(t: Texts, field: &str, text: String) -> Vec<Kept> {
    if text.is_empty() { Vec::new() } else { vec![Kept { name: t.code("field", field), text }] }
}

pub(super) fn ended(t: Texts) -> HttpResponse {
    let mut response = ask(t, StatusCode::UNAUTHORIZED, Some(OpenFault::Ended), "");
    // The page is drawn either way; a cookie that cannot be taken away has expired all the same.
    let _ = response.add_cookie(&no_cookie(INBOX_COOKIE));
    response
}

/// What the form's token is bound to: the opened mailbox, by a hash of its token.
pub(super) fn session_of(token: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    Uuid::from_bytes(id)
}

#[derive(Default)]
struct Draft {
    text: String,
    review: String,
    faults: Faults,
    sent: bool,
    told: bool,
}

fn page(app: &App, t: Texts, token: &str, inbox: Inbox, draft: Draft) -> InboxPage {
    let csrf = Some(app.context.csrf_token(&session_of(token)));
    let frame = PublicFrame {
        csrf,
        switch: draft.text.is_empty() && draft.review.is_empty(),
        ..public_frame("inbox")
    };
    InboxPage {
        t,
        frame,
        next_by: answer_by(&inbox.case),
        proof: gives_promises(&app.context, &inbox.case),
        question_until: inbox.case.question_until,
        reference: inbox.case.reference,
        status: inbox.case.status.code(),
        detail: None,
        messages: inbox.letters.into_iter().map(|letter| message(letter, t)).collect(),
        may_write: inbox.case.status.mailbox_open(),
        sent: draft.sent,
        told: draft.told,
        routes: inbox.routes.iter().map(|route| route.code()).collect(),
        may_complain: inbox.may_complain,
        may_ask_review: inbox.may_ask_review,
        review: draft.review,
        draft: draft.text,
        faults: draft.faults,
    }
}

/// A closed text; where something was sent, with whither and when.
pub(in crate::web) fn closed_text(t: Texts, code: &str, (sent_to, on): (Option<&SentTo>, Date)) -> String {
    let words = t.code("letter", code);
    let to = match sent_to {
        None => return words,
        Some(SentTo::Outside(route)) => t.code("outside", route.code()),
        Some(SentTo::Body(body)) => body.name(t.language()).to_owned(),
    };
    format!("{words} {}", t.inbox_sent_to(t.date(on), to))
}

fn message(letter: Letter, t: Texts) -> InboxMessage {
    let (from, text) = match letter.body {
        LetterBody::FromDesk(text) | LetterBody::Question(text) => (Speaker::Desk, Some(text)),
        LetterBody::Template(code) => {
            (Speaker::System, Some(closed_text(t, &code, (letter.sent_to.as_ref(), letter.on))))
        }
        LetterBody::FromReporter => (Speaker::Reporter, None),
    };
    InboxMessage { from, on: letter.on, text }
}
