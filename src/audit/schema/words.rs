//! Words of entries that are more than one code of a vocabulary.

use crate::{
    audit::act::Act,
    domain::{
        profile::{ClockName, ProfileId, ProfileVersion},
        role::Role,
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

/// Clocks, sorted, with dots between.
pub(super) fn are_clocks(word: &str) -> bool {
    ClockName::parse_list(word).is_some()
}

/// A clause of the OECD Recommendation that some act evidences.
pub(super) fn is_clause(word: &str) -> bool {
    Act::ALL.iter().any(|act| act.clauses().contains(&word))
}
