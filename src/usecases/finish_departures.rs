//! A timer: what somebody's leaving, or a change of their roles, left undone, because the request that did it was cut short;
//! and what a change of the tree of bodies means for who may have which case.

use jiff::{SignedDuration, Timestamp};

use super::{
    context::Context,
    departure::{Departure, Grants},
    error::Error,
    roles::end_uncarried,
};
use crate::{
    domain::configuration::Kind,
    policy::{Action, Actor, Permit, authorize},
};

/// Takes the keys of those who do not work here, or not in that role, from every case that still has them; says how many people that were.
///
/// # Errors
/// [`Error`] of the database.
pub async fn finish_departures(ctx: &Context) -> Result<usize, Error> {
    let permit = authorize(&Actor::Timer, Action::RunJob, None)?;
    let left = ctx.store.read(async |db| db.inactive_staff().await).await?;
    let mut finished = 0_usize;
    for (staff, disabled) in left {
        let (held, granted) = ctx
            .store
            .read(async |db| {
                Ok::<_, Error>((db.cases_wrapped_to(staff).await?, db.cases_held_by(staff).await?))
            })
            .await?;
        let (cases, grants) = if disabled { (granted, Grants::End) } else { (held, Grants::Wait) };
        if !cases.is_empty() {
            let departure = Departure { ctx, caller: None, permit: &permit, staff };
            finished = finished.saturating_add(done(departure.lose_keys(&cases, grants).await.map(|()| 1))?);
        }
    }
    for staff in ctx.store.read(async |db| db.signed_again().await).await? {
        finished = finished.saturating_add(done(end_uncarried(ctx, None, &permit, staff).await)?);
    }
    Ok(finished.saturating_add(follow_bodies(ctx, &permit).await?))
}

/// Whether something was done about a person. What could not be, because a case is damaged, was logged, and keeps nobody
/// else's keys where they are.
fn done(outcome: Result<usize, Error>) -> Result<usize, Error> {
    match outcome {
        Ok(cases) => Ok(usize::from(cases > 0)),
        Err(Error::Busy) => Err(Error::Busy),
        Err(_logged) => Ok(0),
    }
}

/// How long after a change of the tree of bodies a process that begins looks whether somebody's cases concern them by it.
const LATELY: SignedDuration = SignedDuration::from_hours(24);

/// Where bodies moved: whoever belongs by now to a unit that their case concerns loses it (norms.md 8.5, rule 1). Once in each
/// process for each change.
async fn follow_bodies(ctx: &Context, permit: &Permit) -> Result<usize, Error> {
    let registry = ctx.current_registry().await?;
    let tree = registry.bodies.digest().map(<[u8]>::to_vec);
    let compared = |with: &Option<Vec<u8>>| ctx.compared.lock().is_ok_and(|last| *last == *with);
    if compared(&tree) || !registry.bodies.is_sound() {
        return Ok(0);
    }
    let since = ctx.store.now().saturating_sub(LATELY).unwrap_or(Timestamp::MIN);
    let mut finished = 0_usize;
    if ctx.store.read(async |db| db.changed_since(Kind::Bodies, since).await).await? {
        for staff in registry.directory.members.keys() {
            finished = finished.saturating_add(done(end_uncarried(ctx, None, permit, *staff).await)?);
        }
    }
    if let Ok(mut last) = ctx.compared.lock() {
        *last = tree;
    }
    Ok(finished)
}
