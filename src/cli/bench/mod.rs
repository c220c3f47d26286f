//! `senim bench`: how fast this machine takes reports in, always against a floor measured in the same run.
//!
//! | file | holds |
//! | --- | --- |
//! | `audit` | what the record costs and how fast it is checked |
//! | `bundle` | a large bundle, verified; proofs in its tree |
//! | `export` | the log of the database, written out |
//! | `intake` | the order of measurements and what they mean |
//! | `ground` | the private durable cluster of one run, removed at its end |
//! | `people` | founding: administrators, two desks, their triagers |
//! | `floor` | the same rows by `pgbench` |
//! | `sealing` | the same cryptography by itself |
//! | `server` | the real server as a child process, what it costs |
//! | `load` | clients that send reports and sign in |
//! | `figures` | medians, the table, the line of JSON |

mod audit;
mod bundle;
mod export;
mod figures;
mod floor;
mod ground;
mod intake;
mod load;
mod people;
mod sealing;
mod server;

use std::{io, path::PathBuf};

use clap::{Args, Subcommand};

use crate::{
    cluster::ClusterError,
    config::{ConfigError, Environment},
    crypto::{envelope::SealError, password::BadParams},
    storage::StorageError,
    usecases::Error,
};

/// What can be measured.
#[derive(Debug, Clone, Subcommand)]
pub enum BenchCommand {
    /// Reports over HTTP, against pgbench with the same rows plus the bare sealing
    Intake(IntakeArgs),
    /// The record: its cost at the intake, giving entries their places, comparing, exporting, verifying, proofs
    Audit(AuditArgs),
}

/// How to measure the record.
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// Print one line of JSON instead of sentences
    #[arg(long)]
    pub json: bool,
    /// Seconds of each measurement of the intake
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// Rounds of the intake; its figures are their medians
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,
    /// Leaves that the tree is to gain in the database, pads among them
    #[arg(long, default_value_t = 30_000, value_parser = clap::value_parser!(u64).range(1000..=10_000_000))]
    pub sequenced: u64,
    /// Entries of the bundle that is verified
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(10_000..=100_000_000))]
    pub verified: u64,
}

/// How to measure the intake.
#[derive(Debug, Clone, Args)]
pub struct IntakeArgs {
    /// Print one line of JSON instead of the table
    #[arg(long)]
    pub json: bool,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub seconds: u64,
    /// Rounds; the figures are their medians
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,
    /// Only with so many wrapped keys a report; 4 and 8 otherwise
    #[arg(long, value_parser = ["4", "8"])]
    pub wraps: Option<String>,
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The private cluster.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The settings given.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Founding or sealing by the use cases.
    #[error(transparent)]
    Usecase(#[from] Error),
    /// The password parameters given.
    #[error(transparent)]
    Passwords(#[from] BadParams),
    /// Sealing by itself.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The operating system refused something.
    #[error("{what}: {source}")]
    System {
        /// What was wanted.
        what: String,
        /// Its answer.
        source: io::Error,
    },
    /// No pgbench.
    #[error("pgbench is not to be found ({0}); on Debian and Ubuntu: apt-get install postgresql-contrib")]
    NoPgbench(PathBuf),
    /// pgbench failed or said something unexpected.
    #[error("pgbench: {0}")]
    Pgbench(String),
    /// The server did not come up; its last words.
    #[error("the server did not come up: {0}")]
    Server(String),
    /// Something that must be there after founding is not.
    #[error("{0} is missing after founding")]
    Missing(&'static str),
}

impl BenchError {
    /// Makes an error of the operating system, with what was wanted of it.
    fn system(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::System { what, source }
    }
}

/// Measures and prints. Must be called outside any runtime. `env` is the process's environment; of it only the
/// places of programs and the sizes of pools are used: the cluster is always a private one of this run.
///
/// # Errors
/// [`BenchError`]; a missed budget is no error, it stands in the table.
pub fn run(command: &BenchCommand, env: &Environment) -> Result<(), BenchError> {
    match command {
        BenchCommand::Intake(args) => intake::run(args, env),
        BenchCommand::Audit(args) => audit::run(args, env),
    }
}
