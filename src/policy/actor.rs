//! Who acts.

use crate::domain::ids::{CaseId, DeskId, StaffId};
use crate::domain::role::{Role, RoleAt};

/// Who asks for something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in member of staff.
    Staff(StaffActor),
    /// Whoever opened the mailbox of this case by its receipt.
    Reporter(CaseId),
    /// A timer or a job.
    Timer,
    /// Whoever runs the binary on the server's command line.
    Operator,
    /// Anybody, unknown.
    Anyone,
}

/// A member of staff with the roles of the signed directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffActor {
    /// Who.
    pub id: StaffId,
    /// What they are for, and where.
    pub roles: Vec<RoleAt>,
}

impl StaffActor {
    /// Whether the role is held anywhere.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.roles.iter().any(|held| held.role == role)
    }

    /// Whether the role is held at this desk.
    #[must_use]
    pub fn holds_at(&self, role: Role, desk: DeskId) -> bool {
        self.roles.iter().any(|held| held.role == role && held.desk.is_none_or(|at| at == desk))
    }

    /// The roles without their desks.
    #[must_use]
    pub fn role_list(&self) -> Vec<Role> {
        self.roles.iter().map(|held| held.role).collect()
    }
}
