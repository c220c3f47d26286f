//! Corrective actions and recommendations of a case: recorded, answered, done, verified by another person, or handed over to
//! the register of recommendations (control OI-12a-1). A decision brings its own; others are added while they are seen to.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::{HeldSeeds, unlock},
    impartiality::subjects,
    items::{Opener, Sealer, Spot},
    piece::{Piece, PieceBody},
    registry::Registry,
};
pub use crate::storage::remedies::RemedyRow;
use crate::{
    audit::act::Act,
    domain::{
        case::{
            facts::{Actions, StepFacts},
            item::ItemKind,
            remedy::{NewRemedy, RemedyPiece, RemedySaid, RemedyState, RemedyTurn, Turned},
        },
        conflict::Concerned,
        field_error::FieldError,
        ids::{BodyId, CaseId, RemedyId, StaffId},
    },
    policy::{Action, Permit},
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
    },
};

/// A remedy as those who work on the case see it.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// How far it is.
    pub row: RemedyRow,
    /// What is to be done.
    pub what: String,
    /// By whom.
    pub addressee: String,
    /// What happened to it, first first.
    pub turns: Vec<TurnLine>,
}

/// Something that happened to a remedy.
#[derive(Debug, Clone)]
pub struct TurnLine {
    /// What.
    pub turn: RemedyTurn,
    /// Reasons or evidence.
    pub words: Option<String>,
    /// Login of who recorded it.
    pub by: Option<String>,
    /// On which day.
    pub on: Date,
}

/// Puts rows and pieces together; a remedy whose words are not among the pieces keeps none.
pub(super) fn described(rows: &[RemedyRow], pieces: &[Piece]) -> Vec<Remedy> {
    let bare = |row: &RemedyRow| {
        (
            row.id,
            Remedy { row: row.clone(), what: String::new(), addressee: String::new(), turns: Vec::new() },
        )
    };
    let order: Vec<RemedyId> = rows.iter().map(|row| row.id).collect();
    let mut all: HashMap<RemedyId, Remedy> = rows.iter().map(bare).collect();
    for piece in pieces {
        let PieceBody::Remedy(said) = &piece.body else { continue };
        let Some(remedy) = all.get_mut(&said.remedy) else { continue };
        match &said.said {
            RemedySaid::Named(what, addressee) => {
                what.expose().clone_into(&mut remedy.what);
                addressee.expose().clone_into(&mut remedy.addressee);
            }
            RemedySaid::Turned(turned) => remedy.turns.push(TurnLine {
                turn: turned.turn,
                words: turned.words.as_ref().map(|words| words.expose().to_owned()),
                by: piece.author.clone(),
                on: piece.on,
            }),
        }
    }
    order.into_iter().filter_map(|id| all.remove(&id)).collect()
}

/// Records a remedy.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Forbidden`] by the policy; [`Error::Invalid`] for `addressee_body`, where it is not known,
/// and for `action_due`, where the day does not lie ahead; [`Error::ProposalWaiting`].
pub async fn record_remedy(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    new: &NewRemedy,
) -> Result<RemedyId, Error> {
    let registry = ctx.current_registry().await?;
    check(&registry, new.body, "addressee_body")?;
    let outcome = ctx
        .store
        .record("record_remedy", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::TendRemedies).await?;
            if new.due_on <= ctx.today_of(&case) {
                return Err(Error::Invalid(vec![FieldError::new("action_due", FieldError::NOT_ALLOWED)]));
            }
            // What waits for a second person must not become untrue meanwhile.
            if tx.pending_proposal(id).await?.is_some_and(|waiting| !waiting.overtaken(&case)) {
                return Err(Error::ProposalWaiting);
            }
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            let remedy = Writing { ctx, permit: &permit, case: &case, seeds: &seeds, by: caller.id };
            let written = remedy.name(tx, new).await?;
            let mut draft = caller.draft(Act::ActionCreated, role_code(&situation), ctx.store.now());
            if first {
                draft = draft.and(Act::ContentRead);
            }
            Ok((written, tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// Whether a body that was named is one of the registry.
pub(super) fn check(registry: &Registry, body: Option<BodyId>, field: &'static str) -> Result<(), Error> {
    match body {
        Some(body) if !registry.bodies.holds(body) => {
            Err(Error::Invalid(vec![FieldError::new(field, FieldError::UNKNOWN)]))
        }
        _ => Ok(()),
    }
}

/// Records what happened to a remedy.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Forbidden`] by the policy; [`Error::Invalid`] for `turn`, where it cannot happen now, and
/// for `verifier`, who must be somebody else than who recorded that it was done, and than the addressee.
pub async fn turn_remedy(
    ctx: &Context,
    caller: &Caller,
    (id, remedy): (CaseId, RemedyId),
    turned: &Turned,
) -> Result<RemedyState, Error> {
    let registry = ctx.current_registry().await?;
    let action = match turned.turn {
        RemedyTurn::Verify => Action::VerifyRemedy,
        _ => Action::TendRemedies,
    };
    let outcome = ctx
        .store
        .record("turn_remedy", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, action).await?;
            let rows = tx.remedies(id).await?;
            let mut row = rows.into_iter().find(|row| row.id == remedy).ok_or(Error::NotFound)?;
            let invalid = |field| Error::Invalid(vec![FieldError::new(field, FieldError::NOT_ALLOWED)]);
            let state = turned.turn.leads(row.state).ok_or_else(|| invalid("turn"))?;
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            let writing = Writing { ctx, permit: &permit, case: &case, seeds: &seeds, by: caller.id };
            if turned.turn == RemedyTurn::Verify && !writing.verifies(tx, &registry, &row).await? {
                return Err(invalid("verifier"));
            }
            turn(&mut row, (turned.turn, state), (caller.id, ctx.today_of(&case)));
            tx.save_remedy(&permit, &row).await?;
            let piece = RemedyPiece { remedy, said: RemedySaid::Turned(turned.clone()) };
            writing.write(tx, &piece).await?;
            let mut draft = caller.draft(act(turned.turn), role_code(&situation), ctx.store.now());
            if first {
                draft = draft.and(Act::ContentRead);
            }
            Ok((state, tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

const fn act(turn: RemedyTurn) -> Act {
    match turn {
        RemedyTurn::Accept | RemedyTurn::Reject => Act::ActionResponded,
        RemedyTurn::Finish => Act::ActionDone,
        RemedyTurn::Verify => Act::ActionVerified,
        RemedyTurn::HandOver => Act::ActionHandedOver,
    }
}

fn turn(row: &mut RemedyRow, (turn, state): (RemedyTurn, RemedyState), (by, on): (StaffId, Date)) {
    row.state = state;
    match turn {
        RemedyTurn::Accept | RemedyTurn::Reject => row.responded_on = Some(on),
        RemedyTurn::Finish => (row.done_by, row.done_on) = (Some(by), Some(on)),
        RemedyTurn::Verify => (row.verified_by, row.ended_on) = (Some(by), Some(on)),
        RemedyTurn::HandOver => row.ended_on = Some(on),
    }
}

/// Writes the remedies that a decision asks for, as two people agreed on them. Before the case is saved.
pub(super) async fn decided(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    (case, seeds, by): (&CaseRow, &HeldSeeds, StaffId),
    facts: &StepFacts,
) -> Result<bool, Error> {
    let Some(Actions::Listed(measures)) = &facts.actions else { return Ok(false) };
    // The guard of the table asked for them; a decision proposed before it did has none.
    let (Some(kind), Some(addressee), Some(due_on)) = (facts.action_kind, &facts.addressee, facts.action_due)
    else {
        return Ok(false);
    };
    let writing = Writing { ctx, permit, case, seeds, by };
    for what in measures {
        let (what, addressee) = (what.clone(), addressee.clone());
        let new = NewRemedy { kind, what, addressee, body: facts.addressee_body, due_on };
        writing.name(tx, &new).await?;
    }
    Ok(true)
}

/// Writes remedies of a case.
struct Writing<'a> {
    ctx: &'a Context,
    permit: &'a Permit,
    case: &'a CaseRow,
    seeds: &'a HeldSeeds,
    by: StaffId,
}

impl Writing<'_> {
    async fn name(&self, tx: &mut Tx<'_>, new: &NewRemedy) -> Result<RemedyId, Error> {
        let id = RemedyId(tx.uuid());
        let row = RemedyRow {
            id,
            case_id: self.case.id,
            kind: new.kind,
            state: RemedyState::Open,
            body_id: new.body,
            due_on: new.due_on,
            recorded_by: self.by,
            recorded_on: self.ctx.today_of(self.case),
            responded_on: None,
            done_by: None,
            done_on: None,
            verified_by: None,
            ended_on: None,
            overdue_on: None,
        };
        tx.insert_remedy(self.permit, row).await?;
        let said = RemedySaid::Named(new.what.clone(), new.addressee.clone());
        self.write(tx, &RemedyPiece { remedy: id, said }).await?;
        Ok(id)
    }

    async fn write(&self, tx: &mut Tx<'_>, piece: &RemedyPiece) -> Result<(), Error> {
        let spot = Spot::next(self.case, self.ctx.today_of(self.case), Some(self.by));
        let sealer = Sealer::Holder(self.seeds.keys(spot.epoch).ok_or(Error::KeysAwaited)?);
        let content = piece.to_sealed_json();
        let item = spot.sealed(self.ctx, ItemKind::Remedy, (&sealer, content.as_slice()), &mut tx.rng)?;
        Ok(tx.insert_item(self.permit, item).await?)
    }

    /// Whether the person may verify: it was recorded as done by another, and it is not addressed to them or their body.
    async fn verifies(&self, tx: &mut Tx<'_>, registry: &Registry, row: &RemedyRow) -> Result<bool, Error> {
        let opener = Opener::new(self.ctx, self.seeds);
        let (mut names, mut did) = (Vec::new(), row.done_by == Some(self.by));
        for item in tx.items_of(self.case.id, &[ItemKind::Remedy]).await? {
            let piece = RemedyPiece::from_sealed_json(opener.open(&item)?.expose())
                .ok_or(Error::Sealed("the content is of no known format"))?;
            match &piece.said {
                _ if piece.remedy != row.id => {}
                RemedySaid::Named(_, addressee) => names.push(addressee.expose().to_owned()),
                // Whoever said once that it was done does not verify it, whoever said so last.
                RemedySaid::Turned(turned) => {
                    did |= turned.turn == RemedyTurn::Finish && item.author_id == Some(self.by);
                }
            }
        }
        let concerned = Concerned { names, ..Concerned::default() };
        let named = subjects(&registry.in_conflict(&concerned)).any(|staff| staff == self.by);
        let of_body = row.body_id.is_some_and(|body| registry.own_unit(self.by) == Some(body));
        Ok(!did && !named && !of_body)
    }
}
