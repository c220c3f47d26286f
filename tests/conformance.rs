//! A log that we make, checked by programs that know nothing of Senim: Go's `golang.org/x/mod/sumdb`, and Python with
//! `PyNaCl` and `rfc8785`. They accept it whole and refuse it altered.
//!
//! `.ci/install test` installs both. Another Python is named by `SENIM_TEST_PYTHON`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test panics in order to fail")]

#[path = "conformance/programs.rs"]
mod programs;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::date;
use senim::audit::act::Act;
use senim::audit::bundle;
use senim::audit::checkpoint::{Checkpoint, SignedCheckpoint};
use senim::audit::cosignature::cosign;
use senim::audit::edge::RightEdge;
use senim::audit::entry::{By, Draft, Entry, Head, ObjectKind, When, Writer, commitment_of};
use senim::audit::note_key::{KeyName, Kind, SignerKey};
use senim::audit::rhythm::Rhythm;
use senim::audit::tile::changed_bundles;
use senim::audit::tree::{self, Hash};
use senim::crypto::note_key::NoteKey;
use senim::crypto::secret::Secret;
use uuid::Uuid;

use programs::{by_go, by_python, go_program};

const OLD: usize = 300;
const NEW: usize = 1300;

fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
}

/// A log in a directory of its own, and the keys that signed it.
struct Published {
    directory: PathBuf,
    old: PathBuf,
    vkeys: Vec<String>,
}

fn entry(number: usize) -> Entry {
    let place = u128::try_from(number).unwrap();
    let head = Head::new(ObjectKind::Case, Uuid::from_u128(place));
    let at = Timestamp::from_second(1_790_000_000 + i64::try_from(number).unwrap()).unwrap();
    let staff = By::Staff { alias: [7; 8], role: "triager" };
    let draft = match number % 3 {
        0 => Draft::new(Act::ReportReceived, By::Reporter, When::Day(date(2026, 9, 21)))
            .moved(None, "received"),
        1 => Draft::new(Act::StateChanged, staff, When::At(at)).code("reason", "no_substance"),
        _ => Draft::new(Act::NoteAdded, staff, When::At(at)).committing("note", [3; 32]),
    };
    let blinding = *tree::leaf(&place.to_be_bytes()).bytes();
    draft.seal(&head, &Writer { node: "a", rhythm: Rhythm::PLAIN }, blinding).unwrap()
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn sign(edge: &RightEdge) -> SignedCheckpoint {
    let (log, origin) = (key("log.example/senim", Kind::Note, 1), "log.example/senim");
    let mut signed = Checkpoint::new(origin, edge.head()).unwrap().sign(&log).unwrap();
    for witness in witnesses() {
        signed.add(cosign(&signed, &witness, 1_790_100_000).unwrap()).unwrap();
    }
    signed
}

fn witnesses() -> [SignerKey; 2] {
    [key("w1.example", Kind::Cosignature, 2), key("сот.example", Kind::Cosignature, 3)]
}

fn publish(name: &str) -> Published {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance").join(name);
    let _ = fs::remove_dir_all(&directory);
    let entries: Vec<Entry> = (0..NEW).map(entry).collect();
    let records: Vec<[u8; 32]> = entries.iter().map(|entry| entry.commitment).collect();
    let leaves: Vec<Hash> = records.iter().map(|record| tree::leaf(record)).collect();
    let (before, after) = leaves.split_at(OLD);
    let mut edge = RightEdge::empty();
    let mut tiles = edge.extend(before).unwrap();
    let old = directory.with_extension("old");
    write(&old, sign(&edge).to_string().as_bytes());
    tiles.extend(edge.extend(after).unwrap());
    for tile in tiles {
        write(&directory.join(tile.id.to_string()), &tile.bytes);
    }
    for id in changed_bundles(0, edge.size()) {
        let all = records.chunks(256).nth(usize::try_from(id.index()).unwrap()).unwrap();
        write(&directory.join(id.to_string()), &bundle::to_bytes(all));
    }
    let signed = sign(&edge);
    write(&directory.join("checkpoint"), signed.to_string().as_bytes());
    let lines: Vec<u8> = entries.iter().flat_map(|entry| [&entry.body[..], b"\n"].concat()).collect();
    write(&directory.join("private/entries.jsonl"), &lines);
    let mut vkeys = vec![key("log.example/senim", Kind::Note, 1).verifier().to_string()];
    vkeys.extend(witnesses().iter().map(|witness| witness.verifier().to_string()));
    Published { directory, old, vkeys }
}

impl Published {
    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn alter(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.path(name)).unwrap();
        change(&mut bytes);
        fs::write(self.path(name), bytes).unwrap();
    }

    fn by_go(&self, program: &Path) -> Result<String, String> {
        by_go(program, &self.directory, &self.vkeys, Some(&self.old))
    }

    fn by_python(&self) -> Result<String, String> {
        by_python(&self.directory, &self.vkeys)
    }
}

type Attack = (&'static str, fn(&Published));

/// What is done to the public files. Everybody must notice.
const ATTACKS: &[Attack] = &[
    ("a record is edited", |log| log.alter("tile/entries/002", |bytes| bytes[40] ^= 1)),
    ("a record is deleted", |log| log.alter("tile/entries/002", |bytes| drop(bytes.drain(34..68)))),
    ("a record is inserted", |log| log.alter("tile/entries/002", |bytes| bytes.extend_from_within(..34))),
    ("records change places", |log| log.alter("tile/entries/000", |bytes| bytes.rotate_left(34))),
    ("the tail is cut off", |log| fs::remove_file(log.path("tile/entries/005.p/20")).unwrap()),
    // Attack 11: everything is signed again by a key of the same name.
    ("the log's key is another", |log| {
        log.alter("checkpoint", |bytes| {
            let signed = SignedCheckpoint::parse(bytes).unwrap();
            let other = key("log.example/senim", Kind::Note, 9);
            let mut again = signed.checkpoint().clone().sign(&other).unwrap();
            for witness in witnesses() {
                again.add(cosign(&again, &witness, 1_790_100_000).unwrap()).unwrap();
            }
            *bytes = again.to_string().into_bytes();
        });
    }),
    // Attacks 10 and 15 without the real keys: other records under a root of their own.
    ("the root is that of other records", |log| {
        log.alter("checkpoint", |bytes| {
            let mut edge = RightEdge::empty();
            edge.extend(&vec![tree::leaf(b"rewritten"); NEW]).unwrap();
            *bytes = sign(&edge).to_string().into_bytes();
        });
    }),
    ("the size is another", |log| log.alter("checkpoint", |bytes| bytes[18] ^= 1)),
    ("a cosignature is cut off", |log| {
        log.alter("checkpoint", |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let (rest, _) = text.trim_end().rsplit_once('\n').unwrap();
            *bytes = format!("{rest}\n").into_bytes();
        });
    }),
    ("a time is changed", |log| {
        log.alter("checkpoint", |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let (rest, line) = text.trim_end().rsplit_once(' ').unwrap();
            let mut signature = data_encoding::BASE64.decode(line.as_bytes()).unwrap();
            signature[11] ^= 1;
            *bytes = format!("{rest} {}\n", data_encoding::BASE64.encode(&signature)).into_bytes();
        });
    }),
];

/// What only those notice who read tiles, or who keep an older checkpoint.
const ATTACKS_ON_TILES: &[Attack] = &[
    ("a tile is edited", |log| log.alter("tile/0/003", |bytes| bytes[64] ^= 1)),
    ("an upper tile is edited", |log| log.alter("tile/1/000.p/5", |bytes| bytes[64] ^= 1)),
    ("a tile is cut", |log| log.alter("tile/0/005.p/20", |bytes| bytes.truncate(32))),
    // Attack 13: who kept a newer head is served an old one.
    ("an old head is served", |log| {
        let new = fs::read(log.path("checkpoint")).unwrap();
        fs::copy(&log.old, log.path("checkpoint")).unwrap();
        fs::write(&log.old, new).unwrap();
        // With the partial file that the old head asks for.
        let records = fs::read(log.path("tile/entries/001")).unwrap();
        write(&log.path("tile/entries/001.p/44"), &records[..44 * 34]);
    }),
    ("the old checkpoint is of a fork", |log| {
        let mut edge = RightEdge::empty();
        edge.extend(&vec![tree::leaf(b"rewritten"); OLD]).unwrap();
        fs::write(&log.old, sign(&edge).to_string()).unwrap();
    }),
];

/// Changes the lines of the entries.
fn alter_lines(log: &Published, change: impl FnOnce(&mut Vec<String>)) {
    log.alter("private/entries.jsonl", |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        change(&mut lines);
        *bytes = (lines.join("\n") + "\n").into_bytes();
    });
}

/// Publishes everything anew with one entry of other bytes, signed with the real keys: attack 25.
fn republish(log: &Published, bytes: impl FnOnce(&str) -> String) {
    let mut changed = Vec::new();
    alter_lines(log, |lines| {
        lines[700] = bytes(&lines[700]);
        changed.clone_from(lines);
    });
    let records: Vec<[u8; 32]> = changed.iter().map(|line| commitment_of(line.as_bytes())).collect();
    let leaves: Vec<Hash> = records.iter().map(|record| tree::leaf(record)).collect();
    let mut edge = RightEdge::empty();
    edge.extend(&leaves).unwrap();
    log.alter("tile/entries/002", |old| *old = bundle::to_bytes(&records[512..768]));
    log.alter("checkpoint", |old| *old = sign(&edge).to_string().into_bytes());
}

/// What only those notice who have the entries.
const ATTACKS_ON_ENTRIES: &[Attack] = &[
    ("an entry is edited", |log| log.alter("private/entries.jsonl", |bytes| bytes[30] ^= 1)),
    ("an entry is deleted", |log| alter_lines(log, |lines| drop(lines.remove(499)))),
    ("entries change places", |log| alter_lines(log, |lines| lines.swap(10, 11))),
    ("an entry is inserted", |log| alter_lines(log, |lines| lines.insert(12, lines[12].clone()))),
    ("an entry is back-dated", |log| {
        alter_lines(log, |lines| lines[1] = lines[1].replace("\"at\":1790", "\"at\":1780"));
    }),
    ("an entry has white space", |log| republish(log, |line| line.replacen(':', ": ", 1))),
    ("an entry has a member twice", |log| republish(log, |line| line.replacen('{', "{\"v\":1,", 1))),
    ("the members of an entry stand in another order", |log| {
        republish(log, |line| {
            let (rest, last) = line.trim_end_matches('}').rsplit_once(',').unwrap();
            format!("{{{last},{}}}", rest.trim_start_matches('{'))
        });
    }),
    ("the last entry is missing", |log| {
        log.alter("private/entries.jsonl", |bytes| {
            bytes.pop();
            let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap();
            bytes.truncate(end + 1);
        });
    }),
];

const ANSWER: &str = "log.example/senim: 1300 records, 3 signatures";

#[test]
fn go_accepts_our_log_and_refuses_it_altered() {
    let program = go_program("log");
    assert_eq!(publish("go").by_go(&program), Ok(ANSWER.to_owned()));
    for (name, attack) in ATTACKS.iter().chain(ATTACKS_ON_TILES) {
        let log = publish("go");
        attack(&log);
        let refused = log.by_go(&program).expect_err(name);
        assert!(!refused.is_empty() && !refused.contains("goroutine"), "{name}: {refused}");
    }
}

#[test]
fn python_accepts_our_log_and_refuses_it_altered() {
    assert_eq!(publish("python").by_python(), Ok(ANSWER.to_owned()), "run `.ci/install test`");
    for (name, attack) in ATTACKS.iter().chain(ATTACKS_ON_ENTRIES) {
        let log = publish("python");
        attack(&log);
        let refused = log.by_python().expect_err(name);
        assert!(!refused.is_empty() && !refused.contains("Traceback"), "{name}: {refused}");
    }
}
