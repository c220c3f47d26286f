//! Whether the facts a transition asks for are there, with values that allow it.

use super::facts::{
    Actions, Answer, DetrimentLevel, Fact, FeedbackSent, MOST_ENTRIES, StepFacts, SubjectHeard,
};
use super::reason::ReasonCode;
use super::transition::Transition;
use crate::domain::field_error::FieldError;

/// What `row` needs and `facts` lacks: empty if the guard is satisfied. Fields are named as they are sent.
#[must_use]
pub fn missing(row: &Transition, facts: &StepFacts) -> Vec<FieldError> {
    let mut found = Vec::new();
    for &fact in row.facts {
        found.extend(lack(row, fact, facts));
    }
    found
}

const fn required(field: &'static str) -> FieldError {
    FieldError::new(field, FieldError::REQUIRED)
}

const fn not_allowed(field: &'static str) -> FieldError {
    FieldError::new(field, FieldError::NOT_ALLOWED)
}

fn unless(present: bool, field: &'static str) -> Vec<FieldError> {
    if present { Vec::new() } else { vec![required(field)] }
}

fn lack(row: &Transition, fact: Fact, facts: &StepFacts) -> Vec<FieldError> {
    let field = fact.code();
    match fact {
        Fact::ReasonCode => reason_code(row, facts),
        Fact::DetrimentLevel => risk(field, facts.detriment_level, facts),
        Fact::ReassessedDetriment => risk(field, facts.reassessed_detriment, facts),
        Fact::SubjectHeard => subject_heard(facts),
        Fact::Actions | Fact::NoActions => actions(fact, facts),
        Fact::FeedbackSent => feedback(facts),
        Fact::PublicInterest => public_interest(facts),
        Fact::Assignees => assignees(facts),
        Fact::Reasons => unless(facts.reasons.is_some(), field),
        Fact::Outcome => unless(facts.outcome.is_some(), field),
        Fact::Plan => unless(facts.plan.is_some(), field),
        Fact::EvidenceVerified => unless(facts.evidence_verified, field),
        Fact::Hearing => unless(facts.hearing.is_some(), field),
        Fact::Proceedings => unless(facts.proceedings.is_some(), field),
        Fact::RetentionClass => unless(facts.retention_class.is_some(), field),
        Fact::Target => unless(facts.target.is_some(), field),
        Fact::IdentityRemoved => unless(facts.identity_removed.is_some(), field),
        Fact::Master => unless(facts.master.is_some(), field),
        Fact::Question => unless(facts.question.is_some(), field),
        Fact::ExpectedOn => unless(facts.expected_on.is_some(), field),
        Fact::Clock => unless(facts.clock.is_some(), field),
        Fact::Profile => unless(facts.profile.is_some(), field),
        Fact::PauseReason => unless(facts.pause_reason.is_some(), field),
        Fact::ReporterAsked => unless(facts.reporter_asked, field),
        Fact::NewGround => unless(facts.new_ground.is_some(), field),
        Fact::ReviewResult => unless(facts.review_result.is_some(), field),
        Fact::Reminders => unless(facts.reminders.is_some_and(|sent| sent > 0), field),
        Fact::CheckinsDone => unless(facts.checkins_done, field),
        Fact::RetentionDue => unless(facts.retention_due, field),
        Fact::NoHold => unless(facts.no_hold, field),
        Fact::Message => unless(facts.message.is_some(), field),
    }
}

/// The code must be one of the row's. REPETITIVE must name the concluded case (control EU-11.3-1); ANON_NOT_CONSIDERABLE
/// needs both questions answered with no (control KZ-ANON-1): a yes, or a doubt, is a reason to look into it.
fn reason_code(row: &Transition, facts: &StepFacts) -> Vec<FieldError> {
    match facts.reason_code {
        None => vec![required("reason_code")],
        Some(code) if !row.reasons.contains(&code) => vec![not_allowed("reason_code")],
        Some(ReasonCode::Repetitive) => unless(facts.master.is_some(), "master"),
        Some(ReasonCode::AnonNotConsiderable) => {
            [("anon_crime", facts.anon_crime), ("anon_security", facts.anon_security)]
                .into_iter()
                .filter_map(|(field, answer)| must_be_no(field, answer))
                .collect()
        }
        Some(_) => Vec::new(),
    }
}

fn must_be_no(field: &'static str, answer: Option<Answer>) -> Option<FieldError> {
    match answer {
        Some(Answer::No) => None,
        Some(Answer::Yes | Answer::Unsure) => Some(not_allowed(field)),
        None => Some(required(field)),
    }
}

fn public_interest(facts: &StepFacts) -> Vec<FieldError> {
    must_be_no("public_interest", facts.public_interest).into_iter().collect()
}

fn risk(field: &'static str, level: Option<DetrimentLevel>, facts: &StepFacts) -> Vec<FieldError> {
    match level {
        None => vec![required(field)],
        Some(DetrimentLevel::High) => unless(facts.protection_plan.is_some(), "protection_plan"),
        Some(DetrimentLevel::Low | DetrimentLevel::Medium) => Vec::new(),
    }
}

fn subject_heard(facts: &StepFacts) -> Vec<FieldError> {
    match facts.subject_heard {
        None => vec![required("subject_heard")],
        Some(SubjectHeard::Deferred) => unless(facts.deferral_reason.is_some(), "deferral_reason"),
        Some(SubjectHeard::Given | SubjectHeard::Declined) => Vec::new(),
    }
}

fn actions(fact: Fact, facts: &StepFacts) -> Vec<FieldError> {
    match (fact, &facts.actions) {
        (_, None) => vec![required("actions")],
        (Fact::NoActions, Some(Actions::None)) => Vec::new(),
        (Fact::NoActions, Some(Actions::Listed(_))) | (_, Some(Actions::None)) => {
            vec![not_allowed("actions")]
        }
        (_, Some(Actions::Listed(list))) => unless(!list.is_empty(), "actions"),
    }
}

fn feedback(facts: &StepFacts) -> Vec<FieldError> {
    match facts.feedback_sent {
        None => vec![required("feedback_sent")],
        Some(FeedbackSent::Sent) => unless(facts.message.is_some(), "message"),
        Some(FeedbackSent::Impossible) => Vec::new(),
    }
}

fn assignees(facts: &StepFacts) -> Vec<FieldError> {
    let mut found = unless(facts.lead.is_some(), "lead");
    let repeated = facts.investigators.iter().enumerate().any(|(place, one)| {
        Some(*one) == facts.lead || facts.investigators.iter().skip(place + 1).any(|other| other == one)
    });
    if repeated || facts.investigators.len() > MOST_ENTRIES {
        found.push(not_allowed("investigators"));
    }
    found
}
