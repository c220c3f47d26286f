//! The part of a case's page that says what is to be done after the outcome, takes it up, and records what comes of it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{
    Desk, PageRefusal,
    case::{Draft, back_to, case_id, draw},
};
use crate::{
    domain::{
        case::remedy::{NewRemedy, RawRemedy, RemedyKind, RemedyTurn, Turned},
        ids::{BodyId, CaseId, RemedyId},
    },
    i18n::Texts,
    policy::{Action, authorize},
    usecases::{
        Error,
        find_bodies::find_code,
        open_case::{Names, OpenedCase},
        remedies::{Remedy, record_remedy, turn_remedy},
    },
    web::{
        body::Form,
        pages::{
            Choice,
            staff::{Remedies, RemedyForm, RemedyLine, TurnForm, TurnedLine},
        },
        problem::Problem,
    },
};

/// The fields in which somebody typed what they would not like to lose.
pub(super) const TYPED: &[&str] = &["measure", "addressee", "words"];

/// Records a corrective action or recommendation; what cannot be taken is the case again, with what was typed.
///
/// # Errors
/// A page.
pub async fn record(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    let done = try_record(&desk, id, &form).await.map(|_| ());
    answer((&desk, &request, id), done, Draft { form, ..Draft::default() }).await
}

async fn try_record(desk: &Desk, id: CaseId, form: &Form) -> Result<RemedyId, Error> {
    let field = |name: &str| form.get(name).map(str::to_owned);
    let raw = RawRemedy {
        action_kind: field("action_kind"),
        measure: field("measure"),
        addressee: field("addressee"),
        addressee_body: body_id(desk, field("addressee_body")).await?,
        action_due: field("action_due"),
    };
    let new = NewRemedy::parse(&raw).map_err(Error::Invalid)?;
    record_remedy(&desk.app.context, &desk.caller, id, &new).await
}

/// The id of a body whose code was typed; what is no code stays, to be refused with everything else that is wrong.
pub(super) async fn body_id(desk: &Desk, typed: Option<String>) -> Result<Option<String>, Error> {
    let Some(code) = typed.as_deref().map(str::trim).filter(|code| !code.is_empty()) else { return Ok(None) };
    let known = find_code(&desk.app.context, code).await?;
    Ok(known.map(|body| body.id.to_string()).or(typed))
}

/// Records what happened to one.
///
/// # Errors
/// A page.
pub async fn turn(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    let task = request.match_info().get("task").and_then(|text| text.parse::<RemedyId>().ok());
    let task = task.ok_or_else(|| desk.refuse(&request, Problem::not_found(), None))?;
    let most = desk.app.context.limits.staff;
    let done = match Turned::parse(form.get("turn"), form.get("words"), most) {
        Ok(turned) => turn_remedy(&desk.app.context, &desk.caller, (id, task), &turned).await.map(|_| ()),
        Err(faults) => Err(Error::Invalid(faults)),
    };
    answer((&desk, &request, id), done, Draft { form, remedy: Some(task), ..Draft::default() }).await
}

async fn answer(
    (desk, request, id): (&Desk, &HttpRequest, CaseId),
    done: Result<(), Error>,
    draft: Draft,
) -> Result<HttpResponse, PageRefusal> {
    match done {
        Ok(()) => Ok(back_to(id, "remedy")),
        Err(Error::Invalid(faults)) => {
            draw(desk, request, StatusCode::UNPROCESSABLE_ENTITY, Draft { faults, ..draft }).await
        }
        Err(error) => Err(desk.refuse(request, error, Some(&draft.form))),
    }
}

/// What is to be done, and the forms for it.
pub(super) fn remedies(desk: &Desk, opened: &OpenedCase, draft: &Draft) -> Remedies {
    let t = desk.t;
    let may = |action| {
        !opened.keys_awaited && authorize(&desk.caller.actor(), action, Some(&opened.situation)).is_ok()
    };
    let (tend, verify) = (may(Action::TendRemedies), may(Action::VerifyRemedy));
    let offered = |remedy: &Remedy| -> Vec<Choice> {
        let possible = RemedyTurn::ALL.iter().filter(|turn| turn.leads(remedy.row.state).is_some());
        let mine = possible.filter(|turn| match turn {
            RemedyTurn::Verify => verify && remedy.row.done_by != Some(desk.caller.id),
            _ => tend,
        });
        let codes: Vec<&str> = mine.map(|turn| turn.code()).collect();
        Choice::of_codes(t, "remedy_turn", &codes)
    };
    let lines = opened.remedies.iter().map(|remedy| {
        let refused = draft.remedy == Some(remedy.row.id);
        let typed = |name| if refused { draft.form.text(name) } else { String::new() };
        let turns = offered(remedy);
        let form = (!turns.is_empty()).then(|| TurnForm {
            turns,
            turn: typed("turn"),
            words: typed("words"),
            refused,
        });
        line((t, &opened.names), remedy, form)
    });
    let form = tend.then(|| added(t, draft));
    Remedies { lines: lines.collect(), form }
}

fn added(t: Texts, draft: &Draft) -> RemedyForm {
    let kinds: Vec<&str> = RemedyKind::ALL.iter().map(|kind| kind.code()).collect();
    let typed = |name| if draft.step.is_none() { draft.form.text(name) } else { String::new() };
    RemedyForm {
        kinds: Choice::of_codes(t, "action_kind", &kinds),
        measure: typed("measure"),
        kind: typed("action_kind"),
        addressee: typed("addressee"),
        addressee_body: typed("addressee_body"),
        due_on: typed("action_due"),
    }
}

fn line((t, names): (Texts, &Names), remedy: &Remedy, form: Option<TurnForm>) -> RemedyLine {
    let row = &remedy.row;
    let body = row.body_id.map(|body| body_name(t, names, body)).filter(|name| !name.is_empty());
    RemedyLine {
        id: row.id.to_string(),
        kind: row.kind.code(),
        state: row.state.code(),
        what: remedy.what.clone(),
        addressee: [Some(remedy.addressee.clone()), body]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", "),
        due_on: row.due_on,
        overdue_on: row.overdue_on,
        turns: remedy
            .turns
            .iter()
            .map(|turned| TurnedLine {
                turn: turned.turn.code(),
                by: turned.by.clone().unwrap_or_default(),
                on: turned.on,
                words: turned.words.clone(),
            })
            .collect(),
        form,
    }
}

/// What a body is called.
pub(super) fn body_name(t: Texts, names: &Names, body: BodyId) -> String {
    names.bodies.get(&body).map(|body| body.name(t.language()).to_owned()).unwrap_or_default()
}
