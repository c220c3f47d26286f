//! A timer: changes of the configuration whose time has come are put in force, and those that no longer fit say so.

use super::{
    approve_change::lock,
    config_force::{Deciding, Hand},
    context::Context,
    error::Error,
};
use crate::{
    audit::act::Act,
    domain::{
        configuration::{State, Why},
        ids::ChangeId,
    },
    policy::{Action, Actor, Permit, authorize},
    storage::config_changes::ChangeRow,
};

/// Does it, in the order in which they are due; says to how many something was done. However many processes try, and
/// however late: each once, because whoever is second finds it done.
///
/// # Errors
/// [`Error`] of the database.
pub async fn enforce_changes(ctx: &Context) -> Result<usize, Error> {
    let permit = authorize(&Actor::Timer, Action::RunJob, None)?;
    let mut open = ctx.store.read(async |db| db.changes_in(&[State::Pending, State::Approved]).await).await?;
    open.sort_by_key(|row| (row.effective_at, row.proposed_at));
    let mut done = 0_usize;
    for row in open {
        match take_on(ctx, &permit, row.id).await {
            Ok(()) => done = done.saturating_add(1),
            // It waits still, or somebody was first, or it was forged, which is logged.
            Err(Error::NotFound | Error::Sealed(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Puts one in force or outdates it; [`Error::NotFound`] where there is nothing to be done.
async fn take_on(ctx: &Context, permit: &Permit, id: ChangeId) -> Result<(), Error> {
    ctx.store
        .record("enforce_change", async |tx| {
            let (instance, row) = lock(ctx, tx, id).await?;
            let registry = ctx.registry_at(tx, instance.version).await?;
            let hand = Hand::Timer;
            let deciding = Deciding { ctx, permit, hand, registry: &registry, instance: &instance };
            if row.state == State::Approved && is_due(ctx, &row) {
                return Ok(match deciding.fit(tx, &row).await? {
                    Err(why) => ((), deciding.outdate(tx, row, why).await?),
                    Ok(file) => {
                        let draft = deciding.draft(tx, Act::ConfigChanged, &row).await?;
                        ((), deciding.force(tx, row, (file, draft)).await?)
                    }
                });
            }
            let overtaken = row.kind.is_whole() && row.base != tx.changes_in_force(row.kind).await?;
            if row.state.is_open() && overtaken {
                return Ok(((), deciding.outdate(tx, row, Why::Overtaken).await?));
            }
            Err(Error::NotFound)
        })
        .await
}

fn is_due(ctx: &Context, row: &ChangeRow) -> bool {
    row.effective_at.is_some_and(|at| at <= ctx.store.now())
}
