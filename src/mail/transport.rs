//! How mail leaves.

use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use lettre::{
    AsyncFileTransport, AsyncTransport, Message as Envelope, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use super::{message::Message, recipient::Recipient};
use crate::config::{MailConfig, MailTransport};

/// Why a mail did not leave. Names no recipient and no content.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The recipient's or the sender's address is none.
    #[error("an address is not one")]
    Address,
    /// The message could not be put together.
    #[error("the message could not be written")]
    Message,
    /// The directory of mails cannot be used.
    #[error("{path}: {source}")]
    Directory {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The transport refused.
    #[error("the transport refused the mail")]
    Refused,
}

/// Sends mail.
pub struct Mailer {
    from: Mailbox,
    out: Transport,
}

enum Transport {
    Directory(PathBuf, AsyncFileTransport<Tokio1Executor>),
}

impl Mailer {
    /// The mailer of a configuration.
    ///
    /// # Errors
    /// [`MailError::Address`] where the sender is no address.
    pub fn new(config: &MailConfig) -> Result<Self, MailError> {
        let from = config.from.parse().map_err(|_not_one| MailError::Address)?;
        let out = match &config.transport {
            MailTransport::Directory(path) => {
                Transport::Directory(path.clone(), AsyncFileTransport::<Tokio1Executor>::new(path))
            }
        };
        Ok(Self { from, out })
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`MailError`]; the caller may try again.
    pub async fn send(&self, to: &Recipient, message: &impl Message) -> Result<(), MailError> {
        let text = message.render().map_err(|_unwritten| MailError::Message)?;
        let envelope = Envelope::builder()
            .from(self.from.clone())
            .to(to.mailbox().ok_or(MailError::Address)?)
            .subject(message.subject())
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|_malformed| MailError::Message)?;
        match &self.out {
            Transport::Directory(path, files) => {
                ensure(path)?;
                files.send(envelope).await.map_err(|_failed| MailError::Refused)?;
            }
        }
        tracing::debug!(%to, "mail sent");
        Ok(())
    }
}

/// Readable by us only: the files name members of staff.
fn ensure(path: &Path) -> Result<(), MailError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| MailError::Directory { path: path.to_owned(), source })
}
