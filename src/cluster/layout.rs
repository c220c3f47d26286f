//! The directory of a cluster: what lies where, who owns it, and who holds it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::account::Account;
use super::wire;
use super::{APP_ROLE, ClusterError, OWNER_ROLE};

/// The port in the socket's name; nothing listens on it.
pub(super) const PORT: &str = "5432";
/// Bytes a socket path may have on Linux (`sun_path` is 108 with its terminator).
const SOCKET_PATH_LIMIT: usize = 107;
/// Tries for the lock, 50 ms apart: the holder may be initialising or stopping.
const LOCK_TRIES: u32 = 1200;

/// Where everything of one cluster lies. Absolute paths.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The cluster's directory: ours; the server's account may only pass through it.
    pub base: PathBuf,
    /// PostgreSQL's data directory: the server's.
    pub data: PathBuf,
    /// The directory of the socket: the server's, closed to others.
    pub sockets: PathBuf,
    /// The socket.
    pub socket: PathBuf,
}

/// Who has the cluster.
pub(super) enum Lock {
    /// We: the file holds the lock until it is closed.
    Taken(File),
    /// Another process, and its server answers.
    Adopted,
}

impl Layout {
    /// Creates what is missing and gives the server's account what must be its own.
    pub fn prepare(dir: &Path, account: &Account) -> Result<Self, ClusterError> {
        let mode = if account.is_dropped() { 0o711 } else { 0o700 };
        fs::create_dir_all(dir).map_err(ClusterError::at(dir))?;
        let base = fs::canonicalize(dir).map_err(ClusterError::at(dir))?;
        fs::set_permissions(&base, Permissions::from_mode(mode)).map_err(ClusterError::at(&base))?;
        let (sockets, socket) = socket_places(&base);
        make_private(&sockets, account)?;
        Ok(Self { data: base.join("data"), base, sockets, socket })
    }

    /// Whether there is a whole cluster. It came into its place by one rename, so a part of one cannot be there.
    pub fn is_initialised(&self) -> bool {
        self.data.is_dir()
    }

    /// Takes the lock, or finds that another process has it and its server answers.
    pub fn take_lock(&self) -> Result<Lock, ClusterError> {
        let path = self.base.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = file.map_err(ClusterError::at(&path))?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Lock::Taken(file)),
                Err(TryLockError::WouldBlock) if wire::answers(&self.socket) => return Ok(Lock::Adopted),
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(50)),
                Err(TryLockError::Error(source)) => return Err(ClusterError::Directory { path, source }),
            }
        }
        Err(ClusterError::Busy(path))
    }

    /// Writes who may enter as whom: the `peer` rule asks the kernel who is at the other end of the socket, and only
    /// the listed accounts become one of our two roles. Rewritten at every start, since accounts may change.
    pub fn write_access_files(&self, account: &Account) -> Result<(), ClusterError> {
        let mut ident = String::new();
        for name in account.entrants() {
            let name = name.replace('"', "\"\"");
            for role in [OWNER_ROLE, APP_ROLE] {
                ident.push_str(&format!("senim \"{name}\" {role}\n"));
            }
        }
        self.write("hba.conf", "local all all peer map=senim\n")?;
        self.write("ident.conf", &ident)
    }

    /// The host part of a connection URL: the percent-encoded directory of the socket.
    pub fn url_host(&self) -> String {
        let mut host = String::new();
        for byte in self.sockets.as_os_str().as_bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => host.push(char::from(*byte)),
                _ => host.push_str(&format!("%{byte:02X}")),
            }
        }
        host
    }

    /// Leaves no empty directory behind outside the cluster's own. Called when the server is gone.
    pub fn remove_short_sockets(&self) {
        if !self.sockets.starts_with(&self.base)
            && let Err(error) = fs::remove_dir(&self.sockets)
        {
            tracing::debug!(%error, "the directory of the socket stays");
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), ClusterError> {
        let path = self.base.join(name);
        fs::write(&path, text)
            .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o644)))
            .map_err(ClusterError::at(&path))
    }
}

/// Where a cluster lives that root wanted in a place its account cannot reach: a directory per wanted place, so that
/// two instances never meet in one.
pub(super) fn replacement_for(wanted: &Path) -> PathBuf {
    let wanted = fs::canonicalize(wanted).or_else(|_| std::path::absolute(wanted));
    let name = wanted.map(|path| short_hash(&path)).unwrap_or_default();
    Path::new("/var/lib/senim").join(name).join("pg")
}

/// The socket's directory and the socket: beside the data, or, where that path is too long for a socket, in a short
/// private directory named after it.
fn socket_places(base: &Path) -> (PathBuf, PathBuf) {
    let name = format!(".s.PGSQL.{PORT}");
    let beside = base.join("sock");
    if beside.join(&name).as_os_str().len() <= SOCKET_PATH_LIMIT {
        return (beside.clone(), beside.join(name));
    }
    let short = std::env::temp_dir().join(format!("senim-{}", short_hash(base)));
    (short.clone(), short.join(name))
}

/// Makes `dir` a directory only `account` (and root) can enter. One that exists may have been put there by somebody
/// else (it can lie in a directory open to all), so it is used only if it is safely ours.
pub(super) fn make_private(dir: &Path, account: &Account) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) if account.is_dropped() => {
            chown(dir, Some(account.uid), Some(account.gid)).map_err(ClusterError::at(dir))
        }
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(dir).map_err(ClusterError::at(dir))?;
            let ours = found.is_dir() && found.uid() == account.uid && found.mode() & 0o077 == 0;
            if ours { Ok(()) } else { Err(ClusterError::Squatted(dir.to_owned())) }
        }
        Err(source) => Err(ClusterError::Directory { path: dir.to_owned(), source }),
    }
}

fn short_hash(path: &Path) -> String {
    let hash = Sha256::digest(path.as_os_str().as_bytes());
    HEXLOWER.encode(hash.as_slice()).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_gets_a_short_socket() {
        let (dir, socket) = socket_places(Path::new("/srv/senim/pg"));
        assert_eq!(dir, Path::new("/srv/senim/pg/sock"));
        assert_eq!(socket, Path::new("/srv/senim/pg/sock/.s.PGSQL.5432"));
        let deep = PathBuf::from(format!("/srv/{}", "deep/".repeat(30)));
        let (dir, socket) = socket_places(&deep);
        assert!(dir.starts_with(std::env::temp_dir()));
        assert!(socket.as_os_str().len() <= SOCKET_PATH_LIMIT);
        assert_ne!(dir, socket_places(&deep.join("other")).0);
    }

    #[test]
    fn the_url_encodes_the_directory() {
        let base = PathBuf::from("/srv/my home/ә");
        let layout =
            Layout { data: base.join("data"), sockets: base.join("sock"), socket: base.join("sock/s"), base };
        assert_eq!(layout.url_host(), "%2Fsrv%2Fmy%20home%2F%D3%99%2Fsock");
    }

    #[test]
    fn replacements_differ_by_place() {
        let one = replacement_for(Path::new("/nowhere/a"));
        assert!(one.starts_with("/var/lib/senim"));
        assert_ne!(one, replacement_for(Path::new("/nowhere/b")));
    }
}
