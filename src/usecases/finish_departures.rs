//! A timer: what somebody's leaving, or a change of their roles, left undone, because the request that did it was cut short.

use super::{
    context::Context,
    departure::{Departure, Grants},
    error::Error,
    roles::end_uncarried,
};
use crate::policy::{Action, Actor, authorize};

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
            departure.lose_keys(&cases, grants).await?;
            finished = finished.saturating_add(1);
        }
    }
    for staff in ctx.store.read(async |db| db.signed_again().await).await? {
        if end_uncarried(ctx, None, &permit, staff).await? > 0 {
            finished = finished.saturating_add(1);
        }
    }
    Ok(finished)
}
