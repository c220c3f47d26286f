//! The proof that something was allowed.

use super::action::Action;
use super::actor::Actor;
use super::rules::rule;
use super::situation::Situation;
use crate::domain::ids::CaseId;

/// Proof that `actor` may do `action` (on `case`). Only [`authorize`] makes one; nobody can write to the store without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    actor: Actor,
    action: Action,
    case: Option<CaseId>,
}

impl Permit {
    /// Who may.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// On which case; `None` if no situation was given.
    #[must_use]
    pub const fn case(&self) -> Option<CaseId> {
        self.case
    }
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// The actor may not even know that it exists: answer as if it did not (404).
    #[error("hidden")]
    Hidden,
    /// The actor may know, but not do this (403).
    #[error("forbidden")]
    Forbidden,
}

/// Decides whether `actor` may do `action`. Acts on a case
/// ([`Action::needs_case`]) need its situation; without one they are denied. [`Action::SeeProposals`] is judged by the
/// case if a situation is given, else by role.
///
/// # Errors
/// [`Denied`]: always `Hidden` for a case the actor has no part in.
pub fn authorize(actor: &Actor, action: Action, situation: Option<&Situation>) -> Result<Permit, Denied> {
    rule(actor, action, situation)?;
    Ok(Permit { actor: actor.clone(), action, case: situation.map(|situation| situation.case) })
}
