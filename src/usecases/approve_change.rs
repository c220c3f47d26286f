//! Another administrator agrees to a change of the configuration. What tightens holds at once, what loosens waits.

use jiff::{SignedDuration, Timestamp};

use super::{
    authentic::Authentic,
    caller::Caller,
    config_force::{Deciding, Hand, is_founding},
    context::Context,
    error::Error,
};
use crate::{
    audit::act::Act,
    domain::{
        configuration::{Decision, State, approval, effective_at},
        ids::ChangeId,
    },
    policy::{Action, authorize},
    storage::{Tx, config_changes::ChangeRow, instance::InstanceRow},
};

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecidedChange {
    /// Where it stands.
    pub state: State,
    /// When it takes effect, where two people agreed.
    pub effective_at: Option<Timestamp>,
}

/// Approves.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for whoever proposed or approved it; [`Error::ProposalStale`] where it was
/// decided, or no longer fits what is in force, which is recorded.
pub async fn approve_change(ctx: &Context, caller: &Caller, id: ChangeId) -> Result<DecidedChange, Error> {
    let permit = authorize(&caller.actor(), Action::ConfigureDesk, None)?;
    let done = ctx
        .store
        .record("approve_change", async |tx| {
            let (instance, row) = lock(ctx, tx, id).await?;
            let registry = ctx.registry_at(tx, instance.version).await?;
            if !registry.is_administrator(caller.id) {
                return Err(Error::Unauthenticated);
            }
            let hand = Hand::Of(caller);
            let deciding = Deciding { ctx, permit: &permit, hand, registry: &registry, instance: &instance };
            if row.state == State::Pending && row.change().behind().contains(&caller.id) {
                return Err(Error::Forbidden);
            }
            let decision = approval(&row.change(), caller.id).ok_or(Error::ProposalStale)?;
            match deciding.fit(tx, &row).await? {
                Err(why) => Ok((None, deciding.outdate(tx, row, why).await?)),
                Ok(file) => {
                    let draft = deciding.draft(tx, Act::ConfigApproved, &row).await?;
                    let row = agreed(ctx, tx, row, (caller, decision)).await?;
                    let due = row.effective_at.is_some_and(|at| at <= ctx.store.now());
                    let mut done = DecidedChange { state: row.state, effective_at: row.effective_at };
                    if due {
                        done.state = State::InForce;
                        return Ok((Some(done), deciding.force(tx, row, (file, draft)).await?));
                    }
                    deciding.save(tx, row).await?;
                    Ok((Some(done), tx.save_instance(&permit, &instance, &draft).await?))
                }
            }
        })
        .await?;
    done.ok_or(Error::ProposalStale)
}

/// The instance and a change, locked. A change that the server did not write as it stands is not decided on.
pub(super) async fn lock(
    ctx: &Context,
    tx: &mut Tx<'_>,
    id: ChangeId,
) -> Result<(InstanceRow, ChangeRow), Error> {
    let instance = tx.lock_instance().await?.ok_or(Error::NotFound)?;
    let row = tx.lock_change(id).await?.ok_or(Error::NotFound)?;
    if !Authentic::change(ctx, &row).holds(ctx, &row.mac) {
        tracing::error!(change = %id, "a change of the configuration is not as this server wrote it: nothing is done with it");
        return Err(Error::Sealed("the change was changed"));
    }
    Ok((instance, row))
}

/// The change with somebody more behind it.
async fn agreed(
    ctx: &Context,
    tx: &mut Tx<'_>,
    mut row: ChangeRow,
    (caller, decision): (&Caller, Decision),
) -> Result<ChangeRow, Error> {
    match row.approver_id {
        None => row.approver_id = Some(caller.id),
        Some(_) => row.co_approver_id = Some(caller.id),
    }
    if decision == Decision::Agreed {
        let now = ctx.store.now();
        let delay = SignedDuration::try_from(ctx.loosening).unwrap_or(SignedDuration::MAX);
        let at = effective_at(now, (row.loosening, is_founding(tx, row.kind).await?), delay);
        (row.state, row.approved_at, row.effective_at) = (State::Approved, Some(now), Some(at));
    }
    Ok(row)
}
