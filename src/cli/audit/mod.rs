//! `senim audit`: what an outsider checks, offline, without a database; and whether the database says the same.
//!
//! | file | holds |
//! | --- | --- |
//! | `verify` | the verification of a bundle, and the head that is kept for the next one |
//! | `reconcile` | the tables against the record |
//! | `tarball` | a bundle in a tar file |

mod reconcile;
mod tarball;
mod verify;

pub(in crate::cli) use tarball::Tarball;

use std::path::PathBuf;

use clap::Subcommand;

use super::{
    failure::Failure,
    installation::{Installation, Settings},
};

/// What can be asked of the log.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Verifies a bundle: exit code 0 good, 1 tampering or a rule broken, 2 cannot tell, 3 keys or quorum not met
    Verify(verify::Arguments),
    /// Compares the tables of the database with the record: exit code 0 good, 1 they differ, 2 cannot tell
    Reconcile(reconcile::Arguments),
}

/// Does it; the database is opened only where it is needed.
pub(super) fn run(command: &Command, config: Option<PathBuf>) -> Result<(), Failure> {
    let open = || -> Result<Installation, Failure> { Settings::load(config)?.open() };
    match command {
        Command::Verify(arguments) => verify::run(arguments),
        Command::Reconcile(arguments) => reconcile::run(&open()?, arguments),
    }
}
