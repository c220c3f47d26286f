//! Where a case, or a part of it, is sent, and what becomes of it there (norms.md 8.3; controls KZ-65-1, OI-11b-1).

use std::fmt;

use crate::domain::ids::BodyId;
use crate::domain::profile::Route;
use crate::domain::vocabulary::vocabulary;

/// The body that a referral goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A body outside that the profile names. Where the registry of bodies has one of the same code, it is that one.
    Outside(Route),
    /// A body of the registry.
    Body(BodyId),
}

impl Target {
    /// Reads the code of a route or the id of a body.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Route::parse(text).map(Self::Outside).or_else(|| text.parse().ok().map(Self::Body))
    }

    /// The route's code; `body` for a body of the registry.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Outside(route) => route.code(),
            Self::Body(_) => "body",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside(route) => f.write_str(route.code()),
            Self::Body(body) => body.fmt(f),
        }
    }
}

vocabulary! {
    /// How far a referral is.
    pub enum ReferralState {
        /// It was sent, and nothing came back.
        Sent = "sent",
        /// The other body has it.
        Acknowledged = "acknowledged",
        /// The other body looks into it.
        Accepted = "accepted",
        /// The other body sent it back.
        Returned = "returned",
        /// The other body's outcome is known.
        Concluded = "concluded",
        /// The other body never answered, and nobody waits any longer.
        Lapsed = "lapsed",
    }
}

impl ReferralState {
    /// Whether something is still to come from the other body.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sent | Self::Acknowledged | Self::Accepted)
    }

    /// Whether one can become the other.
    #[must_use]
    pub const fn leads_to(self, next: Self) -> bool {
        match next {
            Self::Sent => false,
            Self::Acknowledged => matches!(self, Self::Sent),
            Self::Accepted => matches!(self, Self::Sent | Self::Acknowledged),
            Self::Returned | Self::Concluded | Self::Lapsed => self.is_open(),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_target_is_a_route_or_a_body() {
        assert_eq!(Target::parse("prosecutor"), Some(Target::Outside(Route::Prosecutor)));
        let body = BodyId(Uuid::from_u128(7));
        assert_eq!(Target::parse(&body.to_string()), Some(Target::Body(body)));
        assert_eq!(Target::parse("somebody"), None);
        for target in [Target::Outside(Route::Court), Target::Body(body)] {
            assert_eq!(Target::parse(&target.to_string()), Some(target));
        }
    }

    #[test]
    fn a_referral_goes_forward_and_ends_once() {
        use ReferralState as S;
        for (from, to, may) in [
            (S::Sent, S::Acknowledged, true),
            (S::Sent, S::Concluded, true),
            (S::Acknowledged, S::Accepted, true),
            (S::Accepted, S::Acknowledged, false),
            (S::Accepted, S::Returned, true),
            (S::Returned, S::Concluded, false),
            (S::Lapsed, S::Accepted, false),
        ] {
            assert_eq!(from.leads_to(to), may, "{from} → {to}");
        }
        assert!(S::ALL.iter().all(|state| !state.leads_to(S::Sent)));
    }
}
