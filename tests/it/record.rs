//! The check with which every test ends: every history in the log is whole, and no task is left behind.

use std::collections::{BTreeMap, BTreeSet};

use senim::{
    audit::{
        edge::RightEdge,
        entry::{SIGNATURE_DOMAIN, commitment_of},
        schema, tree,
        verify::{Outcome, Source},
    },
    crypto::{sign::VerifyingKey, staff_keys::StaffPublic},
    usecases::reconcile::reconcile,
};
use serde_json::{Map, Value};

use crate::{
    database::{Database, Sql, bytes},
    world::World,
};

const ENTRIES: &str = "select eid, obj_kind, obj_id, n, prev, body, commitment, acts, day, status_from, status_to \
                       from audit.entries order by obj_kind, obj_id, n";

/// Checks all of it.
pub async fn check(db: &Database) {
    let mut owner = db.owner().await;
    check_log(&mut owner).await;
    assert_eq!(owner.count("tasks").await, 0, "a task is left behind");
}

/// What `senim audit reconcile` finds.
pub async fn differences(world: &World) -> Vec<String> {
    differences_with(world, None).await
}

/// What it finds where somebody kept a bundle.
pub async fn differences_with(world: &World, bundle: Option<&dyn Source>) -> Vec<String> {
    let report = reconcile(&world.ctx, bundle, &mut |_, _| {}).await.unwrap();
    assert!(!report.checks.is_empty());
    let bad = report.checks.into_iter().filter(|check| check.outcome != Outcome::Good);
    bad.map(|check| check.sentence).collect()
}

/// Checks the log alone.
pub async fn check_log(owner: &mut Sql) {
    let heads = check_chains(owner).await;
    check_rows(owner, &heads).await;
    check_pending(owner).await;
    check_tree(owner).await;
}

type Heads = BTreeMap<(String, String), (i64, Vec<u8>)>;

async fn check_chains(owner: &mut Sql) -> Heads {
    let keys = keys_by_alias(owner).await;
    let mut heads = Heads::new();
    for entry in owner.rows(ENTRIES).await {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let place = (text("obj_kind"), text("obj_id"));
        let n = entry["n"].as_i64().unwrap();
        let (last, head) = heads.get(&place).cloned().unwrap_or((0, Vec::new()));
        assert_eq!(n, last + 1, "{place:?} lacks an entry");
        let prev = if entry["prev"].is_null() { Vec::new() } else { bytes(&entry["prev"]) };
        assert_eq!(prev, head, "{place:?} {n}: the chain is broken");
        let body = bytes(&entry["body"]);
        let commitment = bytes(&entry["commitment"]);
        assert_eq!(commitment, commitment_of(&body), "{place:?} {n}: another commitment");
        check_body(&body, &entry);
        check_signature(&body, &keys);
        heads.insert(place, (n, commitment));
    }
    heads
}

/// Nothing that an entry may not hold (control AUD-3), and the columns say what it says.
fn check_body(body: &[u8], entry: &Value) {
    let faults = schema::faults(body);
    assert!(faults.is_empty(), "{faults:?} in {}", String::from_utf8_lossy(body));
    let read: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(read["n"], entry["n"]);
    assert_eq!(read["acts"], entry["acts"]);
    assert_eq!(read["obj"]["id"], entry["obj_id"].as_str().unwrap().replace('-', "").as_str());
    assert_eq!(read.get("from").unwrap_or(&Value::Null), &entry["status_from"]);
    assert_eq!(read.get("to").unwrap_or(&Value::Null), &entry["status_to"]);
}

/// The keys that the directory ever gave each alias: who made new ones signed with the old before.
async fn keys_by_alias(owner: &mut Sql) -> BTreeMap<String, Vec<VerifyingKey>> {
    let query = "select s.alias, d.body from staff s join directory_entries d on d.staff_id = s.id";
    let mut keys = BTreeMap::<_, Vec<_>>::new();
    for row in owner.rows(query).await {
        let body: Value = serde_json::from_slice(&bytes(&row["body"])).unwrap();
        let key = data_encoding::HEXLOWER.decode(body["keys"].as_str().unwrap().as_bytes()).unwrap();
        let alias = data_encoding::HEXLOWER.encode(&bytes(&row["alias"]));
        keys.entry(alias).or_default().push(StaffPublic::parse(&key).unwrap().sign);
    }
    keys
}

/// A decision that carries a signature carries that of the person it names.
fn check_signature(body: &[u8], keys: &BTreeMap<String, Vec<VerifyingKey>>) {
    let mut members: Map<String, Value> = serde_json::from_slice(body).unwrap();
    let Some(signature) = members.remove("sig") else { return };
    let signature = data_encoding::HEXLOWER.decode(signature.as_str().unwrap().as_bytes()).unwrap();
    let alias = members["by"]["id"].as_str().unwrap();
    let unsigned = serde_json_canonicalizer::to_vec(&members).unwrap();
    let signature: &[u8; 64] = signature.as_slice().try_into().unwrap();
    let holds = |key: &VerifyingKey| key.verify(SIGNATURE_DOMAIN, &unsigned, signature).is_ok();
    assert!(keys[alias].iter().any(holds), "a signature does not hold");
}

/// Every audited row stands at the head of its history, and every history has its row.
async fn check_rows(owner: &mut Sql, heads: &Heads) {
    let mut seen = BTreeSet::new();
    for (kind, table) in [
        ("case", "cases"),
        ("staff", "staff"),
        ("desk", "desks"),
        ("instance", "instance"),
        ("log", "audit.tree_state"),
    ] {
        for row in owner.rows(&format!("select audit_id, audit_n, audit_head from {table}")).await {
            let place = (kind.to_owned(), row["audit_id"].as_str().unwrap().to_owned());
            let at = (row["audit_n"].as_i64().unwrap(), bytes(&row["audit_head"]));
            assert_eq!(heads.get(&place), Some(&at), "{place:?} does not stand at its head");
            seen.insert(place);
        }
    }
    assert_eq!(seen.len(), heads.len(), "a history without a row");
}

/// Every entry is in the tree or waits for it, once.
async fn check_pending(owner: &mut Sql) {
    let odd = "audit.entries e full join (select eid from audit.pending union all select eid from audit.leaves) p \
               using (eid) where e.eid is null or p.eid is null or e.obj_id is null";
    assert_eq!(owner.count(odd).await, 0, "entries, their queue and the tree differ");
    let all = "(select eid from audit.pending union all select eid from audit.leaves) p";
    assert_eq!(owner.count(all).await, owner.count("audit.entries").await, "an entry stands twice");
}

/// The leaves have no gap, hold the commitments of their entries, and give the tiles, the size and the root.
async fn check_tree(owner: &mut Sql) {
    let rows = "select l.idx, l.commitment, e.commitment as entry from audit.leaves l join audit.entries e \
                using (eid) order by l.idx";
    let mut leaves = Vec::new();
    for (place, row) in owner.rows(rows).await.iter().enumerate() {
        assert_eq!(row["idx"], place, "a gap in the tree");
        assert_eq!(row["commitment"], row["entry"], "leaf {place} is not its entry's");
        leaves.push(tree::leaf(&bytes(&row["commitment"])));
    }
    let states = owner.rows("select size, root from audit.tree_state").await;
    let Some(state) = states.first() else { return assert!(leaves.is_empty()) };
    assert_eq!(state["size"], leaves.len());
    assert_eq!(bytes(&state["root"]), tree::root(&leaves).bytes(), "another root");
    let mut edge = RightEdge::empty();
    let written = edge.extend(&leaves).unwrap();
    assert_eq!(owner.count("audit.tiles").await, i64::try_from(written.len()).unwrap());
    for tile in written {
        let (level, index) = (tile.id.level(), tile.id.index());
        let query = format!("select data from audit.tiles where level = {level} and idx = {index}");
        assert_eq!(bytes(&owner.value(&query).await), tile.bytes, "{}", tile.id);
    }
}
