//! What the newest map of heads says of a case: up to which number its history is known to be whole.

use jiff::Timestamp;

use super::{
    Pace, own,
    reading::Reading,
    report::{Outcome, Report},
    take_apart,
    times::Times,
};
use crate::audit::{
    case_proof::{CaseProof, MapLeaf, MapProof},
    entry::{ObjectKind, commitment_of},
    head_map::{ObjectHead, key},
    tree::{self, Hash, TreeHead},
};

/// A map that holds.
pub(super) struct Map {
    /// Its entry's place in the log: it is of exactly the entries before.
    index: u64,
    /// When it was made.
    at: u64,
    /// The number of the case's last entry before it; 0 where it has no such case.
    pub known: u64,
    /// The commitment of that entry.
    last: Option<[u8; 32]>,
}

/// Checks that the map is in the log and that it says what the file says; says why not.
pub(super) fn read(proof: &CaseProof, head: TreeHead, times: &mut Times, report: &mut Report) -> Option<Map> {
    let Some((body, said)) = &proof.map else {
        report.add(
            "map",
            Outcome::CannotTell,
            "There is no map of heads under this head of the log, so nothing shows that no entry was kept back. One is made every day: ask for a newer proof.",
        );
        return None;
    };
    let (index, commitment) = (said.place.index, commitment_of(body));
    let mut wrong = |sentence: String| {
        report.add("map", Outcome::Finding, sentence);
        None
    };
    if let Err(error) = said.place.verify(&tree::leaf(&commitment), &head) {
        return wrong(format!(
            "The map of heads is not entry {index} of the log: {error}. It was altered, or is of another log."
        ));
    }
    let map = take_apart(index, (body, commitment), &mut 0, report);
    let is_map = |map: &Reading| {
        map.object.0 == ObjectKind::Log.code()
            && map.did("log.headmap")
            && own::holds_something_else(map).is_none()
    };
    let map = map.filter(is_map);
    let Some(Reading { heads: Some(root), at: Some(at), .. }) = map else {
        report.add_at("map", index, format_args!("Entry {index} is no map of heads."));
        return None;
    };
    if let Some(map) = &map {
        times.push(index, map, report);
    }
    match leaf(proof, said, Hash::new(root)) {
        Ok(None) => Some(Map { index, at, known: 0, last: None }),
        Ok(Some(head)) => Some(Map { index, at, known: u64::from(head.n), last: Some(head.commitment) }),
        Err(fault) => {
            report.add("map", Outcome::Finding, fault);
            None
        }
    }
}

/// The leaf of the case in the map; none where the leaves shown prove that it has none.
fn leaf(proof: &CaseProof, said: &MapProof, root: Hash) -> Result<Option<ObjectHead>, String> {
    let map = TreeHead { size: said.objects, root };
    let held = |leaf: &MapLeaf| {
        let head = leaf.head()?;
        leaf.place.verify(&head.leaf(), &map).ok()?;
        Some((leaf.place.index, head))
    };
    let held: Option<Vec<(u64, ObjectHead)>> = said.leaves.iter().map(held).collect();
    let held = held.ok_or(
        "What the file says of the map of heads is not in the map: an entry was kept back, or the number of the last one is false.",
    )?;
    let wanted = key(ObjectKind::Case, proof.case);
    match held.as_slice() {
        [(_, head)] if head.key() == wanted => return Ok(Some(*head)),
        [] if map == TreeHead::empty() => return Ok(None),
        [(place, first)] if *place == 0 && wanted < first.key() => return Ok(None),
        [(place, last)] if place.checked_add(1) == Some(map.size) && last.key() < wanted => return Ok(None),
        [(place, before), (next, after)]
            if place.checked_add(1) == Some(*next) && before.key() < wanted && wanted < after.key() =>
        {
            return Ok(None);
        }
        _ => {}
    }
    Err("The file says that the map of heads has no such case, and the leaves that it shows do not prove it."
        .to_owned())
}

/// Compares the map with the entries, and says up to when the history is whole.
pub(super) fn tell(map: &Map, proof: &CaseProof, (newest, pace): (Option<u64>, Pace), report: &mut Report) {
    let shown = u64::try_from(proof.entries.len()).unwrap_or(u64::MAX);
    let last = map.known.checked_sub(1).and_then(|last| usize::try_from(last).ok());
    let last = last.and_then(|last| proof.entries.get(last)).map(|(body, _)| commitment_of(body));
    if last != map.last {
        let sentence = format_args!(
            "The map of heads knows {} entries of the case, and {shown} are shown that do not end so: an entry was kept back, or exchanged.",
            map.known
        );
        return report.add("map", Outcome::Finding, sentence);
    }
    let before = |place: u64| place < map.index;
    let unknown = (1_u64..).zip(&proof.entries).find(|(number, (_, place))| {
        *number > map.known && place.as_ref().is_some_and(|place| before(place.index))
    });
    if let Some((number, _)) = unknown {
        let sentence = format_args!(
            "Number {number} of the case was in the log before the map of heads, which does not know it: the map is false."
        );
        return report.add_at("map", map.index, sentence);
    }
    let made = moment(map.at);
    let patience = pace.day.saturating_add(pace.mmd).saturating_add(pace.epoch);
    if newest.is_some_and(|seen| map.at.saturating_add(patience) < seen) {
        let sentence = format_args!(
            "The map of heads is of {made}, the head of the log of {}: a newer map must be in the log. Ask for a proof with it.",
            moment(newest.unwrap_or_default())
        );
        return report.add("map", Outcome::CannotTell, sentence);
    }
    report.add("map", Outcome::Good, complete(map, shown, &made));
}

fn complete(map: &Map, shown: u64, made: &str) -> String {
    let later = shown.saturating_sub(map.known);
    let as_of = format!("the map of heads of {made}, entry {} of the log", map.index);
    let more = "are later than the map, in the log or named by what is; whether more of them exist, the next map tells";
    match (map.known, later) {
        (0, 0) => format!("There was no such case as of {as_of}."),
        (0, _) => format!("The case is newer than {as_of}: all {later} entries {more}."),
        (known, 0) => {
            format!("The history is complete as of {as_of}: it has {known} entries, and all are here.")
        }
        (known, _) => {
            format!("The history is complete up to number {known} as of {as_of}. {later} entries {more}.")
        }
    }
}

/// A second since 1970, in UTC.
pub(super) fn moment(second: u64) -> String {
    let moment = i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok());
    moment.map_or_else(|| second.to_string(), |moment| moment.to_string())
}
