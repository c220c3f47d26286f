//! An administrator, or the operator, proposes a change of the configuration: a file that others decide on.

use sha2::{Digest, Sha256};

use super::{
    authentic::Authentic,
    caller::Caller,
    config_force::{Hand, file_digest},
    config_plan::plan,
    context::Context,
    error::Error,
};
use crate::{
    audit::act::Act,
    domain::{
        configuration::{Difference, Kind, State},
        field_error::FieldError,
        ids::ChangeId,
    },
    policy::{Action, Actor, authorize},
    storage::config_changes::ChangeRow,
};

/// A change that was proposed.
pub struct ProposedChange {
    /// Its id.
    pub id: ChangeId,
    /// What it would change.
    pub difference: Difference,
}

/// Proposes a file of a kind; `caller` is none for the operator.
///
/// # Errors
/// [`Error::Mistakes`] with everything that is wrong with it, by line; [`Error::Invalid`] for `file` where it changes
/// nothing; [`Error::NotReady`] where the instance was never founded.
pub async fn propose_change(
    ctx: &Context,
    caller: Option<&Caller>,
    (kind, text): (Kind, &str),
) -> Result<ProposedChange, Error> {
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    let permit = authorize(&actor, Action::ConfigureDesk, None)?;
    let hand = caller.map_or(Hand::Operator, Hand::Of);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let id = ChangeId(ctx.store.entropy().uuid());
    ctx.store
        .record("propose_change", async |tx| {
            let instance =
                tx.lock_instance().await?.ok_or(Error::NotReady("the instance was never founded"))?;
            let registry = ctx.registry_at(tx, instance.version).await?;
            let difference = plan(tx, &registry, (kind, text)).await?.difference;
            if difference.is_empty() {
                return Err(Error::Invalid(vec![FieldError::new("file", FieldError::UNCHANGED)]));
            }
            let mut row = ChangeRow {
                id,
                kind,
                digest: Sha256::digest(text.as_bytes()).to_vec(),
                base: tx.changes_in_force(kind).await?,
                loosening: difference.loosening,
                state: State::Pending,
                proposer_id: caller.map(|caller| caller.id),
                proposed_at: ctx.store.now(),
                proposed_n: instance.audit_n.saturating_add(1),
                approver_id: None,
                co_approver_id: None,
                approved_at: None,
                effective_at: None,
                refuser_id: None,
                ended_at: None,
                reasons: None,
                why: None,
                mac: Vec::new(),
            };
            row.mac = Authentic::change(ctx, &row).mac(ctx).to_vec();
            let draft = hand.draft(Act::ConfigProposed, ctx.store.now());
            let draft = draft.code("what", kind.code()).committing("config", file_digest(&row)?);
            tx.insert_change(&permit, row, text).await?;
            let written = tx.save_instance(&permit, &instance, &draft).await?;
            Ok((ProposedChange { id, difference }, written))
        })
        .await
}
