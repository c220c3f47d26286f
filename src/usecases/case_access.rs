//! How a caller stands to a case.

use super::{caller::Caller, error::Error, part::part_of};
use crate::{
    domain::{case::step::Step, ids::CaseId},
    policy::{Action, Permit, Proposer, Situation, authorize},
    storage::{Db, Tx, cases::CaseRow, grants::GrantRow, proposals::ProposalRow},
};

/// The facts that the policy decides on, as they stand in the same transaction as the act.
pub(super) async fn situation(
    db: &mut Db<'_>,
    caller: &Caller,
    case: &CaseRow,
    proposal: Option<&ProposalRow>,
) -> Result<Situation, Error> {
    caller.impartiality.seeing()?;
    let grant = db.grant(case.id, caller.id).await?;
    let living = grant.as_ref().filter(|grant| GrantRow::lives(grant));
    let excluded = caller.impartiality.kept_from_case(case);
    let leads = case.lead_id == Some(caller.id);
    let involved = db.took_part(case.id, caller.id).await? || leads;
    let is_review = proposal.is_none_or(|proposal| proposal.step == Step::Review);
    let capacity = living.map(|grant| part_of(grant, case));
    let leaderless = case.needs_lead() && !led(db, case).await?;
    Ok(Situation {
        leaderless,
        excluded,
        grant: capacity,
        attested: living.is_some_and(|grant| grant.attested_on.is_some()),
        recused: grant.as_ref().is_some_and(|grant| grant.recused_on.is_some()),
        proposer: proposal.map(|proposal| Proposer::Staff(proposal.proposer_id)),
        self_is_lead: leads,
        involved: is_review && involved,
        ..Situation::new(case.id, case.desk_id, case.status)
    })
}

/// Whether somebody who works here leads the case.
pub(super) async fn led(db: &mut Db<'_>, case: &CaseRow) -> Result<bool, Error> {
    match case.lead_id {
        Some(lead) => Ok(db.works_on(case.id, lead).await?),
        None => Ok(false),
    }
}

/// The case, if the caller may do this with it; otherwise as if it did not exist, or forbidden.
pub(super) async fn permitted(
    db: &mut Db<'_>,
    caller: &Caller,
    id: CaseId,
    action: Action,
) -> Result<(CaseRow, Situation, Permit), Error> {
    let case = db.case(id).await?.ok_or(Error::NotFound)?;
    let situation = situation(db, caller, &case, None).await?;
    let permit = authorize(&caller.actor(), action, Some(&situation))?;
    Ok((case, situation, permit))
}

/// The same with the case locked, for acts that write.
pub(super) async fn locked(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: CaseId,
    action: Action,
) -> Result<(CaseRow, Situation, Permit), Error> {
    let case = tx.lock_case(id).await?.ok_or(Error::NotFound)?;
    let situation = situation(tx, caller, &case, None).await?;
    let permit = authorize(&caller.actor(), action, Some(&situation))?;
    Ok((case, situation, permit))
}

/// The role code under which a grant's holder acts in the log.
pub(super) fn role_code(situation: &Situation) -> &'static str {
    situation.grant.map_or("none", crate::policy::Capacity::code)
}
