//! A handler steps back from a case because of a conflict of interest. Why is nobody's business (control EU-9.1c-1).

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::rotate,
};
use crate::{
    audit::act::Act,
    domain::ids::CaseId,
    policy::Action,
    storage::{grants::GrantEnd, proposals::Resolution},
};

/// Ends the caller's access for good and begins a new epoch without them.
///
/// # Errors
/// [`Error::NotFound`] without a grant; [`Error`] of the database.
pub async fn recuse(ctx: &Context, caller: &Caller, id: CaseId) -> Result<(), Error> {
    let registry = ctx.current_registry().await?;
    let outcome = ctx
        .store
        .record("recuse", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::Recuse).await?;
            let now = ctx.store.now();
            tx.end_grant(&permit, (id, caller.id), GrantEnd::Recused, ctx.store.today()).await?;
            tx.delete_wraps(&permit, id, caller.id).await?;
            let (mut change, remaining) = rotate(ctx, tx, &permit, &registry, &case).await?;
            if case.lead_id == Some(caller.id) {
                change.lead = Some(None);
            }
            let mut draft = caller
                .draft(Act::CoiRecused, role_code(&situation), now)
                .and(Act::GrantRemoved)
                .and(Act::EpochRotated);
            if remaining < 2 {
                draft = draft.and(Act::HoldersShort);
            }
            if let Some(proposal) = tx.pending_proposal(id).await? {
                tx.resolve_proposal(&permit, proposal.id, Resolution::Stale, (None, now)).await?;
                draft = draft.and(Act::ProposalStale);
            }
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
