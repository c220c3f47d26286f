//! Background work.

use std::time::Duration;

use super::reader::Reader;

/// Who does background work, and how eagerly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerConfig {
    /// `SENIM_WORKER_IN_SERVER` (`true`): `senim serve` works too. `false` where `senim work` runs beside it.
    pub in_server: bool,
    /// `SENIM_WORKER_PARALLEL` (2; 1 to 64): tasks one process runs at once.
    pub parallel: usize,
    /// `SENIM_WORKER_POLL_MS` (1,000; 10 to 60,000): milliseconds between looks for new tasks.
    pub poll: Duration,
}

impl WorkerConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            in_server: reader.truth("SENIM_WORKER_IN_SERVER", true),
            parallel: reader.number("SENIM_WORKER_PARALLEL", 1..=64, 2),
            poll: Duration::from_millis(reader.number("SENIM_WORKER_POLL_MS", 10..=60_000, 1000)),
        }
    }
}
