//! The clock by which the demo's history passes, and how far it has come.

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

use crate::domain::clock::Clock;

/// A clock that begins some days ago and never passes the present, and a progress bar at a terminal.
pub(super) struct Stage {
    clock: Clock,
    present: Timestamp,
    bar: ProgressBar,
}

impl Stage {
    /// Begins a day before `days` ago; `steps` will be done.
    pub fn new(days: i64, steps: usize) -> Self {
        let present = Clock::system().now();
        let start = present.saturating_sub(day(days.saturating_add(1))).unwrap_or(present);
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(0));
        if let Ok(style) = ProgressStyle::with_template("{msg:<34} {bar:40} {pos}/{len}") {
            bar.set_style(style);
        }
        Self { clock: Clock::fixed(start), present, bar }
    }

    /// The clock, shared with whoever has a clone.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Moves on to a day so long ago; within a day, by a minute for each call.
    pub fn reach(&self, days_ago: i64) {
        let wanted = self.present.saturating_sub(day(days_ago)).unwrap_or(self.present);
        // An hour of room for the acts of the last day.
        let wanted = wanted.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(wanted);
        let next = self.clock.now().saturating_add(SignedDuration::from_mins(1)).unwrap_or(wanted);
        let target = wanted.max(next).min(self.present);
        self.clock.advance(target.duration_since(self.clock.now()));
    }

    /// Another step was done.
    pub fn done(&self, what: &'static str) {
        self.bar.set_message(what);
        self.bar.inc(1);
    }

    /// The curtain.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

const fn day(days: i64) -> SignedDuration {
    SignedDuration::from_hours(days.saturating_mul(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_forward_and_never_passes_the_present() {
        let stage = Stage::new(3, 0);
        let clock = stage.clock();
        let mut last = clock.now();
        for days_ago in [3, 3, 2, 0, 0] {
            stage.reach(days_ago);
            assert!(clock.now() > last && clock.now() <= stage.present);
            assert_eq!(stage.present.duration_since(clock.now()).as_hours() / 24, days_ago);
            last = clock.now();
        }
        for _ in 0..100 {
            stage.reach(0);
        }
        assert_eq!(clock.now(), stage.present);
    }
}
