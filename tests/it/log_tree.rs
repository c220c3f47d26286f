//! The tree over the record: it grows by the same amount whatever came, takes everything in once, and stops where
//! somebody changed it.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use senim::{
    audit::tree,
    domain::role::Role,
    policy::RoleAt,
    storage::log::EntryFilter,
    usecases::{
        Error,
        query_log::{Query, query_log},
        sequence_log::sequence_log,
    },
};
use serde_json::Value;

use crate::{
    database::{Sql, bytes},
    people::StaffActor,
    world::{World, in_world},
};

/// Leaves of an epoch in every world, and its seconds.
const QUANTUM: usize = 64;
const EPOCH: SignedDuration = SignedDuration::from_secs(900);

/// Lets the tree begin and take in what founding the world has written.
pub async fn begin(world: &World) {
    for _ in 0..4 {
        assert_eq!(sequence_log(&world.ctx).await.unwrap() % QUANTUM, 0);
        world.advance(EPOCH);
    }
    sequence_log(&world.ctx).await.unwrap();
    assert_eq!(world.owner().await.count("audit.pending").await, 0);
}

/// Waits for the end of the epoch and closes it; by how much the tree grew.
pub async fn next(world: &World) -> usize {
    world.advance(EPOCH);
    sequence_log(&world.ctx).await.unwrap()
}

async fn size(owner: &mut Sql) -> i64 {
    owner.value("select size from audit.tree_state").await.as_i64().unwrap()
}

/// Entries of reporters that are in the tree.
async fn of_reporters(owner: &mut Sql) -> i64 {
    let from = "audit.leaves join audit.entries e using (eid) where convert_from(e.body, 'UTF8') like '%\"reporter\"%'";
    owner.count(from).await
}

#[test]
fn an_epoch_grows_by_the_quantum_whether_nobody_reports_or_sixty() {
    in_world(async |world| {
        begin(world).await;
        let mut owner = world.owner().await;
        for reports in [0, 60, 0, 5] {
            for number in 0..reports {
                world.submit(&format!("Report {number}.")).await;
            }
            assert_eq!(next(world).await, QUANTUM);
        }
        assert_eq!(of_reporters(&mut owner).await, 0);
        // To the end of the day on which they enter; every second epoch is left out.
        for _ in 0..(48 * 2) {
            world.advance(EPOCH);
            assert_eq!(next(world).await, QUANTUM);
        }
        assert_eq!(of_reporters(&mut owner).await, 65);
        assert_eq!(owner.count("audit.entries where acts = '{log.late}'").await, 0);
    });
}

#[test]
fn what_a_reporter_caused_enters_during_the_following_day_and_never_before() {
    in_world(async |world| {
        begin(world).await;
        let mut owner = world.owner().await;
        for number in 0..20 {
            world.submit(&format!("Report {number}.")).await;
        }
        let day = |moment: Timestamp| moment.to_zoned(TimeZone::UTC).date();
        let today = day(world.clock.now());
        while day(world.clock.now()) == today {
            assert_eq!(of_reporters(&mut owner).await, 0);
            next(world).await;
        }
        // The epoch that has just ended was the day's last.
        assert_eq!(of_reporters(&mut owner).await, 0);
        let mut epochs_with_some = 0;
        let mut before = 0;
        for _ in 0..96 {
            next(world).await;
            let now = of_reporters(&mut owner).await;
            epochs_with_some += i32::from(now > before);
            before = now;
        }
        assert_eq!(before, 20, "all of them before the day is over");
        assert!(epochs_with_some > 8, "spread over the day: {epochs_with_some}");
    });
}

#[test]
fn several_sequencers_at_once_close_an_epoch_once() {
    in_world(async |world| {
        begin(world).await;
        let others = [world.another_process(), world.another_process(), world.another_process()];
        let mut owner = world.owner().await;
        for round in 0..6 {
            world.sign_in(["tri1", "tri2", "inv1"][round % 3]).await;
            world.advance(EPOCH);
            let before = size(&mut owner).await;
            let grown = join_all(others.iter().map(sequence_log)).await;
            let grown: Vec<usize> = grown.into_iter().map(|grown| grown.unwrap()).collect();
            assert_eq!(grown.iter().sum::<usize>(), QUANTUM, "{grown:?}");
            assert_eq!(size(&mut owner).await, before + 64);
        }
        // No gap and no double index: `record::check` at the end of every test.
    });
}

/// Somebody looks at the record so often; each look is an entry.
async fn look(world: &World, auditor: &StaffActor, times: usize) {
    for _ in 0..times {
        let page = Query::Page(EntryFilter { limit: 1, ..EntryFilter::default() });
        query_log(&world.ctx, &auditor.caller, page).await.unwrap();
    }
}

async fn auditor(world: &World) -> StaffActor {
    world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
    world.sign_in("aud1").await
}

async fn waiting(owner: &mut Sql) -> i64 {
    owner.count("audit.pending").await
}

#[test]
fn what_does_not_fit_is_held_back_until_it_is_late() {
    in_world(async |world| {
        let auditor = auditor(world).await;
        begin(world).await;
        let mut owner = world.owner().await;
        look(world, &auditor, 100).await;
        assert_eq!((next(world).await, waiting(&mut owner).await), (QUANTUM, 100 - 63));
        assert_eq!((next(world).await, waiting(&mut owner).await), (QUANTUM, 0));
        assert_eq!(owner.count("audit.entries where acts = '{log.late}'").await, 0);
        look(world, &auditor, 100).await;
        world.advance(SignedDuration::from_hours(3));
        // Each has a companion, and one leaf is always a pad.
        assert_eq!((next(world).await, waiting(&mut owner).await), (4 * QUANTUM, 0));
        companions_name_the_last(&mut owner, 100).await;
        assert_eq!(next(world).await, 4 * QUANTUM, "the level holds for the day");
        world.advance_days(1);
        assert_eq!(next(world).await, QUANTUM, "and falls with the next");
    });
}

/// The last so many looks have a companion each that says they came late.
async fn companions_name_the_last(owner: &mut Sql, looks: usize) {
    let named = "select convert_from(body, 'UTF8')::jsonb -> 'ok' ->> 0 as late from audit.entries \
                 where acts = '{log.late}'";
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let named: BTreeSet<String> = owner.rows(named).await.iter().map(|row| text(row, "late")).collect();
    let query = format!(
        "select encode(commitment, 'hex') as c from audit.entries where acts = '{{audit.queried}}' \
         order by n desc limit {looks}"
    );
    let late: BTreeSet<String> = owner.rows(&query).await.iter().map(|row| text(row, "c")).collect();
    assert_eq!(named, late);
}

/// Attack 17 of audit-log.md 7.1: a database administrator edits a tile of the right edge.
#[test]
fn attack_17_an_edited_tile_stops_the_tree() {
    in_world(async |world| {
        begin(world).await;
        let mut owner = world.owner().await;
        let partial = "level = 0 and idx = (select max(idx) from audit.tiles where level = 0)";
        let honest = owner.value(&format!("select data from audit.tiles where {partial}")).await;
        for data in ["set_byte(data, 40, get_byte(data, 40) # 1)", "substr(data, 33)", "data || sha256('x')"]
        {
            rewrite(&mut owner, "tiles", &format!("set data = {data} where {partial}")).await;
            refuses_to_grow(world).await;
            let back = format!("set data = '{}' where {partial}", honest.as_str().unwrap());
            rewrite(&mut owner, "tiles", &back).await;
        }
        assert_eq!(next(world).await, QUANTUM, "once it is what it was, the tree grows again");
    });
}

#[test]
fn an_edited_root_stops_the_tree() {
    in_world(async |world| {
        begin(world).await;
        let mut owner = world.owner().await;
        let honest = owner.value("select root from audit.tree_state").await;
        rewrite(&mut owner, "tree_state", "set root = sha256('another')").await;
        refuses_to_grow(world).await;
        rewrite(&mut owner, "tree_state", &format!("set root = '{}'", honest.as_str().unwrap())).await;
        assert_eq!(next(world).await, QUANTUM);
    });
}

/// What a superuser can do.
pub async fn rewrite(owner: &mut Sql, table: &str, change: &str) {
    let triggers = format!(
        "select tgname from pg_trigger where tgrelid = 'audit.{table}'::regclass and not tgisinternal"
    );
    let triggers = owner.rows(&triggers).await;
    let mut sql = format!("alter table audit.{table} disable trigger user; update audit.{table} {change};");
    for row in triggers {
        let name = row["tgname"].as_str().unwrap();
        sql.push_str(&format!("alter table audit.{table} enable always trigger {name};"));
    }
    owner.run(&sql).await.unwrap();
}

async fn refuses_to_grow(world: &World) {
    let mut owner = world.owner().await;
    let before = (size(&mut owner).await, owner.count("audit.entries").await);
    world.advance(EPOCH);
    let refused = sequence_log(&world.ctx).await.unwrap_err();
    assert!(matches!(refused, Error::BrokenTree(_)), "{refused:?}");
    assert!(refused.to_string().contains("changed from outside"), "{refused}");
    assert_eq!((size(&mut owner).await, owner.count("audit.entries").await), before);
}

#[test]
fn the_head_map_is_made_again_from_the_leaves_before_it() {
    in_world(async |world| {
        begin(world).await;
        world.submit("Something.").await;
        for _ in 0..3 {
            world.sign_in("tri1").await;
            world.advance_days(1);
            next(world).await;
        }
        let query = "select l.idx, e.obj_kind, e.obj_id, e.n, e.commitment, e.acts, e.body from audit.leaves l \
                     join audit.entries e using (eid) order by l.idx";
        let leaves = world.owner().await.rows(query).await;
        let maps: Vec<usize> =
            (0..leaves.len()).filter(|at| leaves[*at]["acts"][0] == "log.headmap").collect();
        assert_eq!(maps.len(), 3);
        for at in maps {
            assert_eq!(at % QUANTUM, 0, "the first leaf of its epoch");
            let body: Value = serde_json::from_slice(&bytes(&leaves[at]["body"])).unwrap();
            assert_eq!(body["cm"]["heads"], root_of_heads(&leaves[..at]).as_str());
        }
    });
}

/// The root of the head map over these leaves, by the format's description alone.
fn root_of_heads(leaves: &[Value]) -> String {
    let mut heads = BTreeMap::new();
    for leaf in leaves {
        let kind = leaf["obj_kind"].as_str().unwrap();
        let id: uuid::Uuid = leaf["obj_id"].as_str().unwrap().parse().unwrap();
        let n = u32::try_from(leaf["n"].as_u64().unwrap()).unwrap();
        let newest = heads.entry((kind, id)).or_insert((0, Vec::new()));
        if n > newest.0 {
            *newest = (n, bytes(&leaf["commitment"]));
        }
    }
    let hash = |((kind, id), (n, commitment)): (&(&str, uuid::Uuid), &(u32, Vec<u8>))| {
        tree::leaf(&[kind.as_bytes(), &[0], id.as_bytes(), &n.to_be_bytes(), commitment].concat())
    };
    tree::root(&heads.iter().map(hash).collect::<Vec<_>>()).hex()
}

/// The application may let the tree grow and nothing else.
#[test]
fn the_application_cannot_change_the_tree() {
    in_world(async |world| {
        begin(world).await;
        let mut app = world.app().await;
        for sql in [
            "delete from audit.pending",
            "insert into audit.leaves values (100000, gen_random_uuid(), sha256('x'))",
            "update audit.leaves set idx = idx + 1",
            "delete from audit.leaves",
            "truncate audit.tiles",
            "delete from audit.tiles",
            "update audit.tiles set data = sha256('x')",
            "update audit.tree_state set root = sha256('x')",
            "update audit.tree_state set size = size + 1, epoch = epoch + 1, audit_n = audit_n + 1",
            "delete from audit.tree_state",
            "update audit.checkpoints set note = 'x'",
            "delete from audit.checkpoints",
            "delete from audit.cosignatures",
            "select audit.integrate(0, array[]::uuid[])",
            "select audit.integrate((select size from audit.tree_state), array[gen_random_uuid()])",
            "select audit.integrate((select size from audit.tree_state), (select array_agg(eid) from audit.leaves))",
        ] {
            let refused = app.refused(sql).await;
            assert!(refused.contains("audit: ") || refused.contains("permission denied"), "{sql}: {refused}");
        }
    });
}
