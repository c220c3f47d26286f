//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with random 192-bit nonces: no counter to keep, no reuse to fear.

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _, inout::InOutBuf};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::envelope::{OpenError, SealError};
use super::secret::{Secret, SecretBytes};

/// Bytes of a nonce.
pub(super) const NONCE: usize = 24;
/// Bytes of an authentication tag.
pub(super) const TAG: usize = 16;

/// Encrypts `out` from byte `from` on, in place, and appends the tag.
pub(super) fn encrypt_tail(
    key: &Secret<32>,
    nonce: &[u8; NONCE],
    aad: &[u8],
    out: &mut Vec<u8>,
    from: usize,
) -> Result<(), SealError> {
    let body = out.get_mut(from..).ok_or(SealError::Cipher)?;
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let tag = cipher.encrypt_inout_detached(&XNonce::from(*nonce), aad, InOutBuf::from(body));
    out.extend_from_slice(&tag.ok().ok_or(SealError::Cipher)?);
    Ok(())
}

/// Decrypts a ciphertext and the tag behind it.
pub(super) fn decrypt(
    key: &Secret<32>,
    nonce: &[u8; NONCE],
    aad: &[u8],
    sealed: &[u8],
) -> Result<SecretBytes, OpenError> {
    let (body, tag) = sealed.split_last_chunk::<TAG>().ok_or(OpenError::Format)?;
    let mut plain = body.to_vec();
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    let buffer = InOutBuf::from(plain.as_mut_slice());
    let opened = cipher.decrypt_inout_detached(&XNonce::from(*nonce), aad, buffer, tag.into());
    opened.ok().ok_or(OpenError::Refused)?;
    Ok(SecretBytes::new(plain))
}
