//! `/{lang}/report`: the form, and the receipt.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};

use super::{Refused, html, public_frame, public_refusal, texts};
use crate::{
    domain::{
        field_error::FieldError,
        language::Language,
        report::{RawReport, Report},
        suggestion::suggest,
        taxonomy::{Category, Region},
    },
    i18n::Texts,
    usecases::{
        Context, Error,
        find_bodies::{BodyRow, find_bodies, find_body},
        submit_report::{FormOrigin, FormToken, Submission, Submitted, reaches_somebody, submit_report},
    },
    web::{
        App,
        body::Form,
        caller::{FORM_COOKIE, cookie, made_elsewhere},
        pages::{
            Choice, Faults, PublicFrame,
            public::{BodySearch, ReportFields, ReportPage, SentPage},
        },
        problem::Problem,
    },
};

/// The most bodies that the form offers at once.
const OFFERED: i64 = 40;

/// The browser that asks, known again by its nonce, which is random and says nothing else.
struct Browser {
    nonce: String,
    fresh: bool,
}

impl Browser {
    fn of(app: &App, request: &HttpRequest) -> Self {
        let kept = request.cookie(FORM_COOKIE).map(|cookie| cookie.value().to_owned());
        match kept.filter(|nonce| Context::is_form_nonce(nonce)) {
            Some(nonce) => Self { nonce, fresh: false },
            None => Self { nonce: app.context.form_nonce(), fresh: true },
        }
    }

    fn origin(&self) -> FormOrigin {
        FormOrigin::Page { nonce: self.nonce.clone() }
    }

    fn token(&self, form: &Form) -> Option<FormToken> {
        form.get("form_token").map(|text| FormToken { text: text.to_owned(), origin: self.origin() })
    }

    /// A page with the form, which only this browser can send.
    fn shown(&self, status: StatusCode, page: &ReportPage) -> HttpResponse {
        let mut response = html(status, page);
        if self.fresh {
            // Without the cookie the form is taken all the same; sent twice it is then two reports.
            let _ = response.add_cookie(&cookie(FORM_COOKIE, &self.nonce));
        }
        response
    }
}

/// Shows the form.
pub async fn show(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let browser = Browser::of(&app, &request);
    match form_page(&app, texts(&request), (&browser, None), Draft::default()).await {
        Ok(page) => browser.shown(StatusCode::OK, &page),
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
    let browser = Browser::of(app, request);
    let form = app.form(request, payload).await?;
    let fields = fields(&form);
    if form.get("find").is_some() || form.get("suggest").is_some() {
        let draft = asked(&form, fields, t);
        let kept = browser.token(&form).filter(|_| !made_elsewhere(request));
        let page = form_page(app, t, (&browser, kept), draft).await?;
        return Ok(browser.shown(StatusCode::OK, &page));
    }
    let outcome = if made_elsewhere(request) {
        // Another site filled this in: the person sees it first, in a form of their own.
        Err(Problem::invalid(vec![FieldError::new("form", FieldError::EXPIRED)]))
    } else {
        send(app, &browser, &form, t).await
    };
    match outcome {
        Ok(submitted) => Ok(html(StatusCode::CREATED, &sent(t, &submitted))),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            let faults = Faults::from(problem.errors.as_slice());
            let kept = browser.token(&form).filter(|_| !made_elsewhere(request));
            let draft = Draft { fields, faults, words: form.text("body_words"), ..Draft::default() };
            let page = form_page(app, t, (&browser, kept), draft).await?;
            Ok(browser.shown(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(problem) => Err(Refused { problem, kept: fields.kept(t) }),
    }
}

async fn send(app: &App, browser: &Browser, form: &Form, t: Texts) -> Result<Submitted, Problem> {
    let report = Report::parse(&raw(form, t), app.context.limits).map_err(Problem::invalid)?;
    if form.get("unread").is_none() && !reaches_somebody(&app.context, &report).await? {
        return Err(Problem::invalid(vec![FieldError::new("concerns", FieldError::NOBODY_LEFT)]));
    }
    let submission = Submission { report, form_token: browser.token(form), channel: "web" };
    Ok(submit_report(&app.context, &submission).await?)
}

pub(super) fn sent(t: Texts, submitted: &Submitted) -> SentPage {
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
        concerns: form.all("concerns").collect::<Vec<_>>().join("\n"),
        people: form.text("people"),
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
    raw.concerns = form.all("concerns").map(str::to_owned).collect();
    raw.people = form.text("people").lines().map(str::to_owned).collect();
    raw
}

/// The form as it was filled in so far.
#[derive(Default)]
struct Draft {
    fields: ReportFields,
    faults: Faults,
    /// Words by which the body is looked for.
    words: String,
    /// Words by which the category was suggested, where that was asked.
    suggested: Option<Vec<String>>,
}

/// The form where something was asked about it, and nothing was sent yet. A suggestion is chosen until the reporter
/// chooses otherwise; nothing keeps it (control KR-2).
fn asked(form: &Form, mut fields: ReportFields, t: Texts) -> Draft {
    let mut suggested = None;
    if form.get("suggest").is_some() {
        let language = Language::parse(t.language()).unwrap_or(Language::Ru);
        let found = suggest(language, &fields.narrative);
        if let Some(found) = &found {
            found.category.code().clone_into(&mut fields.category);
        }
        suggested = Some(found.map(|found| found.words).unwrap_or_default());
    }
    Draft { fields, faults: Faults::default(), words: form.text("body_words"), suggested }
}

/// The bodies to be offered, and how others are looked for. A registry that fits is offered as it is.
async fn bodies(
    app: &App,
    t: Texts,
    (words, chosen): (&str, &str),
) -> Result<(Vec<Choice>, Option<BodySearch>), Refused> {
    let ctx = &app.context;
    let some = find_bodies(ctx, "", OFFERED.saturating_add(1)).await?;
    let fits = |count: usize| i64::try_from(count).is_ok_and(|count| count <= OFFERED);
    if fits(some.len()) {
        return Ok((some.iter().map(|body| body_choice(body, t)).collect(), None));
    }
    let mut search = BodySearch { words: words.to_owned(), ..BodySearch::default() };
    let mut offered = Vec::new();
    if !words.trim().is_empty() {
        offered = find_bodies(ctx, words, OFFERED.saturating_add(1)).await?;
        search.more = !fits(offered.len());
        offered.truncate(usize::try_from(OFFERED).unwrap_or(0));
        search.found = i64::try_from(offered.len()).ok();
    }
    let missing = chosen.parse().ok().filter(|id| offered.iter().all(|body| body.id != *id));
    if let Some(id) = missing {
        offered.extend(find_body(ctx, id).await?);
    }
    Ok((offered.iter().map(|body| body_choice(body, t)).collect(), Some(search)))
}

async fn form_page(
    app: &App,
    t: Texts,
    (browser, kept): (&Browser, Option<FormToken>),
    draft: Draft,
) -> Result<ReportPage, Refused> {
    let registry = app.context.registry().await?;
    // Whoever writes now would write for nothing.
    if registry.desks.is_empty() {
        return Err(Error::NotReady("there is no desk to route a report to").into());
    }
    let form_token = match kept.filter(|token| app.context.form_token_holds(token)) {
        Some(token) => token.text,
        None => app.context.form_token(&browser.origin())?,
    };
    let codes = |vocabulary, codes: Vec<&str>| Choice::of_codes(t, vocabulary, &codes);
    let Draft { fields, faults, words, suggested } = draft;
    let (bodies, search) = bodies(app, t, (&words, &fields.body)).await?;
    let fresh = faults.0.is_empty() && fields.narrative.is_empty();
    Ok(ReportPage {
        t,
        frame: PublicFrame { switch: fresh, ..public_frame("report") },
        form_token,
        fields,
        faults,
        categories: codes("category", Category::ALL.iter().map(|category| category.code()).collect()),
        regions: codes("region", Region::ALL.iter().map(|region| region.code()).collect()),
        bodies,
        search,
        suggested,
        narrative_max: i64::try_from(app.context.limits.narrative).unwrap_or(i64::MAX),
    })
}

fn body_choice(body: &BodyRow, t: Texts) -> Choice {
    Choice { value: body.id.to_string(), label: body.name(t.language()).to_owned() }
}
