//! The clocks that run on a case: what is due by when, what was kept and what was missed (norms.md 8.4).
//!
//! A due day is computed once, when its clock starts, and then stands: a new version of a profile or a calendar touches no
//! running clock. Which clocks run in a state, what stops them and how far they may be extended is the profile's.

mod news;
mod other_rules;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use news::ClockNews;

use super::status::Status;
use crate::domain::profile::{Anchor, CaseDays, ClockName, MetBy, Profile, Waiver};

/// A clock on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Which one.
    pub name: ClockName,
    /// The day from which it runs.
    pub from: Date,
    /// The last day on which it is met; none as long as the calendar lacks the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// How often it was extended.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extended: u8,
    /// Since when it stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub still_since: Option<Date>,
    /// When the handlers were reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_on: Option<Date>,
    /// When it was found to be missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed_on: Option<Date>,
    /// When what it asks for was done, late or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<Date>,
    /// Why it does not run at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waiver>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u8) -> bool {
    *count == 0
}

impl Clock {
    /// Whether what it asks for is still to be done.
    #[must_use]
    pub const fn runs(&self) -> bool {
        self.ended_on.is_none() && self.waived.is_none()
    }

    fn late_on(&self, day: Date) -> bool {
        self.still_since.is_none() && self.due.is_some_and(|due| due < day)
    }

    fn end(&mut self, on: Date, news: &mut ClockNews) {
        if !self.runs() {
            return;
        }
        if self.late_on(on) && self.missed_on.is_none() {
            self.missed_on = Some(on);
            news.missed.push(self.name);
        }
        if self.missed_on.is_none() {
            news.met.push(self.name);
        }
        self.still_since = None;
        self.ended_on = Some(on);
    }

    /// Goes on after standing still: what was left then is left now.
    fn go_on(&mut self, on: Date) {
        if let Some(since) = self.still_since.take() {
            let days = since.until(on).map_or(0, |span| span.get_days());
            self.due = self.due.map(|due| due.saturating_add(days.days()));
        }
    }
}

/// Why a clock cannot be extended to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionFault {
    /// It does not run on this case.
    #[error("the clock does not run")]
    NotRunning,
    /// The profile allows no extension of it (EU 2019/1937 art. 9(1)(f): internal channels have none).
    #[error("the profile allows no extension")]
    NotAllowed,
    /// It was extended as often as the profile allows.
    #[error("it was extended before")]
    Spent,
    /// The day is not after the due day.
    #[error("the day is not later than the due day")]
    NotLater,
    /// The day is beyond the end of all extensions.
    #[error("the day is beyond {0}, the end of all extensions")]
    Beyond(Date),
    /// The end of all extensions cannot be told.
    #[error("the working-day calendar lacks a year")]
    Unknown,
}

/// The clocks of a case, at most one of each name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clocks(Vec<Clock>);

impl Clocks {
    /// The clocks of a case on the day of its arrival. The automatic acknowledgement meets its clock at once, unless it is
    /// waived (control EU-9.1b-1).
    #[must_use]
    pub fn at_arrival(profile: &Profile, on: Date, waived: Option<Waiver>) -> (Self, ClockNews) {
        let mut clocks = Self::default();
        let mut news = ClockNews::default();
        let acknowledged_on = waived.is_none().then_some(on);
        let days = CaseDays { received_on: on, acknowledged_on, status_since: on };
        if profile.period(ClockName::Acknowledge).is_some() {
            clocks.start_in(profile, ClockName::Acknowledge, days, &mut news);
            for clock in clocks.running_mut(ClockName::Acknowledge) {
                clock.waived = waived;
                if waived.is_none() {
                    clock.end(on, &mut news);
                }
            }
        }
        for name in profile.running(Status::Received) {
            clocks.start_in(profile, *name, days, &mut news);
        }
        (clocks, news)
    }

    /// A step led from one state to another on `days.status_since`. `anew` where work begins again, after a reopening or a
    /// returned referral: then every clock starts from that day.
    pub fn step(
        &mut self,
        profile: &Profile,
        (from, to): (Status, Status),
        days: CaseDays,
        anew: bool,
    ) -> ClockNews {
        let mut news = ClockNews::default();
        let on = days.status_since;
        let waits = |status| matches!(status, Status::AwaitingInfo | Status::Suspended);
        if waits(from) {
            self.0.iter_mut().for_each(|clock| clock.go_on(on));
        }
        if to != Status::AwaitingInfo && from != to {
            let stated = |name| Status::ALL.iter().any(|status| profile.running(*status).contains(&name));
            let wanted = profile.running(to);
            for clock in self.0.iter_mut().filter(|clock| stated(clock.name) && !wanted.contains(&clock.name))
            {
                clock.end(on, &mut news);
            }
            for name in wanted {
                let from_stage = profile.period(*name).is_some_and(|period| period.from == Anchor::Stage);
                let before = self.get(*name);
                if anew || before.is_none_or(|clock| from_stage && !clock.runs()) {
                    self.start_in(profile, *name, days, &mut news);
                }
            }
        }
        if waits(to) {
            for clock in self.0.iter_mut().filter(|clock| clock.runs() && profile.stands_still(clock.name)) {
                clock.still_since.get_or_insert(on);
            }
        }
        news
    }

    /// An act started a clock that belongs to no state, such as the referral of signs of a crime.
    pub fn start(&mut self, profile: &Profile, name: ClockName, days: CaseDays) -> ClockNews {
        let mut news = ClockNews::default();
        self.start_in(profile, name, days, &mut news);
        news
    }

    /// What a clock asks for was done.
    pub fn stop(&mut self, name: ClockName, on: Date) -> ClockNews {
        let mut news = ClockNews::default();
        self.running_mut(name).for_each(|clock| clock.end(on, &mut news));
        news
    }

    /// What a clock asks for is no longer to be done.
    pub fn lapse(&mut self, name: ClockName, on: Date) {
        self.running_mut(name).for_each(|clock| clock.ended_on = Some(on));
    }

    /// Whether a clock runs.
    #[must_use]
    pub fn runs(&self, name: ClockName) -> bool {
        self.get(name).is_some_and(Clock::runs)
    }

    /// A person wrote to the reporter; `feedback` where it says what is done, and on what grounds.
    pub fn told(&mut self, profile: &Profile, feedback: bool, on: Date) -> ClockNews {
        let mut news = ClockNews::default();
        for clock in &mut self.0 {
            let met = match profile.met_by(clock.name) {
                Some(MetBy::Message) => true,
                Some(MetBy::Feedback) => feedback,
                None => false,
            };
            if met {
                clock.end(on, &mut news);
            }
        }
        news
    }

    /// The last day to which a clock may be extended.
    ///
    /// # Errors
    /// [`ExtensionFault`] where it may not.
    pub fn cap(&self, profile: &Profile, name: ClockName, days: CaseDays) -> Result<Date, ExtensionFault> {
        let clock = self.get(name).filter(|clock| clock.runs()).ok_or(ExtensionFault::NotRunning)?;
        let extension = profile.extension(name).ok_or(ExtensionFault::NotAllowed)?;
        if clock.extended >= extension.times {
            return Err(ExtensionFault::Spent);
        }
        // After a reopening the clock began later than the receipt.
        let of_receipt = profile.period(name).is_some_and(|period| period.from == Anchor::Receipt);
        let received_on = if of_receipt { clock.from } else { days.received_on };
        let days = CaseDays { received_on, status_since: clock.from, ..days };
        let start = profile.start(extension.cap, days);
        start
            .and_then(|start| profile.after(start, extension.cap))
            .map_err(|_missing| ExtensionFault::Unknown)
    }

    /// Extends a clock to a day, as far as the profile allows (controls EU-11.2d-1, KZ-76-1, EU-9.1f-1).
    ///
    /// # Errors
    /// [`ExtensionFault`].
    pub fn extend(
        &mut self,
        profile: &Profile,
        (name, until): (ClockName, Date),
        days: CaseDays,
    ) -> Result<(), ExtensionFault> {
        let cap = self.cap(profile, name, days)?;
        if until > cap {
            return Err(ExtensionFault::Beyond(cap));
        }
        for clock in self.running_mut(name) {
            if clock.due.is_some_and(|due| until <= due) {
                return Err(ExtensionFault::NotLater);
            }
            clock.due = Some(until);
            clock.extended = clock.extended.saturating_add(1);
            clock.reminded_on = None;
        }
        Ok(())
    }

    /// What the beginning of a day brings: due days that can be told now, reminders, and what was missed. Once told, a
    /// thing is not told again, however long nobody looked.
    pub fn tick(&mut self, profile: &Profile, today: Date, days: CaseDays) -> ClockNews {
        let mut news = ClockNews::default();
        for clock in self.0.iter_mut().filter(|clock| clock.runs()) {
            if clock.due.is_none() {
                let days = CaseDays { status_since: clock.from, ..days };
                match profile.due(clock.name, days) {
                    Ok(Some(due)) => {
                        clock.due = Some(due);
                        news.started.push(clock.name);
                    }
                    Ok(None) => {}
                    Err(missing) => news.unknown = Some(missing),
                }
            }
            if clock.late_on(today) && clock.missed_on.is_none() {
                clock.missed_on = Some(today);
                news.missed.push(clock.name);
            } else if reminder_day(profile, clock).is_some_and(|day| day <= today) {
                clock.reminded_on = Some(today);
                news.reminded.push(clock.name);
            }
        }
        news
    }

    /// The next day on which something is due: the earliest of the clocks that run.
    #[must_use]
    pub fn due_on(&self) -> Option<Date> {
        let running = self.0.iter().filter(|clock| clock.runs() && clock.still_since.is_none());
        running.filter_map(|clock| clock.due).min()
    }

    /// The next day on which [`Clocks::tick`] has something to do, looked at on `today`.
    #[must_use]
    pub fn watch_on(&self, profile: &Profile, today: Date) -> Option<Date> {
        let of = |clock: &Clock| match (clock.due, clock.missed_on) {
            (None, _) => Some(today.saturating_add(1.day())),
            (Some(_), Some(_)) => None,
            (Some(due), None) => {
                let late = due.saturating_add(1.day());
                Some(reminder_day(profile, clock).map_or(late, |day| day.min(late)))
            }
        };
        self.0.iter().filter(|clock| clock.runs() && clock.still_since.is_none()).filter_map(of).min()
    }

    /// Every clock that ran or runs.
    #[must_use]
    pub fn all(&self) -> &[Clock] {
        &self.0
    }

    /// A clock.
    #[must_use]
    pub fn get(&self, name: ClockName) -> Option<&Clock> {
        self.0.iter().find(|clock| clock.name == name)
    }

    /// Whether on a day something is overdue and still not done, found or not.
    #[must_use]
    pub fn late_on(&self, day: Date) -> bool {
        self.0.iter().any(|clock| clock.runs() && clock.late_on(day))
    }

    /// The clocks as they are stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads back what [`Clocks::to_json`] wrote.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn running_mut(&mut self, name: ClockName) -> impl Iterator<Item = &mut Clock> {
        self.0.iter_mut().filter(move |clock| clock.name == name && clock.runs())
    }

    fn start_in(&mut self, profile: &Profile, name: ClockName, days: CaseDays, news: &mut ClockNews) {
        let Some(period) = profile.period(name) else { return };
        let due = profile.due(name, days);
        if let Err(missing) = &due {
            news.unknown = Some(missing.clone());
        }
        let clock = Clock {
            name,
            from: profile.start(period, days).unwrap_or(days.received_on),
            due: due.ok().flatten(),
            extended: 0,
            still_since: None,
            reminded_on: None,
            missed_on: None,
            ended_on: None,
            waived: None,
        };
        self.0.retain(|before| before.name != name);
        self.0.push(clock);
        news.started.push(name);
    }
}

/// The day on which the handlers are to be reminded of a clock; none once they were, and none for a clock so short that it
/// would be the day on which it starts.
fn reminder_day(profile: &Profile, clock: &Clock) -> Option<Date> {
    let due = clock.due.filter(|_| clock.reminded_on.is_none() && clock.still_since.is_none())?;
    let day = due.saturating_sub(i32::from(profile.remind_before()).days());
    (day > clock.from && clock.missed_on.is_none()).then_some(day)
}

#[cfg(test)]
mod tests;
