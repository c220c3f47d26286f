//! The main job: a person reports without a name, two people of the desk look into it, the person learns the outcome.

use senim::{
    domain::case::{status::Status, step::Step},
    usecases::Error,
};
use serde_json::json;

use crate::{
    facts::{assessed, enough, none, with},
    world::in_world,
};

/// Controls OI-9c-1, OI-11a-1, OI-11a-3, EU-9.1b-1.
#[test]
fn a_report_is_taken_to_its_outcome_and_the_reporter_learns_it() {
    in_world(async |world| {
        let reporter = world.submit("The inspector asked for an envelope.").await;
        assert_eq!(reporter.read().await, "template: acknowledged");
        let triager = world.sign_in("tri1").await;
        assert_eq!(triager.cases().await, [reporter.case]);
        triager.attest(reporter.case).await;
        assert!(triager.read(reporter.case).await.contains("asked for an envelope"));
        let [lead, one, two] =
            [world.sign_in("inv1").await, world.sign_in("rev1").await, world.sign_in("rev2").await];
        let case = reporter.case;
        assert_eq!(world.drive(case, &triager, Step::Open, &one).await, Status::Triage);
        assert!(matches!(lead.open(case).await, Err(Error::NotFound)), "not before the assignment");
        assert_eq!(world.drive(case, &triager, Step::Assign, &one).await, Status::Assigned);
        assert_eq!(world.drive(case, &lead, Step::Start, &one).await, Status::Investigation);
        assert!(lead.read(case).await.contains("asked for an envelope"), "the key was re-wrapped");
        lead.write(case, "We are looking into it.").await.unwrap();
        reporter.write("It was room 214.").await.unwrap();
        assert!(lead.read(case).await.contains("room 214"));
        assert_eq!(world.drive(case, &lead, Step::Submit, &one).await, Status::FindingsReview);
        let given = enough(Status::FindingsReview, Step::DecideClose, lead.id(), "The");
        let proposal = one.propose(case, Step::DecideClose, given).await;
        assert!(!reporter.read().await.contains("The message"), "nothing is told before the approval");
        assert!(matches!(one.approve(proposal).await, Err(Error::Forbidden)), "not their own");
        two.attest(case).await;
        assert!(two.read(case).await.contains("The reasons"), "the approver reads what is proposed");
        assert_eq!(two.approve(proposal).await.unwrap(), Status::Closed);
        let inbox = reporter.read().await;
        assert!(inbox.contains("desk: We are looking into it."), "{inbox}");
        assert!(inbox.contains("desk: The message") && inbox.contains("template: feedback"), "{inbox}");
        assert!(!inbox.contains("room 214") && !inbox.contains("reasons"), "never their own words: {inbox}");
        assert_eq!(reporter.inbox().await.case.status, Status::Closed);
    });
}

/// Control EU-9.1c-1.
#[test]
fn before_the_attestation_there_is_a_head_and_no_content() {
    in_world(async |world| {
        let reporter = world.submit("The inspector asked for an envelope.").await;
        let triager = world.sign_in("tri1").await;
        let opened = triager.open(reporter.case).await.unwrap();
        assert!(opened.content.is_none() && opened.situation.grant.is_some());
        assert!(matches!(triager.step(reporter.case, Step::Open, none()).await, Err(Error::Forbidden)));
        assert!(matches!(triager.write(reporter.case, "Hello").await, Err(Error::Forbidden)));
        triager.attest(reporter.case).await;
        assert!(triager.open(reporter.case).await.unwrap().content.is_some());
    });
}

/// Control EU-9.1a-1.
#[test]
fn without_a_grant_a_case_does_not_exist() {
    in_world(async |world| {
        let reporter = world.submit("The inspector asked for an envelope.").await;
        for login in ["inv1", "rev1"] {
            let stranger = world.sign_in(login).await;
            assert!(stranger.cases().await.is_empty());
            assert!(matches!(stranger.open(reporter.case).await, Err(Error::NotFound)));
            assert!(matches!(stranger.note(reporter.case, "Hello").await, Err(Error::NotFound)));
            assert!(matches!(stranger.recuse(reporter.case).await, Err(Error::NotFound)));
            let step = stranger.step(reporter.case, Step::Open, none()).await;
            assert!(matches!(step, Err(Error::NotFound)));
        }
        let admin = world.admin(0);
        assert!(matches!(admin.open(reporter.case).await, Err(Error::NotFound)));
    });
}

/// Controls OI-11a-1, OI-11a-2.
#[test]
fn an_illegal_step_names_the_legal_ones_and_missing_facts_are_all_named() {
    in_world(async |world| {
        let reporter = world.submit("The inspector asked for an envelope.").await;
        let triager = world.sign_in("tri1").await;
        triager.attest(reporter.case).await;
        let Err(Error::IllegalStep { legal }) = triager.step(reporter.case, Step::Assign, none()).await
        else {
            panic!("it is not legal yet");
        };
        assert_eq!(legal, [Step::Open, Step::Withdraw]);
        triager.take(reporter.case, Step::Open, none()).await;
        let Err(Error::Invalid(fields)) = triager.step(reporter.case, Step::Reject, none()).await else {
            panic!("facts are missing");
        };
        let names: Vec<_> = fields.iter().map(|field| field.field).collect();
        assert_eq!(names[..2], ["detriment_level", "in_scope"]);
        let last = ["anon_crime", "anon_security", "reason_code", "reasons", "message"];
        assert_eq!(names[names.len() - 5..], last);
        let stranger = with(assessed(), json!({"lead": world.id("rev1").to_string()}));
        let unfit = triager.step(reporter.case, Step::Assign, stranger).await;
        assert!(matches!(unfit, Err(Error::Invalid(_))), "a reviewer leads no investigation");
        assert_eq!(world.status(reporter.case).await, Status::Triage);
    });
}

/// What a refusal leaves: the case where it was, the reasons as a note, nothing for the reporter.
#[test]
fn a_refused_proposal_changes_nothing_but_the_record() {
    in_world(async |world| {
        let reporter = world.submit("The inspector asked for an envelope.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        let case = reporter.case;
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let given = enough(Status::Triage, Step::Reject, triager.id(), "The");
        let proposal = triager.propose(case, Step::Reject, given.clone()).await;
        let again = triager.step(case, Step::Reject, given.clone()).await;
        assert!(matches!(again, Err(Error::ProposalWaiting)));
        assert!(matches!(reviewer.refuse(proposal, "No.").await, Err(Error::Forbidden)), "attest first");
        reviewer.attest(case).await;
        reviewer.refuse(proposal, "There is substance.").await.unwrap();
        assert!(matches!(reviewer.approve(proposal).await, Err(Error::ProposalStale)));
        assert_eq!(world.status(case).await, Status::Triage);
        assert!(triager.read(case).await.contains("note: There is substance."));
        assert_eq!(reporter.read().await, "template: acknowledged\ntemplate: opened");
        triager.propose(case, Step::Reject, given).await;
    });
}

/// Where the reporter cannot be reached, the record does not say that they were.
#[test]
fn impossible_feedback_is_not_recorded_as_sent() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let (one, two) = (world.sign_in("rev1").await, world.sign_in("rev2").await);
        for (by, step) in
            [(&triager, Step::Open), (&triager, Step::Assign), (&lead, Step::Start), (&lead, Step::Submit)]
        {
            world.drive(reporter.case, by, step, &one).await;
        }
        let given = json!({"outcome": "inconclusive", "actions": "none", "reasons": "Nothing to be found.",
            "feedback_sent": "impossible", "feedback_impossible": "mailbox_lost", "retention_class": "short", "reassessed_detriment": "low",
            "hearing": "not_required"});
        one.attest(reporter.case).await;
        let proposal = one.propose(reporter.case, Step::DecideClose, given).await;
        two.attest(reporter.case).await;
        two.approve(proposal).await.unwrap();
        let told = "audit.entries where 'feedback.sent' = any(acts)";
        assert_eq!(world.owner().await.count(told).await, 0);
        assert!(!reporter.read().await.contains("template: feedback"));
    });
}

/// Where silence is explained, nothing reaches the reporter, whatever else was typed.
#[test]
fn explained_silence_sends_nothing() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let reviewer = world.sign_in("rev1").await;
        for (by, step) in [(&triager, Step::Open), (&triager, Step::Assign), (&lead, Step::Start)] {
            world.drive(reporter.case, by, step, &reviewer).await;
        }
        let before = reporter.read().await;
        let given = with(
            enough(Status::Investigation, Step::Pause, lead.id(), "The"),
            json!({"silence_reason": "A court forbids it."}),
        );
        let proposal = lead.propose(reporter.case, Step::Pause, given).await;
        assert_eq!(reviewer.approve(proposal).await.unwrap(), Status::Suspended);
        assert_eq!(reporter.read().await, before);
    });
}
