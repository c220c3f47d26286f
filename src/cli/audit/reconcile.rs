//! `senim audit reconcile`: whether the tables say what the record says.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::verify::print;
use crate::{
    audit::verify::Outcome,
    cli::{failure::Failure, installation::Installation},
    usecases::{
        reconcile::{Part, Source, reconcile},
        tarball::Tarball,
    },
};

/// What is compared.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A bundle that somebody outside kept: what it has, the database must still have; `senim audit verify` it first
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Prints one line of JSON instead of sentences
    #[arg(long)]
    json: bool,
}

/// Compares and prints.
pub(super) fn run(installation: &Installation, arguments: &Arguments) -> Result<(), Failure> {
    let open = |path: &PathBuf| Tarball::open(path).map_err(Failure::file(path));
    let bundle = arguments.bundle.as_ref().map(open).transpose()?;
    let bar = progress(arguments.json);
    let report = installation.act(async |ctx| {
        let source = bundle.as_ref().map(|bundle| -> &dyn Source { bundle });
        let told = &mut |part: Part, read: u64| {
            bar.set_message(match part {
                Part::Bundle => "entries of the bundle",
                Part::Entries => "entries",
                Part::Leaves => "leaves",
            });
            bar.set_position(read);
        };
        Ok(reconcile(ctx, source, told).await?)
    });
    bar.finish_and_clear();
    let report = report?;
    print(&report, arguments.json);
    match report.outcome() {
        Outcome::Good => Ok(()),
        other => Err(Failure::Reconciled(other)),
    }
}

fn progress(silent: bool) -> ProgressBar {
    if silent || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {human_pos} {msg}, {per_sec}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_bad| ProgressStyle::default_spinner()))
}
