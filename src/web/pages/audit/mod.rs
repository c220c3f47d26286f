//! Pages for auditors: the record, as ids and closed codes. No content, no identity.

mod chart;
mod entries;
mod entry;
mod log;
mod log_check;
mod qr;

pub use chart::Chart;
pub use entries::{AuditEntriesPage, AuditFilter, EntryLine};
pub use entry::AuditEntryPage;
pub use log::{AuditLogPage, AuditSheetPage, DayLine, HeadLine, MissingLine};
pub use log_check::{AuditLogCheckPage, CheckLine};
pub use qr::QrCode;
