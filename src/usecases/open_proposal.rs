//! Opening a proposal, waiting or answered, to those who may see its case.

use super::{
    caller::Caller,
    case_access::situation,
    context::Context,
    denials::watched,
    error::Error,
    list_proposals::Part,
    open_case::{OpenedCase, open_case},
    piece::{Piece, PieceBody},
};
pub use crate::storage::proposals::{Answered, ProposalRow};
use crate::{
    domain::{case::item::ItemKind, ids::ProposalId},
    policy::{Action, authorize},
};

/// A proposal with everything that a second person decides on.
pub struct OpenedProposal {
    /// The proposal.
    pub proposal: ProposalRow,
    /// Who proposed it.
    pub proposer: String,
    /// Who answered it, if anybody did, and when.
    pub answered: Answered,
    /// What the caller may do about it.
    pub part: Part,
    /// Its case, as the caller sees it.
    pub case: OpenedCase,
    /// What was proposed: the step's facts, and what the reporter would be told; none before the attestation.
    pub proposed: Option<Vec<PieceBody>>,
    /// Why it was refused.
    pub reasons: Option<String>,
}

/// Opens a proposal. The first reading of its case in a session is recorded.
///
/// # Errors
/// [`Error::NotFound`] where there is none, or its case is not the caller's.
pub async fn open_proposal(ctx: &Context, caller: &Caller, id: ProposalId) -> Result<OpenedProposal, Error> {
    let outcome = ctx
        .store
        .read(async |db| {
            let proposal = db.proposal(id).await?.ok_or(Error::NotFound)?;
            let case = db.case(proposal.case_id).await?.ok_or(Error::NotFound)?;
            let standing = situation(db, caller, &case, Some(&proposal)).await?;
            authorize(&caller.actor(), Action::SeeProposals, Some(&standing))?;
            let part = Part::of(caller, &standing, &proposal, &case);
            let proposer = db.staff(proposal.proposer_id).await?.ok_or(Error::NotFound)?.login;
            let answered = db.answer_of(id).await?.ok_or(Error::NotFound)?;
            Ok::<_, Error>((proposal, part, proposer, answered))
        })
        .await;
    let (proposal, part, proposer, answered) = watched(ctx, caller, outcome).await?;
    let mut case = open_case(ctx, caller, proposal.case_id).await?;
    let answer =
        case.history.iter().find(|line| line.answers == Some(proposal.proposed_n)).map(|line| line.n);
    let (proposed, reasons) = match case.content.take() {
        None => (None, None),
        Some(pieces) => split(pieces, &proposal, answer),
    };
    Ok(OpenedProposal { proposal, proposer, answered, part, case, proposed, reasons })
}

/// What was proposed, and why it was refused. An approval made the prepared pieces its own.
fn split(
    pieces: Vec<Piece>,
    proposal: &ProposalRow,
    answer: Option<i32>,
) -> (Option<Vec<PieceBody>>, Option<String>) {
    let approved = proposal.state == "approved";
    let mut proposed = Vec::new();
    let mut reasons = None;
    for piece in pieces {
        let answering = answer == Some(piece.n);
        match piece.body {
            body if piece.proposal == Some(proposal.id) || (approved && answering) => proposed.push(body),
            PieceBody::Words(ItemKind::Note, text) if answering => reasons = Some(text),
            _ => {}
        }
    }
    (Some(proposed), reasons)
}
