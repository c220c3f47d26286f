//! The cost of a sign-in (Argon2id, RFC 9106) and how many may run at once.

use std::time::Duration;

use super::reader::Reader;

/// How passwords are derived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordsConfig {
    /// `SENIM_PASSWORD_MEMORY_KIB` (65,536; 19,456 to 1,048,576): memory of one run, in KiB.
    pub memory_kib: u32,
    /// `SENIM_PASSWORD_PASSES` (3; 1 to 10): passes over that memory.
    pub passes: u32,
    /// `SENIM_PASSWORD_PERMITS` (1; 1 to 64): runs at once; each keeps its memory and a processor.
    pub permits: usize,
    /// `SENIM_PASSWORD_QUEUE` (128; 0 to 10,000): sign-ins that may wait for a run; more are answered 503.
    pub queue: usize,
    /// `SENIM_PASSWORD_WAIT_SECONDS` (20; 1 to 120): how long one waits, then 503.
    pub wait: Duration,
}

impl PasswordsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            memory_kib: reader.number("SENIM_PASSWORD_MEMORY_KIB", 19_456..=1_048_576, 65_536),
            passes: reader.number("SENIM_PASSWORD_PASSES", 1..=10, 3),
            permits: reader.number("SENIM_PASSWORD_PERMITS", 1..=64, 1),
            queue: reader.number("SENIM_PASSWORD_QUEUE", 0..=10_000, 128),
            wait: Duration::from_secs(reader.number("SENIM_PASSWORD_WAIT_SECONDS", 1..=120, 20)),
        }
    }
}
