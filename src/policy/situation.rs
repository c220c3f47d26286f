//! How an actor stands to a case at the moment of asking.

use crate::domain::case::status::Status;
use crate::domain::case::transition::Doer;
use crate::domain::ids::{CaseId, DeskId, StaffId};
use crate::domain::role::Role;

/// In which capacity somebody holds a grant for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capacity {
    /// Assesses it.
    Triager,
    /// In charge of its investigation.
    Lead,
    /// Works on its investigation.
    Investigator,
    /// The second pair of eyes.
    Reviewer,
    /// Looks after the risk of detriment.
    ProtectionOfficer,
}

impl Capacity {
    /// Every capacity.
    pub const ALL: &'static [Self] =
        &[Self::Triager, Self::Lead, Self::Investigator, Self::Reviewer, Self::ProtectionOfficer];

    /// The code under which a grant is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Triager => "triager",
            Self::Lead => "lead",
            Self::Investigator => "investigator",
            Self::Reviewer => "reviewer",
            Self::ProtectionOfficer => "protection_officer",
        }
    }

    /// The capacity of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|capacity| capacity.code() == code)
    }

    /// The role that somebody must hold at the case's desk for a grant in this capacity to count.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Triager => Role::Triager,
            Self::Lead | Self::Investigator => Role::Investigator,
            Self::Reviewer => Role::Reviewer,
            Self::ProtectionOfficer => Role::ProtectionOfficer,
        }
    }

    /// As whom the workflow knows them; `None` if the capacity takes no steps.
    #[must_use]
    pub const fn doer(self) -> Option<Doer> {
        match self {
            Self::Triager => Some(Doer::Triager),
            Self::Lead => Some(Doer::Lead),
            Self::Reviewer => Some(Doer::Reviewer),
            Self::Investigator | Self::ProtectionOfficer => None,
        }
    }
}

/// Who made a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposer {
    /// A member of staff.
    Staff(StaffId),
    /// A job, such as the one that proposes disposal.
    Job,
}

/// The facts about a case and the actor's standing to it, as read in the same transaction as the act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The case.
    pub case: CaseId,
    /// The desk it lies with.
    pub desk: DeskId,
    /// Its state.
    pub status: Status,
    /// The actor's living grant.
    pub grant: Option<Capacity>,
    /// Whether the actor has signed that they have no conflict.
    pub attested: bool,
    /// Whether the case concerns the actor or a unit of theirs: it does not exist for them (norms.md 8.5, rule 1).
    pub excluded: bool,
    /// Whether the actor has stepped back.
    pub recused: bool,
    /// Who made the proposal in question; `None` if no proposal is.
    pub proposer: Option<Proposer>,
    /// Whether the actor is the lead of the case, whatever else they hold.
    pub self_is_lead: bool,
    /// Whether the case stands still because it needs a lead and has none.
    pub leaderless: bool,
    /// Whether the actor proposed, approved or led what a review is about (norms.md 8.5, rule 3). To be set when the step
    /// or the proposal in question is a review.
    pub involved: bool,
}

impl Situation {
    /// The situation of somebody who has nothing to do with the case; set the other fields as they are read.
    #[must_use]
    pub const fn new(case: CaseId, desk: DeskId, status: Status) -> Self {
        Self {
            case,
            desk,
            status,
            grant: None,
            attested: false,
            excluded: false,
            recused: false,
            proposer: None,
            self_is_lead: false,
            leaderless: false,
            involved: false,
        }
    }
}
