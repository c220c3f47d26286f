//! What a reporter may be given: the signed promise that the first entry of their case is in the log (audit-log.md 4.2).
//! It is the one defence against an entry that is deleted before it is in the tree.
//!
//! A note (C2SP signed-note) of four lines, signed by a key of its own whose name is the log's origin and `/receipts`:
//!
//! ```text
//! senim/promise/v1
//! <origin of the log>
//! <commitment of the entry, base64>
//! <day: the head with which it ends, and every later one, has the entry>
//! ```
//!
//! Nothing of the case stands in it. It is no checkpoint, whatever key signs it: there the second line is a number. The
//! key's name is no log's origin, so no policy takes it for a log.

use std::fmt;

use data_encoding::BASE64;
use jiff::{civil::Date, tz::TimeZone};

use super::{
    note::{Note, NoteError},
    note_key::{KeyName, Kind, SignerKey, VerifierKey},
};
use crate::crypto::{note_key::NoteKey, secret::Secret};

/// The first line.
pub const FORMAT: &str = "senim/promise/v1";

/// Why a file is no promise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPromise {
    /// Not a note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The lines are not those of a promise.
    #[error("its text is not that of a promise")]
    Text,
}

/// What is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The log.
    pub origin: String,
    /// What is in it.
    pub commitment: [u8; 32],
    /// The head with which this day (UTC) ends has it, and every later one.
    pub day: Date,
}

/// The name of the key that signs promises about this log; none where the origin has no form of a name.
#[must_use]
pub fn key_name(origin: &str) -> Option<KeyName> {
    KeyName::parse(&format!("{origin}/receipts"))
}

/// The key that signs promises about this log, from its seed.
#[must_use]
pub fn signer(origin: &str, seed: &Secret<32>) -> Option<SignerKey> {
    Some(SignerKey::new(key_name(origin)?, Kind::Note, NoteKey::from_seed(seed)))
}

/// The key of promises about this log in a file of keys, one a line. Lines of other keys and comments are passed over.
#[must_use]
pub fn find_key(keys: &[u8], origin: &str) -> Option<VerifierKey> {
    let name = key_name(origin)?;
    let lines = std::str::from_utf8(keys).ok()?.lines();
    lines
        .filter_map(|line| VerifierKey::parse(line.trim()).ok())
        .find(|key| *key.name() == name && key.kind() == Kind::Note)
}

impl Promise {
    /// Reads a promise's file without checking who signed it.
    ///
    /// # Errors
    /// [`BadPromise`].
    pub fn parse(file: &[u8]) -> Result<(Self, Note), BadPromise> {
        let note = Note::parse(file)?;
        let promise = Self::of_text(note.text()).ok_or(BadPromise::Text)?;
        Ok((promise, note))
    }

    fn of_text(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [format, origin, commitment, day] = lines.as_slice() else { return None };
        let promise = Self {
            origin: (*origin).to_owned(),
            commitment: BASE64.decode(commitment.as_bytes()).ok()?.try_into().ok()?,
            day: day.parse().ok()?,
        };
        // One form only: what is read is what would be written.
        (*format == FORMAT && promise.to_string() == text).then_some(promise)
    }

    /// The promise's file.
    ///
    /// # Errors
    /// [`NoteError`] where the origin is no line of a note or the key is of another kind.
    pub fn sign(&self, key: &SignerKey) -> Result<String, NoteError> {
        let mut note = Note::new(self.to_string())?;
        note.sign(key)?;
        Ok(note.to_string())
    }

    /// The second at which the day has ended: who has seen the log after it has seen the head that is meant, or a later
    /// one.
    #[must_use]
    pub fn due_by(&self) -> Option<u64> {
        let next = self.day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
        u64::try_from(next.timestamp().as_second()).ok()
    }
}

impl fmt::Display for Promise {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FORMAT}\n{}\n{}\n{}", self.origin, BASE64.encode(&self.commitment), self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::super::checkpoint::SignedCheckpoint;
    use super::*;

    fn promise() -> Promise {
        Promise {
            origin: "senim.example/log".to_owned(),
            commitment: [7; 32],
            day: jiff::civil::date(2026, 11, 25),
        }
    }

    fn key() -> SignerKey {
        signer("senim.example/log", &Secret::new([3; 32])).unwrap()
    }

    #[test]
    fn a_promise_is_read_back_and_its_key_is_found_among_others() {
        let file = promise().sign(&key()).unwrap();
        let (read, note) = Promise::parse(file.as_bytes()).unwrap();
        assert_eq!(read, promise());
        let log = SignerKey::new(
            KeyName::parse("senim.example/log").unwrap(),
            Kind::Note,
            NoteKey::from_seed(&Secret::new([4; 32])),
        );
        let keys = format!("# keys\n{}\n{}\n", log.verifier(), key().verifier());
        let found = find_key(keys.as_bytes(), "senim.example/log").unwrap();
        assert_eq!(found, *key().verifier());
        assert!(note.verify(&found).unwrap().is_some());
        assert_eq!(note.verify(log.verifier()), Ok(None));
        assert_eq!(find_key(keys.as_bytes(), "other.example/log"), None);
        assert_eq!(promise().due_by(), Some(1_795_651_200), "the next midnight");
    }

    #[test]
    fn a_promise_is_never_a_checkpoint() {
        let file = promise().sign(&key()).unwrap();
        assert!(SignedCheckpoint::parse(file.as_bytes()).is_err());
    }

    #[test]
    fn any_other_text_is_no_promise() {
        let good = promise().to_string();
        for (from, to) in [
            ("v1", "v2"),
            ("2026-11-25", "2026-11-25T00"),
            ("2026-11-25", "20261125"),
            ("\nBwcH", "\n\nBwcH"),
            ("-25\n", "-25\nmore\n"),
        ] {
            assert_eq!(Promise::of_text(&good.replace(from, to)), None, "{to}");
        }
        assert!(Promise::of_text(&good).is_some());
    }
}
