//! Files that a crash leaves whole, old or new: replaced by a rename, synced with their directory, locked for one process.
//!
//! What must not be forgotten by those who answer for the log (the signer, a witness) is on the disk before anybody hears
//! of it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Makes a directory, and those above it, that only its owner may list and change; its group may pass through to names
/// that it knows.
///
/// # Errors
/// What the file system says.
pub fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o710).create(path)
}

/// Writes a file whole, readable by its owner only, in place of what was there. On return it is on the disk under its
/// name; after a crash the file is the old one or the new one. Two writers of one file must not meet.
///
/// # Errors
/// What the file system says. The file may then be the old one or the new one.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = write_aside(path, bytes)?;
    fs::rename(&aside, path)?;
    sync_directory_of(path)
}

/// As [`replace`], but only where there is no such file yet.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], or what the file system says.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = write_aside(path, bytes)?;
    // A link, unlike a rename, never takes the place of what is there.
    let linked = fs::hard_link(&aside, path);
    fs::remove_file(&aside)?;
    linked?;
    sync_directory_of(path)
}

/// Makes sure that a file and its name are on the disk.
///
/// # Errors
/// What the file system says.
pub fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    sync_directory_of(path)
}

/// Makes sure that a directory's names are on the disk, after files in it were moved or removed.
///
/// # Errors
/// What the file system says.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Reads a file of at most `most` bytes; `None` where there is none.
///
/// # Errors
/// What the file system says; [`io::ErrorKind::FileTooLarge`].
pub fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(Some(bytes))
}

/// Keeps a second process out. The kernel lets go of it when the process ends, however that happens.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Takes the lock of this file; `None` where another process holds it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file would do the same.
        let _ = self.0.unlock();
    }
}

fn write_aside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
    name.push(".aside");
    let aside = path.with_file_name(name);
    match fs::remove_file(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(aside)
}

fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_directory(parent),
        _ => sync_directory(Path::new(".")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    struct Here(PathBuf);

    impl Here {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("senim-durable-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            private_directory(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Here {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_is_replaced_whole_and_stays_private() {
        let here = Here::new("replace");
        let path = here.0.join("state");
        assert_eq!(read(&path, 10).unwrap(), None);
        replace(&path, b"one").unwrap();
        // What a crash left half written is no obstacle.
        fs::write(here.0.join("state.aside"), "half").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(read(&path, 3).unwrap().unwrap(), b"two");
        assert_eq!(read(&path, 2).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&here.0).unwrap().count(), 1);
        sync(&path).unwrap();
    }

    #[test]
    fn a_file_is_created_once() {
        let here = Here::new("create");
        let path = here.0.join("key");
        create(&path, b"one").unwrap();
        assert_eq!(create(&path, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(&here.0).unwrap().count(), 1);
    }

    #[test]
    fn a_lock_is_held_by_one_until_it_goes() {
        let here = Here::new("lock");
        let path = here.0.join("lock");
        let held = Lock::take(&path).unwrap().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        drop(held);
        assert!(Lock::take(&path).unwrap().is_some());
    }
}
