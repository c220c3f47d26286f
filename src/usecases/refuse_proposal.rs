//! The second pair of eyes disagrees, with reasons. The refusal stays in the record.

use super::{
    approve_proposal::decidable,
    caller::Caller,
    case_access::role_code,
    context::Context,
    denials::watched,
    error::Error,
    items::{Spot, insert_words},
};
use crate::{
    audit::act::Act,
    domain::{case::item::ItemKind, ids::ProposalId, text::Reasons},
    storage::{cases::CaseChange, proposals::Resolution},
};

/// Refuses a proposal; the case stays where it is. The reasons become a note of the case.
///
/// # Errors
/// As for approving.
pub async fn refuse_proposal(
    ctx: &Context,
    caller: &Caller,
    id: ProposalId,
    reasons: &Reasons,
) -> Result<(), Error> {
    let outcome = ctx
        .store
        .record("refuse_proposal", async |tx| {
            let (proposal, case, situation, permit) = decidable(tx, caller, id).await?;
            let now = ctx.store.now();
            if !tx.resolve_proposal(&permit, id, Resolution::Refused, (Some(caller.id), now)).await? {
                return Err(Error::ProposalStale);
            }
            let spot = Spot::next(&case, ctx.today_of(&case), Some(caller.id));
            insert_words(ctx, tx, &permit, (&case, spot), (ItemKind::Note, reasons.expose())).await?;
            let mut draft = caller
                .draft(Act::ApprovalRefused, role_code(&situation), now)
                .and(Act::NoteAdded)
                .code("step", proposal.step.code());
            let proposed = crate::audit::entry::ObjectKind::Case;
            if let Some(commitment) = tx.commitment(proposed, case.audit_id, proposal.proposed_n).await? {
                draft = draft.answering(commitment);
            }
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
