//! The auditors' pages: filters that combine and stay, places in the tree, evidence that adds up, and the look-ups recorded.

use std::collections::BTreeSet;

use senim::{
    domain::{case::step::Step, role::Role},
    policy::RoleAt,
    usecases::sequence_log::sequence_log,
};
use serde_json::Value;

use crate::{
    app::{Answer, in_app},
    database::Database,
    facts::none,
    world::{World, in_world},
};

/// An auditor, and a case that lived a little.
async fn lived(world: &World) -> String {
    world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
    let case = world.submit("The inspector asked for an envelope.").await.case;
    let triager = world.sign_in("tri1").await;
    triager.attest(case).await;
    triager.open(case).await.unwrap();
    triager.take(case, Step::Open, none()).await;
    world.submit("Another matter.").await;
    let audit_id = format!("select audit_id from cases where id = '{case}'");
    world.owner().await.value(&audit_id).await.as_str().unwrap().to_owned()
}

fn of<'v>(answer: &'v Value, path: &str) -> Vec<&'v Value> {
    answer["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry.pointer(path).unwrap_or(&Value::Null))
        .collect()
}

#[test]
fn filters_combine_and_each_entry_tells_its_place() {
    in_app(async |world, app| {
        let case = lived(world).await;
        let auditor = app.staff(&world.sign_in("aud1").await);
        let get = async |query: &str| auditor.get(&format!("/audit/entries?{query}")).await.expect(200);
        let history = get(&format!("case={case}")).await;
        let numbers: Vec<u64> = of(&history, "/entry/n").iter().map(|n| n.as_u64().unwrap()).collect();
        assert_eq!(
            numbers,
            (1..).take(numbers.len()).collect::<Vec<u64>>(),
            "a history goes from the first on"
        );
        let by_staff = get(&format!("case={case}&cause=staff&role=triager&principle=11a")).await;
        assert_eq!(
            of(&by_staff, "/entry/by/k").len(),
            numbers.len() - 2,
            "neither the report nor the reading"
        );
        let alias = by_staff["entries"][0]["entry"]["by"]["id"].as_str().unwrap().to_owned();
        let own = get(&format!("actor={}&act=coi.attested", alias.to_uppercase())).await;
        assert_eq!(of(&own, "/entry/obj/id"), [&Value::from(case.replace('-', ""))]);
        for (query, some) in [
            ("profile=kz&cause=reporter", true),
            ("profile=iso_default&cause=reporter", false),
            ("cause=timer", false),
            ("act=log.genesis&cause=system", true),
            ("act=content.read&principle=13", false),
            ("from=2026-11-23&until=2026-11-23&cause=reporter", true),
            ("until=2026-11-22", false),
        ] {
            assert_eq!(!of(&get(query).await, "/id").is_empty(), some, "{query}");
        }
        assert!(of(&history, "/index").iter().all(|index| index.is_null()), "all wait");
        world.advance_days(2);
        assert!(sequence_log(&world.ctx).await.unwrap() > 0);
        let auditor = app.staff(&world.sign_in("aud1").await);
        let get = async |query: &str| auditor.get(&format!("/audit/entries?{query}")).await.expect(200);
        let history = get(&format!("case={case}")).await;
        let places: BTreeSet<u64> =
            of(&history, "/index").iter().map(|index| index.as_u64().unwrap()).collect();
        assert_eq!(places.len(), numbers.len(), "each has its own place");
        let pads = get("act=log.pad&limit=3").await;
        assert_eq!(of(&pads, "/id").len(), 3);
        assert_eq!(
            of(&get("principle=12a").await, "/entry/acts/0").iter().filter(|a| **a == "log.pad").count(),
            0
        );
    });
}

/// Pages of any filters put together are the whole, each entry once.
#[test]
fn a_cursor_goes_through_everything_once() {
    in_app(async |world, app| {
        let case = lived(world).await;
        let auditor = app.staff(&world.sign_in("aud1").await);
        for filter in ["cause=staff&until=2026-11-23".to_owned(), format!("case={case}")] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = format!("/audit/entries?{filter}&limit=2{cursor}");
                let page = auditor.get(&page).await.expect(200);
                seen.extend(of(&page, "/id").into_iter().cloned());
                let Some(next) = page["cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
                assert!(seen.len() < 200);
            }
            let whole = auditor.get(&format!("/audit/entries?{filter}&limit=500")).await.expect(200);
            // The reading itself goes on being recorded, latest first, by this auditor.
            let before: Vec<_> =
                of(&whole, "/id").into_iter().filter(|id| seen.contains(*id)).cloned().collect();
            assert_eq!(before, seen, "{filter}");
            assert!(seen.len() > 3, "{filter}");
        }
    });
}

#[test]
fn a_wrong_filter_is_named_and_what_was_typed_stays() {
    in_app(async |world, app| {
        lived(world).await;
        let pages = app.staff_pages(&world.sign_in("aud1").await);
        let wrong = pages.get("/audit/entries?act=nonsense&from=31.02.2026&case=seven&role=triager").await;
        assert_eq!(wrong.status, 422, "{}", wrong.body);
        assert_eq!(wrong.input("case"), "seven");
        for kept in ["value=\"31.02.2026\"", "value=\"nonsense\" selected", "value=\"triager\" selected"] {
            assert!(wrong.body.contains(kept), "{kept}: {}", wrong.body);
        }
        for field in ["act", "from", "case"] {
            assert!(wrong.body.contains(&format!("href=\"#{field}\"")), "{field}");
        }
        assert!(!wrong.body.contains("<tbody>"), "nothing is shown instead");
        let wrong = pages.get("/audit/evidence?from=2026-11-02&until=2026-11-01").await;
        assert_eq!(wrong.status, 422);
        assert!(!wrong.body.contains("<svg"));
        let good = pages.get("/audit/entries?cause=staff&role=triager").await;
        assert_eq!(good.status, 200);
        assert!(good.body.contains("value=\"staff\" selected"));
    });
}

/// The number behind a link of the evidence map is the number of entries that the link shows.
#[test]
fn evidence_counts_what_its_links_show() {
    in_app(async |world, app| {
        lived(world).await;
        let actor = world.sign_in("aud1").await;
        let (pages, auditor) = (app.staff_pages(&actor), app.staff(&actor));
        let map = pages.get("/audit/evidence?until=2026-11-23").await;
        assert_eq!(map.status, 200);
        assert!(map.body.contains("<svg") && map.body.matches("<section class=\"principle\"").count() == 13);
        for (principle, acts) in [("9c", "report.received"), ("4c", "coi.attested")] {
            let shown = figure(&map, &format!("principle={principle}&#38;until=2026-11-23"));
            let entries =
                auditor.get(&format!("/audit/entries?principle={principle}&until=2026-11-23")).await;
            assert_eq!(of(&entries.expect(200), "/id").len().to_string(), shown, "{principle}");
            figure(&map, &format!("act={acts}&#38;until=2026-11-23"));
        }
        let empty = pages.get("/audit/evidence?until=2020-01-01").await;
        assert!(!empty.body.contains("/audit/entries?principle"), "no figure leads to nothing");
        let acts = auditor.get("/audit/acts").await.expect(200);
        let received = acts["acts"].as_array().unwrap().iter().find(|act| act["act"] == "report.received");
        assert_eq!(received.unwrap()["entries"], 2);
        let csv = pages.get("/audit/acts.csv").await;
        assert_eq!(csv.status, 200);
        assert_eq!(csv.body.lines().count(), senim::audit::act::Act::ALL.len() + 1);
        assert!(
            csv.body.lines().any(|line| line.starts_with("report.received,") && line.ends_with(",true,2"))
        );
    });
}

/// The figure that a link of a page shows.
#[track_caller]
fn figure(page: &Answer, query: &str) -> String {
    let link = format!("href=\"/audit/entries?{query}\">");
    let at = page.body.find(&link).unwrap_or_else(|| panic!("no link {link}: {}", page.body));
    page.body[at + link.len()..].split('<').next().unwrap().to_owned()
}

/// Control AUD-4: the auditor's own look-ups stand in the record, with their kind.
#[test]
fn every_look_is_recorded_with_its_kind_and_nobody_else_looks() {
    in_app(async |world, app| {
        lived(world).await;
        let pages = app.staff_pages(&world.sign_in("aud1").await);
        let mut owner = world.owner().await;
        let entry = owner.value("select eid from audit.entries where 'coi.attested' = any(acts)").await;
        let entry = entry.as_str().unwrap().to_owned();
        for (path, status, kind) in [
            ("/audit/entries".to_owned(), 200, "page"),
            (format!("/audit/entries/{entry}"), 200, "entry"),
            (format!("/audit/entries/{entry}/proof"), 404, "inclusion"),
            ("/audit/evidence".to_owned(), 200, "evidence"),
            ("/audit/acts".to_owned(), 200, "acts"),
            ("/audit/acts.csv".to_owned(), 200, "acts"),
        ] {
            let of_kind = format!(
                "audit.entries where acts = array['audit.queried'] and \
                 convert_from(body, 'UTF8') like '%\"query\":\"{kind}\"%'"
            );
            let before = owner.count(&of_kind).await;
            assert_eq!(pages.get(&path).await.status, status, "{path}");
            assert_eq!(owner.count(&of_kind).await, before + 1, "{path}");
        }
        assert_eq!(pages.get("/audit").await.status, 200);
        for login in ["tri1", "rev1", "admin1"] {
            let others = app.staff_pages(&world.sign_in(login).await);
            for path in
                ["/audit", "/audit/evidence", "/audit/evidence?from=x", "/audit/entries?act=x", "/audit/acts"]
            {
                assert_eq!(others.get(path).await.status, 403, "{login} {path}");
            }
        }
    });
}

/// Entries of many people and objects, and as many pads, with what the filters look at and nothing else.
const MANY: &str = r#"
insert into audit.entries (eid, obj_kind, obj_id, n, prev, body, commitment, acts, day, moment)
select gen_random_uuid(), 'staff', gen_random_uuid(), 1, null, body,
       sha256(convert_to(E'senim/audit-entry/v1\n', 'UTF8') || body), array[act], at::date, at
from (select act, at, convert_to(format('{"acts":["%s"],"by":{"id":"%s","k":"%s","role":"auditor"},"x":%s}',
                                        act, lpad(to_hex(i % 97), 16, '0'), cause, i), 'UTF8') as body
      from (select i, timestamptz '2026-01-01' + i * interval '3 minutes' as at,
                   (array['audit.queried', 'log.pad', 'session.opened', 'log.pad'])[1 + i % 4] as act,
                   (array['staff', 'system'])[1 + i % 2] as cause
            from generate_series(1, 30000) as i) as numbers) as made"#;

/// Tells the plan of a query.
const PLAN: &str = "create function pg_temp.plan(q text) returns text language plpgsql as $$
declare line text; lines text := '';
begin
  for line in execute 'explain ' || q loop lines := lines || line || E'\n'; end loop;
  return lines;
end $$";

/// No filter reads the whole table once there is much in it.
#[test]
fn no_filter_makes_the_database_read_everything() {
    in_world(async |world| {
        let case = lived(world).await;
        // The world's own database is checked at the end; a copy of it gets what nobody did.
        let copy = Database::create_from_living(world).await;
        let mut owner = copy.owner().await;
        for sql in [MANY, "analyze audit.entries", PLAN] {
            owner.run(sql).await.unwrap();
        }
        let shown = "acts <> '{log.pad}'";
        let nil = uuid::Uuid::nil();
        for condition in [
            shown.to_owned(),
            "acts = '{log.pad}'".to_owned(),
            format!("{shown} and acts && array['coi.attested']"),
            format!("{shown} and acts && array['coi.attested', 'audit.queried']"),
            format!("{shown} and cause = 'reporter'"),
            format!("{shown} and actor = '0101010101010101'"),
            format!("{shown} and role = 'auditor' and acts && array['audit.queried']"),
            format!("{shown} and role = 'triager'"),
            format!("{shown} and moment >= '2026-02-23' and moment < '2026-02-24'"),
            format!("{shown} and moment <= '2026-02-23' and (moment < '2026-02-23' or eid < '{nil}')"),
            format!("obj_kind = any (array['case', 'staff']) and obj_id = '{case}'"),
        ] {
            let query = format!(
                "select * from audit.entries where {condition} order by moment desc, eid desc limit 101"
            );
            let plan = owner.value(&format!("select pg_temp.plan({})", quoted(&query))).await;
            let plan = plan.as_str().unwrap();
            assert!(plan.contains("Index") && !plan.contains("Seq Scan"), "{condition}:\n{plan}");
        }
        copy.drop_for_good().await;
    });
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
