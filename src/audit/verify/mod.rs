//! Verifying a log offline: a bundle of files, a policy, and nothing else (audit-log.md part 6).
//!
//! | file | checks |
//! | --- | --- |
//! | `heads` | policy, signatures, quorum; which heads are vouched for |
//! | `leaves` | that the entries are those whose tree was signed: commitments, records, tiles, every known root |
//! | `history` | that each object's history is whole, and of a case legal, with its second pair of eyes |
//! | `people` | that acts of staff carry their signatures, by the signed directory |
//! | `times` | that no entry tells a time which the witnesses contradict |
//! | `promised` | that what a reporter was promised is in the log; from its public files alone |
//! | `report`, `source`, `reading` | what was found; where files come from; an entry taken apart |
//!
//! Nothing here panics, whatever the bundle holds. To add a check: a file here and its place in [`verify`].

mod heads;
mod history;
mod leaves;
mod people;
mod promised;
mod reading;
mod report;
mod source;
mod times;

pub use people::{DirectoryLine, founding_keys};
pub use promised::{AskedPromise, Promised, verify_promise};
pub use report::{Check, Outcome, Report};
pub use source::{Entries, Source, Unreadable};

use self::{history::Histories, leaves::Leaves, people::People, reading::Reading, times::Times};
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
}

impl Default for Pace {
    /// 15 minutes, one hour, one day (audit-log.md 3.6).
    fn default() -> Self {
        Self { epoch: 900, mmd: 3600, day: 86_400 }
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

/// Verifies a bundle. `progress` is told how many entries were read.
#[must_use]
pub fn verify(source: &dyn Source, asked: &Asked<'_>, progress: &mut dyn FnMut(u64)) -> Report {
    let mut report = Report::default();
    let Some(heads) = heads::read(source, asked, &mut report) else { return report };
    let entries = match source.entries() {
        Ok(entries) => entries,
        Err(error) => {
            report.add("entries", Outcome::CannotTell, error);
            return report;
        }
    };
    let mut pass = Pass {
        leaves: Leaves::new(source, &heads),
        histories: Histories::default(),
        people: People::read(source, asked.genesis, &mut report),
        times: Times::new(&heads.known, asked.pace),
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

/// One pass over the entries.
struct Pass<'s> {
    leaves: Leaves<'s>,
    histories: Histories,
    people: People,
    times: Times,
    lawless: u64,
}

impl Pass<'_> {
    fn take(&mut self, index: u64, body: &[u8], report: &mut Report) {
        self.leaves.push(commitment_of(body), report);
        if let Some(fault) = schema::faults(body).first() {
            self.lawless = self.lawless.saturating_add(1);
            report.add_at("schema", index, format_args!("Entry {index}: {fault}."));
        }
        let Some(entry) = Reading::of(body) else { return };
        self.people.push(index, &entry, body, report);
        self.times.push(index, &entry, report);
        self.histories.push(index, entry, report);
    }

    fn finish(self, pace: Pace, report: &mut Report) {
        self.leaves.finish(report);
        if self.lawless == 0 {
            report.add("schema", Outcome::Good, "Every entry is canonical and holds only what is allowed.");
        }
        let newest = self.times.newest();
        // An entry of a reporter enters during the day after its own; until then what staff did about it stands alone.
        let patience = pace.day.saturating_add(86_400).saturating_add(pace.mmd);
        let waits = |entry: &Reading| match (entry.at, newest) {
            (Some(at), Some(newest)) => at.saturating_add(patience) > newest,
            _ => newest.is_none(),
        };
        self.histories.finish(waits, report);
        self.people.finish(report);
        self.times.finish(report);
    }
}
