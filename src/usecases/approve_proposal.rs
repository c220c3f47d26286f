//! The second pair of eyes agrees: the proposed step takes effect, with everything that the proposer prepared.

use super::{
    caller::Caller,
    case_access::{role_code, situation},
    context::Context,
    denials::watched,
    effects::Effect,
    error::Error,
    holders::{HeldSeeds, unlock},
    items::Opener,
    refer,
    remedies::decided,
    unbar::unbar,
};
use crate::{
    audit::{
        act::Act,
        entry::{Draft, ObjectKind},
    },
    domain::{
        case::{facts::StepFacts, item::ItemKind, status::Status, step::Step},
        ids::ProposalId,
    },
    policy::{Action, Permit, Situation, authorize},
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
        content::ItemRow,
        proposals::{ProposalRow, Resolution},
    },
};

/// Approves a proposal; the case moves.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] (the proposer, the lead, without attestation), [`Error::ProposalStale`].
pub async fn approve_proposal(ctx: &Context, caller: &Caller, id: ProposalId) -> Result<Status, Error> {
    let outcome = ctx
        .store
        .record("approve_proposal", async |tx| {
            let (proposal, case, situation, permit) = decidable(tx, caller, id).await?;
            let now = ctx.store.now();
            if proposal.overtaken(&case)
                || !tx.resolve_proposal(&permit, id, Resolution::Approved, (Some(caller.id), now)).await?
            {
                return Err(Error::ProposalStale);
            }
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            let (facts, shown) = agreed_facts(ctx, tx, &seeds, &proposal).await?;
            let on = ctx.today_of(&case);
            let effect = Effect::of(ctx, &case, (proposal.step, proposal.to_status), &facts, on)?;
            tx.publish_items(&permit, id, case.next_n(), on).await?;
            let proposed = tx.commitment(ObjectKind::Case, case.audit_id, proposal.proposed_n).await?;
            let mut draft = caller.draft(Act::ApprovalGiven, role_code(&situation), now);
            if first {
                draft = draft.and(Act::ContentRead);
            }
            draft = effect.acts(draft);
            if let Some(commitment) = proposed {
                draft = draft.answering(commitment);
            }
            effect.raise((ctx, tx), &permit, &case).await?;
            refer::follow(tx, &permit, &case, (proposal.step, on)).await?;
            let change = CaseChange { proposal: Some(id), ..effect.change };
            let deciding = Deciding { ctx, caller, permit: &permit, case: &case, seeds: &seeds };
            let (change, draft) = deciding.settle(tx, (&proposal, &facts, &shown), (change, draft)).await?;
            let written = tx.save_case(&permit, &case, change, &draft).await?;
            Ok((proposal.to_status, written))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// A proposal while it takes effect.
struct Deciding<'d> {
    ctx: &'d Context,
    caller: &'d Caller,
    permit: &'d Permit,
    case: &'d CaseRow,
    seeds: &'d HeldSeeds,
}

impl<'d> Deciding<'d> {
    /// What some steps do besides moving the case.
    async fn settle(
        &self,
        tx: &mut Tx<'_>,
        (proposal, facts, shown): (&ProposalRow, &StepFacts, &StepFacts),
        (change, draft): (CaseChange, Draft<'d>),
    ) -> Result<(CaseChange, Draft<'d>), Error> {
        let Self { ctx, caller, permit, case, seeds } = *self;
        match proposal.step {
            Step::Refer | Step::ReferPart => {
                let sent = (case, seeds, proposal);
                let draft = refer::send(ctx, tx, (permit, caller), sent, (facts, draft)).await?;
                Ok((change, draft))
            }
            Step::StrikeSubject => {
                let item = facts.struck.ok_or(Error::Sealed("a strike that names no subject"))?;
                let (turned, acts) = unbar(ctx, tx, permit, (case, seeds), item).await?;
                let change = CaseChange { excluded: turned.excluded, epoch: turned.epoch, ..change };
                Ok((change, acts.into_iter().fold(draft, Draft::and)))
            }
            Step::Decide => {
                let decision = (case, seeds, proposal.proposer_id);
                let created = decided(ctx, tx, permit, decision, shown).await?;
                Ok((change, if created { draft.and(Act::ActionCreated) } else { draft }))
            }
            _ => Ok((change, draft)),
        }
    }
}

/// What the step will say, without words and with them. The row's codes stand in clear; what the approver saw is sealed, and
/// both must be the same.
async fn agreed_facts(
    ctx: &Context,
    tx: &mut Tx<'_>,
    seeds: &HeldSeeds,
    proposal: &ProposalRow,
) -> Result<(StepFacts, StepFacts), Error> {
    let items = tx.items(proposal.case_id).await?;
    let ours = |item: &&ItemRow| item.proposal_id == Some(proposal.id) && item.kind == ItemKind::StepRecord;
    let record = items.iter().find(ours).ok_or(Error::Sealed("the proposal has no record"))?;
    let unknown = |_| Error::Sealed("the proposal's facts");
    let shown = Opener::new(ctx, seeds).open(record)?;
    let shown = StepFacts::from_sealed_json(shown.expose()).map_err(unknown)?;
    let facts = StepFacts::from_sealed_json(proposal.facts.as_bytes()).map_err(unknown)?;
    if shown.closed() == facts { Ok((facts, shown)) } else { Err(Error::Sealed("the proposal was changed")) }
}

/// The proposal and its locked case, if the caller may decide it.
pub(super) async fn decidable(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ProposalId,
) -> Result<(ProposalRow, CaseRow, Situation, Permit), Error> {
    let proposal = tx.proposal(id).await?.ok_or(Error::NotFound)?;
    let case = tx.lock_case(proposal.case_id).await?.ok_or(Error::NotFound)?;
    let proposal = tx.proposal(id).await?.ok_or(Error::NotFound)?;
    let situation = situation(tx, caller, &case, Some(&proposal)).await?;
    let permit = authorize(&caller.actor(), Action::DecideProposal, Some(&situation))?;
    if proposal.state != "pending" {
        return Err(Error::ProposalStale);
    }
    Ok((proposal, case, situation, permit))
}
