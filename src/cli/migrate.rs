//! `senim migrate`: brings the database up to this version.

use super::{failure::Failure, installation::Installation, output::say};

/// Migrates, and says what was done.
pub(super) fn run(installation: &Installation) -> Result<(), Failure> {
    if installation.owner_url().is_none() {
        return Err(Failure::Usage(
            "the user of DATABASE_URL may not migrate: set SENIM_OWNER_DATABASE_URL to the same database as its owner"
                .to_owned(),
        ));
    }
    let done = installation.migrate()?;
    for migration in &done {
        say(format_args!("applied {migration}"));
    }
    if done.is_empty() {
        say("the database is up to date");
    }
    Ok(())
}
