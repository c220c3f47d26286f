use std::fs;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::audit::add_checkpoint;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note_key::{KeyName, Kind};
use crate::audit::tree::{self, Hash};
use crate::crypto::note_key::NoteKey;
use crate::crypto::secret::Secret;

const ORIGIN: &str = "senim/log";

struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("senim-witness-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn founded(name: &str) -> (Self, Witness, Clock) {
        let home = Self::new(name);
        Directory::new(&home.0).found(&key("court", Kind::Cosignature, 9)).unwrap();
        let clock = Clock::fixed(Timestamp::from_second(1_800_000_000).unwrap());
        let witness = open(&home.0, clock.clone()).unwrap();
        (home, witness, clock)
    }

    fn files(&self, below: &str) -> Vec<PathBuf> {
        fs::read_dir(self.0.join(below)).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
}

fn log(seed: u8) -> SignerKey {
    key(ORIGIN, Kind::Note, seed)
}

/// Follows one log that has two keys.
fn open(path: &Path, clock: Clock) -> Result<Witness, DirectoryError> {
    let policy = format!("log {}\nlog {}\nquorum none\n", log(1).verifier(), log(2).verifier());
    Witness::open(Directory::new(path), &Policy::parse(policy.as_bytes()).unwrap(), clock)
}

fn leaves(count: u8) -> Vec<Hash> {
    (0..count).map(|n| tree::leaf(&[n])).collect()
}

fn head(count: u8) -> TreeHead {
    TreeHead { size: count.into(), root: tree::root(&leaves(count)) }
}

fn signed(origin: &str, head: TreeHead, key: &SignerKey) -> SignedCheckpoint {
    Checkpoint::new(origin, head).unwrap().sign(key).unwrap()
}

/// A request; proofs lead from 0, or from 4 to 6.
fn request(old: u64, checkpoint: &SignedCheckpoint) -> Vec<u8> {
    let proof =
        if (old, checkpoint.head().size) == (4, 6) { vec![tree::root(&leaves(6)[4..])] } else { Vec::new() };
    add_checkpoint::write(old, &proof, &checkpoint.to_string()).into_bytes()
}

fn status(answer: &Answer) -> u16 {
    match answer {
        Answer::Cosigned(_) => 200,
        Answer::Conflict(_) => 409,
        Answer::Refused(status, _) => *status,
    }
}

#[test]
fn growth_is_cosigned_and_kept_as_it_was_cosigned() {
    let (home, mut witness, clock) = Home::founded("growth");
    let four = signed(ORIGIN, head(4), &log(1));
    let Answer::Cosigned(line) = witness.answer(&request(0, &four)) else { panic!() };
    let [file] = home.files("logs").try_into().unwrap();
    let kept = SignedCheckpoint::parse(&fs::read(file).unwrap()).unwrap();
    assert!(kept.note().signatures().contains(&line));
    assert_eq!(kept.note().verify(log(1).verifier()).unwrap().unwrap().at, None);
    clock.advance(SignedDuration::from_secs(5));
    drop(witness);
    let mut witness = open(&home.0, clock.clone()).unwrap();
    assert_eq!(status(&witness.answer(&request(4, &signed(ORIGIN, head(6), &log(2))))), 200, "the other key");
    assert_eq!(status(&witness.answer(&request(6, &signed(ORIGIN, head(6), &log(1))))), 200, "again");
    let followed = witness.followed().unwrap();
    assert_eq!(followed, [Followed { origin: ORIGIN.to_owned(), size: 6, at: Some(clock.now()) }]);
}

#[test]
fn every_refusal_has_the_status_of_the_specification() {
    let (home, mut witness, _) = Home::founded("refusals");
    let four = signed(ORIGIN, head(4), &log(1));
    witness.answer(&request(0, &four));
    let kept = || home.files("logs").iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>();
    let before = kept();
    let forged = four.to_string().replace("\n4\n", "\n6\n");
    let forged = SignedCheckpoint::parse(forged.as_bytes()).unwrap();
    for (wanted, body) in [
        (400, Vec::new()),
        (400, b"old 0\n\nsenim/log\n".to_vec()),
        (400, request(5, &four)),
        (404, request(0, &signed("other/log", head(4), &key("other/log", Kind::Note, 1)))),
        (404, request(0, &signed("other/log", head(4), &log(1)))),
        (403, request(0, &signed(ORIGIN, head(4), &log(3)))),
        (403, request(4, &forged)),
        (409, request(0, &signed(ORIGIN, head(6), &log(1)))),
        (409, request(2, &signed(ORIGIN, head(3), &log(1)))),
        (422, request(4, &signed(ORIGIN, TreeHead { size: 6, ..head(5) }, &log(1)))),
        (422, request(4, &signed(ORIGIN, head(5), &log(1)))),
    ] {
        let answer = witness.answer(&body);
        assert_eq!(status(&answer), wanted, "{answer:?}: {}", String::from_utf8_lossy(&body));
        if wanted == 409 {
            assert_eq!(answer, Answer::Conflict(4));
        }
    }
    assert_eq!(kept(), before, "a refusal changes nothing");
    assert_eq!(home.files("forks").len(), 0);
}

#[test]
fn a_fork_is_refused_and_kept_as_evidence() {
    let (home, mut witness, _) = Home::founded("fork");
    witness.answer(&request(0, &signed(ORIGIN, head(4), &log(1))));
    let mut fork = signed(ORIGIN, TreeHead { size: 4, ..head(3) }, &log(1));
    let stranger = NoteSignature::parse("— stranger AAAAAAA=").unwrap();
    fork.add(stranger).unwrap();
    for old in [4, 0] {
        assert_eq!(witness.answer(&request(old, &fork)), Answer::Conflict(4));
    }
    let [file] = home.files("forks").try_into().unwrap();
    let evidence =
        SignedCheckpoint::open(&fs::read(file).unwrap(), ORIGIN, &[log(1).verifier().clone()]).unwrap();
    assert_eq!((evidence.head(), evidence.note().signatures().len()), (fork.head(), 1));
}

#[test]
fn a_checkpoint_kept_by_nobody_of_us_stops_that_log() {
    let (home, mut witness, clock) = Home::founded("damaged");
    witness.answer(&request(0, &signed(ORIGIN, head(4), &log(1))));
    let [file] = home.files("logs").try_into().unwrap();
    fs::write(&file, signed(ORIGIN, head(2), &log(1)).to_string()).unwrap();
    assert_eq!(status(&witness.answer(&request(2, &signed(ORIGIN, head(4), &log(1))))), 500);
    drop(witness);
    assert!(matches!(open(&home.0, clock), Err(DirectoryError::Damaged(_))));
}

#[test]
fn a_clock_that_goes_back_stops_the_witness() {
    let (_home, mut witness, clock) = Home::founded("clock");
    witness.answer(&request(0, &signed(ORIGIN, head(4), &log(1))));
    clock.advance(SignedDuration::from_secs(-1));
    assert_eq!(status(&witness.answer(&request(4, &signed(ORIGIN, head(6), &log(1))))), 500);
}

#[test]
fn two_witnesses_never_share_a_state() {
    let (home, _witness, clock) = Home::founded("shared");
    assert!(matches!(open(&home.0, clock), Err(DirectoryError::Locked(_))));
    let again = Directory::new(&home.0).found(&key("court", Kind::Cosignature, 8));
    assert!(matches!(again, Err(DirectoryError::KeyExists(_))));
    let wrong = Directory::new(&home.0).found(&key("court", Kind::Note, 8));
    assert!(matches!(wrong, Err(DirectoryError::OtherKind(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_comes_changes_nothing(bytes: Vec<u8>, cut in 0_usize..400, flip in 0_usize..400) {
        let (home, mut witness, _) = Home::founded(&format!("garbage-{cut}-{flip}"));
        prop_assert_eq!(status(&witness.answer(&bytes)), 400);
        let good = request(0, &signed(ORIGIN, head(4), &log(1)));
        prop_assert_ne!(status(&witness.answer(&good[..cut.min(good.len() - 1)])), 200);
        let mut flipped = good;
        let place = flip % flipped.len();
        flipped[place] ^= 0x80;
        prop_assert_ne!(status(&witness.answer(&flipped)), 200);
        prop_assert_eq!(home.files("logs").len(), 0);
    }
}
