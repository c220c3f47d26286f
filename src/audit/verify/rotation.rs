//! Whether the log's keys changed as they should: the old key and its successor sign side by side for thirty days, so that
//! everybody who trusts one comes to know the other (audit-log.md 3.5).

use std::collections::BTreeSet;

use super::report::{Outcome, Report};
use crate::audit::witness_policy::{Finding, Verdict};

/// For how long both must sign, seconds.
const SIDE_BY_SIDE: u64 = 30 * 86_400;
/// Public heads are a day apart, so the first and the last that bear both may each be a day off.
const UNSEEN: u64 = 2 * 86_400;

/// A head and the keys of the policy that signed it.
pub(super) struct Signed {
    pub size: u64,
    pub seen_at: Option<u64>,
    keys: BTreeSet<usize>,
}

impl Signed {
    pub(super) fn of(size: u64, seen_at: Option<u64>, verdict: &Verdict) -> Self {
        let signed = verdict.logs.iter().filter(|(_, finding)| matches!(finding, Finding::Signed { .. }));
        Self { size, seen_at, keys: signed.map(|(key, _)| *key).collect() }
    }
}

/// Judges the changes that these heads show.
pub(super) fn judge(mut heads: Vec<Signed>, report: &mut Report) {
    heads.retain(|head| !head.keys.is_empty());
    heads.sort_by_key(|head| head.size);
    for (at, pair) in heads.windows(2).enumerate() {
        let [last, next] = pair else { continue };
        if last.keys.is_disjoint(&next.keys) {
            report.add(
                "keys",
                Outcome::PolicyNotMet,
                format_args!(
                    "The log's key changed between {} and {} entries at once: no head bears the old and the new one.",
                    last.size, next.size
                ),
            );
        } else if let Some(days) = too_short(heads.get(..=at).unwrap_or_default(), next) {
            report.add(
                "keys",
                Outcome::PolicyNotMet,
                format_args!(
                    "A key of the log was put away at {} entries after {days} days beside its successor; thirty are asked for.",
                    next.size
                ),
            );
        }
    }
}

/// For how many days the keys that stay signed beside one that `next` has no more, where these are too few.
fn too_short(before: &[Signed], next: &Signed) -> Option<u64> {
    let last = before.last()?;
    let stay: BTreeSet<usize> = last.keys.intersection(&next.keys).copied().collect();
    let gone = last.keys.iter().any(|key| !next.keys.contains(key));
    let begun = before.iter().find(|head| !head.keys.is_disjoint(&stay))?;
    // Keys that signed from the first head on that is known may have done so for long.
    let known = before.first().is_some_and(|first| first.keys.is_disjoint(&stay));
    let beside = last.seen_at?.saturating_sub(begun.seen_at?);
    (gone && known && beside.saturating_add(UNSEEN) < SIDE_BY_SIDE).then_some(beside / 86_400)
}
