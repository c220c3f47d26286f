//! `senim openapi`: prints the description of the API.

use super::{failure::Failure, output::say};

/// Prints it.
#[expect(clippy::unnecessary_wraps, reason = "every command has the same shape")]
pub(super) fn run() -> Result<(), Failure> {
    say(crate::web::openapi());
    Ok(())
}
