//! Two people strike out a subject that was recorded in error: whom it kept from the case can be given it again. Who lost it
//! does not have it back by that.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    context::Context,
    error::Error,
    holders::{HeldSeeds, aftermath, rotate},
    impartiality::{told_of, unmarked},
    piece::{Piece, PieceBody, struck},
};
use crate::{
    audit::act::Act,
    domain::{case::subject::Subject, field_error::FieldError, ids::ItemId},
    policy::Permit,
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
    },
};

/// The subject in a piece of the case.
///
/// # Errors
/// [`Error::Invalid`] for `struck`, where there is none, or it was struck out before.
pub(super) fn standing_subject(pieces: &[Piece], item: ItemId) -> Result<&Subject, Error> {
    let gone = struck(pieces).contains(&item);
    let found = pieces.iter().find(|piece| piece.id == item && !gone);
    match found.map(|piece| &piece.body) {
        Some(PieceBody::Subject(subject)) => Ok(subject),
        _ => Err(Error::Invalid(vec![FieldError::new("struck", FieldError::UNKNOWN)])),
    }
}

/// Takes the marks away that this subject alone brought; the proof of an epoch covers them, so that a new one begins.
///
/// # Errors
/// [`Error`] of the database.
pub(super) async fn unbar(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    (case, seeds): (&CaseRow, &HeldSeeds),
    item: ItemId,
) -> Result<(CaseChange, Vec<Act>), Error> {
    let registry = ctx.current_registry().await?;
    // The step that strikes it is among the pieces already.
    let pieces = told_of(ctx, tx, (case, seeds)).await?;
    let own = pieces.iter().find(|piece| piece.id == item).map(|piece| &piece.body);
    let Some(PieceBody::Subject(subject)) = own else {
        return Err(Error::Sealed("a strike of what is no subject"));
    };
    let stays = owned_by_subjects(&pieces, Some(item));
    let marks = unmarked(ctx, case, subject.own.difference(&stays).copied());
    if marks == case.excluded {
        return Ok((CaseChange::default(), Vec::new()));
    }
    let after = CaseRow { excluded: marks.clone(), ..case.clone() };
    let epoch = rotate(ctx, tx, permit, &registry, &after).await?;
    let mut acts = vec![Act::EpochRotated];
    acts.extend(aftermath(ctx, tx, permit, (case, epoch.holders)).await?);
    Ok((CaseChange { excluded: marks, ..epoch.change }, acts))
}

/// Whom the subjects that stand keep from the case, all but one of them.
pub(super) fn owned_by_subjects(pieces: &[Piece], without: Option<ItemId>) -> BTreeSet<Uuid> {
    let struck = struck(pieces);
    let stands = pieces.iter().filter(|piece| Some(piece.id) != without && !struck.contains(&piece.id));
    let subjects = stands.filter_map(|piece| match &piece.body {
        PieceBody::Subject(subject) => Some(&subject.own),
        _ => None,
    });
    subjects.flatten().copied().collect()
}
