//! What a bundle says of itself. Its head must be that of the checkpoint; its pace is only a hint, because whoever made the
//! bundle wrote it.

use serde::Deserialize;

use super::{
    Pace,
    report::{Outcome, Report},
    source::{Source, Unreadable},
};
use crate::audit::case_proof;

#[derive(Deserialize)]
struct Manifest {
    format: String,
    origin: String,
    size: u64,
    root: String,
    pace: Stated,
}

#[derive(Deserialize)]
struct Form {
    format: String,
}

#[derive(Deserialize)]
struct Stated {
    epoch: u64,
    mmd: u64,
    day: u64,
    quantum: u64,
}

/// What to do with a file that its manifest says to be something else. It would be read as a log from which all but a few
/// entries were taken.
pub(super) fn elsewhere(source: &dyn Source) -> Option<Unreadable> {
    let manifest = serde_json::from_slice::<Form>(&source.file("manifest").ok()??).ok()?;
    (manifest.format == case_proof::FORMAT)
        .then(|| Unreadable("This is the proof of one case: check it with `senim audit case`.".to_owned()))
}

/// Compares; a bundle without a manifest says nothing.
pub(super) fn check(source: &dyn Source, format: &str, pace: Pace, report: &mut Report) {
    let Ok(Some(bytes)) = source.file("manifest") else { return };
    let manifest =
        serde_json::from_slice::<Manifest>(&bytes).ok().filter(|manifest| manifest.format == format);
    let Some(Manifest { origin, size, root, pace: said, .. }) = manifest else {
        report.add(
            "manifest",
            Outcome::CannotTell,
            "The manifest is of a form that this version does not know.",
        );
        return;
    };
    let same = |head: &crate::audit::tree::TreeHead| head.size == size && head.root.hex() == root;
    if report.origin.as_ref() != Some(&origin) || !report.head.as_ref().is_some_and(same) {
        report.add("manifest", Outcome::Finding, "The manifest is of another head than the checkpoint.");
    }
    let Stated { epoch, mmd, day, quantum } = said;
    if (Pace { epoch, mmd, day, quantum }) != pace {
        report.add(
            "manifest",
            Outcome::PolicyNotMet,
            format_args!(
                "The bundle says that its log moves at another pace than was given. If that is what its operator states, add \
                 --epoch {epoch} --mmd {mmd} --day {day} --quantum {quantum}."
            ),
        );
    }
}
