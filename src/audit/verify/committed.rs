//! Whether the bundle's directory is exactly what the log committed to, one entry for each `directory.signed` and each
//! signed `actor.retired`: nothing missing, nothing added, nothing exchanged. Its order is that of its own chain.
//!
//! The directory may run ahead of the signed head, because an entry counts when it is signed and is in the tree a little
//! later.

use std::collections::{HashMap, HashSet};

use super::{
    Pace,
    people::{Line, People},
    reading::Reading,
    report::{Outcome, Report},
};
use crate::domain::ids::StaffId;

/// Where in the directory the entry with a digest stands.
type Places = HashMap<[u8; 32], usize>;

/// What an entry of the log says about one of the directory.
struct Logged {
    index: u64,
    at: u64,
    digest: [u8; 32],
    /// In whose history it stands.
    object: String,
    /// The alias that it enrols.
    alias: Option<String>,
}

/// What the log committed to.
#[derive(Default)]
pub(super) struct Committed {
    logged: Vec<Logged>,
    /// The newest time that any entry tells: about that of the head.
    newest: u64,
    faults: u64,
}

impl Committed {
    /// Takes the next entry of the log.
    pub(super) fn push(&mut self, index: u64, entry: &Reading) {
        self.newest = self.newest.max(entry.at.unwrap_or_default());
        if let (Some(digest), Some(at)) = (entry.directory, entry.at) {
            let (object, alias) = (entry.object.1.clone(), entry.enrolled.clone());
            self.logged.push(Logged { index, at, digest, object, alias });
        }
    }

    /// Ends.
    pub(super) fn finish(mut self, people: &People, pace: Pace, report: &mut Report) {
        let Some(lines) = people.directory_lines() else { return };
        let places: Places = (0..).zip(lines).map(|(place, line)| (line.0, place)).collect();
        let logged = std::mem::take(&mut self.logged);
        self.missing(&logged, &places, report);
        let ahead = self.added(&logged, (lines, &places), pace, report);
        self.persons(&logged, (lines, &places), people, report);
        if self.faults > 0 {
            return;
        }
        let known = lines.len().saturating_sub(ahead);
        let sentence = match ahead {
            0 => format!("The directory holds the {known} entries that the log committed to, and no other."),
            _ => format!(
                "The directory holds the {known} entries that the log committed to. {ahead} more are not in the log yet: it may run ahead of the signed head; a newer bundle must show them there."
            ),
        };
        report.add("directory", Outcome::Good, sentence);
    }

    fn fault(&mut self, index: u64, sentence: &str, report: &mut Report) {
        self.faults = self.faults.saturating_add(1);
        report.add_at("directory", index, format_args!("Entry {index} {sentence}."));
    }

    fn missing(&mut self, logged: &[Logged], places: &Places, report: &mut Report) {
        let mut seen = HashSet::new();
        for one in logged {
            if !places.contains_key(&one.digest) {
                let what = "committed to an entry of the directory that is missing here, or was exchanged";
                self.fault(one.index, what, report);
            } else if !seen.insert(one.digest) {
                self.fault(one.index, "commits to an entry of the directory a second time", report);
            }
        }
    }

    /// Entries that the log does not have: fine at the end, and also where their neighbours have only just come in. Says
    /// how many those are.
    fn added(
        &mut self,
        logged: &[Logged],
        (lines, places): (&[Line], &Places),
        pace: Pace,
        report: &mut Report,
    ) -> usize {
        let known: HashSet<[u8; 32]> = logged.iter().map(|one| one.digest).collect();
        let patience = pace.mmd.saturating_add(pace.epoch);
        let settled = |one: &&Logged| one.at.saturating_add(patience) < self.newest;
        // The first settled entry of the log behind each place.
        let settled: Vec<(usize, u64)> = logged
            .iter()
            .filter(settled)
            .filter_map(|one| Some((*places.get(&one.digest)?, one.index)))
            .collect();
        let mut ahead = 0_usize;
        for (place, (digest, _)) in (0..).zip(lines) {
            if known.contains(digest) {
                continue;
            }
            match settled.iter().filter(|(later, _)| *later > place).min() {
                Some((_, index)) => {
                    let what = "committed to an entry of the directory before which another was added that no entry of the log names";
                    self.fault(*index, what, report);
                }
                None => ahead = ahead.saturating_add(1),
            }
        }
        ahead
    }

    /// Every person has one history, and an alias signs as the person whose entry of the directory enrolled it.
    fn persons(
        &mut self,
        logged: &[Logged],
        (lines, places): (&[Line], &Places),
        people: &People,
        report: &mut Report,
    ) {
        let mut histories: HashMap<StaffId, &str> = HashMap::new();
        for one in logged {
            let line = places.get(&one.digest).and_then(|place| lines.get(*place));
            let Some((_, staff)) = line else { continue };
            if *histories.entry(*staff).or_insert(&one.object) != one.object {
                self.fault(
                    one.index,
                    "stands in the history of somebody else than its entry of the directory",
                    report,
                );
            }
            let signer = one.alias.as_deref().and_then(|alias| people.signer(alias));
            if signer.is_some_and(|signer| signer != *staff) {
                self.fault(
                    one.index,
                    "enrolled an alias that acts with the signature of somebody else",
                    report,
                );
            }
        }
    }
}
