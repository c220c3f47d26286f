//! Whether the facts a transition asks for are there, with values that allow it.

use super::facts::{
    Actions, Answer, DetrimentLevel, Fact, FeedbackSent, Hearing, MOST_ENTRIES, StepFacts, SubjectHeard,
};
use super::known::{HearingRule, Known};
use super::outcome::Outcome;
use super::reason::ReasonCode;
use super::remedy::RemedyState;
use super::transition::{MessageRule, Transition};
use crate::domain::field_error::FieldError;
use crate::domain::profile::TriageQuestion;

/// What `row` needs, and neither `facts` nor the case itself tell: empty if the guard is satisfied. Fields are named as they
/// are sent.
#[must_use]
pub fn missing(row: &Transition, facts: &StepFacts, known: &Known) -> Vec<FieldError> {
    let mut found = Vec::new();
    for fact in known.asked(row) {
        found.extend(lack(row, fact, (facts, known)));
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

fn lack(row: &Transition, fact: Fact, (facts, known): (&StepFacts, &Known)) -> Vec<FieldError> {
    let field = fact.code();
    match fact {
        Fact::ReasonCode => reason_code(row, facts, known),
        Fact::Assessment => known.assessed(facts).open(&known.questions).into_iter().map(required).collect(),
        Fact::AnonymousBranch => anonymous_branch(facts),
        Fact::Unreferred => unless(facts.unreferred.is_some() || !known.referral_open(facts), field),
        Fact::DetrimentLevel => risk(field, facts.detriment_level, facts),
        Fact::ReassessedDetriment => risk(field, facts.reassessed_detriment, facts),
        Fact::SubjectHeard => subject_heard(facts),
        Fact::Actions => remedies(facts),
        Fact::NoActions => actions(fact, facts),
        Fact::FeedbackSent => feedback(facts),
        Fact::PublicInterest => public_interest(facts),
        Fact::Assignees => assignees(facts),
        Fact::Reasons => unless(facts.reasons.is_some(), field),
        Fact::Outcome => [unless(facts.outcome.is_some(), field), heard(facts, known)].concat(),
        Fact::Plan => unless(facts.plan.is_some(), field),
        Fact::EvidenceVerified => unless(facts.evidence_verified, field),
        Fact::Hearing => hearing(facts, known),
        Fact::Preliminary => unless(facts.preliminary.is_some(), field),
        Fact::Struck => unless(facts.struck.is_some(), field),
        Fact::DoneOn => unless(facts.done_on.is_some(), field),
        Fact::Proceedings => unless(facts.proceedings.is_some(), field),
        Fact::RetentionClass => unless(facts.retention_class.is_some(), field),
        Fact::Target => unless(facts.target.is_some(), field),
        Fact::Statement => unless(facts.statement.is_some(), field),
        Fact::IdentityRemoved => unless(facts.identity_removed.is_some(), field),
        Fact::Master => unless(facts.master.is_some(), field),
        Fact::Question => unless(facts.question.is_some(), field),
        Fact::ExpectedOn => unless(facts.expected_on.is_some(), field),
        Fact::Clock => unless(facts.clock.is_some(), field),
        Fact::Profile => unless(facts.profile.is_some(), field),
        Fact::PauseReason => unless(facts.pause_reason.is_some(), field),
        Fact::ReporterAsked => unless(facts.reporter_asked, field),
        Fact::NewGround => unless(facts.new_ground.is_some(), field),
        Fact::ReviewResult => [unless(facts.review_result.is_some(), field), heard(facts, known)].concat(),
        Fact::Reminders => unless(facts.reminders.is_some_and(|sent| sent > 0), field),
        Fact::CheckinsDone => unless(facts.checkins_done, field),
        Fact::RetentionDue => unless(facts.retention_due, field),
        Fact::NoHold => unless(facts.no_hold, field),
        Fact::Message => unless(facts.message.is_some(), field),
    }
}

/// The code must be one of the row's. REPETITIVE must name the concluded case (control EU-11.3-1). ANON_NOT_CONSIDERABLE is
/// for anonymous reports of profiles that have it, without signs of a crime and with two clear noes (control KZ-ANON-1): a yes,
/// or a doubt, is a reason to look into it. Who is sent elsewhere is told so at once (control KZ-65-1).
fn reason_code(row: &Transition, facts: &StepFacts, known: &Known) -> Vec<FieldError> {
    match facts.reason_code {
        None => vec![required("reason_code")],
        Some(code) if !row.reasons.contains(&code) => vec![not_allowed("reason_code")],
        Some(ReasonCode::Repetitive) => unless(facts.master.is_some(), "master"),
        Some(ReasonCode::AnonNotConsiderable) => {
            let crime = known.assessed(facts).says(TriageQuestion::CriminalSigns);
            let open = known.anonymous_branch && !crime;
            let mut found = if open { Vec::new() } else { vec![not_allowed("reason_code")] };
            for (field, answer) in [("anon_crime", facts.anon_crime), ("anon_security", facts.anon_security)]
            {
                found.extend(answer.and_then(|answer| must_be_no(field, Some(answer))));
            }
            found
        }
        Some(ReasonCode::NotCompetent) if explains(row) && facts.silence_reason.is_some() => {
            vec![not_allowed("silence_reason")]
        }
        // Whether they are is read from the case, not believed.
        Some(ReasonCode::ActionsVerified) => ended(&known.remedies, false),
        Some(ReasonCode::ActionsHandedOver) => ended(&known.remedies, true),
        Some(_) => Vec::new(),
    }
}

/// A case is completed once everything that was asked for is verified, or some of it handed over and all the rest verified
/// (control OI-12a-1).
fn ended(remedies: &[RemedyState], handed_over: bool) -> Vec<FieldError> {
    let some_over = remedies.contains(&RemedyState::HandedOver);
    match remedies {
        [] => vec![required("remedies")],
        all if !all.iter().all(|state| state.ended()) => {
            vec![FieldError::new("remedies", FieldError::UNFINISHED)]
        }
        _ if some_over != handed_over => vec![not_allowed("reason_code")],
        _ => Vec::new(),
    }
}

const fn explains(row: &Transition) -> bool {
    matches!(row.message, MessageRule::TellOrExplain(_))
}

fn anonymous_branch(facts: &StepFacts) -> Vec<FieldError> {
    let mut found = unless(facts.anon_crime.is_some(), "anon_crime");
    found.extend(unless(facts.anon_security.is_some(), "anon_security"));
    found
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

/// An outcome adverse to the person concerned needs that they could respond: with the case or with the step (control
/// EU-22-1).
fn heard(facts: &StepFacts, known: &Known) -> Vec<FieldError> {
    let adverse = facts.outcome.is_some_and(Outcome::is_adverse);
    let stands = known.subject_heard.is_some() && facts.subject_heard.is_none();
    if adverse && !stands { subject_heard(facts) } else { Vec::new() }
}

/// Before an adverse decision the preliminary one was delivered in time, or the law allows an exception, which is reasoned
/// (control KZ-73-1).
fn hearing(facts: &StepFacts, known: &Known) -> Vec<FieldError> {
    let adverse = facts.outcome.is_some_and(Outcome::is_adverse);
    match facts.hearing {
        None => vec![required("hearing")],
        Some(Hearing::NotRequired) if adverse => vec![not_allowed("hearing")],
        Some(Hearing::Held) if known.hearing != HearingRule::Notified => vec![not_allowed("hearing")],
        Some(Hearing::Excepted) => unless(facts.hearing_reason.is_some(), "hearing_reason"),
        Some(Hearing::NotRequired | Hearing::Held) => Vec::new(),
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

/// Each measure has an addressee and a due day (control OI-12a-1).
fn remedies(facts: &StepFacts) -> Vec<FieldError> {
    let mut found = actions(Fact::Actions, facts);
    found.extend(unless(facts.action_kind.is_some(), "action_kind"));
    found.extend(unless(facts.addressee.is_some(), "addressee"));
    found.extend(unless(facts.action_due.is_some(), "action_due"));
    found
}

fn feedback(facts: &StepFacts) -> Vec<FieldError> {
    match facts.feedback_sent {
        None => vec![required("feedback_sent")],
        Some(FeedbackSent::Sent) => unless(facts.message.is_some(), "message"),
        Some(FeedbackSent::Impossible) => unless(facts.feedback_impossible.is_some(), "feedback_impossible"),
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
