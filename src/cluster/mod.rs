//! The private PostgreSQL cluster that the binary keeps where no `DATABASE_URL` is given.
//!
//! One directory holds everything: `data/` (the cluster), `sock/` (its only entrance, a Unix socket; there is no TCP
//! port), `lock` (held by the process that runs it), `hba.conf` and `ident.conf` (who may enter as whom), `start.log`
//! (what the server said before its own log began).
//!
//! What holds whatever happens:
//!
//! - a cluster is either wholly initialised or not there (`initialise.rs` renames it into place);
//! - the server ends with the process that started it, also when that is killed with -9 (`setpriv --pdeathsig`), and
//!   a cluster whose server was killed too recovers at the next start;
//! - a second process finds the lock held and the socket answering, and uses the same server without owning it;
//! - started as root, the server runs as an unprivileged account and cannot gain privileges.

mod account;
mod binaries;
mod error;
mod initialise;
mod layout;
mod server;
mod wire;

use std::fs::File;
use std::path::{Path, PathBuf};

use account::Account;
use binaries::Binaries;
pub use error::ClusterError;
use layout::{Layout, Lock};
use server::{Launch, Server};
use wire::Link;

use crate::config::Config;

/// The role that owns the schema and runs migrations: superuser of the private cluster.
pub const OWNER_ROLE: &str = "senim_owner";
/// The role the application works as: it may log in and holds only what migrations grant it.
pub const APP_ROLE: &str = "senim_app";

/// Where and how the private cluster runs.
#[derive(Debug, Clone)]
pub struct ClusterConfig {
    /// The cluster's own directory; created where missing. Started as root, another place is taken where the
    /// unprivileged account cannot reach this one (see [`Cluster::directory`]).
    pub dir: PathBuf,
    /// `true`: every commit is on the disk before it is answered. `false` is for tests only: a power cut loses data.
    pub durable: bool,
    /// The directory with `postgres` and `initdb`; searched for where `None`.
    pub bin_dir: Option<PathBuf>,
    /// Started as root: the account to run as. `None`: the owner of the existing data, else `postgres`.
    pub run_as: Option<String>,
}

impl ClusterConfig {
    /// The cluster of an instance: `pg` under its home, durable.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            dir: config.home.join("pg"),
            durable: true,
            bin_dir: config.database.bin_dir.clone(),
            run_as: config.database.run_as.clone(),
        }
    }
}

/// A running private cluster, started by this process or adopted from another one of the same directory.
///
/// Dropping it stops the server if this process started it.
#[derive(Debug)]
pub struct Cluster {
    layout: Layout,
    /// `None`: adopted.
    server: Option<Server>,
    /// Kept open as long as this process owns the cluster; the kernel releases it with the process.
    _lock: Option<File>,
}

impl Cluster {
    /// Initialises the cluster where there is none, starts its server, and returns when it answers.
    ///
    /// Blocks (cold about a second, warm under 0.2 s, longer while a killed server recovers), so it is called before
    /// any runtime. The server's parent is a thread of its own, so the caller's thread may end.
    ///
    /// # Errors
    /// Everything of [`ClusterError`]; each says what to do about it.
    pub fn start(config: &ClusterConfig) -> Result<Self, ClusterError> {
        let (account, layout) = place(config)?;
        match layout.take_lock()? {
            Lock::Adopted => Ok(Self { layout, server: None, _lock: None }),
            Lock::Taken(lock) => {
                let binaries = Binaries::find(config.bin_dir.as_deref(), &layout.data)?;
                if !layout.is_initialised() {
                    initialise::run(&binaries, &account, &layout, config.durable)?;
                }
                layout.write_access_files(&account)?;
                let launch = Launch { binaries, account, layout: layout.clone(), durable: config.durable };
                let server = Server::start(launch)?;
                Ok(Self { layout, server: Some(server), _lock: Some(lock) })
            }
        }
    }

    /// The connection URL of `database` for [`OWNER_ROLE`]. Holds no password: the socket knows who asks.
    #[must_use]
    pub fn owner_url(&self, database: &str) -> String {
        self.url(OWNER_ROLE, database)
    }

    /// The connection URL of `database` for [`APP_ROLE`]. Holds no password: the socket knows who asks.
    #[must_use]
    pub fn app_url(&self, database: &str) -> String {
        self.url(APP_ROLE, database)
    }

    /// The directory really used: that of the configuration, or its replacement where the unprivileged account
    /// could not reach it.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.layout.base
    }

    /// Whether another process owns the server; it then ends with that process, not with this value.
    #[must_use]
    pub fn is_adopted(&self) -> bool {
        self.server.is_none()
    }

    /// Creates `database` (owned by [`OWNER_ROLE`]) where it is missing. Blocks.
    ///
    /// # Errors
    /// [`ClusterError::Name`] unless the name is `[a-z_][a-z0-9_]{0,62}`; [`ClusterError::Sql`] and
    /// [`ClusterError::Talk`] from the server.
    pub fn ensure_database(&self, database: &str) -> Result<(), ClusterError> {
        /// `duplicate_database`: somebody else was faster.
        const DUPLICATE: &str = "42P04";
        if !is_plain_name(database) {
            return Err(ClusterError::Name(database.to_owned()));
        }
        let known = format!("SELECT 1 FROM pg_database WHERE datname = '{database}'");
        if self.execute("postgres", &known)? > 0 {
            return Ok(());
        }
        match self.execute("postgres", &format!("CREATE DATABASE {database}")) {
            Err(ClusterError::Sql { code, .. }) if code == DUPLICATE => Ok(()),
            other => other.map(drop),
        }
    }

    /// Runs administrative SQL (databases, roles; never anybody's data) as [`OWNER_ROLE`] in `database`; returns the
    /// number of rows it returned. Blocks.
    ///
    /// # Errors
    /// [`ClusterError::Sql`] with the server's code and message, [`ClusterError::Talk`] where the connection fails.
    pub fn execute(&self, database: &str, sql: &str) -> Result<usize, ClusterError> {
        Link::open(&self.layout.socket, OWNER_ROLE, database)?.query(sql)
    }

    /// Stops the server if this process started it: sessions are ended, what was committed is on the disk, and the
    /// call returns when the server is gone.
    pub fn stop(self) {
        drop(self);
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@{}/{database}", self.layout.url_host())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Before the lock goes (a field is dropped after this): nobody may start while the server still ends.
        if let Some(server) = self.server.take() {
            server.stop();
            self.layout.remove_short_sockets();
        }
    }
}

/// The account to run as and the directory to run in: the configured one, or, as root, one the account can reach.
fn place(config: &ClusterConfig) -> Result<(Account, Layout), ClusterError> {
    let wanted = Account::choose(config.run_as.as_deref(), &config.dir.join("data"))?;
    let refused = match Layout::prepare(&config.dir, &wanted) {
        Ok(layout) if wanted.can_write(&layout.sockets)? => return Ok((wanted, layout)),
        Ok(layout) => ClusterError::Unreachable { dir: layout.base, account: wanted.name.clone() },
        Err(error) => error,
    };
    if !wanted.is_dropped() {
        return Err(refused);
    }
    let dir = layout::replacement_for(&config.dir);
    let account = Account::choose(config.run_as.as_deref(), &dir.join("data"))?;
    let layout = Layout::prepare(&dir, &account)?;
    if !account.can_write(&layout.sockets)? {
        return Err(refused);
    }
    tracing::warn!(wanted = %config.dir.display(), used = %layout.base.display(), account = %account.name,
        "the database account cannot reach the wanted directory; the cluster lives elsewhere");
    Ok((account, layout))
}

fn is_plain_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c == '_';
    name.len() <= 63 && name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_become_databases() {
        assert!(is_plain_name("senim"));
        assert!(is_plain_name("t_0af3"));
        for bad in ["", "1a", "Senim", "a-b", "a\"b", "a'b", &"x".repeat(64)] {
            assert!(!is_plain_name(bad), "{bad}");
        }
    }
}
