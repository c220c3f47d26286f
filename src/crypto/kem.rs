//! Sealing to a public key: HPKE (RFC 9180) base mode over X-Wing, the hybrid of X25519 and ML-KEM-768
//! (draft-connolly-cfrg-xwing-kem, HPKE id 0x647a): what is copied today may be opened in ten years.
//!
//! `version ‖ suite ‖ encapsulated key (1120) ‖ ciphertext ‖ tag (16)`. The length of the plaintext shows, so this is
//! for keys; content goes through [`super::epoch`].

use std::fmt;
use std::sync::{Arc, OnceLock};

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::envelope::{self, OpenError, SUITE_KEM, SealError, VERSION};
use super::label::{self, Label};
use super::place::Place;
use super::random::Rng;
use super::secret::{Secret, SecretBytes};

/// Bytes of a public key.
pub const PUBLIC_KEY: usize = 1216;
/// Bytes that sealing adds: header 2, encapsulated key 1120, tag 16.
pub const SEAL_OVERHEAD: usize = 1138;

const ENCAPSULATED: usize = 1120;

type PrivateKey = <XWing as Kem>::PrivateKey;
type PublicKey = <XWing as Kem>::PublicKey;

/// Bytes that are no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a public key")]
pub struct BadKey;

/// A secret key: the 32-byte seed of X-Wing. The pair is made from it at first use and then kept.
pub struct KemSecret {
    seed: Secret<32>,
    pair: OnceLock<Box<PrivateKey>>,
}

impl KemSecret {
    /// The key of this seed. Costs nothing yet.
    #[must_use]
    pub fn from_seed(seed: Secret<32>) -> Self {
        Self { seed, pair: OnceLock::new() }
    }

    /// A random key.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self::from_seed(Secret::generate(rng))
    }

    /// The seed, to keep it somewhere sealed.
    #[must_use]
    pub fn seed(&self) -> &Secret<32> {
        &self.seed
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> KemPublic {
        KemPublic(Arc::new(XWing::sk_to_pk(self.pair())))
    }

    #[expect(clippy::expect_used, reason = "any 32 bytes are a seed; the only error is another length")]
    fn pair(&self) -> &PrivateKey {
        self.pair.get_or_init(|| Box::new(PrivateKey::from_bytes(self.seed.expose()).expect("32 bytes")))
    }
}

impl fmt::Debug for KemSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KemSecret(..)")
    }
}

/// A public key, checked and expanded. Cheap to clone, worth keeping: parsing costs nearly what sealing does.
#[derive(Clone, PartialEq, Eq)]
pub struct KemPublic(Arc<PublicKey>);

impl KemPublic {
    /// Reads the [`PUBLIC_KEY`] bytes of a public key.
    ///
    /// # Errors
    /// Another length, or coefficients out of range (FIPS 203 section 7.2).
    pub fn parse(bytes: &[u8]) -> Result<Self, BadKey> {
        PublicKey::from_bytes(bytes).ok().map(|key| Self(Arc::new(key))).ok_or(BadKey)
    }

    /// The [`PUBLIC_KEY`] bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    /// SHA-256 over label and key, to show and to compare.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(label::KEM_FINGERPRINT.bind(&[&self.0.to_bytes()])).into()
    }
}

impl fmt::Debug for KemPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KemPublic({})", data_encoding::HEXLOWER.encode(&self.fingerprint()))
    }
}

/// Seals `plain` to `recipient` for `place`.
///
/// # Errors
/// [`SealError::Cipher`], which a parsed key does not cause.
pub fn seal_to(
    recipient: &KemPublic,
    place: &Place,
    plain: &[u8],
    rng: &mut Rng,
) -> Result<Vec<u8>, SealError> {
    seal_for(label::KEM_SEAL, recipient, place, plain, rng)
}

/// Opens what [`seal_to`] made.
///
/// # Errors
/// See [`OpenError`].
pub fn open_with(secret: &KemSecret, place: &Place, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
    open_for(label::KEM_SEAL, secret, place, sealed)
}

/// [`seal_to`] for another purpose.
pub(super) fn seal_for(
    purpose: Label,
    recipient: &KemPublic,
    place: &Place,
    plain: &[u8],
    rng: &mut Rng,
) -> Result<Vec<u8>, SealError> {
    let sealed = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeS::Base,
        &recipient.0,
        purpose.bytes(),
        plain,
        &associated(purpose, place),
        rng,
    );
    let (encapsulated, body) = sealed.ok().ok_or(SealError::Cipher)?;
    let mut out = Vec::with_capacity(plain.len() + SEAL_OVERHEAD);
    out.extend_from_slice(&[VERSION, SUITE_KEM]);
    out.extend_from_slice(&encapsulated.to_bytes());
    out.extend_from_slice(&body);
    Ok(out)
}

/// [`open_with`] for another purpose.
pub(super) fn open_for(
    purpose: Label,
    secret: &KemSecret,
    place: &Place,
    sealed: &[u8],
) -> Result<SecretBytes, OpenError> {
    let body = envelope::body(sealed, SUITE_KEM)?;
    let (encapsulated, body) = body.split_at_checked(ENCAPSULATED).ok_or(OpenError::Format)?;
    let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated).ok().ok_or(OpenError::Format)?;
    let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
        &OpModeR::Base,
        secret.pair(),
        &encapsulated,
        purpose.bytes(),
        body,
        &associated(purpose, place),
    );
    opened.ok().map(SecretBytes::new).ok_or(OpenError::Refused)
}

fn associated(purpose: Label, place: &Place) -> Vec<u8> {
    purpose.bind(&[&[VERSION, SUITE_KEM], place.aad()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;
    use proptest::prelude::*;

    fn place(row: &[u8]) -> Place {
        Place::new("kz", "key_wraps", row, "wrap")
    }

    #[test]
    fn public_keys_are_checked() {
        let public = KemSecret::from_seed(Secret::new([3; 32])).public();
        let mut bytes = public.to_bytes();
        assert_eq!(KemPublic::parse(&bytes), Ok(public));
        assert_eq!(KemPublic::parse(&bytes[1..]), Err(BadKey));
        assert_eq!(KemPublic::parse(&[]), Err(BadKey));
        bytes[..2].copy_from_slice(&[0xff, 0xff]); // a coefficient of 4095, above the modulus 3329
        assert_eq!(KemPublic::parse(&bytes), Err(BadKey));
    }

    #[test]
    fn one_purpose_is_not_another() {
        let (secret, mut rng) = (KemSecret::from_seed(Secret::new([3; 32])), Entropy::seeded(3).rng());
        let sealed = seal_to(&secret.public(), &place(b"1"), &[9; 32], &mut rng).unwrap();
        assert_eq!(
            open_for(label::EPOCH_WRAP, &secret, &place(b"1"), &sealed).unwrap_err(),
            OpenError::Refused
        );
    }

    #[test]
    fn every_byte_and_every_length_counts() {
        let (secret, mut rng) = (KemSecret::from_seed(Secret::new([3; 32])), Entropy::seeded(4).rng());
        let sealed = seal_to(&secret.public(), &place(b"1"), &[9; 32], &mut rng).unwrap();
        assert_eq!(sealed.len(), 32 + SEAL_OVERHEAD);
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1 << (index % 7);
            assert!(open_with(&secret, &place(b"1"), &changed).is_err(), "byte {index}");
        }
        for length in (0..sealed.len()).step_by(7) {
            assert!(open_with(&secret, &place(b"1"), &sealed[..length]).is_err(), "length {length}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn only_this_key_at_this_place(plain: Vec<u8>, seeds: ([u8; 32], [u8; 32]), rows: (Vec<u8>, Vec<u8>), seed: u64) {
            prop_assume!(seeds.0 != seeds.1 && rows.0 != rows.1);
            let secret = KemSecret::from_seed(Secret::new(seeds.0));
            let sealed = seal_to(&secret.public(), &place(&rows.0), &plain, &mut Entropy::seeded(seed).rng()).unwrap();
            let opened = open_with(&secret, &place(&rows.0), &sealed).unwrap();
            prop_assert_eq!(opened.expose(), &plain[..]);
            prop_assert_eq!(open_with(&secret, &place(&rows.1), &sealed).unwrap_err(), OpenError::Refused);
            let other = KemSecret::from_seed(Secret::new(seeds.1));
            prop_assert_eq!(open_with(&other, &place(&rows.0), &sealed).unwrap_err(), OpenError::Refused);
        }
    }
}
