//! `senim audit`: the log as a file, and what an outsider checks in it, offline, without a database.
//!
//! | file | holds |
//! | --- | --- |
//! | `export` | the whole log of an installation as a bundle; the only one that needs the database |
//! | `verify` | the verification of a bundle, and the head that is kept for the next one |
//! | `consistency` | whether one head extends another |
//! | `tarball` | a bundle in a tar file |
//! | `progress` | how far long work has come |

mod consistency;
mod export;
mod progress;
mod tarball;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;

use super::failure::Failure;

/// What can be asked of the log.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Writes the whole log at a signed head into a file that anybody can verify; exit code 2 where no head is signed
    Export(export::Arguments),
    /// Verifies a bundle: exit code 0 good, 1 tampering or a rule broken, 2 cannot tell, 3 keys or quorum not met
    Verify(verify::Arguments),
    /// Says whether a newer head extends an older one, from the tiles of the newer bundle; the same exit codes
    Consistency(consistency::Arguments),
}

/// Does it.
pub(super) fn run(command: &Command, config: Option<PathBuf>) -> Result<(), Failure> {
    match command {
        Command::Export(arguments) => export::run(arguments, config),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Consistency(arguments) => consistency::run(arguments),
    }
}
