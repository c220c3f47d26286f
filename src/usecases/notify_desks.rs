//! A timer: desks with unopened reports are told once a day that something waits. Nothing about the report.

use super::{context::Context, error::Error};
use crate::domain::ids::TaskId;

/// Queues the day's notices; says how many.
///
/// # Errors
/// [`Error`] of the database.
pub async fn notify_desks(ctx: &Context) -> Result<usize, Error> {
    let today = ctx.store.today();
    let desks = ctx.store.read(async |db| db.desks_to_notify(today).await).await?;
    let mut queued = 0_usize;
    for desk in desks {
        let id = TaskId(ctx.store.entropy().uuid());
        if ctx.store.maintain(async |upkeep| upkeep.enqueue_notice(id, desk, today).await).await? {
            queued = queued.saturating_add(1);
        }
    }
    Ok(queued)
}
