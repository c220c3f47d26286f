//! The proposals of my cases: those that wait for an answer, and those that were answered last.

use super::{caller::Caller, case_access::situation, context::Context, error::Error};
use crate::{
    policy::{Action, Situation, authorize},
    storage::{case_lists::Scope, cases::CaseRow, proposals::ProposalRow},
};

/// A proposal of a list.
pub struct ListedProposal {
    /// The proposal.
    pub proposal: ProposalRow,
    /// Its case.
    pub case: CaseRow,
    /// Who proposed it.
    pub proposer: String,
    /// What the caller may do about it.
    pub part: Part,
}

/// What somebody may do about a proposal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// Whether they may answer it now.
    pub decidable: bool,
    /// Whether they could, if they attested first.
    pub attest_first: bool,
}

impl Part {
    /// Of somebody who stands so to the case; nobody answers what the case went on without.
    pub(super) fn of(caller: &Caller, standing: &Situation, proposal: &ProposalRow, case: &CaseRow) -> Self {
        if proposal.state != "pending" || proposal.overtaken(case) {
            return Self::default();
        }
        let may = |standing| authorize(&caller.actor(), Action::DecideProposal, Some(standing)).is_ok();
        let decidable = may(standing);
        let attested = Situation { attested: true, ..standing.clone() };
        Self { decidable, attest_first: !decidable && may(&attested) }
    }

    /// Whether it waits for them.
    #[must_use]
    pub const fn waits(self) -> bool {
        self.decidable || self.attest_first
    }
}

/// Lists them, oldest first.
///
/// # Errors
/// [`Error::Forbidden`] without a role that works on cases.
pub async fn list_proposals(ctx: &Context, caller: &Caller) -> Result<Vec<ListedProposal>, Error> {
    authorize(&caller.actor(), Action::SeeProposals, None)?;
    ctx.store
        .read(async |db| {
            let mut list = Vec::new();
            for (proposal, case, proposer) in db.list_proposals(Scope { staff: caller.id }).await? {
                let standing = situation(db, caller, &case, Some(&proposal)).await?;
                let part = Part::of(caller, &standing, &proposal, &case);
                list.push(ListedProposal { proposal, case, proposer, part });
            }
            Ok(list)
        })
        .await
}

/// The most answered proposals of a list.
const MOST_ANSWERED: i64 = 20;

/// Those that were answered last, or went stale, latest first.
///
/// # Errors
/// [`Error::Forbidden`] without a role that works on cases.
pub async fn answered_proposals(ctx: &Context, caller: &Caller) -> Result<Vec<ListedProposal>, Error> {
    authorize(&caller.actor(), Action::SeeProposals, None)?;
    let scope = Scope { staff: caller.id };
    let list = ctx.store.read(async |db| db.answered_proposals(scope, MOST_ANSWERED).await).await?;
    let line =
        |(proposal, case, proposer)| ListedProposal { proposal, case, proposer, part: Part::default() };
    Ok(list.into_iter().map(line).collect())
}
