//! A proposal on its page: everything that a second person decides on, and afterwards what was decided.

use senim::domain::{
    case::{status::Status, step::Step},
    ids::ProposalId,
};
use serde_json::json;

use crate::{
    app::{Answer, in_app},
    facts::{assessed, enough, with},
    http_desk::english,
    people::StaffActor,
    world::{World, in_world},
};

/// Whether the page offers a decision.
fn decides(answer: &Answer) -> bool {
    answer.body.contains("/approval\"") || answer.body.contains("/refusal\"")
}

fn path(id: ProposalId) -> String {
    format!("/staff/proposals/{id}")
}

/// Two reports about one matter, opened, and the second proposed to be joined to the first.
async fn merge(world: &World, triager: &StaffActor) -> (String, ProposalId) {
    let reviewer = world.sign_in("rev4").await;
    let [first, second] = [world.submit("The first.").await, world.submit("The second.").await];
    triager.attest(first.case).await;
    world.drive(second.case, triager, Step::Open, &reviewer).await;
    let given =
        json!({"reason_code": "same_matter", "reasons": "One inspector.", "master": first.case.to_string()});
    (first.reference, triager.propose(second.case, Step::Merge, with(assessed(), given)).await)
}

#[test]
fn a_proposal_says_everything_that_is_decided_on() {
    in_app(async |world, app| {
        let triager = world.sign_in("tri1").await;
        let (target, proposal) = merge(world, &triager).await;
        let reviewer = world.sign_in("rev1").await;
        let pages = english(app, &reviewer);
        let sealed = pages.get(&path(proposal)).await;
        assert_eq!(sealed.status, 200);
        for hidden in ["One inspector.", target.as_str()] {
            assert!(!sealed.body.contains(hidden), "before the signature nothing is told: {}", sealed.body);
        }
        let case = world.owner().await.value("select case_id from proposals").await;
        reviewer.attest(case.as_str().unwrap().parse().unwrap()).await;
        let page = pages.get(&path(proposal)).await;
        for words in [target.as_str(), "One inspector.", "the same matter", "together with an earlier one"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        assert!(decides(&page));
        for (login, why) in
            [("tri1", "Another person must decide."), ("tri2", "for a reviewer of this case.")]
        {
            let page = english(app, &world.sign_in(login).await).get(&path(proposal)).await;
            assert!(!decides(&page) && page.body.contains(why), "{login}: {}", page.body);
        }
        let stranger = world.sign_in("inv1").await;
        assert_eq!(app.staff_pages(&stranger).get(&path(proposal)).await.status, 404);
    });
}

#[test]
fn a_decided_proposal_says_what_was_decided_by_whom_and_when() {
    in_app(async |world, app| {
        let triager = world.sign_in("tri1").await;
        let (target, approved) = merge(world, &triager).await;
        let reviewer = world.sign_in("rev1").await;
        let case = world.owner().await.value("select case_id from proposals").await;
        reviewer.attest(case.as_str().unwrap().parse().unwrap()).await;
        reviewer.approve(approved).await.unwrap();
        let other = world.submit("Something.").await.case;
        world.drive(other, &triager, Step::Open, &reviewer).await;
        let given = enough(Status::Triage, Step::Reject, triager.id(), "some");
        let refused = triager.propose(other, Step::Reject, given).await;
        reviewer.attest(other).await;
        reviewer.refuse(refused, "Ask them <first>.").await.unwrap();
        for actor in [&triager, &reviewer] {
            let pages = english(app, actor);
            let page = pages.get(&path(approved)).await;
            assert_eq!(page.status, 200);
            for words in ["Approved by rev1, ", "23 Nov 2026", target.as_str(), "One inspector.", "approved"]
            {
                assert!(page.body.contains(words), "{words}: {}", page.body);
            }
            assert!(!decides(&page));
            let page = pages.get(&path(refused)).await;
            for words in ["Refused by rev1, ", "Ask them &#60;first&#62;.", "some reasons", "some message"] {
                assert!(page.body.contains(words), "{words}: {}", page.body);
            }
            assert!(!decides(&page));
            let list = pages.get("/staff/proposals").await;
            for id in [approved, refused] {
                assert!(list.body.contains(&path(id)), "{}", list.body);
            }
        }
        let stranger = world.sign_in("inv1").await;
        for id in [approved, refused] {
            assert_eq!(app.staff_pages(&stranger).get(&path(id)).await.status, 404);
        }
    });
}

/// What the case went on without says so, and why, before anybody tries to approve it.
#[test]
fn a_stale_proposal_says_why() {
    in_app(async |world, app| {
        let (triager, other) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        let reviewer = world.sign_in("rev1").await;
        let given = || enough(Status::Triage, Step::Reject, triager.id(), "some");
        let locked = world.submit("One.").await.case;
        world.drive(locked, &triager, Step::Open, &reviewer).await;
        let by_keys = triager.propose(locked, Step::Reject, given()).await;
        other.recuse(locked).await.unwrap();
        let reporter = world.submit("Two.").await;
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        triager.take(reporter.case, Step::Ask, json!({"question": "Who?"})).await;
        let withdraw = enough(Status::AwaitingInfo, Step::Withdraw, triager.id(), "some");
        let by_answer = triager.propose(reporter.case, Step::Withdraw, withdraw).await;
        reviewer.attest(reporter.case).await;
        reviewer.attest(locked).await;
        reporter.write("The tall one.").await.unwrap();
        for actor in [&triager, &reviewer] {
            let pages = english(app, actor);
            for (id, why) in [(by_keys, "lost access to the case"), (by_answer, "The case has moved on")] {
                let page = pages.get(&path(id)).await;
                assert_eq!(page.status, 200);
                assert!(page.body.contains("out of date") && page.body.contains(why), "{why}: {}", page.body);
                assert!(!decides(&page));
            }
        }
        let waiting = app.staff(&reviewer).get("/proposals").await.expect(200);
        assert_eq!(waiting[0]["decidable"], false, "{waiting}");
        assert!(!english(app, &reviewer).get("/staff/cases").await.body.contains(&path(by_answer)));
    });
}

/// What a reviewer saw, sealed, is what takes effect: in the case's row, in the record, in the reporter's mailbox.
#[test]
fn an_approval_applies_the_sealed_facts() {
    in_world(async |world| {
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let [one, two] = [world.sign_in("rev1").await, world.sign_in("rev2").await];
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        for (by, step) in
            [(&triager, Step::Open), (&triager, Step::Assign), (&lead, Step::Start), (&lead, Step::Submit)]
        {
            world.drive(case, by, step, &one).await;
        }
        let given = with(
            enough(Status::FindingsReview, Step::Decide, lead.id(), "agreed"),
            json!({"outcome": "partly_substantiated", "hearing": "excepted"}),
        );
        let proposal = one.propose(case, Step::Decide, given).await;
        let row = format!("select status, outcome, detriment from cases where id = '{case}'");
        let before = world.owner().await.rows(&row).await;
        assert_eq!(before[0]["status"], "findings_review");
        assert_eq!(before[0]["outcome"], json!(null), "a proposal changes nothing");
        assert!(!reporter.read().await.contains("agreed message"), "and tells nobody");
        two.attest(case).await;
        assert_eq!(two.approve(proposal).await.unwrap(), Status::Remediation);
        let after = world.owner().await.rows(&row).await;
        let wanted =
            json!({"status": "remediation", "outcome": "partly_substantiated", "detriment": "medium"});
        assert_eq!(after[0], wanted);
        let mailbox = reporter.read().await;
        for words in ["desk: agreed message", "template: outcome"] {
            assert!(mailbox.contains(words), "{words}: {mailbox}");
        }
        let read = lead.read(case).await;
        for words in ["agreed reasons", "agreed measure", "excepted"] {
            assert!(read.contains(words), "{words}: {read}");
        }
        let recorded = "audit.entries where 'approval.given' = any(acts) and status_to = 'remediation' \
                        and convert_from(body, 'UTF8') like '%partly_substantiated%'";
        assert_eq!(world.owner().await.count(recorded).await, 1);
    });
}

/// Codes that somebody changed in the database after they were proposed are never what takes effect.
#[test]
fn an_approval_refuses_facts_that_are_not_the_sealed_ones() {
    in_world(async |world| {
        let triager = world.sign_in("tri1").await;
        let reviewer = world.sign_in("rev1").await;
        let reporter = world.submit("Something.").await;
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        let given = enough(Status::Triage, Step::Reject, triager.id(), "some");
        let proposal = triager.propose(reporter.case, Step::Reject, given).await;
        reviewer.attest(reporter.case).await;
        let change = |from: &str, to: &str| {
            format!(
                "begin; alter table proposals disable trigger all; \
                 update proposals set facts = replace(facts, '{from}', '{to}'); \
                 alter table proposals enable trigger all; commit"
            )
        };
        world.owner().await.run(&change("no_substance", "out_of_scope")).await.unwrap();
        let refused = reviewer.approve(proposal).await.unwrap_err();
        assert!(refused.to_string().contains("the proposal was changed"), "{refused}");
        assert_eq!(world.status(reporter.case).await, Status::Triage);
        assert!(!reporter.read().await.contains("some message"));
        world.owner().await.run(&change("out_of_scope", "no_substance")).await.unwrap();
        assert_eq!(reviewer.approve(proposal).await.unwrap(), Status::Rejected);
    });
}
