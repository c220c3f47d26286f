//! A case that is damaged, and lists that are too long: neither keeps the rest from whoever needs it.

use senim::{
    domain::{
        case::{status::Status, step::Step},
        ids::CaseId,
        role::Role,
    },
    policy::RoleAt,
    usecases::{
        expire_questions::expire_questions,
        oversee::{OversightList, SHOWN, oversee},
        watch_deadlines::watch_deadlines,
    },
};

use crate::{
    app::in_app,
    http_desk::english,
    world::{World, in_planted_world},
};

/// Writes into the rows of cases past every trigger, as a fault of the disk would.
async fn damage(world: &World, set: &str) {
    let sql = format!(
        "begin; alter table cases disable trigger all; update cases set {set}; alter table cases enable trigger all; commit"
    );
    world.owner().await.run(&sql).await.unwrap();
}

/// The first and the last of cases by id: the round goes in that order.
fn ends(cases: &[CaseId]) -> (CaseId, CaseId) {
    (*cases.iter().min().unwrap(), *cases.iter().max().unwrap())
}

#[test]
fn a_damaged_case_is_left_for_the_next_round_of_deadlines_and_the_others_go_on() {
    in_planted_world(async |world| {
        let mut cases = Vec::new();
        for _ in 0..3 {
            cases.push(world.submit("Something.").await.case);
        }
        let (first, _) = ends(&cases);
        world.advance_days(4);
        let sound =
            world.owner().await.value(&format!("select clocks from cases where id = '{first}'")).await;
        damage(world, &format!("clocks = 'torn' where id = '{first}'")).await;
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 2);
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 0);
        damage(world, &format!("clocks = '{}' where id = '{first}'", sound.as_str().unwrap())).await;
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 1, "it was not forgotten");
    });
}

#[test]
fn a_damaged_case_is_left_for_the_next_round_of_questions_and_the_others_go_on() {
    in_planted_world(async |world| {
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        let mut cases = Vec::new();
        for _ in 0..2 {
            let case = world.submit("Something.").await.case;
            world.drive(case, &triager, Step::Open, &reviewer).await;
            world.drive(case, &triager, Step::Ask, &reviewer).await;
            cases.push(case);
        }
        world.advance_days(60);
        let (first, last) = ends(&cases);
        damage(world, &format!("origin_status = 'nowhere' where id = '{first}'")).await;
        assert_eq!(expire_questions(&world.ctx).await.unwrap(), 1);
        assert_eq!(world.status(last).await, Status::Triage);
        damage(world, &format!("origin_status = 'triage' where id = '{first}'")).await;
        assert_eq!(expire_questions(&world.ctx).await.unwrap(), 1, "it was not forgotten");
    });
}

/// Oversight is told, on the page and over the API, that a list is longer than what it is shown.
#[test]
fn a_list_of_oversight_that_is_cut_says_so() {
    in_app(async |world, app| {
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let overseer = world.sign_in("over1").await;
        world.submit("Something.").await;
        world.advance_days(4);
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 1);
        let whole = oversee(&world.ctx, &overseer.caller).await.unwrap();
        assert_eq!((whole.open.len(), whole.cut.len()), (1, 0));
        let more = format!(
            "begin; alter table oversight_matters disable trigger all; \
             insert into oversight_matters (id, case_id, kind, clock, arisen_on) \
             select gen_random_uuid(), case_id, kind, clock, arisen_on from oversight_matters, generate_series(1, {SHOWN}); \
             alter table oversight_matters enable trigger all; commit"
        );
        world.owner().await.run(&more).await.unwrap();
        let overseer = world.sign_in("over1").await;
        let cut = oversee(&world.ctx, &overseer.caller).await.unwrap();
        assert_eq!((cut.open.len(), cut.cut.as_slice()), (SHOWN, [OversightList::Open].as_slice()));
        let page = english(app, &overseer).get("/staff/oversight").await;
        assert!(page.body.contains("Only 500 are shown"), "{}", page.body);
        let seen = app.staff(&overseer).get("/oversight").await.expect(200);
        assert_eq!(seen["cut"], serde_json::json!(["open"]));
        world
            .owner()
            .await
            .run(
                "alter table oversight_matters disable trigger all; \
             delete from oversight_matters where ctid <> (select min(ctid) from oversight_matters)",
            )
            .await
            .unwrap();
    });
}
