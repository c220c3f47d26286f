//! Changes of the configuration that two people agreed on.

use std::time::Duration;

use super::reader::Reader;

/// How long they wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesConfig {
    /// `SENIM_LOOSENING_HOURS` (72; 0 to 720): how long a change that loosens waits after two people agreed, so that
    /// oversight sees it before it holds (norms.md 8.5, rule 9).
    pub loosening: Duration,
}

impl ChangesConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let hours: u64 = reader.number("SENIM_LOOSENING_HOURS", 0..=720, 72);
        Self { loosening: Duration::from_secs(hours.saturating_mul(3600)) }
    }
}
