//! The clocks of cases on the living parts: what is registered, reminded, missed, extended, and who is told.

use jiff::civil::{Date, date};
use senim::{
    domain::{
        case::{clocks::Clocks, status::Status, step::Step},
        field_error::FieldError,
        ids::CaseId,
        profile::ClockName,
        role::Role,
    },
    policy::RoleAt,
    usecases::{
        Error,
        oversee::{oversee, take_up},
        raise_no_response::raise_no_response,
        submit_report::{Submission, submit_report},
        take_step::StepDone,
        watch_deadlines::watch_deadlines,
    },
};
use serde_json::json;

use crate::{
    facts::{enough, with},
    people::StaffActor,
    world::{World, in_world},
};

/// Everything is seen from here: Monday, 23 November 2026 in Almaty.
const RECEIVED: Date = date(2026, 11, 23);
/// Three and fifteen working days later.
const TRIAGE: Date = date(2026, 11, 26);
const CONSIDERATION: Date = date(2026, 12, 14);

pub async fn clocks(world: &World, case: CaseId) -> Clocks {
    let text = world.owner().await.value(&format!("select clocks from cases where id = '{case}'")).await;
    Clocks::from_json(text.as_str().unwrap()).unwrap()
}

/// How many entries of a case hold an act.
pub async fn entries(world: &World, case: CaseId, act: &str) -> usize {
    let query = format!(
        "select 1 as one from audit.entries e join cases c on c.audit_id = e.obj_id \
         where c.id = '{case}' and e.acts @> array['{act}']"
    );
    world.owner().await.rows(&query).await.len()
}

pub async fn overseer(world: &World) -> StaffActor {
    world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
    world.sign_in("over1").await
}

/// Control KZ-64.3-1.
#[test]
fn kz_64_3_1_a_report_is_registered_on_its_day_or_the_next_working_day() {
    in_world(async |world| {
        let submit = async || {
            let submission =
                Submission { report: world.report("Something."), form_token: None, channel: "api" };
            submit_report(&world.ctx, &submission).await.unwrap()
        };
        let monday = submit().await;
        assert_eq!(monday.registered_on, Some(RECEIVED));
        world.advance_days(5);
        let saturday = submit().await;
        assert_eq!(saturday.registered_on, Some(date(2026, 11, 30)));
        assert_ne!(monday.reference, saturday.reference);
        let query = format!(
            "select received_on, registered_on from cases where reference = '{}'",
            saturday.reference
        );
        let row = world.owner().await.rows(&query).await.remove(0);
        assert_eq!(
            (row["received_on"].as_str(), row["registered_on"].as_str()),
            (Some("2026-11-28"), Some("2026-11-30"))
        );
        let case = world.case_of(&saturday.reference).await;
        assert_eq!(entries(world, case, "case.registered").await, 1);
    });
}

/// Control PROF-1: the first half; a change of the profile is a step of its own.
#[test]
fn a_case_keeps_profile_version_and_due_days() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let row = world
            .owner()
            .await
            .rows(&format!("select profile, profile_version, due_on from cases where id = '{case}'"))
            .await
            .remove(0);
        assert_eq!((row["profile"].as_str(), row["profile_version"].as_i64()), (Some("kz"), Some(1)));
        assert_eq!(row["due_on"].as_str(), Some(TRIAGE.to_string().as_str()));
        let clocks = clocks(world, case).await;
        assert_eq!(clocks.get(ClockName::Feedback).unwrap().due, Some(CONSIDERATION));
    });
}

/// Control OI-12b-1: what is missed stands before oversight, by itself, and handlers cannot clear it.
#[test]
fn oi_12b_1_what_is_missed_reaches_oversight_once_and_stays_there() {
    in_world(async |world| {
        let overseer = overseer(world).await;
        let reporter = world.submit("Something.").await;
        let triager = world.sign_in("tri1").await;
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 0);
        world.advance_days(1);
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 1, "a reminder two days before");
        assert_eq!(entries(world, reporter.case, "deadline.reminded").await, 1);
        // Nobody looks for a week, and then two processes at once.
        world.advance_days(7);
        let other = world.another_process();
        let (one, two) = tokio::join!(watch_deadlines(&world.ctx), watch_deadlines(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 1);
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 0);
        assert_eq!(entries(world, reporter.case, "deadline.missed").await, 1);
        assert_eq!(reporter.read().await.matches("template: delayed").count(), 1);
        let seen = oversee(&world.ctx, &overseer.caller).await.unwrap();
        let [matter] = seen.open.as_slice() else { panic!("one matter") };
        assert_eq!(
            (matter.clock, matter.reference.as_str()),
            (Some(ClockName::Triage), reporter.reference.as_str())
        );
        assert!(matches!(oversee(&world.ctx, &triager.caller).await, Err(Error::Forbidden)));
        assert!(matches!(take_up(&world.ctx, &triager.caller, matter.id).await, Err(Error::Forbidden)));
        // What is done late does not take it away.
        let second = world.sign_in("rev1").await;
        world.drive(reporter.case, &triager, Step::Open, &second).await;
        world.drive(reporter.case, &triager, Step::Assign, &second).await;
        assert_eq!(oversee(&world.ctx, &overseer.caller).await.unwrap().open.len(), 1);
        let delete = format!("delete from oversight_matters where case_id = '{}'", reporter.case);
        assert!(world.app().await.run(&delete).await.is_err(), "the application cannot take it away either");
        take_up(&world.ctx, &overseer.caller, matter.id).await.unwrap();
        assert!(matches!(take_up(&world.ctx, &overseer.caller, matter.id).await, Err(Error::Conflict)));
        let after = oversee(&world.ctx, &overseer.caller).await.unwrap();
        assert_eq!((after.open.len(), after.taken_up.len()), (0, 1));
    });
}

/// Control OI-12b-1: a clock that a late letter of a step ends is missed as well, though no timer came by.
#[test]
fn oi_12b_1_a_letter_that_comes_too_late_does_not_hide_that_it_was_missed() {
    in_world(async |world| {
        let overseer = overseer(world).await;
        world.route_all_to("iso", "iso_default").await;
        let case = world.submit("Something.").await.case;
        world.advance_days(5);
        let triager = world.sign_in("iso1").await;
        world.drive(case, &triager, Step::Open, &triager).await;
        world.drive(case, &triager, Step::Ask, &triager).await;
        let clock = clocks(world, case).await.get(ClockName::PersonalMessage).unwrap().clone();
        assert!(clock.missed_on.is_some() && !clock.runs());
        assert_eq!(entries(world, case, "deadline.missed").await, 1);
        let seen = oversee(&world.ctx, &overseer.caller).await.unwrap();
        let missed: Vec<_> = seen.open.iter().map(|matter| matter.clock).collect();
        assert_eq!(missed, [Some(ClockName::PersonalMessage)]);
    });
}

/// Controls OI-12b-1 and EU-10-1: the reporter's own complaint, and where else they can turn.
#[test]
fn eu_10_1_after_a_missed_day_the_mailbox_names_other_ways_and_takes_a_complaint() {
    in_world(async |world| {
        let overseer = overseer(world).await;
        let reporter = world.submit("Something.").await;
        let early = reporter.inbox().await;
        assert!(early.routes.is_empty() && !early.may_complain);
        assert!(matches!(raise_no_response(&world.ctx, &reporter.token().await).await, Err(Error::Conflict)));
        world.advance_days(4);
        let late = reporter.inbox().await;
        assert!(!late.routes.is_empty() && late.may_complain);
        raise_no_response(&world.ctx, &reporter.token().await).await.unwrap();
        assert!(
            matches!(raise_no_response(&world.ctx, &reporter.token().await).await, Err(Error::Conflict)),
            "once"
        );
        assert_eq!(entries(world, reporter.case, "noresponse.raised").await, 1);
        let seen = oversee(&world.ctx, &overseer.caller).await.unwrap();
        assert_eq!(seen.open.iter().map(|matter| matter.kind.as_str()).collect::<Vec<_>>(), ["no_response"]);
    });
}

/// Control EU-11.2b-1.
#[test]
fn eu_11_2b_1_an_acknowledgement_is_waived_only_where_the_profile_lets_it_and_the_record_says_why() {
    in_world(async |world| {
        let waived = || world.report_with("No letter, please.", json!({"ack_waiver": "reporter_objected"}));
        let submission = Submission { report: waived(), form_token: None, channel: "api" };
        let refused = submit_report(&world.ctx, &submission).await.map(|_taken| ()).unwrap_err();
        let Error::Invalid(fields) = refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].field, "ack_waiver");
        world.route_all_to("external", "eu_external").await;
        let reporter = world.submit_report(waived()).await;
        assert_eq!(entries(world, reporter.case, "ack.waived").await, 1);
        assert_eq!(entries(world, reporter.case, "ack.sent").await, 0);
        assert!(!reporter.read().await.contains("acknowledged"));
        let other = world.submit("A letter, please.").await;
        assert_eq!(entries(world, other.case, "ack.sent").await, 1);
        assert!(other.read().await.contains("template: acknowledged"));
    });
}

/// A case of a desk under this profile, opened by its triager, and what an extension of its feedback to a day comes to.
async fn extended_to(world: &World, profile: &str, until: &str) -> Result<Option<Date>, Vec<FieldError>> {
    world.route_all_to("other", profile).await;
    let held = RoleAt { role: Role::Reviewer, desk: Some(world.desk_of("other").await) };
    world.enrol("other3", &[held]).await;
    let case = world.submit("Something.").await.case;
    let (triager, reviewer) = (world.sign_in("other1").await, world.sign_in("other3").await);
    world.drive(case, &triager, Step::Open, &reviewer).await;
    let given = enough(Status::Triage, Step::Extend, triager.id(), "some");
    match triager.step(case, Step::Extend, with(given, json!({"expected_on": until}))).await {
        Ok(StepDone::Proposed(proposal)) => {
            reviewer.attest(case).await;
            reviewer.approve(proposal).await.unwrap();
        }
        Err(Error::Invalid(fields)) => return Err(fields),
        other => panic!("{other:?}"),
    }
    Ok(clocks(world, case).await.get(ClockName::Feedback).unwrap().due)
}

/// Control EU-9.1f-1; the two anchors are among the golden vectors of the profile.
#[test]
fn eu_9_1f_1_feedback_of_an_internal_channel_follows_the_acknowledgement_and_is_never_extended() {
    in_world(async |world| {
        let refused = extended_to(world, "eu_internal", "2027-03-01").await.unwrap_err();
        assert_eq!(refused[0].field, "clock");
        let case = world.submit("Something else.").await.case;
        let due = clocks(world, case).await.get(ClockName::Feedback).unwrap().due;
        assert_eq!(due, Some(date(2027, 2, 23)), "three months after the acknowledgement of today");
    });
}

/// Control EU-11.2d-1.
#[test]
fn eu_11_2d_1_feedback_of_an_external_channel_is_extended_once_to_six_months() {
    in_world(async |world| {
        assert_eq!(extended_to(world, "eu_external", "2027-05-23").await, Ok(Some(date(2027, 5, 23))));
    });
    in_world(async |world| {
        let refused = extended_to(world, "eu_external", "2027-05-24").await.unwrap_err();
        assert_eq!(refused[0].field, "expected_on");
    });
}

/// Feedback of EU profiles is the action and the grounds; a mere letter does not meet its clock.
#[test]
fn feedback_with_grounds_meets_its_clock_and_a_letter_does_not() {
    in_world(async |world| {
        world.route_all_to("external", "eu_external").await;
        let reporter = world.submit("Something.").await;
        let triager = world.sign_in("external1").await;
        triager.attest(reporter.case).await;
        triager.write(reporter.case, "We are looking.").await.unwrap();
        assert!(clocks(world, reporter.case).await.get(ClockName::Feedback).unwrap().runs());
        triager.give_feedback(reporter.case, "We asked for the papers.", "They show it.").await.unwrap();
        assert!(!clocks(world, reporter.case).await.get(ClockName::Feedback).unwrap().runs());
        assert_eq!(entries(world, reporter.case, "feedback.sent").await, 1);
    });
}

#[test]
fn who_wrote_and_got_no_answer_stands_before_oversight_until_somebody_answers() {
    in_world(async |world| {
        let overseer = overseer(world).await;
        let reporter = world.submit("Something.").await;
        let (triager, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &second).await;
        reporter.write("Are you there?").await.unwrap();
        world.advance_days(5);
        let seen = oversee(&world.ctx, &overseer.caller).await.unwrap();
        assert_eq!(seen.unanswered.iter().map(|line| line.since).collect::<Vec<_>>(), [RECEIVED]);
        let triager = world.sign_in("tri1").await;
        triager.write(reporter.case, "Yes.").await.unwrap();
        assert!(oversee(&world.ctx, &overseer.caller).await.unwrap().unanswered.is_empty());
    });
}

/// Control KZ-76-1: only with a second person, within two months, and the reporter is told in the same transaction.
#[test]
fn kz_76_1_consideration_is_extended_by_two_people_once_and_the_reporter_is_told() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        let given = |until: &str, clock: &str| {
            let given = enough(Status::Triage, Step::Extend, triager.id(), "some");
            with(given, json!({"expected_on": until, "clock": clock}))
        };
        for (until, clock, field) in [
            ("2027-01-24", "feedback", "expected_on"),
            ("2026-12-14", "feedback", "expected_on"),
            ("2026-12-20", "triage", "clock"),
        ] {
            let refused = triager.step(reporter.case, Step::Extend, given(until, clock)).await;
            let Err(Error::Invalid(fields)) = refused else { panic!("{until} {clock}: {refused:?}") };
            assert_eq!(fields[0].field, field, "{until} {clock}");
        }
        let proposal = triager.propose(reporter.case, Step::Extend, given("2027-01-23", "feedback")).await;
        assert_eq!(
            clocks(world, reporter.case).await.get(ClockName::Feedback).unwrap().due,
            Some(CONSIDERATION)
        );
        assert!(triager.approve(proposal).await.is_err());
        reviewer.attest(reporter.case).await;
        reviewer.approve(proposal).await.unwrap();
        let clock = clocks(world, reporter.case).await.get(ClockName::Feedback).unwrap().clone();
        assert_eq!((clock.due, clock.extended), (Some(date(2027, 1, 23)), 1));
        assert_eq!(entries(world, reporter.case, "deadline.extended").await, 1);
        let told = reporter.read().await;
        assert!(told.contains("template: extended") && told.contains("desk: some message"), "{told}");
        let again = triager.step(reporter.case, Step::Extend, given("2027-01-23", "feedback")).await;
        assert!(matches!(again, Err(Error::Invalid(_))));
    });
}
