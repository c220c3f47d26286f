//! Working days per jurisdiction and year: data with its source, not code.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::source::{self, Section, Wanted};
use crate::domain::mistake::{Fault, Mistake};

/// Working days would have to be counted in a year for which the calendar has no data. The operator must add the year:
/// guessing a holiday would miss or forge a deadline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the working-day calendar {calendar} does not have the year {year}")]
pub struct MissingYear {
    /// The calendar.
    pub calendar: String,
    /// The year.
    pub year: i16,
}

/// Which days are working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    name: String,
    version: u32,
    /// `None`: every year, Monday to Friday.
    pub(super) years: Option<BTreeMap<i16, Year>>,
}

/// One year of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Year {
    /// Where the days come from, and how sure it is.
    pub(super) source: String,
    /// Days off that are not a Saturday or a Sunday.
    pub(super) off: Vec<Date>,
    /// Saturdays and Sundays that are worked.
    pub(super) worked: Vec<Date>,
}

/// The longest name of a calendar, and the longest note on where a year comes from, in bytes.
const LONGEST: (usize, usize) = (32, 400);

impl Calendar {
    /// Monday to Friday of any year.
    #[must_use]
    pub fn weekdays() -> Self {
        Self { name: "weekdays".to_owned(), version: 1, years: None }
    }

    /// Reads a calendar file.
    ///
    /// # Errors
    /// Every mistake with its line: what is missing or unknown, days of another year, days off that are no weekdays,
    /// worked days that are.
    pub fn read(text: &str) -> Result<Self, Vec<Mistake>> {
        source::read(text, Self::of)
    }

    pub(super) fn of(file: &Section<'_>) -> Option<Self> {
        let name = file.word("name", &Wanted::a(Fault::PlainName), |text| {
            let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            (plain && !text.is_empty() && text.len() <= LONGEST.0).then(|| text.to_owned())
        });
        let version = file.whole("version", (1, 9999));
        let years = file.tables("years", year)?;
        let mut known = BTreeMap::new();
        for (number, data) in years {
            if known.insert(number, data).is_some() {
                file.mistake_at("years", Fault::Twice, &number.to_string());
            }
        }
        Some(Self { name: name?, version: version?, years: Some(known) })
    }

    /// Whether it knows every year, because it has no days off.
    #[must_use]
    pub const fn knows_any_year(&self) -> bool {
        self.years.is_none()
    }

    /// What it is called; a profile names it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The years the calendar knows, each with its source; empty if it knows any year.
    #[must_use]
    pub fn sources(&self) -> Vec<(i16, &str)> {
        self.years.iter().flatten().map(|(year, data)| (*year, data.source.as_str())).collect()
    }

    /// Whether a day is worked.
    ///
    /// # Errors
    /// [`MissingYear`].
    pub fn is_working_day(&self, day: Date) -> Result<bool, MissingYear> {
        let weekend = is_weekend(day);
        let Some(years) = &self.years else { return Ok(!weekend) };
        let year = years.get(&day.year()).ok_or_else(|| self.missing(day.year()))?;
        Ok(if weekend { year.worked.contains(&day) } else { !year.off.contains(&day) })
    }

    /// The `amount`-th working day after `start`; for zero, `start` itself or the next working day.
    ///
    /// # Errors
    /// [`MissingYear`].
    pub fn add_working_days(&self, start: Date, amount: u16) -> Result<Date, MissingYear> {
        let mut day = start;
        let mut left = amount;
        if left == 0 {
            while !self.is_working_day(day)? {
                day = self.next(day)?;
            }
            return Ok(day);
        }
        while left > 0 {
            day = self.next(day)?;
            if self.is_working_day(day)? {
                left = left.saturating_sub(1);
            }
        }
        Ok(day)
    }

    fn next(&self, day: Date) -> Result<Date, MissingYear> {
        day.checked_add(1.day()).map_err(|_end_of_time| self.missing(day.year().saturating_add(1)))
    }

    fn missing(&self, year: i16) -> MissingYear {
        MissingYear { calendar: self.name.clone(), year }
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn year(section: &Section<'_>) -> Option<(i16, Year)> {
    let number = section.whole("year", (2000, 2200)).and_then(|year| i16::try_from(year).ok());
    let source = section.word("source", &Wanted::a(Fault::Origin), |text| {
        (!text.trim().is_empty() && text.len() <= LONGEST.1).then(|| text.to_owned())
    });
    let (off, worked) = (section.days("off")?, section.days("worked")?);
    for (name, days, weekend, fault) in
        [("off", &off, false, Fault::OffAnyway), ("worked", &worked, true, Fault::WorkedAnyway)]
    {
        for day in days {
            if number.is_some_and(|number| number != day.year()) {
                section.mistake_at(name, Fault::OtherYear, &day.to_string());
            }
            if is_weekend(*day) != weekend {
                section.mistake_at(name, fault, &day.to_string());
            }
        }
    }
    Some((number?, Year { source: source?, off, worked }))
}
