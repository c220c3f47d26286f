//! The staff's token: a JSON Web Token (RFC 7519), HS256, that names the session and carries its secret half.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;
use uuid::Uuid;

use super::secret::{Secret, SecretText};
use super::session::SessionSecret;

/// Why a token is not accepted, or not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum JwtError {
    /// Not made by this key, or not with these claims.
    #[error("the token is not valid")]
    Invalid,
    /// Ours, but past its time.
    #[error("the token has expired")]
    Expired,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The session's id.
    pub sid: Uuid,
    /// The client's half of the session key, as base64url.
    #[serde(serialize_with = "write_secret", deserialize_with = "read_secret")]
    pub sec: SessionSecret,
    /// Seconds since 1970; from that second on it has expired.
    pub exp: i64,
}

/// The key that signs and checks tokens.
pub struct JwtKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl JwtKey {
    /// The key of these bytes, which serve nothing else: [`super::server_keys::ServerKeys::jwt`].
    #[must_use]
    pub fn new(key: &Secret<32>) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false; // time is an argument: `verify` compares `exp` itself
        validation.required_spec_claims.clear();
        Self {
            encoding: EncodingKey::from_secret(key.expose()),
            decoding: DecodingKey::from_secret(key.expose()),
            validation,
        }
    }

    /// The signed token.
    ///
    /// # Errors
    /// [`JwtError::Invalid`], which claims of this type do not cause.
    pub fn sign(&self, claims: &Claims) -> Result<SecretText, JwtError> {
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding);
        token.ok().map(SecretText::from).ok_or(JwtError::Invalid)
    }

    /// The claims of a token that this key signed and that has not expired at `now_unix`. No leeway, no other algorithm.
    ///
    /// # Errors
    /// See [`JwtError`].
    pub fn verify(&self, token: &str, now_unix: i64) -> Result<Claims, JwtError> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation);
        let claims = data.ok().ok_or(JwtError::Invalid)?.claims;
        if now_unix >= claims.exp { Err(JwtError::Expired) } else { Ok(claims) }
    }
}

fn write_secret<S: Serializer>(secret: &SessionSecret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.to_text().expose())
}

fn read_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SessionSecret, D::Error> {
    let text = SecretText::deserialize(deserializer)?;
    SessionSecret::parse(text.expose()).ok_or_else(|| de::Error::custom("not a session secret"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;
    use data_encoding::BASE64URL_NOPAD;

    fn key() -> JwtKey {
        JwtKey::new(&Secret::new([1; 32]))
    }

    fn claims() -> Claims {
        let mut rng = Entropy::seeded(1).rng();
        Claims { sid: Uuid::nil(), sec: SessionSecret::generate(&mut rng), exp: 100 }
    }

    #[test]
    fn until_then_and_by_this_key() {
        let token = key().sign(&claims()).unwrap();
        assert_eq!(key().verify(token.expose(), 99), Ok(claims()));
        assert_eq!(key().verify(token.expose(), 100), Err(JwtError::Expired));
        let other = JwtKey::new(&Secret::new([2; 32]));
        assert_eq!(other.verify(token.expose(), 99), Err(JwtError::Invalid));
        assert!(!format!("{:?}", claims()).contains(claims().sec.to_text().expose()));
    }

    #[test]
    fn no_other_algorithm_and_no_change() {
        let token = key().sign(&claims()).unwrap();
        let parts: Vec<&str> = token.expose().split('.').collect();
        let none = BASE64URL_NOPAD.encode(br#"{"typ":"JWT","alg":"none"}"#);
        let hs512 = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims(), &key().encoding).unwrap();
        let mut longer = claims();
        longer.exp = 1_000;
        let longer = BASE64URL_NOPAD.encode(&serde_json::to_vec(&longer).unwrap());
        for bad in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{}.{longer}.{}", parts[0], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            hs512,
            String::new(),
            "a.b.c".to_owned(),
        ] {
            assert_eq!(key().verify(&bad, 0), Err(JwtError::Invalid), "{bad}");
        }
    }
}
