//! The keys of a case while its circle of readers stays the same.
//!
//! A random seed gives a content key and a KEM pair. Holders of the seed read and write; everybody else writes to the
//! public half. The seed is wrapped to each reader. `SUITE_ONE_OFF`:
//! `version ‖ suite ‖ one-off content key sealed to the public half (1170) ‖ envelope under that key`.

use super::envelope::{
    self, ContentKey, HEADER, OpenError, SUITE_ENVELOPE, SUITE_ONE_OFF, SealError, VERSION,
};
use super::kdf;
use super::kem::{self, KemPublic, KemSecret};
use super::label;
use super::padding;
use super::place::Place;
use super::random::Rng;
use super::secret::{Secret, SecretBytes};

/// Bytes of a wrapped seed.
pub const WRAP: usize = 32 + kem::SEAL_OVERHEAD;

/// What every reader of an epoch is given.
#[derive(Debug)]
pub struct EpochSeed(Secret<32>);

impl EpochSeed {
    /// A random seed.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self(Secret::generate(rng))
    }

    /// The key that holders seal content under.
    #[must_use]
    pub fn content_key(&self) -> ContentKey {
        ContentKey::new(kdf::derive(self.0.expose(), label::EPOCH_CONTENT, &[]))
    }

    /// The public half for the case row. Makes a key pair: take it from [`EpochKeys`] where those exist.
    #[must_use]
    pub fn public(&self) -> KemPublic {
        self.kem_secret().public()
    }

    /// The seed, sealed to `reader` for `place`: [`WRAP`] bytes.
    ///
    /// # Errors
    /// [`SealError::Cipher`], which a parsed key does not cause.
    pub fn wrap(&self, reader: &KemPublic, place: &Place, rng: &mut Rng) -> Result<Vec<u8>, SealError> {
        kem::seal_for(label::EPOCH_WRAP, reader, place, self.0.expose(), rng)
    }

    /// The seed out of a wrap.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn unwrap_with(reader: &KemSecret, place: &Place, wrap: &[u8]) -> Result<Self, OpenError> {
        let seed = kem::open_for(label::EPOCH_WRAP, reader, place, wrap)?;
        Secret::from_slice(seed.expose()).map(Self).ok_or(OpenError::Format)
    }

    fn kem_secret(&self) -> KemSecret {
        KemSecret::from_seed(kdf::derive(self.0.expose(), label::EPOCH_KEM, &[]))
    }
}

/// The keys of an epoch, for somebody who holds its seed. The KEM pair is made only when it is needed.
#[derive(Debug)]
pub struct EpochKeys {
    content: ContentKey,
    kem: KemSecret,
}

impl EpochKeys {
    /// Derives the keys.
    #[must_use]
    pub fn from_seed(seed: &EpochSeed) -> Self {
        Self { content: seed.content_key(), kem: seed.kem_secret() }
    }

    /// The public half for the case row.
    #[must_use]
    pub fn public(&self) -> KemPublic {
        self.kem.public()
    }

    /// Seals content as a holder.
    ///
    /// # Errors
    /// See [`envelope::seal`].
    pub fn seal(&self, place: &Place, content: &[u8], rng: &mut Rng) -> Result<Vec<u8>, SealError> {
        envelope::seal(&self.content, place, content, rng)
    }

    /// Opens content that a holder or anybody else sealed. Anybody who can write to the database can seal to the public
    /// half; where only holders write, use [`EpochKeys::open_held`].
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        match sealed.first_chunk() {
            Some([VERSION, SUITE_ENVELOPE]) => self.open_held(place, sealed),
            Some([VERSION, SUITE_ONE_OFF]) => self.open_one_off(place, sealed),
            _ => Err(OpenError::Format),
        }
    }

    /// Opens content only if a holder of the seed sealed it, so that a stranger cannot put another in its place.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_held(&self, place: &Place, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        envelope::open(&self.content, place, sealed)
    }

    fn open_one_off(&self, place: &Place, sealed: &[u8]) -> Result<SecretBytes, OpenError> {
        let body = envelope::body(sealed, SUITE_ONE_OFF)?;
        let (key, content) = body.split_at_checked(WRAP).ok_or(OpenError::Format)?;
        let key = kem::open_for(label::EPOCH_ONE_OFF, &self.kem, place, key)?;
        let key = Secret::from_slice(key.expose()).ok_or(OpenError::Format)?;
        envelope::open(&ContentKey::new(key), place, content)
    }
}

/// Seals content for an epoch by anyone: a timer, a registrar, a colleague without attestation.
///
/// # Errors
/// See [`envelope::seal`].
pub fn seal_for_epoch(
    epoch: &KemPublic,
    place: &Place,
    content: &[u8],
    rng: &mut Rng,
) -> Result<Vec<u8>, SealError> {
    let envelope_size = padding::padded_size(content.len())? + padding::SEAL_OVERHEAD;
    let key = ContentKey::generate(rng);
    let mut out = Vec::with_capacity(HEADER + WRAP + envelope_size);
    out.extend_from_slice(&[VERSION, SUITE_ONE_OFF]);
    out.extend_from_slice(&kem::seal_for(label::EPOCH_ONE_OFF, epoch, place, key.secret().expose(), rng)?);
    envelope::append(&mut out, &key, place, content, rng)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;
    use proptest::prelude::*;

    fn place(row: &[u8]) -> Place {
        Place::new("kz", "messages", row, "body")
    }

    #[test]
    fn holders_read_what_anyone_writes() {
        let mut rng = Entropy::seeded(1).rng();
        let (seed, reader) = (EpochSeed::generate(&mut rng), KemSecret::generate(&mut rng));
        let wrap = seed.wrap(&reader.public(), &place(b"w"), &mut rng).unwrap();
        assert_eq!(wrap.len(), WRAP);
        let keys = EpochKeys::from_seed(&EpochSeed::unwrap_with(&reader, &place(b"w"), &wrap).unwrap());
        assert_eq!(keys.public(), seed.public());

        let by_anyone = seal_for_epoch(&seed.public(), &place(b"1"), b"from outside", &mut rng).unwrap();
        assert_eq!((by_anyone.len(), by_anyone.capacity()), (HEADER + WRAP + 512, HEADER + WRAP + 512));
        assert_eq!(keys.open(&place(b"1"), &by_anyone).unwrap().expose(), b"from outside");
        assert_eq!(keys.open_held(&place(b"1"), &by_anyone).unwrap_err(), OpenError::Format);

        let by_holder = keys.seal(&place(b"1"), b"from inside", &mut rng).unwrap();
        assert_eq!(keys.open(&place(b"1"), &by_holder).unwrap().expose(), b"from inside");
        assert_eq!(keys.open_held(&place(b"1"), &by_holder).unwrap().expose(), b"from inside");
    }

    #[test]
    fn a_wrap_is_no_seal_and_no_seal_is_a_wrap() {
        let mut rng = Entropy::seeded(2).rng();
        let (seed, reader) = (EpochSeed::generate(&mut rng), KemSecret::generate(&mut rng));
        let wrap = seed.wrap(&reader.public(), &place(b"w"), &mut rng).unwrap();
        assert_eq!(kem::open_with(&reader, &place(b"w"), &wrap).unwrap_err(), OpenError::Refused);
        let sealed = kem::seal_to(&reader.public(), &place(b"w"), &[1; 32], &mut rng).unwrap();
        assert_eq!(EpochSeed::unwrap_with(&reader, &place(b"w"), &sealed).unwrap_err(), OpenError::Refused);
    }

    #[test]
    fn every_byte_of_a_one_off_counts() {
        let mut rng = Entropy::seeded(3).rng();
        let keys = EpochKeys::from_seed(&EpochSeed::generate(&mut rng));
        let sealed = seal_for_epoch(&keys.public(), &place(b"1"), b"text", &mut rng).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1 << (index % 8);
            assert!(keys.open(&place(b"1"), &changed).is_err(), "byte {index}");
        }
        for length in (0..sealed.len()).step_by(5) {
            assert!(keys.open(&place(b"1"), &sealed[..length]).is_err(), "length {length}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn only_this_epoch_at_this_place(content: Vec<u8>, rows: (Vec<u8>, Vec<u8>), seed: u64) {
            prop_assume!(rows.0 != rows.1);
            let mut rng = Entropy::seeded(seed).rng();
            let keys = EpochKeys::from_seed(&EpochSeed::generate(&mut rng));
            let other = EpochKeys::from_seed(&EpochSeed::generate(&mut rng));
            let held = keys.seal(&place(&rows.0), &content, &mut rng).unwrap();
            let one_off = seal_for_epoch(&keys.public(), &place(&rows.0), &content, &mut rng).unwrap();
            for sealed in [held, one_off] {
                let opened = keys.open(&place(&rows.0), &sealed).unwrap();
                prop_assert_eq!(opened.expose(), &content[..]);
                prop_assert_eq!(keys.open(&place(&rows.1), &sealed).unwrap_err(), OpenError::Refused);
                prop_assert_eq!(other.open(&place(&rows.0), &sealed).unwrap_err(), OpenError::Refused);
            }
        }
    }
}
