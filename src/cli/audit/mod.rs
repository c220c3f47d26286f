//! `senim audit`: the log as a file, what an outsider checks in it, offline, without a database; and whether the database
//! says the same.
//!
//! | file | holds |
//! | --- | --- |
//! | `export` | the whole log of an installation as a bundle |
//! | `case` | the proof that one case's history is whole: made from the database, or checked without one |
//! | `verify` | the verification of a bundle, and the head that is kept for the next one |
//! | `consistency` | whether one head extends another |
//! | `receipt` | whether what a reporter was promised is in the log |
//! | `folder` | a copy of the public files |
//! | `reconcile` | the tables against the record |
//! | `trust` | whose keys an outsider trusts, and the log's pace |
//! | `aside`, `progress` | files that are whole or not there; how far long work has come |

mod aside;
mod case;
mod consistency;
mod export;
mod folder;
mod progress;
mod receipt;
mod reconcile;
mod trust;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;

use super::{failure::Failure, installation::Settings};

/// What can be asked of the log.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Writes the whole log at a signed head into a file that anybody can verify; exit code 2 where no head is signed
    Export(export::Arguments),
    /// Verifies a bundle: exit code 0 good, 1 tampering or a rule broken, 2 cannot tell, 3 keys or quorum not met
    Verify(verify::Arguments),
    /// Writes the proof that one case's history is whole, or checks one without a database: exit code 0 good, 1 tampering or
    /// a rule broken, 2 cannot tell, 3 keys or quorum not met
    Case(case::Arguments),
    /// Says whether a newer head extends an older one, from the tiles of the newer bundle; the same exit codes
    Consistency(consistency::Arguments),
    /// Whether a promise from the mailbox is kept: exit code 0 the record is in the log, 1 the promise is broken,
    /// 2 cannot tell, 3 keys or quorum not met
    Receipt(receipt::Arguments),
    /// Compares the tables of the database with the record: exit code 0 good, 1 they differ, 2 cannot tell
    Reconcile(reconcile::Arguments),
}

/// Does it.
pub(super) fn run(command: &Command, config: Option<PathBuf>) -> Result<(), Failure> {
    match command {
        Command::Export(arguments) => export::run(arguments, config),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Case(arguments) => case::run(arguments, config),
        Command::Consistency(arguments) => consistency::run(arguments),
        Command::Receipt(arguments) => receipt::run(arguments),
        Command::Reconcile(arguments) => reconcile::run(&Settings::load(config)?.open()?, arguments),
    }
}
