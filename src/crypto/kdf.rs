//! HKDF-SHA-256 (RFC 5869): one secret in, one key per purpose out.

use hkdf::Hkdf;
use sha2::Sha256;

use super::label::Label;
use super::secret::Secret;

/// `N` bytes for `label` and `context` out of `secret`, which must have full entropy: no salt, the label and context
/// are the `info`. `N` is at most 8160 (RFC 5869 section 2.3), checked when compiling.
#[expect(
    clippy::expect_used,
    reason = "the only error is a length above 255 blocks, excluded when compiling"
)]
pub(super) fn derive<const N: usize>(secret: &[u8], label: Label, context: &[&[u8]]) -> Secret<N> {
    const { assert!(N <= 255 * 32) };
    Secret::fill(|out| {
        Hkdf::<Sha256>::new(None, secret).expand(&label.bind(context), out).expect("at most 255 blocks");
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::label;

    #[test]
    fn golden() {
        let key: Secret<32> = derive(&[7; 32], label::EPOCH_CONTENT, &[b"a", b""]);
        assert_eq!(
            data_encoding::HEXLOWER.encode(key.expose()),
            "2893d6f53a093b4660d387b8c303266ac6b119f583d5a0bb7589b6264b89032a"
        );
    }

    #[test]
    fn label_and_context_change_the_key() {
        let base: Secret<32> = derive(&[7; 32], label::EPOCH_CONTENT, &[]);
        assert_ne!(base, derive(&[7; 32], label::EPOCH_KEM, &[]));
        assert_ne!(base, derive(&[7; 32], label::EPOCH_CONTENT, &[b""]));
        assert_ne!(base, derive(&[8; 32], label::EPOCH_CONTENT, &[]));
    }
}
