//! Notes, keys and checkpoints between us and `signed_note`, `tlog_tiles`, in both directions.

use senim::audit::checkpoint::{Checkpoint, SignedCheckpoint};
use senim::audit::cosignature::cosign;
use senim::audit::note::Note;
use senim::audit::note_key::{KeyName, Kind, SignerKey, VerifierKey};
use senim::audit::tree::{Hash, TreeHead};
use senim::crypto::note_key::NoteKey;
use senim::crypto::secret::{Secret, SecretText};
use signed_note::{Signer as _, StandardSigner, StandardVerifier, Verifier as _, VerifierList};

use crate::ground::leaf;

fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
}

fn their_keys(key: &SignerKey) -> (StandardSigner, StandardVerifier) {
    let signer = StandardSigner::new(key.to_text().expose()).unwrap();
    (signer, StandardVerifier::new(&key.verifier().to_string()).unwrap())
}

fn their_list(keys: &[&SignerKey]) -> VerifierList {
    let boxed = |key: &&SignerKey| -> Box<dyn signed_note::Verifier> { Box::new(their_keys(key).1) };
    VerifierList::new(keys.iter().map(boxed).collect())
}

#[test]
fn keys_mean_the_same_to_both() {
    for (name, seed) in [("log.example/2026", 1), ("сенім.example", 2), ("a", 3)] {
        let ours = key(name, Kind::Note, seed);
        let (signer, verifier) = their_keys(&ours);
        assert_eq!((signer.name(), signer.key_id()), (name, ours.id()));
        assert_eq!((verifier.name(), verifier.key_id()), (name, ours.id()));
    }
    assert!(StandardVerifier::new(&key("w", Kind::Cosignature, 1).verifier().to_string()).is_err());
}

#[test]
fn they_read_our_notes() {
    let (log, other) = (key("log.example", Kind::Note, 1), key("other.example", Kind::Note, 2));
    for text in ["one line\n", "two\n\nparts\n", "\n", "сенім\n"] {
        let mut note = Note::new(text.to_owned()).unwrap();
        note.sign(&log).unwrap();
        note.sign(&other).unwrap();
        let read = signed_note::Note::from_bytes(note.to_string().as_bytes()).unwrap();
        let (verified, unverified) = read.verify(&their_list(&[&log])).unwrap();
        assert_eq!((verified.len(), unverified.len()), (1, 1));
        assert_eq!(read.verify(&their_list(&[&log, &other])).unwrap().0.len(), 2);
        assert_eq!(read.text(), text.as_bytes());
        assert_eq!(String::from_utf8(read.to_bytes()).unwrap(), note.to_string());
    }
}

#[test]
fn we_read_their_notes() {
    let log = key("log.example", Kind::Note, 1);
    let (signer, _) = their_keys(&log);
    for text in ["one line\n", "two\n\nparts\n", "\n", "сенім\n"] {
        let mut note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        note.add_sigs(&[&signer]).unwrap();
        let read = Note::parse(&note.to_bytes()).unwrap();
        assert_eq!(read.text(), text);
        assert!(read.verify(log.verifier()).unwrap().is_some());
        let mut altered = note.to_bytes();
        altered.splice(0..0, *b"x");
        assert!(Note::parse(&altered).unwrap().verify(log.verifier()).is_err());
    }
}

#[test]
fn they_read_our_checkpoints_and_skip_cosignatures() {
    let (log, witness) = (key("log.example", Kind::Note, 1), key("w.example", Kind::Cosignature, 2));
    let head = TreeHead { size: 70_000, root: leaf(7) };
    let mut signed = Checkpoint::new("log.example", head).unwrap().sign(&log).unwrap();
    signed.add(cosign(&signed, &witness, 1_790_001_763).unwrap()).unwrap();
    let read = signed_note::Note::from_bytes(signed.to_string().as_bytes()).unwrap();
    assert_eq!(read.verify(&their_list(&[&log])).unwrap().0.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(read.text()).unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size()), ("log.example", head.size));
    assert_eq!((checkpoint.hash().0, checkpoint.extension()), (*head.root.bytes(), ""));
    let mut altered = signed.to_string().into_bytes();
    altered[13] ^= 1; // a digit of the size
    assert!(signed_note::Note::from_bytes(&altered).unwrap().verify(&their_list(&[&log])).is_err());
}

#[test]
fn we_read_their_checkpoints() {
    let log = key("log.example", Kind::Note, 1);
    let (signer, _) = their_keys(&log);
    for extension in ["", "of another log\n"] {
        let root = tlog_tiles::Hash(*leaf(3).bytes());
        let text = tlog_tiles::Checkpoint::new("log.example", 5, root, extension).unwrap().to_bytes();
        let mut note = signed_note::Note::new(&text, &[]).unwrap();
        note.add_sigs(&[&signer]).unwrap();
        let keys = [log.verifier().clone()];
        let read = SignedCheckpoint::open(&note.to_bytes(), "log.example", &keys).unwrap();
        assert_eq!((read.head().size, read.head().root), (5, Hash::new(root.0)));
        assert_eq!(read.checkpoint().extensions().len(), usize::from(!extension.is_empty()));
    }
}

#[test]
fn keys_that_they_would_write_are_read() {
    let ours = key("log.example", Kind::Note, 9);
    let public = ed25519_dalek::VerifyingKey::from_bytes(&ours.verifier().public().to_bytes()).unwrap();
    let bytes = [&[1], public.as_bytes().as_slice()].concat();
    let text = format!(
        "log.example+{:08x}+{}",
        signed_note::key_id("log.example", &bytes),
        data_encoding::BASE64.encode(&bytes)
    );
    assert_eq!(VerifierKey::parse(&text).as_ref(), Ok(ours.verifier()));
    assert!(SignerKey::parse(&SecretText::from(text)).is_err());
}
