//! The recovery code of a member of staff: printed when they make their keys, kept at home, good for one recovery.
//!
//! It is written like a receipt (24 random symbols and a check symbol) and opens one thing: the person's secrets, sealed
//! a second time under the key that the code gives. No password hash: 120 bits cannot be guessed.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::crockford;
use super::envelope::ContentKey;
use super::kdf;
use super::label;
use super::random::Rng;
use super::secret::Secret;

/// A recovery code. It prints nowhere but through [`RecoveryCode::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Secret<{ crockford::PRINTED_BYTES }>);

impl RecoveryCode {
    /// A new code.
    #[must_use]
    pub fn generate(rng: &mut Rng) -> Self {
        Self(Secret::generate(rng))
    }

    /// What somebody typed, as forgiving as for receipts; `None` where a symbol, the length or the check symbol is
    /// wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        crockford::read_printed(text).map(Self)
    }

    /// The 25 characters, `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`, for the one page that shows them.
    #[must_use]
    pub fn reveal(&self) -> String {
        crockford::printed(&self.0)
    }

    /// What is stored to find the person: SHA-256 of an id derived for `instance`. It opens nothing.
    #[must_use]
    pub fn lookup(&self, instance: &str) -> [u8; 32] {
        let id: Secret<32> = kdf::derive(self.0.expose(), label::RECOVERY_LOOKUP, &[instance.as_bytes()]);
        Sha256::digest(id.expose()).into()
    }

    /// The key under which the person's secrets are sealed a second time.
    #[must_use]
    pub fn key(&self, instance: &str) -> ContentKey {
        ContentKey::new(kdf::derive(self.0.expose(), label::RECOVERY_SEALING, &[instance.as_bytes()]))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::Entropy;

    #[test]
    fn a_code_is_found_and_opens_by_itself_and_in_its_instance_alone() {
        let mut rng = Entropy::seeded(7).rng();
        let code = RecoveryCode::generate(&mut rng);
        let typed = RecoveryCode::parse(&code.reveal().to_lowercase().replace('-', " ")).unwrap();
        assert_eq!((typed.lookup("kz"), typed.key("kz")), (code.lookup("kz"), code.key("kz")));
        assert_ne!(code.lookup("kz"), code.lookup("other"));
        assert_ne!(code.key("kz"), code.key("other"));
        assert_ne!(code.lookup("kz"), *code.key("kz").secret().expose());
        assert_ne!(RecoveryCode::generate(&mut rng), code);
        let shown = code.reveal();
        let slip = if shown.starts_with('A') { "B" } else { "A" };
        let rest: String = shown.chars().skip(1).collect();
        assert_eq!(RecoveryCode::parse(&format!("{slip}{rest}")), None);
        assert_eq!(format!("{code:?}"), "RecoveryCode(..)");
    }
}
