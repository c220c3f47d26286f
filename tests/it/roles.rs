//! Other roles for somebody who works here, and refusing what waits for signatures.

use std::time::Duration;

use senim::{
    domain::{
        case::step::Step,
        ids::{CaseId, DeskId, StaffId},
        role::Role,
        text::Login,
    },
    policy::RoleAt,
    usecases::{
        Error,
        confirm_member::confirm_member,
        disable_staff::disable_staff,
        finish_departures::finish_departures,
        invite_staff::{Invitee, StaffIdentity, invite_staff},
        list_staff::{StaffLine, list_staff},
        open_case::open_case,
        propose_member::{propose_member, what_is_signed},
        propose_roles::{Wanted, propose_roles},
        refuse_member::refuse_member,
        resume_session::resume_session,
    },
};

use crate::{
    app::in_app,
    http_desk::{english, told},
    recovery::{admin, gets_in, vouch},
    world::{World, in_world, password_of},
};

fn at(desk: DeskId, roles: &[Role]) -> Vec<RoleAt> {
    let held = |role: &Role| RoleAt { role: *role, desk: role.at_desk().then_some(desk) };
    roles.iter().map(held).collect()
}

async fn propose(world: &World, login: &str, roles: &[RoleAt]) -> Result<(), Error> {
    let wanted = Wanted { roles: roles.to_vec(), identity: StaffIdentity::default() };
    propose_roles(&world.ctx, admin(world, 0), world.id(login), &wanted).await
}

async fn confirm(world: &World, which: usize, id: StaffId) -> Result<(), Error> {
    let shown = what_is_signed(&world.ctx, id).await.unwrap();
    confirm_member(&world.ctx, admin(world, which), id, &shown).await
}

async fn held(world: &World, case: CaseId, login: &str) -> i64 {
    let table = format!("case_wraps where case_id = '{case}' and holder_id = '{}'", world.id(login));
    world.owner().await.count(&table).await
}

async fn line(world: &World, id: StaffId) -> StaffLine {
    let people = list_staff(&world.ctx, Some(admin(world, 1))).await.unwrap();
    people.lines.into_iter().find(|line| line.id == id).unwrap()
}

fn field(outcome: Result<(), Error>) -> (&'static str, &'static str) {
    match outcome {
        Err(Error::Invalid(fields)) => (fields[0].field, fields[0].code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn other_roles_count_once_two_have_signed_and_end_the_cases_that_they_do_not_carry() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let (leaver, stays) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        leaver.attest(case).await;
        leaver.read(case).await;
        let id = leaver.id();
        propose(world, "tri1", &at(world.desk, &[Role::Investigator, Role::Reviewer])).await.unwrap();
        assert!(leaver.read(case).await.contains("Something."), "nothing has changed yet");
        let waiting = line(world, id).await;
        assert!(waiting.signable && waiting.refusable && waiting.waits_for_second);
        assert_eq!(waiting.proposed.unwrap().len(), 2);
        assert_eq!(waiting.roles, at(world.desk, &[Role::Triager]));
        assert!(matches!(confirm(world, 0, id).await, Err(Error::Forbidden)), "a second administrator");
        confirm(world, 1, id).await.unwrap();
        let registry = world.ctx.current_registry().await.unwrap();
        assert!(registry.directory.faults.is_empty());
        assert_eq!(
            registry.directory.members[&id].roles,
            at(world.desk, &[Role::Investigator, Role::Reviewer])
        );
        assert!(matches!(leaver.open(case).await, Err(Error::NotFound)));
        assert_eq!((held(world, case, "tri1").await, held(world, case, "tri2").await), (0, 2));
        assert_eq!(finish_departures(&world.ctx).await.unwrap(), 0, "nothing was left undone");
        stays.attest(case).await;
        assert!(stays.read(case).await.contains("Something."));
        let next = world.submit("Another.").await.case;
        assert_eq!(held(world, next, "tri1").await, 0, "no triager any more");
        assert!(gets_in(world, "tri1", &password_of("tri1")).await, "the keys are the same");
    });
}

#[test]
fn a_part_that_the_new_roles_carry_stays() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let triager = world.sign_in("tri1").await;
        triager.attest(case).await;
        propose(world, "tri1", &at(world.desk, &[Role::Triager, Role::Reviewer])).await.unwrap();
        confirm(world, 1, triager.id()).await.unwrap();
        assert!(triager.read(case).await.contains("Something."));
        assert_eq!(held(world, case, "tri1").await, 1);
        propose(world, "tri1", &at(world.independent, &[Role::Triager])).await.unwrap();
        confirm(world, 1, triager.id()).await.unwrap();
        assert_eq!(held(world, case, "tri1").await, 0, "at another desk");
    });
}

#[test]
fn roles_that_nobody_may_have_are_not_proposed() {
    in_world(async |world| {
        let desk = world.desk;
        for (roles, wanted) in [
            (vec![], ("roles", "required")),
            (at(desk, &[Role::Auditor, Role::Triager]), ("roles", "not_allowed_here")),
            (at(desk, &[Role::Administrator, Role::Reviewer]), ("roles", "not_allowed_here")),
            (vec![RoleAt { role: Role::Reviewer, desk: None }], ("desk", "required")),
            (at(DeskId(uuid::Uuid::from_u128(7)), &[Role::Reviewer]), ("desk", "unknown_value")),
            (at(desk, &[Role::Triager]), ("roles", "taken")),
        ] {
            assert_eq!(field(propose(world, "tri1", &roles).await), wanted, "{roles:?}");
        }
        let auditor = at(desk, &[Role::Auditor]);
        assert!(matches!(propose(world, "admin1", &auditor).await, Err(Error::Forbidden)), "oneself");
        world.invite("newcomer", &auditor).await;
        assert!(matches!(propose(world, "newcomer", &auditor).await, Err(Error::NotFound)));
        let triager = world.sign_in("tri1").await;
        let wanted = Wanted { roles: auditor.clone(), identity: StaffIdentity::default() };
        let own = propose_roles(&world.ctx, &triager.caller, world.id("tri2"), &wanted).await;
        assert!(matches!(own, Err(Error::Forbidden)), "{own:?}");
        for role in Role::ALL.iter().filter(|role| role.at_desk()) {
            let nowhere = Invitee {
                login: Login::parse("somebody").unwrap(),
                mail: None,
                identity: StaffIdentity::default(),
                roles: vec![RoleAt { role: *role, desk: None }],
            };
            let invited = invite_staff(&world.ctx, None, &nowhere).await;
            assert_eq!(field(invited.map(drop)), ("desk", "required"), "{role}");
        }
    });
}

#[test]
fn refused_roles_leave_those_that_the_person_has() {
    in_world(async |world| {
        let id = world.id("tri1");
        let wanted = at(world.desk, &[Role::Reviewer]);
        propose(world, "tri1", &wanted).await.unwrap();
        assert!(matches!(propose(world, "tri1", &wanted).await, Err(Error::Conflict)), "it waits already");
        let other = refuse_member(&world.ctx, admin(world, 1), id, "something else").await;
        assert!(matches!(other.map(drop), Err(Error::Conflict)));
        let shown = what_is_signed(&world.ctx, id).await.unwrap();
        let refused = refuse_member(&world.ctx, admin(world, 1), id, &shown).await.unwrap();
        assert!(refused.is_none(), "no new keys are needed");
        assert!(
            matches!(confirm(world, 1, id).await, Err(Error::NotFound)),
            "what was signed counts no more"
        );
        let after = line(world, id).await;
        assert!(
            !after.refusable && after.proposed.is_none() && after.roles == at(world.desk, &[Role::Triager])
        );
        // Another proposal takes the place of one that waits.
        propose(world, "tri1", &wanted).await.unwrap();
        propose(world, "tri1", &at(world.desk, &[Role::Investigator])).await.unwrap();
        confirm(world, 1, id).await.unwrap();
        assert_eq!(line(world, id).await.roles, at(world.desk, &[Role::Investigator]));
    });
}

/// Keys that are not those that the person read out are refused; the person is invited anew.
#[test]
fn refused_keys_count_for_nothing_and_the_person_is_invited_anew() {
    in_world(async |world| {
        let id = world.invite("newcomer", &at(world.desk, &[Role::Triager])).await;
        let shown = what_is_signed(&world.ctx, id).await.unwrap();
        propose_member(&world.ctx, admin(world, 0), id, &shown).await.unwrap();
        let wrong = refuse_member(&world.ctx, admin(world, 1), id, "other keys").await;
        assert!(matches!(wrong.map(drop), Err(Error::Conflict)));
        let shown = what_is_signed(&world.ctx, id).await.unwrap();
        let invitation = refuse_member(&world.ctx, admin(world, 1), id, &shown).await.unwrap().unwrap();
        assert!(matches!(confirm(world, 1, id).await, Err(Error::NotFound)));
        let told = format!(
            "audit.entries e join staff s on s.audit_id = e.obj_id where s.id = '{id}' \
             and e.acts = array['directory.refused', 'staff.invited']"
        );
        assert_eq!(world.owner().await.count(&told).await, 1);
        let again = refuse_member(&world.ctx, admin(world, 1), id, &shown).await;
        assert!(matches!(again.map(drop), Err(Error::NotFound)), "nothing waits");
        world.redeem("newcomer", id, invitation.code.expose()).await.unwrap();
        vouch(world, "newcomer").await;
        assert!(gets_in(world, "newcomer", &password_of("newcomer")).await);
    });
}

/// Two administrators remain, also where one of those who agreed has left meanwhile.
#[test]
fn an_administrator_is_made_something_else_only_where_two_remain() {
    in_world(async |world| {
        world.enrol("admin3", &at(world.desk, &[Role::Administrator])).await;
        let third = world.sign_in("admin3").await;
        propose(world, "admin2", &at(world.desk, &[Role::Auditor])).await.unwrap();
        assert!(matches!(confirm(world, 1, world.id("admin2")).await, Err(Error::Forbidden)), "oneself");
        let shown = what_is_signed(&world.ctx, world.id("admin2")).await.unwrap();
        // The operator took him out, which no administrator has signed yet: what he proposed still waits.
        disable_staff(&world.ctx, None, world.id("admin1")).await.unwrap();
        let last = confirm_member(&world.ctx, &third.caller, world.id("admin2"), &shown).await;
        assert!(matches!(last, Err(Error::TooFewAdministrators)), "{last:?}");
        let out = confirm(world, 0, world.id("admin2")).await;
        assert!(out.is_err(), "who was taken out signs nothing");
    });
}

/// What an administrator proposed who has left since is not confirmed: it would count for nothing. It is refused.
#[test]
fn a_proposal_of_somebody_who_left_is_not_confirmed() {
    in_world(async |world| {
        world.enrol("admin3", &at(world.desk, &[Role::Administrator])).await;
        let id = world.invite("newcomer", &at(world.desk, &[Role::Triager])).await;
        let shown = what_is_signed(&world.ctx, id).await.unwrap();
        propose_member(&world.ctx, admin(world, 0), id, &shown).await.unwrap();
        disable_staff(&world.ctx, Some(admin(world, 1)), world.id("admin1")).await.unwrap();
        assert!(matches!(confirm(world, 1, id).await, Err(Error::NotFound)), "it waits for nothing any more");
        let shown = what_is_signed(&world.ctx, id).await.unwrap();
        assert!(refuse_member(&world.ctx, admin(world, 1), id, &shown).await.unwrap().is_some());
    });
}

/// Ending what the new roles do not carry can be cut short; a timer finishes it.
#[test]
fn a_change_that_was_cut_short_is_finished_by_a_timer() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        propose(world, "tri1", &at(world.desk, &[Role::Reviewer])).await.unwrap();
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run(&format!("select from cases where id = '{}' for update", reporter.case)).await.unwrap();
        let patience = Duration::from_millis(500);
        tokio::time::timeout(patience, confirm(world, 1, triager.id())).await.unwrap_err();
        owner.run("rollback").await.unwrap();
        assert_eq!(held(world, reporter.case, "tri1").await, 1, "cut short");
        let now = resume_session(&world.ctx, triager.token.expose()).await.unwrap();
        let opened = open_case(&world.ctx, &now, reporter.case).await.map(drop);
        assert!(matches!(opened, Err(Error::NotFound)), "it opens nothing");
        assert_eq!(finish_departures(&world.ctx).await.unwrap(), 1);
        assert_eq!(held(world, reporter.case, "tri1").await, 0);
        assert_eq!(finish_departures(&world.ctx).await.unwrap(), 0);
    });
}

#[test]
fn the_page_proposes_confirms_and_refuses_and_keeps_what_was_ticked() {
    in_app(async |world, app| {
        let [one, two] = [world.admin(0), world.admin(1)].map(|admin| (english(app, admin), app.csrf(admin)));
        let (id, desk) = (world.id("tri1").to_string(), world.desk.to_string());
        let form = |csrf: &str, more: &[(&'static str, String)]| {
            let mut form = vec![("csrf", csrf.to_owned())];
            form.extend(more.iter().cloned());
            form
        };
        let send = async |who: &(crate::app::Pages<'_>, String),
                          path: &str,
                          more: &[(&'static str, String)]| {
            let form = form(&who.1, more);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            who.0.post(path, &form).await
        };
        let ticked = ("role_reviewer", "on".to_owned());
        let nowhere = send(&one, "/admin/staff/roles", &[("person", id.clone()), ticked.clone()]).await;
        assert_eq!(nowhere.status, 422);
        for part in ["href=\"#change-desk\"", "name=\"role_reviewer\" value=\"on\" checked"] {
            assert!(nowhere.body.contains(part), "{part}: {}", nowhere.body);
        }
        let nobody = send(&one, "/admin/staff/roles", &[]).await;
        assert!(
            nobody.body.contains("href=\"#change-person\"") && nobody.body.contains("href=\"#change-roles\"")
        );
        let roles = [("person", id.clone()), ticked, ("desk", desk.clone())];
        assert_eq!(send(&one, "/admin/staff/roles", &roles).await.status, 303);
        let after = one.0.get("/admin/staff").await;
        assert!(told(&after).unwrap().starts_with("The roles are proposed"), "{}", after.body);
        let shown = two.0.get("/admin/staff").await.input("shown");
        let path = format!("/admin/staff/{id}");
        let refused = send(&two, &format!("{path}/refusal"), &[("shown", shown)]).await;
        assert_eq!(refused.status, 303);
        let after = two.0.get("/admin/staff").await;
        assert!(told(&after).unwrap().starts_with("The roles are refused"), "{}", after.body);
        assert_eq!(send(&one, "/admin/staff/roles", &roles).await.status, 303);
        let page = two.0.get("/admin/staff").await;
        let signed = [("shown", page.input("shown")), ("signature", page.input("signature"))];
        assert_eq!(send(&two, &format!("{path}/signature"), &signed).await.status, 303);
        let registry = world.ctx.current_registry().await.unwrap();
        assert_eq!(registry.directory.members[&world.id("tri1")].roles, at(world.desk, &[Role::Reviewer]));
        let newcomer = world.invite("newcomer", &at(world.desk, &[Role::Triager])).await;
        let shown = two.0.get("/admin/staff").await.input("shown");
        let anew = send(&two, &format!("/admin/staff/{newcomer}/refusal"), &[("shown", shown)]).await;
        assert!(anew.status == 201 && anew.body.contains("class=\"code big\""), "{}", anew.body);
        let invite = [("login", "somebody".to_owned()), ("role_triager", "on".to_owned())];
        let nowhere = send(&one, "/admin/staff/invitations", &invite).await;
        assert!(nowhere.status == 422 && nowhere.body.contains("href=\"#desk\""), "{}", nowhere.body);
    });
}
