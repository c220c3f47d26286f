//! The verifier against every way of changing a log that audit-log.md part 7.1 names, each attack a test of its number.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test panics in order to fail"
)]

#[path = "log_verify/acts.rs"]
mod acts;
#[path = "log_verify/aliases.rs"]
mod aliases;
#[path = "log_verify/attacks.rs"]
mod attacks;
#[path = "log_verify/case_ground.rs"]
mod case_ground;
#[path = "log_verify/case_proof.rs"]
mod case_proof;
#[path = "log_verify/commands.rs"]
mod commands;
#[path = "log_verify/ground.rs"]
mod ground;
#[path = "log_verify/grown.rs"]
mod grown;
