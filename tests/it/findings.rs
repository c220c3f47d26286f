//! Findings and the decision: the person concerned could respond, and is heard before an adverse decision.

use senim::domain::{
    case::{status::Status, step::Step},
    field_error::FieldError,
    ids::CaseId,
};
use serde_json::{Value, json};

use crate::{
    deadlines::entries,
    facts::{enough, with},
    observed::{agreed, codes, column, faults},
    people::StaffActor,
    world::{World, in_world},
};

/// Everybody who works on a case.
struct Staff {
    triager: StaffActor,
    lead: StaffActor,
    reviewer: StaffActor,
    second: StaffActor,
}

impl Staff {
    async fn of(world: &World) -> Self {
        Self {
            triager: world.sign_in("tri1").await,
            lead: world.sign_in("inv1").await,
            reviewer: world.sign_in("rev1").await,
            second: world.sign_in("rev2").await,
        }
    }

    /// A case whose findings were handed in.
    async fn found(&self, world: &World) -> CaseId {
        let case = world.submit("Something.").await.case;
        let (triager, lead) = (&self.triager, &self.lead);
        for (by, step) in
            [(triager, Step::Open), (triager, Step::Assign), (lead, Step::Start), (lead, Step::Submit)]
        {
            world.drive(case, by, step, &self.reviewer).await;
        }
        case
    }

    fn given(&self, from: Status, step: Step, more: Value) -> Value {
        with(enough(from, step, self.lead.id(), "some"), more)
    }

    fn decision(&self, more: Value) -> Value {
        self.given(Status::FindingsReview, Step::Decide, more)
    }
}

const REQUIRED: &str = FieldError::REQUIRED;
const NOT_ALLOWED: &str = FieldError::NOT_ALLOWED;

/// Control EU-22-1: whether the subject could respond is a fact of the case, and goes with a return for that very reason.
#[test]
fn eu_22_1_whether_the_subject_could_respond_stands_with_the_case() {
    in_world(async |world| {
        let staff = Staff::of(world).await;
        let case = staff.found(world).await;
        assert_eq!(column(world, case, "subject_heard").await, "deferred");
        assert_eq!(codes(world, case, "subject.heard").await["subject_heard"], "deferred");
        let unexplained = json!({"subject_heard": "deferred", "deferral_reason": ""});
        let back =
            staff.given(Status::FindingsReview, Step::Return, json!({"reason_code": "subject_not_heard"}));
        staff.reviewer.take(case, Step::Return, back).await;
        assert_eq!(column(world, case, "subject_heard").await, "");
        let submit = |more| staff.given(Status::Investigation, Step::Submit, more);
        let silent = staff.lead.step(case, Step::Submit, submit(json!({"subject_heard": ""}))).await;
        assert_eq!(faults(silent), [("subject_heard", REQUIRED)]);
        let bare = staff.lead.step(case, Step::Submit, submit(unexplained)).await;
        assert_eq!(faults(bare), [("deferral_reason", REQUIRED)]);
        staff.lead.take(case, Step::Submit, submit(json!({"subject_heard": "given"}))).await;
        let decide = (Step::Decide, staff.decision(json!({})));
        assert_eq!(agreed(case, &staff.reviewer, &staff.second, decide).await, Status::Remediation);
        assert_eq!(column(world, case, "subject_heard || ' ' || outcome").await, "given substantiated");
    });
}

/// Control EU-22-1: an outcome that comes from elsewhere, or from a review, passes the same gate.
#[test]
fn eu_22_1_no_way_to_an_adverse_outcome_passes_by_the_subject() {
    in_world(async |world| {
        let staff = Staff::of(world).await;
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        world.drive(case, &staff.triager, Step::Open, &staff.reviewer).await;
        world.drive(case, &staff.triager, Step::Refer, &staff.reviewer).await;
        let received = |more| staff.given(Status::Referred, Step::OutcomeReceived, more);
        for outcome in ["substantiated", "partly_substantiated"] {
            let unheard = received(json!({"outcome": outcome, "subject_heard": ""}));
            let refused = faults(staff.triager.step(case, Step::OutcomeReceived, unheard).await);
            assert_eq!(refused, [("subject_heard", REQUIRED)], "{outcome}");
        }
        let nothing = received(json!({"outcome": "unsubstantiated", "subject_heard": ""}));
        let nothing = (Step::OutcomeReceived, nothing);
        assert_eq!(agreed(case, &staff.triager, &staff.reviewer, nothing).await, Status::Closed);
        reporter.ask_review("Look again.").await.unwrap();
        let third = world.sign_in("rev3").await;
        third.attest(case).await;
        let amended = json!({"review_result": "amended", "outcome": "substantiated"});
        let review = |more| with(staff.given(Status::Closed, Step::Review, amended.clone()), more);
        let refused = faults(third.step(case, Step::Review, review(json!({}))).await);
        assert_eq!(refused, [("subject_heard", REQUIRED)]);
        let fourth = world.sign_in("rev4").await;
        let heard = (Step::Review, review(json!({"subject_heard": "declined"})));
        assert_eq!(agreed(case, &third, &fourth, heard).await, Status::Closed);
        assert_eq!(column(world, case, "subject_heard || ' ' || outcome").await, "declined substantiated");
        assert_eq!(entries(world, case, "subject.heard").await, 1);
    });
}

/// Control KZ-73-1.
#[test]
fn kz_73_1_an_adverse_decision_comes_three_working_days_after_the_preliminary_one() {
    in_world(async |world| {
        let staff = Staff::of(world).await;
        let case = staff.found(world).await;
        let hold = |staff: &Staff| staff.decision(json!({"hearing": "held", "hearing_reason": ""}));
        let early = faults(staff.reviewer.step(case, Step::Decide, hold(&staff)).await);
        assert_eq!(early, [("hearing", NOT_ALLOWED)], "nothing was delivered");
        for (more, expected) in [
            (json!({"hearing": ""}), ("hearing", REQUIRED)),
            (json!({"hearing": "not_required"}), ("hearing", NOT_ALLOWED)),
            (json!({"hearing_reason": " "}), ("hearing_reason", REQUIRED)),
        ] {
            let refused = staff.reviewer.step(case, Step::Decide, staff.decision(more)).await;
            assert_eq!(faults(refused), [expected]);
        }
        let notify =
            |day: &str| staff.given(Status::FindingsReview, Step::NotifyHearing, json!({"done_on": day}));
        let ahead = staff.lead.step(case, Step::NotifyHearing, notify("2026-11-24")).await;
        assert_eq!(faults(ahead), [("done_on", NOT_ALLOWED)]);
        staff.lead.take(case, Step::NotifyHearing, notify("2026-11-23")).await;
        assert_eq!(world.status(case).await, Status::FindingsReview);
        assert_eq!(entries(world, case, "hearing.notified").await, 1);
        assert!(staff.reviewer.read(case).await.contains("some preliminary"), "what was delivered is kept");
        for (days, allowed) in [(2, false), (1, true)] {
            world.advance_days(days);
            let staff = Staff::of(world).await;
            let decided = staff.reviewer.step(case, Step::Decide, hold(&staff)).await;
            match allowed {
                true => drop(decided.unwrap()),
                false => assert_eq!(faults(decided), [("hearing", NOT_ALLOWED)], "a working day is missing"),
            }
        }
    });
}

/// Control KZ-73-1: closing at once on an adverse outcome is a decision too; one that harms nobody needs no hearing.
#[test]
fn kz_73_1_an_exception_is_reasoned_and_a_decision_that_harms_nobody_needs_none() {
    in_world(async |world| {
        let staff = Staff::of(world).await;
        let case = staff.found(world).await;
        let close = |more| staff.given(Status::FindingsReview, Step::DecideClose, more);
        let adverse = close(json!({"outcome": "substantiated"}));
        let refused = faults(staff.reviewer.step(case, Step::DecideClose, adverse).await);
        assert_eq!(refused, [("hearing", NOT_ALLOWED)]);
        let excepted =
            json!({"outcome": "substantiated", "hearing": "excepted", "hearing_reason": "Nobody is named."});
        let excepted = (Step::DecideClose, close(excepted));
        assert_eq!(agreed(case, &staff.reviewer, &staff.second, excepted).await, Status::Closed);
        assert_eq!(codes(world, case, "case.closed").await["hearing"], "excepted");
        assert!(staff.second.read(case).await.contains("Nobody is named."));
        let other = staff.found(world).await;
        let harmless = (Step::DecideClose, close(json!({})));
        assert_eq!(agreed(other, &staff.reviewer, &staff.second, harmless).await, Status::Closed);
    });
}
