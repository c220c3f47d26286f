//! A colleague refuses a recovery that the person did not ask for: what was prepared is gone.

use super::{approve_recovery::decidable, caller::Caller, context::Context, error::Error};
use crate::{audit::act::Act, domain::ids::StaffId, storage::staff::StaffChange};

/// Refuses. Password, second factor and code stay as they were; if somebody else has the printed code, the person needs
/// new keys.
///
/// # Errors
/// [`Error::NotFound`] where nothing waits; [`Error::Forbidden`] for oneself.
pub async fn refuse_recovery(ctx: &Context, caller: &Caller, id: StaffId) -> Result<(), Error> {
    ctx.store
        .record("refuse_recovery", async |tx| {
            let (person, _prepared, permit) = decidable(ctx, tx, caller, id).await?;
            let draft = caller.draft(Act::RecoveryRefused, "administrator", ctx.store.now());
            Ok(((), tx.save_staff(&permit, &person, StaffChange::default(), &draft).await?))
        })
        .await
}
