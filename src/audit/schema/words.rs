//! Words of entries that are more than one code of a vocabulary.

use crate::{
    audit::act::Act,
    domain::{
        case::assessment::FORMULA,
        profile::{ClockName, ProfileId, ProfileVersion, Route},
        role::Role,
        taxonomy::{RedFlag, Weakness},
    },
};

/// The part in which somebody acted: a role, the lead of a case, or none.
pub(super) fn is_part(word: &str) -> bool {
    Role::parse(word).is_some() || matches!(word, "lead" | "none")
}

/// A profile, alone or with its version: `kz`, `kz/1`.
pub(super) fn is_profile(word: &str) -> bool {
    ProfileId::parse(word).is_some() || ProfileVersion::parse(word).is_some()
}

/// Where a referral goes: a body outside, or one of the registry.
pub(super) fn is_target(word: &str) -> bool {
    Route::parse(word).is_some() || word == "body"
}

/// Clocks, sorted, with dots between.
pub(super) fn are_clocks(word: &str) -> bool {
    ClockName::parse_list(word).is_some()
}

/// A clause of the OECD Recommendation that some act evidences.
pub(super) fn is_clause(word: &str) -> bool {
    Act::ALL.iter().any(|act| act.clauses().contains(&word))
}

/// Warning signs, sorted as they are declared, with dots between.
pub(super) fn are_flags(word: &str) -> bool {
    are_sorted(word, RedFlag::parse)
}

/// Processes with weak controls, in the same way.
pub(super) fn are_weaknesses(word: &str) -> bool {
    are_sorted(word, Weakness::parse)
}

/// Numbers of days, rising, with dots between.
pub(super) fn are_days(word: &str) -> bool {
    let plain = |text: &str| text.parse::<u16>().ok().filter(|days| days.to_string() == text);
    are_sorted(word, plain)
}

fn are_sorted<T: Ord>(word: &str, parse: impl Fn(&str) -> Option<T>) -> bool {
    let read: Option<Vec<T>> = word.split('.').map(parse).collect();
    read.is_some_and(|codes| codes.is_sorted_by(|one, two| one < two))
}

/// A version of the formula of severity.
pub(super) fn is_formula(word: &str) -> bool {
    word.parse::<u8>().is_ok_and(|version| (1..=FORMULA).contains(&version) && version.to_string() == word)
}
