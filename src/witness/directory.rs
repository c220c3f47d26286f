//! The witness's directory.
//!
//! ```text
//! key           the witness's key (0600)
//! lock          held by the witness that runs
//! logs/<hash>   the last checkpoint of a log, signed by the log and cosigned by this witness; <hash> is the SHA-256 of
//!               the log's origin
//! forks/<hash>.<size>   another checkpoint of the same size, signed by the log: with the one above, proof that it forked
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::note;
use crate::audit::note_key::{BadNoteKey, Kind, SignerKey};
use crate::crypto::secret::SecretText;
use crate::durable::{self, Lock};

const MOST: u64 = 64 * 1024;

/// What is wrong with the witness's directory, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// There is no key.
    #[error("there is no key in {0}: make one with `senim witness keygen`")]
    NoKey(PathBuf),
    /// There is a key already.
    #[error(
        "there is a key in {0} already; a witness with another key is another witness, with another directory"
    )]
    KeyExists(PathBuf),
    /// A key that others may read.
    #[error(
        "others may read {0}: withdraw that (`chmod 600`); if somebody did, begin anew with another key and tell the logs"
    )]
    OpenKey(PathBuf),
    /// A key that cannot be used.
    #[error("{path}: {why}")]
    Key {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        why: BadNoteKey,
    },
    /// A key for notes.
    #[error("{0} is no key for cosignatures")]
    OtherKind(PathBuf),
    /// A log's last checkpoint cannot be read, or is not cosigned by this key.
    #[error(
        "{0} is not a checkpoint cosigned with this witness's key; nothing of that log is cosigned until the file is as \
         it was, or is replaced by the largest checkpoint that this witness cosigned"
    )]
    Damaged(PathBuf),
    /// Another process works with it.
    #[error("another witness works with {0}: two must not share a state")]
    Locked(PathBuf),
    /// The file system.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The directory of one witness.
#[derive(Debug, Clone)]
pub struct Directory(PathBuf);

impl Directory {
    /// The directory `path`; it need not be there.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Keeps `key` as the witness's key.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn found(&self, key: &SignerKey) -> Result<(), DirectoryError> {
        if key.kind() != Kind::Cosignature {
            return Err(DirectoryError::OtherKind(self.0.clone()));
        }
        for directory in [self.0.clone(), self.0.join("logs"), self.0.join("forks")] {
            durable::private_directory(&directory).map_err(at(&directory))?;
        }
        let path = self.0.join("key");
        match durable::create(&path, key.to_text().expose().as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(DirectoryError::KeyExists(self.0.clone()))
            }
            done => done.map_err(at(&path)),
        }
    }

    /// The witness's key.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn key(&self) -> Result<SignerKey, DirectoryError> {
        let path = self.0.join("key");
        let bytes = durable::read(&path, MOST).map_err(at(&path))?;
        let bytes = bytes.ok_or_else(|| DirectoryError::NoKey(self.0.clone()))?;
        if fs::metadata(&path).map_err(at(&path))?.permissions().mode() & 0o077 != 0 {
            return Err(DirectoryError::OpenKey(path));
        }
        let text = SecretText::from(String::from_utf8(bytes).unwrap_or_default());
        let trimmed = SecretText::from(text.expose().trim_end().to_owned());
        match SignerKey::parse(&trimmed) {
            Ok(key) if key.kind() == Kind::Cosignature => Ok(key),
            Ok(_) => Err(DirectoryError::OtherKind(path)),
            Err(why) => Err(DirectoryError::Key { path, why }),
        }
    }

    /// Keeps every other witness off the state, until the lock is dropped.
    pub(super) fn hold(&self) -> Result<Lock, DirectoryError> {
        let path = self.0.join("lock");
        Lock::take(&path).map_err(at(&path))?.ok_or_else(|| DirectoryError::Locked(self.0.clone()))
    }

    /// The last checkpoint of a log that `key`, this witness's, cosigned, and when (seconds since 1970).
    pub(super) fn last(
        &self,
        origin: &str,
        key: &SignerKey,
    ) -> Result<Option<(SignedCheckpoint, u64)>, DirectoryError> {
        let path = self.of(origin);
        let most = u64::try_from(note::MAX_BYTES).unwrap_or(u64::MAX);
        let Some(bytes) = durable::read(&path, most).map_err(at(&path))? else { return Ok(None) };
        let read = || {
            let checkpoint = SignedCheckpoint::parse(&bytes).ok()?;
            let cosigned = checkpoint.note().verify(key.verifier()).ok()??.at?;
            (checkpoint.checkpoint().origin() == origin).then_some((checkpoint, cosigned))
        };
        read().map(Some).ok_or(DirectoryError::Damaged(path))
    }

    /// Keeps a checkpoint that this witness cosigned. On return it is on the disk.
    pub(super) fn keep(&self, checkpoint: &SignedCheckpoint) -> Result<(), DirectoryError> {
        let path = self.of(checkpoint.checkpoint().origin());
        durable::replace(&path, checkpoint.to_string().as_bytes()).map_err(at(&path))
    }

    /// Keeps a checkpoint that contradicts the last one, if it is the first of its size.
    pub(super) fn keep_fork(&self, checkpoint: &SignedCheckpoint) -> Result<PathBuf, DirectoryError> {
        let name = format!("{}.{}", name_of(checkpoint.checkpoint().origin()), checkpoint.head().size);
        let path = self.0.join("forks").join(name);
        match durable::create(&path, checkpoint.to_string().as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(path),
            Err(source) => Err(DirectoryError::File { path, source }),
            Ok(()) => Ok(path),
        }
    }

    fn of(&self, origin: &str) -> PathBuf {
        self.0.join("logs").join(name_of(origin))
    }
}

fn name_of(origin: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(origin))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DirectoryError + use<> {
    let path = path.to_owned();
    move |source| DirectoryError::File { path, source }
}
