//! Where a case stands (norms.md 8.1).

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// A state of a case. Urgency, legal hold and the like are flags beside it, never states.
    pub enum Status {
        /// Accepted, acknowledged, number given.
        Received = "received",
        /// Being assessed by the triage team.
        Triage = "triage",
        /// A question was put to the reporter; goes back to where it came from.
        AwaitingInfo = "awaiting_info",
        /// Handlers named; their attestations and the plan are pending.
        Assigned = "assigned",
        /// Plan approved, facts are gathered.
        Investigation = "investigation",
        /// Lawful pause: parallel criminal case, court, order.
        Suspended = "suspended",
        /// Findings submitted, before a second pair of eyes.
        FindingsReview = "findings_review",
        /// Outcome fixed, measures and proceedings running.
        Remediation = "remediation",
        /// With another body; tracked.
        Referred = "referred",
        /// Outcome, feedback and approval recorded; can be reopened.
        Closed = "closed",
        /// Not followed up, with reasons; can be reviewed and reopened.
        Rejected = "rejected",
        /// Joined to a master case, whose state it follows.
        Merged = "merged",
        /// Withdrawn by the reporter, and no public interest requires going on; can be reopened.
        Withdrawn = "withdrawn",
        /// The retention clock runs; the mailbox is closed.
        Archived = "archived",
        /// Keys destroyed; a tombstone with statistics attributes remains.
        Disposed = "disposed",
    }
}

impl Status {
    /// Whether work on the case is still to be done; an open case can be withdrawn and must be able to end.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Received
            | Self::Triage
            | Self::AwaitingInfo
            | Self::Assigned
            | Self::Investigation
            | Self::Suspended
            | Self::FindingsReview
            | Self::Remediation
            | Self::Referred => true,
            Self::Closed
            | Self::Rejected
            | Self::Merged
            | Self::Withdrawn
            | Self::Archived
            | Self::Disposed => false,
        }
    }

    /// Whether the reporter is still owed an answer: while work is to be done, also in the case that this one was joined to.
    #[must_use]
    pub const fn owes_answer(self) -> bool {
        self.is_open() || matches!(self, Self::Merged)
    }

    /// Whether the matter was decided here, so that a later report may repeat it.
    #[must_use]
    pub const fn is_concluded(self) -> bool {
        matches!(self, Self::Closed | Self::Rejected | Self::Archived)
    }

    /// Whether the reporter's mailbox takes messages.
    #[must_use]
    pub const fn mailbox_open(self) -> bool {
        !matches!(self, Self::Archived | Self::Disposed)
    }

    /// Whether the work of this state is a lead investigator's, so that a case without one stands still.
    #[must_use]
    pub const fn needs_lead(self) -> bool {
        matches!(
            self,
            Self::Assigned | Self::Investigation | Self::Suspended | Self::FindingsReview | Self::Remediation
        )
    }

    /// Whether a question may be asked from here, so that a case that awaits an answer goes back here.
    #[must_use]
    pub const fn can_be_origin(self) -> bool {
        matches!(self, Self::Triage | Self::Investigation)
    }
}
