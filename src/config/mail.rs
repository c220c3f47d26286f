//! Where mails go.

use std::path::{Path, PathBuf};

use super::reader::Reader;

/// How mails are sent.
#[derive(Debug)]
pub struct MailConfig {
    /// The way out.
    pub transport: MailTransport,
    /// `SENIM_MAIL_FROM` (`senim@localhost`): the address mails come from.
    pub from: String,
}

/// A way out for mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailTransport {
    /// `SENIM_MAIL_DIR` (`mail` under the home directory): each mail becomes a file there.
    Directory(PathBuf),
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader, home: &Path) -> Self {
        Self {
            transport: MailTransport::Directory(reader.path("SENIM_MAIL_DIR", &home.join("mail"))),
            from: reader.parse(
                "SENIM_MAIL_FROM",
                "a mail address such as senim@example.kz",
                "senim@localhost".to_owned(),
                address,
            ),
        }
    }
}

/// A bare address. Anything that could end a header line or begin a second address is refused.
fn address(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let good = !local.is_empty() && !domain.is_empty() && local.chars().chain(domain.chars()).all(plain);
    good.then(|| text.to_owned())
}
