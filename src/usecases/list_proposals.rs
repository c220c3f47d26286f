//! The proposals of my cases that wait for an answer.

use super::{caller::Caller, case_access::situation, context::Context, error::Error};
use crate::{
    domain::ids::ProposalId,
    policy::{Action, authorize},
    storage::{
        cases::{CaseRow, Scope},
        proposals::ProposalRow,
    },
};

/// A waiting proposal.
pub struct WaitingProposal {
    /// The proposal.
    pub proposal: ProposalRow,
    /// Its case.
    pub case: CaseRow,
    /// Who proposed it.
    pub proposer: String,
    /// Whether the caller may answer it now.
    pub decidable: bool,
    /// Whether the caller still has to attest first.
    pub attest_first: bool,
}

/// Lists them, oldest first.
///
/// # Errors
/// [`Error::Forbidden`] without a role that works on cases.
pub async fn list_proposals(ctx: &Context, caller: &Caller) -> Result<Vec<WaitingProposal>, Error> {
    authorize(&caller.actor(), Action::SeeProposals, None)?;
    ctx.store
        .read(async |db| {
            let mut list = Vec::new();
            for (proposal, case, proposer) in db.list_proposals(Scope { staff: caller.id }).await? {
                let standing = situation(db, caller, &case, Some(&proposal)).await?;
                let decidable = authorize(&caller.actor(), Action::DecideProposal, Some(&standing)).is_ok();
                let mut attested = standing.clone();
                attested.attested = true;
                let could = authorize(&caller.actor(), Action::DecideProposal, Some(&attested)).is_ok();
                list.push(WaitingProposal {
                    proposal,
                    case,
                    proposer,
                    decidable,
                    attest_first: could && !decidable,
                });
            }
            Ok(list)
        })
        .await
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`] where it does not wait, or is of a case that is not the caller's.
pub async fn waiting_proposal(
    ctx: &Context,
    caller: &Caller,
    id: ProposalId,
) -> Result<WaitingProposal, Error> {
    let list = list_proposals(ctx, caller).await?;
    list.into_iter().find(|waiting| waiting.proposal.id == id).ok_or(Error::NotFound)
}
