//! No column of what is audited, and no row, can be changed past the guards without `reconcile` finding it; and the command
//! says so.

use senim::{
    audit::verify::Outcome,
    domain::{case::step::Step, ids::CaseId},
};
use serde_json::Value;

use crate::{
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
    ("case_wraps", "true"),
    ("cases", "true"),
    ("desks", "true"),
    ("directory_entries", "version is not null"),
    ("instance", "true"),
    ("proposals", "true"),
    ("routing_rules", "true"),
    ("staff", "state = 'active'"),
    ("staff_recoveries", "true"),
    ("audit.entries", "obj_kind = 'case'"),
    ("audit.leaves", "true"),
    ("audit.tiles", "true"),
];

/// Columns that do not count, each with its reason.
const EXCUSED: &[(&str, &str)] = &[
    // The application cannot read it; a wrap that does not open shows itself, and who holds one is audited.
    ("case_wraps", "sealed"),
    // There is one row, and it is true.
    ("instance", "id"),
];

/// SQL for another value of a column that is as long as the one that is there.
fn other(column: &str, kind: &str) -> String {
    match kind {
        "uuid" => format!("coalesce(gen_random_uuid(), {column})"),
        "date" => format!("coalesce({column}, '2026-01-01') + 1"),
        "boolean" => format!("not {column}"),
        "integer" | "bigint" => format!("coalesce({column}, 0) + 700000"),
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
    let given = enough(world.status(case).await, Step::Reject, triager.id(), "some");
    triager.propose(case, Step::Reject, given).await;
    world.recover(world.id("rev2"), &world.recovery_code("rev2"), "quite another sentence").await.unwrap();
    world.advance_days(2);
    next(world).await;
    case
}

async fn columns(owner: &mut Sql, table: &str) -> Vec<(String, String)> {
    let (schema, name) = table.split_once('.').unwrap_or(("public", table));
    let query = format!(
        "select column_name as name, data_type as kind from information_schema.columns \
         where table_schema = '{schema}' and table_name = '{name}' order by ordinal_position"
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    owner.rows(&query).await.iter().map(|row| (text(&row["name"]), text(&row["kind"]))).collect()
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
                owner
                    .run(&format!("delete from {table}; insert into {table} select * from saved"))
                    .await
                    .unwrap();
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
            owner
                .run(&format!(
                    "delete from {table}; insert into {table} select * from saved; drop table saved"
                ))
                .await
                .unwrap();
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
