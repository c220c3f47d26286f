//! `senim workflow`: the table of transitions as a picture.
//!
//! | file | holds |
//! | --- | --- |
//! | `mermaid` | as text that many tools draw |
//! | `layers` | in which order the states stand, and where lines run |
//! | `svg` | as a picture of its own |

mod layers;
mod mermaid;
mod svg;

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::{failure::Failure, output::say};
use crate::domain::case::transition::Transition;

/// What can be done with the workflow.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Draws it: states, steps, who takes them, which need a second person
    Graph(Graph),
}

/// How it is drawn.
#[derive(Args)]
pub(super) struct Graph {
    /// As text for Mermaid, or as a picture
    #[arg(long, value_enum, default_value = "mermaid")]
    format: Format,
    /// Writes it into a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Mermaid,
    Svg,
}

/// Draws it.
pub(super) fn run(command: &Command) -> Result<(), Failure> {
    let Command::Graph(Graph { format, out }) = command;
    let drawn = match format {
        Format::Mermaid => mermaid::draw(),
        Format::Svg => svg::draw(),
    };
    match out {
        Some(path) => fs::write(path, drawn).map_err(Failure::file(path)),
        None => {
            say(drawn.trim_end());
            Ok(())
        }
    }
}

/// A code as words.
fn words(code: &str) -> String {
    code.replace('_', " ")
}

/// Who takes a step.
fn doers(row: &Transition) -> String {
    row.by.iter().map(|doer| words(doer.code())).collect::<Vec<_>>().join(", ")
}

/// How a step that needs approval is marked.
fn eyes(row: &Transition) -> Option<&'static str> {
    match row.approvals() {
        0 => None,
        1 => Some("four eyes"),
        _ => Some("two approve"),
    }
}
