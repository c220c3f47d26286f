//! Bytes and texts that wipe themselves and cannot be printed.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use rand::Rng as _;
use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use super::random::Rng;

/// `N` secret bytes. They live on the heap, so that moving the value leaves no copy behind; compared in constant time.
#[derive(Clone)]
pub struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// Takes the bytes in; this function's own copy is wiped.
    #[must_use]
    pub fn new(mut bytes: [u8; N]) -> Self {
        let secret = Self(Box::new(bytes));
        bytes.zeroize();
        secret
    }

    /// `N` random bytes.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self::fill(|bytes| rng.fill_bytes(bytes))
    }

    /// Copies `bytes` in; `None` unless there are exactly `N`.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == N).then(|| Self::fill(|out| out.copy_from_slice(bytes)))
    }

    /// Reads unpadded base64url (RFC 4648 section 5); `None` unless it holds exactly `N` bytes.
    #[must_use]
    pub fn from_base64url(text: &str) -> Option<Self> {
        let bytes = SecretBytes::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
        Self::from_slice(bytes.expose())
    }

    /// The bytes as unpadded base64url.
    #[must_use]
    pub fn to_base64url(&self) -> SecretText {
        SecretText::from(BASE64URL_NOPAD.encode(self.expose()))
    }

    /// The bytes. Every call is a place to look at in review.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// Bytes written in place by `write`, starting from zeros.
    pub(super) fn fill(write: impl FnOnce(&mut [u8])) -> Self {
        let mut secret = Self(Box::new([0; N]));
        write(secret.0.as_mut_slice());
        secret
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Secret bytes of any length, such as opened content.
#[derive(Clone)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the bytes over, without a copy.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes. Every call is a place to look at in review.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, without a copy; `None` (and the bytes are wiped) if they are not UTF-8.
    #[must_use]
    pub fn into_text(mut self) -> Option<SecretText> {
        match String::from_utf8(std::mem::take(&mut self.0)) {
            Ok(text) => Some(SecretText(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                None
            }
        }
    }

    /// Keeps the first `len` bytes. The rest is wiped with them.
    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.0.zeroize(); // the whole capacity, so what `truncate` cut off too
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(..)")
    }
}

/// A secret text: a password, a secret of the configuration, opened content.
#[derive(Clone)]
pub struct SecretText(String);

impl SecretText {
    /// The text. Every call is a place to look at in review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::str::FromStr for SecretText {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints() {
        assert_eq!(format!("{:?}", Secret::new([65; 4])), "Secret(..)");
        assert_eq!(format!("{:?}", SecretBytes::new(b"AAAA".to_vec())), "SecretBytes(..)");
        assert_eq!(format!("{:?}", SecretText::from("AAAA".to_owned())), "SecretText(..)");
    }

    #[test]
    fn equality_and_length() {
        assert_eq!(Secret::new([1, 2]), Secret::new([1, 2]));
        assert_ne!(Secret::new([1, 2]), Secret::new([1, 3]));
        assert_eq!(Secret::<2>::from_slice(&[1, 2]), Some(Secret::new([1, 2])));
        assert_eq!(Secret::<2>::from_slice(&[1]), None);
    }

    #[test]
    fn base64url_round_trip() {
        let secret = Secret::new([0xfb; 5]);
        assert_eq!(secret.to_base64url().expose(), "-_v7-_s");
        assert_eq!(Secret::from_base64url("-_v7-_s"), Some(secret));
        assert_eq!(Secret::<5>::from_base64url("-_v7-_s="), None);
        assert_eq!(Secret::<4>::from_base64url("-_v7-_s"), None);
    }

    #[test]
    fn text_or_nothing() {
        assert_eq!(SecretBytes::new("сенім".into()).into_text().unwrap().expose(), "сенім");
        assert!(SecretBytes::new(vec![0xff]).into_text().is_none());
    }
}
