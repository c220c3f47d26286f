//! The checklist of a case's end (ISO 37002, 8.5; control ISO-8.5-1): what is there, and what is missing. Every way into
//! `closed` asks for all of it by the facts of its step; here it is read back.

use jiff::{ToSpan, civil::Date};

use super::{
    case_history::HistoryLine,
    context::Context,
    piece::{Piece, PieceBody},
    remedies::Remedy,
};
use crate::{
    domain::{
        case::{
            facts::{Actions, FeedbackImpossible, FeedbackSent, RetentionClass, StepFacts},
            outcome::Outcome,
            status::Status,
            transition::{TRANSITIONS, To},
        },
        profile::Profile,
    },
    storage::cases::CaseRow,
};

/// What stands of a case's end.
#[derive(Debug, Clone, Default)]
pub struct Closing {
    /// The day of closing; none while it is open.
    pub closed_on: Option<Date>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Whether reasons were given.
    pub reasons: bool,
    /// Whether the reporter was told, and why not.
    pub feedback: Option<(FeedbackSent, Option<FeedbackImpossible>)>,
    /// What became of what was to be done.
    pub measures: Option<Measures>,
    /// How long it is kept.
    pub retention: Option<RetentionClass>,
    /// The days on which the reporter is asked how they fare: counted from the closing, or from today.
    pub follow_up: Vec<Date>,
    /// Login of the second person.
    pub approver: Option<String>,
}

/// What is to be done, at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measures {
    /// Nothing, said expressly.
    None,
    /// So many of so many are verified or handed over.
    Ended(usize, usize),
}

impl Closing {
    /// Whether everything is there.
    #[must_use]
    pub fn whole(&self) -> bool {
        let measures = match self.measures {
            None => false,
            Some(Measures::None) => true,
            Some(Measures::Ended(ended, all)) => ended == all,
        };
        self.outcome.is_some()
            && self.reasons
            && self.feedback.is_some()
            && measures
            && self.retention.is_some()
            && self.approver.is_some()
    }
}

/// The checklist of a case that is closed, or of which the next step can be its end; none where the content is not open.
pub(super) fn closing(
    ctx: &Context,
    case: &CaseRow,
    (pieces, history): (Option<&[Piece]>, &[HistoryLine]),
    remedies: &[Remedy],
) -> Option<Closing> {
    let pieces = pieces?;
    let closed = case.status == Status::Closed;
    let leads =
        |status| TRANSITIONS.iter().any(|row| row.from == status && row.to == To::Fixed(Status::Closed));
    if !closed && !leads(case.status) {
        return None;
    }
    // While it is open, what a proposal says that waits; of a closed case, what was agreed on last.
    let mut ends = pieces.iter().rev().filter_map(|piece| match &piece.body {
        PieceBody::Step(facts) if facts.retention_class.is_some() => Some((piece, facts.as_ref())),
        _ => None,
    });
    let end = ends.find(|(piece, _)| piece.proposal.is_none() == closed);
    let approver = end.filter(|_| closed).and_then(|(piece, _)| {
        history.iter().find(|line| line.n == piece.n).and_then(|line| line.who.clone())
    });
    let facts = end.map(|(_, facts)| facts);
    let from = if closed { case.status_since } else { ctx.today_of(case) };
    Some(Closing {
        closed_on: closed.then_some(from),
        outcome: facts.and_then(|facts| facts.outcome).or(case.outcome),
        reasons: facts.is_some_and(|facts| facts.reasons.is_some()),
        feedback: facts.and_then(|facts| facts.feedback_sent.map(|sent| (sent, facts.feedback_impossible))),
        measures: measures(facts, remedies),
        retention: facts.and_then(|facts| facts.retention_class),
        follow_up: follow_up(&ctx.profile_of(case), from),
        approver,
    })
}

fn measures(facts: Option<&StepFacts>, remedies: &[Remedy]) -> Option<Measures> {
    if facts.is_some_and(|facts| facts.actions == Some(Actions::None)) {
        return Some(Measures::None);
    }
    let ended = remedies.iter().filter(|remedy| remedy.row.state.ended()).count();
    (!remedies.is_empty()).then_some(Measures::Ended(ended, remedies.len()))
}

/// The days on which the reporter is asked after the end, by the profile.
pub(super) fn follow_up(profile: &Profile, closed_on: Date) -> Vec<Date> {
    profile.checkins().iter().map(|days| closed_on.saturating_add(i32::from(*days).days())).collect()
}
