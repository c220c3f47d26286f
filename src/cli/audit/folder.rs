//! A copy of the log's public files in a directory.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use crate::audit::verify::{Entries, Source, Unreadable};

/// The largest file that is read, bytes.
const LARGEST: u64 = 64 << 20;

/// The directory.
pub(super) struct Folder(pub PathBuf);

impl Source for Folder {
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let unreadable = |error: io::Error| Unreadable(format!("{path}: {error}"));
        let file = match File::open(self.0.join(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let mut bytes = Vec::new();
        let read = file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if u64::try_from(read).unwrap_or(u64::MAX) > LARGEST {
            return Err(Unreadable(format!("{path} is larger than {LARGEST} bytes")));
        }
        Ok(Some(bytes))
    }

    fn list(&self, _folder: &str) -> Vec<String> {
        Vec::new()
    }

    fn entries(&self) -> Result<Entries<'_>, Unreadable> {
        Err(Unreadable("the public files hold no entries".to_owned()))
    }
}
