//! How commands fail. Every message is one for the person at the terminal: what is wrong, and what to do.

use std::{io, path::PathBuf, process::ExitCode};

use super::{bench::BenchError, signer, witness};
use crate::{
    audit::verify::Outcome,
    cluster::ClusterError,
    config::{ConfigError, local::LocalError},
    crypto::password::BadParams,
    domain::field_error::FieldError,
    signer as log_signer,
    storage::{StorageError, StorageFault},
    telemetry::TelemetryError,
    usecases::Error,
    web::WebError,
    witness as log_witness,
};

/// The installation is not as it should be.
const FINDING: u8 = 1;
/// It cannot be told or done.
const CANNOT: u8 = 2;
/// The command line, the input or the configuration is wrong.
pub(super) const USAGE: u8 = 64;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The configuration has mistakes; all of them.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What was typed cannot be used.
    #[error("{0}")]
    Usage(String),
    /// The installation is not ready for that; says which command to run first.
    #[error("{0}")]
    NotReady(String),
    /// `senim check` found something, and has printed it.
    #[error("{0} of the checks found something")]
    Found(usize),
    /// `senim check` could not make every check, and has printed which.
    #[error("{0} of the checks could not be made")]
    Unchecked(usize),
    /// `senim keys recover` left cases out, and has printed which.
    #[error("{0} cases were not given")]
    NotRecovered(usize),
    /// `senim audit` did not find the log good, and has printed why.
    #[error("{}", verdict(*.0))]
    Verified(Outcome),
    /// `senim audit receipt` did not find a promise kept, and has printed why.
    #[error("{}", promised(*.0))]
    Promised(Outcome),
    /// `senim audit case` did not find a proof good, and has printed why.
    #[error("{}", proved(*.0))]
    Proved(Outcome),
    /// The log cannot be taken along.
    #[error(transparent)]
    Export(crate::usecases::export_log::ExportError),
    /// `senim audit reconcile` found that tables and record differ, and has printed where.
    #[error("{}", difference(*.0))]
    Reconciled(Outcome),
    /// The local secrets.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// The private cluster.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// An act was refused.
    #[error("{}", refusal(.0))]
    Act(#[from] Error),
    /// The server.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The log.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The signer's keys and state.
    #[error(transparent)]
    Signer(#[from] log_signer::DirectoryError),
    /// The signer's socket.
    #[error(transparent)]
    SignerSocket(#[from] log_signer::ServerError),
    /// A witness's key and state.
    #[error(transparent)]
    Witness(#[from] log_witness::DirectoryError),
    /// A witness's address.
    #[error(transparent)]
    WitnessAddress(#[from] log_witness::ListenError),
    /// The benchmark.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// The cost of passwords.
    #[error(transparent)]
    Passwords(#[from] BadParams),
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operating system refused something else.
    #[error("{what}: {source}")]
    System {
        /// What.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The server ended although nobody stopped it.
    #[error("the server ended by itself; the log says why")]
    Ended,
    /// A file of the configuration has mistakes; all of them were printed.
    #[error("the file was not taken: it has {0} mistakes")]
    Mistakes(usize),
    /// The demo's data is not what it should be.
    #[error("the demo: {0}")]
    Demo(String),
}

impl Failure {
    /// The exit code of DESIGN section 8.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Config(_) | Self::Usage(_) | Self::Mistakes(_) | Self::Act(Error::Invalid(_)) => USAGE,
            Self::Signer(error) if signer::is_usage(error) => USAGE,
            Self::Signer(error) if signer::is_finding(error) => FINDING,
            Self::Witness(error) if witness::is_finding(error) => FINDING,
            Self::NotReady(_) | Self::Found(_) | Self::NotRecovered(_) | Self::Act(Error::NotReady(_)) => {
                FINDING
            }
            Self::Verified(outcome)
            | Self::Promised(outcome)
            | Self::Proved(outcome)
            | Self::Reconciled(outcome) => outcome.exit_code(),
            _ => CANNOT,
        })
    }

    /// A file that could not be used.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// Something the operating system refused.
    pub fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}

impl StorageFault for Failure {
    fn storage(&self) -> Option<&StorageError> {
        match self {
            Self::Storage(error) => Some(error),
            Self::Act(error) => error.storage(),
            _ => None,
        }
    }
}

const fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Good => "the log is good",
        Outcome::PolicyNotMet => "the log is not vouched for as the policy asks",
        Outcome::CannotTell => "it cannot be told whether the log is good",
        Outcome::Finding => "the log is not good",
    }
}

const fn promised(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Good => "the promise is kept",
        Outcome::PolicyNotMet => "the log that the promise is about is not vouched for as the policy asks",
        Outcome::CannotTell => "it cannot be told whether the promise is kept",
        Outcome::Finding => "the promise is broken",
    }
}

const fn proved(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Good => "the history of the case is proved",
        Outcome::PolicyNotMet => "the log that the proof is of is not vouched for as the policy asks",
        Outcome::CannotTell => "it cannot be told whether the history of the case is whole",
        Outcome::Finding => "the history of the case is not as the proof says",
    }
}

const fn difference(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Good => "the tables say what the record says",
        Outcome::PolicyNotMet | Outcome::CannotTell => {
            "it cannot be told whether the tables say what the record says"
        }
        Outcome::Finding => "the tables do not say what the record says",
    }
}

fn refusal(error: &Error) -> String {
    match error {
        Error::Invalid(mistakes) => {
            let told: Vec<String> = mistakes.iter().map(mistake).collect();
            told.join("; ")
        }
        other => other.to_string(),
    }
}

fn mistake(error: &FieldError) -> String {
    let words = match error.code {
        FieldError::REQUIRED => "is missing",
        FieldError::TOO_LONG => "is too long",
        FieldError::TOO_SHORT => "is too short",
        FieldError::TOO_SIMPLE => "is too easy to guess",
        FieldError::TAKEN => "is taken",
        FieldError::NOT_ALLOWED => "is not allowed here",
        FieldError::UNKNOWN => "is not known",
        other => other,
    };
    format!("{} {words}", error.field)
}
