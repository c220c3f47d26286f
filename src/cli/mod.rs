//! The command line: one file per noun.
//!
//! | file | holds |
//! | --- | --- |
//! | `installation` | the start that all commands share: secrets, configuration, log, cluster, database |
//! | `serve`, `work`, `demo`, `signer`, `witness` | what runs until it is stopped |
//! | `migrate`, `check`, `staff`, `keys`, `config`, `mail`, `openapi` | what runs and ends |
//! | `audit` | the log as a file, and what an outsider does with it: no configuration, no database |
//! | `workflow` | the table of transitions as a picture |
//! | `bench` | how fast this machine is, against a floor measured in the same run |
//! | `failure` | how commands fail, and the exit codes |
//! | `agree`, `prompt`, `output`, `hardening`, `database_url`, `names`, `ceremony`, `recover`, `sheets`, `signals` | what several of them need |
//!
//! Exit codes (DESIGN section 8): 0 good; 1 a finding: the installation is not as it should be; 2 it cannot be told or
//! done; 3 the keys or the quorum of the policy are not there; 64 the command line, what was typed, or the configuration is wrong.
//!
//! To add a command: a file here and an arm in `Command`.

mod agree;
mod audit;
pub mod bench;
mod ceremony;
mod check;
mod config;
mod config_mistake;
mod database_url;
mod demo;
mod failure;
mod hardening;
mod installation;
mod keys;
mod mail;
mod migrate;
mod names;
mod openapi;
mod output;
mod prompt;
mod recover;
mod serve;
mod sheets;
mod signals;
mod signer;
mod staff;
mod witness;
mod work;
mod workflow;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use failure::{Failure, USAGE};
use installation::Settings;

use crate::config::process_environment;

/// Takes in anonymous reports of corruption and keeps a record that an outsider can check.
#[derive(Parser)]
#[command(name = "senim", version)]
struct Cli {
    /// The configuration file [default: senim.toml in the home directory, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves pages and the API until it is stopped
    Serve,
    /// Serves an installation filled with invented bodies, staff and reports
    Demo(demo::Arguments),
    /// Does background work only, beside servers with SENIM_WORKER_IN_SERVER=false
    Work,
    /// Signs the log, and nothing but extensions of it; makes, rotates and retires its keys
    Signer(signer::Arguments),
    /// Cosigns logs of others as they grow; makes the key for it
    Witness(witness::Arguments),
    /// Brings the database up to this version
    Migrate,
    /// Verifies the installation: database, directory, keys, cases, queue
    Check,
    /// Founds the instance; invites, lists and disables staff
    #[command(subcommand)]
    Staff(staff::Command),
    /// Proposes bodies, desks and routing rules, shows what is in force, says where a report would go
    #[command(subcommand)]
    Config(config::Command),
    /// Makes a desk's recovery key, and opens the desk's cases with it
    #[command(subcommand)]
    Keys(keys::Command),
    /// Shows mails that were given up, and has them tried again
    #[command(subcommand)]
    Mail(mail::Command),
    /// Takes the log along, checks it as an outsider does, offline, and compares the database with it
    #[command(subcommand)]
    Audit(audit::Command),
    /// Prints the description of the API (OpenAPI 3.1)
    Openapi,
    /// Draws the workflow from its table
    #[command(subcommand)]
    Workflow(workflow::Command),
    /// Measures against a floor taken in the same run, on a private cluster of its own
    #[command(subcommand)]
    Bench(bench::BenchCommand),
}

/// Runs a command line; the first argument is the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Where even that cannot be printed there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match hardening::apply().and_then(|()| cli.execute()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            failure.exit_code()
        }
    }
}

impl Cli {
    fn execute(self) -> Result<(), Failure> {
        let open = |config| Settings::load(config)?.open();
        match self.command {
            Command::Audit(command) => audit::run(&command, self.config),
            Command::Openapi => openapi::run(),
            Command::Workflow(command) => workflow::run(&command),
            Command::Bench(command) => Ok(bench::run(&command, &process_environment())?),
            Command::Demo(arguments) => demo::run(Settings::load(self.config)?, &arguments),
            Command::Signer(arguments) => signer::run(self.config.as_deref(), &arguments),
            Command::Witness(arguments) => witness::run(self.config.as_deref(), &arguments),
            Command::Serve => serve::run(&open(self.config)?),
            Command::Work => work::run(&open(self.config)?),
            Command::Migrate => migrate::run(&open(self.config)?),
            Command::Check => check::run(&open(self.config)?),
            Command::Staff(command) => staff::run(&open(self.config)?, command),
            Command::Config(command) => config::run(&open(self.config)?, command),
            Command::Keys(command) => keys::run(&open(self.config)?, command),
            Command::Mail(command) => mail::run(&open(self.config)?, command),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
