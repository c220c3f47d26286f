//! The way up, down and up again, with data; and what the program believes the tables to be.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use senim::storage::migrations;

use crate::{
    database::{Database, dump_program},
    world::in_world,
};

/// The definitions of everything in a database, without the lines that differ from run to run.
fn schema(url: &str) -> String {
    let tool = dump_program(url);
    let done = Command::new(tool)
        .args(["--schema-only", "--exclude-table=__diesel_schema_migrations", url])
        .output();
    let done = done.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    text.lines().filter(|line| !line.contains("restrict ")).map(|line| format!("{line}\n")).collect()
}

/// In a thread of its own, because migrating brings its own runtime.
fn apart<T: Send + 'static>(url: &str, work: fn(&str) -> T) -> T {
    let url = url.to_owned();
    std::thread::spawn(move || work(&url)).join().unwrap()
}

#[test]
fn up_down_and_up_again_with_data_gives_the_same_schema() {
    in_world(async |world| {
        world.submit("A database with a case in it.").await;
        let url = world.db.owner_url();
        let first = schema(&url);
        assert!(first.contains("CREATE TABLE public.cases"), "{first}");
        // The world's own database is checked at the end; a copy of it goes down.
        let copy = Database::create_from_living(world).await;
        let url = copy.owner_url();
        assert_eq!(schema(&url), first);
        assert!(apart(&url, |url| migrations::pending(url).unwrap()).is_empty());
        let down = apart(&url, |url| migrations::revert_all(url).unwrap());
        let empty = schema(&url);
        assert!(!empty.contains("CREATE TABLE") && !empty.contains("CREATE FUNCTION"), "{empty}");
        assert_eq!(apart(&url, |url| migrations::run(url).unwrap()).len(), down.len());
        assert_eq!(schema(&url), first);
        copy.drop_for_good().await;
    });
}

/// Several instances start at once; one migrates, the others wait for it.
#[test]
fn two_migrators_at_once_do_not_meet() {
    in_world(async |world| {
        let copy = Database::create_from_living(world).await;
        let url = copy.owner_url();
        apart(&url, |url| migrations::revert_all(url).unwrap());
        let starts: Vec<_> = (0..3)
            .map(|_| {
                let url = url.clone();
                std::thread::spawn(move || migrations::run(&url).unwrap().len())
            })
            .collect();
        let mut ran: Vec<usize> = starts.into_iter().map(|start| start.join().unwrap()).collect();
        ran.sort_unstable();
        assert_eq!(ran[..2], [0, 0], "{ran:?}");
        copy.drop_for_good().await;
    });
}

/// The tables of `src/storage/schema.rs`: columns with their types, and the primary key, by qualified name.
fn believed() -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage/schema.rs");
    let text = fs::read_to_string(path).unwrap();
    let mut tables = BTreeMap::new();
    for block in text.split("diesel::table! {").skip(1) {
        let block = block.split("\n}\n").next().unwrap();
        let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        let (name, key) = lines.next().unwrap().split_once(" (").unwrap();
        let key = key.split(')').next().unwrap().split(", ").map(str::to_owned).collect();
        let name = if name.contains('.') { name.to_owned() } else { format!("public.{name}") };
        let columns: Vec<String> =
            lines.filter_map(|line| line.strip_suffix(',')).map(str::to_owned).collect();
        tables.insert(name, (columns, key));
    }
    tables
}

/// The same as the database has them.
async fn found(db: &Database) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut owner = db.owner().await;
    let query = "select table_schema || '.' || table_name as name, column_name as col, is_nullable as nullable, \
                 udt_name as kind from information_schema.columns where table_schema in ('public', 'audit') \
                 and table_name <> '__diesel_schema_migrations' order by ordinal_position";
    let mut tables: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for row in owner.rows(query).await {
        let kind = match row["kind"].as_str().unwrap() {
            "uuid" => "Uuid",
            "text" => "Text",
            "int4" => "Int4",
            "int8" => "Int8",
            "bool" => "Bool",
            "bytea" => "Bytea",
            "date" => "Date",
            "timestamptz" => "Timestamptz",
            "_text" => "Array<Text>",
            other => panic!("no type of diesel's is known for {other}"),
        };
        let kind = if row["nullable"] == "YES" { format!("Nullable<{kind}>") } else { kind.to_owned() };
        let column = format!("{} -> {kind}", row["col"].as_str().unwrap());
        tables.entry(row["name"].as_str().unwrap().to_owned()).or_default().0.push(column);
    }
    let keys = "select n.nspname || '.' || c.relname as name, a.attname as col from pg_index i \
                join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace \
                cross join lateral unnest(i.indkey) with ordinality as k (num, place) \
                join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num \
                where i.indisprimary and n.nspname in ('public', 'audit') order by 1, k.place";
    for row in owner.rows(keys).await {
        if let Some(table) = tables.get_mut(row["name"].as_str().unwrap()) {
            table.1.push(row["col"].as_str().unwrap().to_owned());
        }
    }
    tables
}

#[test]
fn the_schema_in_the_program_is_that_of_the_database() {
    in_world(async |world| {
        let (believed, found) = (believed(), found(&world.db).await);
        let names = |tables: &BTreeMap<String, _>| tables.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&believed), names(&found));
        for (name, table) in found {
            assert_eq!(believed[&name], table, "{name}");
        }
    });
}
