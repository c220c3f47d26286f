//! `/{lang}/inbox/retaliation`: the form of a complaint, and its receipt.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};

use super::{
    Refused, html,
    inbox::{ask, ended, session_of},
    inbox_token, public_frame, public_refusal,
    report::sent,
    texts,
};
use crate::{
    domain::retaliation::{Form as Done, RawRetaliation},
    i18n::Texts,
    usecases::{
        Error,
        read_inbox::read_inbox,
        report_retaliation::{Complaint, Way, report_retaliation},
        submit_report::{FormOrigin, FormToken},
    },
    web::{
        App,
        body::Form,
        pages::{
            Choice, Faults, Kept, PublicFrame,
            public::{RetaliationFields, RetaliationPage},
        },
        problem::Problem,
    },
};

/// The form's token counts in the opened mailbox only.
fn origin(token: &str) -> FormOrigin {
    FormOrigin::Page { nonce: session_of(token).to_string() }
}

/// Shows the form.
pub async fn show(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let t = texts(&request);
    let Some(token) = inbox_token(&request) else { return ask(t, StatusCode::UNAUTHORIZED, None, "") };
    let drawn = async {
        read_inbox(&app.context, &token).await?;
        page(&app, t, (&token, None), (RetaliationFields::default(), Faults::default()))
    };
    match drawn.await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(Error::Unauthenticated) => ended(t),
        Err(error) => public_refusal(&request, error.into()),
    }
}

/// Takes the form: the receipt (201), or the form again with everything typed (422).
pub async fn submit(app: Data<App>, request: HttpRequest, payload: Payload) -> HttpResponse {
    match take(&app, &request, payload).await {
        Ok(response) => response,
        Err(refused) => public_refusal(&request, refused),
    }
}

async fn take(app: &App, request: &HttpRequest, payload: Payload) -> Result<HttpResponse, Refused> {
    let t = texts(request);
    let form = app.form(request, payload).await?;
    let fields = fields(&form);
    let Some(token) = inbox_token(request) else {
        return Err(Refused { problem: Problem::unauthenticated(), kept: kept(t, &fields) });
    };
    if !app.context.csrf_holds(&session_of(&token), form.get("csrf").unwrap_or_default()) {
        return Err(Refused { problem: Problem::expired(), kept: kept(t, &fields) });
    }
    let form_token =
        || form.get("form_token").map(|text| FormToken { text: text.to_owned(), origin: origin(&token) });
    let way = Way { form_token: form_token(), channel: "web" };
    match report_retaliation(&app.context, &token, &complaint(&form), way).await {
        Ok(submitted) => Ok(html(StatusCode::CREATED, &sent(t, &submitted))),
        Err(Error::Invalid(errors)) => {
            let faults = Faults::from(errors.as_slice());
            let page = page(app, t, (&token, form_token()), (fields, faults))?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(Refused { problem: error.into(), kept: kept(t, &fields) }),
    }
}

fn page(
    app: &App,
    t: Texts,
    (token, kept): (&str, Option<FormToken>),
    (fields, faults): (RetaliationFields, Faults),
) -> Result<RetaliationPage, Error> {
    let csrf = Some(app.context.csrf_token(&session_of(token)));
    let fresh = fields.narrative.is_empty() && faults.0.is_empty();
    let form_token = match kept.filter(|token| app.context.form_token_holds(token)) {
        Some(token) => token.text,
        None => app.context.form_token(&origin(token))?,
    };
    let forms: Vec<&str> = Done::ALL.iter().map(|form| form.code()).collect();
    Ok(RetaliationPage {
        t,
        frame: PublicFrame { csrf, switch: fresh, ..public_frame("inbox/retaliation") },
        form_token,
        forms: Choice::of_codes(t, "retaliation", &forms),
        fields,
        faults,
    })
}

fn fields(form: &Form) -> RetaliationFields {
    RetaliationFields {
        narrative: form.text("narrative"),
        forms: form.all("forms").collect::<Vec<_>>().join("\n"),
        from: form.text("from"),
        until: form.text("until"),
        people: form.text("people"),
        ongoing: form.text("ongoing"),
    }
}

fn complaint(form: &Form) -> Complaint {
    let value = |name| form.get(name).map(str::to_owned);
    let mut retaliation = RawRetaliation::default();
    retaliation.forms = form.all("forms").map(str::to_owned).collect();
    retaliation.from = value("from");
    retaliation.until = value("until");
    Complaint {
        retaliation,
        narrative: value("narrative"),
        people: form.text("people").lines().map(str::to_owned).collect(),
        ongoing: value("ongoing"),
    }
}

fn kept(t: Texts, fields: &RetaliationFields) -> Vec<Kept> {
    let typed = [("narrative", &fields.narrative), ("people", &fields.people)];
    let typed = typed.into_iter().filter(|(_, text)| !text.is_empty());
    typed.map(|(name, text)| Kept { name: t.code("field", name), text: text.clone() }).collect()
}
