//! Checkpoints (C2SP tlog-checkpoint): a note whose text is origin, size and root, a line each.

use std::fmt;

use super::note::{Note, NoteError, NoteSignature};
use super::note_key::{SignerKey, VerifierKey};
use super::tree::{Hash, TreeHead};

/// Why a text is no checkpoint, or none to trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a note, or not signed by a known key.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The origin is empty or holds a control character.
    #[error("the checkpoint's origin is empty or holds a control character")]
    Origin,
    /// The second line is no decimal number of 64 bits, or has leading zeros.
    #[error("the checkpoint's second line is not the size of a tree")]
    Size,
    /// The third line is not the base64 of 32 bytes.
    #[error("the checkpoint's third line is not a hash in base64")]
    Root,
    /// A line is empty or the text does not end with a line end.
    #[error("the checkpoint has an empty line or no line end behind its last line")]
    Lines,
    /// It belongs to another log.
    #[error("the checkpoint is of the log {found:?}, not of {expected:?}")]
    OtherLog {
        /// The origin that was asked for.
        expected: String,
        /// The origin found.
        found: String,
    },
}

/// Reads a decimal number of 64 bits without sign and leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    (canonical && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// What a log says about its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint of the log `origin`, without extension lines: tlog-checkpoint advises against them.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`].
    pub fn new(origin: &str, head: TreeHead) -> Result<Self, CheckpointError> {
        if origin.is_empty() || origin.chars().any(char::is_control) {
            return Err(CheckpointError::Origin);
        }
        Ok(Self { origin: origin.to_owned(), head, extensions: Vec::new() })
    }

    /// Reads the text of a note. Extension lines of other logs are kept.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = body.split('\n');
        let origin = lines.next().unwrap_or_default();
        let size = lines.next().and_then(decimal).ok_or(CheckpointError::Size)?;
        let root = lines.next().and_then(Hash::from_base64).ok_or(CheckpointError::Root)?;
        let mut checkpoint = Self::new(origin, TreeHead { size, root })?;
        for line in lines {
            if line.is_empty() {
                return Err(CheckpointError::Lines);
            }
            checkpoint.extensions.push(line.to_owned());
        }
        Ok(checkpoint)
    }

    /// The log's identity.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root of its tree.
    #[must_use]
    pub const fn head(&self) -> &TreeHead {
        &self.head
    }

    /// Lines behind the root, of which nothing is known.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Signs it. Whoever calls this has checked that it extends every checkpoint that `key` signed before.
    ///
    /// # Errors
    /// [`CheckpointError::Note`] where the key is of another kind.
    pub fn sign(self, key: &SignerKey) -> Result<SignedCheckpoint, CheckpointError> {
        let mut note = Note::new(self.to_string())?;
        note.sign(key)?;
        Ok(SignedCheckpoint { checkpoint: self, note })
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.head.size, self.head.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint and the note that it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a checkpoint's file without checking who signed it: for those that check with a policy.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        Ok(Self { checkpoint: Checkpoint::parse(note.text())?, note })
    }

    /// Reads a checkpoint of the log `origin` that at least one of `keys` signed.
    ///
    /// # Errors
    /// [`CheckpointError`]; also where a line of one of `keys` does not verify.
    pub fn open(bytes: &[u8], origin: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let signed = Self::parse(bytes)?;
        signed.note.verify_any(keys)?;
        if signed.checkpoint.origin != origin {
            let (expected, found) = (origin.to_owned(), signed.checkpoint.origin);
            return Err(CheckpointError::OtherLog { expected, found });
        }
        Ok(signed)
    }

    /// What the log says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Size and root of the tree.
    #[must_use]
    pub const fn head(&self) -> &TreeHead {
        &self.checkpoint.head
    }

    /// The note, with all its signatures.
    #[must_use]
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Signs it with another key of the log, as while keys are rotated.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn sign(&mut self, key: &SignerKey) -> Result<(), NoteError> {
        self.note.sign(key)
    }

    /// Adds a line, such as a witness's answer. It is not checked here.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`].
    pub fn add(&mut self, line: NoteSignature) -> Result<(), NoteError> {
        self.note.add(line)
    }
}

impl fmt::Display for SignedCheckpoint {
    /// The checkpoint's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::note_key::{KeyName, Kind};
    use super::super::tree;
    use super::*;
    use crate::crypto::note_key::NoteKey;
    use crate::crypto::secret::Secret;

    fn key(name: &str, seed: u8) -> SignerKey {
        SignerKey::new(
            KeyName::parse(name).unwrap(),
            Kind::Note,
            NoteKey::from_seed(&Secret::new([seed; 32])),
        )
    }

    fn head() -> TreeHead {
        TreeHead { size: 20_852_163, root: tree::leaf(b"root") }
    }

    #[test]
    fn a_checkpoint_is_signed_and_opened() {
        let (log, next, stranger) = (key("log.example", 1), key("log.example", 2), key("other.example", 3));
        let mut signed = Checkpoint::new("log.example", head()).unwrap().sign(&log).unwrap();
        signed.sign(&next).unwrap();
        let bytes = signed.to_string().into_bytes();
        for keys in [vec![log.verifier().clone()], vec![stranger.verifier().clone(), next.verifier().clone()]]
        {
            assert_eq!(SignedCheckpoint::open(&bytes, "log.example", &keys).unwrap(), signed);
        }
        assert_eq!(
            SignedCheckpoint::open(&bytes, "log.example", &[stranger.verifier().clone()]),
            Err(CheckpointError::Note(NoteError::Unsigned))
        );
        assert!(matches!(
            SignedCheckpoint::open(&bytes, "other.example", &[log.verifier().clone()]),
            Err(CheckpointError::OtherLog { .. })
        ));
    }

    #[test]
    fn a_text_has_three_lines_or_more() {
        let root = head().root.to_string();
        let good = format!("log.example\n20852163\n{root}\n");
        assert_eq!(Checkpoint::parse(&good).unwrap().to_string(), good);
        let extended = format!("{good}something else\n");
        let read = Checkpoint::parse(&extended).unwrap();
        assert_eq!((read.extensions().len(), read.to_string()), (1, extended.clone()));
        for (text, error) in [
            (String::new(), CheckpointError::Lines),
            ("\n".to_owned(), CheckpointError::Size),
            (format!("\n1\n{root}\n"), CheckpointError::Origin),
            (format!("a\tb\n1\n{root}\n"), CheckpointError::Origin),
            (format!("a\n01\n{root}\n"), CheckpointError::Size),
            (format!("a\n+1\n{root}\n"), CheckpointError::Size),
            (format!("a\n-1\n{root}\n"), CheckpointError::Size),
            (format!("a\n\n{root}\n"), CheckpointError::Size),
            (format!("a\n18446744073709551616\n{root}\n"), CheckpointError::Size),
            ("a\n1\n".to_owned(), CheckpointError::Root),
            ("a\n1\nAAAA\n".to_owned(), CheckpointError::Root),
            (format!("a\n1\n{root} \n"), CheckpointError::Root),
            (format!("a\n1\n{root}"), CheckpointError::Lines),
            (format!("a\n1\n{root}\n\n"), CheckpointError::Lines),
            (format!("{extended}\nmore\n"), CheckpointError::Lines),
        ] {
            assert_eq!(Checkpoint::parse(&text), Err(error), "{text:?}");
        }
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        assert!(Checkpoint::new("two\nlines", head()).is_err());
    }

    #[test]
    fn a_changed_byte_is_found() {
        let log = key("log.example", 1);
        let bytes =
            Checkpoint::new("log.example", head()).unwrap().sign(&log).unwrap().to_string().into_bytes();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let opened = SignedCheckpoint::open(&altered, "log.example", &[log.verifier().clone()]);
            assert!(opened.is_err(), "byte {at}");
        }
    }
}
