//! Which operating-system account the server runs as, and how programs are started as that account.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User, geteuid};

use super::ClusterError;

/// Where system programs are searched if the environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The signal a started program gets when the thread that started it is gone, however it went.
#[derive(Debug, Clone, Copy)]
pub(super) enum OnOurEnd {
    /// `SIGKILL`: what it was doing is worthless without us.
    Kill,
    /// `SIGINT`: PostgreSQL's fast and orderly shutdown.
    Interrupt,
}

/// The account the server runs as.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// Its name, as PostgreSQL's `peer` rule sees it.
    pub name: String,
    /// Its user id.
    pub uid: u32,
    /// Its primary group id.
    pub gid: u32,
    /// Whether programs must be moved to it (we are root) or run as it already.
    dropped: bool,
}

impl Account {
    /// Not root: ourselves. Root: the account asked for, else the owner of the existing data, else `postgres`.
    pub fn choose(wanted: Option<&str>, data: &Path) -> Result<Self, ClusterError> {
        let us = geteuid();
        if !us.is_root() {
            return Self::of(us).map(|account| Self { dropped: false, ..account });
        }
        if let Some(name) = wanted {
            return Self::named(name);
        }
        match fs::metadata(data).map(|found| Uid::from_raw(found.uid())) {
            Ok(owner) if !owner.is_root() => Self::of(owner),
            _ => Self::named("postgres"),
        }
    }

    /// Whether programs run as another account than ours.
    pub fn is_dropped(&self) -> bool {
        self.dropped
    }

    /// The accounts that may enter through the socket: root, us, the server's.
    pub fn entrants(&self) -> Vec<String> {
        let us = User::from_uid(geteuid()).ok().flatten().map(|user| user.name);
        let mut names = vec!["root".to_owned(), "postgres".to_owned(), self.name.clone()];
        names.extend(us);
        names.sort();
        names.dedup();
        names
    }

    /// Whether this account can really write to `dir`, that is, also reach it through all its ancestors.
    pub fn can_write(&self, dir: &Path) -> Result<bool, ClusterError> {
        let mut test = self.command(Path::new("test"), OnOurEnd::Kill);
        test.arg("-w").arg(dir).stdout(Stdio::null()).stderr(Stdio::null());
        test.status().map(|status| status.success()).map_err(no_setpriv)
    }

    /// A command that runs `program` as this account, without any way to gain privileges, with an empty environment
    /// (ours holds secrets), in a process group of its own (Ctrl-C is for us, who then stop it in order).
    pub fn command(&self, program: &Path, on_our_end: OnOurEnd) -> Command {
        let mut command = Command::new("setpriv");
        if self.dropped {
            command.arg(format!("--reuid={}", self.uid));
            command.arg(format!("--regid={}", self.gid));
            command.arg("--clear-groups");
        }
        command.arg("--no-new-privs").arg(match on_our_end {
            OnOurEnd::Kill => "--pdeathsig=KILL",
            OnOurEnd::Interrupt => "--pdeathsig=INT",
        });
        command.arg("--").arg(program);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into()));
        command.env("LC_ALL", "C");
        command.current_dir("/").stdin(Stdio::null()).process_group(0);
        command
    }

    fn named(name: &str) -> Result<Self, ClusterError> {
        match User::from_name(name) {
            Ok(Some(user)) if !user.uid.is_root() => Ok(Self::from(user)),
            _ => Err(ClusterError::NoAccount(name.to_owned())),
        }
    }

    fn of(uid: Uid) -> Result<Self, ClusterError> {
        match User::from_uid(uid) {
            Ok(Some(user)) => Ok(Self::from(user)),
            _ => Err(ClusterError::NoAccount(format!("with user id {uid}"))),
        }
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), dropped: true }
    }
}

/// A failure to start `setpriv`, told apart from its absence.
pub(super) fn no_setpriv(source: io::Error) -> ClusterError {
    match source.kind() {
        io::ErrorKind::NotFound => ClusterError::NoSetpriv,
        _ => ClusterError::Spawn { what: "setpriv".to_owned(), source },
    }
}
