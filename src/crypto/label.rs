//! The one list of what keys are used for. A key, a ciphertext or a signature made for one purpose means nothing for
//! another, because its label goes into the derivation or the authenticated data.

/// A purpose, `senim/<purpose>/v<n>`. Only this file makes them.
#[derive(Clone, Copy)]
pub(super) struct Label(&'static str);

macro_rules! labels {
    ($($name:ident = $text:literal,)*) => {
        $(pub(super) const $name: Label = Label($text);)*
        #[cfg(test)]
        const ALL: &[&str] = &[$($text),*];
    };
}

labels! {
    PLACE = "senim/place/v1",
    ENVELOPE = "senim/envelope/v1",
    KEM_SEAL = "senim/kem-seal/v1",
    KEM_FINGERPRINT = "senim/kem-fingerprint/v1",
    EPOCH_CONTENT = "senim/epoch-content/v1",
    EPOCH_KEM = "senim/epoch-kem/v1",
    EPOCH_WRAP = "senim/epoch-wrap/v1",
    EPOCH_ONE_OFF = "senim/epoch-one-off/v1",
    RECEIPT_LOOKUP = "senim/receipt-lookup/v1",
    RECEIPT_KEM = "senim/receipt-kem/v1",
    RECOVERY_LOOKUP = "senim/recovery-lookup/v1",
    RECOVERY_SEALING = "senim/recovery-sealing/v1",
    PASSWORD_PEPPER = "senim/password-pepper/v1",
    PASSWORD_VERIFIER = "senim/password-verifier/v1",
    PASSWORD_SEALING = "senim/password-sealing/v1",
    FACTOR = "senim/factor/v1",
    PASSWORD_DECOY_SALT = "senim/password-decoy-salt/v1",
    SIGNATURE = "senim/signature/v1",
    STAFF_OWN = "senim/staff-own/v1",
    SERVER_JWT = "senim/server-jwt/v1",
    SERVER_SESSION = "senim/server-session/v1",
    SERVER_FORM = "senim/server-form/v1",
    SERVER_INBOX = "senim/server-inbox/v1",
    SERVER_CSRF = "senim/server-csrf/v1",
    SERVER_DEVICES = "senim/server-devices/v1",
    SERVER_ROWS = "senim/server-rows/v1",
    SERVER_PROMISES = "senim/server-promises/v1",
    SERVER_EXCLUSIONS = "senim/server-exclusions/v1",
    SESSION = "senim/session/v1",
    TOKEN_KEY = "senim/token-key/v1",
    TOKEN = "senim/token/v1",
    CSRF = "senim/csrf/v1",
    ROW_MAC = "senim/row-mac/v1",
    EXCLUDED = "senim/excluded/v1",
    EXCLUDED_NOBODY = "senim/excluded-nobody/v1",
    SHARE_SET = "senim/share-set/v1",
    SHARE_SHEET = "senim/share-sheet/v1",
}

impl Label {
    /// The label itself, for an interface that has its own field for one (HPKE's `info`).
    pub(super) const fn bytes(self) -> &'static [u8] {
        self.0.as_bytes()
    }

    /// The label and the parts, each behind its length (64 bits, big endian), so that no two lists of parts give the
    /// same bytes.
    pub(super) fn bind(self, parts: &[&[u8]]) -> Vec<u8> {
        let size = parts.iter().map(|part| part.len() + 8).sum::<usize>() + self.0.len() + 8;
        let mut out = Vec::with_capacity(size);
        for part in std::iter::once(&self.bytes()).chain(parts) {
            out.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn labels_differ_and_have_one_shape() {
        assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), ALL.len());
        for label in ALL {
            let purpose = label.strip_prefix("senim/").and_then(|rest| rest.strip_suffix("/v1")).unwrap();
            assert!(
                !purpose.is_empty() && purpose.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{label}"
            );
        }
    }

    #[test]
    fn parts_cannot_slide_into_each_other() {
        assert_ne!(PLACE.bind(&[b"ab", b"c"]), PLACE.bind(&[b"a", b"bc"]));
        assert_ne!(PLACE.bind(&[b"ab"]), PLACE.bind(&[b"ab", b""]));
        assert_eq!(
            PLACE.bind(&[b"x"]),
            [&[0, 0, 0, 0, 0, 0, 0, 14][..], b"senim/place/v1", &[0, 0, 0, 0, 0, 0, 0, 1], b"x"].concat()
        );
    }
}
