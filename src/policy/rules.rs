//! The rules: what each kind of actor may do. Everything not named is denied.

use super::action::Action;
use super::actor::{Actor, StaffActor};
use super::permit::Denied;
use super::situation::{Capacity, Proposer, Situation};
use crate::domain::case::status::Status;
use crate::domain::case::step::Step;
use crate::domain::case::transition::{Doer, TRANSITIONS, find};
use crate::domain::ids::CaseId;
use crate::domain::role::{Role, forbidden_pair};

type Verdict = Result<(), Denied>;

pub(super) fn rule(actor: &Actor, action: Action, situation: Option<&Situation>) -> Verdict {
    match actor {
        Actor::Staff(staff) => staff_rule(staff, action, situation),
        Actor::Reporter(case) => reporter_rule(*case, action, situation),
        Actor::Timer => timer_rule(action, situation),
        Actor::Operator => operator_rule(action),
        Actor::Anyone => allow_if(
            matches!(
                action,
                Action::SubmitReport | Action::OpenInbox | Action::RedeemInvitation | Action::RecoverAccount
            ),
            if action.needs_case() { Denied::Hidden } else { Denied::Forbidden },
        ),
    }
}

const fn allow_if(allowed: bool, otherwise: Denied) -> Verdict {
    if allowed { Ok(()) } else { Err(otherwise) }
}

fn reporter_rule(own: CaseId, action: Action, situation: Option<&Situation>) -> Verdict {
    match action {
        Action::SubmitReport | Action::OpenInbox => return Ok(()),
        action if !action.needs_case() => return Err(Denied::Forbidden),
        _ => {}
    }
    let situation = situation.filter(|situation| situation.case == own).ok_or(Denied::Hidden)?;
    let allowed = match action {
        Action::WriteAsReporter => situation.status.mailbox_open(),
        Action::TakeStep(step) => doer_may(Doer::Reporter, step, situation),
        _ => false,
    };
    allow_if(allowed, Denied::Forbidden)
}

fn timer_rule(action: Action, situation: Option<&Situation>) -> Verdict {
    match (action, situation) {
        (Action::RunJob, _) | (Action::MarkOverdue, Some(_)) => Ok(()),
        (Action::TakeStep(step), Some(situation)) => {
            let offered =
                doer_may(Doer::Timer, step, situation) || doer_may(Doer::Retention, step, situation);
            allow_if(offered, Denied::Forbidden)
        }
        // Interim messages: ISO 37002, 8.1 (control ISO-8.1-1). Sealing to a case needs no key.
        (Action::WriteMessage, Some(situation)) => {
            allow_if(situation.status.mailbox_open(), Denied::Forbidden)
        }
        _ => Err(Denied::Forbidden),
    }
}

/// The command line holds no staff keys: it neither reads nor decides, and it cannot sign the directory. With the sheets
/// of a desk it gives its cases to a member of the directory.
fn operator_rule(action: Action) -> Verdict {
    let allowed = matches!(
        action,
        Action::InviteStaff
            | Action::DisableStaff
            | Action::ConfigureDesk
            | Action::RecoverCases
            | Action::TendMail
            | Action::RunJob
            | Action::Migrate
    );
    allow_if(allowed, if action.needs_case() { Denied::Hidden } else { Denied::Forbidden })
}

fn staff_rule(staff: &StaffActor, action: Action, situation: Option<&Situation>) -> Verdict {
    // A directory that gives one person two roles of a forbidden pair is damaged: nothing is safe to allow.
    let sound = forbidden_pair(&staff.role_list()).is_none();
    if action.needs_case() || (action == Action::SeeProposals && situation.is_some()) {
        return match situation {
            Some(situation) if sound => case_rule(staff, action, situation),
            _ => Err(Denied::Hidden),
        };
    }
    let any = |roles: &[Role]| roles.iter().any(|role| staff.holds(*role));
    let case_roles = [Role::Triager, Role::Investigator, Role::Reviewer, Role::ProtectionOfficer];
    let allowed = match action {
        Action::SignIn | Action::ChangeAccount => !staff.roles.is_empty(),
        Action::SubmitReport => staff.holds(Role::Registrar) || any(&case_roles),
        Action::ListCases | Action::SeeProposals => any(&case_roles),
        Action::ReadLog => staff.holds(Role::Auditor),
        Action::SeeOversight => staff.holds(Role::Oversight),
        Action::InviteStaff
        | Action::DecideRecovery
        | Action::SignDirectory
        | Action::DisableStaff
        | Action::ConfigureDesk
        | Action::TendMail => staff.holds(Role::Administrator),
        _ => false,
    };
    allow_if(sound && allowed, Denied::Forbidden)
}

/// Acts of staff on a case. Without a living grant the case does not exist for them (control EU-9.1a-1); with one, content
/// and steps need the signed attestation (control EU-9.1c-1).
fn case_rule(staff: &StaffActor, action: Action, situation: &Situation) -> Verdict {
    let capacity = situation
        .grant
        .filter(|capacity| {
            !situation.recused && !situation.excluded && staff.holds_at(capacity.role(), situation.desk)
        })
        .ok_or(Denied::Hidden)?;
    let attested = situation.attested;
    let allowed = match action {
        // A note is sealed with the case's public half: whoever writes it learns nothing.
        Action::SeeCase | Action::Attest | Action::Recuse | Action::WriteNote | Action::SeeProposals => true,
        // Whoever may read may give back what a colleague has the grant for already.
        Action::ReadContent | Action::RestoreAccess => attested,
        // The reviewer speaks by decisions only, so as to stay the second pair of eyes.
        Action::WriteMessage => attested && capacity != Capacity::Reviewer && situation.status.mailbox_open(),
        Action::RecordSubject => {
            attested && matches!(capacity, Capacity::Triager | Capacity::Lead | Capacity::Investigator)
        }
        Action::TrackReferral => attested && matches!(capacity, Capacity::Triager | Capacity::Lead),
        Action::DecideInterim => attested && matches!(capacity, Capacity::Triager | Capacity::Lead),
        Action::TendRemedies => {
            attested && capacity != Capacity::Reviewer && situation.status == Status::Remediation
        }
        // Who it was that recorded it as done is for the use case.
        Action::VerifyRemedy => attested && situation.status == Status::Remediation,
        Action::GrantAccess | Action::RevokeAccess
            if matches!(capacity, Capacity::Triager | Capacity::Lead) =>
        {
            attested
        }
        // Where triagers and lead are gone, those who are left find a new one.
        Action::GrantAccess => attested && capacity == Capacity::Investigator && situation.leaderless,
        Action::TakeStep(step) => attested && step_rule(capacity, step, situation),
        Action::DecideProposal => attested && decision_rule(staff, capacity, situation),
        _ => false,
    };
    allow_if(allowed, Denied::Forbidden)
}

fn step_rule(capacity: Capacity, step: Step, situation: &Situation) -> bool {
    // Lead and reviewer of one case is a forbidden pair (norms.md 8.2).
    if capacity == Capacity::Reviewer && situation.self_is_lead {
        return false;
    }
    if step == Step::Review && situation.involved {
        return false;
    }
    capacity.doer().is_some_and(|doer| doer_may(doer, step, situation))
}

/// Proposer ≠ approver; the lead never approves; nobody reviews what they took part in (norms.md 8.5, rule 3).
fn decision_rule(staff: &StaffActor, capacity: Capacity, situation: &Situation) -> bool {
    let by_another = match situation.proposer {
        Some(Proposer::Staff(proposer)) => proposer != staff.id,
        Some(Proposer::Job) => true,
        None => false,
    };
    capacity == Capacity::Reviewer && by_another && !situation.self_is_lead && !situation.involved
}

/// Whether the table offers the step to `doer` in this state. A step that is illegal in the state is let through to
/// whoever could take it in another: the domain then answers which steps are legal (409).
fn doer_may(doer: Doer, step: Step, situation: &Situation) -> bool {
    match find(situation.status, step) {
        Some(row) => row.offered_to(doer),
        None => TRANSITIONS.iter().any(|row| row.step == step && row.offered_to(doer)),
    }
}
