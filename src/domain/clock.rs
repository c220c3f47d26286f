//! The one source of time. Everything else takes a [`Clock`], so that tests stand still or jump.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// Tells the time: the machine's, or a fixed one that only [`Clock::advance`] moves. Clones share the fixed time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `now`.
    #[must_use]
    pub fn fixed(now: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(Mutex::new(now))))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => system_now(),
            Source::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The present day in a time zone. What a reporter causes is stored with a day only (EU 2019/1937 art. 16(1),
    /// control EU-16.1-2).
    #[must_use]
    pub fn today(&self, zone: &TimeZone) -> Date {
        zone.to_datetime(self.now()).date()
    }

    /// Moves a fixed clock by `step` (saturating at the ends of the calendar); the machine's clock is not moved.
    pub fn advance(&self, step: SignedDuration) {
        if let Source::Fixed(at) = &self.0 {
            let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
            let end = if step.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
            *at = at.checked_add(step).unwrap_or(end);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told_and_for_all_its_clones() {
        let start: Timestamp = "2026-03-03T20:00:00Z".parse().unwrap();
        let clock = Clock::fixed(start);
        let twin = clock.clone();
        assert_eq!(clock.now(), start);
        twin.advance(SignedDuration::from_hours(2));
        assert_eq!(clock.now(), "2026-03-03T22:00:00Z".parse().unwrap());
        twin.advance(SignedDuration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn the_day_is_that_of_the_zone() {
        let clock = Clock::fixed("2026-03-03T20:00:00Z".parse().unwrap());
        let almaty = TimeZone::get("Asia/Almaty").unwrap();
        assert_eq!(clock.today(&almaty), jiff::civil::date(2026, 3, 4));
        assert_eq!(clock.today(&TimeZone::UTC), jiff::civil::date(2026, 3, 3));
    }

    #[test]
    fn the_machine_clock_cannot_be_pushed() {
        let clock = Clock::system();
        let before = clock.now();
        clock.advance(SignedDuration::from_hours(1000));
        assert!(clock.now().duration_since(before) < SignedDuration::from_hours(1));
    }
}
