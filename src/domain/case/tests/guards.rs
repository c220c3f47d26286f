//! Guards one by one: what each step needs, and with which values it is refused.

use super::*;

const NOT_ALLOWED: &str = FieldError::NOT_ALLOWED;

/// What `step` from `from` misses when `change` was made to facts that satisfy it.
fn lacks(from: Status, step: Step, change: impl FnOnce(&mut StepFacts)) -> Vec<(&'static str, &'static str)> {
    lacks_in(&known(find(from, step).unwrap()), (from, step), change)
}

/// The same in a case of which this is known.
fn lacks_in(
    known: &Known,
    (from, step): (Status, Step),
    change: impl FnOnce(&mut StepFacts),
) -> Vec<(&'static str, &'static str)> {
    let row = find(from, step).unwrap();
    let mut facts = enough(row);
    change(&mut facts);
    match take(from, step, row.by[0], &facts, known) {
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
fn only_anonymous_reports_of_profiles_that_say_so_are_put_aside_and_never_with_signs_of_a_crime() {
    let reject = (Status::Triage, Step::Reject);
    let put_aside = |facts: &mut StepFacts| facts.reason_code = Some(ReasonCode::AnonNotConsiderable);
    let usual = known(find(reject.0, reject.1).unwrap());
    let elsewhere = Known { anonymous_branch: false, ..usual.clone() };
    assert_eq!(lacks_in(&elsewhere, reject, put_aside), [("reason_code", NOT_ALLOWED)]);
    let crime = lacks_in(&usual, reject, |facts| {
        put_aside(facts);
        facts.assessment.answers.insert(TriageQuestion::CriminalSigns, Answer::Yes);
    });
    assert_eq!(crime, [("reason_code", NOT_ALLOWED)]);
}

#[test]
fn triage_ends_only_with_every_answer_and_earlier_ones_stand() {
    for step in [Step::Assign, Step::Reject, Step::Merge, Step::Refer] {
        let row = find(Status::Triage, step).unwrap();
        let place = (Status::Triage, step);
        let without = |facts: &mut StepFacts| {
            facts.assessment.answers.remove(&TriageQuestion::Ongoing);
            facts.assessment.impact = None;
        };
        assert_eq!(lacks_in(&known(row), place, without), [("ongoing", REQUIRED), ("impact", REQUIRED)]);
        let before = Known { assessment: assessment(), ..known(row) };
        assert_eq!(lacks_in(&before, place, |facts| facts.assessment = Assessment::default()), []);
    }
}

#[test]
fn no_second_person_is_given_the_keys_before_the_risk_is_known() {
    for row in TRANSITIONS.iter().filter(|row| row.four_eyes) {
        let unknown = Known { detriment: None, ..known(row) };
        let reassessed = row.facts.contains(&Fact::ReassessedDetriment);
        let found = lacks_in(&unknown, (row.from, row.step), |facts| facts.detriment_level = None);
        let expected: &[_] = if reassessed { &[] } else { &[("detriment_level", REQUIRED)] };
        assert_eq!(found, expected, "{} {}", row.from, row.step);
    }
    let known = Known { detriment: Some(DetrimentLevel::Medium), ..Known::default() };
    assert!(!known.asked(find(Status::Triage, Step::Assign).unwrap()).contains(&Fact::DetrimentLevel));
}

#[test]
fn a_case_ends_past_signs_of_a_crime_only_for_a_coded_reason() {
    for row in TRANSITIONS.iter().filter(|row| row.facts.contains(&Fact::Unreferred)) {
        let lacks_when = |referral, signs| {
            let known = Known { referral, ..known(row) };
            lacks_in(&known, (row.from, row.step), |facts| {
                facts.unreferred = None;
                facts.assessment.answers.insert(TriageQuestion::CriminalSigns, signs);
            })
        };
        let needed: &[_] = &[("unreferred", REQUIRED)];
        assert_eq!(lacks_when(Referral::Open, Answer::No), needed, "{} {}", row.from, row.step);
        assert_eq!(lacks_when(Referral::Done, Answer::No), []);
        assert_eq!(lacks_when(Referral::None, Answer::Yes), []);
        let arises = row.facts.contains(&Fact::Assessment);
        let expected: &[_] = if arises { needed } else { &[] };
        assert_eq!(lacks_when(Referral::Unneeded, Answer::Yes), expected, "{} {}", row.from, row.step);
    }
    let ends =
        |row: &&Transition| row.from.is_open() && row.to.possible(row.from).iter().any(|to| !to.is_open());
    assert!(TRANSITIONS.iter().filter(ends).all(|row| row.facts.contains(&Fact::Unreferred)));
}

#[test]
fn whoever_is_sent_elsewhere_for_lack_of_competence_is_told() {
    let silent = |code| {
        lacks(Status::Investigation, Step::Refer, |facts| {
            facts.reason_code = Some(code);
            facts.silence_reason = Reasons::parse("Quiet.", 100).ok();
        })
    };
    assert_eq!(silent(ReasonCode::NotCompetent), [("silence_reason", NOT_ALLOWED)]);
    assert_eq!(silent(ReasonCode::CriminalSigns), []);
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

/// Control OI-12a-1: how far the measures are is read from the case, not believed.
#[test]
fn a_case_is_completed_once_every_measure_is_verified_or_handed_over() {
    use RemedyState as S;
    let row = find(Status::Remediation, Step::Complete).unwrap();
    let complete = |code: ReasonCode, remedies: &[RemedyState]| -> Vec<(&str, &str)> {
        let facts = StepFacts { reason_code: Some(code), ..enough(row) };
        let known = Known { remedies: remedies.to_vec(), ..known(row) };
        missing(row, &facts, &known).iter().map(|fault| (fault.field, fault.code)).collect()
    };
    let (verified, over) = (ReasonCode::ActionsVerified, ReasonCode::ActionsHandedOver);
    assert_eq!(complete(verified, &[S::Verified, S::Verified]), []);
    assert_eq!(complete(over, &[S::Verified, S::HandedOver]), []);
    assert_eq!(complete(verified, &[S::Verified, S::HandedOver]), [("reason_code", NOT_ALLOWED)]);
    assert_eq!(complete(over, &[S::Verified]), [("reason_code", NOT_ALLOWED)]);
    assert_eq!(complete(verified, &[]), [("remedies", REQUIRED)]);
    for open in [S::Open, S::Accepted, S::Rejected, S::Done] {
        for code in [verified, over] {
            assert_eq!(complete(code, &[S::Verified, open]), [("remedies", FieldError::UNFINISHED)]);
        }
    }
}

#[test]
fn feedback_is_words_unless_it_is_impossible() {
    let close = |sent| {
        lacks(Status::Remediation, Step::Complete, |facts| {
            facts.feedback_sent = sent;
            facts.message = None;
            facts.feedback_impossible = None;
        })
    };
    assert_eq!(close(Some(FeedbackSent::Sent)), [("message", REQUIRED)]);
    assert_eq!(close(Some(FeedbackSent::Impossible)), [("feedback_impossible", REQUIRED)]);
    assert_eq!(close(None), [("feedback_sent", REQUIRED)]);
    let row = find(Status::Remediation, Step::Complete).unwrap();
    let facts = StepFacts {
        feedback_sent: Some(FeedbackSent::Impossible),
        feedback_impossible: Some(FeedbackImpossible::MailboxLost),
        message: None,
        ..enough(row)
    };
    assert_eq!(take(row.from, row.step, Doer::Lead, &facts, &known(row)).unwrap().message, None);
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
