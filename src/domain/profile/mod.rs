//! Deadlines and choices by profile (norms.md 8.4). A profile is a versioned file: the first version stands beside this one,
//! the others are agreed on by two administrators. A case keeps the id and version of its profile (control PROF-1), and its
//! deadlines come from that data alone.

mod calendar;
mod choices;
mod clocks;
mod reading;
mod rulebook;
mod settings;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

pub use calendar::{Calendar, MissingYear};
pub use choices::{IdentityDefault, Route, TriageQuestion};
pub use clocks::{Anchor, ClockName, MetBy, Period, Unit, Waiver};
pub use rulebook::Rulebook;
pub use settings::{Loosens, Settings, Value};

use super::case::facts::RetentionClass;
use super::case::status::Status;
use super::language::Language;
use super::mistake::Mistake;
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
        /// The deadlines of Ukraine, which show that a profile is data; nobody checked them for use.
        Ua = "ua",
    }
}

/// A profile in one of its versions, as it stands in facts and entries: `kz/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileVersion {
    /// The profile.
    pub id: ProfileId,
    /// Its version.
    pub version: u32,
}

impl ProfileVersion {
    /// Reads one; the number stands without zeros in front.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, number) = text.split_once('/')?;
        let version =
            number.parse().ok().filter(|version: &u32| *version > 0 && version.to_string() == number)?;
        Some(Self { id: ProfileId::parse(id)?, version })
    }
}

impl std::fmt::Display for ProfileVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.id, self.version)
    }
}

/// The deadlines and choices of one kind of operator, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    id: ProfileId,
    version: u32,
    zone: TimeZone,
    calendar: Arc<Calendar>,
    choices: Choices,
    targets: Targets,
    rules: ClockRules,
    retention: BTreeMap<RetentionClass, Period>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Choices {
    languages: Vec<Language>,
    identity: IdentityDefault,
    reporter_proof: bool,
    anonymous_branch: bool,
    hearing: Option<Period>,
    checkins: Vec<u16>,
    remind_before: u16,
    questions: Vec<TriageQuestion>,
    routes: Vec<Route>,
    critical_damage: Option<u64>,
    procedure_review: Option<Period>,
}

/// Where cases are referred to, best first; the first that is not itself concerned (norms.md 8.5, rule 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// With signs of a crime.
    pub criminal: Vec<Route>,
    /// Everything else.
    pub other: Vec<Route>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct ClockRules {
    periods: BTreeMap<ClockName, Period>,
    runs: BTreeMap<Status, Vec<ClockName>>,
    met_by: BTreeMap<ClockName, MetBy>,
    still: Vec<ClockName>,
    extensions: BTreeMap<ClockName, Extension>,
    waivers: BTreeMap<ClockName, Vec<Waiver>>,
}

/// How a clock may be extended; a profile without an entry allows none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// The end of all extensions.
    pub cap: Period,
    /// How often.
    pub times: u8,
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

impl CaseDays {
    /// The days of a case on the day of its receipt, acknowledged at once.
    #[must_use]
    pub const fn of_receipt(day: Date) -> Self {
        Self { received_on: day, acknowledged_on: Some(day), status_since: day }
    }
}

impl Profile {
    /// Reads a profile file and checks it against itself. `calendar` knows the calendars.
    ///
    /// # Errors
    /// Every mistake, with its line.
    pub fn read(text: &str, calendar: impl Fn(&str) -> Option<Arc<Calendar>>) -> Result<Self, Vec<Mistake>> {
        source::read(text, |file| reading::profile(file, calendar))
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
        self.zone.clone()
    }

    /// The calendar whose working days count.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The day of an instant in the profile's zone.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The first instant at which something due on `day` is late: the end of that local day.
    #[must_use]
    pub fn late_from(&self, day: Date) -> Timestamp {
        let midnight = day.saturating_add(1.day()).at(0, 0, 0, 0);
        self.zone.to_ambiguous_timestamp(midnight).compatible().unwrap_or(Timestamp::MAX)
    }

    /// The languages in which reports are taken.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.choices.languages
    }

    /// Whether contact details may be given.
    #[must_use]
    pub const fn identity(&self) -> IdentityDefault {
        self.choices.identity
    }

    /// Whether a reporter may be given the signed promise that their report is in the log (audit-log.md 4.2). Where a file
    /// on a device endangers who holds it, a profile does without.
    #[must_use]
    pub const fn reporter_proof(&self) -> bool {
        self.choices.reporter_proof
    }

    /// Whether anonymous reports may be left without consideration once a person has answered that neither a crime nor
    /// security is at stake (control KZ-ANON-1).
    #[must_use]
    pub const fn anonymous_branch(&self) -> bool {
        self.choices.anonymous_branch
    }

    /// How long before an adverse decision its draft must have been delivered to an identified participant (APPC art. 73;
    /// control KZ-73-1); `None` where no law asks for it.
    #[must_use]
    pub const fn hearing(&self) -> Option<Period> {
        self.choices.hearing
    }

    /// Days after closing on which the reporter is asked whether they suffered for the report (control ISO-8.5-2).
    #[must_use]
    pub fn checkins(&self) -> &[u16] {
        &self.choices.checkins
    }

    /// How many calendar days before a due day the handlers are reminded.
    #[must_use]
    pub const fn remind_before(&self) -> u16 {
        self.choices.remind_before
    }

    /// The questions that must be answered before a case leaves triage.
    #[must_use]
    pub fn questions(&self) -> &[TriageQuestion] {
        &self.choices.questions
    }

    /// Where a reporter can turn outside this service (EU 2019/1937 art. 13; control EU-10-1).
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.choices.routes
    }

    /// Where cases are referred to.
    #[must_use]
    pub const fn targets(&self) -> &Targets {
        &self.targets
    }

    /// The estimated damage, in minor units of the profile's currency, from which a case is critical (norms.md 8.8).
    #[must_use]
    pub const fn critical_damage(&self) -> Option<u64> {
        self.choices.critical_damage
    }

    /// The length of a clock; `None` if the profile does not have it.
    #[must_use]
    pub fn period(&self, clock: ClockName) -> Option<Period> {
        self.rules.periods.get(&clock).copied()
    }

    /// The clocks that run in a state; a case that leaves all states of a clock has met it.
    #[must_use]
    pub fn running(&self, status: Status) -> &[ClockName] {
        self.rules.runs.get(&status).map_or(&[], Vec::as_slice)
    }

    /// What else stops a clock.
    #[must_use]
    pub fn met_by(&self, clock: ClockName) -> Option<MetBy> {
        self.rules.met_by.get(&clock).copied()
    }

    /// Whether a clock stands still while the reporter's answer is awaited or the case is suspended. Statutory clocks do
    /// not (norms.md 8.3).
    #[must_use]
    pub fn stands_still(&self, clock: ClockName) -> bool {
        self.rules.still.contains(&clock)
    }

    /// How a clock may be extended.
    #[must_use]
    pub fn extension(&self, clock: ClockName) -> Option<Extension> {
        self.rules.extensions.get(&clock).copied()
    }

    /// Why a clock may be waived; empty where it may not.
    #[must_use]
    pub fn waivers(&self, clock: ClockName) -> &[Waiver] {
        self.rules.waivers.get(&clock).map_or(&[], Vec::as_slice)
    }

    /// How long an ended case is kept (control EU-18.1-1).
    #[must_use]
    pub fn retention(&self, class: RetentionClass) -> Option<Period> {
        self.retention.get(&class).copied()
    }

    /// How often the operator reviews the procedures (EU 2019/1937 art. 14; ISO 37002, 9.3).
    #[must_use]
    pub const fn procedure_review(&self) -> Option<Period> {
        self.choices.procedure_review
    }

    /// The day on which a clock ends; `None` if the profile does not have the clock.
    ///
    /// # Errors
    /// [`MissingYear`] if working days are counted into a year whose calendar is not known.
    pub fn due(&self, clock: ClockName, days: CaseDays) -> Result<Option<Date>, MissingYear> {
        let Some(period) = self.period(clock) else { return Ok(None) };
        self.after(self.start(period, days)?, period).map(Some)
    }

    /// The day from which a period runs.
    ///
    /// # Errors
    /// [`MissingYear`].
    pub fn start(&self, period: Period, days: CaseDays) -> Result<Date, MissingYear> {
        Ok(match period.from {
            Anchor::Receipt => days.received_on,
            Anchor::Stage => days.status_since,
            // EU 2019/1937 art. 9(1)(f): from the acknowledgement or, if none was sent, from the end of the seven days.
            Anchor::Acknowledgement => match days.acknowledged_on {
                Some(day) => day,
                None => self.due(ClockName::Acknowledge, days)?.unwrap_or(days.received_on),
            },
        })
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
            Unit::WorkingDays => self.calendar.add_working_days(start, period.amount),
        }
    }
}

#[cfg(test)]
mod tests;
