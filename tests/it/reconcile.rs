//! No column of what is audited, and no row, can be changed past the guards without `reconcile` finding it; and the command
//! says so.

use std::collections::BTreeSet;

use senim::{
    audit::verify::Outcome,
    domain::{case::step::Step, ids::CaseId},
};
use serde_json::Value;

use crate::{
    actions::neglect,
    database::Sql,
    facts::enough,
    installation::Home,
    log_tree::{begin, next},
    reconcile_attacks::disarm,
    record::differences,
    world::{World, in_ruined_world, in_world},
};

/// Tables of which every column counts, with a condition on the row that is edited.
const AUDITED: &[(&str, &str)] = &[
    ("bodies", "true"),
    ("case_epochs", "true"),
    ("case_grants", "true"),
    ("case_items", "sealed is not null"),
    ("case_remedies", "true"),
    ("case_wraps", "true"),
    ("cases", "true"),
    ("config_changes", "true"),
    ("desks", "true"),
    ("directory_entries", "version is not null"),
    ("instance", "true"),
    ("oversight_matters", "true"),
    ("proposals", "true"),
    ("referrals", "true"),
    ("routing_rules", "true"),
    ("staff", "state = 'active'"),
    ("staff_recoveries", "true"),
    ("audit.entries", "obj_kind = 'case'"),
    ("audit.leaves", "true"),
    ("audit.tiles", "true"),
];

/// The other tables, each with its reason.
const NOT_AUDITED: &[(&str, &str)] = &[
    ("__diesel_schema_migrations", "the tool's own"),
    ("content_reads", "which looks of a session are already entered"),
    ("mail_digests", "the day of the last digest"),
    ("sessions", "who is signed in just now"),
    ("staff_factors", "sealed by the server, and used steps"),
    ("tasks", "work that waits; a missing one is seen by the sweep"),
    ("throttles", "how often something was tried"),
    ("workflow_transitions", "a copy of the code's; the verifier judges every step by the code's"),
    ("audit.anchors", "compared by the verifier, from the entries"),
    ("audit.checkpoints", "signed"),
    ("audit.cosignatures", "signed"),
    ("audit.epochs", "written by the database for the auditors' page"),
    ("audit.pending", "compared with the entries that have no leaf"),
    ("audit.tree_state", "compared with the leaves"),
];

/// Columns that do not count, each with its reason.
const EXCUSED: &[(&str, &str)] = &[
    // The application cannot read it; a wrap that does not open shows itself, and who holds one is audited.
    ("case_wraps", "sealed"),
    // There is one row, and it is true.
    ("instance", "id"),
];

/// SQL for another value of a column, as long as the one that is there where its length is guarded.
fn other(column: &str, kind: &str) -> String {
    match kind {
        "uuid" => format!("coalesce(gen_random_uuid(), {column})"),
        "date" => format!("coalesce({column}, '2026-01-01') + 1"),
        "boolean" => format!("not {column}"),
        "integer" | "bigint" => format!("coalesce({column}, 0) + 700000"),
        // It stays JSON, of which the database makes other columns.
        "bytea" if column == "body" => format!("{column} || '\\x20'"),
        "bytea" => format!(
            "set_byte(coalesce({column}, '\\x00'), 0, 255 - get_byte(coalesce({column}, '\\x00'), 0))"
        ),
        "text" => format!("coalesce({column}, '') || 'x'"),
        "ARRAY" => format!("{column} || {column}"),
        _ => format!("coalesce({column}, '2026-01-01') + interval '1 second'"),
    }
}

/// Something of everything, so that every table has a row.
async fn fill(world: &World) -> CaseId {
    begin(world).await;
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    let case = world.submit("Something.").await.case;
    world.drive(case, &triager, Step::Open, &reviewer).await;
    world.drive(case, &triager, Step::ReferPart, &reviewer).await;
    let given = enough(world.status(case).await, Step::Reject, triager.id(), "some");
    triager.propose(case, Step::Reject, given).await;
    world.recover(world.id("rev2"), &world.recovery_code("rev2"), "quite another sentence").await.unwrap();
    // A due day passes, so that oversight has something to see.
    world.advance_days(5);
    senim::usecases::watch_deadlines::watch_deadlines(&world.ctx).await.unwrap();
    neglect(world).await;
    next(world).await;
    case
}

/// Columns of a table with their types, but those that the database makes of the others.
async fn columns(owner: &mut Sql, table: &str) -> Vec<(String, String)> {
    let (schema, name) = table.split_once('.').unwrap_or(("public", table));
    let query = format!(
        "select column_name as name, data_type as kind from information_schema.columns \
         where table_schema = '{schema}' and table_name = '{name}' and is_generated = 'NEVER' order by ordinal_position"
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    owner.rows(&query).await.iter().map(|row| (text(&row["name"]), text(&row["kind"]))).collect()
}

/// Makes the table again what was saved of it.
async fn put_back(owner: &mut Sql, table: &str) {
    let names: Vec<String> = columns(owner, table).await.into_iter().map(|(name, _)| name).collect();
    let names = names.join(", ");
    let copy = format!("delete from {table}; insert into {table} ({names}) select {names} from saved");
    owner.run(&copy).await.unwrap();
}

#[test]
fn every_table_is_audited_or_says_why_not() {
    in_world(async |world| {
        let query = "select case table_schema when 'public' then '' else table_schema || '.' end || table_name as name \
             from information_schema.tables \
             where table_type = 'BASE TABLE' and table_schema in ('public', 'audit') order by 1";
        let rows = world.owner().await.rows(query).await;
        let there: BTreeSet<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
        let listed = AUDITED.iter().chain(NOT_AUDITED).map(|(table, _)| *table).collect();
        assert_eq!(there, listed);
    });
}

#[test]
fn every_column_edited_past_the_guards_is_found() {
    in_ruined_world(async |world| {
        fill(world).await;
        let mut owner = world.owner().await;
        disarm(&mut owner).await;
        let mut missed = Vec::new();
        let mut edited = 0;
        for (table, which) in AUDITED {
            owner.run(&format!("create table saved as select * from {table}")).await.unwrap();
            for (column, kind) in columns(&mut owner, table).await {
                if EXCUSED.contains(&(table, column.as_str())) {
                    continue;
                }
                let one = format!("ctid = (select min(ctid) from {table} where {which})");
                let edit = format!("update {table} set {column} = {} where {one}", other(&column, &kind));
                owner.run(&edit).await.unwrap_or_else(|why| panic!("{edit}: {why}"));
                if differences(world).await.is_empty() {
                    missed.push(format!("{table}.{column}"));
                }
                edited += 1;
                put_back(&mut owner, table).await;
            }
            owner.run("drop table saved").await.unwrap();
        }
        assert!(edited > 100, "{edited}");
        assert_eq!(missed, Vec::<String>::new());
        assert_eq!(differences(world).await, Vec::<String>::new(), "all is as it was");
    });
}

#[test]
fn every_row_removed_past_the_guards_is_found() {
    in_ruined_world(async |world| {
        fill(world).await;
        let mut owner = world.owner().await;
        disarm(&mut owner).await;
        for (table, which) in AUDITED {
            owner.run(&format!("create table saved as select * from {table}")).await.unwrap();
            let remove =
                format!("delete from {table} where ctid = (select min(ctid) from {table} where {which})");
            owner.run(&remove).await.unwrap();
            assert!(!differences(world).await.is_empty(), "{remove}");
            put_back(&mut owner, table).await;
            owner.run("drop table saved").await.unwrap();
        }
        assert_eq!(differences(world).await, Vec::<String>::new(), "all is as it was");
    });
}

/// A database with every kind of object, but no tree yet.
#[test]
fn a_record_without_a_tree_reconciles() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        reporter.write("More.").await.unwrap();
        let report = senim::usecases::reconcile::reconcile(&world.ctx, None, &mut |_, _| {}).await.unwrap();
        let names: Vec<&str> = report.checks.iter().map(|check| check.name).collect();
        assert_eq!(names, ["cases", "desks", "instance", "log", "staff", "entries", "tree"]);
        assert_eq!(report.outcome(), Outcome::Good);
        assert!(report.checks[0].sentence.contains("The case is exactly what its entries say"));
        assert!(report.checks[3].sentence.contains("There are no logs"));
    });
}

#[test]
fn the_command_says_what_it_compared_and_what_it_found() {
    let home = Home::new("reconcile");
    home.good(&["demo", "--seed-only"]);
    let said = home.good(&["audit", "reconcile"]);
    assert!(said.contains("cases are exactly what their entries say"), "{said}");
    let line: Value = serde_json::from_str(&home.good(&["audit", "reconcile", "--json"])).unwrap();
    assert_eq!(line["outcome"], "good");
    let missing = home.run(&["audit", "reconcile", "--bundle", "/nowhere.tar"]);
    assert_eq!(missing.code, 2, "{}", missing.err);
}
