//! The second factor: TOTP (RFC 6238) with SHA-1, six digits and 30 seconds, which is what every application supports.

use data_encoding::BASE32_NOPAD;
use subtle::ConstantTimeEq as _;
use totp_rs::{Builder, Totp};

use super::random::Rng;
use super::secret::{Secret, SecretText};
use super::{kdf, label};

const STEP_SECONDS: i64 = 30;

/// A TOTP seed of 160 bits (RFC 4226 section 4, R6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpSeed(Secret<20>);

impl TotpSeed {
    /// A random seed.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self(Secret::generate(rng))
    }

    /// The seed of these bytes.
    #[must_use]
    pub fn new(bytes: Secret<20>) -> Self {
        Self(bytes)
    }

    /// The bytes, to keep them somewhere sealed.
    #[must_use]
    pub fn secret(&self) -> &Secret<20> {
        &self.0
    }

    /// The seed as people type it into an application: 32 characters of base 32 (RFC 4648 section 6).
    #[must_use]
    pub fn base32(&self) -> SecretText {
        SecretText::from(BASE32_NOPAD.encode(self.0.expose()))
    }

    /// The `otpauth://` address that a QR code for an application holds.
    #[must_use]
    pub fn provisioning_uri(&self, login: &str, issuer: &str) -> SecretText {
        let (login, issuer) = (percent_encoded(login), percent_encoded(issuer));
        let secret = self.base32();
        let secret = secret.expose();
        SecretText::from(format!(
            "otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30"
        ))
    }

    /// The time step (30 seconds since 1970) whose code this is: now, the one before or the one after (RFC 6238 section
    /// 5.2). The caller must refuse a step that was used. Always three comparisons, in constant time. Spaces are skipped.
    #[must_use]
    pub fn step_of(&self, code: &str, unix_seconds: i64) -> Option<i64> {
        let typed: Vec<u8> = code.bytes().filter(|byte| *byte != b' ').collect();
        let now = unix_seconds.div_euclid(STEP_SECONDS);
        let mut found = None;
        for step in [now - 1, now, now + 1] {
            let Some(right) = self.code_of_step(step) else { continue };
            if bool::from(right.as_bytes().ct_eq(&typed)) {
                found = Some(step);
            }
        }
        found
    }

    /// What this factor is known by where its used steps are kept. It does not tell the seed.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        *kdf::derive(self.0.expose(), label::FACTOR, &[]).expose()
    }

    /// The code at a time, in seconds since 1970: six digits. Empty for a time before 1970.
    #[must_use]
    pub fn code_at(&self, unix_seconds: i64) -> String {
        self.code_of_step(unix_seconds.div_euclid(STEP_SECONDS)).unwrap_or_default()
    }

    fn code_of_step(&self, step: i64) -> Option<String> {
        let time = u64::try_from(step.checked_mul(STEP_SECONDS)?).ok()?;
        Some(self.totp().generate(time).to_string())
    }

    fn totp(&self) -> Totp {
        // The builder's defaults: SHA-1, six digits, 30 seconds; pinned by the vectors of RFC 6238 below.
        Builder::new().with_secret(*self.0.expose()).build_noncompliant()
    }
}

/// RFC 3986 section 2.1: all but the unreserved characters as %XX.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rfc() -> TotpSeed {
        TotpSeed::new(Secret::new(*b"12345678901234567890"))
    }

    /// RFC 6238 appendix B, the last six of the eight digits of the SHA-1 rows.
    #[test]
    fn golden() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc().code_at(time), code);
            assert_eq!(rfc().step_of(code, time), Some(time / 30));
        }
        assert_eq!(rfc().base32().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            rfc().provisioning_uri("a b", "Senim: Астана").expose(),
            "otpauth://totp/Senim%3A%20%D0%90%D1%81%D1%82%D0%B0%D0%BD%D0%B0:a%20b\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Senim%3A%20%D0%90%D1%81%D1%82%D0%B0%D0%BD%D0%B0&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn a_factor_is_known_by_something_else_than_its_seed() {
        let other = TotpSeed::new(Secret::new(*b"12345678901234567891"));
        assert_eq!(rfc().id(), rfc().id());
        assert_ne!(rfc().id(), other.id());
        assert!(!rfc().id().windows(8).any(|part| part == b"12345678"));
    }

    #[test]
    fn one_step_either_way() {
        let code = rfc().code_at(1_111_111_109);
        let step = 1_111_111_109 / 30;
        for (time, want) in [
            ((step - 1) * 30 - 1, None),
            ((step - 1) * 30, Some(step)),
            (step * 30, Some(step)),
            ((step + 2) * 30 - 1, Some(step)),
            ((step + 2) * 30, None),
        ] {
            assert_eq!(rfc().step_of(&code, time), want, "{time}");
        }
        assert_eq!(rfc().step_of("081 804", 1_111_111_109), Some(step));
        for wrong in ["", "08180", "0818044", "+81804", "081805", "٠٨١٨٠٤"] {
            assert_eq!(rfc().step_of(wrong, 1_111_111_109), None, "{wrong}");
        }
    }

    #[test]
    fn before_1970_and_the_ends_of_time() {
        for time in [-1, i64::MIN, -31, 0, i64::MAX] {
            assert_eq!(rfc().step_of("", time), None);
        }
        assert_eq!(rfc().code_at(-1), "");
    }

    proptest! {
        #[test]
        fn any_code_is_taken_or_refused(code: String, time: i64) {
            let _ = rfc().step_of(&code, time);
        }
    }
}
