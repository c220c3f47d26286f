//! What the log says of itself: pads, maps of heads, companions of what came late, its growth, its manifest.

use senim::{
    audit::{
        act::Act,
        checkpoint::SignedCheckpoint,
        entry::{Draft, Entry, ObjectKind},
        head_map::{HeadMap, ObjectHead},
        note_key::Kind,
        verify::{FORMAT, Outcome, Report},
    },
    crypto::random::uuid_v4,
};
use serde_json::json;
use uuid::Uuid;

use crate::ground::{BEGIN, Bundle, Log, ORIGIN, note_key};

const EPOCH: i64 = 900;
const QUANTUM: usize = 64;
/// Whole days of the log since 1970, one epoch into the day.
const MORNING: i64 = 1_800_057_600 + EPOCH;

/// Who writes epochs.
struct Epochs {
    log: Log,
    own: Uuid,
    object: Uuid,
    at: i64,
}

impl Epochs {
    fn new() -> Self {
        let mut log = Log::new(3);
        let (own, object) = (uuid_v4(&mut log.rng), uuid_v4(&mut log.rng));
        let mut epochs = Self { log, own, object, at: MORNING };
        epochs.close(&[Act::LogGenesis], 5, 0, QUANTUM);
        epochs
    }

    fn draft(&mut self, act: Act, more: impl for<'k> FnOnce(Draft<'k>) -> Draft<'k>) -> Entry {
        self.log.clock = self.at;
        let own = self.own;
        self.log.own(own, act, more)
    }

    /// An epoch of so many leaves: the log's own first, others, those of them that are late with companions, pads.
    fn close(&mut self, first: &[Act], others: usize, late: usize, size: usize) {
        self.at += EPOCH;
        let begin = self.log.entries.len();
        for act in first {
            let root = *self.heads().bytes();
            let entry = self.draft(*act, |draft| match act {
                Act::LogHeadmap => draft.committing("heads", root),
                Act::ChainAnchored => draft.committing("head", root),
                _ => draft,
            });
            self.log.entries.push(entry);
        }
        self.log.clock = self.at - 300;
        for _ in 0..others {
            let object = self.object;
            self.log.system(object);
        }
        for number in 0..late {
            let target = self.log.entries[begin + first.len() + number].commitment;
            let entry = self.draft(Act::LogLate, |draft| draft.answering(target));
            self.log.entries.push(entry);
        }
        while self.log.entries.len() < begin + size {
            let entry = self.draft(Act::LogPad, |draft| draft);
            self.log.entries.push(entry);
        }
    }

    fn heads(&self) -> senim::audit::tree::Hash {
        let last = |kind: ObjectKind| {
            self.log.entries.iter().rev().find(|entry| entry.place.kind == kind).map(|entry| ObjectHead {
                kind,
                id: entry.place.id,
                n: u32::try_from(entry.place.n).unwrap(),
                commitment: entry.commitment,
            })
        };
        let mut map = HeadMap::new();
        map.extend(&[ObjectKind::Instance, ObjectKind::Log].into_iter().filter_map(last).collect::<Vec<_>>())
            .unwrap();
        map.head().root
    }

    /// A day and a bit: an epoch with what came late doubles, the level holds, the next day begins with a map.
    fn lived() -> Self {
        let mut epochs = Self::new();
        epochs.close(&[], 40, 0, QUANTUM);
        epochs.close(&[], 40, 40, 2 * QUANTUM);
        epochs.close(&[], 3, 0, 2 * QUANTUM);
        epochs.at += 86_400;
        epochs.close(&[Act::LogHeadmap], 7, 0, QUANTUM);
        epochs.close(&[], 0, 0, QUANTUM);
        epochs
    }

    fn bundle(&self) -> Bundle {
        let mut bundle = self.log.bundle();
        bundle.files.retain(|name, _| !name.starts_with("checkpoints/"));
        bundle
    }

    fn report(&self) -> Report {
        self.bundle().verified(&self.log.policy(), |_| {})
    }
}

fn of<'r>(report: &'r Report, name: &str) -> Vec<(Outcome, &'r str, Option<u64>)> {
    let named = report.checks.iter().filter(|check| check.name == name);
    named.map(|check| (check.outcome, check.sentence.as_str(), check.index)).collect()
}

#[test]
fn a_log_that_grew_by_its_pace_is_good() {
    let report = Epochs::lived().report();
    assert_eq!(report.outcome(), Outcome::Good, "{report:#?}");
    for name in ["own", "growth", "heads"] {
        assert_eq!(of(&report, name)[0].0, Outcome::Good, "{name}");
    }
    assert!(of(&report, "heads")[0].1.contains("All 1 maps"), "{report:#?}");
}

/// What the log says of its own anchors takes room as well: 31 late entries with their companions fill an epoch but for two
/// leaves, of which one is a pad.
#[test]
fn anchors_count_when_an_epoch_doubles() {
    for (anchors, size) in [(1, QUANTUM), (2, 2 * QUANTUM)] {
        let mut epochs = Epochs::new();
        epochs.close(&vec![Act::ChainAnchored; anchors], 31, 31, size);
        for _ in 0..4 {
            epochs.close(&[], 0, 0, size);
        }
        let report = epochs.report();
        assert_eq!(of(&report, "growth")[0].0, Outcome::Good, "{anchors}: {report:#?}");
    }
}

#[test]
fn a_map_of_other_heads_is_found() {
    let mut epochs = Epochs::lived();
    epochs.at += 86_400;
    let entry = epochs.draft(Act::LogHeadmap, |draft| draft.committing("heads", [7; 32]));
    let index = u64::try_from(epochs.log.entries.len()).unwrap();
    epochs.log.entries.push(entry);
    epochs.at -= EPOCH;
    epochs.close(&[], 0, 0, QUANTUM - 1);
    let report = epochs.report();
    let found = of(&report, "heads");
    assert_eq!((found[0].0, found[0].2), (Outcome::Finding, Some(index)), "{report:#?}");
}

#[test]
fn a_pad_that_holds_something_and_a_pad_elsewhere_are_found() {
    let mut epochs = Epochs::lived();
    let entry = epochs.draft(Act::LogPad, |draft| draft.code("what", "desk"));
    epochs.log.entries.push(entry);
    let object = epochs.object;
    let stray = epochs.log.seal(object, ObjectKind::Instance, |when| {
        Draft::new(Act::LogPad, senim::audit::entry::By::System, when)
    });
    epochs.log.entries.push(stray);
    let other = uuid_v4(&mut epochs.log.rng);
    let second = epochs.log.own(other, Act::LogPad, |draft| draft);
    epochs.log.entries.push(second);
    let report = epochs.report();
    let sentences: Vec<&str> = of(&report, "own").iter().map(|(_, sentence, _)| *sentence).collect();
    assert!(sentences[0].contains("a pad holds something else"), "{sentences:?}");
    assert!(sentences[1].contains("in the history of something else"), "{sentences:?}");
    assert!(sentences[2].contains("a second history"), "{sentences:?}");
    assert_eq!(report.outcome(), Outcome::Finding);
}

#[test]
fn a_companion_of_nothing_is_found() {
    let mut epochs = Epochs::lived();
    epochs.at += EPOCH;
    let entry = epochs.draft(Act::LogLate, |draft| draft.answering([9; 32]));
    let index = u64::try_from(epochs.log.entries.len()).unwrap();
    epochs.log.entries.push(entry);
    epochs.at -= EPOCH;
    epochs.close(&[], 0, 0, QUANTUM - 1);
    let report = epochs.report();
    let found = of(&report, "own");
    assert_eq!((found[0].0, found[0].2), (Outcome::Finding, Some(index)), "{report:#?}");
    assert!(found[0].1.contains("came late"), "{found:?}");
}

#[test]
fn a_log_that_grew_otherwise_is_not_taken_on_trust() {
    let mut more = Epochs::lived();
    more.close(&[], 0, 0, QUANTUM + 1);
    let mut doubled = Epochs::lived();
    doubled.close(&[], 3, 0, 2 * QUANTUM);
    let mut without_map = Epochs::lived();
    without_map.at += 86_400;
    without_map.close(&[], 0, 0, QUANTUM);
    for epochs in [more, doubled, without_map] {
        let report = epochs.report();
        assert_eq!(report.outcome(), Outcome::PolicyNotMet, "{report:#?}");
        assert_eq!(of(&report, "growth")[0].0, Outcome::PolicyNotMet);
    }
    let other = Epochs::lived().bundle();
    let report = other.verified(&Epochs::lived().log.policy(), |asked| asked.pace.quantum = 100);
    assert!(of(&report, "growth")[0].1.contains("--quantum"), "{report:#?}");
}

#[test]
fn the_manifest_is_compared_and_its_pace_is_not_believed() {
    let epochs = Epochs::lived();
    let head = SignedCheckpoint::parse(&epochs.bundle().files["checkpoint"]).unwrap();
    let verified = |size: u64, quantum: u64| {
        let mut bundle = epochs.bundle();
        let manifest = json!({"format": FORMAT, "origin": ORIGIN, "size": size, "root": head.head().root.hex(),
            "pace": {"epoch": 900, "mmd": 3600, "day": 86_400, "quantum": quantum}});
        bundle.files.insert("manifest".to_owned(), manifest.to_string().into_bytes());
        bundle.verified(&epochs.log.policy(), |_| {})
    };
    assert_eq!(verified(head.head().size, 64).outcome(), Outcome::Good);
    assert_eq!(verified(1, 64).outcome(), Outcome::Finding);
    let report = verified(head.head().size, 128);
    assert_eq!(report.outcome(), Outcome::PolicyNotMet);
    assert!(of(&report, "manifest")[0].1.contains("--quantum 128"), "{report:#?}");
}

/// A log signed first by one key, then by both, then by the other alone.
#[test]
fn a_key_is_put_away_after_thirty_days_beside_its_successor() {
    let log = Log::lived();
    let mut rng = senim::crypto::random::Entropy::seeded(9).rng();
    let successor = note_key(ORIGIN, Kind::Note, &mut rng);
    let policy = format!("log {}\n{}", successor.verifier(), log.policy());
    let bodies: Vec<Vec<u8>> = log.entries.iter().map(|entry| entry.body.clone()).collect();
    let signed = |size: usize, day: i64, old: bool, new: bool| {
        let mut log = Log::lived();
        if !old {
            log.key = successor_again();
        }
        let mut signed = log.checkpoint(&bodies[..size], BEGIN + 500 + day * 86_400);
        if old && new {
            let line = senim::audit::checkpoint::Checkpoint::new(ORIGIN, *signed.head()).unwrap();
            let line = line.sign(&successor_again()).unwrap().note().signatures()[0].clone();
            signed.add(line).unwrap();
        }
        signed.to_string().into_bytes()
    };
    let verified = |days: [i64; 4], overlap: bool| {
        let mut bundle = log.bundle();
        bundle.files.retain(|name, _| !name.starts_with("checkpoints/"));
        bundle.files.insert("checkpoints/100".to_owned(), signed(100, days[0], true, false));
        if overlap {
            bundle.files.insert("checkpoints/200".to_owned(), signed(200, days[1], true, true));
            bundle.files.insert("checkpoints/600".to_owned(), signed(600, days[2], true, true));
        }
        bundle.files.insert("checkpoint".to_owned(), signed(bodies.len(), days[3], false, true));
        let report = bundle.verified(&policy, |_| {});
        of(&report, "keys").iter().map(|(_, sentence, _)| (*sentence).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(verified([0, 1, 31, 32], true), Vec::<String>::new());
    assert!(verified([0, 1, 11, 12], true)[0].contains("after 10 days"));
    assert!(verified([0, 0, 0, 1], false)[0].contains("at once"));
}

fn successor_again() -> senim::audit::note_key::SignerKey {
    note_key(ORIGIN, Kind::Note, &mut senim::crypto::random::Entropy::seeded(9).rng())
}
