//! The database: somebody else's by URL, or the private cluster.

use std::{path::PathBuf, time::Duration};

use super::reader::Reader;
use crate::crypto::secret::SecretText;

/// How the database is reached.
#[derive(Debug)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`: PostgreSQL ≥ 15, or PgBouncer ≥ 1.21 in transaction mode, as the application's role. `None`:
    /// the private cluster.
    pub url: Option<SecretText>,
    /// `SENIM_OWNER_DATABASE_URL` (`DATABASE_URL`): the same database as the role that owns the schema, for
    /// migrations.
    pub owner_url: Option<SecretText>,
    /// `SENIM_POOL_SIZE` (16; 1 to 1,000): connections one process keeps at most.
    pub pool_size: usize,
    /// `SENIM_POOL_WAIT` (5 seconds; 1 to 60): how long a request waits for a connection before it is answered 503.
    pub wait: Duration,
    /// `SENIM_PG_BINDIR`: the directory with `postgres` and `initdb` for the private cluster; searched for otherwise.
    pub bin_dir: Option<PathBuf>,
    /// `SENIM_PG_USER`: the unprivileged account of the private cluster where we are root (`postgres`).
    pub run_as: Option<String>,
}

impl DatabaseConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let url = reader.database_url("DATABASE_URL");
        let owner_url = reader.database_url("SENIM_OWNER_DATABASE_URL");
        if url.is_none() && owner_url.is_some() {
            reader.refuse("SENIM_OWNER_DATABASE_URL", "DATABASE_URL beside it", "it alone".to_owned());
        }
        Self {
            owner_url: owner_url
                .or_else(|| url.as_ref().map(|url| SecretText::from(url.expose().to_owned()))),
            url,
            pool_size: reader.number("SENIM_POOL_SIZE", 1..=1000, 16),
            wait: Duration::from_secs(reader.number("SENIM_POOL_WAIT", 1..=60, 5)),
            bin_dir: reader.optional("SENIM_PG_BINDIR").map(PathBuf::from),
            run_as: reader.optional("SENIM_PG_USER"),
        }
    }
}
