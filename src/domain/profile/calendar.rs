//! Working days per jurisdiction and year: data with its source, not code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// Working days would have to be counted in a year for which the calendar has no data. The operator must add the year:
/// guessing a holiday would miss or forge a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the working-day calendar {calendar} does not have the year {year}")]
pub struct MissingYear {
    /// The calendar.
    pub calendar: &'static str,
    /// The year.
    pub year: i16,
}

/// Which days are working days.
#[derive(Debug, Clone)]
pub struct Calendar {
    name: &'static str,
    /// `None`: every year, Monday to Friday.
    years: Option<BTreeMap<i16, Year>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    years: Vec<Year>,
}

/// One year of a calendar.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i16,
    /// Where the days come from, and how sure it is.
    source: String,
    /// Days off that are not a Saturday or a Sunday.
    off: Vec<Date>,
    /// Saturdays and Sundays that are worked.
    worked: Vec<Date>,
}

static KZ: LazyLock<Calendar> = LazyLock::new(|| embedded("kz", include_str!("calendar_kz.toml")));
static WEEKDAYS: Calendar = Calendar { name: "weekdays", years: None };

#[expect(clippy::expect_used, reason = "the file is part of the program and a test reads it")]
fn embedded(name: &'static str, text: &str) -> Calendar {
    let file: File = toml::from_str(text).expect("embedded calendar");
    Calendar { name, years: Some(file.years.into_iter().map(|year| (year.year, year)).collect()) }
}

impl Calendar {
    /// The calendar of a name: `kz`, or `weekdays` (Monday to Friday of any year).
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        match name {
            "kz" => Some(&KZ),
            "weekdays" => Some(&WEEKDAYS),
            _ => None,
        }
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
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let Some(years) = &self.years else { return Ok(!weekend) };
        let year = years.get(&day.year()).ok_or(MissingYear { calendar: self.name, year: day.year() })?;
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
        let end = MissingYear { calendar: self.name, year: day.year().saturating_add(1) };
        day.checked_add(1.day()).ok().ok_or(end)
    }
}
