//! Whether the tables say what the entries of the record say, and the tree what its leaves say (audit-log.md 3.4).
//!
//! The database's own guards make a change without a truthful entry impossible for the application. Whoever can switch the
//! guards off is found here: every object's entries are folded and compared with its row, with everything that hangs on
//! it, and with the tree. It only looks, at one moment, as the application's role.
//!
//! | file | compares |
//! | --- | --- |
//! | `objects` | the rows of each kind of objects with their folded histories |
//! | `leaves` | leaves, tiles, the tree's state and the signed heads with each other and with the entries |
//! | `outside` | the database's record with a bundle that somebody else kept |
//!
//! What it cannot find: an entry that was removed with its row before it was in any tree that somebody else knows (attack
//! 18); what a database says that was rewritten as a whole, unless a bundle is given; an edit of a column other than the
//! state after whose object had its next lawful act, which says of everything else what it found. So it is to be run often.
//! Whether the steps were legal and signed is for `senim audit verify`.

mod leaves;
mod objects;
mod outside;

use std::fmt;

use super::{context::Context, error::Error};
pub use crate::audit::verify::Source;
use crate::{
    audit::{
        entry::ObjectKind,
        verify::{Outcome, Report},
    },
    storage::Db,
};

/// Rows that are read at once.
const BATCH: i64 = 2000;
/// The most findings of one kind that are told one by one.
const MOST: u64 = 20;

/// What is being read, for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The bundle's entries.
    Bundle,
    /// The entries, object by object.
    Entries,
    /// The leaves.
    Leaves,
}

/// Told what is being read and how many of them have been.
pub type Progress<'p> = &'p mut dyn FnMut(Part, u64);

/// Compares all of it, with the bundle too where one is given. The report has one check for each thing that is good, and
/// for what is not one for each of the first twenty of its kind.
///
/// # Errors
/// [`Error`] of the database.
pub async fn reconcile(
    ctx: &Context,
    bundle: Option<&dyn Source>,
    progress: Progress<'_>,
) -> Result<Report, Error> {
    ctx.store.view(async |db| compare(db, bundle, progress).await).await
}

async fn compare(
    db: &mut Db<'_>,
    bundle: Option<&dyn Source>,
    progress: Progress<'_>,
) -> Result<Report, Error> {
    let mut report = Report::default();
    let mut kept = bundle.map(|bundle| outside::read(bundle, &mut report, progress));
    let mut seen = 0;
    for kind in ObjectKind::ALL {
        objects::compare(db, *kind, kept.as_mut(), (&mut seen, &mut *progress, &mut report)).await?;
    }
    objects::all_known(db, seen, &mut report).await?;
    leaves::compare(db, kept.as_ref(), progress, &mut report).await?;
    if let Some(kept) = kept {
        kept.finish(&mut report);
    }
    Ok(report)
}

/// Findings of one kind: the first twenty are told, the others counted.
struct Findings {
    name: &'static str,
    count: u64,
}

impl Findings {
    const fn of(name: &'static str) -> Self {
        Self { name, count: 0 }
    }

    fn add(&mut self, report: &mut Report, sentence: impl fmt::Display) {
        self.count = self.count.saturating_add(1);
        if self.count <= MOST {
            report.add(self.name, Outcome::Finding, sentence);
        }
    }

    /// Says that all is good where nothing was found, and how much more there is where it was too much to tell.
    fn finish(self, report: &mut Report, good: impl fmt::Display) {
        match self.count {
            0 => report.add(self.name, Outcome::Good, good),
            count if count > MOST => {
                let sentence = format!("and {} more of this kind.", count.saturating_sub(MOST));
                report.add(self.name, Outcome::Finding, sentence);
            }
            _ => {}
        }
    }
}
