//! A bundle of the record as somebody outside would keep it: everything as it stands in the database, under a head that keys
//! of this test sign and witness.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use senim::{
    audit::{
        bundle,
        checkpoint::Checkpoint,
        cosignature::cosign,
        edge::RightEdge,
        note_key::{KeyName, Kind, SignerKey},
        tile::{TilePath, changed_bundles},
        tree,
        verify::{Asked, Check, Entries, Outcome, Pace, Report, Source, Unreadable, verify},
    },
    crypto::{note_key::NoteKey, secret::Secret, sign::VerifyingKey},
    domain::ids::StaffId,
};
use serde_json::json;

use crate::{
    database::{Sql, bytes},
    world::World,
};

/// A bundle in memory.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The files, by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The entries, in the order of the log.
    pub entries: Vec<Vec<u8>>,
    /// How the log moves.
    pub pace: Pace,
}

impl Source for Kept {
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        Ok(self.files.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let inside = format!("{folder}/");
        self.files.keys().filter(|path| path.starts_with(&inside)).cloned().collect()
    }

    fn entries(&self) -> Result<Entries<'_>, Unreadable> {
        Ok(Box::new(self.entries.iter().cloned().map(Ok)))
    }
}

fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
}

fn keys() -> (SignerKey, SignerKey) {
    (key("kept.test/log", Kind::Note, 1), key("kept.test/witness", Kind::Cosignature, 2))
}

impl Kept {
    /// Everything in the tree; the head is cosigned at `now`, seconds since 1970.
    pub async fn of(owner: &mut Sql, now: i64) -> Self {
        let leaves =
            "select e.body, l.commitment from audit.leaves l join audit.entries e using (eid) order by l.idx";
        let rows = owner.rows(leaves).await;
        let entries: Vec<Vec<u8>> = rows.iter().map(|row| bytes(&row["body"])).collect();
        let records: Vec<[u8; 32]> =
            rows.iter().map(|row| bytes(&row["commitment"]).try_into().unwrap()).collect();
        let mut kept = Self { entries, ..Self::default() };
        let mut edge = RightEdge::empty();
        let hashes: Vec<_> = records.iter().map(|record| tree::leaf(record)).collect();
        for tile in edge.extend(&hashes).unwrap() {
            let (level, index) = (tile.id.level(), tile.id.index());
            let query = format!("select data from audit.tiles where level = {level} and idx = {index}");
            let stored = bytes(&owner.value(&query).await);
            kept.files.insert(TilePath::Hashes(tile.id).to_string(), stored);
        }
        for id in changed_bundles(0, edge.size()) {
            let from = usize::try_from(id.index()).unwrap() * 256;
            let part = &records[from..from + usize::from(id.width())];
            kept.files.insert(TilePath::Entries(id).to_string(), bundle::to_bytes(part));
        }
        let (log, witness) = keys();
        let mut signed = Checkpoint::new("kept.test/log", edge.head()).unwrap().sign(&log).unwrap();
        signed.add(cosign(&signed, &witness, now.try_into().unwrap()).unwrap()).unwrap();
        kept.files.insert("checkpoint".to_owned(), signed.note().to_string().into_bytes());
        kept.files.insert("directory.jsonl".to_owned(), directory(owner).await.into_bytes());
        kept
    }

    /// What the verifier says; `genesis` are the founding keys.
    pub fn verified(&self, genesis: &[[u8; 32]]) -> Report {
        let (log, witness) = keys();
        let policy = format!("log {}\nwitness w {}\nquorum w\n", log.verifier(), witness.verifier());
        let genesis: Vec<VerifyingKey> =
            genesis.iter().map(|key| VerifyingKey::parse(key).unwrap()).collect();
        let policy = Some(policy.as_bytes());
        let asked = Asked { policy, genesis: Some(&genesis), pace: self.pace, ..Asked::default() };
        let report = verify(self, &asked, &mut |_| {});
        assert!(report.checks.len() > 5, "{report:#?}");
        report
    }

    /// What is not good about it.
    pub fn faults(&self, genesis: &[[u8; 32]]) -> Vec<Check> {
        self.verified(genesis).checks.into_iter().filter(|check| check.outcome != Outcome::Good).collect()
    }
}

async fn directory(owner: &mut Sql) -> String {
    let query = "select staff_id, serial, body, first_signature, second_signature from directory_entries \
                 where version is not null order by version";
    let mut lines = String::new();
    for row in owner.rows(query).await {
        let hex = |name: &str| HEXLOWER.encode(&bytes(&row[name]));
        let staff: StaffId = row["staff_id"].as_str().unwrap().parse().unwrap();
        let second = (!row["second_signature"].is_null()).then(|| hex("second_signature"));
        let line = json!({"staff": staff, "serial": row["serial"], "body": hex("body"),
            "first": hex("first_signature"), "second": second});
        lines.push_str(&format!("{line}\n"));
    }
    lines
}

/// What the verifier finds in the record of a world as it stands.
pub async fn faults(world: &World) -> Vec<Check> {
    let now = world.clock.now().as_second();
    Kept::of(&mut world.owner().await, now).await.faults(&world.config.keys.genesis)
}
