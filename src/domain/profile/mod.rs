//! Deadlines by profile (norms.md 8.4). A profile is a versioned file beside this one; a case keeps the id and version of
//! its profile (control PROF-1), and its deadlines come from that data alone. To change a deadline, write a new version.

mod calendar;
mod clocks;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

pub use calendar::{Calendar, MissingYear};
pub use clocks::{Anchor, ClockName, Period, Unit};

use super::case::status::Status;
use super::vocabulary::vocabulary;

vocabulary! {
    /// A set of deadlines and choices for a kind of operator.
    pub enum ProfileId {
        /// A state body of Kazakhstan under the Administrative Procedural and Process-Related Code.
        Kz = "kz",
        /// An internal channel under Directive (EU) 2019/1937.
        EuInternal = "eu_internal",
        /// An external channel under the same directive.
        EuExternal = "eu_external",
        /// ISO 37002 where no law sets deadlines.
        IsoDefault = "iso_default",
    }
}

/// The deadlines of one kind of operator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    id: ProfileId,
    version: u32,
    zone: String,
    calendar: String,
    checkins: Vec<u16>,
    reporter_proof: bool,
    clocks: BTreeMap<ClockName, Period>,
    due: BTreeMap<Status, Vec<ClockName>>,
}

/// The days from which the clocks of a case run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseDays {
    /// The day of receipt, day 0 of every clock (not of registration: the stricter reading); after a reopening, the day
    /// of the reopening.
    pub received_on: Date,
    /// The day of the acknowledgement, if there was one.
    pub acknowledged_on: Option<Date>,
    /// The day on which the present state began.
    pub status_since: Date,
}

/// Why the text of a profile or a calendar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// Not the expected TOML.
    #[error("{0}")]
    Format(String),
    /// The time zone is not in the time zone database.
    #[error("unknown time zone {0}")]
    Zone(String),
    /// There is no such calendar.
    #[error("unknown calendar {0}")]
    Calendar(String),
    /// A state is due by a clock that the profile does not have, or a clock runs from the acknowledgement without an
    /// `acknowledge` clock.
    #[error("no clock {0}")]
    Clock(ClockName),
}

static KZ: LazyLock<Profile> = LazyLock::new(|| embedded(include_str!("kz.toml")));
static EU_INTERNAL: LazyLock<Profile> = LazyLock::new(|| embedded(include_str!("eu_internal.toml")));
static EU_EXTERNAL: LazyLock<Profile> = LazyLock::new(|| embedded(include_str!("eu_external.toml")));
static ISO_DEFAULT: LazyLock<Profile> = LazyLock::new(|| embedded(include_str!("iso_default.toml")));

#[expect(
    clippy::expect_used,
    reason = "the files are part of the program and a test reads every one of them"
)]
fn embedded(text: &str) -> Profile {
    Profile::read(text).expect("embedded profile")
}

impl Profile {
    /// The profile with this id, in its current version.
    #[must_use]
    pub fn get(id: ProfileId) -> &'static Self {
        match id {
            ProfileId::Kz => &KZ,
            ProfileId::EuInternal => &EU_INTERNAL,
            ProfileId::EuExternal => &EU_EXTERNAL,
            ProfileId::IsoDefault => &ISO_DEFAULT,
        }
    }

    /// Reads a profile file and checks it against itself.
    ///
    /// # Errors
    /// [`ProfileFault`].
    pub fn read(text: &str) -> Result<Self, ProfileFault> {
        let profile: Self = toml::from_str(text).map_err(|error| ProfileFault::Format(error.to_string()))?;
        TimeZone::get(&profile.zone).ok().ok_or_else(|| ProfileFault::Zone(profile.zone.clone()))?;
        Calendar::named(&profile.calendar).ok_or_else(|| ProfileFault::Calendar(profile.calendar.clone()))?;
        let acknowledged = profile.clocks.values().any(|period| period.from == Anchor::Acknowledgement);
        let used = profile.due.values().flatten().copied();
        let needed = used.chain(acknowledged.then_some(ClockName::Acknowledge));
        match needed.into_iter().find(|clock| !profile.clocks.contains_key(clock)) {
            Some(clock) => Err(ProfileFault::Clock(clock)),
            None => Ok(profile),
        }
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> ProfileId {
        self.id
    }

    /// The version, stored with every case.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The zone whose days count.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The day of an instant in the profile's zone.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone().to_datetime(at).date()
    }

    /// The first instant at which something due on `day` is late: the end of that local day.
    #[must_use]
    pub fn late_from(&self, day: Date) -> Timestamp {
        let midnight = day.saturating_add(1.day()).at(0, 0, 0, 0);
        self.zone().to_ambiguous_timestamp(midnight).compatible().unwrap_or(Timestamp::MAX)
    }

    /// Days after closing on which the reporter is asked whether they suffered for the report (control ISO-8.5-2).
    #[must_use]
    pub fn checkins(&self) -> &[u16] {
        &self.checkins
    }

    /// Whether a reporter may be given the signed promise that their report is in the log (audit-log.md 4.2). Where a file
    /// on a device endangers who holds it, a profile does without.
    #[must_use]
    pub const fn reporter_proof(&self) -> bool {
        self.reporter_proof
    }

    /// The length of a clock; `None` if the profile does not have it.
    #[must_use]
    pub fn period(&self, clock: ClockName) -> Option<Period> {
        self.clocks.get(&clock).copied()
    }

    /// The day on which a clock ends; `None` if the profile does not have the clock.
    ///
    /// # Errors
    /// [`MissingYear`] if working days are counted into a year whose calendar is not known.
    pub fn due(&self, clock: ClockName, days: CaseDays) -> Result<Option<Date>, MissingYear> {
        let Some(period) = self.period(clock) else { return Ok(None) };
        let start = match period.from {
            Anchor::Receipt => days.received_on,
            Anchor::Stage => days.status_since,
            // EU 2019/1937 art. 9(1)(f): from the acknowledgement or, if none was sent, from the end of the seven days.
            Anchor::Acknowledgement => match days.acknowledged_on {
                Some(day) => day,
                None => self.due(ClockName::Acknowledge, days)?.unwrap_or(days.received_on),
            },
        };
        self.after(start, period).map(Some)
    }

    /// `start` plus a period, by the profile's calendar.
    ///
    /// # Errors
    /// [`MissingYear`] if working days are counted into a year whose calendar is not known.
    pub fn after(&self, start: Date, period: Period) -> Result<Date, MissingYear> {
        match period.unit {
            // EU deadlines are not rolled forward over weekends (the stricter reading).
            Unit::Days => Ok(start.saturating_add(i32::from(period.amount).days())),
            // Months are clamped to the end of the month: 30 November + 3 months = 28 February.
            Unit::Months => Ok(start.saturating_add(i32::from(period.amount).months())),
            Unit::WorkingDays => self.calendar()?.add_working_days(start, period.amount),
        }
    }

    /// The next day on which something is due in a state: the earliest of the clocks that the profile names for it.
    /// `None` if nothing is, as in an ended case.
    ///
    /// # Errors
    /// [`MissingYear`] if working days are counted into a year whose calendar is not known.
    pub fn next_due(&self, status: Status, days: CaseDays) -> Result<Option<Date>, MissingYear> {
        let mut earliest: Option<Date> = None;
        for &clock in self.due.get(&status).into_iter().flatten() {
            let day = self.due(clock, days)?;
            earliest = earliest.into_iter().chain(day).min();
        }
        Ok(earliest)
    }

    fn calendar(&self) -> Result<&'static Calendar, MissingYear> {
        // `read` refused a profile without a calendar.
        Calendar::named(&self.calendar).ok_or(MissingYear { calendar: "none", year: 0 })
    }
}

#[cfg(test)]
mod tests;
