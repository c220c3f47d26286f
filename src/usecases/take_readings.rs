//! The operator's instruments: does the database answer, how much waits, which cases are in danger of being lost.

use super::{
    context::Context,
    error::Error,
    take_pulse::{Pulse, take_pulse},
};
use crate::domain::case::status::Status;

/// The most cases that are counted.
const MOST: i64 = 10_000;

/// Figures at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Readings {
    /// Database connections in use.
    pub pool_used: usize,
    /// Database connections allowed.
    pub pool_size: usize,
    /// Tasks that wait.
    pub tasks_waiting: i64,
    /// Tasks that were given up.
    pub tasks_dead: i64,
    /// Cases under way, beyond their arrival, that fewer than two people can read.
    pub short_of_holders: usize,
}

/// Takes the readings.
///
/// # Errors
/// [`Error::Busy`] where the database does not answer.
pub async fn take_readings(ctx: &Context) -> Result<Readings, Error> {
    let (pool_used, pool_size) = ctx.store.pool_use();
    ctx.store
        .read(async |db| {
            let (tasks_waiting, tasks_dead) = db.queue_depth().await?;
            // Without those that have just come in: the figure would tell when a report did. `senim check` counts them.
            let opened: Vec<Status> =
                Status::ALL.iter().copied().filter(|s| s.is_open() && *s != Status::Received).collect();
            let short_of_holders = db.cases_short_of_holders(&opened, MOST).await?.len();
            Ok(Readings { pool_used, pool_size, tasks_waiting, tasks_dead, short_of_holders })
        })
        .await
}

/// Whether the database answers, and how the tree of the record does.
///
/// # Errors
/// [`Error::Busy`] where it does not.
pub async fn ready(ctx: &Context) -> Result<Pulse, Error> {
    crate::storage::ping(&ctx.store).await?;
    take_pulse(ctx).await
}
