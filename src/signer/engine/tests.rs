use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::audit::add_checkpoint;
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::note_key::{KeyName, Kind};
use crate::audit::tree::{self, Hash, TreeHead};
use crate::crypto::note_key::NoteKey;
use crate::crypto::secret::Secret;

const ORIGIN: &str = "senim/log";

struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("senim-signer-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn directory(&self) -> Directory {
        Directory::new(&self.0.join("signer"), ORIGIN).unwrap()
    }

    fn founded(name: &str) -> (Self, Signer, Clock) {
        let home = Self::new(name);
        home.directory().found(&key(1)).unwrap();
        let clock = Clock::fixed(Timestamp::from_second(1_800_000_000).unwrap());
        let signer = Signer::open(home.directory(), clock.clone()).unwrap();
        (home, signer, clock)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn named(name: &str, kind: Kind, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
}

fn key(seed: u8) -> SignerKey {
    named(ORIGIN, Kind::Note, seed)
}

fn leaves(count: u8) -> Vec<Hash> {
    (0..count).map(|n| tree::leaf(&[n])).collect()
}

fn of(count: u8) -> Checkpoint {
    let head = TreeHead { size: count.into(), root: tree::root(&leaves(count)) };
    Checkpoint::new(ORIGIN, head).unwrap()
}

/// A request for the tree of `new` leaves; proofs lead from 0, or from 4 to 6.
fn request(old: u64, new: u8) -> Vec<u8> {
    let proof = if (old, new) == (4, 6) { vec![tree::root(&leaves(6)[4..])] } else { Vec::new() };
    add_checkpoint::write(old, &proof, &of(new).to_string()).into_bytes()
}

fn signed(answer: &Answer, count: u8) -> SignedCheckpoint {
    let Answer::Signed(lines) = answer else { panic!("{answer:?}") };
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    SignedCheckpoint::parse(format!("{}\n{lines}", of(count)).as_bytes()).unwrap()
}

#[test]
fn an_extension_is_signed_and_the_same_again_gets_the_same_line() {
    let (home, mut signer, clock) = Home::founded("extension");
    assert_eq!(signer.state().unwrap().at(), None);
    let first = signer.answer(&request(0, 4));
    signed(&first, 4).note().verify(key(1).verifier()).unwrap().unwrap();
    assert_eq!(signer.state().unwrap().head(), of(4).head());
    clock.advance(SignedDuration::from_secs(1));
    let second = signer.answer(&request(4, 6));
    assert_eq!(signer.answer(&request(4, 6)), second, "after a crash of whoever asked");
    drop(signer);
    let mut signer = Signer::open(home.directory(), clock).unwrap();
    assert_eq!(signer.answer(&request(4, 6)), second, "after a crash of the signer");
    assert_eq!(signer.answer(&request(0, 6)), second);
    // From 6 to 7 the empty proof proves nothing.
    assert!(matches!(signer.answer(&request(6, 7)), Answer::Refused(why) if why.contains("rewritten")));
    assert!(matches!(signer.answer(&request(0, 4)), Answer::Refused(_)));
    assert_eq!(signer.state().unwrap().head(), of(6).head(), "a refusal changes nothing");
}

#[test]
fn a_clock_that_stands_still_signs_nothing_new() {
    let (_home, mut signer, clock) = Home::founded("clock");
    signer.answer(&request(0, 4));
    let refused = signer.answer(&request(4, 6));
    assert!(matches!(&refused, Answer::Refused(why) if why.contains("clock")), "{refused:?}");
    clock.advance(SignedDuration::from_nanos(1));
    assert!(matches!(signer.answer(&request(4, 6)), Answer::Signed(_)));
}

#[test]
fn requests_that_are_none_are_told_so() {
    let (_home, mut signer, _) = Home::founded("malformed");
    let mut huge = request(0, 4);
    huge.resize(MAX_REQUEST + 1, b'x');
    for bytes in [&b""[..], b"old 0\n\n", b"old 0\n\nx\n", b"\xff", &request(9, 4), &huge] {
        assert!(matches!(signer.answer(bytes), Answer::Malformed(_)));
    }
    assert_eq!(signer.answer(&request(2, 4)), Answer::Conflict(0));
    assert_eq!(signer.state().unwrap().at(), None);
}

#[test]
fn while_keys_are_rotated_both_sign() {
    let (home, mut signer, clock) = Home::founded("rotation");
    assert_eq!(signed(&signer.answer(&request(0, 4)), 4).note().signatures().len(), 1);
    let directory = home.directory();
    assert!(matches!(directory.retire(clock.now()), Err(DirectoryError::NotRotating)));
    directory.rotate(&key(2)).unwrap();
    assert!(matches!(directory.rotate(&key(3)), Err(DirectoryError::Rotating)));
    let both = signed(&signer.answer(&request(0, 4)), 4);
    let keys = [key(1).verifier().clone(), key(2).verifier().clone()];
    assert_eq!(both.note().verify_any(&keys).unwrap().len(), 2);
    let retired = directory.retire(clock.now()).unwrap();
    assert_eq!(retired.key, keys[0]);
    assert_eq!(directory.retired().unwrap(), [retired]);
    let one = signed(&signer.answer(&request(0, 4)), 4);
    assert_eq!(one.note().verify_any(&keys).unwrap(), [&keys[1]]);
}

#[test]
fn a_state_that_is_lost_or_damaged_is_not_begun_anew() {
    let (home, mut signer, clock) = Home::founded("lost");
    signer.answer(&request(0, 4));
    let state = home.0.join("signer/state");
    fs::remove_file(&state).unwrap();
    assert!(matches!(signer.answer(&request(0, 6)), Answer::Failed(why) if why.contains("witnesses")));
    drop(signer);
    let open = || Signer::open(home.directory(), clock.clone()).unwrap_err();
    assert!(matches!(open(), DirectoryError::NoState(_)));
    assert!(matches!(home.directory().found(&key(1)), Err(DirectoryError::KeyExists(_))));
    fs::write(&state, "senim signer state 1\n").unwrap();
    assert!(matches!(open(), DirectoryError::BadState(_)));
    let adopted = State::after(of(4), clock.now());
    assert!(matches!(home.directory().adopt(&adopted), Err(DirectoryError::StateExists(_))));
    fs::remove_file(&state).unwrap();
    home.directory().adopt(&adopted).unwrap();
    clock.advance(SignedDuration::from_secs(1));
    let mut signer = Signer::open(home.directory(), clock).unwrap();
    assert!(matches!(signer.answer(&request(0, 6)), Answer::Conflict(4)));
    assert!(matches!(signer.answer(&request(4, 6)), Answer::Signed(_)));
}

#[test]
fn two_signers_never_share_a_state() {
    let (home, _signer, clock) = Home::founded("shared");
    assert!(matches!(Signer::open(home.directory(), clock), Err(DirectoryError::Locked(_))));
}

#[test]
fn a_state_inside_the_database_is_refused() {
    let home = Home::new("inside");
    let data = home.0.join("pg/data");
    fs::create_dir_all(data.join("base")).unwrap();
    fs::write(data.join("PG_VERSION"), "15\n").unwrap();
    std::os::unix::fs::symlink(data.join("base"), home.0.join("innocent")).unwrap();
    for inside in [&data, &data.join("signer"), &data.join("base/not/yet"), &home.0.join("innocent/signer")] {
        let refused = Directory::new(inside, ORIGIN);
        assert!(matches!(refused, Err(DirectoryError::InsideDatabase { .. })), "{}", inside.display());
    }
    assert!(Directory::new(&home.0.join("signer"), ORIGIN).is_ok());
    assert!(Directory::new(std::path::Path::new("signer"), ORIGIN).is_ok());
}

#[test]
fn keys_of_others_and_keys_that_others_may_read_are_refused() {
    let home = Home::new("keys");
    let directory = home.directory();
    assert!(matches!(directory.keys(), Err(DirectoryError::NoKey(_))));
    for wrong in [named("other/log", Kind::Note, 1), named(ORIGIN, Kind::Cosignature, 1)] {
        assert!(matches!(directory.found(&wrong), Err(DirectoryError::OtherKey { .. })));
    }
    directory.found(&key(1)).unwrap();
    let path = home.0.join("signer/key");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(directory.keys(), Err(DirectoryError::OpenKey(_))));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, "PRIVATE+KEY+senim/log+00000000+AAAA").unwrap();
    assert!(matches!(directory.keys(), Err(DirectoryError::Key { .. })));
    fs::remove_file(&path).unwrap();
    fs::write(home.0.join("signer/state"), State::after(of(4), Timestamp::UNIX_EPOCH).to_string()).unwrap();
    assert!(matches!(directory.found(&key(2)), Err(DirectoryError::StateOfGoneKey(_))));
}
