//! `/staff/cases/{id}`: a case, before and after the attestation, and everything that is done there.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use jiff::{civil::DateTime, tz::TimeZone};

use super::{
    Desk, PageRefusal,
    case_closing::checklist,
    case_interim::interim,
    case_people::keepers,
    case_referrals::{referrals, sends},
    case_remedies::{TYPED, body_id, remedies},
    case_report::answers,
    case_steps::{Typed, closed, forms, given, raw_facts},
    case_subjects::subjects,
    cases::days,
    done::done,
};
use crate::{
    domain::{
        case::{
            assessment::{Severity, urgency},
            item::ItemKind,
            step::Step,
        },
        field_error::FieldError,
        ids::{CaseId, ReferralId, RemedyId},
        reference::Reference,
        taxonomy::Region,
        text::{Message, Note, Reasons},
    },
    i18n::Texts,
    policy::Capacity,
    usecases::{
        Error,
        add_note::add_note,
        attest::attest,
        case_history::HistoryLine,
        find_bodies::find_code,
        list_cases::find_case,
        open_case::{LikeLine, Names, OpenedCase, open_case},
        piece::{Piece, PieceBody},
        recuse::recuse,
        send_message::{Letter, send_message},
        take_step::{StepDone, take_step},
    },
    web::{
        api::path_id,
        body::Form,
        pages::{
            Area, Faults, StaffFrame,
            public::Speaker,
            staff::{
                AlikeLine, Answer, CaseGatePage, CaseHead, CaseMessage, CaseNote, CasePage, PendingStep,
                ReferralDue, TimelineLine,
            },
        },
        problem::Problem,
    },
};

pub(super) use super::case_steps::given as step_facts;

/// What was refused, to be shown again with what was typed.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) step: Option<&'static str>,
    pub(super) referral: Option<ReferralId>,
    pub(super) remedy: Option<RemedyId>,
    pub(super) form: Form,
    pub(super) faults: Vec<FieldError>,
}

impl Draft {
    /// Whether somebody typed what they would not like to lose.
    fn typed(&self) -> bool {
        let words =
            ["message", "note", "staff", "capacity", "subject_name", "login", "unit", "interim_reasons"];
        self.step.is_some() || words.iter().chain(TYPED).any(|name| self.form.get(name).is_some())
    }
}

/// Shows the case.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    draw(&desk, &request, StatusCode::OK, Draft::default()).await
}

pub(super) async fn draw(
    desk: &Desk,
    request: &HttpRequest,
    status: StatusCode,
    draft: Draft,
) -> Result<HttpResponse, PageRefusal> {
    let id = case_id(desk, request)?;
    let opened = open_case(&desk.app.context, &desk.caller, id)
        .await
        .map_err(|error| desk.refuse(request, error, Some(&draft.form)))?;
    let head = head(desk, &opened);
    if opened.content.is_none() {
        if status != StatusCode::OK && draft.typed() {
            return Err(desk.refuse(request, Problem::from(Error::Forbidden), Some(&draft.form)));
        }
        let faults = Faults::from(draft.faults.as_slice());
        let keys_awaited = opened.keys_awaited;
        let frame = desk.frame(Area::Cases);
        return desk.shown(status, &CaseGatePage { t: desk.t, frame, head, keys_awaited, faults });
    }
    desk.shown(status, &page(desk, head, opened, &draft))
}

pub(super) fn case_id(desk: &Desk, request: &HttpRequest) -> Result<CaseId, PageRefusal> {
    path_id(request).map_err(|problem| desk.refuse(request, problem, None))
}

/// Back to the case, where it is told what was done.
pub(super) fn back_to(id: CaseId, code: &'static str) -> HttpResponse {
    done(&format!("/staff/cases/{id}"), code)
}

/// Signs that there is no conflict of interest.
///
/// # Errors
/// A page.
pub async fn attestation(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    if form.get("no_conflict").is_none() {
        let faults = vec![FieldError::new("no_conflict", "not_confirmed")];
        return draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, Draft { faults, ..Draft::default() })
            .await;
    }
    attest(&desk.app.context, &desk.caller, id).await.map_err(|error| desk.refuse(&request, error, None))?;
    Ok(back_to(id, "attested"))
}

/// Steps back.
///
/// # Errors
/// A page.
pub async fn recusal(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    recuse(&desk.app.context, &desk.caller, id).await.map_err(|error| desk.refuse(&request, error, None))?;
    Ok(done("/staff/cases", "recused"))
}

/// Takes or proposes a step; a refused one is the case again, with its form open and everything typed.
///
/// # Errors
/// A page.
pub async fn step(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    let unknown = || desk.refuse(&request, Problem::malformed("This step is not known."), None);
    let step = form.get("step").and_then(Step::parse).ok_or_else(unknown)?;
    match try_step(&desk, id, step, &form).await {
        Ok(StepDone::Taken(_)) => Ok(back_to(id, "step")),
        Ok(StepDone::Proposed(_)) => Ok(back_to(id, "proposed")),
        Err(Error::Invalid(faults)) => {
            let draft = Draft { step: Some(step.code()), form, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
        Err(error) => Err(desk.refuse(&request, error, Some(&form))),
    }
}

async fn try_step(desk: &Desk, id: CaseId, step: Step, form: &Form) -> Result<StepDone, Error> {
    let ctx = &desk.app.context;
    let mut raw = raw_facts(form);
    if let Some(reference) = raw.master.as_deref().and_then(Reference::parse) {
        raw.master = find_case(ctx, &desk.caller, &reference)
            .await?
            .map(|case| case.to_string())
            .or(raw.master.take());
    }
    if let Some(code) = form.get("target_body").filter(|_| sends(step) && raw.target.is_none()) {
        let unknown = || Error::Invalid(vec![FieldError::new("target_body", FieldError::UNKNOWN)]);
        raw.target = Some(find_code(ctx, code.trim()).await?.ok_or_else(unknown)?.id.to_string());
    }
    raw.addressee_body = body_id(desk, raw.addressee_body.take()).await?;
    let facts = raw.parse(ctx.limits).map_err(Error::Invalid)?;
    take_step(ctx, &desk.caller, id, step, &facts).await
}

/// Writes to the reporter.
///
/// # Errors
/// A page.
pub async fn message(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    match letter_of(&form, &desk) {
        Ok((text, grounds)) => {
            let letter = Letter { text: &text, grounds: grounds.as_ref() };
            send_message(&desk.app.context, &desk.caller, id, &letter)
                .await
                .map(|_| back_to(id, "message"))
                .map_err(|error| desk.refuse(&request, error, Some(&form)))
        }
        Err(faults) => {
            let draft = Draft { form, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
    }
}

/// The letter of a form; every mistake in it at once.
fn letter_of(form: &Form, desk: &Desk) -> Result<(Message, Option<Reasons>), Vec<FieldError>> {
    let limits = desk.app.context.limits;
    let text = Message::parse(&form.text("message"), limits.message)
        .map_err(|error| FieldError::from_text("message", &error));
    let grounds = Some(form.text("grounds")).filter(|grounds| !grounds.trim().is_empty());
    let grounds = grounds
        .map(|grounds| Reasons::parse(&grounds, limits.staff))
        .transpose()
        .map_err(|error| FieldError::from_text("grounds", &error));
    match (text, grounds) {
        (Ok(text), Ok(grounds)) => Ok((text, grounds)),
        (text, grounds) => Err(text.err().into_iter().chain(grounds.err()).collect()),
    }
}

/// Adds a note.
///
/// # Errors
/// A page.
pub async fn note(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    match Note::parse(&form.text("note"), desk.app.context.limits.staff) {
        Ok(text) => add_note(&desk.app.context, &desk.caller, id, &text)
            .await
            .map(|_| back_to(id, "note"))
            .map_err(|error| desk.refuse(&request, error, Some(&form))),
        Err(error) => {
            let draft =
                Draft { form, faults: vec![FieldError::from_text("note", &error)], ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
    }
}

fn head(desk: &Desk, opened: &OpenedCase) -> CaseHead {
    let case = &opened.case;
    let (age_days, due) = days(case, &desk.app.context);
    CaseHead {
        id: case.id.to_string(),
        reference: case.reference.clone(),
        status: case.status.code(),
        category: case.category.code(),
        body: opened.body.as_ref().map(|body| body.name(desk.t.language()).to_owned()).unwrap_or_default(),
        region: case.region.map_or("", Region::code),
        language: case.language.code(),
        received_on: case.received_on,
        age_days,
        due,
        severity: urgency(case.category, case.severity).map(Severity::code),
        capacity: opened.situation.grant.map_or("", Capacity::code),
    }
}

fn page(desk: &Desk, head: CaseHead, opened: OpenedCase, draft: &Draft) -> CasePage {
    let t = desk.t;
    let zone = desk.app.context.profile_of(&opened.case).zone();
    let typed = draft.step.map(|step| Typed { step, form: &draft.form });
    let sorted = Sorted::of(&opened, t, &zone);
    CasePage {
        t,
        frame: StaffFrame { once: draft.typed(), ..desk.frame(Area::Cases) },
        head,
        narrative: sorted.narrative,
        answers: sorted.answers,
        messages: sorted.messages,
        notes: sorted.notes,
        timeline: opened.history.iter().rev().map(|line| timeline(line, t, &zone)).collect(),
        record: opened.case.audit_id.to_string(),
        keepers: keepers(&opened, t, &draft.form),
        alike: opened.alike.iter().map(alike_line).collect(),
        subjects: subjects(desk, &opened, &draft.form),
        referrals: referrals(desk, &opened, draft),
        interim: interim(desk, &opened, &draft.form),
        closing: opened.closing.as_ref().map(|closing| checklist(t, closing)),
        remedies: remedies(desk, &opened, draft),
        referral: opened.referral.as_ref().map(|open| ReferralDue {
            targets: open
                .targets
                .iter()
                .map(|to| t.code("outside", to.code()))
                .collect::<Vec<_>>()
                .join("; "),
            on: open.due_on,
        }),
        pending: opened
            .proposal
            .iter()
            .map(|(proposal, by)| PendingStep {
                proposal: proposal.id.to_string(),
                step: proposal.step.code(),
                by: by.clone(),
                at: zone.to_datetime(proposal.proposed_at),
            })
            .collect(),
        steps: forms(&opened, t, typed.as_ref()),
        closed_steps: closed(&opened),
        may_write: opened.case.status.mailbox_open() && opened.situation.grant != Some(Capacity::Reviewer),
        refused_step: draft.step,
        grounds_draft: if draft.step.is_none() { draft.form.text("grounds") } else { String::new() },
        message_draft: if draft.step.is_none() { draft.form.text("message") } else { String::new() },
        note_draft: draft.form.text("note"),
        faults: Faults::from(draft.faults.as_slice()),
    }
}

fn alike_line(line: &LikeLine) -> AlikeLine {
    AlikeLine {
        id: line.id.to_string(),
        reference: line.reference.clone(),
        status: line.status.code(),
        received_on: line.received_on,
    }
}

fn timeline(line: &HistoryLine, t: Texts, zone: &TimeZone) -> TimelineLine {
    let local = line.at.map(|at| zone.to_datetime(at));
    TimelineLine {
        on: local.map_or(line.on, DateTime::date),
        time: local.map(|at| at.strftime("%H:%M").to_string()),
        act: line.acts.first().cloned().unwrap_or_default(),
        who: line.who.clone(),
        detail: line.to.as_deref().map(|status| t.code("status", status)),
    }
}

/// The pieces of a case, each where the page shows it. What waits for an approval stands on the proposal's page.
struct Sorted {
    narrative: String,
    answers: Vec<Answer>,
    messages: Vec<CaseMessage>,
    notes: Vec<CaseNote>,
}

impl Sorted {
    fn of(opened: &OpenedCase, t: Texts, zone: &TimeZone) -> Self {
        let times: HashMap<i32, DateTime> =
            opened.history.iter().filter_map(|line| Some((line.n, zone.to_datetime(line.at?)))).collect();
        let mut sorted =
            Self { narrative: String::new(), answers: Vec::new(), messages: Vec::new(), notes: Vec::new() };
        let pieces = opened.content.iter().flatten().filter(|piece| piece.proposal.is_none());
        for piece in pieces {
            sorted.put(piece, (t, &opened.names), &times);
        }
        sorted
    }

    fn put(&mut self, piece: &Piece, (t, names): (Texts, &Names), times: &HashMap<i32, DateTime>) {
        let message =
            |from, text: String| CaseMessage { from, who: piece.author.clone(), on: piece.on, text };
        let at = times.get(&piece.n).copied().unwrap_or_else(|| piece.on.at(0, 0, 0, 0));
        let note = |text: String| CaseNote { who: piece.author.clone().unwrap_or_default(), at, text };
        match &piece.body {
            PieceBody::Report(report) => {
                report.narrative.expose().clone_into(&mut self.narrative);
                self.answers = answers(report, t);
            }
            // These stand in sections of their own.
            PieceBody::Subject(_) | PieceBody::Remedy(_) | PieceBody::Package(_) => {}
            PieceBody::Template(code) => self.messages.push(message(Speaker::System, t.code("letter", code))),
            PieceBody::Words(ItemKind::Note, text) => self.notes.push(note(text.clone())),
            PieceBody::Words(ItemKind::ReporterMessage, text) => {
                self.messages.push(message(Speaker::Reporter, text.clone()));
            }
            PieceBody::Words(_, text) => self.messages.push(message(Speaker::Desk, text.clone())),
            PieceBody::Step(facts) => {
                let lines: Vec<String> = given(facts, t, names)
                    .into_iter()
                    .map(|fact| said(&t.code("fact", fact.name), &fact.text))
                    .collect();
                if !lines.is_empty() {
                    self.notes.push(note(lines.join("\n")));
                }
            }
        }
    }
}

/// A label and what was given for it; a question keeps its own mark.
fn said(label: &str, text: &str) -> String {
    if label.ends_with('?') { format!("{label} {text}") } else { format!("{label}: {text}") }
}
