//! A person ends their session.

use super::{caller::Caller, context::Context, error::Error};
use crate::{
    audit::act::Act,
    policy::{Action, authorize},
    storage::staff::StaffChange,
};

/// Ends the caller's session; what it unlocked is gone with it.
///
/// # Errors
/// [`Error`] of the database.
pub async fn sign_out(ctx: &Context, caller: &Caller) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::SignIn, None)?;
    ctx.store.maintain(async |upkeep| upkeep.end_session(caller.session).await).await?;
    ctx.store
        .record("sign_out", async |tx| {
            let person = tx.lock_staff(caller.id).await?.ok_or(Error::Unauthenticated)?;
            let role = caller.actor.roles.first().map_or("none", |held| held.role.code());
            let draft = caller.draft(Act::SessionClosed, role, ctx.store.now());
            Ok(((), tx.save_staff(&permit, &person, StaffChange::default(), &draft).await?))
        })
        .await
}
