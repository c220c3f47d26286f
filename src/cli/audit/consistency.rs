//! `senim audit consistency`.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::Args;

use super::verify;
use crate::{
    audit::{
        note::MAX_BYTES,
        verify::{Entries, Outcome, Source, Unreadable, extension},
    },
    cli::failure::Failure,
    usecases::tarball::Tarball,
};

/// Which heads are compared.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The older head: a checkpoint, a bundle that holds one, or the three lines of a printed sheet (the log's name, the
    /// number of entries, the root)
    old: PathBuf,
    /// The newer head: a bundle with its tiles, or a checkpoint where both are of one size
    new: PathBuf,
    /// The policy that you trust: whose keys sign, which witnesses make a quorum (C2SP tlog-policy)
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Prints one line of JSON instead of sentences
    #[arg(long)]
    json: bool,
}

/// A head and, where it came in a bundle, its tiles.
struct Head {
    checkpoint: Vec<u8>,
    bundle: Option<Tarball>,
}

/// Compares and prints.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (old, new) = (Head::read(&arguments.old)?, Head::read(&arguments.new)?);
    let policy =
        arguments.policy.as_ref().map(|path| fs::read(path).map_err(Failure::file(path))).transpose()?;
    let report = extension(&old.checkpoint, &new.checkpoint, &new, policy.as_deref());
    verify::print(&report, arguments.json);
    match report.outcome() {
        Outcome::Good => Ok(()),
        other => Err(Failure::Verified(other)),
    }
}

impl Head {
    /// Reads a checkpoint, whose lines are text and short; else a bundle.
    fn read(path: &Path) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map_err(Failure::file(path))?;
        if bytes.len() <= MAX_BYTES && !bytes.contains(&0) {
            return Ok(Self { checkpoint: bytes, bundle: None });
        }
        let bundle = Tarball::open(path).map_err(Failure::file(path))?;
        let missing = || io::Error::new(io::ErrorKind::NotFound, "it holds no checkpoint");
        let found = bundle.file("checkpoint").map_err(io::Error::other);
        let checkpoint = found.and_then(|found| found.ok_or_else(missing)).map_err(Failure::file(path))?;
        Ok(Self { checkpoint, bundle: Some(bundle) })
    }
}

impl Source for Head {
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        self.bundle.as_ref().map_or(Ok(None), |bundle| bundle.file(path))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.bundle.as_ref().map_or_else(Vec::new, |bundle| bundle.list(folder))
    }

    fn entries(&self) -> Result<Entries<'_>, Unreadable> {
        let none = || Unreadable("there is no bundle".to_owned());
        self.bundle.as_ref().ok_or_else(none)?.entries()
    }
}
