//! A timer: what the beginning of a day brings to the clocks of cases. Handlers are reminded, what was missed is marked and
//! shown to oversight, and the reporter is told that it takes longer (controls OI-12b-1, ISO-8.1-1). Whatever was told
//! once is not told again, by whichever process and after however long a pause.

use jiff::civil::Date;

use super::{clock_news, context::Context, error::Error, items::Spot, round::each_case};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::{case::clocks::ClockNews, ids::CaseId, profile::ClockName},
    policy::{Action, Actor, Situation, authorize},
    storage::{
        Db,
        cases::{CaseChange, CaseRow},
    },
};

/// Looks at every case whose clocks have something to say; says of how many they had.
///
/// # Errors
/// [`Error`] of the database.
pub async fn watch_deadlines(ctx: &Context) -> Result<usize, Error> {
    let day = ctx.latest_today();
    let next = async |db: &mut Db<'_>, after, limit| db.cases_to_watch(day, after, limit).await;
    each_case(ctx, "watch_deadlines", next, async |id| watch(ctx, id).await).await
}

async fn watch(ctx: &Context, id: CaseId) -> Result<(), Error> {
    ctx.store
        .record("watch_deadlines", async |tx| {
            let case = tx.lock_case(id).await?.ok_or(Error::NotFound)?;
            let situation = Situation::new(case.id, case.desk_id, case.status);
            let permit = authorize(&Actor::Timer, Action::WriteMessage, Some(&situation))?;
            let on = ctx.today_of(&case);
            let (profile, days) = (ctx.profile_of(&case), case.days());
            let mut clocks = case.clocks.clone();
            let news = clocks.tick(&profile, on, days);
            clock_news::warn(&news);
            let registered = case
                .registered_on
                .is_none()
                .then(|| profile.due(ClockName::Register, days).ok().flatten())
                .flatten();
            if news.is_empty() && registered.is_none() {
                // Another process was first, or the day has not begun where the case is handled.
                return Err(Error::Conflict);
            }
            if !news.missed.is_empty() {
                let item = Spot::next(&case, on, None).template("delayed", &mut tx.rng);
                tx.insert_item(&permit, item).await?;
            }
            clock_news::raise(tx, &permit, &case, (&news, on)).await?;
            let draft = draft(ctx, &case, &news, registered);
            let clocks = clock_news::columns(clocks, &profile, on, case.question_until);
            let change = CaseChange { clocks: Some(clocks), registered, ..CaseChange::default() };
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await
}

fn draft(ctx: &Context, case: &CaseRow, news: &ClockNews, registered: Option<Date>) -> Draft<'static> {
    let acts = [
        (Act::DeadlineMissed, !news.missed.is_empty()),
        (Act::DeadlineReminded, !news.reminded.is_empty()),
        (Act::DeadlineStarted, !news.started.is_empty()),
    ];
    let first = acts.into_iter().find(|(_, told)| *told).map_or(Act::CaseRegistered, |(act, _)| act);
    let mut draft = Draft::new(first, By::Timer, When::At(ctx.store.now()));
    if registered.is_some() {
        draft = draft.and(Act::CaseRegistered).code("profile", case.profile.code());
    }
    if !news.missed.is_empty() {
        draft = draft.and(Act::NoticeSent);
    }
    clock_news::acts(draft, news)
}
