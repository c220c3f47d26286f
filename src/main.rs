//! The `senim` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    senim::cli::run(std::env::args_os())
}
