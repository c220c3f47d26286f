//! Cosignatures (C2SP tlog-cosignature, `cosignature/v1`, type 0x04): a witness says that, as of a time, this checkpoint
//! is the largest consistent tree of the log that it has seen.
//!
//! Signed is `cosignature/v1`, `time <seconds>` and the checkpoint's text, a line each; the line under the note carries
//! the time (64 bits, big endian) and the Ed25519 signature. Lines of type 0x06 (ML-DSA-44) are lines of unknown keys:
//! read, kept and not counted.

use super::checkpoint::SignedCheckpoint;
use super::note::{NoteError, NoteSignature};
use super::note_key::{Kind, SignerKey};
use super::tree::MAX_SIZE;
use crate::crypto::note_key::NotePublic;

/// The latest time that a cosignature may carry, 2^63 − 1 seconds since 1970.
pub const MAX_TIME: u64 = MAX_SIZE;

fn message(text: &str, seconds: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

/// Cosigns a checkpoint at `seconds` since 1970: the line to be added to its note. Whoever calls this has checked the
/// log's signature and the consistency with every checkpoint of the log that `key` cosigned before.
///
/// # Errors
/// [`NoteError::WrongKind`] where the key is not of [`Kind::Cosignature`]; [`NoteError::Time`] where the time is
/// after [`MAX_TIME`].
pub fn cosign(
    checkpoint: &SignedCheckpoint,
    key: &SignerKey,
    seconds: u64,
) -> Result<NoteSignature, NoteError> {
    if key.kind() != Kind::Cosignature {
        return Err(NoteError::WrongKind(key.name().clone()));
    }
    if seconds > MAX_TIME {
        return Err(NoteError::Time(seconds));
    }
    let signature = key.sign(&message(checkpoint.note().text(), seconds));
    Ok(NoteSignature::new(key, [seconds.to_be_bytes().as_slice(), &signature].concat()))
}

/// The time of a cosignature over `text`, seconds since 1970; `None` if it is not by this key.
pub(super) fn verify(text: &str, bytes: &[u8], key: &NotePublic) -> Option<u64> {
    let (time, signature) = bytes.split_first_chunk::<8>()?;
    let seconds = u64::from_be_bytes(*time);
    if seconds > MAX_TIME {
        return None;
    }
    key.verify(&message(text, seconds), signature).ok().map(|()| seconds)
}

#[cfg(test)]
mod tests {
    use super::super::checkpoint::Checkpoint;
    use super::super::note::Signed;
    use super::super::note_key::KeyName;
    use super::super::tree::TreeHead;
    use super::*;
    use crate::crypto::note_key::NoteKey;
    use crate::crypto::secret::Secret;

    fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
        SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
    }

    fn checkpoint() -> SignedCheckpoint {
        let log = key("log.example", Kind::Note, 1);
        Checkpoint::new("log.example", TreeHead::empty()).unwrap().sign(&log).unwrap()
    }

    #[test]
    fn a_cosignature_says_who_and_when() {
        let (mut signed, witness) = (checkpoint(), key("witness.example/w", Kind::Cosignature, 2));
        assert_eq!(signed.note().verify(witness.verifier()), Ok(None));
        for time in [1_790_001_763, 5] {
            let line = cosign(&signed, &witness, time).unwrap();
            assert_eq!(line.bytes().len(), 72);
            signed.add(line).unwrap();
            // Two lines of one witness: the latest counts.
            assert_eq!(
                signed.note().verify(witness.verifier()),
                Ok(Some(Signed { at: Some(1_790_001_763) }))
            );
        }
        let read = SignedCheckpoint::parse(signed.to_string().as_bytes()).unwrap();
        assert_eq!(read, signed);
    }

    #[test]
    fn what_is_signed_is_pinned() {
        assert_eq!(message("a\n1\nb\n", 1_679_315_147), b"cosignature/v1\ntime 1679315147\na\n1\nb\n");
    }

    #[test]
    fn an_altered_time_condemns_the_note() {
        let (mut signed, witness) = (checkpoint(), key("witness.example/w", Kind::Cosignature, 2));
        let line = cosign(&signed, &witness, 7).unwrap();
        for at in [0, 7, 8, 71] {
            let mut bytes = line.bytes().to_vec();
            bytes[at] ^= 0x80;
            let mut altered = signed.clone();
            altered.add(NoteSignature::new(&witness, bytes)).unwrap();
            assert!(matches!(altered.note().verify(witness.verifier()), Err(NoteError::BadSignature(_))));
        }
        signed.add(NoteSignature::new(&witness, line.bytes()[..8].to_vec())).unwrap();
        assert!(matches!(signed.note().verify(witness.verifier()), Err(NoteError::BadSignature(_))));
    }

    #[test]
    fn keys_of_notes_do_not_cosign_and_the_other_way_round() {
        let (log, witness) = (key("log.example", Kind::Note, 1), key("w", Kind::Cosignature, 2));
        assert!(matches!(cosign(&checkpoint(), &log, 7), Err(NoteError::WrongKind(_))));
        assert_eq!(cosign(&checkpoint(), &witness, MAX_TIME + 1), Err(NoteError::Time(MAX_TIME + 1)));
        let mut note = checkpoint().note().clone();
        assert!(matches!(note.sign(&witness), Err(NoteError::WrongKind(_))));
        // One secret, two kinds: a signature of one kind is none of the other.
        let other = key("log.example", Kind::Cosignature, 1);
        assert_eq!(checkpoint().note().verify(other.verifier()), Ok(None));
    }
}
