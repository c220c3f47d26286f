//! A token in every form of the staff's pages, bound to the session: another site cannot know it.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::label;
use super::secret::Secret;

/// The form token of a session: HMAC-SHA-256 over label and session id, as base64url.
#[must_use]
pub fn token(key: &Secret<32>, session: &Uuid) -> String {
    BASE64URL_NOPAD.encode(&mac(key, session).finalize().into_bytes())
}

/// Whether `token` is the form token of `session`, in constant time.
#[must_use]
pub fn check(key: &Secret<32>, session: &Uuid, token: &str) -> bool {
    let tag = BASE64URL_NOPAD.decode(token.as_bytes());
    tag.is_ok_and(|tag| mac(key, session).verify_slice(&tag).is_ok())
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 section 2)")]
fn mac(key: &Secret<32>, session: &Uuid) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key.expose()).expect("a key of any length");
    mac.update(&label::CSRF.bind(&[session.as_bytes()]));
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_session_and_key() {
        let (key, session) = (Secret::new([1; 32]), Uuid::from_u128(7));
        let right = token(&key, &session);
        assert!(check(&key, &session, &right));
        assert!(!check(&key, &Uuid::from_u128(8), &right));
        assert!(!check(&Secret::new([2; 32]), &session, &right));
        for wrong in [
            "",
            "A",
            right.get(1..).unwrap(),
            &format!("{right}A"),
            &format!("{right}="),
            &right.to_lowercase(),
        ] {
            assert!(!check(&key, &session, wrong), "{wrong}");
        }
    }
}
