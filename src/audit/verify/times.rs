//! When entries say that they were written, against what witnesses saw when.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    Pace,
    heads::KnownHead,
    reading::Reading,
    report::{Outcome, Report},
};

/// How far the clocks of the instance and of a witness may differ, seconds.
pub(super) const CLOCKS: u64 = 60;

/// A reporter's day is that of the place, which the entry does not tell: how much earlier, and later, than by UTC a day can
/// begin, seconds (UTC+14, UTC-12).
const EASTERNMOST: u64 = 14 * 3600;
const WESTERNMOST: u64 = 12 * 3600;

/// Compares times with the heads around each entry.
pub(super) struct Times {
    /// Size and time of the heads that a witness saw, smallest first.
    seen: Vec<(u64, u64)>,
    pace: Pace,
    /// Entries that entered the log too long after they say they were written.
    late: HashMap<[u8; 32], u64>,
    /// What a `log.late` answers for; it may stand before the entry, because an epoch is shuffled.
    excused: HashSet<[u8; 32]>,
    faults: u64,
}

impl Times {
    pub(super) fn new(known: &[KnownHead], pace: Pace) -> Self {
        let seen = known.iter().filter_map(|known| Some((known.head.size, known.seen_at?))).collect();
        Self { seen, pace, late: HashMap::new(), excused: HashSet::new(), faults: 0 }
    }

    /// When the newest head was seen.
    pub(super) fn newest(&self) -> Option<u64> {
        self.seen.last().map(|(_, at)| *at)
    }

    pub(super) fn push(&mut self, index: u64, entry: &Reading, report: &mut Report) {
        if entry.did("log.late") {
            self.excused.extend(&entry.answers);
        }
        let before = self.seen.iter().rev().find(|(size, _)| *size <= index).map(|(_, at)| *at);
        let after = self.seen.iter().find(|(size, _)| *size > index).map(|(_, at)| *at);
        let Some((from, until)) = span(entry, self.pace) else { return };
        if after.is_some_and(|seen| from > seen.saturating_add(CLOCKS)) {
            self.faults = self.faults.saturating_add(1);
            report.add_at(
                "times",
                index,
                format_args!("Entry {index} was seen by a witness before it says it was written."),
            );
        }
        let slack = self.pace.mmd.saturating_add(self.pace.epoch);
        if before.is_some_and(|seen| until.saturating_add(slack) < seen) {
            self.late.insert(entry.commitment, index);
        }
    }

    /// Ends.
    pub(super) fn finish(mut self, report: &mut Report) {
        let told = self.late.extract_if(|commitment, _| self.excused.contains(commitment));
        let told: BTreeSet<u64> = told.map(|(_, index)| index).collect();
        let late: BTreeSet<u64> = self.late.values().copied().collect();
        for index in &late {
            report.add_at(
                "times",
                *index,
                format_args!(
                    "Entry {index} says it was written long before it entered the log, and nothing says why."
                ),
            );
        }
        if self.seen.is_empty() {
            report.add(
                "times",
                Outcome::PolicyNotMet,
                "No witness saw any head, so nothing vouches for the times that entries tell.",
            );
        } else if self.faults == 0 && self.late.is_empty() {
            let late = told.first().map_or(String::new(), |first| {
                let count = told.len();
                format!(
                    " Of {count} the log says itself that they came long after the time they tell, first of entry {first}: ask why."
                )
            });
            let sentence = format!("No entry tells a time that the witnesses contradict.{late}");
            report.add("times", Outcome::Good, sentence);
        }
    }
}

/// The earliest and latest second at which an entry can have been due for the log.
fn span(entry: &Reading, pace: Pace) -> Option<(u64, u64)> {
    if let Some(at) = entry.at {
        return Some((at, at));
    }
    // What a reporter caused enters during the day after its own.
    let day: Date = entry.day.as_deref()?.parse().ok()?;
    let begins: Timestamp = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let begins = u64::try_from(begins.as_second()).unwrap_or(0);
    let latest = begins.saturating_add(86_400).saturating_add(WESTERNMOST).saturating_add(pace.day);
    Some((begins.saturating_sub(EASTERNMOST), latest))
}

/// By when all that was written before this entry is in the log: a reporter's act enters during the day after its own, and
/// that day is the one of the place.
pub(super) fn settled(entry: &Reading, pace: Pace) -> Option<u64> {
    let (_, mut due) = span(entry, pace)?;
    if entry.at.is_some() {
        // At this second a day may have begun in the east that by UTC has yet to begin.
        due = due.saturating_add(EASTERNMOST).saturating_add(86_400).saturating_add(pace.day);
    }
    Some(due.saturating_add(pace.mmd).saturating_add(pace.epoch))
}
