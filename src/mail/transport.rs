//! How mail leaves.

use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

use jiff::Timestamp;
use lettre::{
    FileTransport, Message as Envelope, SmtpTransport, Transport as _,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use super::{
    message::Message,
    smtp::{failure, relay},
};
use crate::{
    config::{MailConfig, MailTransport},
    domain::{
        ids::TaskId,
        mail_address::{MailAddress, Notice},
    },
};

/// Why a mail did not leave. Names no recipient and no content.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The recipient's or the sender's address is none.
    #[error("an address is not one")]
    Address,
    /// The message could not be put together.
    #[error("the message could not be written")]
    Message,
    /// A setting cannot be used.
    #[error("{0}")]
    Setting(String),
    /// The directory of mails cannot be used.
    #[error("{path}: {source}")]
    Directory {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file could not be written.
    #[error("the file could not be written")]
    File,
    /// The process ended meanwhile.
    #[error("the sending was stopped")]
    Stopped,
    /// The relay cannot be reached, or the way to it is not safe.
    #[error("the relay: {0}")]
    Relay(String),
    /// The relay did not take the mail.
    #[error("the relay answered {code}")]
    Answer {
        /// Its reply code.
        code: u16,
        /// Whether it will never take it.
        for_good: bool,
    },
}

impl MailError {
    /// Whether trying again cannot help.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Answer { for_good: true, .. } | Self::Address | Self::Message)
    }

    /// What the relay answered.
    #[must_use]
    pub const fn answer(&self) -> Option<u16> {
        match self {
            Self::Answer { code, .. } => Some(*code),
            _ => None,
        }
    }
}

/// What tells one mail from another: the task that sends it, which stays the same when it is tried again, so that who
/// gets it twice sees that it is one; and the time.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The task.
    pub task: TaskId,
    /// When.
    pub at: Timestamp,
}

/// Sends mail.
pub struct Mailer {
    from: MailAddress,
    public_base_url: String,
    out: Out,
}

/// Both block, and work on a thread of their own: the library's asynchronous client waits for an answer without end, and
/// its pool keeps connections on which a question was given up, so that later questions would get earlier answers.
#[derive(Clone)]
enum Out {
    Directory(PathBuf, FileTransport),
    Relay(SmtpTransport),
}

impl Out {
    fn send(&self, envelope: &Envelope) -> Result<(), MailError> {
        match self {
            Self::Directory(path, files) => {
                ensure(path)?;
                files.send(envelope).map(drop).map_err(|_failed| MailError::File)
            }
            Self::Relay(relay) => relay.send(envelope).map(drop).map_err(|error| failure(&error)),
        }
    }
}

impl Mailer {
    /// The mailer of a configuration; its digests lead to `public_base_url`.
    ///
    /// # Errors
    /// [`MailError::Address`] where the sender is no address; [`MailError::Setting`] where the authorities' certificates
    /// cannot be read.
    pub fn new(config: &MailConfig, public_base_url: &str) -> Result<Self, MailError> {
        let from = MailAddress::parse(&config.from).map_err(|_not_one| MailError::Address)?;
        let out = match &config.transport {
            MailTransport::Directory(path) => Out::Directory(path.clone(), FileTransport::new(path)),
            MailTransport::Smtp(config) => Out::Relay(relay(config)?),
        };
        Ok(Self { from, public_base_url: public_base_url.to_owned(), out })
    }

    /// Sends a notice.
    ///
    /// # Errors
    /// [`MailError`]; the caller may try again unless it is final.
    pub async fn send(&self, notice: Notice, to: &MailAddress, stamp: Stamp) -> Result<(), MailError> {
        let envelope = self.envelope(Message::of(notice, &self.public_base_url), to, stamp)?;
        let out = self.out.clone();
        let sent = tokio::task::spawn_blocking(move || out.send(&envelope));
        sent.await.map_err(|_stopped| MailError::Stopped)??;
        tracing::debug!(%to, "mail sent");
        Ok(())
    }

    fn envelope(&self, message: Message, to: &MailAddress, stamp: Stamp) -> Result<Envelope, MailError> {
        // No machine should answer it (RFC 3834 section 5).
        let automatic =
            HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Envelope::builder()
            .from(mailbox(&self.from)?)
            .to(mailbox(to)?)
            .subject(message.subject)
            .message_id(Some(format!("<{}@{}>", stamp.task, self.from.host())))
            .date(SystemTime::from(stamp.at))
            .raw_header(automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(message.body)
            .map_err(|_malformed| MailError::Message)
    }
}

fn mailbox(address: &MailAddress) -> Result<Mailbox, MailError> {
    address.expose().parse().map_err(|_not_one| MailError::Address)
}

/// Readable by us only: the files name members of staff.
fn ensure(path: &Path) -> Result<(), MailError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| MailError::Directory { path: path.to_owned(), source })
}
