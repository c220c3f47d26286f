//! Content is padded to size classes, so that its length tells little.
//!
//! Padded: the content, zeros, and the content's length (32 bits, big endian) at the very end: unpadding is a cut.

use thiserror::Error;

use super::secret::SecretBytes;

/// What an envelope adds to its padded content: header 2, nonce 24, tag 16.
pub const SEAL_OVERHEAD: usize = 42;

/// Sizes of a *sealed* content in bytes. 3,900 instead of 4 KiB: PostgreSQL then needs two TOAST chunks, not three.
pub const SEALED_SIZES: [usize; 12] =
    [512, 1_024, 2_048, 3_900, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576];

/// Content of more bytes than this is no text but a file, and goes another way.
pub const MAX_CONTENT: usize = 1_048_576 - SEAL_OVERHEAD - LENGTH;

const LENGTH: usize = 4;

/// Content that fits no size class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("content of {got} bytes does not fit: at most {max}")]
pub struct TooLong {
    /// The most bytes that fit.
    pub max: usize,
    /// How many there were.
    pub got: usize,
}

/// Bytes that [`pad`] did not make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the padding is not of our making")]
pub struct BadPadding;

/// The content, padded to the next size class.
///
/// # Errors
/// More than [`MAX_CONTENT`] bytes.
pub fn pad(content: &[u8]) -> Result<Vec<u8>, TooLong> {
    let mut out = Vec::with_capacity(padded_size(content.len())?);
    append(&mut out, content)?;
    Ok(out)
}

/// The content that [`pad`] was given, without a copy.
///
/// # Errors
/// The length is no size class, or not the smallest one that fits, or the filling is not zero.
pub fn unpad(mut padded: SecretBytes) -> Result<SecretBytes, BadPadding> {
    let (rest, length) = padded.expose().split_last_chunk::<LENGTH>().ok_or(BadPadding)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().ok_or(BadPadding)?;
    let filling = rest.get(length..).ok_or(BadPadding)?;
    if filling.iter().any(|&byte| byte != 0) || padded_size(length) != Ok(padded.expose().len()) {
        return Err(BadPadding);
    }
    padded.truncate(length);
    Ok(padded)
}

/// Bytes of a padded content, for one of `length` bytes.
pub(super) fn padded_size(length: usize) -> Result<usize, TooLong> {
    let mut padded_sizes = SEALED_SIZES.iter().map(|sealed| sealed - SEAL_OVERHEAD);
    let fits = padded_sizes.find(|padded| length <= padded - LENGTH);
    fits.ok_or(TooLong { max: MAX_CONTENT, got: length })
}

/// Appends the padded content to `out`.
pub(super) fn append(out: &mut Vec<u8>, content: &[u8]) -> Result<(), TooLong> {
    let too_long = TooLong { max: MAX_CONTENT, got: content.len() };
    let end = out.len() + padded_size(content.len())?;
    let length = u32::try_from(content.len()).ok().ok_or(too_long)?;
    out.extend_from_slice(content);
    out.resize(end - LENGTH, 0);
    out.extend_from_slice(&length.to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn golden() {
        let mut want = vec![0; 470];
        want[..2].copy_from_slice(b"hi");
        want[469] = 2;
        assert_eq!(pad(b"hi").unwrap(), want);
    }

    #[test]
    fn every_class_is_used_to_its_last_byte() {
        for (index, sealed) in SEALED_SIZES.iter().enumerate() {
            let most = sealed - SEAL_OVERHEAD - LENGTH;
            assert_eq!(pad(&vec![1; most]).unwrap().len() + SEAL_OVERHEAD, *sealed);
            match SEALED_SIZES.get(index + 1) {
                Some(next) => assert_eq!(pad(&vec![1; most + 1]).unwrap().len() + SEAL_OVERHEAD, *next),
                None => assert_eq!(pad(&vec![1; most + 1]), Err(TooLong { max: most, got: most + 1 })),
            }
        }
    }

    #[test]
    fn only_our_padding_comes_off() {
        let unpad =
            |bytes: Vec<u8>| super::unpad(SecretBytes::new(bytes)).map(|content| content.expose().to_vec());
        let good = pad(b"hi").unwrap();
        assert_eq!(unpad(good.clone()).unwrap(), b"hi");
        let mut dirty = good.clone();
        dirty[9] = 1;
        let mut beyond = good.clone();
        beyond[467] = 9;
        let mut larger_class = vec![0; 1_024 - SEAL_OVERHEAD];
        larger_class[1_024 - SEAL_OVERHEAD - 1] = 2;
        for bad in [dirty, beyond, larger_class, good[1..].to_vec(), vec![], vec![0; 4]] {
            assert_eq!(unpad(bad), Err(BadPadding));
        }
    }

    proptest! {
        #[test]
        fn round_trip(content in proptest::collection::vec(any::<u8>(), 0..9_000)) {
            let padded = pad(&content).unwrap();
            prop_assert!(SEALED_SIZES.contains(&(padded.len() + SEAL_OVERHEAD)));
            let opened = unpad(SecretBytes::new(padded)).unwrap();
            prop_assert_eq!(opened.expose(), &content[..]);
        }
    }
}
