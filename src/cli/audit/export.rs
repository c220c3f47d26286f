//! `senim audit export`.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use super::progress;
use crate::{
    cli::{failure::Failure, installation::Settings, output::say},
    durable,
    usecases::export_log::{Asker, ExportError, LogExport, export_log},
};

/// What is taken along, and where to.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file to be written; one that is there is replaced when the new one is whole
    #[arg(long, value_name = "FILE.tar")]
    out: PathBuf,
    /// The number of entries of a signed head [default: the newest head]
    #[arg(long, value_name = "N")]
    size: Option<u64>,
    /// Prints one line of JSON instead of a sentence
    #[arg(long)]
    json: bool,
}

/// Writes the bundle and says what it is of.
pub(super) fn run(arguments: &Arguments, config: Option<PathBuf>) -> Result<(), Failure> {
    let installation = Settings::load(config)?.open()?;
    let log = &installation.config().log;
    let out = &arguments.out;
    let export = installation.act(async |ctx| {
        let mut export = export_log(ctx, log, Asker::Operator, arguments.size).await?;
        let mut aside = Aside::create(out)?;
        let bar = progress::bytes(export.length(), arguments.json);
        while let Some(bytes) = export.next(ctx).await? {
            aside.write(&bytes)?;
            bar.inc(u64::try_from(bytes.len()).unwrap_or(0));
        }
        bar.finish_and_clear();
        aside.keep()?;
        Ok(export)
    })?;
    tell(&export, arguments);
    Ok(())
}

fn tell(export: &LogExport, arguments: &Arguments) {
    let (head, file) = (export.head(), arguments.out.display());
    if arguments.json {
        return say(json!({
            "file": file.to_string(),
            "bytes": export.length(),
            "origin": export.origin(),
            "size": head.size,
            "root": head.root.hex(),
        }));
    }
    say(format_args!(
        "{file}: {} with {} entries, signed at {}, root {}",
        export.origin(),
        head.size,
        export.made_at(),
        head.root.hex()
    ));
    say(
        "It holds every entry of the record: give it to auditors and courts only. Check it with `senim audit verify`.",
    );
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Act(error) => error.into(),
            other => Self::Export(other),
        }
    }
}

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
