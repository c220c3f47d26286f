//! Signatures of people under their acts: Ed25519 (RFC 8032), each bound to a domain.
//!
//! What is signed: `senim/signature/v1`, the domain and the bytes, each behind its length (64 bits, big endian). So a
//! signature under an attestation is none under a decision.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _};
use thiserror::Error;

use super::kem::BadKey;
use super::label;
use super::random::Rng;
use super::secret::Secret;

/// Bytes of a public key.
pub const PUBLIC_KEY: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE: usize = 64;

/// The signature is not by this key, for this domain, under these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not fit")]
pub struct BadSignature;

/// A secret signing key.
pub struct SigningKey(Box<ed25519_dalek::SigningKey>);

impl SigningKey {
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

    /// The seed, to keep it somewhere sealed.
    #[must_use]
    pub fn seed(&self) -> Secret<32> {
        Secret::new(*self.0.as_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn verifying(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs `bytes` for `domain`, a fixed name of what the signature says, such as `attestation`.
    #[must_use]
    pub fn sign(&self, domain: &'static str, bytes: &[u8]) -> [u8; SIGNATURE] {
        self.0.sign(&message(domain, bytes)).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// A public key to check signatures with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
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

    /// Checks a signature of [`SigningKey::sign`], strictly: one message has no second valid signature by a stranger.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(
        &self,
        domain: &'static str,
        bytes: &[u8],
        signature: &[u8; SIGNATURE],
    ) -> Result<(), BadSignature> {
        let signature = Signature::from_bytes(signature);
        self.0.verify_strict(&message(domain, bytes), &signature).ok().ok_or(BadSignature)
    }
}

/// The bytes over which a signature is made, for whoever checks it with another program.
#[must_use]
pub fn signed_bytes(domain: &'static str, bytes: &[u8]) -> Vec<u8> {
    message(domain, bytes)
}

fn message(domain: &'static str, bytes: &[u8]) -> Vec<u8> {
    label::SIGNATURE.bind(&[domain.as_bytes(), bytes])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weak_and_broken_keys_are_refused() {
        assert_eq!(VerifyingKey::parse(&[0; 31]), Err(BadKey));
        assert_eq!(VerifyingKey::parse(&[0; 32]), Err(BadKey));
        let mut one = [0; 32];
        one[0] = 1; // the neutral element
        assert_eq!(VerifyingKey::parse(&one), Err(BadKey));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn only_these_bytes_for_this_domain(bytes: Vec<u8>, other: Vec<u8>, seeds: ([u8; 32], [u8; 32]), flip in 0_usize..512) {
            prop_assume!(bytes != other && seeds.0 != seeds.1);
            let key = SigningKey::from_seed(&Secret::new(seeds.0));
            let public = VerifyingKey::parse(&key.verifying().to_bytes()).unwrap();
            let mut signature = key.sign("decision", &bytes);
            prop_assert_eq!(public.verify("decision", &bytes, &signature), Ok(()));
            prop_assert_eq!(public.verify("approval", &bytes, &signature), Err(BadSignature));
            prop_assert_eq!(public.verify("decision", &other, &signature), Err(BadSignature));
            let stranger = SigningKey::from_seed(&Secret::new(seeds.1)).verifying();
            prop_assert_eq!(stranger.verify("decision", &bytes, &signature), Err(BadSignature));
            signature[flip / 8] ^= 1 << (flip % 8);
            prop_assert_eq!(public.verify("decision", &bytes, &signature), Err(BadSignature));
        }
    }
}
