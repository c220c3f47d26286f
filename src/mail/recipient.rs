//! To whom.

use std::fmt;

use lettre::message::Mailbox;

/// A member of staff as an address. Printed, it is masked: a log must not list who works here.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    local: String,
    domain: String,
}

impl Recipient {
    /// The address of a login within an instance. Staff have no addresses of their own yet, so that it ends in
    /// `.invalid` (RFC 2606 section 2), which no mail server delivers to.
    #[must_use]
    pub fn of_login(login: &str, instance: &str) -> Self {
        Self { local: login.to_owned(), domain: format!("{instance}.invalid") }
    }

    /// The address as the mail library wants it; `None` where it is no address.
    pub(super) fn mailbox(&self) -> Option<Mailbox> {
        format!("{}@{}", self.local, self.domain).parse().ok()
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: String = self.local.chars().take(1).collect();
        write!(f, "{first}***@{}", self.domain)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked_when_printed() {
        let recipient = Recipient::of_login("triager1", "senim");
        assert_eq!(recipient.to_string(), "t***@senim.invalid");
        assert_eq!(format!("{recipient:?}"), "Recipient(t***@senim.invalid)");
        assert_eq!(recipient.mailbox().unwrap().to_string(), "triager1@senim.invalid");
    }
}
