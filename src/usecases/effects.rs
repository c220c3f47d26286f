//! What a step does besides moving the case: columns, acts, messages.

use jiff::civil::Date;

use crate::{
    audit::{act::Act, entry::Draft},
    domain::{
        case::{
            facts::{FeedbackSent, StepFacts},
            status::Status,
            step::Step,
            transition::{MessageKind, MessageRule, find},
        },
        profile::{CaseDays, ClockName, MissingYear, Profile},
    },
    storage::cases::{CaseChange, CaseRow},
};

/// What a step changes in the case's row.
pub(super) fn change(case: &CaseRow, step: Step, to: Status, facts: &StepFacts, on: Date) -> CaseChange {
    let reopened = step == Step::Reopen;
    let origin = match (case.status, to) {
        (from, Status::AwaitingInfo) => Some(Some(from)),
        (Status::AwaitingInfo, _) => Some(None),
        _ => None,
    };
    let lead = match step {
        Step::Assign => Some(facts.lead),
        Step::Return if case.status == Status::Assigned => Some(None),
        Step::Reopen => Some(None),
        _ => None,
    };
    let days = CaseDays {
        received_on: if reopened { on } else { case.received_on },
        acknowledged_on: case.acknowledged_on,
        status_since: if to == case.status { case.status_since } else { on },
    };
    let profile = Profile::get(case.profile);
    let question_until = (to == Status::AwaitingInfo)
        .then(|| facts.expected_on.or_else(|| known(profile.due(ClockName::Answer, days))))
        .flatten();
    CaseChange {
        step: Some((step, to)),
        origin,
        due_on: Some(known(profile.next_due(to, days)).into_iter().chain(question_until).min()),
        question_until: Some(question_until),
        lead,
        detriment: facts.reassessed_detriment.or(facts.detriment_level),
        outcome: facts.outcome,
        reason: facts.reason_code,
        master: facts.master,
        on: Some(on),
        ..CaseChange::default()
    }
}

/// A due day, or none where the calendar lacks the year: that must not keep a step from being taken.
fn known(due: Result<Option<Date>, MissingYear>) -> Option<Date> {
    due.unwrap_or_else(|missing| {
        tracing::error!(%missing, "no due day could be computed: the working-day calendar lacks a year");
        None
    })
}

/// Adds the acts and the closed codes of a step to its entry.
pub(super) fn acts<'k>(
    mut draft: Draft<'k>,
    from: Status,
    step: Step,
    to: Status,
    facts: &StepFacts,
) -> Draft<'k> {
    draft = draft.and(Act::StateChanged).moved(Some(from.code()), to.code()).code("step", step.code());
    if step.is_decision() {
        draft = draft.and(Act::DecisionMade);
    }
    for act in particular(step) {
        draft = draft.and(*act);
    }
    if let Some(kind) = told(from, step, facts) {
        draft = draft.and(if kind == MessageKind::Feedback { Act::FeedbackSent } else { Act::NoticeSent });
    }
    for (name, code) in facts.codes() {
        draft = draft.code(name, code);
    }
    draft
}

const fn particular(step: Step) -> &'static [Act] {
    match step {
        Step::Ask | Step::Answer => &[Act::MailboxMessage],
        Step::Merge => &[Act::CaseMerged],
        Step::Refer => &[Act::ReferralSent],
        Step::Returned => &[Act::ReferralReturned],
        Step::OutcomeReceived => &[Act::ReferralOutcome, Act::CaseClosed, Act::RetentionSet],
        Step::Assign => &[Act::DetrimentAssessed, Act::TriageCompleted, Act::GrantAdded],
        Step::Start => &[Act::PlanApproved, Act::DetrimentAssessed],
        Step::Submit => &[Act::SubjectHeard],
        Step::DecideClose | Step::Complete | Step::Lapse => &[Act::CaseClosed, Act::RetentionSet],
        Step::Reject | Step::Withdraw => &[Act::CaseClosed],
        Step::Reopen => &[Act::CaseReopened],
        Step::Review => &[Act::ReviewDecided],
        Step::Dispose => &[Act::CaseDisposed],
        Step::Open
        | Step::Timeout
        | Step::Return
        | Step::Pause
        | Step::Resume
        | Step::Decide
        | Step::Archive => &[],
    }
}

/// What the reporter is told with a step, where they are told.
pub(super) fn told(from: Status, step: Step, facts: &StepFacts) -> Option<MessageKind> {
    match find(from, step)?.message {
        MessageRule::TellOrExplain(_) if facts.silence_reason.is_some() => None,
        // Where feedback is impossible there is nobody to tell, and the record does not say that somebody was told.
        MessageRule::Tell(MessageKind::Feedback) if facts.feedback_sent == Some(FeedbackSent::Impossible) => {
            None
        }
        rule => rule.kind(),
    }
}
