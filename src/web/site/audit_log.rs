//! `/audit/log`: how the log does, for auditors; and its daily head on a sheet.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{Desk, PageRefusal};
use crate::{
    i18n::Texts,
    usecases::{
        Context,
        survey_log::{Head, MissingEpochs, Survey, Watch, print_head, survey_log},
    },
    web::pages::{
        Area,
        audit::{AuditLogPage, AuditSheetPage, Chart, DayLine, HeadLine, MissingLine, QrCode},
    },
};

const DAY: i64 = 86_400;

/// Shows how the log does.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let survey = survey_log(&desk.app.context, &desk.caller, &desk.app.config.log)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    desk.shown(StatusCode::OK, &page(&desk, survey))
}

/// Shows the newest public head, for printing.
///
/// # Errors
/// A page.
pub async fn sheet(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let head = print_head(&desk.app.context, &desk.caller, &desk.app.config.log)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let view = AuditSheetPage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        origin: desk.app.config.log.origin.clone(),
        code: head.as_ref().and_then(|head| QrCode::of(head.signed.note().text())),
        note: head.as_ref().map(|head| head.signed.to_string()).unwrap_or_default(),
        head: head.as_ref().map(line),
    };
    desk.shown(StatusCode::OK, &view)
}

fn page(desk: &Desk, survey: Survey) -> AuditLogPage {
    let ctx = &desk.app.context;
    let signed = survey.heads.first().map_or(0, |head| head.signed.head().size);
    let (watch, since) = match survey.watch {
        Watch::NoHead => ("no_head", None),
        Watch::NoPolicy => ("no_policy", None),
        Watch::NobodyAsked => ("nobody_asked", None),
        Watch::Witnessed => ("witnessed", None),
        Watch::Unwitnessed(None) => ("never", None),
        Watch::Unwitnessed(since) => ("unwitnessed", since.map(utc)),
    };
    let days = days(ctx, desk.t, &survey);
    let growths: Vec<i64> = days.iter().rev().map(|day| day.growth).collect();
    let expected = expected(ctx);
    AuditLogPage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        origin: survey.origin,
        size: number(survey.size),
        unsigned: number(survey.size.saturating_sub(signed)),
        watch,
        since,
        policy: survey.policy.as_deref().map(without_addresses),
        heads: survey.heads.iter().map(line).collect(),
        missing: survey.missing.iter().map(|missing| gap(ctx, *missing)).collect(),
        due: number(survey.due.0),
        late: number(survey.late),
        oldest: survey.due.1.map(utc),
        days,
        chart: Chart::of(&growths, expected),
        expected,
    }
}

/// A policy without the addresses behind its keys: a page names nothing that a browser could open elsewhere.
fn without_addresses(policy: &str) -> String {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().filter(|word| !word.contains("://")).collect();
        words.join(" ") + "\n"
    };
    policy.lines().map(line).collect()
}

fn line(head: &Head) -> HeadLine {
    HeadLine {
        size: number(head.signed.head().size),
        root: head.signed.head().root.hex(),
        made_at: utc(head.made_at),
        public: head.public,
        anchored: head.anchored,
        quorum: head.quorum,
        cosigned: head.cosigned.iter().map(|(name, at)| (name.clone(), at.map(utc))).collect(),
    }
}

fn gap(ctx: &Context, missing: MissingEpochs) -> MissingLine {
    let rhythm = ctx.store.rhythm();
    MissingLine {
        from: utc(rhythm.end_of(missing.first.saturating_sub(1))),
        until: utc(rhythm.end_of(missing.last)),
        epochs: missing.last.saturating_sub(missing.first).saturating_add(1),
    }
}

/// The days, newest first, each with what it added to the one before.
fn days(ctx: &Context, t: Texts, survey: &Survey) -> Vec<DayLine> {
    let rhythm = ctx.store.rhythm();
    let before = survey.days.iter().skip(1).map(|day| day.size).chain([0]);
    let line = |(day, before): (&crate::usecases::survey_log::DaySize, i64)| {
        let begins = utc(rhythm.end_of(rhythm.first_epoch(day.day).saturating_sub(1)));
        // Days of a demonstration are shorter than those of the calendar.
        let name = if rhythm.day_seconds() == DAY { t.date(begins.date()) } else { t.moment(begins) };
        let growth = day.size.saturating_sub(before);
        DayLine { day: name, growth, epochs: day.epochs, size: day.size }
    };
    survey.days.iter().zip(before).map(line).collect()
}

/// Leaves of a day on which every epoch was closed and nothing was late.
fn expected(ctx: &Context) -> i64 {
    let rhythm = ctx.store.rhythm();
    let epochs = rhythm.day_seconds().checked_div(rhythm.epoch_seconds()).unwrap_or(1);
    epochs.saturating_mul(number(rhythm.quantum()))
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn utc(moment: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(moment)
}
