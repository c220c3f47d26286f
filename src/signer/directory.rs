//! The signer's directory.
//!
//! ```text
//! key         the log's key (0600)
//! key.next    the next one, while keys are rotated
//! state       what was signed last
//! retired     public halves of former keys: from when on they sign no more, and the key, a line each
//! lock        held by the signer that runs
//! keys.lock   held while keys are changed
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::state::State;
use crate::audit::note_key::{BadNoteKey, Kind, SignerKey, VerifierKey};
use crate::crypto::secret::SecretText;
use crate::durable::{self, Lock};

/// The largest file here, bytes.
const MOST: u64 = 64 * 1024;
/// What lies in every data directory of PostgreSQL.
const POSTGRES_MARK: &str = "PG_VERSION";

/// What is wrong with the signer's directory, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// It lies inside the database.
    #[error(
        "{path} lies inside the PostgreSQL data directory {data}: a restored backup would bring back an old state of the \
         signer too, and it would sign a second history. Set SENIM_SIGNER_STATE to a directory outside"
    )]
    InsideDatabase {
        /// The signer's directory.
        path: PathBuf,
        /// The database's.
        data: PathBuf,
    },
    /// There is no key.
    #[error("there is no key in {0}: make one with `senim signer keygen`")]
    NoKey(PathBuf),
    /// There is a key already.
    #[error("there is a key in {0} already; `senim signer rotate` makes the next one")]
    KeyExists(PathBuf),
    /// A key that others may read.
    #[error(
        "others may read {0}: withdraw that (`chmod 600`) and consider the key as known to them (`senim signer rotate`)"
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
    /// A key for cosignatures, or of another log.
    #[error(
        "{path} is a key of {found}, not one that signs the log {origin}: SENIM_INSTANCE differs from when it was made"
    )]
    OtherKey {
        /// Its file.
        path: PathBuf,
        /// The name in it.
        found: String,
        /// The log.
        origin: String,
    },
    /// The state is gone.
    #[error(
        "{0} is gone, so it is not known what was signed; nothing will be. Do not make a new one and restore none from a \
         backup: get the last cosigned checkpoint from the witnesses and run `senim signer adopt <file>`"
    )]
    NoState(PathBuf),
    /// The state cannot be read.
    #[error(
        "{0} is damaged or of another log, so it is not known what was signed; nothing will be. Move it away, get the \
         last cosigned checkpoint from the witnesses and run `senim signer adopt <file>`"
    )]
    BadState(PathBuf),
    /// There is a state, but the key is gone.
    #[error(
        "{0} tells what was signed with a key that is gone; move it away only together with the log's origin"
    )]
    StateOfGoneKey(PathBuf),
    /// There is a state already.
    #[error("{0} is there and whole; a state is adopted only where it is lost")]
    StateExists(PathBuf),
    /// Another process works with it.
    #[error("another signer works with {0}: two must not share a state")]
    Locked(PathBuf),
    /// Keys are not being rotated.
    #[error("there is one key only; `senim signer rotate` makes the next one")]
    NotRotating,
    /// Keys are being rotated already.
    #[error("there are two keys already; `senim signer retire` ends the rotation")]
    Rotating,
    /// A name that no key and no log can have.
    #[error("{0:?} can be no log's name")]
    Origin(String),
    /// The file system.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A former key of the log: checkpoints of before are verified with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// From when on it signs no more.
    pub at: Timestamp,
    /// Its public half.
    pub key: VerifierKey,
}

/// The directory of the signer of one log.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
    origin: String,
}

impl Directory {
    /// The directory `path` for the log `origin`; it need not be there.
    ///
    /// # Errors
    /// [`DirectoryError::InsideDatabase`].
    pub fn new(path: &Path, origin: &str) -> Result<Self, DirectoryError> {
        // What is not there yet lies where the lowest directory that is there leads to.
        let there = path.ancestors().find_map(|above| fs::canonicalize(at_least_here(above)).ok());
        let data =
            there.iter().flat_map(|there| there.ancestors()).find(|above| above.join(POSTGRES_MARK).exists());
        match data {
            Some(data) => {
                Err(DirectoryError::InsideDatabase { path: path.to_owned(), data: data.to_owned() })
            }
            None => Ok(Self { path: path.to_owned(), origin: origin.to_owned() }),
        }
    }

    /// The log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Makes the log's first key of `key`, and the state before anything was signed.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn found(&self, key: &SignerKey) -> Result<(), DirectoryError> {
        self.accept(&self.path, key)?;
        durable::private_directory(&self.path).map_err(self.at(""))?;
        let _held = self.lock("keys.lock")?;
        if self.path.join("key").exists() {
            return Err(DirectoryError::KeyExists(self.path.clone()));
        }
        let fresh = State::fresh(&self.origin).ok_or_else(|| DirectoryError::Origin(self.origin.clone()))?;
        let state = self.path.join("state");
        // A crash between the two leaves the fresh state without a key; any other is of a key that is gone.
        match durable::read(&state, MOST).map_err(self.at("state"))? {
            Some(bytes) if bytes != fresh.to_string().as_bytes() => {
                return Err(DirectoryError::StateOfGoneKey(state));
            }
            _ => durable::replace(&state, fresh.to_string().as_bytes()).map_err(self.at("state"))?,
        }
        durable::create(&self.path.join("key"), key.to_text().expose().as_bytes()).map_err(self.at("key"))
    }

    /// The log's keys: one, or two while they are rotated, the older first.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn keys(&self) -> Result<Vec<SignerKey>, DirectoryError> {
        let first = self.key("key")?.ok_or_else(|| DirectoryError::NoKey(self.path.clone()))?;
        let next = self.key("key.next")?;
        Ok([Some(first), next].into_iter().flatten().collect())
    }

    /// Begins a rotation: from now on every checkpoint has a line of `key` too.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn rotate(&self, key: &SignerKey) -> Result<(), DirectoryError> {
        self.keys()?;
        let path = self.path.join("key.next");
        self.accept(&path, key)?;
        let _held = self.lock("keys.lock")?;
        match durable::create(&path, key.to_text().expose().as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(DirectoryError::Rotating),
            done => done.map_err(self.at("key.next")),
        }
    }

    /// Ends a rotation: the older key is gone, its public half is kept among the retired ones and returned.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn retire(&self, now: Timestamp) -> Result<Retired, DirectoryError> {
        let _held = self.lock("keys.lock")?;
        let keys = self.keys()?;
        let [old, _next] = keys.as_slice() else { return Err(DirectoryError::NotRotating) };
        let retired = Retired { at: now, key: old.verifier().clone() };
        // First the record: a crash behind it leaves both keys, and the next call records the same key only once.
        let mut all = self.retired()?;
        all.retain(|other| other.key != retired.key);
        all.push(retired.clone());
        let text: String = all.iter().map(|one| format!("{} {}\n", one.at, one.key)).collect();
        durable::replace(&self.path.join("retired"), text.as_bytes()).map_err(self.at("retired"))?;
        fs::rename(self.path.join("key.next"), self.path.join("key")).map_err(self.at("key"))?;
        durable::sync_directory(&self.path).map_err(self.at(""))?;
        Ok(retired)
    }

    /// The former keys, in the order of their retirement.
    ///
    /// # Errors
    /// [`DirectoryError::File`]; lines that say nothing are left out.
    pub fn retired(&self) -> Result<Vec<Retired>, DirectoryError> {
        let bytes = durable::read(&self.path.join("retired"), MOST).map_err(self.at("retired"))?;
        let text = String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default();
        let line = |line: &str| {
            let (at, key) = line.split_once(' ')?;
            Some(Retired { at: at.parse().ok()?, key: VerifierKey::parse(key).ok()? })
        };
        Ok(text.lines().filter_map(line).collect())
    }

    /// Keeps every other signer off the state, until the lock is dropped.
    ///
    /// # Errors
    /// [`DirectoryError::Locked`].
    pub(super) fn hold(&self) -> Result<Lock, DirectoryError> {
        self.lock("lock")
    }

    /// What was signed last.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn state(&self) -> Result<State, DirectoryError> {
        let path = self.path.join("state");
        let bytes = durable::read(&path, MOST).map_err(self.at("state"))?;
        let bytes = bytes.ok_or_else(|| DirectoryError::NoState(path.clone()))?;
        State::parse(&bytes)
            .filter(|state| state.origin() == self.origin)
            .ok_or(DirectoryError::BadState(path))
    }

    /// Writes what is being signed. On return it is on the disk.
    pub(super) fn keep(&self, state: &State) -> Result<(), DirectoryError> {
        durable::replace(&self.path.join("state"), state.to_string().as_bytes()).map_err(self.at("state"))
    }

    /// Makes sure that the state is on the disk, whoever wrote it.
    pub(super) fn sync(&self) -> Result<(), DirectoryError> {
        durable::sync(&self.path.join("state")).map_err(self.at("state"))
    }

    /// Takes `state`, which witnesses vouch for, in place of one that is lost.
    ///
    /// # Errors
    /// [`DirectoryError::StateExists`] where none is lost; [`DirectoryError`].
    pub fn adopt(&self, state: &State) -> Result<(), DirectoryError> {
        let _held = self.hold()?;
        self.keys()?;
        match self.state() {
            Err(DirectoryError::NoState(_)) => self.keep(state),
            Ok(_) | Err(DirectoryError::BadState(_)) => {
                Err(DirectoryError::StateExists(self.path.join("state")))
            }
            Err(other) => Err(other),
        }
    }

    fn key(&self, name: &str) -> Result<Option<SignerKey>, DirectoryError> {
        let path = self.path.join(name);
        let Some(bytes) = durable::read(&path, MOST).map_err(self.at(name))? else { return Ok(None) };
        let mode = fs::metadata(&path).map_err(self.at(name))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(DirectoryError::OpenKey(path));
        }
        let text = SecretText::from(String::from_utf8(bytes).unwrap_or_default());
        let trimmed = SecretText::from(text.expose().trim_end().to_owned());
        match SignerKey::parse(&trimmed) {
            Ok(key) => self.accept(&path, &key).map(|()| Some(key)),
            Err(why) => Err(DirectoryError::Key { path, why }),
        }
    }

    fn accept(&self, path: &Path, key: &SignerKey) -> Result<(), DirectoryError> {
        if key.name().as_str() == self.origin && key.kind() == Kind::Note {
            return Ok(());
        }
        let (found, origin) = (key.name().to_string(), self.origin.clone());
        Err(DirectoryError::OtherKey { path: path.to_owned(), found, origin })
    }

    fn lock(&self, name: &str) -> Result<Lock, DirectoryError> {
        let lock = Lock::take(&self.path.join(name)).map_err(self.at(name))?;
        lock.ok_or_else(|| DirectoryError::Locked(self.path.clone()))
    }

    fn at(&self, name: &str) -> impl FnOnce(io::Error) -> DirectoryError + use<> {
        let path = if name.is_empty() { self.path.clone() } else { self.path.join(name) };
        move |source| DirectoryError::File { path, source }
    }
}

/// A relative path's highest ancestor is nothing, which means here.
fn at_least_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}
