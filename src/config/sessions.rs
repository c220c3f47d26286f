//! How long sessions last (ASVS 7.3.1, 7.3.2: an idle and an absolute limit).

use std::time::Duration;

use super::reader::Reader;

/// Lifetimes of sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionsConfig {
    /// `SENIM_SESSION_IDLE_MINUTES` (30; 1 to 1,440): staff, since the last request.
    pub idle: Duration,
    /// `SENIM_SESSION_ABSOLUTE_MINUTES` (600; 5 to 10,080): staff, since the sign-in.
    pub absolute: Duration,
    /// `SENIM_INBOX_MINUTES` (30; 5 to 240): a reporter's mailbox, since the receipt was given.
    pub inbox: Duration,
}

impl SessionsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let sessions = Self {
            idle: reader.minutes("SENIM_SESSION_IDLE_MINUTES", 1..=1440, 30),
            absolute: reader.minutes("SENIM_SESSION_ABSOLUTE_MINUTES", 5..=10_080, 600),
            inbox: reader.minutes("SENIM_INBOX_MINUTES", 5..=240, 30),
        };
        if sessions.idle > sessions.absolute {
            let found = format!("{} minutes", sessions.idle.as_secs() / 60);
            reader.refuse("SENIM_SESSION_IDLE_MINUTES", "at most SENIM_SESSION_ABSOLUTE_MINUTES", found);
        }
        sessions
    }
}
