//! A type of its own for every id, so that a desk can never be passed where a case is meant.
//!
//! Ids are version 4: a time-ordered id would tell when a reporter acted (DESIGN section 7).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($( $(#[$doc:meta])* $name:ident ),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The bare value, for storage and for the place a seal is bound to.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+ };
}

ids! {
    /// A case: one report and all that is done about it.
    CaseId,
    /// A member of staff.
    StaffId,
    /// A desk: a team of a body that receives reports.
    DeskId,
    /// A body: an organisation of the registry.
    BodyId,
    /// An item of a case: report, message, note, plan, finding.
    ItemId,
    /// A proposal that waits for a second person.
    ProposalId,
    /// Something that was sent to another body.
    ReferralId,
    /// Something that oversight must see.
    MatterId,
    /// A corrective action or recommendation of a case.
    RemedyId,
    /// A staff session.
    SessionId,
    /// An invitation to become a member of staff.
    InvitationId,
    /// A task of the queue.
    TaskId,
    /// A proposed change of the configuration.
    ChangeId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_travel_as_plain_uuids() {
        let id: CaseId = "6f1f6c5e-0f5c-4f0e-9f43-0f2f7b1f8f10".parse().unwrap();
        assert_eq!(id.to_string().parse::<CaseId>().unwrap(), id);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
        assert!("not an id".parse::<CaseId>().is_err());
    }
}
