//! Somebody with all rights over the database changes rows with its guards switched off, by the numbers of audit-log.md
//! 7.1: `reconcile` says so, alone or with a bundle that somebody outside kept.

use senim::{
    audit::{edge::RightEdge, entry::commitment_of, tree},
    domain::{case::step::Step, ids::CaseId},
    usecases::disable_staff::disable_staff,
};
use serde_json::{Value, json};

use crate::{
    database::{Sql, bytes},
    kept::Kept,
    log_tree::{begin, next},
    people::ReporterActor,
    record::{differences, differences_with},
    world::{World, in_ruined_world},
};

/// Everything of the record and what it guards.
const GUARDED: &[&str] = &[
    "bodies",
    "case_epochs",
    "case_grants",
    "case_items",
    "case_remedies",
    "case_wraps",
    "cases",
    "config_changes",
    "desks",
    "directory_entries",
    "instance",
    "oversight_matters",
    "proposals",
    "referrals",
    "routing_rules",
    "staff",
    "staff_recoveries",
    "audit.checkpoints",
    "audit.entries",
    "audit.leaves",
    "audit.tiles",
    "audit.tree_state",
];

/// Switches every guard off, as a superuser can, checks on values among them.
pub async fn disarm(owner: &mut Sql) {
    let mut sql = String::new();
    for table in GUARDED {
        sql.push_str(&format!("alter table {table} disable trigger all;"));
        let checks = format!(
            "select conname from pg_constraint where conrelid = '{table}'::regclass and contype in ('c', 'f')"
        );
        for row in owner.rows(&checks).await {
            sql.push_str(&format!(
                "alter table {table} drop constraint if exists {} cascade;",
                row["conname"].as_str().unwrap()
            ));
        }
    }
    owner.run(&sql).await.unwrap();
}

/// The audit id of a case.
async fn audit_id(owner: &mut Sql, case: CaseId) -> String {
    let id = owner.value(&format!("select audit_id from cases where id = '{case}'")).await;
    id.as_str().unwrap().to_owned()
}

/// Two cases, opened, in a tree; the guards are off.
async fn ground(world: &World) -> (Sql, [ReporterActor; 2]) {
    begin(world).await;
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    let cases = [world.submit("Something.").await, world.submit("Something else.").await];
    for reporter in &cases {
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
    }
    world.advance_days(2);
    next(world).await;
    assert_eq!(differences(world).await, Vec::<String>::new());
    let mut owner = world.owner().await;
    disarm(&mut owner).await;
    (owner, cases)
}

/// Does this, and expects just these findings: words that each of them has.
async fn finds(world: &World, owner: &mut Sql, sql: &str, expected: &[&[&str]]) {
    owner.run(sql).await.unwrap();
    let found = differences(world).await;
    assert_eq!(found.len(), expected.len(), "{sql}: {found:#?}");
    for words in expected {
        let told = |sentence: &&String| words.iter().all(|word| sentence.contains(word));
        assert!(found.iter().any(|sentence| told(&sentence)), "{words:?} in {found:#?}");
    }
}

#[test]
fn attack_16_a_case_whose_state_was_flipped() {
    in_ruined_world(async |world| {
        let (mut owner, [one, _]) = ground(world).await;
        let id = audit_id(&mut owner, one.case).await;
        let flip = format!("update cases set status = 'closed' where id = '{}'", one.case);
        finds(world, &mut owner, &flip, &[&[&id, "`closed`", "`triage`"]]).await;
    });
}

#[test]
fn attack_16_a_case_that_was_deleted_and_one_that_nobody_reported() {
    in_ruined_world(async |world| {
        let (mut owner, [one, _]) = ground(world).await;
        let id = audit_id(&mut owner, one.case).await;
        let delete = format!("delete from cases where id = '{}'", one.case);
        finds(world, &mut owner, &delete, &[&[&id, "its row was removed"]]).await;
        let column = "select string_agg(column_name::text, ',') from information_schema.columns \
                      where table_name = 'cases' and column_name not in ('id', 'audit_id', 'reference', 'receipt_id')";
        let columns = owner.value(column).await.as_str().unwrap().to_owned();
        let copy = format!(
            "insert into cases (id, audit_id, reference, receipt_id, {columns}) \
             select gen_random_uuid(), '00000000-0000-4000-8000-000000000000', 'X', '\\x00', {columns} from cases"
        );
        let two: &[&[&str]] = &[&[&id], &["00000000-0000-4000-8000-000000000000", "no entry"]];
        finds(world, &mut owner, &copy, two).await;
    });
}

#[test]
fn attack_16_access_that_nobody_gave_and_a_due_day_that_nobody_moved() {
    in_ruined_world(async |world| {
        let (mut owner, [one, two]) = ground(world).await;
        let (first, second) = (audit_id(&mut owner, one.case).await, audit_id(&mut owner, two.case).await);
        let grant = format!(
            "insert into case_grants (case_id, staff_id, capacity, granted_on, attested_on) \
             values ('{}', '{}', 'reviewer', '2026-11-23', '2026-11-23')",
            one.case,
            world.id("rev4")
        );
        finds(world, &mut owner, &grant, &[&[&first, "not as its last entry left it"]]).await;
        let due = format!("update cases set due_on = due_on + 30 where id = '{}'", two.case);
        let both: &[&[&str]] = &[&[&first], &[&second, "not as its last entry left it"]];
        finds(world, &mut owner, &due, both).await;
    });
}

/// An act leaves its object as it found it, but for what it changes: an edit from before is then part of what it says.
#[test]
fn attack_16_an_edit_is_found_until_the_next_act_on_the_object() {
    in_ruined_world(async |world| {
        let (mut owner, [one, _]) = ground(world).await;
        let id = audit_id(&mut owner, one.case).await;
        let due = format!("update cases set due_on = due_on + 30 where id = '{}'", one.case);
        finds(world, &mut owner, &due, &[&[&id, "not as its last entry left it"]]).await;
        one.write("More.").await.unwrap();
        assert_eq!(differences(world).await, Vec::<String>::new());
    });
}

/// Somebody was taken out of the directory; deleting that row would let them back in.
#[test]
fn attack_16_a_retirement_that_was_deleted() {
    in_ruined_world(async |world| {
        disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id("rev4")).await.unwrap();
        let (mut owner, _) = ground(world).await;
        let last =
            format!("delete from directory_entries d where staff_id = '{}' and serial = 2", world.id("rev4"));
        finds(world, &mut owner, &last, &[&["instance", "not as its last entry left it"]]).await;
    });
}

/// SQL that changes a member of an entry and everything else that follows from its bytes.
async fn rewritten(owner: &mut Sql, which: &str, change: impl FnOnce(&mut Value)) -> String {
    let entry = owner.rows(&format!("select eid, body from audit.entries where {which}")).await.remove(0);
    let mut body: Value = serde_json::from_slice(&bytes(&entry["body"])).unwrap();
    change(&mut body);
    let body = serde_json_canonicalizer::to_vec(&body).unwrap();
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    format!(
        "update audit.entries set body = '\\x{}', commitment = '\\x{}' where eid = {}",
        hex(&body),
        hex(&commitment_of(&body)),
        entry["eid"].to_string().replace('"', "'"),
    )
}

#[test]
fn attack_14_an_entry_and_its_commitment_edited_together() {
    in_ruined_world(async |world| {
        let (mut owner, [one, _]) = ground(world).await;
        let id = audit_id(&mut owner, one.case).await;
        let second = format!("obj_id = '{id}' and n = 2");
        let edit = rewritten(&mut owner, &second, |body| body["by"]["role"] = json!("reviewer")).await;
        let found: &[&[&str]] =
            &[&[&id, "entry 3 does not follow"], &["Leaf", "does not hold the commitment of its entry"]];
        finds(world, &mut owner, &edit, found).await;
    });
}

#[test]
fn attack_18_an_entry_wiped_from_record_and_queue() {
    in_ruined_world(async |world| {
        let (mut owner, [one, _]) = ground(world).await;
        let reporter = world.submit("What should never have come.").await;
        let id = audit_id(&mut owner, reporter.case).await;
        let wipe = format!(
            "delete from audit.pending where eid in (select eid from audit.entries where obj_id = '{id}'); \
             delete from audit.entries where obj_id = '{id}'"
        );
        finds(world, &mut owner, &wipe, &[&[&id, "no entry"]]).await;
        // With its row gone too nothing here tells of it, and only the reporter's receipt remembers.
        let row = format!("delete from cases where id = '{}'", reporter.case);
        finds(world, &mut owner, &row, &[]).await;
        // The queue alone.
        one.write("More.").await.unwrap();
        finds(world, &mut owner, "truncate audit.pending", &[&["1 entries", "emptied the queue"]]).await;
    });
}

/// Makes leaves, tiles, root and state anew from the entries that are there.
async fn rebuild(owner: &mut Sql) {
    let anew = "create temp table old as select idx, eid from audit.leaves; truncate audit.leaves, audit.tiles; \
                insert into audit.leaves select row_number() over (order by o.idx) - 1, e.eid, e.commitment \
                from old o join audit.entries e using (eid)";
    owner.run(anew).await.unwrap();
    let leaves = owner.rows("select commitment from audit.leaves order by idx").await;
    let leaves: Vec<_> = leaves.iter().map(|row| tree::leaf(&bytes(&row["commitment"]))).collect();
    let mut edge = RightEdge::empty();
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    for tile in edge.extend(&leaves).unwrap() {
        let (level, index) = (tile.id.level(), tile.id.index());
        let row = format!("insert into audit.tiles values ({level}, {index}, '\\x{}')", hex(&tile.bytes));
        owner.run(&row).await.unwrap();
    }
    let state = format!(
        "update audit.tree_state set size = {}, root = '\\x{}'",
        leaves.len(),
        hex(edge.root().bytes())
    );
    owner.run(&state).await.unwrap();
}

/// A case taken out with everything, and the tree made anew: only who has a bundle from before can tell.
#[test]
fn attack_15_everything_rebuilt_without_a_case_is_found_with_a_bundle() {
    in_ruined_world(async |world| {
        let (mut owner, [one, two]) = ground(world).await;
        let kept = Kept::of(&mut owner, 0).await;
        assert_eq!(differences_with(world, Some(&kept)).await, Vec::<String>::new());
        two.write("More.").await.unwrap();
        assert_eq!(differences_with(world, Some(&kept)).await, Vec::<String>::new(), "the record went on");
        let id = audit_id(&mut owner, one.case).await;
        let remove = format!(
            "delete from cases where id = '{}'; delete from audit.entries where obj_id = '{id}'",
            one.case
        );
        owner.run(&remove).await.unwrap();
        assert!(differences(world).await.iter().any(|found| found.contains("The entry of leaf")));
        rebuild(&mut owner).await;
        assert_eq!(differences(world).await, Vec::<String>::new(), "the database is at peace with itself");
        let found = differences_with(world, Some(&kept)).await;
        assert!(found.iter().any(|sentence| sentence.contains(&id) && sentence.contains("does not have it")));
        assert!(
            found.iter().any(|sentence| sentence.contains("is another than in the bundle")),
            "{found:#?}"
        );
    });
}

/// The tail of a history that somebody outside knows, and a database put back to an older state.
#[test]
fn attack_13_an_older_state_is_found_with_a_bundle() {
    in_ruined_world(async |world| {
        let (mut owner, [one, _]) = ground(world).await;
        let mut kept = Kept::of(&mut owner, 0).await;
        let id = audit_id(&mut owner, one.case).await;
        let mut later: Value = serde_json::from_slice(&kept.entries[0]).unwrap();
        (later["n"], later["obj"]) = (json!(9), json!({"id": id.replace('-', ""), "k": "case"}));
        kept.entries.push(serde_json_canonicalizer::to_vec(&later).unwrap());
        let found = differences_with(world, Some(&kept)).await;
        assert!(found.iter().any(|sentence| sentence.contains(&id) && sentence.contains("lost or changed")));
        assert!(found.iter().any(|sentence| sentence.contains("older state")), "{found:#?}");
    });
}
