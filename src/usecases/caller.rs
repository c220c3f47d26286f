//! A signed-in member of staff, with what their session unlocked.

use super::impartiality::Impartiality;
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::staff_keys::StaffSecrets,
    domain::{
        ids::{SessionId, StaffId},
        role::Role,
    },
    policy::{Actor, StaffActor},
};

/// Who calls. Made only by `sign_in` and `resume_session`.
pub struct Caller {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub login: String,
    /// Their alias in the log.
    pub alias: [u8; 8],
    /// The session they act in.
    pub session: SessionId,
    /// Their secret keys, for as long as this value lives.
    pub secrets: StaffSecrets,
    /// Their roles by the signed directory.
    pub actor: StaffActor,
    /// Of which cases they must not know.
    pub impartiality: Impartiality,
}

impl Caller {
    /// For the policy.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.actor.clone())
    }

    /// An entry's beginning: this person, in this role, now, and signed by them.
    #[must_use]
    pub fn draft(&self, act: Act, role: &'static str, now: jiff::Timestamp) -> Draft<'_> {
        Draft::new(act, By::Staff { alias: self.alias, role }, When::At(now)).signed_by(&self.secrets.sign)
    }

    /// Whether the directory gives them this role anywhere.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.actor.roles.iter().any(|held| held.role == role)
    }
}
