//! The keys of a staff member: one pair to be given case keys, one to sign acts with. Only their password opens them.

use super::envelope::{self, ContentKey, OpenError, SealError};
use super::kdf;
use super::kem::{self, BadKey, KemPublic, KemSecret};
use super::label;
use super::place::Place;
use super::random::Rng;
use super::secret::Secret;
use super::sign::{self, SigningKey, VerifyingKey};

/// Bytes of both seeds.
pub const STAFF_SECRETS: usize = 64;

/// The secret halves.
#[derive(Debug)]
pub struct StaffSecrets {
    /// To open wraps with.
    pub kem: KemSecret,
    /// To sign with.
    pub sign: SigningKey,
}

/// The public halves, for the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffPublic {
    /// To wrap case keys to.
    pub kem: KemPublic,
    /// To check signatures with.
    pub sign: VerifyingKey,
}

impl StaffPublic {
    /// Both public halves: KEM first, then signing.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.kem.to_bytes();
        bytes.extend_from_slice(&self.sign.to_bytes());
        bytes
    }

    /// Reads [`StaffPublic::to_bytes`].
    ///
    /// # Errors
    /// [`BadKey`] where these are not two public keys.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadKey> {
        let (kem, sign) = bytes.split_at_checked(kem::PUBLIC_KEY).ok_or(BadKey)?;
        let sign: &[u8; sign::PUBLIC_KEY] = sign.try_into().ok().ok_or(BadKey)?;
        Ok(Self { kem: KemPublic::parse(kem)?, sign: VerifyingKey::parse(sign)? })
    }
}

impl StaffSecrets {
    /// New keys.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self { kem: KemSecret::generate(rng), sign: SigningKey::generate(rng) }
    }

    /// The public halves.
    #[must_use]
    pub fn public(&self) -> StaffPublic {
        StaffPublic { kem: self.kem.public(), sign: self.sign.verifying() }
    }

    /// Both seeds: KEM first, then signing.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<STAFF_SECRETS> {
        let sign = self.sign.seed();
        Secret::fill(|out| {
            let (first, second) = out.split_at_mut(STAFF_SECRETS / 2);
            first.copy_from_slice(self.kem.seed().expose());
            second.copy_from_slice(sign.expose());
        })
    }

    /// The keys of these seeds.
    #[must_use]
    pub fn from_bytes(bytes: &Secret<STAFF_SECRETS>) -> Self {
        let half = |from: usize| {
            Secret::fill(|out| {
                out.iter_mut().zip(bytes.expose().iter().skip(from)).for_each(|(o, b)| *o = *b)
            })
        };
        Self { kem: KemSecret::from_seed(half(0)), sign: SigningKey::from_seed(&half(STAFF_SECRETS / 2)) }
    }

    /// Both seeds sealed under the key that the password gives.
    ///
    /// # Errors
    /// See [`envelope::seal`].
    pub fn seal_under(&self, key: &ContentKey, place: &Place, rng: &mut Rng) -> Result<Vec<u8>, SealError> {
        envelope::seal(key, place, self.to_bytes().expose(), rng)
    }

    /// Opens what [`StaffSecrets::seal_under`] made.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(key: &ContentKey, place: &Place, sealed: &[u8]) -> Result<Self, OpenError> {
        let bytes = envelope::open(key, place, sealed)?;
        Secret::from_slice(bytes.expose()).map(|seeds| Self::from_bytes(&seeds)).ok_or(OpenError::Format)
    }

    /// The key for what belongs to this person alone, such as their TOTP seed.
    #[must_use]
    pub fn own_key(&self) -> ContentKey {
        ContentKey::new(kdf::derive(self.to_bytes().expose(), label::STAFF_OWN, &[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;

    #[test]
    fn round_trip_and_wrong_key() {
        let mut rng = Entropy::seeded(1).rng();
        let staff = StaffSecrets::generate(&mut rng);
        let (key, place) = (ContentKey::generate(&mut rng), Place::new("kz", "staff", b"1", "secrets"));
        let sealed = staff.seal_under(&key, &place, &mut rng).unwrap();
        let opened = StaffSecrets::open(&key, &place, &sealed).unwrap();
        assert_eq!(opened.public(), staff.public());
        assert_eq!(opened.own_key(), staff.own_key());
        assert_ne!(StaffSecrets::generate(&mut rng).own_key(), staff.own_key());
        let wrong = StaffSecrets::open(&ContentKey::generate(&mut rng), &place, &sealed);
        assert_eq!(wrong.unwrap_err(), OpenError::Refused);
        let short = envelope::seal(&key, &place, &[0; 63], &mut rng).unwrap();
        assert_eq!(StaffSecrets::open(&key, &place, &short).unwrap_err(), OpenError::Format);
        assert_eq!(format!("{staff:?}"), "StaffSecrets { kem: KemSecret(..), sign: SigningKey(..) }");
    }
}
