//! Pages for auditors: the record, as ids and closed codes. No content, no identity.

mod entries;
mod entry;

pub use entries::{AuditEntriesPage, AuditFilter, EntryLine};
pub use entry::AuditEntryPage;
