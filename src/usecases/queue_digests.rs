//! A timer: once a day everybody who works here and has an address is written to, the same words whether there is
//! something for them or not. Neither its coming nor its size tells anything, not even to somebody whom a report is about.

use jiff::tz::TimeZone;

use super::{context::Context, error::Error};

/// Queues the day's digests, from `hour` (UTC) on; says how many. Days that went by meanwhile are left out.
///
/// # Errors
/// [`Error`] of the database.
pub async fn queue_digests(ctx: &Context, hour: i8) -> Result<usize, Error> {
    let now = ctx.store.now();
    let here = now.to_zoned(TimeZone::UTC);
    if here.hour() < hour {
        return Ok(0);
    }
    Ok(ctx.store.maintain(async |upkeep| upkeep.queue_digests(here.date(), now).await).await?)
}
