//! Administrators, or the operator, look at mails that were given up, and have them tried again.

use super::{caller::Caller, context::Context, error::Error};
use crate::{
    domain::ids::TaskId,
    policy::{Action, Actor, Permit, authorize},
    storage::mail::DeadLetter,
};

fn permit(caller: Option<&Caller>) -> Result<Permit, Error> {
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    Ok(authorize(&actor, Action::TendMail, None)?)
}

/// The mails that were given up, the newest first: what kind, to whom, when, and the relay's answer; no words.
///
/// # Errors
/// [`Error::Forbidden`] without the right.
pub async fn dead_letters(ctx: &Context, caller: Option<&Caller>) -> Result<Vec<DeadLetter>, Error> {
    permit(caller)?;
    Ok(ctx.store.read(async |db| db.dead_letters().await).await?)
}

/// Has one of them tried again, or all; says how many. It is no part of the record, which says what was to be told.
///
/// # Errors
/// [`Error::Forbidden`] without the right; [`Error::NotFound`] where this one was not given up.
pub async fn retry_mail(
    ctx: &Context,
    caller: Option<&Caller>,
    which: Option<TaskId>,
) -> Result<usize, Error> {
    let permit = permit(caller)?;
    let now = ctx.store.now();
    let retried = ctx.store.maintain(async |upkeep| upkeep.retry_mail(&permit, which, now).await).await?;
    if which.is_some() && retried == 0 { Err(Error::NotFound) } else { Ok(retried) }
}
