//! Whoever newly comes to cases does so after a delay, and oversight sees it before (norms.md 8.5, rule 9).

use jiff::SignedDuration;
use senim::{
    domain::{
        ids::{DeskId, StaffId},
        role::{Role, RoleAt},
    },
    usecases::{
        Context, Error,
        confirm_member::confirm_member,
        finish_departures::finish_departures,
        invite_staff::StaffIdentity,
        list_changes::newcomers,
        list_staff::list_staff,
        propose_member::{propose_member, what_is_signed},
        propose_roles::{Wanted, propose_roles},
        reinvite_staff::reinvite_staff,
        restore_access::restore_access,
    },
};

use crate::{
    app::in_app_with,
    changes::patient,
    conflicts::holders,
    world::{World, in_world, password_of},
};

fn at(role: Role, desk: DeskId) -> RoleAt {
    RoleAt { role, desk: Some(desk) }
}

async fn confirm(world: &World, ctx: &Context, id: StaffId) {
    let shown = what_is_signed(ctx, id).await.unwrap();
    confirm_member(ctx, &world.admin(1).caller, id, &shown).await.unwrap();
}

/// Two administrators sign somebody into the directory of an instance where what loosens waits.
async fn join(world: &World, ctx: &Context, login: &str, role: Role) -> StaffId {
    let id = world.invite(login, &[at(role, world.desk)]).await;
    let shown = what_is_signed(ctx, id).await.unwrap();
    propose_member(ctx, &world.admin(0).caller, id, &shown).await.unwrap();
    confirm(world, ctx, id).await;
    id
}

async fn is_given(world: &World, id: StaffId) -> bool {
    let case = world.submit("Something.").await.case;
    holders(world, case).await.contains(&id)
}

#[test]
fn rule_9_a_new_handler_waits_three_days_before_oversight() {
    in_world(async |world| {
        let ctx = patient(world);
        let founding = join(world, &ctx, "early", Role::Triager).await;
        assert!(is_given(world, founding).await, "before the first report there is nothing to loosen");
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let overseer = world.sign_in("over1").await;
        let id = join(world, &ctx, "late", Role::Triager).await;
        assert!(!is_given(world, id).await);
        let early = world.try_sign_in("late", &password_of("late"), &world.code("late")).await;
        assert!(matches!(early, Err(Error::Forbidden)), "{:?}", early.err());
        let soon = newcomers(&ctx, &overseer.caller).await.unwrap();
        assert_eq!(soon.iter().map(|one| one.login.as_str()).collect::<Vec<_>>(), ["late"]);
        assert_eq!(soon[0].roles, [at(Role::Triager, world.desk)]);
        assert!(matches!(newcomers(&ctx, &world.admin(0).caller).await, Err(Error::Forbidden)));
        let listed = list_staff(&ctx, Some(&world.admin(0).caller)).await.unwrap().lines;
        let line = listed.iter().find(|line| line.id == id).unwrap();
        assert_eq!((line.roles.as_slice(), line.counts_from), (soon[0].roles.as_slice(), Some(soon[0].from)));
        world.advance(soon[0].from.duration_since(world.clock.now()) - SignedDuration::from_secs(1));
        assert!(!is_given(world, id).await, "not a second earlier");
        world.advance(SignedDuration::from_secs(1));
        assert!(is_given(world, id).await);
        assert!(newcomers(&ctx, &overseer.caller).await.unwrap().is_empty());
        world.sign_in("late").await;
    });
}

#[test]
fn what_somebody_had_goes_on_and_what_is_taken_ends_at_once() {
    in_world(async |world| {
        let ctx = patient(world);
        let case = world.submit("Something.").await.case;
        let change = async |id, roles: Vec<RoleAt>| {
            let wanted = Wanted { roles, identity: StaffIdentity::default() };
            propose_roles(&ctx, &world.admin(0).caller, id, &wanted).await.unwrap();
            confirm(world, &ctx, id).await;
        };
        let (triager, investigator) = (at(Role::Triager, world.desk), at(Role::Investigator, world.desk));
        let id = world.id("tri1");
        change(id, vec![triager, investigator]).await;
        assert!(is_given(world, id).await, "a triager as before");
        let member = async || ctx.current_registry().await.unwrap().directory.members[&id].clone();
        assert_eq!(member().await.roles, [triager]);
        assert_eq!(member().await.signed_roles(), [triager, investigator]);
        change(world.id("tri2"), vec![investigator]).await;
        assert!(!holders(world, case).await.contains(&world.id("tri2")), "what is taken ends at once");
        world.advance_days(4);
        assert_eq!(member().await.roles, [triager, investigator]);
    });
}

/// Who makes new keys keeps their cases, and gets them again once their roles count.
#[test]
fn new_keys_wait_and_take_no_case_away() {
    in_world(async |world| {
        let ctx = patient(world);
        let case = world.submit("Something.").await.case;
        let id = world.id("tri1");
        let invitation = reinvite_staff(&ctx, Some(&world.admin(0).caller), id).await.unwrap();
        world.redeem("tri1", id, invitation.code.expose()).await.unwrap();
        let shown = what_is_signed(&ctx, id).await.unwrap();
        propose_member(&ctx, &world.admin(0).caller, id, &shown).await.unwrap();
        confirm(world, &ctx, id).await;
        finish_departures(&ctx).await.unwrap();
        let living =
            format!("case_grants where case_id = '{case}' and staff_id = '{id}' and revoked_on is null");
        assert_eq!(world.owner().await.count(&living).await, 1);
        world.advance_days(4);
        let colleague = world.sign_in("tri2").await;
        colleague.attest(case).await;
        assert_eq!(restore_access(&ctx, &colleague.caller, id).await.unwrap(), 1);
        assert!(holders(world, case).await.contains(&id));
    });
}

#[test]
fn the_pages_say_who_comes_to_cases_and_when() {
    in_app_with(&[("SENIM_LOOSENING_HOURS", "72")], async |world, app| {
        world.submit("Something.").await;
        join(world, &patient(world), "late", Role::Investigator).await;
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let overseer = world.sign_in("over1").await;
        let watched = app.staff_pages(&overseer).get("/staff/changes").await;
        assert_eq!(watched.status, 200);
        assert!(watched.body.contains("late") && watched.body.contains("26 ноября 2026"), "{}", watched.body);
        let people = app.staff_pages(world.admin(0)).get("/admin/staff").await;
        assert!(people.body.contains("дела с"), "{}", people.body);
    });
}
