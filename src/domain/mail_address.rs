//! Mail addresses, and what is written to them.

use std::fmt;

use super::{text::TextError, vocabulary::vocabulary};

/// A mail address, narrower than RFC 5321 section 4.1.2 allows: letters, digits and `. _ + -` before the `@`, a host name
/// after it. Nothing in it can end a header line, begin a second address or need quoting. Printed, it is masked: a log
/// must not list who works here.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAddress(String);

impl MailAddress {
    /// Most characters (RFC 5321 section 4.5.3.1.3, without the brackets).
    pub const MAX: usize = 254;
    /// Most characters before the `@` (RFC 5321 section 4.5.3.1.1).
    const LOCAL_MAX: usize = 64;
    /// Most characters of a label of the host name (RFC 1035 section 2.3.4).
    const LABEL_MAX: usize = 63;

    /// Reads an address; blanks around it are dropped.
    ///
    /// # Errors
    /// [`TextError`]; `Forbidden` for whatever is no address.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        let text = raw.trim();
        let got = text.chars().count();
        if got == 0 {
            return Err(TextError::Empty);
        }
        if got > Self::MAX {
            return Err(TextError::TooLong { max: Self::MAX, got });
        }
        let (local, host) = text.split_once('@').ok_or(TextError::Forbidden)?;
        let good = local.len() <= Self::LOCAL_MAX
            && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom))
            && host.split('.').all(is_label);
        if good { Ok(Self(text.to_owned())) } else { Err(TextError::Forbidden) }
    }

    /// The address. Every call is a place to look at in review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, host)| host)
    }
}

fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-')
}

fn is_label(label: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=MailAddress::LABEL_MAX).contains(&label.len())
        && label.bytes().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: String = self.0.chars().take(1).collect();
        write!(f, "{first}***@{}", self.host())
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailAddress({self})")
    }
}

vocabulary! {
    /// What is written to members of staff. Each is the same words whoever it goes to and whatever happened.
    pub enum Notice {
        /// Once a day to everybody, whether there is something or not.
        DailyDigest = "daily_digest",
        /// Somebody prepared a recovery with the person's printed code.
        RecoveryAsked = "recovery_asked",
        /// The person was invited anew: their keys count no longer.
        InvitedAnew = "invited_anew",
        /// Mails go to another address from now on.
        AddressChanged = "address_changed",
        /// The person's access ended.
        AccountDisabled = "account_disabled",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_narrow() {
        for good in ["a@b", "first.last+x_y-z@mail.example.kz", " x1@example.kz ", "A@xn--80aswg.example"] {
            assert_eq!(MailAddress::parse(good).unwrap().expose(), good.trim());
        }
        let long = format!("{}@example.kz", "a".repeat(65));
        for bad in [
            "a",
            "@",
            "a@",
            "@b",
            "a@b@c",
            "a b@c",
            "a@b c",
            "a@b\r\nBcc: x@y",
            "a\n@b",
            "<a@b>",
            "a@[127.0.0.1]",
            "\"a\"@b",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a@-b",
            "a@b-",
            "a@b..c",
            "a@b.",
            "қ@b",
            "a@қ",
            "a,b@c",
            "a@b_c",
            &long,
        ] {
            assert_eq!(MailAddress::parse(bad), Err(TextError::Forbidden), "{bad}");
        }
        assert_eq!(MailAddress::parse("  "), Err(TextError::Empty));
        let long = format!("a@{}", "b.".repeat(130));
        assert!(matches!(MailAddress::parse(&long), Err(TextError::TooLong { max: 254, got: 262 })));
    }

    #[test]
    fn an_address_is_masked_when_printed() {
        let address = MailAddress::parse("triager1@senim.invalid").unwrap();
        assert_eq!(address.to_string(), "t***@senim.invalid");
        assert_eq!(format!("{address:?}"), "MailAddress(t***@senim.invalid)");
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_one_word_in_ascii(raw in "\\PC*|[a-z@. \r\n-]{0,20}") {
            if let Ok(address) = MailAddress::parse(&raw) {
                let text = address.expose();
                prop_assert!(text.bytes().all(|b| b.is_ascii_graphic()));
                prop_assert_eq!(text.matches('@').count(), 1);
                prop_assert!(!text.contains([',', ';', ':', '<', '>', '"', '(', ')', '[', '\\']));
            }
        }
    }
}
