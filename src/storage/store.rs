//! The pool and the three ways in.
//!
//! * [`Store::read`] looks, and [`Store::view`] looks at one moment.
//! * [`Store::record`] writes: a named transaction that commits only if the work returns [`Written`], the proof that
//!   an entry was appended for every changed object. It is retried when the database asks for it.
//! * [`Store::maintain`] is the one exception, for what is no part of the record: sessions, throttles, the queue,
//!   second-factor steps and digests.

use std::sync::Arc;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::{
    AnsiTransactionManager, AsyncConnection, AsyncPgConnection, TransactionManager,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool, PoolError},
    },
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::tx::{Tx, Written};
use crate::{
    audit::{entry::Writer, rhythm::Rhythm},
    config::{DatabaseConfig, LogConfig},
    crypto::{place::Place, random::Entropy},
    domain::clock::Clock,
};

/// How often a transaction is tried when the database reports a serialization failure or a deadlock.
const TRIES: u32 = 5;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No connection within the time allowed, or it broke: the server is overloaded or the database is away. Where it
    /// broke in a commit, nobody knows whether that counts.
    #[error("no database connection is to be had: {0}")]
    Unavailable(String),
    /// Somebody else changed the same thing first.
    #[error("somebody else was first: {0}")]
    Conflict(String),
    /// Something was named that does not exist: the foreign key that says so.
    #[error("something named does not exist: {0}")]
    Unknown(String),
    /// The database refused a change that its own rules forbid; a bug in the caller.
    #[error("the database refused the change: {0}")]
    Refused(String),
    /// A stored value is not one that this version knows.
    #[error("{table}.{column} holds a value that this version does not know")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The entry could not be made.
    #[error(transparent)]
    Entry(#[from] crate::audit::entry::EntryError),
    /// Anything else.
    #[error("database: {0}")]
    Database(DieselError),
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Conflict(info.constraint_name().unwrap_or("unique").to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, info) => {
                Self::Unknown(info.constraint_name().unwrap_or("foreign key").to_owned())
            }
            DieselError::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                info,
            ) => Self::Unavailable(info.message().to_owned()),
            // 57P01 and 57P02: the server ends, or recovers from the death of one of its processes.
            DieselError::DatabaseError(_, info) if info.message().starts_with("terminating connection") => {
                Self::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::CheckViolation, info) => {
                Self::Refused(info.message().to_owned())
            }
            _ => Self::Database(error),
        }
    }
}

impl StorageError {
    /// True where trying the whole transaction again may help: serialization failure (40001), deadlock (40P01).
    pub(super) fn asks_for_retry(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            Self::Database(DieselError::DatabaseError(_, info)) => info.message().contains("deadlock"),
            _ => false,
        }
    }
}

/// Errors of a use case that may wrap one of the database.
pub trait StorageFault {
    /// The database error inside, if that is what went wrong.
    fn storage(&self) -> Option<&StorageError>;
}

impl StorageFault for StorageError {
    fn storage(&self) -> Option<&StorageError> {
        Some(self)
    }
}

/// What a store is made of.
pub struct StoreParts<'a> {
    /// Where the database is; as the application's role.
    pub url: &'a str,
    /// Pool sizes and waiting times.
    pub database: &'a DatabaseConfig,
    /// The pace of the log.
    pub log: &'a LogConfig,
    /// The instance's name, which every seal is bound to.
    pub instance: &'a str,
    /// This process's name in entries.
    pub node: &'a str,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Arc<Entropy>,
}

/// The database, the clock and the source of randomness that every act uses. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool<AsyncPgConnection>,
    instance: Arc<str>,
    node: Arc<str>,
    rhythm: Rhythm,
    clock: Clock,
    entropy: Arc<Entropy>,
}

/// A connection that looks. Its methods stand in the files of the tables.
pub struct Db<'c> {
    pub(super) conn: &'c mut AsyncPgConnection,
}

/// A connection that keeps house, see [`Store::maintain`].
pub struct Upkeep<'c> {
    pub(super) conn: &'c mut AsyncPgConnection,
}

impl Store {
    /// Opens the pool; connections are made when they are first needed.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] where the pool cannot be built.
    pub fn open(parts: StoreParts<'_>) -> Result<Self, StorageError> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::new_with_config(parts.url, config);
        let wait = parts.database.wait;
        let pool = Pool::builder(manager)
            .max_size(parts.database.pool_size)
            .wait_timeout(Some(wait))
            .create_timeout(Some(wait))
            .runtime(deadpool_runtime())
            .build()
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
        Ok(Self {
            pool,
            instance: parts.instance.into(),
            node: parts.node.into(),
            rhythm: rhythm(parts.log),
            clock: parts.clock,
            entropy: parts.entropy,
        })
    }

    /// The source of randomness.
    #[must_use]
    pub fn entropy(&self) -> &Entropy {
        &self.entropy
    }

    /// The pace at which the log grows.
    #[must_use]
    pub const fn rhythm(&self) -> &Rhythm {
        &self.rhythm
    }

    /// Who writes entries down: this process.
    pub(super) fn writer(&self) -> Writer<'_> {
        Writer { node: &self.node, rhythm: self.rhythm }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Today in UTC, for what belongs to no case.
    #[must_use]
    pub fn today(&self) -> Date {
        self.clock.now().to_zoned(TimeZone::UTC).date()
    }

    /// The place of a sealed value in this instance.
    #[must_use]
    pub fn place(&self, table: &'static str, row: &[u8], column: &'static str) -> Place {
        Place::new(&self.instance, table, row, column)
    }

    /// The instance's name.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Connections in use and allowed, for the metrics.
    #[must_use]
    pub fn pool_use(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size.saturating_sub(status.available), status.max_size)
    }

    /// Looks.
    ///
    /// # Errors
    /// What the work returns, or [`StorageError::Unavailable`].
    pub async fn read<T, E: From<StorageError>>(
        &self,
        work: impl AsyncFnOnce(&mut Db<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut conn = self.connection().await?;
        work(&mut Db { conn: &mut conn }).await
    }

    /// Looks at one moment: all that the work reads is of the same state, whoever writes meanwhile. For short work only:
    /// the database keeps that state for as long as it lasts.
    ///
    /// # Errors
    /// What the work returns, or [`StorageError`].
    pub async fn view<T, E: From<StorageError>>(
        &self,
        work: impl AsyncFnOnce(&mut Db<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lease = Lease(Some(self.connection().await?));
        let Some(conn) = lease.0.as_deref_mut() else {
            return Err(StorageError::Unavailable("the connection is gone".to_owned()).into());
        };
        let begin = "begin transaction isolation level repeatable read, read only";
        AnsiTransactionManager::begin_transaction_sql(conn, begin).await.map_err(StorageError::from)?;
        let outcome = work(&mut Db { conn: &mut *conn }).await;
        // Nothing was written; a failed end closes the connection.
        let _ = AnsiTransactionManager::rollback_transaction(conn).await;
        lease.give_back();
        outcome
    }

    /// Writes, in one transaction that commits only with its entries; `name` stands in the trace.
    ///
    /// # Errors
    /// What the work returns; [`StorageError`] where the database refuses or is away. Nothing is written then.
    pub async fn record<T, E: From<StorageError> + StorageFault>(
        &self,
        name: &'static str,
        work: impl AsyncFn(&mut Tx<'_>) -> Result<(T, Written), E>,
    ) -> Result<T, E> {
        let mut tries = 1;
        loop {
            match self.record_once(&work).await {
                Err(error) if tries < TRIES && error.storage().is_some_and(StorageError::asks_for_retry) => {
                    tracing::info!(transaction = name, tries, "the database asks for another try");
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Keeps house: sessions, throttles, the queue, second-factor steps, digests. Nothing that is part of the record.
    ///
    /// # Errors
    /// What the work returns, or [`StorageError::Unavailable`].
    pub async fn maintain<T, E: From<StorageError>>(
        &self,
        work: impl AsyncFnOnce(&mut Upkeep<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut conn = self.connection().await?;
        work(&mut Upkeep { conn: &mut conn }).await
    }

    pub(super) async fn connection(&self) -> Result<Object<AsyncPgConnection>, StorageError> {
        self.pool.get().await.map_err(|error: PoolError| StorageError::Unavailable(error.to_string()))
    }

    /// A connection for one transaction.
    pub(super) async fn lease(&self) -> Result<Lease, StorageError> {
        Ok(Lease(Some(self.connection().await?)))
    }

    async fn record_once<T, E: From<StorageError>>(
        &self,
        work: &impl AsyncFn(&mut Tx<'_>) -> Result<(T, Written), E>,
    ) -> Result<T, E> {
        let mut lease = self.lease().await?;
        let conn = lease.connection()?;
        AnsiTransactionManager::begin_transaction(conn).await.map_err(StorageError::from)?;
        let mut tx = Tx::new(conn, self.writer(), &self.entropy, self.now());
        let outcome = match work(&mut tx).await {
            Ok((value, Written { .. })) => {
                AnsiTransactionManager::commit_transaction(conn).await.map_err(StorageError::from)?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one that matters; a failed rollback closes the connection anyway.
                let _ = AnsiTransactionManager::rollback_transaction(conn).await;
                Err(error)
            }
        };
        lease.give_back();
        outcome
    }
}

/// A connection with a transaction on it. Where the work is dropped half-way, because whoever asked went away, the
/// connection is closed, which rolls back at once; given back to the pool as it is, it would keep its locks until
/// somebody took it out again.
pub(super) struct Lease(Option<Object<AsyncPgConnection>>);

impl Lease {
    /// The connection.
    pub(super) fn connection(&mut self) -> Result<&mut AsyncPgConnection, StorageError> {
        self.0.as_deref_mut().ok_or_else(|| StorageError::Unavailable("the connection is gone".to_owned()))
    }

    /// The transaction has ended: the pool may have the connection again.
    pub(super) fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(conn) = self.0.take() {
            drop(Object::take(conn));
        }
    }
}

fn rhythm(log: &LogConfig) -> Rhythm {
    Rhythm::new(log.epoch.as_secs(), log.day.as_secs(), log.mmd.as_secs(), log.quantum)
}

fn deadpool_runtime() -> deadpool::Runtime {
    deadpool::Runtime::Tokio1
}

/// Checks that the database answers.
///
/// # Errors
/// [`StorageError::Unavailable`] where it does not.
pub async fn ping(store: &Store) -> Result<(), StorageError> {
    let mut conn = store.connection().await?;
    diesel_async::SimpleAsyncConnection::batch_execute(&mut *conn, "select 1").await?;
    Ok(())
}

/// Makes one connection outside any pool, for the command line.
///
/// # Errors
/// [`StorageError::Unavailable`] where the database cannot be reached.
pub async fn connect(url: &str) -> Result<AsyncPgConnection, StorageError> {
    AsyncPgConnection::establish(url).await.map_err(|error| StorageError::Unavailable(error.to_string()))
}
