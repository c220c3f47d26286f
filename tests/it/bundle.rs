//! A bundle of a living instance's record, signed by a key of the test: what an outsider would be given.

use std::collections::BTreeMap;

use senim::{
    audit::{
        bundle,
        checkpoint::Checkpoint,
        edge::RightEdge,
        entry::commitment_of,
        note_key::{KeyName, Kind, SignerKey},
        tile::{TilePath, changed_bundles},
        tree,
        verify::{Asked, DirectoryLine, Entries, Outcome, Pace, Report, Source, Unreadable, verify},
    },
    crypto::{note_key::NoteKey, secret::Secret},
    usecases::{open_actors::open_actors, sequence_log::sequence_log},
};

use crate::{database::bytes, world::World};

const ORIGIN: &str = "senim.test/log";

/// The files and the entries.
#[derive(Clone)]
pub struct Bundle {
    pub files: BTreeMap<String, Vec<u8>>,
    pub entries: Vec<Vec<u8>>,
}

impl Source for Bundle {
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

fn key() -> SignerKey {
    let name = KeyName::parse(ORIGIN).unwrap();
    SignerKey::new(name, Kind::Note, NoteKey::from_seed(&Secret::new([9; 32])))
}

fn lines<T: serde::Serialize>(values: &[T]) -> Vec<u8> {
    values.iter().map(|value| serde_json::to_string(value).unwrap() + "\n").collect::<String>().into_bytes()
}

impl Bundle {
    /// Everything that is due is put into the tree; then the record, the directory and the openings as they stand.
    pub async fn of(world: &World) -> Self {
        // What a reporter caused enters on the following day.
        let mut owner = world.owner().await;
        while owner.count("audit.pending").await > 0 {
            world.advance_days(1);
            sequence_log(&world.ctx).await.unwrap();
        }
        Self::as_it_stands(world).await
    }

    /// The tree as it is; the directory may be ahead of it.
    pub async fn as_it_stands(world: &World) -> Self {
        let query = "select e.body from audit.leaves l join audit.entries e using (eid) order by l.idx";
        let rows = world.owner().await.rows(query).await;
        let entries: Vec<Vec<u8>> = rows.iter().map(|row| bytes(&row["body"])).collect();
        let mut bundle = Self { files: BTreeMap::new(), entries };
        bundle.publish();
        let openings = lines(&open_actors(&world.ctx).await.unwrap());
        bundle.files.insert("openings/actors.jsonl".to_owned(), openings);
        bundle.files.insert("directory.jsonl".to_owned(), lines(&directory(world).await));
        let genesis: String = world
            .ctx
            .genesis
            .iter()
            .map(|key| data_encoding::HEXLOWER.encode(&key.to_bytes()) + "\n")
            .collect();
        bundle.files.insert("genesis".to_owned(), genesis.into_bytes());
        bundle
    }

    fn publish(&mut self) {
        let mut edge = RightEdge::empty();
        let leaves: Vec<_> = self.entries.iter().map(|body| tree::leaf(&commitment_of(body))).collect();
        for tile in edge.extend(&leaves).unwrap() {
            self.files.insert(TilePath::Hashes(tile.id).to_string(), tile.bytes);
        }
        let records: Vec<[u8; 32]> = self.entries.iter().map(|body| commitment_of(body)).collect();
        for id in changed_bundles(0, u64::try_from(records.len()).unwrap()) {
            let from = usize::try_from(id.index()).unwrap() * 256;
            let part = &records[from..from + usize::from(id.width())];
            self.files.insert(TilePath::Entries(id).to_string(), bundle::to_bytes(part));
        }
        let signed = Checkpoint::new(KeyName::parse(ORIGIN).unwrap().as_str(), edge.head()).unwrap();
        let note = signed.sign(&key()).unwrap().note().to_string();
        self.files.insert("checkpoint".to_owned(), note.into_bytes());
    }

    /// What the verifier finds.
    pub fn verified(&self) -> Report {
        let policy = format!("log {}\nquorum none\n", key().verifier());
        let asked = Asked { policy: Some(policy.as_bytes()), pace: Pace::default(), ..Asked::default() };
        verify(self, &asked, &mut |_| {})
    }

    /// What the verifier finds wrong, of this check, with the first index of the log.
    pub fn wrong(&self, check: &str) -> Vec<(String, Option<u64>)> {
        let report = self.verified();
        let found = report.checks.iter().filter(|one| one.outcome == Outcome::Finding && one.name == check);
        found.map(|one| (one.sentence.clone(), one.index)).collect()
    }
}

/// The directory as `directory.jsonl` has it.
async fn directory(world: &World) -> Vec<DirectoryLine> {
    let query = "select staff_id, serial, body, first_signature, second_signature from directory_entries \
                 where version is not null order by version";
    let hex = |value: &serde_json::Value| data_encoding::HEXLOWER.encode(&bytes(value));
    let line = |row: &serde_json::Value| DirectoryLine {
        staff: row["staff_id"].as_str().unwrap().parse().unwrap(),
        serial: i32::try_from(row["serial"].as_i64().unwrap()).unwrap(),
        body: hex(&row["body"]),
        first: hex(&row["first_signature"]),
        second: Some(&row["second_signature"]).filter(|value| !value.is_null()).map(hex),
    };
    world.owner().await.rows(query).await.iter().map(line).collect()
}
