//! Guards one by one: what each step needs, and with which values it is refused.

use super::*;

const NOT_ALLOWED: &str = FieldError::NOT_ALLOWED;

/// What `step` from `from` misses when `change` was made to facts that satisfy it.
fn lacks(from: Status, step: Step, change: impl FnOnce(&mut StepFacts)) -> Vec<(&'static str, &'static str)> {
    let row = find(from, step).unwrap();
    let mut facts = enough(row);
    change(&mut facts);
    match take(from, step, row.by[0], &facts) {
        Ok(_) => Vec::new(),
        Err(StepError::Missing(errors)) => errors.iter().map(|error| (error.field, error.code)).collect(),
        Err(other) => panic!("{from} {step}: {other}"),
    }
}

#[test]
fn a_rejection_carries_one_of_its_own_codes() {
    let reject = |code| lacks(Status::Triage, Step::Reject, |facts| facts.reason_code = Some(code));
    assert_eq!(reject(ReasonCode::OutOfScope), []);
    assert_eq!(reject(ReasonCode::CriminalSigns), [("reason_code", NOT_ALLOWED)]);
    let expected = ["out_of_scope", "minor", "repetitive", "no_substance", "anon_not_considerable", "spam"];
    let row = find(Status::Triage, Step::Reject).unwrap();
    assert_eq!(row.reasons.iter().map(|code| code.code()).collect::<Vec<_>>(), expected, "norms.md 8.1");
}

#[test]
fn repetitive_names_the_concluded_case() {
    let without_master = lacks(Status::Triage, Step::Reject, |facts| {
        facts.reason_code = Some(ReasonCode::Repetitive);
        facts.master = None;
    });
    assert_eq!(without_master, [("master", REQUIRED)]);
}

#[test]
fn anonymous_reports_are_put_aside_only_after_two_clear_noes() {
    let with = |crime, security| {
        lacks(Status::Triage, Step::Reject, |facts| {
            facts.reason_code = Some(ReasonCode::AnonNotConsiderable);
            facts.anon_crime = crime;
            facts.anon_security = security;
        })
    };
    assert_eq!(with(Some(Answer::No), Some(Answer::No)), []);
    assert_eq!(with(Some(Answer::Yes), Some(Answer::No)), [("anon_crime", NOT_ALLOWED)]);
    assert_eq!(with(Some(Answer::No), Some(Answer::Unsure)), [("anon_security", NOT_ALLOWED)]);
    assert_eq!(with(None, None), [("anon_crime", REQUIRED), ("anon_security", REQUIRED)]);
}

#[test]
fn high_risk_needs_a_protection_plan() {
    for (level, plan_needed) in
        [(DetrimentLevel::Low, false), (DetrimentLevel::Medium, false), (DetrimentLevel::High, true)]
    {
        let expected: &[_] = if plan_needed { &[("protection_plan", REQUIRED)] } else { &[] };
        let assigned = lacks(Status::Triage, Step::Assign, |facts| {
            facts.detriment_level = Some(level);
            facts.protection_plan = None;
        });
        let started = lacks(Status::Assigned, Step::Start, |facts| {
            facts.reassessed_detriment = Some(level);
            facts.protection_plan = None;
        });
        assert_eq!((&assigned[..], &started[..]), (expected, expected), "{level}");
    }
}

#[test]
fn assignment_names_a_lead_and_nobody_twice() {
    let assign = |lead: Option<u128>, others: &[u128]| {
        lacks(Status::Triage, Step::Assign, |facts| {
            facts.lead = lead.map(staff);
            facts.investigators = others.iter().map(|&n| staff(n)).collect();
        })
    };
    assert_eq!(assign(Some(1), &[]), []);
    assert_eq!(assign(None, &[2]), [("lead", REQUIRED)]);
    assert_eq!(assign(Some(1), &[1]), [("investigators", NOT_ALLOWED)]);
    assert_eq!(assign(Some(1), &[2, 3, 2]), [("investigators", NOT_ALLOWED)]);
}

#[test]
fn the_subject_is_heard_or_the_deferral_explained() {
    let submit = |heard| {
        lacks(Status::Investigation, Step::Submit, |facts| {
            facts.subject_heard = heard;
            facts.deferral_reason = None;
        })
    };
    assert_eq!(submit(Some(SubjectHeard::Given)), []);
    assert_eq!(submit(Some(SubjectHeard::Declined)), []);
    assert_eq!(submit(Some(SubjectHeard::Deferred)), [("deferral_reason", REQUIRED)]);
    assert_eq!(submit(None), [("subject_heard", REQUIRED)]);
}

#[test]
fn deciding_needs_measures_and_closing_at_once_needs_none() {
    let listed = || Some(Actions::Listed(vec![Measure::parse("x").unwrap()]));
    let review = Status::FindingsReview;
    assert_eq!(lacks(review, Step::Decide, |facts| facts.actions = listed()), []);
    assert_eq!(
        lacks(review, Step::Decide, |facts| facts.actions = Some(Actions::None)),
        [("actions", NOT_ALLOWED)]
    );
    assert_eq!(
        lacks(review, Step::Decide, |facts| facts.actions = Some(Actions::Listed(vec![]))),
        [("actions", REQUIRED)]
    );
    assert_eq!(
        lacks(review, Step::DecideClose, |facts| facts.actions = listed()),
        [("actions", NOT_ALLOWED)]
    );
}

#[test]
fn feedback_is_words_unless_it_is_impossible() {
    let close = |sent| {
        lacks(Status::Remediation, Step::Complete, |facts| {
            facts.feedback_sent = sent;
            facts.message = None;
        })
    };
    assert_eq!(close(Some(FeedbackSent::Sent)), [("message", REQUIRED)]);
    assert_eq!(close(Some(FeedbackSent::Impossible)), []);
    assert_eq!(close(None), [("feedback_sent", REQUIRED)]);
    let row = find(Status::Remediation, Step::Complete).unwrap();
    let facts = StepFacts { feedback_sent: Some(FeedbackSent::Impossible), message: None, ..enough(row) };
    assert_eq!(take(row.from, row.step, Doer::Lead, &facts).unwrap().message, None);
}

#[test]
fn a_withdrawal_needs_the_reporter_and_no_public_interest() {
    let withdraw = |change: fn(&mut StepFacts)| lacks(Status::Investigation, Step::Withdraw, change);
    assert_eq!(withdraw(|facts| facts.reporter_asked = false), [("reporter_asked", REQUIRED)]);
    assert_eq!(
        withdraw(|facts| facts.public_interest = Some(Answer::Yes)),
        [("public_interest", NOT_ALLOWED)]
    );
    assert_eq!(
        withdraw(|facts| facts.public_interest = Some(Answer::Unsure)),
        [("public_interest", NOT_ALLOWED)]
    );
}

#[test]
fn a_lapse_comes_after_a_reminder() {
    assert_eq!(
        lacks(Status::Referred, Step::Lapse, |facts| facts.reminders = Some(0)),
        [("reminders", REQUIRED)]
    );
}
