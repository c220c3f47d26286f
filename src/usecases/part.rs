//! A part in a case, and who may be given it: somebody of the signed directory who works at the case's desk, without a
//! conflict of interest, and never on both sides of the second pair of eyes (norms.md 8.2 and 8.5).

use super::{
    context::Context, error::Error, holders::HeldSeeds, impartiality::Impartiality, registry::Registry,
};
use crate::{
    domain::{field_error::FieldError, ids::StaffId, role::Role},
    policy::{Capacity, Permit},
    storage::{
        Tx,
        cases::{CaseChange, CaseRow},
        grants::GrantRow,
    },
};

/// The parts that one person gives another.
pub const GIVEN: &[Capacity] =
    &[Capacity::Triager, Capacity::Lead, Capacity::Investigator, Capacity::Reviewer];

/// A part in a case for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Who.
    pub staff: StaffId,
    /// In what capacity.
    pub capacity: Capacity,
}

/// The part that a grant gives as the case stands: who handed it back, or led it before, leads it no longer.
#[must_use]
pub fn part_of(grant: &GrantRow, case: &CaseRow) -> Capacity {
    match grant.capacity {
        Capacity::Lead if case.lead_id != Some(grant.staff_id) => Capacity::Investigator,
        capacity => capacity,
    }
}

/// The person cannot be given the part.
pub(super) fn unfit() -> Error {
    Error::Invalid(vec![FieldError::new("staff", FieldError::NOT_ALLOWED)])
}

/// The case has no such part to give now.
pub(super) fn no_such_part() -> Error {
    Error::Invalid(vec![FieldError::new("capacity", FieldError::NOT_ALLOWED)])
}

/// Checks that somebody fits a part of a locked case; gives the grant that they have or had. Their row is locked, so
/// that the keys are still theirs when the transaction ends.
///
/// # Errors
/// [`Error::Invalid`] for `staff` or `capacity`; why somebody has a conflict of interest is told to nobody.
pub(super) async fn fit(
    tx: &mut Tx<'_>,
    registry: &Registry,
    case: &CaseRow,
    part: Part,
) -> Result<Option<GrantRow>, Error> {
    let leads = part.capacity == Capacity::Lead;
    if !GIVEN.contains(&part.capacity) || (leads && !case.needs_lead()) {
        return Err(no_such_part());
    }
    let member = registry.directory.members.get(&part.staff).ok_or_else(unfit)?;
    let person = tx.lock_staff(part.staff).await?.ok_or_else(unfit)?;
    let same = person.state == "active" && person.public_keys == Some(member.public.to_bytes());
    let grant = tx.grant(case.id, part.staff).await?;
    let decided = tx.took_part(case.id, part.staff).await?;
    let recused = grant.as_ref().is_some_and(|grant| grant.recused_on.is_some());
    let crosses = grant.as_ref().is_some_and(|grant| crosses(grant, part.capacity, decided))
        || (part.capacity == Capacity::Reviewer && case.lead_id == Some(part.staff));
    if !same || recused || crosses || !member.holds(part.capacity.role(), case.desk_id) {
        return Err(unfit());
    }
    Ok(grant)
}

/// Whether the part stands on the other side of the second pair of eyes than the one that the person has or had:
/// whoever worked on a case does not review it, and its reviewer does not work on it. A reviewer who was let go before
/// they decided anything may.
fn crosses(grant: &GrantRow, to: Capacity, decided: bool) -> bool {
    match (grant.capacity == Capacity::Reviewer, to == Capacity::Reviewer) {
        (false, true) => true,
        (true, false) => grant.lives() || decided,
        (true, true) | (false, false) => false,
    }
}

/// Gives the part with the keys of every epoch that the giver holds; says what changes in the case. The person attests
/// before they read, unless they have, and still may.
pub(super) async fn hand_over(
    ctx: &Context,
    tx: &mut Tx<'_>,
    (permit, registry): (&Permit, &Registry),
    (case, seeds, by): (&CaseRow, &HeldSeeds, Option<StaffId>),
    part: Part,
) -> Result<CaseChange, Error> {
    let wraps = seeds.rewrap(ctx, registry, &[part.staff], &mut tx.rng)?;
    let to = [(part.staff, part.capacity)];
    tx.grant_access(permit, case.id, &to, (by, ctx.today_of(case))).await?;
    tx.insert_wraps(permit, case.id, &wraps).await?;
    let lead = (part.capacity == Capacity::Lead).then_some(Some(part.staff));
    Ok(CaseChange { lead, ..CaseChange::default() })
}

/// A colleague of a desk who could be given a part in its cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub staff: StaffId,
    /// Their sign-in name.
    pub login: String,
    /// What they are at the desk, as far as a part in a case goes.
    pub roles: Vec<Role>,
}

/// Everybody of the desk who could be given a part in a case, by name.
pub(super) fn colleagues(ctx: &Context, registry: &Registry, case: &CaseRow) -> Vec<Colleague> {
    let mut all = Vec::new();
    for (staff, member) in &registry.directory.members {
        if Impartiality::of(ctx, registry, *staff).kept_from_case(case) {
            continue;
        }
        let mut roles: Vec<Role> = GIVEN.iter().map(|capacity| capacity.role()).collect();
        roles.dedup();
        roles.retain(|role| member.holds(*role, case.desk_id));
        if !roles.is_empty() {
            all.push(Colleague { staff: *staff, login: member.login.clone(), roles });
        }
    }
    all.sort_by(|a, b| a.login.cmp(&b.login));
    all
}
