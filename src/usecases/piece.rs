//! What stands in a case, opened.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::{
    error::Error,
    items::{Opener, text_of},
    package::Package,
};
use crate::{
    domain::{
        case::{facts::StepFacts, item::ItemKind, remedy::RemedyPiece, subject::Subject},
        ids::{CaseId, ItemId, ProposalId, StaffId},
        report::Report,
    },
    storage::content::ItemRow,
};

/// An opened piece of a case.
pub struct Piece {
    /// Its id.
    pub id: ItemId,
    /// Its place in the case's history.
    pub n: i32,
    /// The day.
    pub on: Date,
    /// Who wrote it, where it was a member of staff.
    pub author: Option<String>,
    /// What it says.
    pub body: PieceBody,
    /// The proposal that it waits for.
    pub proposal: Option<ProposalId>,
}

/// What a piece says.
pub enum PieceBody {
    /// The report.
    Report(Box<Report>),
    /// Words: a message, a question, a note.
    Words(ItemKind, String),
    /// What was given with a step.
    Step(Box<StepFacts>),
    /// Whom the case concerns.
    Subject(Box<Subject>),
    /// A corrective action or recommendation, or what happened to it.
    Remedy(Box<RemedyPiece>),
    /// A closed text, by its code.
    Template(String),
    /// What is sent to another body.
    Package(Box<Package>),
}

impl PieceBody {
    /// The other case that a step names.
    pub(super) fn other_case(&self) -> Option<CaseId> {
        match self {
            Self::Step(facts) => facts.master,
            Self::Report(_)
            | Self::Words(..)
            | Self::Subject(_)
            | Self::Remedy(_)
            | Self::Template(_)
            | Self::Package(_) => None,
        }
    }
}

/// Opens a piece.
///
/// # Errors
/// [`Error::Sealed`] where its seal does not hold, or it is of no known format.
pub(super) fn piece(
    opener: &Opener<'_>,
    item: &ItemRow,
    logins: &HashMap<StaffId, String>,
) -> Result<Piece, Error> {
    let unknown = |_| Error::Sealed("the content is of no known format");
    let body = match (&item.template, item.kind) {
        (Some(code), _) => PieceBody::Template(code.clone()),
        (None, ItemKind::Report) => PieceBody::Report(Box::new(
            Report::from_sealed_json(opener.open(item)?.expose()).map_err(unknown)?,
        )),
        (None, ItemKind::StepRecord) => PieceBody::Step(Box::new(
            StepFacts::from_sealed_json(opener.open(item)?.expose()).map_err(unknown)?,
        )),
        (None, ItemKind::Subject) => {
            let subject = Subject::from_sealed_json(opener.open(item)?.expose());
            PieceBody::Subject(Box::new(subject.ok_or(Error::Sealed("the content is of no known format"))?))
        }
        (None, ItemKind::Package) => {
            PieceBody::Package(Box::new(Package::from_sealed_json(opener.open(item)?.expose())?))
        }
        (None, ItemKind::Remedy) => {
            let remedy = RemedyPiece::from_sealed_json(opener.open(item)?.expose());
            PieceBody::Remedy(Box::new(remedy.ok_or(Error::Sealed("the content is of no known format"))?))
        }
        (None, kind) => PieceBody::Words(kind, text_of(&opener.open(item)?)?),
    };
    let author = item.author_id.and_then(|id| logins.get(&id).cloned());
    Ok(Piece { id: item.id, n: item.n, on: item.written_on, author, body, proposal: item.proposal_id })
}

/// The subjects that two people struck out.
#[must_use]
pub fn struck(pieces: &[Piece]) -> BTreeSet<ItemId> {
    let agreed = pieces.iter().filter(|piece| piece.proposal.is_none());
    let items = agreed.filter_map(|piece| match &piece.body {
        PieceBody::Step(facts) => facts.struck,
        _ => None,
    });
    let subject = |item: &ItemId| {
        pieces.iter().any(|piece| piece.id == *item && matches!(piece.body, PieceBody::Subject(_)))
    };
    items.filter(subject).collect()
}

/// Whether somebody who works on the case recorded a subject that was not struck out.
#[must_use]
pub fn has_standing_subject(pieces: &[Piece]) -> bool {
    let struck = struck(pieces);
    pieces.iter().any(|piece| matches!(piece.body, PieceBody::Subject(_)) && !struck.contains(&piece.id))
}

/// The persons whom a case concerns, in words: a line each.
pub(super) fn people_in(pieces: &[Piece]) -> Vec<String> {
    let struck = struck(pieces);
    let mut people = Vec::new();
    for piece in pieces.iter().filter(|piece| !struck.contains(&piece.id)) {
        match &piece.body {
            PieceBody::Report(report) => {
                people.extend(report.people.iter().map(|line| line.expose().to_owned()));
            }
            PieceBody::Subject(subject) => {
                people.extend(subject.name.as_ref().map(|name| name.expose().to_owned()));
            }
            PieceBody::Step(_)
            | PieceBody::Words(..)
            | PieceBody::Remedy(_)
            | PieceBody::Template(_)
            | PieceBody::Package(_) => {}
        }
    }
    people
}
