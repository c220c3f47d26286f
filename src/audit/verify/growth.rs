//! Whether the tree grew by its pace, whatever came (audit-log.md 4.1), as far as the entries show.
//!
//! Every epoch has entries of the log's own, all with the same time, and at least one pad. They tell where one epoch ends
//! and the next begins; how far it must have grown follows from the level of the day and from how much came late. Only of
//! the first epoch the growth is free, because what had gathered before enters with it.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::{
    Pace,
    reading::Reading,
    report::{Outcome, Report},
};
use crate::audit::rhythm::{MOST, Rhythm, Waiting};

/// Follows the epochs.
pub(super) struct Growth {
    pace: Pace,
    rhythm: Rhythm,
    /// Where the epoch that is being read may have begun; several only while it cannot be told.
    states: Vec<State>,
    epoch: Option<Epoch>,
    /// Commitments from the leaf `first` on, which is not behind the beginning of the epoch.
    recent: VecDeque<[u8; 32]>,
    first: u64,
    /// Companions that name nothing.
    strays: u64,
    /// The first leaf that does not fit.
    unfit: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// The epoch's first leaf.
    start: u64,
    level: u32,
    /// The day of the log of the epoch before; none before the first.
    day: Option<i64>,
}

/// What is known of an epoch.
struct Epoch {
    at: u64,
    first: u64,
    last: u64,
    map: Option<u64>,
    /// Public heads that it recorded.
    anchors: u64,
    /// What companions name, and where they stand.
    late: Vec<([u8; 32], u64)>,
}

impl Growth {
    pub(super) fn new(pace: Pace) -> Self {
        Self {
            pace,
            rhythm: Rhythm::new(pace.epoch, pace.day, pace.mmd, pace.quantum),
            states: vec![State { start: 0, level: 0, day: None }],
            epoch: None,
            recent: VecDeque::new(),
            first: 0,
            strays: 0,
            unfit: None,
        }
    }

    pub(super) fn push(&mut self, index: u64, entry: &Reading, report: &mut Report) {
        if self.unfit.is_some() {
            return;
        }
        self.recent.push_back(entry.commitment);
        if let Some(at) = entry.at.filter(|_| entry.object.0 == "log") {
            self.own(index, at, entry, report);
        } else if self.epoch.is_none() || self.recent.len() > usize::try_from(4 * MOST).unwrap_or(usize::MAX)
        {
            // A log that does not begin with itself, or whose epochs have no end.
            self.lose(index);
        }
    }

    fn own(&mut self, index: u64, at: u64, entry: &Reading, report: &mut Report) {
        let another = self.epoch.as_ref().is_none_or(|epoch| epoch.at != at);
        if another {
            if self.epoch.as_ref().is_some_and(|epoch| epoch.at > at) {
                return self.lose(index);
            }
            self.close(index, report);
            self.epoch =
                Some(Epoch { at, first: index, last: index, map: None, anchors: 0, late: Vec::new() });
        }
        let Some(epoch) = &mut self.epoch else { return };
        epoch.last = index;
        if entry.did("log.headmap") {
            epoch.map = Some(index);
        }
        if entry.did("chain.anchored") {
            epoch.anchors = epoch.anchors.saturating_add(1);
        }
        if entry.did("log.late") {
            epoch.late.extend(entry.answers.iter().map(|late| (*late, index)));
        }
    }

    fn lose(&mut self, index: u64) {
        self.unfit.get_or_insert(index);
        self.recent = VecDeque::new();
    }

    /// The epoch ends before the leaf `limit`.
    fn close(&mut self, limit: u64, report: &mut Report) {
        let Some(epoch) = self.epoch.take() else { return };
        let mut next: Vec<State> = Vec::new();
        for state in &self.states {
            for grown in self.grown(*state, &epoch, limit) {
                if !next.contains(&grown) {
                    next.push(grown);
                }
            }
        }
        let Some(end) = next.iter().map(|state| state.start).min() else { return self.lose(epoch.first) };
        self.companions(&epoch, end, report);
        let gone = usize::try_from(end.saturating_sub(self.first)).unwrap_or(0).min(self.recent.len());
        self.recent.drain(..gone);
        (self.first, self.states) = (end, next);
    }

    /// The day of the log of an epoch that was closed at this time.
    fn day(&self, at: u64) -> Option<i64> {
        let moment = i64::try_from(at).ok().and_then(|at| Timestamp::from_second(at).ok())?;
        Some(self.rhythm.day_of(self.rhythm.ended(moment)))
    }

    fn grown(&self, from: State, epoch: &Epoch, limit: u64) -> Vec<State> {
        let Some(day) = self.day(epoch.at) else { return Vec::new() };
        let fits = |start: u64| epoch.last < start && start <= limit;
        let Some(before) = from.day else {
            let all = (0..=MOST.ilog2()).filter_map(|level| self.pace.quantum.checked_shl(level));
            let fitting = all.filter(|start| epoch.map.is_none() && fits(*start));
            return fitting.map(|start| State { start, level: 0, day: Some(day) }).collect();
        };
        let new_day = day > before;
        if day < before || epoch.map != new_day.then_some(from.start) {
            return Vec::new();
        }
        let late = u64::try_from(epoch.late.len()).unwrap_or(u64::MAX);
        let waiting = Waiting { due: late, late, own: u64::from(new_day).saturating_add(epoch.anchors) };
        let plan = self.rhythm.plan(if new_day { 0 } else { from.level }, &waiting);
        let start = from.start.saturating_add(plan.growth);
        if fits(start) { vec![State { start, level: plan.level, day: Some(day) }] } else { Vec::new() }
    }

    /// What a companion names entered the log in the same epoch.
    fn companions(&mut self, epoch: &Epoch, end: u64, report: &mut Report) {
        if epoch.late.is_empty() {
            return;
        }
        let count = usize::try_from(end.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let there: std::collections::HashSet<&[u8; 32]> = self.recent.iter().take(count).collect();
        for (_, index) in epoch.late.iter().filter(|(late, _)| !there.contains(late)) {
            let sentence = format!("Entry {index} says that an entry came late, and none such came with it.");
            self.strays = self.strays.saturating_add(1);
            report.add_at("own", *index, sentence);
        }
    }

    /// Ends the last epoch; `size` is that of the signed head. Says how many companions name nothing.
    pub(super) fn end(&mut self, size: u64, report: &mut Report) -> u64 {
        self.close(size, report);
        if self.unfit.is_none() && !self.states.iter().any(|state| state.start == size) {
            self.unfit = self.states.first().map(|state| state.start);
        }
        self.strays
    }

    /// Says whether all epochs fitted.
    pub(super) fn tell(&self, report: &mut Report) {
        let Pace { epoch, day, quantum, .. } = self.pace;
        match self.unfit {
            None => report.add(
                "growth",
                Outcome::Good,
                format_args!("Every epoch grew by its pace: {quantum} leaves, doubled only for what was late."),
            ),
            Some(index) => report.add(
                "growth",
                Outcome::PolicyNotMet,
                format_args!(
                    "From about entry {index} on the log did not grow by {quantum} leaves in {epoch} seconds and by one map of \
                     heads in {day}. Give the pace that its operator states (--quantum, --epoch, --day); if this is it, ask why."
                ),
            ),
        }
    }
}
