//! How the tree grows: in which epoch an entry belongs, how many leaves an epoch adds, what has to wait.
//!
//! Every epoch adds `quantum · 2^level` leaves, however many entries wait: pads fill the rest, and what does not fit is
//! held back. So an outsider who watches the tree learns nothing about the number of reports but how often it was too
//! large for a level. Only entries that have waited too long (RFC 6962 section 3 calls the longest wait the maximum merge
//! delay) raise the level, which falls back when a new day of the log begins.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// The most leaves that one epoch adds, unless the quantum alone is more: what one transaction bears.
pub const MOST: u64 = 1 << 17;

/// The pace of the log; whoever is given one has made it with [`Rhythm::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    epoch: i64,
    day: i64,
    patience: i64,
    quantum: u64,
}

/// What waits for its place in the tree at the end of an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Entries that are due.
    pub due: u64,
    /// Those of them that have waited too long; each is given a companion, `log.late`.
    pub late: u64,
    /// Entries of the log itself that this epoch must take: its beginning, the day's head map.
    pub own: u64,
}

/// What an epoch takes in. The four kinds of leaves together are [`Plan::growth`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The level: the growth is the quantum, doubled so often.
    pub level: u32,
    /// Leaves that the tree gains.
    pub growth: u64,
    /// Entries taken of those that are due, the longest due first.
    pub taken: u64,
    /// Those of them that are late, each with its companion.
    pub late: u64,
    /// Entries of the log itself beside companions and pads.
    pub own: u64,
    /// Pads.
    pub pads: u64,
}

impl Rhythm {
    /// The pace where nothing else is set: epochs of 15 minutes, days of 24 hours, an hour of patience, 64 leaves.
    pub const PLAIN: Self = Self { epoch: 900, day: 86_400, patience: 3600, quantum: 64 };

    /// A pace: seconds of an epoch, of a day of the log (whole epochs) and of the longest wait, and the leaves of an
    /// epoch. Nothing is taken as less than one.
    #[must_use]
    pub fn new(epoch: u64, day: u64, patience: u64, quantum: u64) -> Self {
        let seconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX).max(1);
        Self {
            epoch: seconds(epoch),
            day: seconds(day),
            patience: seconds(patience),
            quantum: quantum.clamp(1, MOST),
        }
    }

    /// Seconds of an epoch.
    #[must_use]
    pub const fn epoch_seconds(&self) -> i64 {
        self.epoch
    }

    /// Seconds of a day of the log.
    #[must_use]
    pub const fn day_seconds(&self) -> i64 {
        self.day
    }

    /// Leaves that an epoch adds where nothing is late.
    #[must_use]
    pub const fn quantum(&self) -> u64 {
        self.quantum
    }

    /// The epoch of a moment: whole epochs since 1970.
    #[must_use]
    pub fn epoch_of(&self, moment: Timestamp) -> i64 {
        moment.as_second().div_euclid(self.epoch)
    }

    /// The last epoch that has ended.
    #[must_use]
    pub fn ended(&self, now: Timestamp) -> i64 {
        self.epoch_of(now).saturating_sub(1)
    }

    /// When an epoch ends, which is when the next one begins.
    #[must_use]
    pub fn end_of(&self, epoch: i64) -> Timestamp {
        let seconds = epoch.saturating_add(1).saturating_mul(self.epoch);
        Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
    }

    /// The day of the log in which an epoch begins: whole days since 1970.
    #[must_use]
    pub const fn day_of(&self, epoch: i64) -> i64 {
        epoch.saturating_mul(self.epoch).div_euclid(self.day)
    }

    /// The first epoch of a day of the log.
    #[must_use]
    pub const fn first_epoch(&self, day: i64) -> i64 {
        day.saturating_mul(self.day).div_euclid(self.epoch)
    }

    /// The first day (UTC) by whose end everything that reporters caused on `day` is in the tree: it is due at the latest
    /// when the day of the log after that ends, may then wait as long as anything, and enters with the epoch.
    #[must_use]
    pub fn settled_by(&self, day: Date) -> Date {
        let wait = self.day.saturating_add(self.patience).saturating_add(self.epoch);
        let moment = day
            .tomorrow()
            .and_then(|next| next.to_zoned(TimeZone::UTC))
            .and_then(|next| next.timestamp().checked_add(SignedDuration::from_secs(wait)));
        moment.map_or(Date::MAX, |moment| moment.to_zoned(TimeZone::UTC).date())
    }

    /// What is due before this moment is late by now.
    #[must_use]
    pub fn late_before(&self, now: Timestamp) -> Timestamp {
        now.saturating_sub(SignedDuration::from_secs(self.patience)).unwrap_or(Timestamp::MIN)
    }

    /// What the epoch takes, at least at `level`. One leaf is always a pad, so that an epoch always has an entry of its
    /// own.
    #[must_use]
    pub fn plan(&self, level: u32, waiting: &Waiting) -> Plan {
        let must = waiting.late.saturating_mul(2).saturating_add(waiting.own).saturating_add(1);
        let level = self.level_for(must).max(level.min(self.highest()));
        let growth = self.growth(level);
        let room = growth.saturating_sub(1).saturating_sub(waiting.own);
        let late = waiting.late.min(room / 2);
        let rest = room.saturating_sub(late.saturating_mul(2));
        // What is late is longest due: nothing else goes before it.
        let others = if late < waiting.late { 0 } else { waiting.due.saturating_sub(late).min(rest) };
        let taken = late.saturating_add(others);
        let filled = taken.saturating_add(late).saturating_add(waiting.own);
        Plan { level, growth, taken, late, own: waiting.own, pads: growth.saturating_sub(filled) }
    }

    /// What the tree's first epoch takes: everything that has gathered before there was a tree, none of it late.
    #[must_use]
    pub fn first_plan(&self, waiting: &Waiting) -> Plan {
        let all = Waiting { late: 0, ..*waiting };
        let level = self.level_for(all.due.saturating_add(all.own).saturating_add(1));
        self.plan(level, &all)
    }

    /// Leaves that an epoch adds at a level.
    fn growth(&self, level: u32) -> u64 {
        self.quantum.checked_shl(level).unwrap_or(u64::MAX)
    }

    /// The lowest level at which so many leaves fit, or the highest there is.
    fn level_for(&self, leaves: u64) -> u32 {
        (0..self.highest()).find(|level| self.growth(*level) >= leaves).unwrap_or_else(|| self.highest())
    }

    /// The highest level that [`MOST`] allows.
    fn highest(&self) -> u32 {
        (MOST / self.quantum).checked_ilog2().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn waiting(due: u64, late: u64) -> Waiting {
        Waiting { due, late, own: 0 }
    }

    #[test]
    fn epochs_and_days_are_counted_from_1970() {
        let rhythm = Rhythm::new(900, 86_400, 3600, 64);
        assert_eq!((rhythm.epoch_of(at(899)), rhythm.epoch_of(at(900)), rhythm.ended(at(900))), (0, 1, 0));
        assert_eq!(rhythm.end_of(0), at(900));
        assert_eq!((rhythm.day_of(95), rhythm.day_of(96), rhythm.first_epoch(1)), (0, 1, 96));
        assert_eq!(rhythm.late_before(at(4000)), at(400));
    }

    #[test]
    fn what_a_reporter_caused_is_in_the_tree_two_days_later_at_the_latest() {
        let day = jiff::civil::date(2026, 12, 31);
        let settled = Rhythm::PLAIN.settled_by(day).to_string();
        assert_eq!(settled, "2027-01-02", "what is due at midnight may wait an hour more");
        assert_eq!(Rhythm::new(60, 600, 60, 64).settled_by(day).to_string(), "2027-01-01");
        assert_eq!(Rhythm::PLAIN.settled_by(Date::MAX), Date::MAX);
    }

    #[test]
    fn what_does_not_fit_is_held_back() {
        let rhythm = Rhythm::new(900, 86_400, 3600, 64);
        let plan = |due, late| rhythm.plan(0, &waiting(due, late));
        assert_eq!((plan(0, 0).taken, plan(0, 0).pads), (0, 64));
        assert_eq!((plan(60, 0).taken, plan(60, 0).pads), (60, 4));
        assert_eq!((plan(500, 0).taken, plan(500, 0).pads, plan(500, 0).level), (63, 1, 0));
        let late = plan(500, 40);
        assert_eq!((late.level, late.growth, late.late, late.taken), (1, 128, 40, 87));
        assert_eq!(rhythm.plan(3, &waiting(0, 0)).growth, 512);
        let first = rhythm.first_plan(&waiting(500, 400));
        assert_eq!((first.growth, first.taken, first.late), (512, 500, 0));
    }

    #[test]
    fn no_epoch_is_larger_than_a_transaction_bears() {
        let rhythm = Rhythm::new(900, 86_400, 3600, 64);
        let plan = rhythm.plan(0, &waiting(10_000_000, 9_000_000));
        assert_eq!(plan.growth, MOST);
        assert_eq!((plan.taken, plan.late), ((MOST - 1) / 2, (MOST - 1) / 2));
        assert_eq!(Rhythm::new(1, 1, 1, 65_536).plan(40, &waiting(0, 0)).growth, MOST);
    }

    proptest! {
        #[test]
        fn every_plan_adds_up(quantum in 1_u64..5000, level in 0_u32..12, due in 0_u64..300_000, late in 0_u64..300_000, own in 0_u64..2) {
            let rhythm = Rhythm::new(900, 86_400, 3600, quantum);
            let waiting = Waiting { due: due.max(late), late, own };
            let plan = rhythm.plan(level, &waiting);
            let capped = level.min(rhythm.highest());
            prop_assert!(plan.level >= capped && plan.level <= rhythm.highest());
            prop_assert_eq!(plan.growth, quantum << plan.level);
            prop_assert!(plan.growth <= MOST.max(quantum));
            if plan.level < rhythm.highest() {
                prop_assert_eq!(plan.late, late, "all that is late is taken");
                prop_assert!(plan.pads >= 1);
            }
            prop_assert_eq!(plan.taken + plan.late + plan.own + plan.pads, plan.growth.max(plan.own));
            prop_assert!(plan.taken <= waiting.due && plan.late <= plan.taken);
            if plan.level > capped {
                let smaller = quantum << (plan.level - 1);
                prop_assert!(2 * late + own + 1 > smaller, "the level rises for what is late alone");
            }
        }

        #[test]
        fn the_growth_does_not_tell_how_many_came(quantum in 64_u64..500, few in 0_u64..60, many in 0_u64..60, level in 0_u32..5) {
            let rhythm = Rhythm::new(900, 86_400, 3600, quantum);
            prop_assert_eq!(rhythm.plan(level, &waiting(few, 0)).growth, rhythm.plan(level, &waiting(many, 0)).growth);
        }
    }
}
