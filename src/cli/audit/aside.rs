//! A file that is there whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::{cli::failure::Failure, durable};

/// A file beside its place, which it takes when it is whole; removed where it never is.
pub(super) struct Aside<'p> {
    place: &'p Path,
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl<'p> Aside<'p> {
    /// Begins a file that only its owner may read.
    pub fn create(place: &'p Path) -> Result<Self, Failure> {
        let mut name = place
            .file_name()
            .ok_or(io::ErrorKind::InvalidFilename)
            .map_err(|kind| Failure::file(place)(kind.into()))?
            .to_owned();
        name.push(format!(".{}.unfinished", std::process::id()));
        let path = place.with_file_name(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = BufWriter::with_capacity(1 << 20, file.map_err(Failure::file(&path))?);
        Ok(Self { place, path, file: Some(file) })
    }

    /// Appends bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes));
        written.map_err(Failure::file(&self.path))
    }

    /// Puts the whole file, on the disk, into its place.
    pub fn keep(mut self) -> Result<(), Failure> {
        let done = self.file.take().map_or(Ok(()), |file| {
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            fs::rename(&self.path, self.place)?;
            durable::sync(self.place)
        });
        let kept = done.map_err(Failure::file(self.place));
        if kept.is_err() {
            // It may have its name already; then there is nothing beside it.
            let _ = fs::remove_file(&self.path);
        }
        kept
    }
}

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Whatever went wrong is told already; a rest without a use is not worth another complaint.
            let _ = fs::remove_file(&self.path);
        }
    }
}
