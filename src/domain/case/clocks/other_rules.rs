//! The clocks of a case that goes on under another profile, or a later version of its own (control PROF-1).

use super::{Clock, ClockNews, Clocks};
use crate::domain::case::status::Status;
use crate::domain::profile::{Anchor, CaseDays, Profile};

impl Clocks {
    /// The case goes on under other rules (control PROF-1): what still runs is due by them, from the day from which it
    /// ran; what they do not know ends without being kept or missed, and what they ask for in this state begins. Every
    /// clock whose day is another is told of.
    pub fn move_to(&mut self, (old, new): (&Profile, &Profile), status: Status, days: CaseDays) -> ClockNews {
        let mut news = ClockNews::default();
        let names = new.running(status);
        let stated = |name| Status::ALL.iter().any(|status| new.running(*status).contains(&name));
        self.0.retain(|clock| {
            !clock.runs()
                || (new.period(clock.name).is_some() && (names.contains(&clock.name) || !stated(clock.name)))
        });
        let running: Vec<Clock> = self.0.iter().filter(|clock| clock.runs()).cloned().collect();
        for before in running {
            // After a reopening the clock began later than the receipt.
            let of_receipt = old.period(before.name).is_some_and(|period| period.from == Anchor::Receipt);
            let received_on = if of_receipt { before.from } else { days.received_on };
            let stage = old.period(before.name).is_some_and(|period| period.from == Anchor::Stage);
            let status_since = if stage { before.from } else { days.status_since };
            let mut told = ClockNews::default();
            self.start_in(new, before.name, CaseDays { received_on, status_since, ..days }, &mut told);
            for clock in self.running_mut(before.name) {
                clock.still_since = before.still_since.filter(|_| new.stands_still(before.name));
                // Another day can be missed again.
                clock.missed_on = before.missed_on.filter(|_| clock.due == before.due);
                if clock.due != before.due {
                    news.started.push(before.name);
                }
            }
            news.unknown = news.unknown.or(told.unknown);
        }
        for name in names {
            if self.get(*name).is_none() {
                self.start_in(new, *name, days, &mut news);
            }
        }
        news
    }
}
