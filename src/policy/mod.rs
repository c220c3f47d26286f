//! Pure authorization: who may do what; the only maker of a [`Permit`].
//!
//! [`authorize`] is asked before every act; storage's writing functions demand the permit it returns. To allow something
//! new, add an [`Action`] and its rule in `rules`; the matrix in `tests/policy_matrix.rs` then shows what changed.

mod action;
mod actor;
mod permit;
mod rules;
mod situation;

pub use crate::domain::role::RoleAt;
pub use action::Action;
pub use actor::{Actor, StaffActor};
pub use permit::{Denied, Permit, authorize};
pub use situation::{Capacity, Proposer, Situation};
