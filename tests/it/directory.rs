//! The signed directory, attacked by whoever owns the database: entries taken out, moved, exchanged, put back.

use senim::{
    audit::directory::{Breach, Directory},
    domain::{ids::StaffId, role::Role},
    policy::RoleAt,
    storage::directory::DirectoryRow,
    usecases::{
        Context, Error,
        compare_directory::{Differences, compare_directory},
        confirm_member::confirm_member,
        disable_staff::disable_staff,
        list_staff::list_staff,
        propose_member::{propose_member, what_is_signed},
        reinvite_staff::reinvite_staff,
    },
};

use crate::{
    forged::moved,
    planted::{rows, verified},
    recovery::admin,
    world::{World, in_planted_world, in_world, password_of},
};

const TRIAGER: Role = Role::Triager;

/// Does this as the owner, with every trigger off, and lets every process look again.
async fn tamper(world: &World, sql: &str) {
    let tables = ["staff", "directory_entries", "instance"];
    let switch = |how: &str| tables.map(|table| format!("alter table {table} {how} trigger all;")).concat();
    let (off, on) = (switch("disable"), switch("enable"));
    let all = format!("begin; {off} {sql}; update instance set version = version + 1; {on} commit");
    world.owner().await.run(&all).await.unwrap();
}

/// Takes out the retirement of somebody, whose row says again that they work here.
async fn bring_back(world: &World, who: StaffId) {
    let sql = format!(
        "delete from directory_entries where staff_id = '{who}' and second_signature is null; \
         update staff set state = 'active' where id = '{who}'"
    );
    tamper(world, &sql).await;
}

/// That nobody is in for this process, and why.
async fn nobody_is_in(ctx: &Context) -> Breach {
    let registry = ctx.current_registry().await.unwrap();
    assert!(registry.directory.members.is_empty(), "{:?}", registry.directory.members.keys());
    registry.directory.breach.unwrap()
}

async fn signs_in(world: &World, login: &str) -> bool {
    world.advance(jiff::SignedDuration::from_secs(60));
    world.try_sign_in(login, &password_of(login), &world.code(login)).await.is_ok()
}

async fn differences(world: &World) -> Differences {
    let registry = world.ctx.fresh_registry().await.unwrap();
    compare_directory(&world.ctx, &registry).await.unwrap()
}

#[test]
fn a_retirement_that_is_taken_out_brings_nobody_back() {
    in_planted_world(async |world| {
        let left = world.id("tri1");
        disable_staff(&world.ctx, Some(admin(world, 0)), left).await.unwrap();
        world.enrol("tri3", &[RoleAt { role: TRIAGER, desk: Some(world.desk) }]).await;
        assert_eq!(differences(world).await, Differences::default());
        bring_back(world, left).await;
        let behind = Breach::Gap { staff: world.id("tri3"), serial: 1 };
        assert_eq!(nobody_is_in(&world.ctx).await, behind);
        assert_eq!(nobody_is_in(&world.another_process()).await, behind, "nor after a restart");
        assert!(!signs_in(world, "tri1").await && !signs_in(world, "tri2").await);
        // A report is taken in all the same; only the reporter and the recovery key open it.
        let reporter = world.submit("Something.").await;
        let held = format!("case_wraps where case_id = '{}' and holder_kind = 'staff'", reporter.case);
        assert_eq!(world.owner().await.count(&held).await, 0);
        assert_eq!(differences(world).await.missing, 1);
    });
}

#[test]
fn a_tail_that_is_cut_off_is_noticed_at_once() {
    in_planted_world(async |world| {
        let left = world.id("tri1");
        disable_staff(&world.ctx, Some(admin(world, 0)), left).await.unwrap();
        bring_back(world, left).await;
        assert_eq!(nobody_is_in(&world.ctx).await, Breach::Tail);
        assert_eq!(nobody_is_in(&world.another_process()).await, Breach::Tail);
        assert!(!signs_in(world, "tri1").await && !signs_in(world, "tri2").await);
        for forged in ["directory_head = null, directory_mac = null", "directory_mac = sha256('x')"] {
            tamper(world, &format!("update instance set {forged}")).await;
            assert_eq!(nobody_is_in(&world.another_process()).await, Breach::Tail, "{forged}");
        }
        let head = "select audit.directory_digest(d) from directory_entries d where version is not null \
                    order by version desc limit 1";
        tamper(world, &format!("update instance set directory_head = ({head})")).await;
        assert_eq!(
            nobody_is_in(&world.another_process()).await,
            Breach::Tail,
            "the proof is of another head"
        );
    });
}

/// The older pin is the server's too: who was there before notices, and the record tells who was not.
#[test]
fn an_older_directory_put_back_with_its_pin_is_noticed() {
    in_planted_world(async |world| {
        let left = world.id("tri1");
        let mut owner = world.owner().await;
        owner.run("create table kept as select directory_head, directory_mac from instance").await.unwrap();
        disable_staff(&world.ctx, Some(admin(world, 0)), left).await.unwrap();
        world.ctx.current_registry().await.unwrap();
        bring_back(world, left).await;
        tamper(
            world,
            "update instance set directory_head = k.directory_head, directory_mac = k.directory_mac from kept k",
        )
        .await;
        assert_eq!(nobody_is_in(&world.ctx).await, Breach::Tail);
        world.ctx.fresh_registry().await.unwrap();
        assert_eq!(nobody_is_in(&world.ctx).await, Breach::Tail, "it does not forget");
        let other = world.another_process();
        let registry = other.current_registry().await.unwrap();
        assert_eq!(registry.directory.breach, None, "by itself it looks whole");
        assert_eq!(compare_directory(&other, &registry).await.unwrap().missing, 1);
        owner.run("drop table kept").await.unwrap();
    });
}

/// Everything that can be done to a chain of entries that all carry their signatures.
#[test]
fn no_entry_is_taken_out_moved_or_exchanged() {
    in_world(async |world| {
        disable_staff(&world.ctx, Some(admin(world, 0)), world.id("tri1")).await.unwrap();
        let whole: Vec<DirectoryRow> = rows(world).await;
        let told = |rows: &[DirectoryRow]| -> Directory { verified(world, rows) };
        assert_eq!((told(&whole).breach, told(&whole).faults.len()), (None, 0));
        assert_eq!(told(&whole).chain.len(), whole.len());
        for at in 1..whole.len() - 1 {
            let (mut without, mut swapped) = (whole.clone(), whole.clone());
            without.remove(at);
            swapped.swap(at, at + 1);
            for changed in [without, swapped] {
                let directory = told(&changed);
                assert!(matches!(directory.breach, Some(Breach::Gap { .. })), "{at}");
                assert!(directory.members.is_empty(), "{at}");
            }
        }
        let mut signature = whole.clone();
        signature[4].first_signature[7] ^= 1;
        assert!(told(&signature).members.is_empty(), "an entry that is spoilt is missing");
        // An entry that was only proposed, as if it were in force.
        let mut unplaced = whole.clone();
        let body = String::from_utf8(unplaced[4].body.clone()).unwrap();
        let from = body.find("\"prev\"").unwrap();
        let until = body.find("\"roles\"").unwrap();
        unplaced[4].body = format!("{}{}", &body[..from], &body[until..]).into_bytes();
        assert!(told(&unplaced).members.is_empty());
    });
}

async fn propose(world: &World, who: usize, id: StaffId) -> Result<(), Error> {
    propose_member(&world.ctx, admin(world, who), id, &what_is_signed(&world.ctx, id).await.unwrap()).await
}

async fn confirm(world: &World, who: usize, id: StaffId) -> Result<(), Error> {
    confirm_member(&world.ctx, admin(world, who), id, &what_is_signed(&world.ctx, id).await.unwrap()).await
}

/// One administrator signs several people, the other confirms them in any order, even at once.
#[test]
fn proposals_do_not_stand_in_each_others_way() {
    in_world(async |world| {
        let roles = [RoleAt { role: TRIAGER, desk: Some(world.desk) }];
        let mut ids = Vec::new();
        for login in ["new1", "new2", "new3", "new4"] {
            ids.push(world.invite(login, &roles).await);
        }
        for id in &ids {
            propose(world, 0, *id).await.unwrap();
        }
        confirm(world, 1, ids[3]).await.unwrap();
        let (one, two, gone) = tokio::join!(
            confirm(world, 1, ids[0]),
            confirm(world, 1, ids[1]),
            disable_staff(&world.ctx, Some(admin(world, 0)), world.id("tri1")),
        );
        assert!(one.is_ok() && two.is_ok() && gone.is_ok(), "{one:?} {two:?} {gone:?}");
        confirm(world, 1, ids[2]).await.unwrap();
        let registry = world.ctx.current_registry().await.unwrap();
        assert_eq!(registry.directory.breach, None);
        assert!(ids.iter().all(|id| registry.directory.members.contains_key(id)));
        assert_eq!(differences(world).await, Differences::default());
    });
}

/// What a leaver proposed does not take effect; somebody else proposes it again.
#[test]
fn a_proposal_of_somebody_who_left_waits_for_nothing() {
    in_world(async |world| {
        world.enrol("admin3", &[RoleAt { role: Role::Administrator, desk: None }]).await;
        let leaver = world.sign_in("admin3").await;
        let id = world.invite("new1", &[RoleAt { role: TRIAGER, desk: Some(world.desk) }]).await;
        let shown = what_is_signed(&world.ctx, id).await.unwrap();
        propose_member(&world.ctx, &leaver.caller, id, &shown).await.unwrap();
        disable_staff(&world.ctx, Some(admin(world, 0)), leaver.id()).await.unwrap();
        let refused = confirm_member(&world.ctx, admin(world, 1), id, &shown).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        let people = list_staff(&world.ctx, Some(admin(world, 0))).await.unwrap();
        let line = people.lines.iter().find(|line| line.id == id).unwrap();
        assert!(line.signable && !line.waits_for_second);
        propose(world, 0, id).await.unwrap();
        confirm(world, 1, id).await.unwrap();
        let registry = world.ctx.current_registry().await.unwrap();
        assert!(registry.directory.members.contains_key(&id) && registry.directory.faults.is_empty());
    });
}

/// The database is the second guard: an entry of the log commits to exactly this entry of the directory.
#[test]
fn the_database_refuses_an_entry_that_the_log_does_not_commit_to() {
    in_world(async |world| {
        let (mut app, id) = (world.app().await, world.id("tri1"));
        reinvite_staff(&world.ctx, Some(admin(world, 0)), id).await.unwrap();
        // Together with a further, well-formed entry of their history.
        let which = format!("id = '{id}'");
        let entry = moved(&mut app, ("staff", "staff"), &which, "actor.retired", "").await;
        let copy = format!(
            "insert into directory_entries select staff_id, serial + 1, body, first_signer, \
             overlay(first_signature placing '\\x0000' from 1), null, null, \
             900 from directory_entries where staff_id = '{id}' and second_signature is null"
        );
        let refused = app.refused(&format!("begin; {entry}; {copy}; commit")).await;
        assert!(refused.contains("changed without an entry"), "{refused}");
        let changed = format!("update directory_entries set body = '{{}}' where staff_id = '{id}'");
        let refused = app.refused(&format!("begin; {entry}; {changed}; commit")).await;
        assert!(refused.contains("only countersigned"), "{refused}");
    });
}
