//! `/{lang}/report`: the form, and the receipt.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};

use super::{Refused, html, public_frame, public_refusal, texts};
use crate::{
    domain::{
        report::{RawReport, Report},
        taxonomy::{Category, Region},
    },
    i18n::Texts,
    usecases::{
        find_bodies::{BodyRow, MOST, find_bodies},
        submit_report::{Submission, Submitted, submit_report},
    },
    web::{
        App,
        body::Form,
        pages::{
            Choice, Faults, PublicFrame,
            public::{ReportFields, ReportPage, SentPage},
        },
        problem::Problem,
    },
};

/// Shows the form.
pub async fn show(app: Data<App>, request: HttpRequest) -> HttpResponse {
    match form_page(&app, texts(&request), None, ReportFields::default(), Faults::default()).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(refused) => public_refusal(&request, refused),
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
    let (fields, form_token) = (fields(&form), form.get("form_token").map(str::to_owned));
    let outcome = match Report::parse(&raw(&form, t), app.context.limits) {
        Ok(report) => {
            let submission = Submission { report, form_token: form_token.clone(), channel: "web" };
            submit_report(&app.context, &submission).await.map_err(Problem::from)
        }
        Err(errors) => Err(Problem::invalid(errors)),
    };
    match outcome {
        Ok(submitted) => Ok(html(StatusCode::CREATED, &sent(t, &submitted))),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let faults = Faults::from(problem.errors.as_slice());
            let page = form_page(app, t, form_token, fields, faults).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(problem) => Err(Refused { problem, kept: Some(fields.narrative) }),
    }
}

fn sent(t: Texts, submitted: &Submitted) -> SentPage {
    SentPage {
        t,
        frame: PublicFrame { switch: false, ..public_frame("report") },
        receipt: submitted.receipt.reveal(),
        reference: submitted.reference.clone(),
        registered_on: submitted.registered_on,
        answer_by: submitted.answer_by,
    }
}

fn fields(form: &Form) -> ReportFields {
    ReportFields {
        language: form.text("language"),
        category: form.text("category"),
        body: form.text("body"),
        region: form.text("region"),
        narrative: form.text("narrative"),
        when: form.text("when"),
        where_: form.text("where"),
        first_hand: form.text("first_hand"),
        ongoing: form.text("ongoing"),
        evidence: form.text("evidence"),
        risk: form.text("risk"),
    }
}

fn raw(form: &Form, t: Texts) -> RawReport {
    let value = |name| form.get(name).map(str::to_owned);
    let mut raw = RawReport::default();
    raw.language = value("language").or_else(|| Some(t.language().to_owned()));
    raw.category = value("category");
    raw.body = value("body");
    raw.region = value("region");
    raw.narrative = value("narrative");
    raw.when = value("when");
    raw.place = value("where");
    raw.first_hand = value("first_hand");
    raw.ongoing = value("ongoing");
    raw.evidence = value("evidence");
    raw.risk = value("risk");
    raw
}

async fn form_page(
    app: &App,
    t: Texts,
    form_token: Option<String>,
    fields: ReportFields,
    faults: Faults,
) -> Result<ReportPage, Refused> {
    let form_token = match form_token {
        Some(token) => token,
        None => app.context.form_token()?,
    };
    let codes = |vocabulary, codes: Vec<&str>| Choice::of_codes(t, vocabulary, &codes);
    let bodies = find_bodies(&app.context, "", MOST).await?;
    Ok(ReportPage {
        t,
        frame: public_frame("report"),
        form_token,
        fields,
        faults,
        categories: codes("category", Category::ALL.iter().map(|category| category.code()).collect()),
        regions: codes("region", Region::ALL.iter().map(|region| region.code()).collect()),
        bodies: bodies.iter().map(|body| body_choice(body, t)).collect(),
        narrative_max: i64::try_from(app.context.limits.narrative).unwrap_or(i64::MAX),
    })
}

fn body_choice(body: &BodyRow, t: Texts) -> Choice {
    Choice { value: body.id.to_string(), label: name_of(body, t).to_owned() }
}

/// A body's name in the page's language.
pub(super) fn name_of(body: &BodyRow, t: Texts) -> &str {
    match t.language() {
        "kk" => &body.name_kk,
        "ru" => &body.name_ru,
        _ => &body.name_en,
    }
}
