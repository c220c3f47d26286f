//! The rules of the field, pure: ids, texts, the report, the case and its workflow, profiles, the taxonomy.
//!
//! Nothing here reads a clock, draws a random number, or touches a database. To add a closed list of codes, use
//! `vocabulary!`; to change the workflow, edit the one table in [`case::transition`].

mod vocabulary;

pub mod case;
pub mod clock;
pub mod configuration;
pub mod conflict;
pub mod csv;
pub mod field_error;
pub mod ids;
pub mod language;
pub mod mail_address;
pub mod mistake;
pub mod profile;
pub mod reference;
pub mod report;
pub mod retaliation;
pub mod role;
pub mod routing;
pub mod suggestion;
pub mod taxonomy;
pub mod text;

pub use vocabulary::UnknownCode;
