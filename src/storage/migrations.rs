//! Bringing a database up to this version.
//!
//! Runs on a temporary multi-thread runtime, because diesel's harness blocks in place, which actix's runtime forbids.

use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::store::{StorageError, connect};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// One migrator at a time: the key of the advisory lock that all hold while they migrate.
const LOCK: &str = "select pg_advisory_lock(7330165472)";

fn failed(error: impl std::fmt::Display) -> StorageError {
    StorageError::Refused(error.to_string())
}

/// Runs every pending migration as the owner of the tables, and lists those that ran.
///
/// # Errors
/// [`StorageError`] where the database is away or a migration fails; each migration is a transaction.
pub fn run(owner_url: &str) -> Result<Vec<String>, StorageError> {
    with_harness(owner_url, |harness| {
        let ran = harness.run_pending_migrations(MIGRATIONS).map_err(failed)?;
        Ok(ran.iter().map(ToString::to_string).collect())
    })
}

/// Reverts every migration: an empty database again. For tests of the way down.
///
/// # Errors
/// [`StorageError`].
pub fn revert_all(owner_url: &str) -> Result<Vec<String>, StorageError> {
    with_harness(owner_url, |harness| {
        let reverted = harness.revert_all_migrations(MIGRATIONS).map_err(failed)?;
        Ok(reverted.iter().map(ToString::to_string).collect())
    })
}

/// The migrations that this binary has and the database has not.
///
/// # Errors
/// [`StorageError`].
pub fn pending(owner_url: &str) -> Result<Vec<String>, StorageError> {
    with_harness(owner_url, |harness| {
        let pending = harness.pending_migrations(MIGRATIONS).map_err(failed)?;
        Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
    })
}

fn with_harness<T>(
    owner_url: &str,
    work: impl FnOnce(&mut AsyncMigrationHarness<AsyncPgConnection>) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let mut connection = connect(owner_url).await?;
        connection.batch_execute(LOCK).await?;
        work(&mut AsyncMigrationHarness::new(connection))
    })
}
