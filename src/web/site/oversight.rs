//! `/staff/oversight`: what was missed, for those who watch over the desks.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{Desk, PageRefusal, done::done};
use crate::{
    i18n::Texts,
    usecases::oversee::{MatterLine, SHOWN, oversee, take_up},
    web::{
        api::path_id,
        pages::{
            Area,
            staff::{MatterRow, OversightPage, SilenceRow, StuckRow},
        },
    },
};

/// Shows the lists.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let ctx = &desk.app.context;
    let seen = oversee(ctx, &desk.caller).await.map_err(|error| desk.refuse(&request, error, None))?;
    let (t, today) = (desk.t, ctx.store.today());
    let days_since = |day: jiff::civil::Date| day.until(today).map_or(0, |span| i64::from(span.get_days()));
    let unanswered = seen.unanswered.iter().map(|line| SilenceRow {
        reference: line.reference.clone(),
        status: line.status.code(),
        desk: name(t, &line.desk_names),
        since: line.since,
        days: days_since(line.since),
    });
    let stuck = seen.proposals.iter().map(|line| {
        let since = jiff::tz::TimeZone::UTC.to_datetime(line.since).date();
        StuckRow {
            reference: line.reference.clone(),
            step: line.step.code(),
            desk: name(t, &line.desk_names),
            since,
            days: days_since(since),
        }
    });
    let page = OversightPage {
        t,
        frame: desk.frame(Area::Oversight),
        open: seen.open.iter().map(|line| matter(t, line)).collect(),
        unanswered: unanswered.collect(),
        stuck: stuck.collect(),
        taken_up: seen.taken_up.iter().map(|line| matter(t, line)).collect(),
        cut: seen.cut.iter().map(|list| list.code()).collect(),
        shown: i64::try_from(SHOWN).unwrap_or(i64::MAX),
    };
    desk.shown(StatusCode::OK, &page)
}

/// Takes a matter up.
///
/// # Errors
/// A page.
pub async fn uptake(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    take_up(&desk.app.context, &desk.caller, id)
        .await
        .map(|()| done("/staff/oversight", "taken_up"))
        .map_err(|error| desk.refuse(&request, error, Some(&form)))
}

fn matter(t: Texts, line: &MatterLine) -> MatterRow {
    let what = match line.clock {
        Some(clock) => t.matter_missed(t.code("clock", clock.code())).into_owned(),
        None => t.code("matter", &line.kind),
    };
    MatterRow {
        id: line.id.to_string(),
        what,
        reference: line.reference.clone(),
        status: line.status.code(),
        desk: name(t, &line.desk_names),
        arisen_on: line.arisen_on,
        taken_up_on: line.taken_up_on,
    }
}

fn name(t: Texts, (kk, ru, en): &(String, String, String)) -> String {
    match t.language() {
        "kk" => kk,
        "ru" => ru,
        _ => en,
    }
    .clone()
}
