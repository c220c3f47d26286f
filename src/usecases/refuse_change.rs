//! An administrator refuses a change of the configuration, or stops one that waits for its time. That loosens nothing, so
//! one person is enough, and whoever proposed it may take it back.

use super::{
    approve_change::lock,
    caller::Caller,
    config_force::{Deciding, Hand},
    context::Context,
    error::Error,
};
use crate::{
    audit::act::Act,
    domain::{configuration::State, ids::ChangeId, text::Reasons},
    policy::{Action, authorize},
};

/// Refuses, with reasons, which other administrators and oversight read.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::ProposalStale`] where it has ended.
pub async fn refuse_change(
    ctx: &Context,
    caller: &Caller,
    id: ChangeId,
    reasons: &Reasons,
) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::ConfigureDesk, None)?;
    ctx.store
        .record("refuse_change", async |tx| {
            let (instance, mut row) = lock(ctx, tx, id).await?;
            let registry = ctx.registry_at(tx, instance.version).await?;
            if !registry.is_administrator(caller.id) {
                return Err(Error::Unauthenticated);
            }
            if !row.state.is_open() {
                return Err(Error::ProposalStale);
            }
            let hand = Hand::Of(caller);
            let deciding = Deciding { ctx, permit: &permit, hand, registry: &registry, instance: &instance };
            let draft = deciding.draft(tx, Act::ConfigRefused, &row).await?;
            (row.state, row.refuser_id) = (State::Refused, Some(caller.id));
            (row.ended_at, row.reasons) = (Some(ctx.store.now()), Some(reasons.expose().to_owned()));
            deciding.save(tx, row).await?;
            Ok(((), tx.save_instance(&permit, &instance, &draft).await?))
        })
        .await
}
