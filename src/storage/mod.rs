//! The only place that knows the database.
//!
//! | file | holds |
//! | --- | --- |
//! | `store` | the pool and the three ways in: [`Store::read`], [`Store::record`], [`Store::maintain`] |
//! | `tx` | what a recording transaction can do, and the proof [`Written`] that it wrote its entry |
//! | `codes` | how the domain's ids and closed codes stand in columns |
//! | `schema` | the tables |
//! | `export` | the log as it leaves the database, in batches |
//! | `images` | what is audited of an object, for the digest in its newest entry |
//! | `intake` | the one statement that takes in a report |
//! | the rest | one file per table: its row types, reads and writes |
//!
//! To add a table: a migration, its `table!` in `schema`, one file here. Reads are methods of [`Db`], writes of
//! [`Tx`]; a write demands the `Permit` under which it happens.

mod codes;
mod images;
pub mod referrals;
mod schema;
mod store;
mod tx;

pub mod anchors;
pub mod bodies;
pub mod case_lists;
pub mod cases;
pub mod checkpoints;
pub mod config_changes;
pub mod content;
pub mod desks;
pub mod directory;
mod export;
pub mod grants;
pub mod instance;
pub mod intake;
pub mod log;
pub mod mail;
pub mod migrations;
pub mod oversight;
pub mod privileges;
pub mod proposals;
pub mod recoveries;
pub mod remedies;
pub mod sessions;
pub mod snapshot;
pub mod staff;
pub mod tasks;
pub mod tree;
pub mod wraps;

pub use store::{Db, StorageError, StorageFault, Store, StoreParts, Upkeep, ping};
pub use tx::{Tx, Written};
