//! Keys of signed notes: Ed25519 (RFC 8032) over the bytes alone.
//!
//! The formats of transparency logs (c2sp.org/signed-note, c2sp.org/tlog-cosignature) say what exactly is signed and
//! bring their own separation, so nothing may stand before it. Everything else that people sign goes through
//! [`super::sign`], which binds a domain; these are types of their own so that no key serves both.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _};

use super::kem::BadKey;
use super::random::Rng;
use super::secret::Secret;
use super::sign::{BadSignature, PUBLIC_KEY, SIGNATURE};

/// A secret key that signs notes, and nothing else.
#[derive(Clone)]
pub struct NoteKey(Box<ed25519_dalek::SigningKey>);

impl NoteKey {
    /// The key of this seed (the "private key" of RFC 8032 section 5.1.5).
    #[must_use]
    pub fn from_seed(seed: &Secret<32>) -> Self {
        Self(Box::new(ed25519_dalek::SigningKey::from_bytes(seed.expose())))
    }

    /// A random key.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self::from_seed(&Secret::generate(rng))
    }

    /// The seed, to keep it somewhere safe.
    #[must_use]
    pub fn seed(&self) -> Secret<32> {
        Secret::new(*self.0.as_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> NotePublic {
        NotePublic(self.0.verifying_key())
    }

    /// Signs exactly `bytes`. The same bytes always give the same signature, so signing again after a crash is safe.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(bytes).to_bytes()
    }
}

impl fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoteKey(..)")
    }
}

/// The public half of a [`NoteKey`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotePublic(ed25519_dalek::VerifyingKey);

impl NotePublic {
    /// Reads a public key.
    ///
    /// # Errors
    /// Another length than [`PUBLIC_KEY`], no point of the curve, or a point of small order.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadKey> {
        let bytes: &[u8; PUBLIC_KEY] = bytes.try_into().ok().ok_or(BadKey)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).ok().ok_or(BadKey)?;
        if key.is_weak() { Err(BadKey) } else { Ok(Self(key)) }
    }

    /// The key's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PUBLIC_KEY] {
        self.0.to_bytes()
    }

    /// Checks a signature over exactly `bytes`, strictly (RFC 8032 section 5.1.7, with points of small order refused).
    ///
    /// # Errors
    /// [`BadSignature`]: another length than [`SIGNATURE`], or it does not fit.
    pub fn verify(&self, bytes: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::from_slice(signature).ok().ok_or(BadSignature)?;
        self.0.verify_strict(bytes, &signature).ok().ok_or(BadSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex<const N: usize>(text: &str) -> [u8; N] {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
    }

    /// RFC 8032 section 7.1, tests 1 and 2.
    #[test]
    fn vectors_of_rfc_8032() {
        for (seed, public, message, signature) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                &b""[..],
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                &[0x72][..],
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
        ] {
            let key = NoteKey::from_seed(&Secret::new(hex(seed)));
            assert_eq!(key.public().to_bytes(), hex(public));
            assert_eq!(key.sign(message), hex(signature));
            assert_eq!(key.public().verify(message, &hex::<64>(signature)), Ok(()));
        }
    }

    #[test]
    fn weak_keys_and_foreign_signatures_are_refused() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        for bytes in [&neutral[..], &[0; 32], &[0; 31], &[]] {
            assert_eq!(NotePublic::parse(bytes), Err(BadKey));
        }
        let key = NoteKey::from_seed(&Secret::new([1; 32]));
        let other = NoteKey::from_seed(&Secret::new([2; 32]));
        let signature = key.sign(b"text\n");
        assert_eq!(key.public().verify(b"text\n", &signature), Ok(()));
        assert_eq!(key.public().verify(b"text", &signature), Err(BadSignature));
        assert_eq!(key.public().verify(b"text\n", &signature[1..]), Err(BadSignature));
        assert_eq!(other.public().verify(b"text\n", &signature), Err(BadSignature));
        assert_eq!(format!("{key:?}"), "NoteKey(..)");
    }
}
