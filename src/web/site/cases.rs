//! `/staff/cases`: the list of my cases.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use jiff::civil::Date;

use super::{Desk, PageRefusal, done::done, proposals::line};
use crate::{
    domain::{
        case::{
            assessment::{Severity, urgency},
            status::Status,
        },
        ids::StaffId,
    },
    i18n::Texts,
    usecases::{
        Context,
        list_cases::{CaseFilter, CaseLine as MyCase, CaseRow, list_cases},
        list_proposals::list_proposals,
        restore_access::{Waiting, list_waiting, restore_access},
    },
    web::{
        api::{case_view::cursor_after, cases::CaseQuery, path_id, query},
        pages::{
            Area, Choice,
            staff::{CaseLine, CasesPage, Due, WaitingLine},
        },
    },
};

/// What the filter says for the ended ones as well; without it the list holds what is still to be done.
const EVERY_STATE: &str = "all";

/// Shows the list.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let refuse = |problem| desk.refuse(&request, problem, None);
    let mut asked = query::<CaseQuery>(&request).map_err(refuse)?;
    let state = asked.state.take().unwrap_or_default();
    asked.state = Some(state.clone()).filter(|state| state != EVERY_STATE);
    let filter = CaseFilter { open: state.is_empty(), ..asked.filter().map_err(refuse)? };
    let ctx = &desk.app.context;
    let list =
        list_cases(ctx, &desk.caller, filter).await.map_err(|error| desk.refuse(&request, error, None))?;
    let waiting =
        list_proposals(ctx, &desk.caller).await.map_err(|error| desk.refuse(&request, error, None))?;
    let colleagues =
        list_waiting(ctx, &desk.caller).await.map_err(|error| desk.refuse(&request, error, None))?;
    let codes: Vec<&str> = Status::ALL.iter().map(|status| status.code()).collect();
    let page = CasesPage {
        t: desk.t,
        frame: desk.frame(Area::Cases),
        pending: waiting
            .iter()
            .filter(|listed| listed.part.waits())
            .map(|listed| line(listed, ctx))
            .collect(),
        waiting: colleagues.into_iter().map(waiting_line).collect(),
        states: Choice::of_codes(desk.t, "status", &codes),
        state,
        rows: list.lines.iter().map(|line| row(line, desk.t, ctx)).collect(),
        first: asked.cursor.is_none(),
        next: cursor_after(&list),
    };
    desk.shown(StatusCode::OK, &page)
}

/// Gives a colleague who made new keys our common cases again.
///
/// # Errors
/// A page.
pub async fn restore(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    desk.form(&request).await?;
    let id: StaffId = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    restore_access(&desk.app.context, &desk.caller, id)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    Ok(done("/staff/cases", "restored"))
}

fn waiting_line(waiting: Waiting) -> WaitingLine {
    WaitingLine {
        id: waiting.staff.to_string(),
        login: waiting.login,
        cases: i64::try_from(waiting.cases.len()).unwrap_or(i64::MAX),
    }
}

fn row(line: &MyCase, t: Texts, ctx: &Context) -> CaseLine {
    let (age_days, due) = days(&line.case, ctx);
    CaseLine {
        id: line.case.id.to_string(),
        reference: line.case.reference.clone(),
        category: line.case.category.code(),
        body: body_name(line, t),
        status: line.case.status.code(),
        age_days,
        due,
        severity: urgency(line.case.category, line.case.severity).map(Severity::code),
        attest_first: !line.attested,
    }
}

fn body_name(line: &MyCase, t: Texts) -> String {
    let Some((kk, ru, en)) = &line.body else { return String::new() };
    match t.language() {
        "kk" => kk.clone(),
        "ru" => ru.clone(),
        _ => en.clone(),
    }
}

/// Age and next deadline, seen from today where the desk is: a case of the small hours is not of tomorrow.
pub(super) fn days(case: &CaseRow, ctx: &Context) -> (i64, Option<Due>) {
    let today = ctx.today_of(case);
    let due = case.due_on.map(|on| Due { on, days: days_between(today, on) });
    (days_between(case.received_on, today), due)
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
