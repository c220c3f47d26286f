//! Rows that a reporter caused hold no time finer than a day (control EU-16.1-2).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use senim::domain::case::step::Step;
use serde_json::Value;

use crate::{
    database::{Sql, bytes},
    facts::enough,
    world::{World, in_world},
};

/// Everything in the database that tells a time: the columns by table.
async fn timed_columns(owner: &mut Sql) -> Vec<(String, String, bool)> {
    let query = "select format('%I.%I', table_schema, table_name) as name, column_name as col, \
                 data_type <> 'date' as fine from information_schema.columns \
                 where table_schema in ('public', 'audit') \
                 and (data_type like 'time%' or data_type in ('date', 'interval'))";
    let rows = owner.rows(query).await;
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(row, "name"), text(row, "col"), row["fine"].as_bool().unwrap())).collect()
}

/// The rows of every table as JSON texts.
async fn rows_by_table(owner: &mut Sql, tables: &[String]) -> BTreeMap<String, Vec<Value>> {
    let mut all = BTreeMap::new();
    for table in tables {
        all.insert(table.clone(), owner.rows(&format!("select * from {table}")).await);
    }
    all
}

/// What is new or changed in the database after `act`, in tables that tell a time.
async fn caused(world: &World, act: impl AsyncFnOnce()) -> BTreeMap<String, Vec<Value>> {
    let mut owner = world.owner().await;
    let mut tables: Vec<String> =
        timed_columns(&mut owner).await.into_iter().map(|(table, ..)| table).collect();
    tables.dedup();
    let before = rows_by_table(&mut owner, &tables).await;
    act().await;
    let mut after = rows_by_table(&mut owner, &tables).await;
    for (table, rows) in &mut after {
        rows.retain(|row| !before[table].contains(row));
    }
    after.retain(|_, rows| !rows.is_empty());
    after
}

/// No column finer than a day in these rows, but when an entry may enter the tree, on the day after its own.
async fn assert_days_only(world: &World, rows: &BTreeMap<String, Vec<Value>>) {
    let mut owner = world.owner().await;
    for (table, column, fine) in timed_columns(&mut owner).await {
        for row in rows.get(&table).into_iter().flatten() {
            let midnight = row[&column].as_str().is_some_and(|time| time.contains("T00:00:00+00:00"));
            if fine && !row[&column].is_null() && !midnight {
                assert_eq!((table.as_str(), column.as_str()), ("audit.pending", "due"), "{row}");
            }
        }
    }
    for pending in rows.get("audit.pending").into_iter().flatten() {
        let eid = pending["eid"].as_str().unwrap();
        let entry = rows["audit.entries"].iter().find(|entry| entry["eid"] == eid).unwrap();
        let day: Date = entry["day"].as_str().unwrap().parse().unwrap();
        let due: Timestamp = pending["due"].as_str().unwrap().parse().unwrap();
        let due_on = due.to_zoned(TimeZone::UTC).date();
        assert_eq!(due_on, day.tomorrow().unwrap(), "an entry enters the tree during the day after its own");
    }
    for entry in rows.get("audit.entries").into_iter().flatten() {
        let body = String::from_utf8(bytes(&entry["body"])).unwrap();
        assert!(!body.contains("\"at\"") && !body.contains("\"node\""), "{body}");
    }
}

/// Hours at which the day is one in UTC and in Astana, and at which it is not.
const HOURS: &[i64] = &[0, 15, 6, 17, 9];

/// Control EU-16.1-2.
#[test]
fn a_report_tells_its_day_and_nothing_finer_at_any_hour() {
    in_world(async |world| {
        for hours in HOURS {
            world.advance(SignedDuration::from_hours(*hours));
            let rows = caused(world, async || {
                world.submit("Something.").await;
            });
            let rows = rows.await;
            assert!(rows.contains_key("public.cases") && rows.contains_key("audit.pending"), "{rows:?}");
            assert_days_only(world, &rows).await;
        }
    });
}

/// In the small hours the day of the place is ahead of UTC; what the desk does then never stands before the report.
#[test]
fn the_desk_writes_by_the_calendar_of_the_reporter() {
    in_world(async |world| {
        world.advance(SignedDuration::from_hours(15));
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        reporter.write("More.").await.unwrap();
        world.drive(reporter.case, &triager, Step::Ask, &reviewer).await;
        let mut owner = world.owner().await;
        let days = "select distinct received_on as day from cases \
                    union select written_on from case_items union select attested_on from case_grants \
                    where attested_on is not null";
        let days = owner.rows(days).await;
        assert_eq!(days.len(), 1, "{days:?}");
        assert_eq!(days[0]["day"], "2026-11-24");
    });
}

/// Control EU-16.1-2.
#[test]
fn a_message_and_an_answer_tell_their_day_and_nothing_finer() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        for hours in HOURS {
            world.advance(SignedDuration::from_hours(*hours));
            let rows = caused(world, async || reporter.write("More.").await.unwrap()).await;
            assert!(rows.contains_key("public.case_items"), "{rows:?}");
            assert_days_only(world, &rows).await;
        }
        world.drive(reporter.case, &triager, Step::Ask, &reviewer).await;
        let given = enough(world.status(reporter.case).await, Step::Withdraw, triager.id(), "some");
        triager.propose(reporter.case, Step::Withdraw, given).await;
        world.advance(SignedDuration::from_hours(3));
        let rows = caused(world, async || reporter.write("The answer.").await.unwrap()).await;
        assert_days_only(world, &rows).await;
    });
}

/// Ids of rows that a reporter caused tell no time either: version 4, not 7.
#[test]
fn ids_caused_by_a_reporter_are_random() {
    in_world(async |world| {
        world.submit("Something.").await.write("More.").await.unwrap();
        let mut owner = world.owner().await;
        for (table, column) in
            [("cases", "id"), ("cases", "audit_id"), ("case_items", "id"), ("audit.entries", "eid")]
        {
            let odd = format!("{table} where substr({column}::text, 15, 1) <> '4'");
            assert_eq!(owner.count(&odd).await, 0, "{table}.{column}");
        }
    });
}
