//! `/admin/changes`: changes of the configuration; `/staff/changes`: those that wait for their time, for oversight.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{Desk, PageRefusal, done::done, refusal::refusal};
use crate::{
    domain::{
        configuration::{Difference, Kind, State, Subject, Touch, Touched},
        field_error::FieldError,
        ids::ChangeId,
        mistake::Mistake,
        profile::Rulebook,
        taxonomy::{Category, Region},
        text::Reasons,
    },
    i18n::Texts,
    policy::RoleAt,
    usecases::{
        Error,
        approve_change::approve_change,
        list_changes::{ListedChange, OpenedChange, delayed_changes, list_changes, newcomers, open_change},
        propose_change::propose_change,
        refuse_change::refuse_change,
    },
    web::{
        api::path_id,
        pages::{
            Area, Choice, Faults, StaffFrame,
            admin::{
                ChangeForm, ChangeLine, ChangePage, ChangesPage, DelayedPage, FileInForce, NewcomerLine,
                Shown, ShownMistake, Touching,
            },
        },
    },
};

/// The most mistakes that a page tells.
const MOST_MISTAKES: usize = 200;

#[derive(Default)]
struct Draft {
    form: ChangeForm,
    faults: Vec<FieldError>,
    mistakes: Vec<Mistake>,
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn line(listed: &ListedChange, zone: &TimeZone) -> ChangeLine {
    let ListedChange { row, proposer, approvers, .. } = listed;
    let local = |at: Option<Timestamp>| -> Option<DateTime> { at.map(|at| zone.to_datetime(at)) };
    ChangeLine {
        id: row.id.to_string(),
        kind: row.kind.code(),
        state: row.state.code(),
        loosening: row.loosening,
        by: proposer.clone(),
        at: zone.to_datetime(row.proposed_at),
        approvers: approvers.clone(),
        lacking: count(row.change().lacking()),
        effective: local(row.effective_at),
        ended: local(row.ended_at),
    }
}

/// Lists the changes.
///
/// # Errors
/// A page.
pub async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    draw(&desk, &request, StatusCode::OK, Draft::default()).await
}

async fn draw(
    desk: &Desk,
    request: &HttpRequest,
    status: StatusCode,
    draft: Draft,
) -> Result<HttpResponse, PageRefusal> {
    let refuse = |error| desk.refuse(request, error, None);
    let all = list_changes(&desk.app.context, &desk.caller).await.map_err(refuse)?;
    let zone = desk.zone().await.map_err(refuse)?;
    let lines = |list: &[ListedChange]| list.iter().map(|one| line(one, &zone)).collect();
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    let once = !draft.form.file.is_empty();
    let shown = |one: &Mistake| ShownMistake {
        line: count(one.line),
        code: one.fault.code(),
        text: one.text.clone(),
    };
    let page = ChangesPage {
        t: desk.t,
        frame: StaffFrame { once, ..desk.frame(Area::Changes) },
        waiting: lines(&all.waiting),
        delayed: lines(&all.delayed),
        ended: lines(&all.ended),
        form: ChangeForm { kinds: Choice::of_codes(desk.t, "config_kind", &kinds), ..draft.form },
        faults: Faults::from(draft.faults.as_slice()),
        mistakes: draft.mistakes.iter().take(MOST_MISTAKES).map(shown).collect(),
        more: count(draft.mistakes.len().saturating_sub(MOST_MISTAKES)),
        in_force: in_force(&all.rulebook),
    };
    desk.shown(status, &page)
}

fn in_force(book: &Rulebook) -> Vec<FileInForce> {
    let file = |kind: Kind| {
        move |(name, text): (&str, &str)| FileInForce {
            kind: kind.code(),
            name: name.to_owned(),
            text: text.to_owned(),
        }
    };
    let profiles = book.profile_files().map(file(Kind::Profile));
    profiles.chain(book.calendar_files().map(file(Kind::Calendar))).collect()
}

/// Proposes a file; one with mistakes is the page again, with the file and every mistake.
///
/// # Errors
/// A page.
pub async fn propose(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let kept = ChangeForm { kind: form.text("kind"), file: form.text("file"), ..ChangeForm::default() };
    let mut faults = Vec::new();
    let kind = Kind::parse(&kept.kind);
    if kind.is_none() {
        faults.push(FieldError::new("kind", FieldError::REQUIRED));
    }
    if kept.file.trim().is_empty() {
        faults.push(FieldError::new("file", FieldError::REQUIRED));
    }
    let outcome = match kind.filter(|_| faults.is_empty()) {
        Some(kind) => propose_change(&desk.app.context, Some(&desk.caller), (kind, &kept.file)).await,
        None => Err(Error::Invalid(faults)),
    };
    let again = match outcome {
        Ok(_proposed) => return Ok(done("/admin/changes", "change_proposed")),
        Err(Error::Invalid(faults)) => Draft { form: kept, faults, mistakes: Vec::new() },
        Err(Error::Mistakes(mistakes)) => {
            Draft { form: kept, faults: vec![FieldError::new("file", "mistakes")], mistakes }
        }
        Err(error) => return Err(desk.refuse(&request, error, Some(&form))),
    };
    draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, again).await
}

/// Shows one change.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    draw_one(&desk, &request, StatusCode::OK, (String::new(), Faults::default())).await
}

async fn draw_one(
    desk: &Desk,
    request: &HttpRequest,
    status: StatusCode,
    (draft, faults): (String, Faults),
) -> Result<HttpResponse, PageRefusal> {
    let id: ChangeId = path_id(request).map_err(|problem| desk.refuse(request, problem, None))?;
    let refuse = |error| desk.refuse(request, error, None);
    let OpenedChange { listed, difference } =
        open_change(&desk.app.context, &desk.caller, id).await.map_err(refuse)?;
    let zone = desk.zone().await.map_err(refuse)?;
    let page = ChangePage {
        t: desk.t,
        frame: StaffFrame { once: !faults.0.is_empty(), ..desk.frame(Area::Changes) },
        line: line(&listed, &zone),
        digest: data_encoding::HEXLOWER.encode(&listed.row.digest),
        touches: difference.map(|difference| touches(&difference, desk.t)),
        refuser: listed.refuser,
        reasons: listed.row.reasons,
        why: listed.row.why.map(|why| why.code()),
        may_approve: listed.may_approve,
        may_refuse: listed.may_refuse,
        draft,
        faults,
    };
    desk.shown(status, &page)
}

/// A difference in words, by the way in which things are touched.
fn touches(difference: &Difference, t: Texts) -> Vec<Touching> {
    let of = |how: Touch| {
        let told: Vec<Shown> =
            difference.told.iter().filter(|one| one.how == how).map(|one| shown(one, t)).collect();
        let all = difference.count(how);
        Touching { how: how.code(), count: count(all), more: count(all.saturating_sub(told.len())), told }
    };
    Touch::ALL.iter().filter(|how| difference.count(**how) > 0).map(|how| of(*how)).collect()
}

fn shown(one: &Touched, t: Texts) -> Shown {
    let what = match &one.subject {
        Subject::Named { code, names: [kk, ru, en] } => {
            let name = match t.language() {
                "kk" => kk,
                "ru" => ru,
                _ => en,
            };
            format!("{code}: {name}")
        }
        Subject::Rule { position, body, category, region, desk } => {
            let rule = rule_words(t, (body.as_deref(), *category, *region), desk);
            format!("{position}. {rule}")
        }
        Subject::Setting(path) => path.clone(),
    };
    Shown { what, from: one.from.clone(), to: one.to.clone() }
}

/// A rule in words.
pub(super) fn rule_words(
    t: Texts,
    (body, category, region): (Option<&str>, Option<Category>, Option<Region>),
    desk: &str,
) -> String {
    let body = body.map_or_else(|| t.rule_any_body().into_owned(), str::to_owned);
    let category = category
        .map_or_else(|| t.rule_any_category().into_owned(), |category| t.code("category", category.code()));
    let region =
        region.map_or_else(|| t.rule_any_region().into_owned(), |region| t.code("region", region.code()));
    format!("{body} · {category} · {region} → {desk}")
}

/// Approves.
///
/// # Errors
/// A page.
pub async fn approve(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    desk.form(&request).await?;
    let id = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let decided = approve_change(&desk.app.context, &desk.caller, id)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let told = match decided.state {
        State::InForce => "change_in_force",
        State::Approved => "change_agreed",
        _ => "change_approved",
    };
    Ok(done("/admin/changes", told))
}

/// Refuses, or stops, with reasons.
///
/// # Errors
/// A page.
pub async fn refuse(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let id = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let act = async |reasons: &Reasons| refuse_change(&desk.app.context, &desk.caller, id, reasons).await;
    let again = async |typed| draw_one(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
    refusal(&desk, &request, act, again, ("/admin/changes", "change_refused")).await
}

/// Oversight sees what waits for its time.
///
/// # Errors
/// A page.
pub async fn watch(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let refuse = |error| desk.refuse(&request, error, None);
    let opened = delayed_changes(&desk.app.context, &desk.caller).await.map_err(refuse)?;
    let zone = desk.zone().await.map_err(refuse)?;
    let told = |one: OpenedChange| {
        let touches = one.difference.map(|difference| touches(&difference, desk.t));
        (line(&one.listed, &zone), touches)
    };
    let changes = opened.into_iter().map(told).collect();
    let registry = desk.app.context.registry().await.map_err(refuse)?;
    let soon = newcomers(&desk.app.context, &desk.caller).await.map_err(refuse)?;
    let role = |held: &RoleAt| {
        let at = held.desk.and_then(|id| registry.desks.get(&id));
        let at = at.map(|at| format!(" ({})", at.row.name(desk.t.language()))).unwrap_or_default();
        format!("{}{at}", desk.t.code("role", held.role.code()))
    };
    let newcomers = soon.iter().map(|one| NewcomerLine {
        login: one.login.clone(),
        roles: one.roles.iter().map(role).collect(),
        from: zone.to_datetime(one.from),
    });
    let newcomers = newcomers.collect();
    let page = DelayedPage { t: desk.t, frame: desk.frame(Area::Delayed), changes, newcomers };
    desk.shown(StatusCode::OK, &page)
}
