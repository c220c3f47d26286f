//! The table, its guards and its walks, tested together: a step is only as good as all three.

mod guards;
mod sealing;
mod walks;

use jiff::civil::date;
use uuid::Uuid;

use super::assessment::{Assessment, Grade};
use super::facts::*;
use super::faults::{faults_of, reached_from, workflow_faults};
use super::known::{HearingRule, Known, Referral};
use super::outcome::Outcome;
use super::reason::ReasonCode;
use super::referral::Target;
use super::remedy::{Addressee, RemedyKind, RemedyState};
use super::status::Status;
use super::step::Step;
use super::transition::*;
use super::{Move, StepError, take};
use crate::domain::field_error::FieldError;
use crate::domain::ids::{BodyId, CaseId, ItemId, StaffId};
use crate::domain::profile::{ClockName, ProfileVersion, Route, TriageQuestion};
use crate::domain::taxonomy::{RedFlag, Weakness};
use crate::domain::text::{Message, Note, Reasons};

const REQUIRED: &str = FieldError::REQUIRED;

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

/// A case of which nothing is known that `row` asks for.
fn known(row: &Transition) -> Known {
    let unknown = row.facts.contains(&Fact::DetrimentLevel);
    Known {
        questions: TriageQuestion::ALL.to_vec(),
        detriment: (!unknown).then_some(DetrimentLevel::Low),
        anonymous_branch: true,
        hearing: HearingRule::Notified,
        referral: Referral::Open,
        remedies: vec![RemedyState::Verified],
        ..Known::default()
    }
}

/// Everything answered with no.
fn assessment() -> Assessment {
    Assessment {
        answers: TriageQuestion::ALL.iter().map(|question| (*question, Answer::No)).collect(),
        likelihood: Some(Grade::Two),
        impact: Some(Grade::Three),
        red_flags: [RedFlag::SingleBidder, RedFlag::CashRequest].into(),
        weaknesses: [Weakness::Procurement].into(),
    }
}

/// Facts that satisfy the guard of `row`.
fn enough(row: &Transition) -> StepFacts {
    let no_actions = row.facts.contains(&Fact::NoActions);
    let measure = Measure::parse("Publish the tender again.").unwrap();
    StepFacts {
        reason_code: row.reasons.first().copied(),
        reasons: Reasons::parse("Because.", 100).ok(),
        outcome: Some(Outcome::Unsubstantiated),
        assessment: assessment(),
        unreferred: Some(Unreferred::NotConfirmed),
        detriment_level: Some(DetrimentLevel::High),
        protection_plan: Note::parse("Move the desk.", 100).ok(),
        plan: Note::parse("Ask, read, compare.", 100).ok(),
        reassessed_detriment: Some(DetrimentLevel::Low),
        subject_heard: Some(SubjectHeard::Deferred),
        deferral_reason: Reasons::parse("Court order.", 100).ok(),
        evidence_verified: true,
        hearing: Some(Hearing::Held),
        hearing_reason: None,
        preliminary: Note::parse("It was handed over.", 100).ok(),
        struck: Some(ItemId(Uuid::from_u128(9))),
        done_on: Some(date(2026, 11, 1)),
        actions: Some(if no_actions { Actions::None } else { Actions::Listed(vec![measure]) }),
        action_kind: Some(RemedyKind::Recommendation),
        addressee: Addressee::parse("The accounts office").ok(),
        addressee_body: Some(BodyId(Uuid::from_u128(11))),
        action_due: Some(date(2026, 12, 24)),
        proceedings: Some(Proceedings::None),
        feedback_sent: Some(FeedbackSent::Sent),
        feedback_impossible: None,
        retention_class: Some(RetentionClass::Standard),
        target: Some(Target::Outside(Route::Prosecutor)),
        statement: Note::parse("What they are told.", 100).ok(),
        enclosed: vec![ItemId(Uuid::from_u128(8))],
        identity_removed: Some(IdentityRemoved::Removed),
        master: Some(CaseId(Uuid::from_u128(7))),
        question: Message::parse("When was it?", 100).ok(),
        expected_on: Some(date(2026, 12, 1)),
        clock: Some(ClockName::Feedback),
        profile: ProfileVersion::parse("iso_default/1"),
        pause_reason: Some(PauseReason::Court),
        anon_crime: Some(Answer::No),
        anon_security: Some(Answer::No),
        reporter_asked: true,
        public_interest: Some(Answer::No),
        new_ground: Some(NewGround::NewFacts),
        review_result: Some(ReviewResult::Upheld),
        lead: Some(staff(1)),
        investigators: vec![staff(2), staff(3)],
        reminders: Some(1),
        checkins_done: true,
        retention_due: true,
        no_hold: true,
        message: Message::parse("This is what came of it.", 100).ok(),
        silence_reason: None,
    }
}

#[test]
fn the_table_holds_together() {
    assert_eq!(workflow_faults(), Vec::<String>::new());
    assert_eq!(Status::ALL.len(), 15, "norms.md 8.1");
    assert_eq!(reached_from(TRANSITIONS, ARRIVAL).len(), 15);
}

#[test]
fn the_check_finds_each_kind_of_fault() {
    let with = |from: Status, step: Step, change: fn(&mut Transition)| {
        let mut table = TRANSITIONS.to_vec();
        change(table.iter_mut().find(|row| row.from == from && row.step == step).unwrap());
        faults_of(&table).join("; ")
    };
    let without = |gone: fn(&Transition) -> bool| {
        let table: Vec<_> = TRANSITIONS.iter().filter(|row| !gone(row)).copied().collect();
        faults_of(&table).join("; ")
    };
    let (s, t) = (Status::Triage, Step::Reject);
    assert_eq!(with(s, t, |row| row.by = &[]), "triage reject: nobody may take it");
    assert_eq!(
        with(s, Step::Withdraw, |row| row.message = MessageRule::Silent(Silence::NoMailbox)),
        "triage withdraw: the reporter is not told of the stage; triage withdraw: the reporter is not told of the end"
    );
    assert_eq!(with(s, t, |row| row.reasons = &[]), "triage reject: the reason codes do not fit the facts");
    assert_eq!(
        with(s, t, |row| row.facts = &[Fact::ReasonCode]),
        "triage reject: a decision without reasons"
    );
    assert_eq!(
        with(Status::Closed, Step::Review, |row| row.facts = &[Fact::Reasons]),
        "closed review: a decision without a coded ground"
    );
    assert_eq!(
        with(s, t, |row| row.by = &[Doer::Triager, Doer::Timer]),
        "triage reject: proposed by staff or by a process: the number of approvals is not clear"
    );
    assert_eq!(
        without(|row| row.step == Step::Pause),
        "suspended: cannot be reached; pause: no state allows this step"
    );
    assert!(without(|row| row.from == Status::Remediation).contains("remediation: is open and cannot end"));
    assert!(without(|row| row.step == Step::Dispose).contains("archived: can never be disposed of"));
    let twice = [TRANSITIONS, &TRANSITIONS[..1]].concat();
    assert_eq!(faults_of(&twice), ["received open: stands twice"]);
}

#[test]
fn every_row_can_be_taken_by_its_doers_and_by_nobody_else() {
    for row in TRANSITIONS {
        for &doer in Doer::ALL {
            let result = take(row.from, row.step, doer, &enough(row), &known(row));
            if row.offered_to(doer) {
                let expected = Move {
                    to: row.to,
                    four_eyes: row.four_eyes,
                    approvals: row.approvals(),
                    message: row.message.kind(),
                };
                assert_eq!(result, Ok(expected), "{} {} {doer}", row.from, row.step);
            } else {
                assert_eq!(result, Err(StepError::NotYours), "{} {} {doer}", row.from, row.step);
            }
        }
    }
}

#[test]
fn what_the_table_does_not_have_is_illegal_and_the_answer_says_what_is_legal() {
    let facts = StepFacts::default();
    for &status in Status::ALL {
        for &step in Step::ALL.iter().filter(|step| find(status, **step).is_none()) {
            for &doer in Doer::ALL {
                let legal = legal_from(status);
                assert_eq!(
                    take(status, step, doer, &facts, &Known::default()),
                    Err(StepError::Illegal { legal })
                );
            }
        }
    }
    assert_eq!(legal_from(Status::Archived), [Step::Dispose]);
    assert_eq!(legal_from(Status::Disposed), []);
}

#[test]
fn every_fact_of_a_row_is_really_asked_for() {
    for row in TRANSITIONS {
        let Err(StepError::Missing(errors)) =
            take(row.from, row.step, row.by[0], &StepFacts::default(), &known(row))
        else {
            assert!(row.facts.is_empty(), "{} {}", row.from, row.step);
            continue;
        };
        let asked: Vec<_> = errors.iter().map(|error| (error.field, error.code)).collect();
        let expected: Vec<_> = row
            .facts
            .iter()
            .flat_map(|fact| match fact {
                Fact::NoActions => vec!["actions"],
                Fact::Actions => vec!["actions", "action_kind", "addressee", "action_due"],
                Fact::Assignees => vec!["lead"],
                Fact::AnonymousBranch => vec!["anon_crime", "anon_security"],
                Fact::Assessment => {
                    let questions = TriageQuestion::ALL.iter().map(|question| question.code());
                    questions.chain(["likelihood", "impact"]).collect()
                }
                other => vec![other.code()],
            })
            .map(|field| (field, REQUIRED))
            .collect();
        assert_eq!(asked, expected, "{} {}", row.from, row.step);
    }
}

#[test]
fn four_eyes_are_two_people_at_least() {
    let marked: Vec<_> = TRANSITIONS.iter().filter(|row| row.four_eyes).collect();
    assert!(marked.iter().all(|row| row.approvals() == if row.step == Step::Dispose { 2 } else { 1 }));
    // Control OI-11a-3: rejection, external referral, merge, outcome, closing, reopening, and the rest of 8.3.
    for step in [
        Step::Reject,
        Step::Refer,
        Step::Merge,
        Step::Start,
        Step::Pause,
        Step::Decide,
        Step::DecideClose,
        Step::Complete,
        Step::OutcomeReceived,
        Step::Lapse,
        Step::Withdraw,
        Step::Reopen,
        Step::Review,
        Step::Dispose,
    ] {
        assert!(TRANSITIONS.iter().filter(|row| row.step == step).all(|row| row.four_eyes), "{step}");
    }
    assert!(TRANSITIONS.iter().filter(|row| !row.four_eyes).all(|row| row.approvals() == 0));
}

#[test]
fn silence_is_possible_only_where_the_table_says_so_and_with_a_reason() {
    for row in TRANSITIONS {
        let facts = StepFacts {
            silence_reason: Reasons::parse("It would warn the subject.", 100).ok(),
            // Whoever is sent elsewhere for lack of competence is always told.
            reason_code: row.reasons.last().copied(),
            ..enough(row)
        };
        let known = Known { remedies: vec![RemedyState::HandedOver], ..known(row) };
        let told = take(row.from, row.step, row.by[0], &facts, &known).unwrap().message;
        let silent = matches!(row.message, MessageRule::TellOrExplain(_) | MessageRule::Silent(_));
        assert_eq!(told.is_none(), silent, "{} {}", row.from, row.step);
    }
}

#[test]
fn an_answer_goes_back_where_the_question_was_asked_and_nowhere_else() {
    for &origin in Status::ALL {
        let back = To::Origin.status(Status::AwaitingInfo, Some(origin));
        let asked_here = find(origin, Step::Ask).is_some();
        assert_eq!(back, asked_here.then_some(origin), "{origin}");
    }
    assert_eq!(To::Origin.status(Status::AwaitingInfo, None), None);
}
