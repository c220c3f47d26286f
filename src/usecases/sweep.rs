//! A timer: sessions that ended are swept away, with what they unlocked.

use jiff::SignedDuration;

use super::{context::Context, error::Error};

/// Sweeps; says how many sessions went.
///
/// # Errors
/// [`Error`] of the database.
pub async fn sweep(ctx: &Context) -> Result<usize, Error> {
    let idle = SignedDuration::try_from(ctx.sessions.idle).unwrap_or(SignedDuration::from_hours(1));
    let now = ctx.store.now();
    Ok(ctx.store.maintain(async |upkeep| upkeep.sweep_sessions(now, idle).await).await?)
}
