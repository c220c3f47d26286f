//! What stands in the log once people have done everything that they can do: only what the schema allows, and no act
//! that the code writes was left out of the trial (control AUD-3).

use std::{collections::BTreeSet, fs, path::PathBuf};

use senim::{
    audit::{
        act::Act,
        entry::ObjectKind,
        note_key::{KeyName, Kind, SignerKey},
        schema,
    },
    crypto::{note_key::NoteKey, secret::Secret},
    domain::{
        case::{
            status::Status,
            step::Step,
            subject::{RawSubject, Subject},
        },
        configuration::Kind as ConfigKind,
        ids::CaseId,
        role::Role,
        text::Reasons,
    },
    policy::RoleAt,
    storage::log::EntryFilter,
    usecases::{
        approve_recovery::approve_recovery,
        confirm_member::confirm_member,
        disable_staff::disable_staff,
        enforce_changes::enforce_changes,
        expire_recoveries::expire_recoveries,
        invite_staff::StaffIdentity,
        oversee::{oversee, take_up},
        propose_change::propose_change,
        propose_member::{propose_member, what_is_signed},
        propose_roles::{Wanted, propose_roles},
        query_log::{Query, query_log},
        raise_no_response::raise_no_response,
        record_subject::record_subject,
        refuse_change::refuse_change,
        refuse_member::refuse_member,
        refuse_recovery::refuse_recovery,
        reinvite_staff::reinvite_staff,
        restore_access::restore_access,
        sequence_log::sequence_log,
        sign_heads::{keep_checkpoint, unsigned_head},
        sign_out::sign_out,
        watch_deadlines::watch_deadlines,
    },
};

use crate::{
    actions::neglect,
    database::bytes,
    every_transition::take_all,
    facts::{enough, none},
    mail_delivery::give_mail,
    people::StaffActor,
    recovery::number,
    retaliation,
    world::{ROUTING, World, in_world},
};

/// Every act that a use case names, but those of steps that only later work can take. The table of acts says the same:
/// strike its word `later` with the first use case that writes an act.
fn written() -> BTreeSet<Act> {
    let mut folders = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/src/usecases").into()];
    let mut named = BTreeSet::new();
    while let Some(place) = folders.pop() {
        let place: PathBuf = place;
        if place.is_dir() {
            folders.extend(fs::read_dir(place).unwrap().map(|inside| inside.unwrap().path()));
            continue;
        }
        let source = fs::read_to_string(place).unwrap();
        for after in source.split("Act::").skip(1) {
            let name: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
            named.extend(Act::ALL.iter().find(|act| format!("{act:?}") == name));
        }
    }
    assert!(named.len() > 40, "{named:?}");
    let table: BTreeSet<Act> = Act::ALL.iter().copied().filter(|act| !act.later()).collect();
    let unnamed: Vec<_> = table.difference(&named).collect();
    assert!(unnamed.is_empty(), "no use case writes {unnamed:?}: the table should call them `later`");
    let early: Vec<_> = named.difference(&table).filter(|act| **act != Act::CaseDisposed).collect();
    assert!(early.is_empty(), "the table calls {early:?} `later`, but a use case writes them");
    table
}

/// What no transition needs: notes, refusals, recusals, denials, questions to the log, people who leave.
async fn everything_else(world: &World) {
    let (one, two) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
    let reviewer = world.sign_in("rev1").await;
    let reporter = world.submit("Something happened.").await;
    world.drive(reporter.case, &one, Step::Open, &reviewer).await;
    one.note(reporter.case, "A note.").await.unwrap();
    one.write(reporter.case, "A letter.").await.unwrap();
    reporter.write("An answer.").await.unwrap();
    let reject = || enough(Status::Triage, Step::Reject, one.id(), "some");
    let refused = one.propose(reporter.case, Step::Reject, reject()).await;
    reviewer.attest(reporter.case).await;
    reviewer.read(reporter.case).await;
    reviewer.refuse(refused, "Not enough.").await.unwrap();
    assert!(one.step(reporter.case, Step::Decide, none()).await.is_err());
    let stranger = world.sign_in("inv2").await;
    assert!(stranger.open(reporter.case).await.is_err());
    one.propose(reporter.case, Step::Reject, reject()).await;
    two.recuse(reporter.case).await.unwrap();
    let short = world.submit("Something else.").await;
    two.recuse(short.case).await.unwrap();
    retaliation::complaint_decided(world).await;
    give_mail(world, "rev4", "rev4@example.kz").await;
    ask_the_log(world).await;
    be_late(world).await;
    be_concerned(world).await;
    neglect(world).await;
    reconfigure(world).await;
    come_back(world, reporter.case).await;
    disable_staff(&world.ctx, Some(&world.admin(0).caller), two.id()).await.unwrap();
    sign_out(&world.ctx, &one.caller).await.unwrap();
}

/// A case turns out to concern a colleague, and moves to the independent desk.
async fn be_concerned(world: &World) {
    for login in ["ind1", "ind2"] {
        world.enrol(login, &[RoleAt { role: Role::Triager, desk: Some(world.independent) }]).await;
    }
    let (reporter, by) = (world.submit("It concerns somebody here.").await, world.sign_in("tri1").await);
    by.attest(reporter.case).await;
    let colleague = RawSubject { login: Some("tri2".to_owned()), ..RawSubject::default() };
    let subject = Subject::parse(&colleague).unwrap();
    record_subject(&world.ctx, &by.caller, reporter.case, &subject).await.unwrap();
}

/// A day passes unkept: a reminder, a miss, a complaint, and oversight takes it up.
async fn be_late(world: &World) {
    let late = world.submit("Something that nobody looks at.").await;
    // Day by day: how many are holidays depends on what was done before.
    for _ in 0..14 {
        world.advance_days(1);
        watch_deadlines(&world.ctx).await.unwrap();
    }
    raise_no_response(&world.ctx, &late.token().await).await.unwrap();
    world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
    let overseer = world.sign_in("over1").await;
    let seen = oversee(&world.ctx, &overseer.caller).await.unwrap();
    take_up(&world.ctx, &overseer.caller, seen.open[0].id).await.unwrap();
}

/// Somebody who wants no acknowledgement, under a profile that lets them.
async fn want_no_letter(world: &World) {
    world.route_all_to("external", "eu_external").await;
    let waiver = serde_json::json!({"ack_waiver": "identity_risk"});
    world.submit_report(world.report_with("No letter, please.", waiver)).await;
}

/// Changes of the configuration that come to nothing: one is refused, another one is overtaken.
async fn reconfigure(world: &World) {
    let admin = &world.admin(0).caller;
    let file = |position: u32| format!("{ROUTING}{position},,,,first\n");
    let refused = propose_change(&world.ctx, Some(admin), (ConfigKind::Routing, &file(7))).await.unwrap();
    let reasons = Reasons::parse("Not now.", 100).unwrap();
    refuse_change(&world.ctx, &world.admin(1).caller, refused.id, &reasons).await.unwrap();
    propose_change(&world.ctx, None, (ConfigKind::Routing, &file(8))).await.unwrap();
    world.configure(ConfigKind::Routing, &file(9)).await;
    assert_eq!(enforce_changes(&world.ctx).await.unwrap(), 1);
}

/// Recoveries, approved and refused; new keys, and a case given again.
async fn come_back(world: &World, case: CaseId) {
    let (admin, id) = (&world.admin(0).caller, world.id("rev2"));
    let code = world.recovery_code("rev2");
    world.recover(id, &code, "quite another sentence").await.unwrap();
    refuse_recovery(&world.ctx, admin, id).await.unwrap();
    world.recover(id, &code, "quite another sentence").await.unwrap();
    approve_recovery(&world.ctx, admin, id, &number(world, id).await).await.unwrap();
    let id = world.id("rev1");
    let invitation = reinvite_staff(&world.ctx, Some(admin), id).await.unwrap();
    world.redeem("rev1", id, invitation.code.expose()).await.unwrap();
    propose_member(&world.ctx, admin, id, &what_is_signed(&world.ctx, id).await.unwrap()).await.unwrap();
    confirm_member(&world.ctx, &world.admin(1).caller, id, &what_is_signed(&world.ctx, id).await.unwrap())
        .await
        .unwrap();
    let colleague = world.sign_in("tri1").await;
    assert!(restore_access(&world.ctx, &colleague.caller, id).await.unwrap() > 0, "{case}");
}

/// What comes to nothing: other roles that are refused, a recovery that nobody decides on.
async fn come_to_nothing(world: &World) {
    let (admin, id) = (&world.admin(0).caller, world.id("rev3"));
    let roles = [RoleAt { role: Role::Investigator, desk: Some(world.desk) }];
    let wanted = Wanted { roles: roles.to_vec(), identity: StaffIdentity::default() };
    propose_roles(&world.ctx, admin, id, &wanted).await.unwrap();
    let shown = what_is_signed(&world.ctx, id).await.unwrap();
    assert!(refuse_member(&world.ctx, admin, id, &shown).await.unwrap().is_none());
    world.recover(id, &world.recovery_code("rev3"), "quite another sentence").await.unwrap();
    world.advance_days(8);
    assert_eq!(expire_recoveries(&world.ctx).await.unwrap(), 1);
}

async fn ask_the_log(world: &World) {
    world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
    let auditor: StaffActor = world.sign_in("aud1").await;
    let page = Query::Page(EntryFilter { limit: 10, ..EntryFilter::default() });
    let entries = query_log(&world.ctx, &auditor.caller, page).await.unwrap().entries;
    query_log(&world.ctx, &auditor.caller, Query::Entry(entries[0].eid)).await.unwrap();
    for kind in ObjectKind::ALL {
        query_log(&world.ctx, &auditor.caller, Query::Object(*kind, uuid::Uuid::nil())).await.unwrap();
    }
}

/// The tree begins; a day later it takes in the day's heads, and entries that have waited too long.
async fn let_the_tree_grow(world: &World) {
    world.submit("Something that waits.").await;
    assert!(sequence_log(&world.ctx).await.unwrap() > 0);
    // Its head is signed, and a quorum cosigns it.
    let origin = &world.config.log.origin;
    let new = unsigned_head(&world.ctx, origin).await.unwrap().unwrap();
    let key = NoteKey::from_seed(&Secret::new([9; 32]));
    let key = SignerKey::new(KeyName::parse(origin).unwrap(), Kind::Note, key);
    keep_checkpoint(&world.ctx, &new.checkpoint.sign(&key).unwrap(), new.epoch).await.unwrap();
    world
        .owner()
        .await
        .run("insert into audit.anchors (size) select size from audit.checkpoints")
        .await
        .unwrap();
    world.advance_days(3);
    assert!(sequence_log(&world.ctx).await.unwrap() > 0);
}

/// Control AUD-3.
#[test]
fn every_act_was_done_and_its_entries_hold_only_what_is_allowed() {
    in_world(async |world| {
        take_all(world).await;
        everything_else(world).await;
        let_the_tree_grow(world).await;
        come_to_nothing(world).await;
        want_no_letter(world).await;
        let mut done = BTreeSet::new();
        for row in world.owner().await.rows("select body, acts from audit.entries").await {
            let body = bytes(&row["body"]);
            assert_eq!(schema::faults(&body), [], "{}", String::from_utf8_lossy(&body));
            let acts = row["acts"].as_array().unwrap();
            done.extend(acts.iter().map(|act| Act::parse(act.as_str().unwrap()).unwrap()));
        }
        assert_eq!(done, written());
    });
}
