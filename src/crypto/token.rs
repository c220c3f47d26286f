//! Stateless tokens that nobody but the server can read or make: a form's receipt to come, a reporter's inbox.
//!
//! base64url of `version ‖ nonce (24) ‖ ciphertext of (expiry, 64-bit seconds, big endian ‖ bytes) ‖ tag (16)`. The
//! expiry is inside, so that a token found somewhere does not tell when it was made. The length of the bytes shows.

use data_encoding::BASE64URL_NOPAD;
use rand::Rng as _;
use thiserror::Error;

use super::aead::{self, NONCE};
use super::envelope::SealError;
use super::kdf;
use super::label;
use super::random::Rng;
use super::secret::{Secret, SecretBytes};

const VERSION: u8 = 1;

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not made by this key for this purpose, or changed.
    #[error("the token is not valid")]
    Invalid,
    /// Ours, but past its time.
    #[error("the token has expired")]
    Expired,
}

/// Seals `bytes` for `purpose` until `expires_unix` (seconds since 1970; from that second on it has expired).
///
/// # Errors
/// [`SealError::Cipher`], which does not happen below 256 GiB.
pub fn seal(
    key: &Secret<32>,
    purpose: &'static str,
    expires_unix: i64,
    bytes: &[u8],
    rng: &mut Rng,
) -> Result<String, SealError> {
    let mut nonce = [0; NONCE];
    rng.fill_bytes(&mut nonce);
    let mut out = Vec::with_capacity(1 + NONCE + 8 + bytes.len() + aead::TAG);
    out.push(VERSION);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&expires_unix.to_be_bytes());
    out.extend_from_slice(bytes);
    aead::encrypt_tail(&purpose_key(key, purpose), &nonce, &associated(purpose), &mut out, 1 + NONCE)?;
    Ok(BASE64URL_NOPAD.encode(&out))
}

/// Opens what [`seal`] made, if it has not expired at `now_unix`.
///
/// # Errors
/// See [`TokenError`].
pub fn open(
    key: &Secret<32>,
    purpose: &'static str,
    now_unix: i64,
    token: &str,
) -> Result<SecretBytes, TokenError> {
    let raw = BASE64URL_NOPAD.decode(token.as_bytes()).ok().ok_or(TokenError::Invalid)?;
    let (&[version], rest) = raw.split_first_chunk().ok_or(TokenError::Invalid)?;
    let (nonce, sealed) = rest.split_first_chunk().ok_or(TokenError::Invalid)?;
    if version != VERSION {
        return Err(TokenError::Invalid);
    }
    let opened = aead::decrypt(&purpose_key(key, purpose), nonce, &associated(purpose), sealed);
    let opened = opened.ok().ok_or(TokenError::Invalid)?;
    let (expires, bytes) = opened.expose().split_first_chunk().ok_or(TokenError::Invalid)?;
    if now_unix >= i64::from_be_bytes(*expires) {
        return Err(TokenError::Expired);
    }
    Ok(SecretBytes::new(bytes.to_vec()))
}

fn purpose_key(key: &Secret<32>, purpose: &'static str) -> Secret<32> {
    kdf::derive(key.expose(), label::TOKEN_KEY, &[purpose.as_bytes()])
}

fn associated(purpose: &'static str) -> Vec<u8> {
    label::TOKEN.bind(&[&[VERSION], purpose.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;
    use proptest::prelude::*;

    #[test]
    fn every_bit_counts() {
        let key = Secret::new([1; 32]);
        let token = seal(&key, "form", 10, b"bytes", &mut Entropy::seeded(1).rng()).unwrap();
        let raw = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        for bit in 0..raw.len() * 8 {
            let mut changed = raw.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let changed = BASE64URL_NOPAD.encode(&changed);
            assert_eq!(open(&key, "form", 0, &changed).unwrap_err(), TokenError::Invalid, "bit {bit}");
        }
        for length in 0..raw.len() {
            let cut = BASE64URL_NOPAD.encode(&raw[..length]);
            assert_eq!(open(&key, "form", 0, &cut).unwrap_err(), TokenError::Invalid, "length {length}");
        }
    }

    proptest! {
        #[test]
        fn only_this_key_for_this_purpose_until_then(bytes: Vec<u8>, keys: ([u8; 32], [u8; 32]), expires: i64, seed: u64) {
            prop_assume!(keys.0 != keys.1 && expires > i64::MIN);
            let key = Secret::new(keys.0);
            let token = seal(&key, "form", expires, &bytes, &mut Entropy::seeded(seed).rng()).unwrap();
            let opened = open(&key, "form", expires - 1, &token).unwrap();
            prop_assert_eq!(opened.expose(), &bytes[..]);
            prop_assert_eq!(open(&key, "form", expires, &token).unwrap_err(), TokenError::Expired);
            prop_assert_eq!(open(&key, "inbox", expires - 1, &token).unwrap_err(), TokenError::Invalid);
            let other = Secret::new(keys.1);
            prop_assert_eq!(open(&other, "form", expires, &token).unwrap_err(), TokenError::Invalid);
        }

        #[test]
        fn any_text_is_refused(text: String) {
            prop_assert_eq!(open(&Secret::new([1; 32]), "form", 0, &text).unwrap_err(), TokenError::Invalid);
        }
    }
}
