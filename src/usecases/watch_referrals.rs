//! A timer: a part of a case that went to another body, and that nobody answers, stands before oversight (control OI-11b-1).
//! Where the whole case went, a clock of the case says so.

use super::{context::Context, error::Error, round::each_case};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::{ids::CaseId, profile::ClockName},
    policy::{Action, Actor, authorize},
    storage::{Db, cases::CaseChange, oversight::Matter},
};

/// Looks at every such part whose day has passed; says of how many cases.
///
/// # Errors
/// [`Error`] of the database.
pub async fn watch_referrals(ctx: &Context) -> Result<usize, Error> {
    let day = ctx.latest_today();
    let next = async |db: &mut Db<'_>, after, limit| db.referrals_overdue(day, after, limit).await;
    each_case(ctx, "watch_referrals", next, async |id| watch(ctx, id).await).await
}

async fn watch(ctx: &Context, id: CaseId) -> Result<(), Error> {
    ctx.store
        .record("watch_referrals", async |tx| {
            let case = tx.lock_case(id).await?.ok_or(Error::NotFound)?;
            let permit = authorize(&Actor::Timer, Action::RunJob, None)?;
            let on = ctx.today_of(&case);
            let mut late = tx.referrals(id).await?;
            late.retain(|row| {
                let waits = row.state.is_open() && !row.whole && !row.overdue;
                waits && row.due_on.is_some_and(|due| due < on)
            });
            if late.is_empty() {
                return Err(Error::Conflict);
            }
            for row in &late {
                tx.mark_overdue(&permit, row.id).await?;
            }
            let clock = ClockName::ReferralAnswer;
            tx.raise_matter(&permit, id, (Matter::DeadlineMissed(clock), on)).await?;
            let draft = Draft::new(Act::DeadlineMissed, By::Timer, When::At(ctx.store.now()));
            let draft = draft.code("missed", clock.code());
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await
}
