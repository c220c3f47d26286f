//! What can go wrong with the private cluster; every message says what to do.

use std::io;
use std::path::PathBuf;

/// Why the private cluster is not there.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No `postgres` and `initdb` were found.
    #[error(
        "no PostgreSQL server was found in {looked}: install it (Debian, Ubuntu: `apt-get install postgresql`; \
         Fedora: `dnf install postgresql-server`; Arch: `pacman -S postgresql`), name its directory in \
         SENIM_PG_BINDIR, or set DATABASE_URL to a server of your own"
    )]
    NoServer {
        /// The places that were searched, for people.
        looked: String,
    },
    /// The server found is older than 15.
    #[error("{path} is PostgreSQL {found}, but 15 or newer is needed")]
    TooOld {
        /// The program.
        path: PathBuf,
        /// Its version as it prints it.
        found: String,
    },
    /// The data directory was made by another major version.
    #[error(
        "{data} was made by PostgreSQL {made_by}, but only version {found} is installed: install {made_by} again, \
         or move the data with pg_dump and a restore"
    )]
    OtherVersion {
        /// The data directory.
        data: PathBuf,
        /// Major version in its `PG_VERSION`.
        made_by: String,
        /// Major version of the program found.
        found: u32,
    },
    /// An operating-system account that is needed does not exist.
    #[error(
        "there is no account `{0}` on this machine: create it, or (as root) name another unprivileged account in \
         SENIM_PG_USER"
    )]
    NoAccount(String),
    /// `setpriv` is missing.
    #[error("`setpriv` was not found: install the package util-linux")]
    NoSetpriv,
    /// A file or directory of the cluster cannot be used.
    #[error("{path}: {source}")]
    Directory {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The unprivileged account cannot reach the directory, nor its replacement.
    #[error("the account `{account}` cannot reach {dir}: move SENIM_HOME to a place it can reach")]
    Unreachable {
        /// The cluster's directory.
        dir: PathBuf,
        /// The account.
        account: String,
    },
    /// A directory for sockets exists but is not safely ours.
    #[error("{0} is not a private directory of the database account: remove it")]
    Squatted(PathBuf),
    /// Another process holds the lock, but its server does not answer.
    #[error("another process holds {0}, but its server does not answer: stop that process first")]
    Busy(PathBuf),
    /// `initdb` failed.
    #[error("the cluster could not be initialised: {0}")]
    Initialise(String),
    /// The server ends again and again at its start.
    #[error("the PostgreSQL server does not start: {0}")]
    Exited(String),
    /// The server lives but does not answer.
    #[error("the PostgreSQL server does not answer; see {0}")]
    Silent(PathBuf),
    /// A database name that is not `[a-z_][a-z0-9_]{0,62}`.
    #[error("`{0}` is not a plain database name")]
    Name(String),
    /// The server refused a statement.
    #[error("the database refused ({code}): {message}")]
    Sql {
        /// SQLSTATE.
        code: String,
        /// The server's primary message.
        message: String,
    },
    /// The connection to the server failed.
    #[error("talking to the database failed: {0}")]
    Talk(#[from] io::Error),
    /// A process or thread could not be started.
    #[error("{what} could not be started: {source}")]
    Spawn {
        /// Which one.
        what: String,
        /// Why.
        source: io::Error,
    },
}

impl ClusterError {
    /// For `map_err`: an i/o error at `path`.
    pub(super) fn at(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Directory { path, source }
    }
}
