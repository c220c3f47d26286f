//! What a use case can refuse, and why. `web` turns each into one answer; `cli` into one sentence.

use super::sequence_log::BrokenTree;
use crate::{
    crypto::{
        envelope::{OpenError, SealError},
        password::Busy,
        random::Entropy,
    },
    domain::{case::step::Step, field_error::FieldError, mistake::Mistake},
    policy::Denied,
    storage::{StorageError, StorageFault},
};

/// Why an act was not done. Nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The caller may know of it but may not do this.
    #[error("forbidden")]
    Forbidden,
    /// The caller made new keys, and no colleague has given them this case again yet.
    #[error("the case's keys are awaited")]
    KeysAwaited,
    /// The caller is not signed in, or no longer.
    #[error("not signed in")]
    Unauthenticated,
    /// Sign-in failed; the one answer for every reason.
    #[error("the sign-in failed")]
    SignInFailed,
    /// The receipt opens nothing.
    #[error("the receipt opens nothing")]
    ReceiptUnknown,
    /// The receipt's check symbol does not fit: a typo.
    #[error("the receipt is mistyped")]
    ReceiptMistyped,
    /// What was sent cannot be taken as it is.
    #[error("the content is not acceptable")]
    Invalid(Vec<FieldError>),
    /// A file has mistakes: all of them, by line.
    #[error("the file has {} mistakes", .0.len())]
    Mistakes(Vec<Mistake>),
    /// The step is not legal in the case's state.
    #[error("the step is not legal now")]
    IllegalStep {
        /// The steps that are.
        legal: Vec<Step>,
    },
    /// Another proposal of the case waits for its answer.
    #[error("another proposal waits")]
    ProposalWaiting,
    /// The proposal was answered, or the case moved on, or its keys changed.
    #[error("the proposal is no longer open")]
    ProposalStale,
    /// Nobody is left who could approve.
    #[error("no second person is free to approve")]
    NobodyToApprove,
    /// Fewer than two administrators would remain.
    #[error("two administrators must remain: sign a third one in first, or let the operator do it unsigned")]
    TooFewAdministrators,
    /// Somebody else was first; looking again and trying again is safe.
    #[error("somebody else was first")]
    Conflict,
    /// Too much at once; try again later.
    #[error("overloaded")]
    Busy,
    /// Too many failed sign-ins for this name.
    #[error("too many attempts")]
    TooManyAttempts {
        /// Seconds until the next try is heard.
        retry_after: u32,
    },
    /// The instance was not founded, or has no desk: the operator has to act.
    #[error("the instance is not ready: {0}")]
    NotReady(&'static str),
    /// A key does not open what it should.
    #[error("a sealed value does not open: {0}")]
    Sealed(&'static str),
    /// The tree of the log is not what it was left as.
    #[error(transparent)]
    BrokenTree(#[from] BrokenTree),
    /// The database.
    #[error(transparent)]
    Storage(StorageError),
}

impl StorageFault for Error {
    fn storage(&self) -> Option<&StorageError> {
        match self {
            Self::Storage(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(_) => {
                tracing::warn!(%error, "the database is not to be had");
                Self::Busy
            }
            StorageError::Conflict(constraint) if constraint == "proposals_one_pending" => {
                Self::ProposalWaiting
            }
            StorageError::Conflict(_) => Self::Conflict,
            other => Self::Storage(other),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Forbidden => Self::Forbidden,
        }
    }
}

impl From<Busy> for Error {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<OpenError> for Error {
    fn from(_: OpenError) -> Self {
        Self::Sealed("it was sealed for another place or key, or it was changed")
    }
}

impl From<SealError> for Error {
    fn from(_: SealError) -> Self {
        Self::Sealed("it is too long to be sealed")
    }
}

/// A random number by which a person can name a refusal to support, and support find it in the log.
#[must_use]
pub fn refusal_number() -> u32 {
    Entropy::os().uuid().as_fields().0
}
