//! Two people strike out a subject that was recorded in error: whom it kept from the case can be given it again. Who lost it
//! does not have it back by that.

use std::collections::BTreeSet;

use super::{
    context::Context,
    error::Error,
    holders::{HeldSeeds, aftermath, rotate},
    impartiality::{told_of, unmarked},
    piece::{Piece, PieceBody, struck},
    record_subject::concerned,
    registry::Registry,
};
use crate::{
    audit::act::Act,
    domain::{case::subject::Subject, conflict::Concerned, field_error::FieldError, ids::ItemId},
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
    let mut freed = Concerned::default();
    for piece in pieces.iter().filter(|piece| piece.id == item) {
        if let PieceBody::Subject(subject) = &piece.body {
            freed = known(&registry, subject);
        }
    }
    let stays = still_concerned(&registry, &pieces, item);
    let people: BTreeSet<_> = freed.people.difference(&stays.people).copied().collect();
    let units: BTreeSet<_> = freed.units.difference(&stays.units).copied().collect();
    let marks = unmarked(ctx, case, &Concerned { people, units, ..Concerned::default() });
    if marks == case.excluded {
        return Ok((CaseChange::default(), Vec::new()));
    }
    let after = CaseRow { excluded: marks.clone(), ..case.clone() };
    let epoch = rotate(ctx, tx, permit, &registry, &after).await?;
    let mut acts = vec![Act::EpochRotated];
    acts.extend(aftermath(ctx, tx, permit, (case, epoch.holders)).await?);
    Ok((CaseChange { excluded: marks, ..epoch.change }, acts))
}

/// Whom the case concerns without one of its subjects.
fn still_concerned(registry: &Registry, pieces: &[Piece], without: ItemId) -> Concerned {
    let struck = struck(pieces);
    let stands = |piece: &&Piece| piece.id != without && !struck.contains(&piece.id);
    let mut all = Concerned::default();
    for piece in pieces.iter().filter(stands) {
        let more = match &piece.body {
            PieceBody::Report(report) => registry.exclusion(report).1,
            PieceBody::Subject(subject) => known(registry, subject),
            _ => continue,
        };
        all.people.extend(more.people);
        all.units.extend(more.units);
    }
    all
}

/// Whom a subject means by the registry of today; who left it cannot be given a case anyway.
fn known(registry: &Registry, subject: &Subject) -> Concerned {
    concerned(registry, subject).unwrap_or_default()
}
