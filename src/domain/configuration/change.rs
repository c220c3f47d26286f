//! A proposed change of the configuration: who may decide on it, and when it takes effect (control AUD-6; norms.md 8.5,
//! rule 9).

use jiff::{SignedDuration, Timestamp};

use crate::domain::{ids::StaffId, vocabulary::vocabulary};

vocabulary! {
    /// What is changed.
    pub enum Kind {
        /// The registry of bodies, as a whole.
        Bodies = "bodies",
        /// Desks to be opened, beside those that are open.
        Desks = "desks",
        /// The rules by which reports go to desks, as a whole.
        Routing = "routing",
        /// The next version of a profile.
        Profile = "profile",
        /// The next version of a working-day calendar.
        Calendar = "calendar",
    }
}

impl Kind {
    /// Whether the file is the whole of its kind, so that it no longer fits once another of the kind came in force.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Bodies | Self::Routing)
    }
}

vocabulary! {
    /// Where a change stands.
    pub enum State {
        /// It waits for people.
        Pending = "pending",
        /// Two people agreed; it waits for its time.
        Approved = "approved",
        /// It is what holds, or did until the next.
        InForce = "in_force",
        /// Somebody refused or stopped it.
        Refused = "refused",
        /// It no longer fits what is in force.
        Stale = "stale",
    }
}

impl State {
    /// Whether something can still be decided about it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Approved)
    }
}

vocabulary! {
    /// Why a change no longer fits.
    pub enum Why {
        /// Another change of the same kind came in force after it was proposed.
        Overtaken = "overtaken",
        /// It names bodies, desks or calendars that are not there any more, opens a desk that is open, or is a version
        /// that is there.
        Unfit = "unfit",
        /// Who proposed or approved it is no administrator any more.
        Left = "left",
    }
}

/// Who proposed a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposer {
    /// An administrator, by name.
    Administrator(StaffId),
    /// Whoever runs the command line, of whom the record knows no name.
    Operator,
}

/// What of a change decides who may do what about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Who proposed it.
    pub proposer: Proposer,
    /// Who approved it so far.
    pub approvers: Vec<StaffId>,
    /// Where it stands.
    pub state: State,
}

/// What an approval comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Another administrator has to approve as well.
    OneMore,
    /// Two people agreed.
    Agreed,
}

impl Change {
    /// Everybody by name who stands behind it.
    #[must_use]
    pub fn behind(&self) -> Vec<StaffId> {
        let proposer = match self.proposer {
            Proposer::Administrator(staff) => Some(staff),
            Proposer::Operator => None,
        };
        proposer.into_iter().chain(self.approvers.iter().copied()).collect()
    }

    /// How many more administrators have to approve.
    #[must_use]
    pub fn lacking(&self) -> usize {
        2_usize.saturating_sub(self.behind().len())
    }
}

/// What the approval by somebody comes to: nobody approves what they proposed or approved already. Where the operator
/// proposed, two different administrators approve, because nobody knows who the operator was.
#[must_use]
pub fn approval(change: &Change, by: StaffId) -> Option<Decision> {
    if change.state != State::Pending || change.behind().contains(&by) {
        return None;
    }
    Some(if change.lacking() > 1 { Decision::OneMore } else { Decision::Agreed })
}

/// When a change takes effect that two people agreed on now: what loosens waits, so that oversight can see it and
/// somebody can stop it; what tightens acts at once. Until the first desk is open nothing waits.
#[must_use]
pub fn effective_at(now: Timestamp, (loosening, founding): (bool, bool), delay: SignedDuration) -> Timestamp {
    if loosening && !founding { now.saturating_add(delay).unwrap_or(Timestamp::MAX) } else { now }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn staff(n: u128) -> StaffId {
        StaffId(Uuid::from_u128(n))
    }

    fn change(proposer: Proposer, approvers: &[u128], state: State) -> Change {
        Change { proposer, approvers: approvers.iter().map(|n| staff(*n)).collect(), state }
    }

    #[test]
    fn nobody_approves_what_they_proposed_and_the_operator_counts_for_nobody() {
        let by_one = Proposer::Administrator(staff(1));
        let pending = State::Pending;
        assert_eq!(approval(&change(by_one, &[], pending), staff(1)), None);
        assert_eq!(approval(&change(by_one, &[], pending), staff(2)), Some(Decision::Agreed));
        let operators = change(Proposer::Operator, &[], pending);
        assert_eq!((approval(&operators, staff(1)), operators.lacking()), (Some(Decision::OneMore), 2));
        let once = change(Proposer::Operator, &[1], pending);
        assert_eq!((approval(&once, staff(1)), once.lacking()), (None, 1));
        assert_eq!(approval(&once, staff(2)), Some(Decision::Agreed));
        for &ended in State::ALL.iter().filter(|state| **state != pending) {
            assert_eq!(approval(&change(by_one, &[], ended), staff(2)), None, "{ended}");
        }
    }

    #[test]
    fn only_what_loosens_waits_and_nothing_does_before_the_first_desk() {
        let now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap();
        let delay = SignedDuration::from_hours(72);
        let after = now.checked_add(delay).unwrap();
        assert_eq!(effective_at(now, (true, false), delay), after);
        for at_once in [(false, false), (true, true), (false, true)] {
            assert_eq!(effective_at(now, at_once, delay), now);
        }
        assert_eq!(effective_at(Timestamp::MAX, (true, false), delay), Timestamp::MAX);
    }
}
