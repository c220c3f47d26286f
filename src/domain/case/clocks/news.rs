//! What happened to the clocks of a case.

use crate::domain::profile::{ClockName, MissingYear};

/// What happened to the clocks of a case, for its record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClockNews {
    /// These began.
    pub started: Vec<ClockName>,
    /// What these asked for was done in time.
    pub met: Vec<ClockName>,
    /// The due day of these passed.
    pub missed: Vec<ClockName>,
    /// The handlers are reminded of these.
    pub reminded: Vec<ClockName>,
    /// The calendar does not have a year that the due day of one of these needs.
    pub unknown: Option<MissingYear>,
}

impl ClockNews {
    /// This, and what happened after it.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        self.started.extend(later.started);
        self.met.extend(later.met);
        self.missed.extend(later.missed);
        self.reminded.extend(later.reminded);
        self.unknown = self.unknown.or(later.unknown);
        self
    }

    /// Whether the record has nothing to say.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.started.is_empty() && self.met.is_empty() && self.missed.is_empty() && self.reminded.is_empty()
    }
}
