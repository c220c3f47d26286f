//! Whether whoever acts was enrolled before, under an alias that is theirs alone, and is who the openings say.
//!
//! | rule | why |
//! | --- | --- |
//! | an act of staff needs an enrolment of its alias, no later than the act | nobody acts whom two administrators did not sign in |
//! | and no retirement between the two | nobody acts who has left |
//! | who acts in no part (`role: none`) in a person's history needs none | they make their keys or ask for their recovery: the act is about their own place, gives nothing, and comes first |
//! | an alias belongs to one history, and a history to one alias | so that nobody acts as another |
//!
//! Times decide, not places: an epoch is shuffled.

use std::collections::{BTreeMap, HashMap};

use super::{
    reading::Reading,
    report::{Outcome, Report},
    source::Source,
    times::CLOCKS,
};
use crate::audit::actor::ActorOpening;

/// Where the openings stand, one a line; a bundle has them only where somebody ordered it.
const OPENINGS: &str = "openings/actors.jsonl";

/// What an entry bound an alias to.
struct Enrolment {
    index: u64,
    at: u64,
    identity: [u8; 32],
}

/// Everybody who acts.
#[derive(Default)]
pub(super) struct Actors {
    openings: Option<Vec<ActorOpening>>,
    enrolled: BTreeMap<String, Vec<Enrolment>>,
    /// The history that an alias belongs to, and the alias of a history.
    histories: HashMap<String, String>,
    owners: HashMap<String, String>,
    /// When a history's person left.
    retired: HashMap<String, Vec<u64>>,
    /// The acts of an alias that need its enrolment: when, and the index. A lawful one is known only at the end.
    acts: BTreeMap<String, Vec<(u64, u64)>>,
    faults: u64,
}

impl Actors {
    /// Reads the openings, where there are some.
    pub(super) fn read(source: &dyn Source, report: &mut Report) -> Self {
        let mut actors = Self::default();
        let text = match source.file(OPENINGS) {
            Ok(Some(bytes)) => String::from_utf8(bytes).ok(),
            Ok(None) => return actors,
            Err(_unreadable) => None,
        };
        let read = |text: String| text.lines().map(|line| serde_json::from_str(line).ok()).collect();
        actors.openings = text.and_then(read);
        if actors.openings.is_none() {
            report.add("actors", Outcome::CannotTell, format_args!("{OPENINGS} cannot be read."));
        }
        actors
    }

    /// Takes the next entry of the log.
    pub(super) fn push(&mut self, index: u64, entry: &Reading, report: &mut Report) {
        if let (Some(alias), Some(identity), Some(at)) = (&entry.enrolled, entry.identity, entry.at) {
            self.belongs(index, (alias, &entry.object.1), report);
            self.enrolled.entry(alias.clone()).or_default().push(Enrolment { index, at, identity });
        }
        if let Some(at) = entry.at.filter(|_| entry.did("actor.retired")) {
            self.retired.entry(entry.object.1.clone()).or_default().push(at);
        }
        let Some(alias) = entry.alias.as_ref().filter(|_| entry.cause == "staff") else { return };
        if entry.role.as_deref() == Some("none") && entry.object.0 == "staff" {
            self.belongs(index, (alias, &entry.object.1), report);
        } else if let Some(at) = entry.at {
            self.acts.entry(alias.clone()).or_default().push((at, index));
        }
    }

    fn belongs(&mut self, index: u64, (alias, history): (&String, &String), report: &mut Report) {
        let of_alias = self.histories.entry(alias.clone()).or_insert_with(|| history.clone()) == history;
        let of_history = self.owners.entry(history.clone()).or_insert_with(|| alias.clone()) == alias;
        if !of_alias {
            self.fault(index, "gives an alias to a second person", report);
        } else if !of_history {
            self.fault(index, "gives a person a second alias", report);
        }
    }

    fn fault(&mut self, index: u64, what: &str, report: &mut Report) {
        self.faults = self.faults.saturating_add(1);
        report.add_at("actors", index, format_args!("Entry {index} {what}."));
    }

    /// Ends.
    pub(super) fn finish(mut self, report: &mut Report) {
        for (alias, acts) in std::mem::take(&mut self.acts) {
            if let Some((index, what)) = self.unlawful(&alias, acts) {
                self.fault(index, what, report);
            }
        }
        let opened = self.open(report);
        if self.faults == 0 {
            let count = self.enrolled.len();
            let opened =
                opened.map_or(String::new(), |opened| format!(" Who {opened} of them are is shown."));
            report.add(
                "actors",
                Outcome::Good,
                format_args!("Whoever acts was enrolled before; there are {count} aliases.{opened}"),
            );
        }
    }

    /// The earliest act that the alias had no right to, and why.
    fn unlawful(&self, alias: &str, mut acts: Vec<(u64, u64)>) -> Option<(u64, &'static str)> {
        acts.sort_unstable();
        let enrolled = self.enrolled.get(alias).map_or(&[][..], Vec::as_slice);
        let retired = self.histories.get(alias).and_then(|history| self.retired.get(history));
        let retired = retired.map_or(&[][..], Vec::as_slice);
        acts.into_iter().find_map(|(at, index)| {
            let left = retired.iter().copied().filter(|left| left.saturating_add(CLOCKS) < at).max();
            let since = left.unwrap_or(0);
            if enrolled.iter().any(|one| one.at >= since && one.at <= at.saturating_add(CLOCKS)) {
                return None;
            }
            let what = match (left, enrolled.is_empty()) {
                (_, true) => "is the act of an alias that was never enrolled",
                (Some(_), false) => "is the act of an alias that had left",
                (None, false) => "is the act of an alias that was enrolled only later",
            };
            Some((index, what))
        })
    }

    /// Opens what was bound; how many aliases that were.
    fn open(&mut self, report: &mut Report) -> Option<usize> {
        let openings = self.openings.take()?;
        let (mut persons, mut opened) = (HashMap::new(), 0_usize);
        for opening in &openings {
            let alias = &opening.alias;
            if persons.insert(opening.staff, alias).is_some_and(|other| other != alias) {
                self.faults = self.faults.saturating_add(1);
                let sentence =
                    format_args!("The openings name one person under two aliases, {alias} is one.");
                report.add("actors", Outcome::Finding, sentence);
            }
            // Who was signed in after the head is in no entry yet.
            let Some(enrolled) = self.enrolled.get(alias) else { continue };
            opened = opened.saturating_add(1);
            let commitment = opening.commitment();
            let other = enrolled.iter().find(|one| Some(one.identity) != commitment);
            if let Some(index) = other.map(|one| one.index) {
                self.fault(index, "bound its alias to somebody else than the openings say", report);
            }
        }
        Some(opened)
    }
}
