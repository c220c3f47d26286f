//! `senim audit`: what an outsider checks, offline, without a database.
//!
//! | file | holds |
//! | --- | --- |
//! | `verify` | the verification of a bundle, and the head that is kept for the next one |
//! | `tarball` | a bundle in a tar file |
//! | `receipt` | whether what a reporter was promised is in the log |
//! | `folder` | a copy of the public files |

mod folder;
mod receipt;
mod tarball;
mod verify;

use clap::Subcommand;

use super::failure::Failure;

/// What can be asked of the log.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Verifies a bundle: exit code 0 good, 1 tampering or a rule broken, 2 cannot tell, 3 keys or quorum not met
    Verify(verify::Arguments),
    /// Whether a promise from the mailbox is kept: exit code 0 the record is in the log, 1 the promise is broken,
    /// 2 cannot tell, 3 keys or quorum not met
    Receipt(receipt::Arguments),
}

/// Does it.
pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Verify(arguments) => verify::run(arguments),
        Command::Receipt(arguments) => receipt::run(arguments),
    }
}
