//! Profiles and calendars as configuration: two people, every mistake by line, and running cases are left alone (controls
//! AUD-6, PROF-1).

use jiff::{
    SignedDuration,
    civil::{Date, date},
};
use senim::{
    domain::{
        case::{status::Status, step::Step},
        configuration::{Kind, State},
        ids::CaseId,
        mistake::Fault,
        profile::{ClockName, ProfileId},
    },
    usecases::{
        Error, approve_change::approve_change, authentic::forged_changes, enforce_changes::enforce_changes,
        export_config::export_config, list_changes::open_change, propose_change::propose_change,
        registry::Fault as RowFault,
    },
};
use serde_json::json;

use crate::{
    app::in_app,
    changes::{approve, patient, propose},
    deadlines::clocks,
    facts::{enough, with},
    http_desk::english,
    world::{World, in_ruined_world, in_world},
};

/// The file of a profile in force with another version, and something else replaced.
pub async fn next_profile(world: &World, version: u32, (from, to): (&str, &str)) -> String {
    let text = export_config(&world.ctx, Kind::Profile, "kz").await.unwrap();
    assert!(text.contains(from), "{from}");
    let before = format!("\nversion = {}\n", version - 1);
    assert!(text.contains(&before));
    text.replacen(&before, &format!("\nversion = {version}\n"), 1).replacen(from, to, 1)
}

async fn clock_due(world: &World, case: CaseId, clock: ClockName) -> Option<Date> {
    clocks(world, case).await.get(clock).unwrap().due
}

const LONGER: (&str, &str) = ("feedback            = { amount = 15,", "feedback = { amount = 20,");
const SHORTER: (&str, &str) = ("feedback            = { amount = 15,", "feedback = { amount = 10,");

async fn version_of(world: &World, case: &CaseId) -> i64 {
    let query = format!("select profile_version from cases where id = '{case}'");
    world.owner().await.value(&query).await.as_i64().unwrap()
}

/// Control AUD-6: a deadline changes only where two people agree, from its time on, and for new cases.
#[test]
fn aud_6_a_new_version_of_a_profile_takes_two_people_and_leaves_running_cases_alone() {
    in_world(async |world| {
        let (one, two) = (world.admin(0), world.admin(1));
        let running = world.submit("Before.").await;
        let before = clock_due(world, running.case, ClockName::Feedback).await;
        let file = next_profile(world, 2, SHORTER).await;
        let id = propose(&world.ctx, Some(one), Kind::Profile, &file).await;
        assert!(matches!(approve(&world.ctx, one, id).await, Err(Error::Forbidden)));
        assert_eq!(version_of(world, &world.submit("Meanwhile.").await.case).await, 1);
        assert_eq!(approve(&world.ctx, two, id).await.unwrap(), State::InForce);
        // Another process, which read everything before, knows of it with the next report.
        let new = world.submit("After.").await;
        assert_eq!(version_of(world, &new.case).await, 2);
        assert_eq!(clock_due(world, new.case, ClockName::Feedback).await, Some(date(2026, 12, 7)));
        assert_eq!(version_of(world, &running.case).await, 1);
        assert_eq!(clock_due(world, running.case, ClockName::Feedback).await, before);
        assert_eq!(export_config(&world.ctx, Kind::Profile, "kz").await.unwrap(), file);
        let told = open_change(&world.ctx, &two.caller, id).await.unwrap().difference.unwrap();
        assert!(!told.loosening && told.told.len() == 1);
    });
}

/// A version that another one has followed is in force for the cases that run under it, and for no other.
#[test]
fn prof_1_a_case_goes_on_under_rules_in_force_alone() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        for (version, rules) in [(2, SHORTER), (3, ("feedback = { amount = 10,", "feedback = { amount = 9,"))]
        {
            let file = next_profile(world, version, rules).await;
            let id = propose(&world.ctx, Some(world.admin(0)), Kind::Profile, &file).await;
            assert_eq!(approve(&world.ctx, world.admin(1), id).await.unwrap(), State::InForce);
        }
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let given = |profile: &str| {
            let more = json!({"profile": profile, "detriment_level": "low"});
            with(enough(Status::Triage, Step::ChangeRules, triager.id(), "some"), more)
        };
        let refused = triager.step(case, Step::ChangeRules, given("kz/2")).await;
        assert!(matches!(refused, Err(Error::Invalid(fields)) if fields[0].field == "profile"));
        triager.propose(case, Step::ChangeRules, given("kz/3")).await;
    });
}

/// Control PROF-1: after triage the profile of a case changes by a reason and a second person, its days follow from the
/// new one alone, and the record says which.
#[test]
fn prof_1_the_profile_of_a_case_changes_by_two_people_and_its_days_with_it() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let given = |profile: &str| {
            let more = json!({"profile": profile, "detriment_level": "low"});
            with(enough(Status::Triage, Step::ChangeRules, triager.id(), "some"), more)
        };
        for wrong in ["kz/1", "kz/2", "iso_default/7"] {
            let refused = triager.step(case, Step::ChangeRules, given(wrong)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{wrong}");
        }
        let before = clock_due(world, case, ClockName::Feedback).await;
        let id = triager.propose(case, Step::ChangeRules, given("eu_external/1")).await;
        assert_eq!(clock_due(world, case, ClockName::Feedback).await, before);
        assert!(triager.approve(id).await.is_err());
        reviewer.attest(case).await;
        assert_eq!(reviewer.approve(id).await.unwrap(), Status::Triage);
        assert_eq!(clock_due(world, case, ClockName::Feedback).await, Some(date(2027, 2, 23)));
        assert_eq!(clock_due(world, case, ClockName::Triage).await, Some(date(2026, 12, 7)));
        let query = format!(
            "select convert_from(e.body, 'UTF8')::jsonb -> 'codes' from audit.entries e join cases c \
             on c.audit_id = e.obj_id where c.id = '{case}' and e.acts @> array['profile.changed']"
        );
        let codes = world.owner().await.value(&query).await;
        assert_eq!(
            (codes["profile"].as_str(), codes["started"].as_str()),
            (Some("eu_external/1"), Some("feedback.triage"))
        );
        let told = reporter.read().await;
        assert!(told.contains("template: rescheduled") && told.contains("desk: some message"), "{told}");
        // Its keys are proved with the new profile, so that everybody goes on.
        reporter.write("One thing more.").await.unwrap();
        assert!(triager.read(case).await.contains("One thing more."));
        let profile =
            world.owner().await.value(&format!("select profile from cases where id = '{case}'")).await;
        assert_eq!(profile, "eu_external");
        assert_eq!(
            senim::usecases::authentic::forged_cases(&world.ctx, &[Status::Triage], 10).await.unwrap(),
            0
        );
    });
}

/// Every process of the instance, however long it has run.
#[test]
fn another_process_works_by_the_new_version_at_once() {
    in_world(async |world| {
        let other = world.another_process();
        other.current_registry().await.unwrap();
        let file = next_profile(world, 2, SHORTER).await;
        world.configure(Kind::Profile, &file).await;
        let submission = senim::usecases::submit_report::Submission {
            report: world.report("Something."),
            form_token: None,
            channel: "api",
        };
        let done = senim::usecases::submit_report::submit_report(&other, &submission).await.unwrap();
        let case = world.case_of(&done.reference).await;
        assert_eq!(version_of(world, &case).await, 2);
        // One that slept all the while keeps the clocks of a case of that version.
        world.advance_days(30);
        let third = world.another_process();
        assert_eq!(senim::usecases::watch_deadlines::watch_deadlines(&third).await.unwrap(), 1);
        assert_eq!(third.rules().current(ProfileId::Kz).version(), 2);
    });
}

#[test]
fn what_loosens_a_profile_waits_and_the_next_version_cannot_overtake_it_unseen() {
    in_world(async |world| {
        let ctx = patient(world);
        let (one, two) = (world.admin(0), world.admin(1));
        let id = propose(&ctx, Some(one), Kind::Profile, &next_profile(world, 2, LONGER).await).await;
        let decided = approve_change(&ctx, &two.caller, id).await.unwrap();
        let due = world.clock.now().checked_add(SignedDuration::from_hours(72)).unwrap();
        assert_eq!((decided.state, decided.effective_at), (State::Approved, Some(due)));
        assert_eq!(version_of(world, &world.submit("Meanwhile.").await.case).await, 1);
        // A tighter second version comes first: the one that waits is no next version any more.
        let other = propose(&ctx, Some(two), Kind::Profile, &next_profile(world, 2, SHORTER).await).await;
        assert_eq!(approve(&ctx, one, other).await.unwrap(), State::InForce);
        world.advance_days(4);
        assert_eq!(enforce_changes(&ctx).await.unwrap(), 1);
        let row = world
            .owner()
            .await
            .rows(&format!("select state, why from config_changes where id = '{id}'"))
            .await;
        assert_eq!((row[0]["state"].as_str(), row[0]["why"].as_str()), (Some("stale"), Some("unfit")));
        let third = next_profile(world, 3, ("remind_before = 2", "remind_before = 1")).await;
        let id = propose(&ctx, Some(one), Kind::Profile, &third).await;
        assert_eq!(approve(&ctx, two, id).await.unwrap(), State::Approved);
        world.advance_days(4);
        assert_eq!(enforce_changes(&ctx).await.unwrap(), 1);
        assert_eq!(version_of(world, &world.submit("After.").await.case).await, 3);
    });
}

/// A year of the calendar is data: it is agreed on, and what could not be told before is told by the timer, with an entry.
#[test]
fn a_year_of_the_calendar_is_agreed_on_and_moves_no_running_clock() {
    in_world(async |world| {
        world.clock.advance(SignedDuration::from_hours(24 * 392));
        let reporter = world.submit("Late in 2027.").await;
        assert_eq!(clock_due(world, reporter.case, ClockName::Feedback).await, None);
        let triage = clock_due(world, reporter.case, ClockName::Triage).await;
        assert!(triage.is_some());
        let text = export_config(&world.ctx, Kind::Calendar, "kz").await.unwrap();
        let text = text.replacen("\nversion = 1\n", "\nversion = 2\n", 1).replacen("\"2027-12-16\",", "", 1);
        let year = "\n[[years]]\nyear = 2028\nsource = \"a decision\"\noff = [\"2028-01-03\"]\nworked = []\n";
        let ctx = patient(world);
        let (one, two) = (world.sign_in("admin1").await, world.sign_in("admin2").await);
        let id = propose(&ctx, Some(&one), Kind::Calendar, &format!("{text}{year}")).await;
        assert_eq!(
            approve(&ctx, &two, id).await.unwrap(),
            State::InForce,
            "it gives days, and takes one away"
        );
        world.advance_days(1);
        assert_eq!(senim::usecases::watch_deadlines::watch_deadlines(&ctx).await.unwrap(), 1);
        assert!(clock_due(world, reporter.case, ClockName::Feedback).await.is_some());
        assert_eq!(clock_due(world, reporter.case, ClockName::Triage).await, triage);
    });
}

#[test]
fn files_with_mistakes_are_refused_with_every_mistake_by_line() {
    in_app(async |world, app| {
        let one = world.admin(0);
        let wrong = next_profile(world, 2, SHORTER).await.replace("Asia/Almaty", "Asia/Nowhere");
        let wrong = wrong.replace("remind_before = 2", "remind_before = 99").replace("times = 1", "tims = 1");
        let Err(Error::Mistakes(mistakes)) =
            propose_change(&world.ctx, Some(&one.caller), (Kind::Profile, &wrong)).await
        else {
            panic!("mistakes")
        };
        let faults: Vec<Fault> = mistakes.iter().map(|one| one.fault).collect();
        assert_eq!(faults, [Fault::Zone, Fault::Whole, Fault::MemberMissing, Fault::MemberUnknown]);
        assert_eq!(mistakes[0].line, 5);
        for (language, words) in
            [("en", "no time zone"), ("ru", "нет такого часового пояса"), ("kk", "мұндай уақыт белдеуі жоқ")]
        {
            let csrf = app.csrf(one);
            let pages = app.staff_pages(one);
            pages.jar.borrow_mut().insert("senim-language".to_owned(), language.to_owned());
            let page = pages
                .post("/admin/changes", &[("csrf", csrf.as_str()), ("kind", "profile"), ("file", &wrong)])
                .await;
            assert!(page.status == 422 && page.body.contains(words), "{language}: {}", page.body);
            assert!(page.body.contains("Asia/Nowhere"));
        }
        let refused = app
            .staff(one)
            .post(
                "/proposals",
                &json!({"kind": "calendar", "file": "name = 'kz'\nversion = 1\nyears = []\n"}),
            )
            .await
            .expect(422);
        assert_eq!(refused["mistakes"][0]["code"], "version");
        let page = english(app, one).get("/admin/changes").await;
        assert!(page.body.contains("Profiles and calendars in force") && page.body.contains("Kurban Ait"));
    });
}

/// Whoever writes to the database puts no version in force: it is left out, and `senim check` names it.
#[test]
fn a_forged_version_does_not_hold() {
    in_ruined_world(async |world| {
        let file = next_profile(world, 2, LONGER).await;
        let id = propose(&world.ctx, Some(world.admin(0)), Kind::Profile, &file).await;
        let two = world.id("admin2");
        let forge = format!(
            "alter table config_changes disable trigger all; update config_changes set state = 'in_force', \
             approver_id = '{two}', approved_at = now(), effective_at = now(), ended_at = now() where id = '{id}'"
        );
        world.owner().await.run(&forge).await.unwrap();
        let registry = world.ctx.fresh_registry().await.unwrap();
        assert_eq!(version_of(world, &world.submit("Something.").await.case).await, 1);
        assert_eq!(registry.faults, [RowFault::Rules { id }]);
        assert_eq!(forged_changes(&world.ctx).await.unwrap(), 0, "nothing waits");
    });
}
