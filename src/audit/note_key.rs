//! Names and keys of those who sign notes (C2SP signed-note, "Verifier keys").
//!
//! ```text
//! verifier key   <name>+<key id, 8 hex digits>+<base64 of kind ‖ public key>
//! signer key     PRIVATE+KEY+<name>+<key id>+<base64 of kind ‖ seed>      (the form of Go's x/mod/sumdb/note)
//! ```
//!
//! The key id is the beginning of `SHA-256(name ‖ 0x0A ‖ kind ‖ public key)`.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha2::{Digest as _, Sha256};

use crate::crypto::note_key::{NoteKey, NotePublic};
use crate::crypto::secret::{Secret, SecretBytes, SecretText};
use crate::crypto::sign::SIGNATURE;

const PRIVATE: &str = "PRIVATE+KEY+";

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNoteKey {
    /// The parts are not there.
    #[error("a key reads <name>+<8 hex digits>+<base64>; copy it whole from whoever owns it")]
    Form,
    /// The name is empty or holds a space, a plus or a control character.
    #[error("the key's name is empty or holds a space, a plus or a control character")]
    Name,
    /// The id is not the one of this name and key.
    #[error(
        "the key's id does not fit its name and its bytes: the key was altered; copy it again from its owner"
    )]
    Id,
    /// A kind of key that this program does not verify.
    #[error(
        "keys of type 0x{0:02x} are not supported; 0x01 (Ed25519 note) and 0x04 (Ed25519 cosignature) are"
    )]
    Kind(u8),
    /// The bytes are no key.
    #[error("the key's bytes are not an Ed25519 key")]
    Bytes,
}

/// The name of a key: not empty, without Unicode spaces, plus signs and control characters. By custom an address without
/// its scheme, such as `log.example.org/2026`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyName(String);

impl KeyName {
    /// Takes the name; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let wrong = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        (!text.is_empty() && !text.chars().any(wrong)).then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Type 0x01: the text of a note.
    Note,
    /// Type 0x04: a time and a checkpoint (C2SP tlog-cosignature).
    Cosignature,
}

impl Kind {
    /// The byte in keys and key ids.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Note => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    const fn parse(code: u8) -> Result<Self, BadNoteKey> {
        match code {
            0x01 => Ok(Self::Note),
            0x04 => Ok(Self::Cosignature),
            other => Err(BadNoteKey::Kind(other)),
        }
    }
}

fn key_id(name: &KeyName, kind: Kind, public: &NotePublic) -> u32 {
    let hash = Sha256::new()
        .chain_update(name.as_str())
        .chain_update([b'\n', kind.code()])
        .chain_update(public.to_bytes())
        .finalize();
    hash.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// The parts of a written key: name, id, kind and the bytes behind it.
fn split(text: &str) -> Result<(KeyName, u32, Kind, SecretBytes), BadNoteKey> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(BadNoteKey::Form);
    };
    let name = KeyName::parse(name).ok_or(BadNoteKey::Name)?;
    let id: [u8; 4] = HEXLOWER_PERMISSIVE
        .decode(id.as_bytes())
        .ok()
        .and_then(|id| id.try_into().ok())
        .ok_or(BadNoteKey::Form)?;
    let bytes = SecretBytes::new(BASE64.decode(encoded.as_bytes()).ok().ok_or(BadNoteKey::Form)?);
    let (kind, key) = bytes.expose().split_first().ok_or(BadNoteKey::Form)?;
    Ok((name, u32::from_be_bytes(id), Kind::parse(*kind)?, SecretBytes::new(key.to_vec())))
}

/// A key to check notes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    kind: Kind,
    public: NotePublic,
    id: u32,
}

impl VerifierKey {
    /// The key of this name.
    #[must_use]
    pub fn new(name: KeyName, kind: Kind, public: NotePublic) -> Self {
        let id = key_id(&name, kind, &public);
        Self { name, kind, public, id }
    }

    /// Reads a written key.
    ///
    /// # Errors
    /// [`BadNoteKey`].
    pub fn parse(text: &str) -> Result<Self, BadNoteKey> {
        let (name, id, kind, bytes) = split(text)?;
        let public = NotePublic::parse(bytes.expose()).ok().ok_or(BadNoteKey::Bytes)?;
        let key = Self::new(name, kind, public);
        if key.id == id { Ok(key) } else { Err(BadNoteKey::Id) }
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The id in signature lines.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The key itself.
    #[must_use]
    pub const fn public(&self) -> &NotePublic {
        &self.public
    }
}

impl fmt::Display for VerifierKey {
    /// The written key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.kind.code()], self.public.to_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, BASE64.encode(&bytes))
    }
}

/// A key to sign notes with. Its secret does not print.
#[derive(Debug, Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    secret: NoteKey,
}

impl SignerKey {
    /// The key of this name.
    #[must_use]
    pub fn new(name: KeyName, kind: Kind, secret: NoteKey) -> Self {
        Self { verifier: VerifierKey::new(name, kind, secret.public()), secret }
    }

    /// Reads a written signer key.
    ///
    /// # Errors
    /// [`BadNoteKey`].
    pub fn parse(text: &SecretText) -> Result<Self, BadNoteKey> {
        let text = text.expose().strip_prefix(PRIVATE).ok_or(BadNoteKey::Form)?;
        let (name, id, kind, bytes) = split(text)?;
        let seed = Secret::from_slice(bytes.expose()).ok_or(BadNoteKey::Bytes)?;
        let key = Self::new(name, kind, NoteKey::from_seed(&seed));
        if key.id() == id { Ok(key) } else { Err(BadNoteKey::Id) }
    }

    /// The key in writing, for a file that only its owner reads.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let kind = [self.kind().code()];
        let bytes = SecretBytes::new([kind.as_slice(), self.secret.seed().expose()].concat());
        let encoded = SecretText::from(BASE64.encode(bytes.expose()));
        SecretText::from(format!("{PRIVATE}{}+{:08x}+{}", self.name(), self.id(), encoded.expose()))
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The key's name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        self.verifier.name()
    }

    /// What it signs.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.verifier.kind()
    }

    /// The id in signature lines.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.verifier.id()
    }

    /// The Ed25519 signature over exactly `bytes`.
    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE] {
        self.secret.sign(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(kind: Kind) -> SignerKey {
        SignerKey::new(
            KeyName::parse("log.example/1").unwrap(),
            kind,
            NoteKey::from_seed(&Secret::new([7; 32])),
        )
    }

    #[test]
    fn keys_are_written_and_read() {
        for kind in [Kind::Note, Kind::Cosignature] {
            let signer = signer(kind);
            let text = signer.verifier().to_string();
            assert_eq!(VerifierKey::parse(&text).as_ref(), Ok(signer.verifier()));
            let read = SignerKey::parse(&signer.to_text()).unwrap();
            assert_eq!(read.verifier(), signer.verifier());
            assert_eq!(read.sign(b"x"), signer.sign(b"x"));
            assert!(!format!("{signer:?}").contains(&BASE64.encode(&[7; 32])));
        }
        assert_ne!(signer(Kind::Note).id(), signer(Kind::Cosignature).id());
    }

    #[test]
    fn an_altered_key_is_refused_with_the_reason() {
        let text = signer(Kind::Note).verifier().to_string();
        let (name, rest) = text.split_once('+').unwrap();
        let (id, key) = rest.split_once('+').unwrap();
        let mut other = BASE64.decode(key.as_bytes()).unwrap();
        let mut with = |kind: u8| {
            other[0] = kind;
            BASE64.encode(&other)
        };
        for (wrong, reason) in [
            (String::new(), BadNoteKey::Form),
            (name.to_owned(), BadNoteKey::Form),
            (format!("{name}+{id}"), BadNoteKey::Form),
            (format!("{name}+{id}+"), BadNoteKey::Form),
            (format!("{name}+{id}0+{key}"), BadNoteKey::Form),
            (format!("{name}+{id}+{key}\n"), BadNoteKey::Form),
            (format!("+{id}+{key}"), BadNoteKey::Name),
            (format!("a b+{id}+{key}"), BadNoteKey::Name),
            (format!("a\u{a0}b+{id}+{key}"), BadNoteKey::Name),
            (format!("other+{id}+{key}"), BadNoteKey::Id),
            (format!("{name}+00000000+{key}"), BadNoteKey::Id),
            (format!("{name}+{id}+{}", with(4)), BadNoteKey::Id),
            (format!("{name}+{id}+{}", with(6)), BadNoteKey::Kind(6)),
            (format!("{name}+{id}+AQID"), BadNoteKey::Bytes),
        ] {
            assert_eq!(VerifierKey::parse(&wrong), Err(reason), "{wrong}");
        }
        assert!(matches!(SignerKey::parse(&SecretText::from(text)), Err(BadNoteKey::Form)));
    }
}
