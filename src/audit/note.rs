//! Signed notes (C2SP signed-note): a text, an empty line, and under it lines that sign it.
//!
//! ```text
//! <text, one or more lines>
//!
//! — <key name> <base64 of key id (32 bits, big endian) ‖ signature>
//! ```
//!
//! A reader trusts keys, not lines: a line of an unknown key says nothing, a line of a known key that does not verify
//! condemns the note. So a note may carry signatures of kinds that this program does not know (ML-DSA-44, type 0x06).

use std::fmt;

use data_encoding::BASE64;

use super::cosignature;
use super::note_key::{KeyName, Kind, SignerKey, VerifierKey};

/// The largest note, bytes. Sixteen signatures of 5 kB, which every reader must take, are well within.
pub const MAX_BYTES: usize = 1_000_000;
/// The most signature lines.
pub const MAX_SIGNATURES: usize = 100;

const DASH: &str = "— ";
const KEY_ID: usize = 4;

/// Why bytes are no note, or no note to trust.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Larger than [`MAX_BYTES`].
    #[error("the note is {0} bytes long; {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// More lines than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// Not UTF-8, or a control character that is no line end.
    #[error("the note holds something that is not text")]
    NotText,
    /// The text does not end with a line end, or no signatures follow behind an empty line.
    #[error("the note has no signatures behind its text and an empty line")]
    NoSignatures,
    /// A signature line that is none.
    #[error("signature line {0} of the note is malformed")]
    BadLine(usize),
    /// A line that a known key should have written does not verify.
    #[error("the signature of {0} does not fit the note")]
    BadSignature(KeyName),
    /// No line of a key that is asked for.
    #[error("no known key signed the note")]
    Unsigned,
    /// A key of this kind does not sign this.
    #[error("the key {0} is not of the kind that signs this")]
    WrongKind(KeyName),
    /// A time that no cosignature can carry.
    #[error("{0} seconds since 1970 are more than a cosignature can carry")]
    Time(u64),
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    key_id: u32,
    bytes: Vec<u8>,
}

impl NoteSignature {
    /// The line of this key with these bytes behind the key's id.
    pub(super) fn new(key: &SignerKey, bytes: Vec<u8>) -> Self {
        Self { name: key.name().clone(), key_id: key.id(), bytes }
    }

    /// Reads a line, without its line end; `None` if it is malformed.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
        let name = KeyName::parse(name)?;
        let decoded = BASE64.decode(encoded.as_bytes()).ok()?;
        let (key_id, bytes) = decoded.split_first_chunk::<KEY_ID>()?;
        if bytes.is_empty() {
            return None;
        }
        Some(Self { name, key_id: u32::from_be_bytes(*key_id), bytes: bytes.to_vec() })
    }

    /// The name of the key that the line says it is from.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of that key.
    #[must_use]
    pub const fn key_id(&self) -> u32 {
        self.key_id
    }

    /// The signature's bytes, in the form of the key's kind.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn is_of(&self, key: &VerifierKey) -> bool {
        self.key_id == key.id() && self.name == *key.name()
    }
}

impl fmt::Display for NoteSignature {
    /// The line, without its line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id.to_be_bytes(), self.bytes.as_slice()].concat();
        write!(f, "{DASH}{} {}", self.name, BASE64.encode(&bytes))
    }
}

/// That a key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// When, in seconds since 1970; only cosignatures tell.
    pub at: Option<u64>,
}

/// A text and the lines under it. That it could be read says nothing about who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// A note with this text and no signature yet.
    ///
    /// # Errors
    /// [`NoteError`] where this is no text of a note.
    pub fn new(text: String) -> Result<Self, NoteError> {
        if text.len() > MAX_BYTES {
            return Err(NoteError::TooLong(text.len()));
        }
        if text.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::NotText);
        }
        if !text.ends_with('\n') {
            return Err(NoteError::NoSignatures);
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// Reads a note. No signature is checked.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_BYTES {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let whole = std::str::from_utf8(bytes).ok().ok_or(NoteError::NotText)?;
        let (text, lines) = whole.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        let mut note = Self::new(format!("{text}\n"))?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        for (number, line) in lines.split('\n').enumerate() {
            if number >= MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            note.signatures.push(NoteSignature::parse(line).ok_or(NoteError::BadLine(number + 1))?);
        }
        Ok(note)
    }

    /// The text that is signed, with its last line end.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, checked or not.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Signs the text with a key of [`Kind::Note`] and adds the line. Signing twice with one key adds one line.
    ///
    /// # Errors
    /// [`NoteError::WrongKind`], [`NoteError::TooManySignatures`].
    pub fn sign(&mut self, key: &SignerKey) -> Result<(), NoteError> {
        if key.kind() != Kind::Note {
            return Err(NoteError::WrongKind(key.name().clone()));
        }
        let line = NoteSignature::new(key, key.sign(self.text.as_bytes()).to_vec());
        self.add(line)
    }

    /// Adds a line that was made elsewhere, unless it is there.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`].
    pub fn add(&mut self, line: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.contains(&line) {
            return Ok(());
        }
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(line);
        Ok(())
    }

    /// Checks the lines of `key`: `None` if there is none. Of several cosignatures the latest counts.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if a line that says it is from this key does not verify; the note is then to be
    /// refused, whoever else signed it.
    pub fn verify(&self, key: &VerifierKey) -> Result<Option<Signed>, NoteError> {
        let mut found: Option<Signed> = None;
        for line in self.signatures.iter().filter(|line| line.is_of(key)) {
            let bad = || NoteError::BadSignature(key.name().clone());
            let at = match key.kind() {
                Kind::Note => {
                    key.public().verify(self.text.as_bytes(), &line.bytes).ok().ok_or_else(bad)?;
                    None
                }
                Kind::Cosignature => {
                    Some(cosignature::verify(&self.text, &line.bytes, key.public()).ok_or_else(bad)?)
                }
            };
            found = Some(Signed { at: at.max(found.and_then(|earlier| earlier.at)) });
        }
        Ok(found)
    }

    /// The known keys that signed.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] as [`Self::verify`]; [`NoteError::Unsigned`] if none of `keys` signed.
    pub fn verify_any<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signers = Vec::new();
        for key in keys {
            if self.verify(key)?.is_some() {
                signers.push(key);
            }
        }
        if signers.is_empty() { Err(NoteError::Unsigned) } else { Ok(signers) }
    }
}

impl fmt::Display for Note {
    /// The note's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests;
