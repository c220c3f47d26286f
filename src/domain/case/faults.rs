//! A machine check of the table of transitions (DESIGN section 6).

use std::collections::BTreeSet;

use super::facts::Fact;
use super::status::Status;
use super::step::Step;
use super::transition::{ARRIVAL, MessageRule, Silence, TRANSITIONS, To, Transition};

/// What is wrong with the published table; empty if it holds together.
#[must_use]
pub fn workflow_faults() -> Vec<String> {
    faults_of(TRANSITIONS)
}

/// What is wrong with a table: a state or step that nothing reaches, an open state that cannot end, a state that cannot be
/// disposed of, a step without a doer, a decision without ground or reasons, a four-eyes step one person could finish.
#[must_use]
pub fn faults_of(table: &[Transition]) -> Vec<String> {
    let mut faults = Vec::new();
    reachability(table, &mut faults);
    for (place, row) in table.iter().enumerate() {
        row_faults(row, &mut faults);
        if table.iter().take(place).any(|other| other.from == row.from && other.step == row.step) {
            faults.push(format!("{} {}: stands twice", row.from, row.step));
        }
    }
    for step in Step::ALL {
        if !table.iter().any(|row| row.step == *step) {
            faults.push(format!("{step}: no state allows this step"));
        }
    }
    faults
}

fn reachability(table: &[Transition], faults: &mut Vec<String>) {
    let live = reached_from(table, ARRIVAL);
    for &status in Status::ALL {
        let ahead = reached_from(table, status);
        if !live.contains(&status) {
            faults.push(format!("{status}: cannot be reached"));
        }
        if status.is_open() && !ahead.iter().any(|end| !end.is_open()) {
            faults.push(format!("{status}: is open and cannot end"));
        }
        if !ahead.contains(&Status::Disposed) {
            faults.push(format!("{status}: can never be disposed of"));
        }
        if status.is_open() && !table.iter().any(|row| row.from == status && row.step == Step::Withdraw) {
            faults.push(format!("{status}: is open and cannot be withdrawn"));
        }
    }
}

/// All states reachable from `start`, itself included.
#[must_use]
pub fn reached_from(table: &[Transition], start: Status) -> BTreeSet<Status> {
    let mut reached = BTreeSet::from([start]);
    let mut frontier = vec![start];
    while let Some(status) = frontier.pop() {
        for row in table.iter().filter(|row| row.from == status) {
            for next in row.to.possible(status) {
                if reached.insert(next) {
                    frontier.push(next);
                }
            }
        }
    }
    reached
}

fn row_faults(row: &Transition, faults: &mut Vec<String>) {
    let mut fault = |what: &str| faults.push(format!("{} {}: {what}", row.from, row.step));
    if row.by.is_empty() {
        fault("nobody may take it");
    }
    if row.step.is_decision() {
        if !row.facts.contains(&Fact::Reasons) {
            fault("a decision without reasons");
        }
        if !row.facts.iter().copied().any(is_ground) {
            fault("a decision without a coded ground");
        }
    }
    if row.facts.contains(&Fact::ReasonCode) == row.reasons.is_empty() {
        fault("the reason codes do not fit the facts");
    }
    let proposers = u8::from(row.by.iter().any(|doer| doer.is_staff()));
    if row.four_eyes && proposers.saturating_add(row.approvals()) < 2 {
        fault("one person could finish it");
    }
    if row.four_eyes && proposers == 1 && row.by.iter().any(|doer| !doer.is_staff()) {
        fault("proposed by staff or by a process: the number of approvals is not clear");
    }
    let stays_silent = match row.message {
        MessageRule::Silent(Silence::NoMailbox) => row.to.possible(row.from) == [Status::Disposed],
        MessageRule::Silent(Silence::SameStage) => row.to == To::Same,
        MessageRule::Tell(_) | MessageRule::TellOrExplain(_) => true,
    };
    if !stays_silent {
        fault("the reporter is not told of the stage");
    }
    if ends_unseen(row) {
        fault("the reporter is not told of the end");
    }
}

const fn is_ground(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::ReasonCode
            | Fact::Outcome
            | Fact::PauseReason
            | Fact::NewGround
            | Fact::ReviewResult
            | Fact::PublicInterest
    )
}

fn ends_unseen(row: &Transition) -> bool {
    row.from.is_open()
        && row.to.possible(row.from).iter().any(|to| !to.is_open())
        && !matches!(row.message, MessageRule::Tell(_))
}
