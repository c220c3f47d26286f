//! The list of tasks that acts put into the queue.

use super::send_mail::send_mail;
use crate::{
    mail::{MailError, Mailer},
    signer::client::SignerError,
    storage::tasks::TaskRow,
    usecases::{Context, Error, publish_log::PublishError},
    witness::client::UnknownWitness,
};

/// Why a task failed. Its words go into the queue's row and the log, so they hold no content and no names.
#[derive(Debug, thiserror::Error)]
pub(super) enum TaskError {
    /// No task of this version has this name.
    #[error("this version knows no such task")]
    UnknownKind,
    /// The task's data cannot be read.
    #[error("the task's data cannot be read")]
    Payload,
    /// A mail did not leave.
    #[error("mail: {0}")]
    Mail(#[from] MailError),
    /// The signer of the log does not sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The configuration names a witness that the policy does not.
    #[error(transparent)]
    Witness(#[from] UnknownWitness),
    /// What the signer answered is not by a key of the policy.
    #[error(
        "the signer's lines are not by a key of the log's policy: compare SENIM_LOG_POLICY with the signer's keys"
    )]
    Signature,
    /// The public files of the log cannot be written.
    #[error("the public files of the log: {0}")]
    Publish(#[from] PublishError),
    /// An act failed.
    #[error(transparent)]
    Act(#[from] Error),
}

impl TaskError {
    /// Whether trying again cannot help.
    pub(super) const fn is_final(&self) -> bool {
        match self {
            Self::Payload => true,
            Self::Mail(error) => error.is_final(),
            _ => false,
        }
    }

    /// What the mail server answered.
    pub(super) fn answer(&self) -> Option<i32> {
        match self {
            Self::Mail(error) => error.answer().map(i32::from),
            _ => None,
        }
    }
}

/// What tasks work with.
pub(super) struct Tools<'a> {
    pub context: &'a Context,
    pub mailer: &'a Mailer,
}

/// Runs a task by its name.
pub(super) async fn run(tools: &Tools<'_>, task: &TaskRow) -> Result<(), TaskError> {
    match task.kind.as_str() {
        kind if kind.starts_with("mail.") => send_mail(tools, task).await,
        _ => Err(TaskError::UnknownKind),
    }
}
