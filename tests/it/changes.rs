//! Changes of the configuration: four eyes, the delay of what loosens, what no longer fits, and the database as second guard
//! (control AUD-6; norms.md 8.5, rule 9).

use std::time::Duration;

use jiff::SignedDuration;
use senim::{
    domain::{
        configuration::{Kind, State},
        ids::ChangeId,
        text::Reasons,
    },
    usecases::{
        Context, Error,
        approve_change::approve_change,
        authentic::forged_changes,
        disable_staff::disable_staff,
        enforce_changes::enforce_changes,
        export_config::export_config,
        list_changes::{list_changes, open_change},
        propose_change::propose_change,
        refuse_change::refuse_change,
    },
};
use serde_json::{Value, json};

use crate::{
    database::bytes,
    people::StaffActor,
    world::{ROUTING, World, in_ruined_world, in_world},
};

/// The first line of a file of bodies.
pub const BODIES: &str = "code,parent,region,name_kk,name_ru,name_en\n";
/// The hours of the delay that is tested.
const HOURS: i64 = 72;

/// A process of the instance whose loosening changes wait.
pub fn patient(world: &World) -> Context {
    let mut ctx = world.another_process();
    ctx.loosening = Duration::from_secs(72 * 3600);
    ctx
}

/// Rules that send everything to the independent desk.
pub fn elsewhere() -> String {
    format!("{ROUTING}100,,,,independent\n")
}

/// Somebody, or the operator, proposes a file.
pub async fn propose(ctx: &Context, by: Option<&StaffActor>, kind: Kind, text: &str) -> ChangeId {
    propose_change(ctx, by.map(|by| &by.caller), (kind, text)).await.unwrap().id
}

/// Somebody approves.
pub async fn approve(ctx: &Context, by: &StaffActor, id: ChangeId) -> Result<State, Error> {
    Ok(approve_change(ctx, &by.caller, id).await?.state)
}

async fn state_of(world: &World, id: ChangeId) -> (String, Value) {
    let row =
        world.owner().await.rows(&format!("select state, why from config_changes where id = '{id}'")).await;
    (row[0]["state"].as_str().unwrap().to_owned(), row[0]["why"].clone())
}

/// Acts of the instance's entries that name the file of a change, in order, with who caused each.
async fn acts_about(world: &World, id: ChangeId) -> Vec<(Vec<String>, String)> {
    let query = format!(
        "select body from audit.entries where obj_kind = 'instance' and convert_from(body, 'UTF8')::jsonb #>> '{{cm,config}}' \
         = (select encode(digest, 'hex') from config_changes where id = '{id}') order by n"
    );
    let rows = world.owner().await.rows(&query).await;
    let entry = |row: &Value| {
        let body: Value = serde_json::from_slice(&bytes(&row["body"])).unwrap();
        let acts = body["acts"].as_array().unwrap().iter().map(|act| act.as_str().unwrap().to_owned());
        assert_eq!(body.get("sig").is_some(), body["by"]["k"] == "staff", "who decides signs");
        (acts.collect(), body["by"]["k"].as_str().unwrap().to_owned())
    };
    rows.iter().map(entry).collect()
}

fn told(acts: &[(Vec<String>, String)]) -> Vec<String> {
    acts.iter().map(|(acts, by)| format!("{}: {by}", acts.join("+"))).collect()
}

/// Control AUD-6: two people, and the record proves on what they agreed.
#[test]
fn aud_6_a_change_of_the_configuration_takes_two_people() {
    in_world(async |world| {
        let (one, two) = (world.admin(0), world.admin(1));
        let id = propose(&world.ctx, Some(one), Kind::Routing, &elsewhere()).await;
        assert!(matches!(approve(&world.ctx, one, id).await, Err(Error::Forbidden)));
        let reporter = world.submit("Before.").await;
        assert_eq!(desk_of(world, &reporter.case.to_string()).await, world.desk.to_string());
        assert_eq!(approve(&world.ctx, two, id).await.unwrap(), State::InForce);
        assert!(matches!(approve(&world.ctx, two, id).await, Err(Error::ProposalStale)));
        assert_eq!(
            told(&acts_about(world, id).await),
            ["config.proposed: staff", "config.approved+config.changed: staff"]
        );
        assert_eq!(export_config(&world.ctx, Kind::Routing, "").await.unwrap(), elsewhere());
        // The operator is nobody by name: two administrators.
        let back = format!("{ROUTING}101,,,,first\n");
        let id = propose(&world.ctx, None, Kind::Routing, &back).await;
        assert_eq!(approve(&world.ctx, one, id).await.unwrap(), State::Pending);
        assert!(matches!(approve(&world.ctx, one, id).await, Err(Error::Forbidden)));
        assert_eq!(approve(&world.ctx, two, id).await.unwrap(), State::InForce);
        assert_eq!(
            told(&acts_about(world, id).await),
            ["config.proposed: system", "config.approved: staff", "config.approved+config.changed: staff"]
        );
    });
}

/// The desk that has a case.
pub async fn desk_of(world: &World, case: &str) -> String {
    let desk = world.owner().await.value(&format!("select desk_id from cases where id = '{case}'")).await;
    desk.as_str().unwrap().to_owned()
}

/// norms.md 8.5, rule 9: what loosens waits 72 hours and is seen by oversight; what tightens acts at once.
#[test]
fn what_loosens_waits_and_what_tightens_acts_at_once() {
    in_world(async |world| {
        let ctx = patient(world);
        let (one, two) = (world.admin(0), world.admin(1));
        let id = propose(&ctx, Some(one), Kind::Routing, &elsewhere()).await;
        let decided = approve_change(&ctx, &two.caller, id).await.unwrap();
        let due = world.clock.now().checked_add(SignedDuration::from_hours(HOURS)).unwrap();
        assert_eq!((decided.state, decided.effective_at), (State::Approved, Some(due)));
        let renamed = format!("{BODIES}body,,,Жаңа,Новый,New\n");
        let other = propose(&ctx, Some(two), Kind::Bodies, &renamed).await;
        assert_eq!(approve(&ctx, one, other).await.unwrap(), State::InForce, "a name loosens nothing");
        world.advance(SignedDuration::from_hours(HOURS - 1));
        assert_eq!(enforce_changes(&ctx).await.unwrap(), 0);
        assert_eq!(export_config(&ctx, Kind::Routing, "").await.unwrap(), format!("{ROUTING}100,,,,first\n"));
        // A week's outage, then several processes at once: once.
        world.advance_days(7);
        let (first, second) = (patient(world), patient(world));
        let both = futures_util::future::join(enforce_changes(&first), enforce_changes(&second)).await;
        assert_eq!(both.0.unwrap() + both.1.unwrap(), 1);
        assert_eq!(enforce_changes(&ctx).await.unwrap(), 0);
        assert_eq!(export_config(&ctx, Kind::Routing, "").await.unwrap(), elsewhere());
        assert_eq!(
            told(&acts_about(world, id).await),
            ["config.proposed: staff", "config.approved: staff", "config.changed: timer"]
        );
    });
}

#[test]
fn a_change_that_waits_can_be_stopped_by_one_person() {
    in_world(async |world| {
        let ctx = patient(world);
        let (one, two) = (world.admin(0), world.admin(1));
        let id = propose(&ctx, Some(one), Kind::Routing, &elsewhere()).await;
        approve(&ctx, two, id).await.unwrap();
        let reasons = Reasons::parse("The new desk is not ready.", 100).unwrap();
        refuse_change(&ctx, &one.caller, id, &reasons).await.unwrap();
        assert!(matches!(refuse_change(&ctx, &two.caller, id, &reasons).await, Err(Error::ProposalStale)));
        world.advance_days(9);
        assert_eq!(enforce_changes(&ctx).await.unwrap(), 0);
        assert_eq!(state_of(world, id).await.0, "refused");
        assert_eq!(
            told(&acts_about(world, id).await),
            ["config.proposed: staff", "config.approved: staff", "config.refused: staff"]
        );
        let opened = open_change(&ctx, &two.caller, id).await.unwrap();
        assert_eq!(opened.listed.row.reasons.as_deref(), Some("The new desk is not ready."));
        assert_eq!(opened.listed.refuser.as_deref(), Some("admin1"));
    });
}

#[test]
fn what_no_longer_fits_goes_out_of_date_with_the_reason() {
    in_world(async |world| {
        let ctx = patient(world);
        let (one, two) = (world.admin(0), world.admin(1));
        let late = propose(&ctx, Some(one), Kind::Routing, &elsewhere()).await;
        let waits = propose(&ctx, Some(one), Kind::Routing, &format!("{ROUTING}7,,,,independent\n")).await;
        approve(&ctx, two, waits).await.unwrap();
        // The same rule at another place is no loosening, and overtakes both.
        world.configure(Kind::Routing, &format!("{ROUTING}90,,,,first\n")).await;
        assert!(matches!(approve(&ctx, two, late).await, Err(Error::ProposalStale)));
        assert_eq!(enforce_changes(&ctx).await.unwrap(), 1);
        for id in [late, waits] {
            assert_eq!(state_of(world, id).await, ("stale".to_owned(), json!("overtaken")));
        }
        // A body that the rules name is gone before they come in force.
        world.configure(Kind::Bodies, &format!("{BODIES}body,,,n,n,n\nother,,,n,n,n\n")).await;
        let unfit =
            propose(&ctx, Some(one), Kind::Routing, &format!("{ROUTING}1,other,,,independent\n")).await;
        world.configure(Kind::Bodies, &format!("{BODIES}body,,,n,n,n\n")).await;
        assert!(matches!(approve(&ctx, two, unfit).await, Err(Error::ProposalStale)));
        assert_eq!(state_of(world, unfit).await, ("stale".to_owned(), json!("unfit")));
        let last = acts_about(world, unfit).await.pop().unwrap();
        assert_eq!(told(&[last]), ["config.stale: staff"]);
        // Who proposed has left.
        world
            .enrol(
                "admin3",
                &[senim::policy::RoleAt { role: senim::domain::role::Role::Administrator, desk: None }],
            )
            .await;
        let third = world.sign_in("admin3").await;
        let left = propose(&ctx, Some(&third), Kind::Routing, &elsewhere()).await;
        disable_staff(&world.ctx, Some(&one.caller), world.id("admin3")).await.unwrap();
        assert!(matches!(approve(&ctx, two, left).await, Err(Error::ProposalStale)));
        assert_eq!(state_of(world, left).await, ("stale".to_owned(), json!("left")));
    });
}

/// A body that something refers to is closed, not removed; it opens again under the same id.
#[test]
fn a_body_in_use_is_closed_and_not_removed() {
    in_world(async |world| {
        let all = format!("{BODIES}body,,,n,n,n\ntop,,,n,n,n\nschool,top,71,n,n,n\nloose,,,n,n,n\n");
        world.configure(Kind::Bodies, &all).await;
        let school = world.ctx.store.read(async |db| db.body_of_code("school").await).await.unwrap().unwrap();
        let about = json!({"body": school.id.to_string()});
        world.submit_report(world.report_with("Something.", about.clone())).await;
        world.configure(Kind::Bodies, &format!("{BODIES}body,,,n,n,n\n")).await;
        let rows = world.owner().await.rows("select code, closed from bodies order by code").await;
        let left: Vec<_> = rows
            .iter()
            .map(|row| (row["code"].as_str().unwrap(), row["closed"].as_bool().unwrap()))
            .collect();
        assert_eq!(left, [("body", false), ("school", true), ("top", true)]);
        let report = world.report_with("Something else.", about);
        let submission =
            senim::usecases::submit_report::Submission { report, form_token: None, channel: "api" };
        let refused = senim::usecases::submit_report::submit_report(&world.ctx, &submission).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
        world.configure(Kind::Bodies, &all).await;
        let again = world.ctx.store.read(async |db| db.body_of_code("school").await).await.unwrap().unwrap();
        assert_eq!((again.id, again.closed), (school.id, false));
    });
}

/// Control AUD-6: the database refuses bodies, rules and desks without a change that two people agreed on.
#[test]
fn aud_6_the_database_refuses_a_change_that_one_person_made() {
    in_world(async |world| {
        let id = propose(&world.ctx, Some(world.admin(0)), Kind::Routing, &elsewhere()).await;
        let (one, two) = (world.id("admin1"), world.id("admin2"));
        let mut app = world.app().await;
        for sql in [
            "delete from routing_rules".to_owned(),
            "update routing_rules set category = 'merit'".to_owned(),
            "update bodies set parent_id = null".to_owned(),
            "delete from bodies where false".to_owned(),
            format!(
                "update config_changes set state = 'approved', approver_id = '{one}', approved_at = now(), effective_at = now() where id = '{id}'"
            ),
            format!("update config_changes set state = 'in_force', ended_at = now() where id = '{id}'"),
            format!("update config_changes set payload = 'x', digest = sha256('x') where id = '{id}'"),
            format!("update config_changes set proposer_id = '{two}' where id = '{id}'"),
            "delete from config_changes".to_owned(),
        ] {
            let said = app.refused(&sql).await;
            let why = ["two people", "two_people", "agreed", "never changed", "permission denied"];
            assert!(why.iter().any(|why| said.contains(why)), "{sql}: {said}");
        }
        // Agreed by two, but without an entry that says so.
        let said = app
            .refused(&format!(
                "update config_changes set state = 'in_force', approver_id = '{two}', approved_at = now(), \
                 effective_at = now(), ended_at = now() where id = '{id}'"
            ))
            .await;
        assert!(said.contains("without an entry"), "{said}");
    });
}

/// Whoever writes to the database brings nothing in force: a row that the server did not write is left alone.
#[test]
fn a_forged_approval_comes_to_nothing() {
    in_ruined_world(async |world| {
        let ctx = patient(world);
        let id = propose(&ctx, Some(world.admin(0)), Kind::Routing, &elsewhere()).await;
        let two = world.id("admin2");
        let forge = format!(
            "alter table config_changes disable trigger all; update config_changes set state = 'approved', \
             approver_id = '{two}', approved_at = '2026-01-01', effective_at = '2026-01-01' where id = '{id}'"
        );
        assert_eq!(forged_changes(&ctx).await.unwrap(), 0);
        world.owner().await.run(&forge).await.unwrap();
        assert_eq!(forged_changes(&ctx).await.unwrap(), 1);
        assert_eq!(enforce_changes(&ctx).await.unwrap(), 0);
        assert_eq!(state_of(world, id).await.0, "approved");
        assert!(matches!(approve(&ctx, world.admin(1), id).await, Err(Error::Sealed(_))));
        assert_eq!(export_config(&ctx, Kind::Routing, "").await.unwrap(), format!("{ROUTING}100,,,,first\n"));
    });
}

#[test]
fn nothing_waits_before_the_first_desk_and_files_with_mistakes_are_told() {
    in_world(async |world| {
        let (ctx, one) = (&world.ctx, world.admin(0));
        let wrong = format!("{ROUTING}1,nobody,weather,,first\n1,,,,nowhere\n");
        let Err(Error::Mistakes(mistakes)) =
            propose_change(ctx, Some(&one.caller), (Kind::Routing, &wrong)).await
        else {
            panic!("mistakes")
        };
        let told: Vec<_> = mistakes.iter().map(|one| (one.line, one.fault.code())).collect();
        assert_eq!(
            told,
            [(2, "body_unknown"), (2, "category_unknown"), (3, "desk_unknown"), (3, "position_twice")]
        );
        let same = export_config(ctx, Kind::Desks, "").await.unwrap();
        let unchanged = propose_change(ctx, None, (Kind::Desks, &same)).await;
        assert!(matches!(unchanged, Err(Error::Invalid(_))));
        let founding = world
            .owner()
            .await
            .rows("select approved_at = effective_at as at_once from config_changes")
            .await;
        assert!(founding.len() == 3 && founding.iter().all(|row| row["at_once"] == true));
        assert!(list_changes(ctx, &one.caller).await.unwrap().ended.len() == 3);
    });
}
