//! A bundle that somebody else kept: what the database must still have. It is folded like the database's own entries, so
//! that rows which were removed together with their entries are found.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Findings, Part, Progress};
use crate::audit::{
    entry::ObjectKind,
    fold::{History, Told},
    verify::{Outcome, Report, Source, elsewhere},
};

/// How much of an object the bundle has: the number and the commitment of its last entry there.
struct Last {
    n: u32,
    commitment: [u8; 32],
    met: Option<u32>,
}

/// What the bundle says.
pub(super) struct Kept {
    leaves: Vec<[u8; 32]>,
    objects: HashMap<(&'static str, Uuid), Last>,
    findings: Findings,
    readable: bool,
}

/// Reads a bundle. Whether it is true is for `senim audit verify`.
pub(super) fn read(bundle: &dyn Source, report: &mut Report, progress: Progress<'_>) -> Kept {
    let mut kept = Kept {
        leaves: Vec::new(),
        objects: HashMap::new(),
        findings: Findings::of("bundle"),
        readable: true,
    };
    if let Err(why) = kept.take(bundle, report, progress) {
        kept.readable = false;
        report.add("bundle", Outcome::CannotTell, why);
    }
    kept
}

impl Kept {
    fn take(
        &mut self,
        bundle: &dyn Source,
        report: &mut Report,
        progress: Progress<'_>,
    ) -> Result<(), String> {
        if let Some(why) = elsewhere(bundle) {
            return Err(why.to_string());
        }
        for (index, body) in (0_u64..).zip(bundle.entries().map_err(|error| error.to_string())?) {
            let body = body.map_err(|error| error.to_string())?;
            let Some(told) = Told::by(&body) else {
                self.leaves.push(crate::audit::entry::commitment_of(&body));
                self.findings
                    .add(report, format_args!("Entry {index} of the bundle is no entry of a record."));
                continue;
            };
            self.leaves.push(told.commitment);
            let last = Last { n: told.n, commitment: told.commitment, met: None };
            let known = self.objects.entry((told.kind.code(), told.id)).or_insert(Last { n: 0, ..last });
            // What a reporter caused stands behind what staff did about it: the highest number is the newest.
            if told.n > known.n {
                *known = last;
            }
            if index.is_multiple_of(1000) {
                progress(Part::Bundle, index);
            }
        }
        Ok(())
    }

    /// The data of a leaf, where the bundle has it.
    pub(super) fn leaf(&self, place: u64) -> Option<[u8; 32]> {
        usize::try_from(place).ok().and_then(|place| self.leaves.get(place)).copied()
    }

    /// The database has this object, with this history.
    pub(super) fn met(&mut self, kind: ObjectKind, id: Uuid, history: &History) {
        if let Some(last) = self.objects.get_mut(&(kind.code(), id)) {
            let same = last.n != history.n || history.head == Some(last.commitment);
            last.met = Some(if same { history.n } else { 0 });
        }
    }

    /// Ends: says what the bundle has and the database has not.
    pub(super) fn finish(mut self, report: &mut Report) {
        let mut objects: Vec<_> = self.objects.iter().collect();
        objects.sort_unstable_by_key(|(key, _)| **key);
        for ((kind, id), last) in objects {
            match last.met {
                None => self.findings.add(
                    report,
                    format_args!(
                        "The bundle has {} entries of the {kind} {id}; the database does not have it.",
                        last.n
                    ),
                ),
                Some(n) if n < last.n => self.findings.add(
                    report,
                    format_args!(
                        "The bundle has {} entries of the {kind} {id}; the database lost or changed some.",
                        last.n
                    ),
                ),
                Some(_) => {}
            }
        }
        let (size, has) = (self.leaves.len(), report.head.as_ref().map_or(0, |head| head.size));
        if u64::try_from(size).is_ok_and(|size| size > has) {
            let sentence = format!(
                "The bundle has {size} leaves, the database {has}: it was put back to an older state."
            );
            self.findings.add(report, sentence);
        }
        if self.readable {
            let good = format!("The record begins with all {size} entries of the bundle.");
            self.findings.finish(report, good);
        }
    }
}
