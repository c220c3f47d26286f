//! Giving a colleague a part in a case, and taking it.

use senim::{
    domain::{
        case::{status::Status, step::Step},
        ids::CaseId,
        role::Role,
    },
    policy::{Capacity, RoleAt},
    usecases::{
        Error, disable_staff::disable_staff, give_access::give_access, part::Part,
        reinvite_staff::reinvite_staff, take_access::take_access,
    },
};
use serde_json::json;

use crate::{
    app::in_app,
    facts::{assessed, enough, with},
    http_desk::{english, send, told},
    people::{ReporterActor, StaffActor},
    world::{World, in_world},
};

use Capacity::{Investigator, Lead, Reviewer, Triager};

async fn give(
    world: &World,
    by: &StaffActor,
    case: CaseId,
    to: &str,
    capacity: Capacity,
) -> Result<(), Error> {
    give_access(&world.ctx, &by.caller, case, Part { staff: world.id(to), capacity }).await
}

async fn take(world: &World, by: &StaffActor, case: CaseId, from: &str) -> Result<(), Error> {
    take_access(&world.ctx, &by.caller, case, world.id(from)).await
}

/// The field that a refusal is about.
fn field(outcome: Result<(), Error>) -> &'static str {
    match outcome {
        Err(Error::Invalid(fields)) => fields[0].field,
        other => panic!("{other:?}"),
    }
}

/// A case under investigation: its triager, its lead, its reviewer.
async fn investigated(world: &World) -> (ReporterActor, StaffActor, StaffActor, StaffActor) {
    let reporter = world.submit("Something.").await;
    let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
    let reviewer = world.sign_in("rev1").await;
    for (by, step) in [(&triager, Step::Open), (&triager, Step::Assign), (&lead, Step::Start)] {
        world.drive(reporter.case, by, step, &reviewer).await;
    }
    (reporter, triager, lead, reviewer)
}

async fn without_lead(world: &World) -> usize {
    let cases: Result<_, Error> =
        world.ctx.store.read(async |db| Ok(db.cases_without_lead(100).await?)).await;
    cases.unwrap().len()
}

#[test]
fn a_case_whose_lead_leaves_gets_a_new_one_who_reads_after_attesting() {
    in_world(async |world| {
        let (reporter, triager, lead, reviewer) = investigated(world).await;
        let case = reporter.case;
        assert!(!triager.open(case).await.unwrap().leaderless);
        assert_eq!(without_lead(world).await, 0);
        lead.recuse(case).await.unwrap();
        assert!(triager.open(case).await.unwrap().leaderless, "it is said");
        assert_eq!(without_lead(world).await, 1, "and found");
        give(world, &triager, case, "inv2", Lead).await.unwrap();
        assert_eq!(without_lead(world).await, 0);
        let next = world.sign_in("inv2").await;
        let opened = next.open(case).await.unwrap();
        assert!(opened.content.is_none() && !opened.keys_awaited, "not before the attestation");
        let submit = || enough(Status::Investigation, Step::Submit, next.id(), "some");
        assert!(matches!(next.step(case, Step::Submit, submit()).await, Err(Error::Forbidden)));
        next.attest(case).await;
        assert!(next.read(case).await.contains("Something."));
        assert_eq!(next.take(case, Step::Submit, submit()).await, Status::FindingsReview);
        reviewer.read(case).await;
        let given = format!(
            "audit.entries e join cases c on c.audit_id = e.obj_id where c.id = '{case}' \
             and e.acts = array['grant.added']"
        );
        assert_eq!(world.owner().await.count(&given).await, 1);
    });
}

/// While a question of the lead's waits, the answer leads back to them: the case needs them there, too.
#[test]
fn a_lead_who_lost_their_place_or_their_keys_is_missed() {
    in_world(async |world| {
        let (reporter, triager, lead, _) = investigated(world).await;
        let case = reporter.case;
        lead.take(case, Step::Ask, json!({"question": "Where?"})).await;
        reinvite_staff(&world.ctx, Some(&world.admin(0).caller), lead.id()).await.unwrap();
        assert!(triager.open(case).await.unwrap().leaderless && without_lead(world).await == 1);
        give(world, &triager, case, "inv2", Lead).await.unwrap();
        disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id("inv2")).await.unwrap();
        assert!(triager.open(case).await.unwrap().leaderless && without_lead(world).await == 1);
    });
}

/// Where triagers and lead are gone, those who are left find a new lead; before, it is not theirs to do.
#[test]
fn an_investigator_finds_a_lead_only_for_a_case_without_one() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let (other, reviewer) = (world.sign_in("inv2").await, world.sign_in("rev1").await);
        world.enrol("inv3", &[RoleAt { role: Role::Investigator, desk: Some(world.desk) }]).await;
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let assign = json!({"lead": lead.id().to_string(), "investigators": [other.id().to_string()]});
        triager.take(case, Step::Assign, with(assessed(), assign)).await;
        other.attest(case).await;
        for login in ["tri1", "tri2"] {
            disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id(login)).await.unwrap();
        }
        let early = give(world, &other, case, "inv3", Lead).await;
        assert!(matches!(early, Err(Error::Forbidden)), "{early:?}");
        lead.recuse(case).await.unwrap();
        give(world, &other, case, "inv3", Lead).await.unwrap();
        let next = world.sign_in("inv3").await;
        next.attest(case).await;
        assert!(next.read(case).await.contains("Something."));
        assert!(matches!(give(world, &other, case, "inv1", Lead).await, Err(Error::Forbidden)));
    });
}

#[test]
fn a_part_is_given_to_nobody_whom_it_does_not_fit() {
    in_world(async |world| {
        let (reporter, triager, lead, reviewer) = investigated(world).await;
        let case = reporter.case;
        let elsewhere = [RoleAt { role: Role::Investigator, desk: Some(world.independent) }];
        world.enrol("elsewhere", &elsewhere).await;
        let many = [Role::Investigator, Role::Reviewer, Role::Triager];
        world.enrol("many", &many.map(|role| RoleAt { role, desk: Some(world.desk) })).await;
        world.invite("newcomer", &[RoleAt { role: Role::Investigator, desk: Some(world.desk) }]).await;
        for (to, capacity) in [
            ("elsewhere", Investigator),
            ("newcomer", Investigator),
            ("admin1", Investigator),
            ("rev1", Lead),
            ("rev1", Investigator),
            ("inv2", Reviewer),
            ("inv1", Lead),
            ("tri1", Investigator),
            ("tri2", Triager),
        ] {
            assert_eq!(field(give(world, &triager, case, to, capacity).await), "staff", "{to}");
        }
        assert_eq!(
            field(give(world, &triager, case, "inv1", Investigator).await),
            "capacity",
            "still the lead"
        );
        let officer = give(world, &triager, case, "inv2", Capacity::ProtectionOfficer).await;
        assert_eq!(field(officer), "capacity");
        // Whoever worked on it does not review it, also when they are let go.
        give(world, &lead, case, "many", Investigator).await.unwrap();
        assert_eq!(field(give(world, &triager, case, "many", Reviewer).await), "staff");
        take(world, &lead, case, "many").await.unwrap();
        assert_eq!(field(give(world, &triager, case, "many", Reviewer).await), "staff");
        // Nor does whoever approved a step of it work on it; nobody who stepped back is given it.
        take(world, &triager, case, "rev1").await.unwrap();
        assert_eq!(field(give(world, &triager, case, "rev1", Lead).await), "staff");
        give(world, &triager, case, "rev1", Reviewer).await.unwrap();
        reviewer.attest(case).await;
        reviewer.recuse(case).await.unwrap();
        assert_eq!(field(give(world, &triager, case, "rev1", Reviewer).await), "staff");
        let fresh = world.submit("Another.").await.case;
        triager.attest(fresh).await;
        assert_eq!(
            field(give(world, &triager, fresh, "inv2", Lead).await),
            "capacity",
            "nobody leads it yet"
        );
    });
}

/// Who may not give or take learns nothing; who holds the case without having attested does neither.
#[test]
fn parts_are_given_and_taken_by_triagers_and_the_lead_who_attested() {
    in_world(async |world| {
        let (reporter, triager, lead, reviewer) = investigated(world).await;
        let case = reporter.case;
        let (stranger, unattested) = (world.sign_in("inv2").await, world.sign_in("tri2").await);
        for outcome in [
            give(world, &stranger, case, "inv1", Investigator).await,
            take(world, &stranger, case, "inv1").await,
        ] {
            assert!(matches!(outcome, Err(Error::NotFound)), "{outcome:?}");
        }
        for by in [&reviewer, &unattested] {
            let given = give(world, by, case, "inv2", Investigator).await;
            assert!(matches!(given, Err(Error::Forbidden)), "{given:?}");
            let taken = take(world, by, case, "inv1").await;
            assert!(matches!(taken, Err(Error::Forbidden)), "{taken:?}");
        }
        give(world, &lead, case, "inv2", Investigator).await.unwrap();
        let judge = take(world, &lead, case, "rev1").await;
        assert!(matches!(judge, Err(Error::Forbidden)), "the lead does not choose who checks them");
        for who in ["tri1", "admin1"] {
            assert_eq!(
                field(take(world, &triager, case, who).await),
                "staff",
                "oneself, and who has no part"
            );
        }
        assert!(lead.open(case).await.unwrap().removable.contains(&world.id("inv2")));
        assert!(!lead.open(case).await.unwrap().removable.contains(&world.id("rev1")));
        assert!(reviewer.open(case).await.unwrap().removable.is_empty());
    });
}

#[test]
fn a_part_that_was_taken_opens_nothing_more_and_given_again_asks_for_a_new_attestation() {
    in_world(async |world| {
        let (reporter, triager, lead, _) = investigated(world).await;
        let case = reporter.case;
        give(world, &triager, case, "inv2", Investigator).await.unwrap();
        let other = world.sign_in("inv2").await;
        other.attest(case).await;
        other.read(case).await;
        let pause = enough(Status::Investigation, Step::Pause, lead.id(), "some");
        let proposal = lead.propose(case, Step::Pause, pause).await;
        take(world, &triager, case, "inv2").await.unwrap();
        assert!(matches!(other.open(case).await, Err(Error::NotFound)));
        let held = format!("case_wraps where case_id = '{case}' and holder_id = '{}'", other.id());
        assert_eq!(world.owner().await.count(&held).await, 0);
        let state = format!("select state from proposals where id = '{proposal}'");
        assert_eq!(world.owner().await.value(&state).await, "stale", "it was of the epoch that ended");
        reporter.write("After.").await.unwrap();
        assert!(triager.read(case).await.contains("After."));
        give(world, &triager, case, "inv2", Investigator).await.unwrap();
        assert!(other.open(case).await.unwrap().content.is_none(), "attest again");
        other.attest(case).await;
        assert!(other.read(case).await.contains("After."));
        take(world, &triager, case, "inv1").await.unwrap();
        assert!(triager.open(case).await.unwrap().leaderless);
        give(world, &triager, case, "inv2", Lead).await.unwrap();
        assert!(
            !triager.open(case).await.unwrap().leaderless,
            "an investigator of the case becomes its lead"
        );
        other.read(case).await;
    });
}

/// The database is the second guard.
#[test]
fn the_database_keeps_a_recusal_and_the_two_sides_apart() {
    in_world(async |world| {
        let (reporter, triager, lead, _) = investigated(world).await;
        let case = reporter.case;
        let mut owner = world.owner().await;
        let both = format!(
            "update case_grants set capacity = 'reviewer' where case_id = '{case}' and staff_id = '{}'",
            lead.id()
        );
        let refused = owner
            .refused(&format!("begin; alter table case_grants disable trigger must_mention; {both}; commit"))
            .await;
        assert!(refused.contains("does not review it"), "{refused}");
        triager.recuse(case).await.unwrap();
        let back = format!(
            "update case_grants set recused_on = null where case_id = '{case}' and staff_id = '{}'",
            triager.id()
        );
        let refused = owner.refused(&back).await;
        assert!(refused.contains("not given the case again"), "{refused}");
    });
}

#[test]
fn the_api_gives_and_takes_a_part() {
    in_app(async |world, app| {
        let (reporter, triager, _, _) = investigated(world).await;
        let (api, other) = (app.staff(&triager), world.id("inv2"));
        let grants = format!("/cases/{}/grants", reporter.case);
        let part = json!({"staff": other.to_string(), "capacity": "investigator"});
        api.post(&grants, &part).await.expect(204);
        let again = api.post(&grants, &part).await;
        assert_eq!(
            (again.refused(422).as_str(), again.faults()),
            ("invalid", vec!["staff not_allowed_here".to_owned()])
        );
        let odd = json!({"staff": other.to_string(), "capacity": "king"});
        assert_eq!(api.post(&grants, &odd).await.faults(), ["capacity unknown_value"]);
        let shown = api.get(&format!("/cases/{}", reporter.case)).await.expect(200);
        let grant = shown["grants"].as_array().unwrap().iter().find(|one| one["login"] == "inv2").unwrap();
        assert_eq!((&grant["living"], &grant["attested"]), (&json!(true), &json!(false)));
        api.delete(&format!("{grants}/{other}")).await.expect(204);
        assert_eq!(api.delete(&format!("{grants}/{other}")).await.refused(422), "invalid");
        api.delete(&format!("{grants}/{}", world.id("inv1"))).await.expect(204);
        let shown = api.get(&format!("/cases/{}", reporter.case)).await.expect(200);
        assert_eq!((&shown["without_lead"], &shown["lead"]), (&json!(true), &json!(null)));
    });
}

#[test]
fn the_page_gives_and_takes_a_part_and_keeps_what_was_chosen() {
    in_app(async |world, app| {
        let (reporter, triager, lead, _) = investigated(world).await;
        let (pages, csrf) = (english(app, &triager), app.csrf(&triager));
        let case = format!("/staff/cases/{}", reporter.case);
        lead.recuse(reporter.case).await.unwrap();
        let page = pages.get(&case).await;
        assert!(page.body.contains("class=\"alarm\"") && page.body.contains(&format!("{case}/people")));
        let other = world.id("inv2").to_string();
        let chosen = [("csrf", csrf.as_str()), ("staff", other.as_str()), ("capacity", "reviewer")];
        let refused = pages.post(&format!("{case}/people"), &chosen).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains(&format!("value=\"{other}\" selected")), "{}", refused.body);
        assert!(refused.body.contains("href=\"#staff\""), "{}", refused.body);
        let nothing = pages.post(&format!("{case}/people"), &[("csrf", &csrf)]).await;
        assert!(nothing.status == 422 && nothing.body.contains("href=\"#capacity\""));
        let part = [("csrf", csrf.as_str()), ("staff", other.as_str()), ("capacity", "lead")];
        let given = send(&pages, &format!("{case}/people"), &part).await;
        assert!(told(&given).unwrap().starts_with("The part is given."));
        assert!(!given.body.contains("class=\"alarm\""));
        let removal = [("csrf", csrf.as_str()), ("staff", other.as_str())];
        let taken = send(&pages, &format!("{case}/removals"), &removal).await;
        assert!(told(&taken).unwrap().starts_with("The part is taken."));
        assert!(taken.body.contains("class=\"alarm\""));
        assert!(taken.body.contains("The lock was changed 2 times"), "{}", taken.body);
        assert_eq!(pages.post(&format!("{case}/removals"), &[("csrf", &csrf)]).await.status, 404);
    });
}
