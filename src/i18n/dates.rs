//! Days and moments as each language writes them.

use jiff::civil::{Date, DateTime, Weekday};

use super::{Given, Texts};

impl Texts {
    /// A day in full: "Wed 25 Nov 2026".
    #[must_use]
    pub fn date(self, day: impl Given<Date>) -> String {
        let day = day.given();
        let (weekday, month) = (self.weekday(day), self.month(day));
        self.date_full(day.day().to_string(), month, weekday, day.year().to_string()).into_owned()
    }

    /// A day whose year is clear: "Wed 25 Nov".
    #[must_use]
    pub fn short_date(self, day: impl Given<Date>) -> String {
        let day = day.given();
        self.date_short(day.day().to_string(), self.month(day), self.weekday(day)).into_owned()
    }

    /// A local moment: "Wed 25 Nov 2026, 14:05". Only for acts of staff; of a reporter's acts a day is all there is.
    #[must_use]
    pub fn moment(self, at: impl Given<DateTime>) -> String {
        let at = at.given();
        format!("{}, {:02}:{:02}", self.date(at.date()), at.hour(), at.minute())
    }

    /// How far off a due day is: "due in 3 days (Wed 25 Nov)"; `days` is negative where the day has passed.
    #[must_use]
    pub fn due(self, days: impl Given<i64>, on: impl Given<Date>) -> String {
        let days = days.given();
        let day = self.short_date(on.given());
        let words = match days {
            0 => self.due_today(day),
            1.. => self.due_in_days(day, days),
            _ => self.due_overdue(day, days.saturating_neg()),
        };
        words.into_owned()
    }

    fn month(self, day: Date) -> String {
        self.code("month", &day.month().to_string())
    }

    fn weekday(self, day: Date) -> String {
        let name = match day.weekday() {
            Weekday::Monday => self.weekday_monday(),
            Weekday::Tuesday => self.weekday_tuesday(),
            Weekday::Wednesday => self.weekday_wednesday(),
            Weekday::Thursday => self.weekday_thursday(),
            Weekday::Friday => self.weekday_friday(),
            Weekday::Saturday => self.weekday_saturday(),
            Weekday::Sunday => self.weekday_sunday(),
        };
        name.into_owned()
    }
}
