//! What staff are for (DESIGN section 2, norms.md 8.2), and which roles one person may not combine.

use serde::{Deserialize, Serialize};

use super::ids::DeskId;
use super::vocabulary::vocabulary;

vocabulary! {
    /// A role of a member of staff, held at one desk or everywhere.
    pub enum Role {
        /// Opens new reports of the desk, assesses, assigns, proposes rejection, referral, merge.
        Triager = "triager",
        /// Works a case granted to them; one of them is its lead.
        Investigator = "investigator",
        /// The second pair of eyes: approves what others propose, decides outcomes.
        Reviewer = "reviewer",
        /// Holds one share of the identity vault.
        Custodian = "custodian",
        /// Risk of detriment, retaliation cases.
        ProtectionOfficer = "protection_officer",
        /// Reads the log, decisions, timers and statistics of all cases; never content.
        Auditor = "auditor",
        /// Sees missed deadlines and unanswered reporters; never content.
        Oversight = "oversight",
        /// Enters oral and postal reports; cannot read them again.
        Registrar = "registrar",
        /// Staff, bodies, desks, routing, profiles; never content.
        Administrator = "administrator",
    }
}

impl Role {
    /// Whether the role can bring its holder content or the identity of a reporter.
    #[must_use]
    pub const fn touches_content(self) -> bool {
        match self {
            Self::Triager
            | Self::Investigator
            | Self::Reviewer
            | Self::Custodian
            | Self::ProtectionOfficer
            | Self::Registrar => true,
            Self::Auditor | Self::Oversight | Self::Administrator => false,
        }
    }

    /// Whether the role is held at a desk, never everywhere: its holders get that desk's cases, or put reports into them.
    #[must_use]
    pub const fn at_desk(self) -> bool {
        match self {
            Self::Triager
            | Self::Investigator
            | Self::Reviewer
            | Self::ProtectionOfficer
            | Self::Registrar => true,
            Self::Custodian | Self::Auditor | Self::Oversight | Self::Administrator => false,
        }
    }

    /// Whether its holders come to what a report says, or to who sent it: a new one waits (norms.md 8.5, rule 9).
    #[must_use]
    pub const fn handles(self) -> bool {
        self.at_desk() || matches!(self, Self::Custodian)
    }

    /// Whether the role changes anything, as opposed to looking on.
    #[must_use]
    pub const fn acts(self) -> bool {
        self.touches_content() || matches!(self, Self::Administrator)
    }

    const fn excludes(self, other: Self) -> bool {
        match self {
            Self::Administrator => other.touches_content(),
            Self::Auditor => other.acts(),
            _ => false,
        }
    }
}

/// The first two of `roles` that one person may not hold together: administrator with any content role, auditor with any
/// acting role (norms.md 8.2). The pairs within one case (lead and reviewer, lead and custodian) are checked per case.
#[must_use]
pub fn forbidden_pair(roles: &[Role]) -> Option<(Role, Role)> {
    roles
        .iter()
        .flat_map(|&one| roles.iter().map(move |&other| (one, other)))
        .find(|&(one, other)| one.excludes(other))
}

/// A role and where it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RoleAt {
    /// The role.
    pub role: Role,
    /// The desk; `None` means at every desk.
    pub desk: Option<DeskId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forbidden_pairs_are_these_and_no_others() {
        let mut pairs = Vec::new();
        for (i, &one) in Role::ALL.iter().enumerate() {
            for &other in &Role::ALL[i + 1..] {
                let found = forbidden_pair(&[one, other]);
                assert_eq!(found.is_some(), forbidden_pair(&[other, one]).is_some(), "order must not matter");
                if found.is_some() {
                    pairs.push(format!("{one} + {other}"));
                }
            }
        }
        assert_eq!(
            pairs,
            [
                "triager + auditor",
                "triager + administrator",
                "investigator + auditor",
                "investigator + administrator",
                "reviewer + auditor",
                "reviewer + administrator",
                "custodian + auditor",
                "custodian + administrator",
                "protection_officer + auditor",
                "protection_officer + administrator",
                "auditor + registrar",
                "auditor + administrator",
                "registrar + administrator",
            ]
        );
    }

    #[test]
    fn a_role_alone_or_twice_is_allowed() {
        for &role in Role::ALL {
            assert_eq!(forbidden_pair(&[role, role]), None);
        }
        assert_eq!(forbidden_pair(&[]), None);
    }
}
