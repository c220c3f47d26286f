//! Whoever is away is written to all the same: sealing to a case needs no key, only its public half.

use jiff::ToSpan;
use senim::{
    domain::{
        case::{status::Status, step::Step},
        field_error::FieldError,
    },
    usecases::{Error, expire_questions::expire_questions},
};
use serde_json::json;

use crate::world::in_world;

/// A timer and a colleague without attestation write to a case whose holders are all away; a holder reads both later.
#[test]
fn a_timer_and_a_colleague_write_while_every_holder_is_away() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(case, &triager, Step::Open, &reviewer).await;
        world.drive(case, &triager, Step::Ask, &reviewer).await;
        drop((triager, reviewer));
        let mut owner = world.owner().await;
        owner.run("truncate sessions, content_reads").await.unwrap();
        world.advance_days(60);
        assert_eq!(expire_questions(&world.ctx).await.unwrap(), 1);
        assert_eq!(expire_questions(&world.ctx).await.unwrap(), 0, "once");
        assert_eq!(world.status(case).await, Status::Triage);
        let colleague = world.sign_in("tri2").await;
        colleague.note(case, "A call came in about this.").await.unwrap();
        assert!(colleague.open(case).await.unwrap().content.is_none(), "writing lets nobody read");
        assert_eq!(owner.count("content_reads").await, 0);
        reporter.write("I was away.").await.unwrap();
        let triager = world.sign_in("tri1").await;
        let text = triager.read(case).await;
        for written in ["template: answer_expired", "note: A call came in", "reporter_message: I was away."] {
            assert!(text.contains(written), "{written} in {text}");
        }
        assert!(reporter.read().await.contains("template: answer_expired"));
    });
}

/// An answer in time keeps the timer away; a question not yet due as well.
#[test]
fn a_question_that_is_not_due_is_left_alone() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        world.drive(reporter.case, &triager, Step::Ask, &reviewer).await;
        world.advance_days(3);
        assert_eq!(expire_questions(&world.ctx).await.unwrap(), 0);
        reporter.write("Here.").await.unwrap();
        world.advance_days(60);
        assert_eq!(expire_questions(&world.ctx).await.unwrap(), 0);
        assert_eq!(world.status(reporter.case).await, Status::Triage);
    });
}

/// The day that the desk gives the reporter counts, before and beyond the profile's; also when the answer to the whole
/// report is due earlier.
#[test]
fn a_question_waits_until_the_day_that_was_given() {
    in_world(async |world| {
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        for days in [3, 45] {
            let reporter = world.submit("Something.").await;
            let case = reporter.case;
            world.drive(case, &triager, Step::Open, &reviewer).await;
            let until = world.ctx.store.today().saturating_add(days.days());
            let given = json!({"question": "Where?", "expected_on": until.to_string()});
            triager.take(case, Step::Ask, given).await;
            assert_eq!(reporter.inbox().await.case.question_until, Some(until));
            world.advance_days(days);
            assert_eq!(expire_questions(&world.ctx).await.unwrap(), 0, "{days}: the day itself counts");
            world.advance_days(1);
            assert_eq!(expire_questions(&world.ctx).await.unwrap(), 1, "{days}");
            assert_eq!(reporter.inbox().await.case.question_until, None);
        }
    });
}

/// A day that has passed cannot be given.
#[test]
fn a_question_cannot_be_due_before_it_is_asked() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        let today = world.ctx.store.today();
        let refused = triager
            .step(reporter.case, Step::Ask, json!({"question": "Where?", "expected_on": today.to_string()}))
            .await;
        let Err(Error::Invalid(faults)) = refused else { panic!("it was not refused") };
        assert_eq!(faults, [FieldError::new("expected_on", FieldError::NOT_ALLOWED)]);
        assert_eq!(world.status(reporter.case).await, Status::Triage);
    });
}

/// A proposal that waited while the case moved on by itself is no longer open, and does not stand in the way.
#[test]
fn a_proposal_overtaken_by_an_answer_or_a_timer_does_not_block_the_case() {
    in_world(async |world| {
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        for answered in [true, false] {
            let reporter = world.submit("Something.").await;
            let case = reporter.case;
            world.drive(case, &triager, Step::Open, &reviewer).await;
            world.drive(case, &triager, Step::Ask, &reviewer).await;
            let given = crate::facts::enough(Status::AwaitingInfo, Step::Withdraw, triager.id(), "overtaken");
            let proposal = triager.propose(case, Step::Withdraw, given).await;
            reviewer.attest(case).await;
            if answered {
                reporter.write("No, I stand by it.").await.unwrap();
            } else {
                world.advance_days(60);
                expire_questions(&world.ctx).await.unwrap();
            }
            assert_eq!(world.status(case).await, Status::Triage);
            let late = reviewer.approve(proposal).await;
            assert!(matches!(late, Err(senim::usecases::Error::ProposalStale)), "{late:?}");
            assert_eq!(world.drive(case, &triager, Step::Assign, &reviewer).await, Status::Assigned);
            let state = format!("select state from proposals where id = '{proposal}'");
            assert_eq!(world.owner().await.value(&state).await, "stale");
            assert!(!reporter.read().await.contains("overtaken message"), "nothing prepared is sent");
        }
    });
}
