//! Content under a key: `version ‖ suite ‖ nonce (24) ‖ ciphertext of the padded content ‖ tag (16)`.

use rand::Rng as _;
use thiserror::Error;

use super::aead::{self, NONCE};
use super::label;
use super::padding::{self, SEAL_OVERHEAD, TooLong};
use super::place::Place;
use super::random::Rng;
use super::secret::{Secret, SecretBytes};

/// The format version of every sealed thing.
pub(super) const VERSION: u8 = 1;
/// Suite: padded content under XChaCha20-Poly1305.
pub(super) const SUITE_ENVELOPE: u8 = 1;
/// Suite: HPKE (RFC 9180) base mode, X-Wing, HKDF-SHA-256, ChaCha20-Poly1305.
pub(super) const SUITE_KEM: u8 = 2;
/// Suite: a one-off content key under [`SUITE_KEM`], then an envelope under that key.
pub(super) const SUITE_ONE_OFF: u8 = 3;

/// Bytes of the header: version, suite.
pub(super) const HEADER: usize = 2;

/// Why nothing was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// More content than the largest size class holds.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The cipher refused. Does not happen with keys that were parsed and content that fits.
    #[error("the cipher refused to seal")]
    Cipher,
}

/// Why something did not open. Neither case tells more, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Too short, or of a version or suite that is not known here.
    #[error("not a sealed content of a known format")]
    Format,
    /// The wrong key, the wrong place, or changed bytes.
    #[error("the seal does not open with this key at this place")]
    Refused,
}

/// A symmetric key for content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContentKey(Secret<32>);

impl ContentKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(secret: Secret<32>) -> Self {
        Self(secret)
    }

    /// A random key.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self(Secret::generate(rng))
    }

    /// The key's bytes, to wrap them.
    #[must_use]
    pub fn secret(&self) -> &Secret<32> {
        &self.0
    }
}

/// Seals `content` under `key` for `place`. The result has one of [`padding::SEALED_SIZES`] bytes.
///
/// # Errors
/// [`SealError::TooLong`] above [`padding::MAX_CONTENT`] bytes.
pub fn seal(key: &ContentKey, place: &Place, content: &[u8], rng: &mut Rng) -> Result<Vec<u8>, SealError> {
    let mut out = Vec::with_capacity(padding::padded_size(content.len())? + SEAL_OVERHEAD);
    append(&mut out, key, place, content, rng)?;
    Ok(out)
}

/// Opens what [`seal`] made.
///
/// # Errors
/// See [`OpenError`].
pub fn open(key: &ContentKey, place: &Place, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
    let body = body(sealed, SUITE_ENVELOPE)?;
    let (nonce, body) = body.split_first_chunk::<NONCE>().ok_or(OpenError::Format)?;
    let padded = aead::decrypt(&key.0, nonce, &associated(place), body)?;
    padding::unpad(padded).ok().ok_or(OpenError::Format)
}

/// Appends an envelope to `out`, with one copy of the content and no other.
pub(super) fn append(
    out: &mut Vec<u8>,
    key: &ContentKey,
    place: &Place,
    content: &[u8],
    rng: &mut Rng,
) -> Result<(), SealError> {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    out.extend_from_slice(&[VERSION, SUITE_ENVELOPE]);
    out.extend_from_slice(&nonce);
    let from = out.len();
    padding::append(out, content)?;
    aead::encrypt_tail(&key.0, &nonce, &associated(place), out, from)
}

/// What follows the header, if it is of this version and `suite`.
pub(super) fn body(sealed: &[u8], suite: u8) -> Result<&[u8], OpenError> {
    let (header, body) = sealed.split_first_chunk::<HEADER>().ok_or(OpenError::Format)?;
    if *header == [VERSION, suite] { Ok(body) } else { Err(OpenError::Format) }
}

fn associated(place: &Place) -> Vec<u8> {
    label::ENVELOPE.bind(&[&[VERSION, SUITE_ENVELOPE], place.aad()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;
    use proptest::prelude::*;

    fn place(row: &[u8]) -> Place {
        Place::new("kz", "cases", row, "narrative")
    }

    #[test]
    fn sealed_sizes_are_classes_and_nonces_differ() {
        let (key, mut rng) = (ContentKey::new(Secret::new([1; 32])), Entropy::seeded(1).rng());
        for length in [0, 1, 466, 467, 3_854, 3_855, 100_000, padding::MAX_CONTENT] {
            let sealed = seal(&key, &place(b"1"), &vec![7; length], &mut rng).unwrap();
            assert!(padding::SEALED_SIZES.contains(&sealed.len()), "{length} gave {}", sealed.len());
            assert_eq!(sealed.capacity(), sealed.len(), "grew while sealing");
            assert_eq!(open(&key, &place(b"1"), &sealed).unwrap().expose(), vec![7; length]);
        }
        let too_long = seal(&key, &place(b"1"), &vec![7; padding::MAX_CONTENT + 1], &mut rng);
        assert!(matches!(too_long, Err(SealError::TooLong(_))));
        assert_ne!(
            seal(&key, &place(b"1"), b"", &mut rng).unwrap(),
            seal(&key, &place(b"1"), b"", &mut rng).unwrap()
        );
    }

    #[test]
    fn every_bit_and_every_length_counts() {
        let (key, mut rng) = (ContentKey::new(Secret::new([1; 32])), Entropy::seeded(2).rng());
        let sealed = seal(&key, &place(b"1"), b"text", &mut rng).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let want = if bit < 16 { OpenError::Format } else { OpenError::Refused };
            assert_eq!(open(&key, &place(b"1"), &changed).unwrap_err(), want, "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(open(&key, &place(b"1"), &sealed[..length]).is_err(), "length {length}");
        }
        assert!(open(&key, &place(b"1"), &[&sealed[..], b"\0"].concat()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn only_this_key_at_this_place(content: Vec<u8>, key: [u8; 32], other: [u8; 32], rows: (Vec<u8>, Vec<u8>), seed: u64) {
            prop_assume!(key != other && rows.0 != rows.1);
            let key = ContentKey::new(Secret::new(key));
            let sealed = seal(&key, &place(&rows.0), &content, &mut Entropy::seeded(seed).rng()).unwrap();
            let opened = open(&key, &place(&rows.0), &sealed).unwrap();
            prop_assert_eq!(opened.expose(), &content[..]);
            prop_assert_eq!(open(&key, &place(&rows.1), &sealed).unwrap_err(), OpenError::Refused);
            let other = ContentKey::new(Secret::new(other));
            prop_assert_eq!(open(&other, &place(&rows.0), &sealed).unwrap_err(), OpenError::Refused);
        }

        #[test]
        fn anything_is_opened_or_refused(sealed: Vec<u8>) {
            prop_assert!(open(&ContentKey::new(Secret::new([1; 32])), &place(b"1"), &sealed).is_err());
        }
    }
}
