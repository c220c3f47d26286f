//! Verifying a log offline: a bundle of files, a policy, and nothing else (audit-log.md part 6).
//!
//! | file | checks |
//! | --- | --- |
//! | `heads`, `rotation` | policy, signatures, quorum; which heads are vouched for, and whether keys changed as they should |
//! | `manifest` | that the bundle is what it says, and at which pace its log moves |
//! | `leaves` | that the entries are those whose tree was signed: commitments, records, tiles, every known root |
//! | `history` | that each object's history is whole, and of a case legal, with its second pair of eyes; the maps of heads |
//! | `committed` | that the directory is exactly what the log committed to |
//! | `actors` | that whoever acts was enrolled before, and is who the openings say |
//! | `own`, `growth` | that pads are pads, and that the tree grew by its pace, whatever came |
//! | `people` | that acts of staff carry their signatures, by the signed directory |
//! | `times` | that no entry tells a time which the witnesses contradict |
//! | `case`, `case_map` | that the proof of one case is whole: its history, and that the map of heads has all of it |
//! | `extension` | whether one head is the beginning of another |
//! | `promised` | that what a reporter was promised is in the log; from its public files alone |
//! | `report`, `source`, `reading` | what was found; where files come from; an entry taken apart |
//!
//! Nothing here panics, whatever the bundle holds. To add a check: a file here and its place in [`verify`].

mod actors;
mod case;
mod case_map;
mod committed;
mod extension;
mod growth;
mod heads;
mod history;
mod leaves;
mod manifest;
mod own;
mod people;
mod promised;
mod reading;
mod report;
mod rotation;
mod source;
mod times;

pub use case::{CaseLine, VerifiedCase, verify_case};
pub use extension::extension;
pub use people::{DirectoryLine, founding_keys};
pub use promised::{AskedPromise, Promised, verify_promise};
pub use report::{Check, Outcome, Report};
pub use source::{Entries, Source, Unreadable};

use self::{
    actors::Actors, committed::Committed, history::Histories, leaves::Leaves, own::Own, people::People,
    reading::Reading, times::Times,
};
use super::{entry::commitment_of, schema, tree::TreeHead};
use crate::crypto::sign::VerifyingKey;

/// What the `manifest` of a bundle says that it is.
pub const FORMAT: &str = "senim/log-bundle/v1";

/// How a log moves; of its operator's public statement, not of the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Length of an epoch, seconds.
    pub epoch: u64,
    /// How long an entry may wait before it is in the tree, seconds.
    pub mmd: u64,
    /// Length of the log's day, seconds; a demonstration shortens it.
    pub day: u64,
    /// Leaves that an epoch adds, doubled only for what came late.
    pub quantum: u64,
}

impl Default for Pace {
    /// 15 minutes, one hour, one day (audit-log.md 3.6); 64 leaves (4.1).
    fn default() -> Self {
        Self { epoch: 900, mmd: 3600, day: 86_400, quantum: 64 }
    }
}

impl Pace {
    /// Whether an entry may still wait for its place where one that follows it has one, at the time of the newest head: an
    /// entry of a reporter enters at some moment of the day after its own; until then what staff did about it stands alone,
    /// or what the same reporter did later that day.
    fn waits(self, following: &Reading, newest: Option<u64>) -> bool {
        newest.is_none_or(|newest| times::settled(following, self).is_some_and(|settled| newest < settled))
    }
}

/// What a verification goes by.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    /// The policy that the verifier trusts; without one the bundle's own is used and the report says so.
    pub policy: Option<&'a [u8]>,
    /// A head that the verifier kept from before.
    pub remembered: Option<TreeHead>,
    /// The founding keys that the verifier trusts; without them the bundle's own are used.
    pub genesis: Option<&'a [VerifyingKey]>,
    /// How the log moves.
    pub pace: Pace,
}

/// Why a file is no bundle of a log, where its manifest says so.
#[must_use]
pub fn elsewhere(source: &dyn Source) -> Option<Unreadable> {
    manifest::elsewhere(source)
}

/// Verifies a bundle. `progress` is told how many entries were read.
#[must_use]
pub fn verify(source: &dyn Source, asked: &Asked<'_>, progress: &mut dyn FnMut(u64)) -> Report {
    let mut report = Report::default();
    if let Some(why) = elsewhere(source) {
        report.add("manifest", Outcome::CannotTell, why);
        return report;
    }
    let Some(heads) = heads::read(source, asked, &mut report) else { return report };
    manifest::check(source, FORMAT, asked.pace, &mut report);
    let entries = match source.entries() {
        Ok(entries) => entries,
        Err(error) => {
            report.add("entries", Outcome::CannotTell, error);
            return report;
        }
    };
    let people = People::read(source, asked.genesis, &mut report);
    let mut pass = Pass {
        leaves: Leaves::new(source, &heads),
        histories: Histories::default(),
        committed: Committed::default(),
        actors: Actors::read(source, &mut report),
        people,
        times: Times::new(&heads.known, asked.pace),
        own: Own::new(asked.pace),
        lawless: 0,
    };
    for (index, entry) in (0_u64..).zip(entries) {
        match entry {
            Ok(body) => pass.take(index, &body, &mut report),
            Err(error) => {
                report.add("entries", Outcome::CannotTell, error);
                break;
            }
        }
        progress(index.saturating_add(1));
    }
    pass.finish(asked.pace, &mut report);
    report
}

/// Takes an entry apart and counts it where it breaks the schema.
fn take_apart(
    index: u64,
    (body, commitment): (&[u8], [u8; 32]),
    lawless: &mut u64,
    report: &mut Report,
) -> Option<Reading> {
    match schema::read(body) {
        Ok(entry) => Reading::of_node(&entry, commitment),
        Err(faults) => {
            *lawless = lawless.saturating_add(1);
            if let Some(fault) = faults.first() {
                report.add_at("schema", index, format_args!("Entry {index}: {fault}."));
            }
            Reading::of(body, commitment)
        }
    }
}

/// One pass over the entries.
struct Pass<'s> {
    leaves: Leaves<'s>,
    histories: Histories,
    committed: Committed,
    actors: Actors,
    people: People,
    times: Times,
    own: Own,
    lawless: u64,
}

impl Pass<'_> {
    fn take(&mut self, index: u64, body: &[u8], report: &mut Report) {
        let commitment = commitment_of(body);
        self.leaves.push(commitment, report);
        let entry = take_apart(index, (body, commitment), &mut self.lawless, report);
        let Some(entry) = entry else { return };
        self.own.push(index, &entry, report);
        self.people.push(index, &entry, body, report);
        self.actors.push(index, &entry, report);
        self.committed.push(index, &entry);
        self.times.push(index, &entry, report);
        self.histories.push(index, entry, report);
    }

    fn finish(self, pace: Pace, report: &mut Report) {
        let size = report.head.as_ref().map_or(0, |head| head.size);
        self.leaves.finish(report);
        if self.lawless == 0 {
            report.add("schema", Outcome::Good, "Every entry is canonical and holds only what is allowed.");
        }
        let newest = self.times.newest();
        self.histories.finish(|following| pace.waits(following, newest), report);
        self.people.finish(report);
        self.committed.finish(&self.people, pace, report);
        self.actors.finish(report);
        self.times.finish(report);
        self.own.finish(size, report);
    }
}
