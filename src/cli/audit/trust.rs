//! What an outsider goes by: whose keys and founders they trust, and at which pace the log moves.

use std::{fs, path::PathBuf};

use clap::Args;

use crate::{
    audit::verify::{Asked, Pace, founding_keys},
    cli::failure::Failure,
    crypto::sign::VerifyingKey,
};

/// The options of every command that verifies.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The policy that you trust: whose keys sign, which witnesses make a quorum (C2SP tlog-policy)
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The founding administrators' keys that you trust, one a line, hexadecimal
    #[arg(long, value_name = "FILE")]
    genesis: Option<PathBuf>,
    /// Length of an epoch of this log, seconds
    #[arg(long, default_value_t = Pace::default().epoch, value_name = "SECONDS")]
    epoch: u64,
    /// How long an entry of this log may wait before it is in the tree, seconds
    #[arg(long, default_value_t = Pace::default().mmd, value_name = "SECONDS")]
    mmd: u64,
    /// Length of this log's day, seconds; a demonstration shortens it
    #[arg(long, default_value_t = Pace::default().day, value_name = "SECONDS")]
    day: u64,
    /// Leaves that an epoch of this log adds
    #[arg(long, default_value_t = Pace::default().quantum, value_name = "LEAVES")]
    quantum: u64,
}

/// The same, read.
pub(super) struct Trust {
    policy: Option<Vec<u8>>,
    genesis: Option<Vec<VerifyingKey>>,
    pace: Pace,
}

impl Options {
    /// Reads the files.
    pub fn read(&self) -> Result<Trust, Failure> {
        let policy =
            self.policy.as_ref().map(|path| fs::read(path).map_err(Failure::file(path))).transpose()?;
        let genesis = match &self.genesis {
            Some(path) => Some(founding_keys(&fs::read_to_string(path).map_err(Failure::file(path))?)),
            None => None,
        };
        let pace = Pace { epoch: self.epoch, mmd: self.mmd, day: self.day, quantum: self.quantum };
        Ok(Trust { policy, genesis, pace })
    }
}

impl Trust {
    /// What a verification goes by.
    pub fn asked(&self) -> Asked<'_> {
        let (policy, genesis) = (self.policy.as_deref(), self.genesis.as_deref());
        Asked { policy, remembered: None, genesis, pace: self.pace }
    }
}
