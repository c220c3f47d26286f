//! A decision is looked at again because its reporter asks, by people who had no part in it (control OI-11a-4).

use jiff::civil::date;
use senim::{
    domain::{
        case::{status::Status, step::Step},
        ids::CaseId,
        profile::ClockName,
        role::Role,
    },
    policy::RoleAt,
    usecases::{Error, oversee::oversee, take_step::StepDone},
};
use serde_json::json;

use crate::{
    app::in_app,
    deadlines::{clocks, entries},
    facts::{enough, with},
    http_desk::english,
    people::{ReporterActor, StaffActor},
    world::{World, in_world},
};

/// A report that was rejected by a triager and a reviewer of the first desk.
async fn rejected(world: &World) -> (ReporterActor, StaffActor, StaffActor) {
    let reporter = world.submit("Something.").await;
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
    world.drive(reporter.case, &triager, Step::Reject, &reviewer).await;
    (reporter, triager, reviewer)
}

/// What a review comes to, by two reviewers.
async fn decide(world: &World, case: CaseId, result: &str, (one, two): (&StaffActor, &StaffActor)) -> Status {
    one.attest(case).await;
    let given = enough(world.status(case).await, Step::Review, one.id(), "some");
    let proposed = one.step(case, Step::Review, with(given, json!({"review_result": result}))).await.unwrap();
    let StepDone::Proposed(id) = proposed else { panic!("it needs a second person") };
    two.attest(case).await;
    two.approve(id).await.unwrap()
}

#[test]
fn oi_11a_4_a_review_is_asked_for_once_and_done_by_people_who_had_no_part() {
    in_world(async |world| {
        let (reporter, triager, reviewer) = rejected(world).await;
        let case = reporter.case;
        let (second, third) = (world.sign_in("rev2").await, world.sign_in("rev3").await);
        second.attest(case).await;
        let given = || enough(Status::Rejected, Step::Review, triager.id(), "some");
        let unasked = second.step(case, Step::Review, given()).await;
        assert!(
            matches!(unasked, Err(Error::IllegalStep { legal }) if legal == [Step::Reopen, Step::Archive])
        );
        // Somebody who came after the decision, and has no keys of it.
        world.enrol("rev5", &[RoleAt { role: Role::Reviewer, desk: Some(world.desk) }]).await;
        assert!(reporter.inbox().await.may_ask_review);
        reporter.ask_review("Nobody asked the witness.").await.unwrap();
        assert!(matches!(reporter.ask_review("Again.").await, Err(Error::Conflict)), "once");
        assert!(!reporter.inbox().await.may_ask_review);
        let clock = clocks(world, case).await.get(ClockName::ReviewDecision).unwrap().clone();
        assert!(clock.runs() && clock.due == Some(date(2026, 12, 22)), "{clock:?}");
        assert_eq!(entries(world, case, "review.requested").await, 1);
        assert!(matches!(reviewer.step(case, Step::Review, given()).await, Err(Error::Forbidden)));
        let fifth = world.sign_in("rev5").await;
        fifth.attest(case).await;
        assert!(fifth.read(case).await.contains("reporter_message: Nobody asked the witness."));
        let StepDone::Proposed(id) = fifth.step(case, Step::Review, given()).await.unwrap() else {
            panic!("it needs a second person")
        };
        assert!(matches!(reviewer.approve(id).await, Err(Error::Forbidden)), "who approved the decision");
        third.attest(case).await;
        assert_eq!(third.approve(id).await.unwrap(), Status::Rejected);
        assert_eq!(entries(world, case, "review.decided").await, 1);
        assert!(!clocks(world, case).await.get(ClockName::ReviewDecision).unwrap().runs());
        let told = reporter.read().await;
        for words in ["template: review_asked", "template: review_result"] {
            assert_eq!(told.matches(words).count(), 1, "{told}");
        }
        assert_eq!(
            told.matches("desk: some message").count(),
            2,
            "of the rejection and of the review: {told}"
        );
        assert!(matches!(reporter.ask_review("Once more.").await, Err(Error::Conflict)));
    });
}

/// Who asked for a review and hears nothing can complain of it, although the case has ended.
#[test]
fn oi_12b_1_a_review_that_nobody_decides_can_be_complained_of() {
    in_world(async |world| {
        let (reporter, ..) = rejected(world).await;
        assert!(!reporter.inbox().await.may_complain);
        reporter.ask_review("It is wrong.").await.unwrap();
        world.advance_days(60);
        let inbox = reporter.inbox().await;
        assert!(inbox.may_complain && !inbox.routes.is_empty(), "and is told where else to go");
    });
}

/// What was reopened comes to a new decision, which may be reviewed again.
#[test]
fn oi_11a_4_a_reopened_case_may_be_reviewed_again() {
    in_world(async |world| {
        let (reporter, triager, reviewer) = rejected(world).await;
        let (second, third) = (world.sign_in("rev2").await, world.sign_in("rev3").await);
        reporter.ask_review("It is wrong.").await.unwrap();
        assert_eq!(decide(world, reporter.case, "reopened", (&second, &third)).await, Status::Rejected);
        world.drive(reporter.case, &triager, Step::Reopen, &reviewer).await;
        assert!(!reporter.inbox().await.may_ask_review);
        world.drive(reporter.case, &triager, Step::Reject, &reviewer).await;
        assert!(reporter.inbox().await.may_ask_review);
        reporter.ask_review("It is wrong still.").await.unwrap();
    });
}

#[test]
fn a_review_is_not_asked_for_after_its_time() {
    in_world(async |world| {
        let (reporter, ..) = rejected(world).await;
        world.advance_days(90);
        assert!(reporter.inbox().await.may_ask_review);
        world.advance_days(3);
        assert!(!reporter.inbox().await.may_ask_review);
        assert!(matches!(reporter.ask_review("Late.").await, Err(Error::Conflict)));
    });
}

/// Where the desk has nobody left who had no part, oversight sees it.
#[test]
fn a_review_that_nobody_free_can_do_stands_before_oversight() {
    in_world(async |world| {
        let desk = world.route_all_to("small", "kz").await;
        world.enrol("small3", &[RoleAt { role: Role::Reviewer, desk: Some(desk) }]).await;
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("small1").await, world.sign_in("small3").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        world.drive(reporter.case, &triager, Step::Reject, &reviewer).await;
        reporter.ask_review("It is wrong.").await.unwrap();
        let overseer = world.sign_in("over1").await;
        let seen = oversee(&world.ctx, &overseer.caller).await.unwrap();
        let kinds: Vec<&str> = seen.open.iter().map(|matter| matter.kind.as_str()).collect();
        assert_eq!(kinds, ["review_unstaffed"]);
    });
}

#[test]
fn a_review_is_asked_for_over_the_api_and_on_the_page() {
    in_app(async |world, app| {
        let (reporter, ..) = rejected(world).await;
        let open = async || {
            let body = json!({"receipt": reporter.receipt});
            app.api(None).post("/inbox/sessions", &body).await.expect(201)["token"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let token = open().await;
        let api = app.api(Some(&token));
        assert_eq!(api.get("/inbox").await.expect(200)["may_ask_review"], true);
        let empty = api.post("/inbox/review", &json!({"text": " "})).await.expect(422);
        assert_eq!(empty["errors"][0]["field"], "text");
        let pages = app.pages();
        let opened = pages.post("/en/inbox", &[("receipt", &reporter.receipt)]).await;
        assert_eq!(opened.status, 303);
        let page = pages.get("/en/inbox").await;
        assert!(page.body.contains("If you do not agree with the decision"), "{}", page.body);
        let csrf = page.input("csrf");
        let long = "x".repeat(world.ctx.limits.message + 1);
        let refused = pages.post("/en/inbox/review", &[("csrf", &csrf), ("review", &long)]).await;
        assert!(refused.status == 422 && refused.body.contains(&long), "what was typed is kept");
        let sent = pages.post("/en/inbox/review", &[("csrf", &csrf), ("review", "It is wrong.")]).await;
        assert_eq!(sent.status, 303);
        let after = pages.get("/en/inbox").await;
        let title = "If you do not agree with the decision";
        assert!(!after.body.contains(title) && after.body.contains("Your request has arrived"));
        api.post("/inbox/review", &json!({"text": "Again."})).await.expect(409);
        let second = world.sign_in("rev2").await;
        second.attest(reporter.case).await;
        let case = english(app, &second).get(&format!("/staff/cases/{}", reporter.case)).await;
        assert!(
            case.body.contains("It is wrong.") && case.body.contains("value=\"review\""),
            "{}",
            case.body
        );
    });
}
