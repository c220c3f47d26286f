//! A staff session: the row holds the staff secrets sealed under two halves, one in the client's token, one in the
//! server. Neither a stolen database nor an old token opens it.

use super::envelope::{self, ContentKey, OpenError, SealError};
use super::kdf;
use super::label;
use super::place::Place;
use super::random::Rng;
use super::secret::{Secret, SecretBytes, SecretText};

/// The half that only the client's token carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSecret(Secret<32>);

impl SessionSecret {
    /// A random secret.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self(Secret::generate(rng))
    }

    /// The secret as unpadded base64url.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        self.0.to_base64url()
    }

    /// Reads [`SessionSecret::to_text`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Secret::from_base64url(text).map(Self)
    }
}

/// Seals `bytes` under HKDF(session secret ‖ server key).
///
/// # Errors
/// See [`envelope::seal`].
pub fn seal_session(
    server: &Secret<32>,
    secret: &SessionSecret,
    place: &Place,
    bytes: &[u8],
    rng: &mut Rng,
) -> Result<Vec<u8>, SealError> {
    envelope::seal(&key(server, secret), place, bytes, rng)
}

/// Opens what [`seal_session`] made.
///
/// # Errors
/// See [`OpenError`].
pub fn open_session(
    server: &Secret<32>,
    secret: &SessionSecret,
    place: &Place,
    sealed: &[u8],
) -> Result<SecretBytes, OpenError> {
    envelope::open(&key(server, secret), place, sealed)
}

fn key(server: &Secret<32>, secret: &SessionSecret) -> ContentKey {
    let both = Secret::<64>::fill(|out| {
        let (first, second) = out.split_at_mut(32);
        first.copy_from_slice(secret.0.expose());
        second.copy_from_slice(server.expose());
    });
    ContentKey::new(kdf::derive(both.expose(), label::SESSION, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;

    #[test]
    fn both_halves_are_needed() {
        let mut rng = Entropy::seeded(1).rng();
        let (server, secret) = (Secret::generate(&mut rng), SessionSecret::generate(&mut rng));
        let place = Place::new("kz", "sessions", b"1", "secrets");
        let sealed = seal_session(&server, &secret, &place, b"keys", &mut rng).unwrap();
        let opened = open_session(&server, &secret, &place, &sealed).unwrap();
        assert_eq!(opened.expose(), b"keys");
        let other = SessionSecret::generate(&mut rng);
        assert_eq!(open_session(&server, &other, &place, &sealed).unwrap_err(), OpenError::Refused);
        let other = Secret::generate(&mut rng);
        assert_eq!(open_session(&other, &secret, &place, &sealed).unwrap_err(), OpenError::Refused);
        let elsewhere = Place::new("kz", "sessions", b"2", "secrets");
        assert_eq!(open_session(&server, &secret, &elsewhere, &sealed).unwrap_err(), OpenError::Refused);
        assert_eq!(SessionSecret::parse(secret.to_text().expose()), Some(secret));
        assert_eq!(SessionSecret::parse("AAAA"), None);
    }
}
