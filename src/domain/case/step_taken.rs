//! What a step does to a case, decided from the table and the facts alone.

use super::facts::{Fact, FeedbackSent, StepFacts};
use super::guard::missing;
use super::known::Known;
use super::status::Status;
use super::step::Step;
use super::transition::{Doer, MessageKind, MessageRule, To, Transition, find, legal_from};
use crate::domain::field_error::FieldError;

/// A step that may be taken now (or proposed, under four eyes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Where it leads; see [`To::status`].
    pub to: To,
    /// Whether it must be approved before it takes effect.
    pub four_eyes: bool,
    /// By how many people: 0, 1, or 2 where a job proposes.
    pub approvals: u8,
    /// What the reporter is told in the same transaction; `None` also where silence was explained
    /// or feedback is impossible.
    pub message: Option<MessageKind>,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The state does not allow it.
    #[error("the step is not legal in this state")]
    Illegal {
        /// The steps that are.
        legal: Vec<Step>,
    },
    /// The state allows it, but not to this person or process.
    #[error("the step is not offered to this doer")]
    NotYours,
    /// It needs facts that were not given, or not with these values.
    #[error("the step needs other facts")]
    Missing(Vec<FieldError>),
}

/// Decides a step: is it legal in `status`, may `doer` take it, is everything there that its guard needs beside what the
/// case itself tells?
///
/// # Errors
/// [`StepError`], in this order: illegal, not offered, facts missing (all of them at once).
pub fn take(
    status: Status,
    step: Step,
    doer: Doer,
    facts: &StepFacts,
    known: &Known,
) -> Result<Move, StepError> {
    let row = find(status, step).ok_or_else(|| StepError::Illegal { legal: legal_from(status) })?;
    if !row.offered_to(doer) {
        return Err(StepError::NotYours);
    }
    let errors = missing(row, facts, known);
    if !errors.is_empty() {
        return Err(StepError::Missing(errors));
    }
    let message = told(row, facts);
    Ok(Move { to: row.to, four_eyes: row.four_eyes, approvals: row.approvals(), message })
}

fn told(row: &Transition, facts: &StepFacts) -> Option<MessageKind> {
    match row.message {
        MessageRule::TellOrExplain(_) if facts.silence_reason.is_some() => None,
        // Where feedback is impossible there is nobody to tell.
        _ if row.facts.contains(&Fact::FeedbackSent)
            && facts.feedback_sent == Some(FeedbackSent::Impossible) =>
        {
            None
        }
        rule => rule.kind(),
    }
}
