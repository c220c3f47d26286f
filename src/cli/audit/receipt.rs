//! `senim audit receipt`: whether what a reporter was promised is in the log.

use std::{fs, path::PathBuf};

use clap::Args;

use super::{folder::Folder, verify::print};
use crate::{
    audit::verify::{AskedPromise, Outcome, verify_promise},
    cli::{failure::Failure, output::say},
};

/// The promise, and where the log is.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file from the mailbox
    promise: PathBuf,
    /// A copy of the log's public files, all of them: checkpoint, keys, policy, tile/…
    #[arg(long, value_name = "DIR")]
    files: PathBuf,
    /// The policy that you trust, instead of the copy's own
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The keys that you trust, one a line, instead of the copy's own
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Prints one line of JSON instead of sentences
    #[arg(long)]
    json: bool,
}

/// Checks and prints.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let read = |path: &PathBuf| fs::read(path).map_err(Failure::file(path));
    let promise = read(&arguments.promise)?;
    let policy = arguments.policy.as_ref().map(read).transpose()?;
    let keys = arguments.keys.as_ref().map(read).transpose()?;
    let asked = AskedPromise { promise: &promise, policy: policy.as_deref(), keys: keys.as_deref() };
    let promised = verify_promise(&Folder(arguments.files.clone()), &asked);
    if arguments.json {
        say(promised.to_json());
    } else {
        print(&promised.report, false);
    }
    match promised.report.outcome() {
        Outcome::Good => Ok(()),
        other => Err(Failure::Promised(other)),
    }
}
