//! The configuration that two people agree on: bodies, desks, routing, profiles and calendars, each kind as a text file.
//!
//! | file | holds |
//! | --- | --- |
//! | `change` | a proposed change: its kinds and states, who may decide, when it takes effect |
//! | `difference` | what a change adds, removes, renames, moves |
//! | `bodies`, `desks`, `rules` | a file of each kind: reading it with every mistake, writing it, comparing two of them |
//! | `versions` | comparing two versions of a profile or a calendar; they are read in `domain/profile` |
//!
//! To add a kind: a variant of [`Kind`], a file here, an arm where the others stand in
//! `usecases/config_plan.rs`, and its words.

pub mod bodies;
mod change;
pub mod desks;
mod difference;
pub mod rules;
pub mod versions;

pub use change::{Change, Decision, Kind, Proposer, State, Why, approval, effective_at};
pub use difference::{Difference, Subject, Touch, Touched};

/// The most characters of a code.
const CODE_CHARS: usize = 64;
/// The most characters of a name.
const NAME_CHARS: usize = 300;

/// Whether a text may be the operator's code of something.
fn is_code(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/');
    (1..=CODE_CHARS).contains(&text.len()) && text.bytes().all(allowed)
}
