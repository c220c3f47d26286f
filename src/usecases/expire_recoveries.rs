//! A timer: a recovery that nobody decided on in time ends, and what was prepared for it is gone.

use jiff::{SignedDuration, Timestamp};

use super::{approve_recovery::RECOVERY_DAYS, context::Context, error::Error};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::ids::StaffId,
    policy::{Action, Actor, Permit, authorize},
    storage::staff::StaffChange,
};

/// Ends every recovery that waited too long; says how many. Password, second factor and code stay as they were.
///
/// # Errors
/// [`Error`] of the database.
pub async fn expire_recoveries(ctx: &Context) -> Result<usize, Error> {
    let permit = authorize(&Actor::Timer, Action::RunJob, None)?;
    let before = ctx.store.now().saturating_sub(SignedDuration::from_hours(RECOVERY_DAYS * 24));
    let before = before.unwrap_or(Timestamp::MIN);
    let late = ctx.store.read(async |db| db.recoveries_before(before).await).await?;
    let mut expired = 0_usize;
    for person in late {
        match expire(ctx, &permit, (person, before)).await {
            Ok(()) => expired = expired.saturating_add(1),
            // Somebody was first, or it was asked for again.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(expired)
}

async fn expire(ctx: &Context, permit: &Permit, (id, before): (StaffId, Timestamp)) -> Result<(), Error> {
    ctx.store
        .record("expire_recovery", async |tx| {
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            let prepared = tx.take_recovery(permit, id).await?;
            prepared.filter(|prepared| prepared.asked_at < before).ok_or(Error::NotFound)?;
            let draft = Draft::new(Act::RecoveryExpired, By::Timer, When::At(ctx.store.now()));
            Ok(((), tx.save_staff(permit, &person, StaffChange::default(), &draft).await?))
        })
        .await
}
