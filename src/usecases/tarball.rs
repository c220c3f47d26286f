//! A bundle in a tar file, read in place: only the file that is asked for is ever in memory.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
    os::unix::fs::FileExt,
    path::Path,
};

use crate::audit::{
    entry::MAX_BYTES,
    verify::{Entries, Source, Unreadable},
};

/// Where the entries stand, one a line.
const ENTRIES: &str = "private/entries.jsonl";
/// The largest other file that is read, bytes.
const LARGEST: u64 = 64 << 20;

/// An opened bundle.
pub struct Tarball {
    file: File,
    /// Place and length of each file.
    files: BTreeMap<String, (u64, u64)>,
}

impl Tarball {
    /// Opens a bundle and reads where its files stand.
    ///
    /// # Errors
    /// Where it cannot be read, is no whole tar file, or holds a name twice.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::read(File::open(path)?)
    }

    /// The same, of a file that is open, read from its beginning.
    ///
    /// # Errors
    /// As for [`Self::open`].
    pub fn read(file: File) -> io::Result<Self> {
        (&file).rewind()?;
        let length = file.metadata()?.len();
        let mut archive = tar::Archive::new(&file);
        let mut files = BTreeMap::new();
        for entry in archive.entries_with_seek().map_err(broken)? {
            let entry = entry.map_err(broken)?;
            let place = (entry.raw_file_position(), entry.size());
            // The archive is read by leaps, and a leap behind the end looks like the end.
            if place.0.saturating_add(place.1) > length {
                return Err(broken(io::ErrorKind::UnexpectedEof.into()));
            }
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if files.insert(name.clone(), place).is_some() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it holds {name} twice")));
            }
        }
        Ok(Self { file, files })
    }

    /// A file inside.
    fn part(&self, path: &str) -> Option<Part<'_>> {
        let (position, left) = *self.files.get(path)?;
        Some(Part { file: &self.file, position, left })
    }
}

fn broken(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("it is no whole tar file ({error}); fetch it anew"))
}

/// A part of a file, wherever others read it.
struct Part<'f> {
    file: &'f File,
    position: u64,
    left: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let (buffer, _) = buffer.split_at_mut(most);
        let read = self.file.read_at(buffer, self.position)?;
        let step = u64::try_from(read).map_err(io::Error::other)?;
        self.position = self.position.saturating_add(step);
        self.left = self.left.saturating_sub(step);
        Ok(read)
    }
}

fn unreadable(path: &str) -> impl Fn(io::Error) -> Unreadable {
    move |error| Unreadable(format!("{path}: {error}"))
}

impl Source for Tarball {
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        if self.files.get(path).is_some_and(|(_, length)| *length > LARGEST) {
            return Err(Unreadable(format!("{path} is larger than {LARGEST} bytes")));
        }
        let Some(mut part) = self.part(path) else { return Ok(None) };
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).map_err(unreadable(path))?;
        Ok(Some(bytes))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let inside = format!("{folder}/");
        self.files.keys().filter(|path| path.starts_with(&inside)).cloned().collect()
    }

    fn entries(&self) -> Result<Entries<'_>, Unreadable> {
        let part = self.part(ENTRIES).ok_or_else(|| Unreadable(format!("{ENTRIES} is missing")))?;
        Ok(Box::new(Lines { reader: BufReader::with_capacity(1 << 20, part), ended: false }))
    }
}

/// Lines of at most [`MAX_BYTES`].
struct Lines<'f> {
    reader: BufReader<Part<'f>>,
    ended: bool,
}

impl Iterator for Lines<'_> {
    type Item = Result<Vec<u8>, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut line = Vec::new();
        let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        match (&mut self.reader).take(most).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => {
                if line.pop_if(|last| *last == b'\n').is_none() && line.len() > MAX_BYTES {
                    self.ended = true;
                    return Some(Err(Unreadable(format!(
                        "{ENTRIES} holds a line of more than {MAX_BYTES} bytes"
                    ))));
                }
                Some(Ok(line))
            }
            Err(error) => {
                self.ended = true;
                Some(Err(unreadable(ENTRIES)(error)))
            }
        }
    }
}
