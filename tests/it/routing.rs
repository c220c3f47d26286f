//! Where a report goes.

use senim::{
    domain::{configuration::Kind, ids::DeskId, role::Role},
    policy::RoleAt,
    usecases::{
        Error,
        confirm_member::confirm_member,
        disable_staff::disable_staff,
        propose_member::{propose_member, what_is_signed},
        submit_report::{Submission, submit_report},
        take_readings::take_readings,
    },
};
use serde_json::json;

use crate::world::{ROUTING, World, in_world};

async fn desk_of(world: &World, answers: serde_json::Value) -> DeskId {
    let reporter = world.submit_report(world.report_with("Something.", answers)).await;
    let query = format!("select desk_id from cases where id = '{}'", reporter.case);
    world.owner().await.value(&query).await.as_str().unwrap().parse().unwrap()
}

async fn staff_independent_desk(world: &World) {
    for login in ["ind1", "ind2"] {
        world.enrol(login, &[RoleAt { role: Role::Triager, desk: Some(world.independent) }]).await;
    }
}

#[test]
fn the_first_rule_that_matches_wins() {
    in_world(async |world| {
        staff_independent_desk(world).await;
        let rules = format!("{ROUTING}1,body,bribery,71,independent\n100,,,,first\n");
        world.configure(Kind::Routing, &rules).await;
        let body = world.body.to_string();
        let full = json!({"body": body, "region": "71"});
        assert_eq!(desk_of(world, full).await, world.independent, "everything matches");
        for answers in [
            json!({"body": body, "region": "75"}),
            json!({"body": body}),
            json!({"region": "71"}),
            json!({"body": body, "region": "71", "category": "merit"}),
            json!({}),
        ] {
            assert_eq!(desk_of(world, answers.clone()).await, world.desk, "{answers}");
        }
    });
}

/// norms.md 8.5, rule 5.
#[test]
fn a_desk_with_fewer_than_two_triagers_gives_way_to_the_independent_one() {
    in_world(async |world| {
        staff_independent_desk(world).await;
        assert_eq!(desk_of(world, json!({})).await, world.desk);
        disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id("tri1")).await.unwrap();
        assert_eq!(desk_of(world, json!({})).await, world.independent);
    });
}

/// Control KZ-64.1-1: a report is taken in even where nobody is there to read it; the recovery key can.
#[test]
fn a_report_is_taken_in_where_nobody_works() {
    in_world(async |world| {
        for login in ["tri1", "tri2"] {
            disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id(login)).await.unwrap();
        }
        let figure = async || take_readings(&world.ctx).await.unwrap().short_of_holders;
        let before = figure().await;
        let reporter = world.submit("Something.").await;
        assert_eq!(figure().await, before, "no figure tells when a report came in");
        assert_eq!(reporter.read().await, "template: acknowledged");
        let mut owner = world.owner().await;
        let holders =
            format!("select holder_kind from case_wraps where case_id = '{}' order by 1", reporter.case);
        let kinds: Vec<_> = owner.rows(&holders).await.iter().map(|row| row["holder_kind"].clone()).collect();
        assert_eq!(kinds, ["recovery", "reporter"]);
        let alarm = "audit.entries where acts @> array['report.received', 'holders.short']";
        assert_eq!(owner.count(alarm).await, 1);
    });
}

/// A process whose cache is old notices at the statement that writes: nobody who left is wrapped to, whoever came is.
#[test]
fn a_change_of_the_directory_between_cache_and_intake_is_noticed() {
    in_world(async |world| {
        world.submit("This fills the cache.").await;
        let other = world.another_process();
        let leaver = world.id("tri1");
        disable_staff(&other, Some(&world.admin(0).caller), leaver).await.unwrap();
        let comer = {
            let roles = [RoleAt { role: Role::Triager, desk: Some(world.desk) }];
            let id = world.invite("tri3", &roles).await;
            let shown = what_is_signed(&other, id).await.unwrap();
            propose_member(&other, &world.admin(0).caller, id, &shown).await.unwrap();
            confirm_member(&other, &world.admin(1).caller, id, &shown).await.unwrap();
            id
        };
        let reporter = world.submit("After the change.").await;
        let mut owner = world.owner().await;
        for (who, wanted) in [(leaver, 0), (comer, 1)] {
            let wraps = format!("case_wraps where case_id = '{}' and holder_id = '{who}'", reporter.case);
            assert_eq!(owner.count(&wraps).await, wanted);
        }
    });
}

/// What the database refuses, it writes into its own log with the time: a body that nobody knows is looked up first.
#[test]
fn a_report_about_an_unknown_body_is_refused_before_the_database_has_to() {
    in_world(async |world| {
        // A sequence counts also what is rolled back.
        let counting = "create sequence tried; \
            create function count_tries() returns trigger language plpgsql security definer as \
            $$ begin perform nextval('tried'); return new; end $$; \
            create trigger count_tries before insert on cases for each row execute function count_tries()";
        let mut owner = world.owner().await;
        owner.run(counting).await.unwrap();
        let unknown = json!({"body": "11111111-1111-4111-8111-111111111111"});
        let report = world.report_with("Something.", unknown);
        let outcome =
            submit_report(&world.ctx, &Submission { report, form_token: None, channel: "api" }).await;
        let Err(Error::Invalid(fields)) = outcome else { panic!("a body that nobody knows") };
        assert_eq!((fields[0].field, fields[0].code), ("body", "unknown_value"));
        let tried = "select case when is_called then last_value else 0 end from tried";
        assert_eq!(owner.value(tried).await, 0, "the database was asked to fail");
        world.submit_report(world.report_with("Something.", json!({"body": world.body.to_string()}))).await;
        assert_eq!(owner.value(tried).await, 1);
    });
}
