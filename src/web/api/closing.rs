//! What the end of a case needs.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::case::{
        facts::{FeedbackImpossible, RetentionClass},
        outcome::Outcome,
    },
    usecases::closing::{Closing, Measures},
};

/// The checklist of a case's end: what is null is missing.
#[derive(Serialize, ToSchema)]
pub struct ClosingView {
    /// Whether everything is there.
    pub whole: bool,
    /// The day of closing; null while it is open.
    #[schema(value_type = Option<String>, format = Date)]
    pub closed_on: Option<Date>,
    /// How it ended.
    pub outcome: Option<&'static str>,
    /// Whether reasons were given.
    pub reasons: bool,
    /// `sent` or `impossible`.
    pub feedback: Option<&'static str>,
    /// Why it is impossible: `mailbox_lost`, `endangers` or `law_forbids`.
    pub feedback_impossible: Option<&'static str>,
    /// `none`, `open` or `ended`.
    pub measures: Option<&'static str>,
    /// How long it is kept.
    pub retention: Option<&'static str>,
    /// The days on which the reporter is asked how they fare, counted from the closing, or from today.
    #[schema(value_type = Vec<String>)]
    pub follow_up: Vec<Date>,
    /// Who approved.
    pub approver: Option<String>,
}

impl ClosingView {
    /// The view of a checklist.
    #[must_use]
    pub fn of(closing: &Closing) -> Self {
        Self {
            whole: closing.whole(),
            closed_on: closing.closed_on,
            outcome: closing.outcome.map(Outcome::code),
            reasons: closing.reasons,
            feedback: closing.feedback.map(|(sent, _)| sent.code()),
            feedback_impossible: closing.feedback.and_then(|(_, why)| why).map(FeedbackImpossible::code),
            measures: closing.measures.map(|measures| match measures {
                Measures::None => "none",
                Measures::Ended(ended, all) if ended == all => "ended",
                Measures::Ended(..) => "open",
            }),
            retention: closing.retention.map(RetentionClass::code),
            follow_up: closing.follow_up.clone(),
            approver: closing.approver.clone(),
        }
    }
}
