//! Which roles somebody can be given, and what becomes of their cases where other roles take them away.

use super::{
    caller::Caller,
    context::Context,
    departure::{Departure, Grants},
    error::Error,
    impartiality::Impartiality,
    registry::Registry,
};
use crate::{
    domain::{
        field_error::FieldError,
        ids::{CaseId, StaffId},
        role::{Role, RoleAt, forbidden_pair},
    },
    policy::Permit,
    storage::{grants::HeldPart, staff::StaffIdentity},
};

/// Checks roles that somebody is to be given.
///
/// # Errors
/// [`Error::Invalid`]: `roles`, where there is none or two exclude each other (DESIGN section 2); `desk`, where a role is
/// held at a desk and none is named, or it is not known.
pub(super) fn check_roles(registry: &Registry, roles: &[RoleAt]) -> Result<(), Error> {
    let refuse = |field, code| Err(Error::Invalid(vec![FieldError::new(field, code)]));
    if roles.is_empty() {
        return refuse("roles", FieldError::REQUIRED);
    }
    if forbidden_pair(&roles.iter().map(|held| held.role).collect::<Vec<_>>()).is_some() {
        return refuse("roles", FieldError::NOT_ALLOWED);
    }
    if roles.iter().any(|held| held.role.at_desk() && held.desk.is_none()) {
        return refuse("desk", FieldError::REQUIRED);
    }
    if roles.iter().filter_map(|held| held.desk).any(|desk| !registry.desks.contains_key(&desk)) {
        return refuse("desk", FieldError::UNKNOWN);
    }
    Ok(())
}

/// Checks where somebody is to belong.
///
/// # Errors
/// [`Error::Invalid`] for `unit`, where it is not in the registry of bodies.
pub(super) fn check_identity(registry: &Registry, identity: &StaffIdentity) -> Result<(), Error> {
    match identity.unit {
        Some(unit) if !registry.bodies.holds(unit) => {
            Err(Error::Invalid(vec![FieldError::new("unit", FieldError::UNKNOWN)]))
        }
        _ => Ok(()),
    }
}

/// Checks, while nobody else can change the directory, that somebody may give a person these roles: the giver is still
/// an administrator, and two remain.
///
/// # Errors
/// [`Error::Unauthenticated`], [`Error::TooFewAdministrators`].
pub(super) fn leaves_order(
    registry: &Registry,
    caller: &Caller,
    (staff, roles): (StaffId, &[RoleAt]),
) -> Result<(), Error> {
    if !registry.is_administrator(caller.id) {
        return Err(Error::Unauthenticated);
    }
    let stays = roles.iter().any(|held| held.role == Role::Administrator);
    let fewer = registry.is_administrator(staff) && !stays;
    if fewer && registry.administrators_besides(staff) < 2 {
        return Err(Error::TooFewAdministrators);
    }
    Ok(())
}

/// Ends the grants that somebody's roles do not carry any more, or that concern the unit they belong to now, with a new
/// epoch for each case; says how many.
pub(super) async fn end_uncarried(
    ctx: &Context,
    caller: Option<&Caller>,
    permit: &Permit,
    staff: StaffId,
) -> Result<usize, Error> {
    let registry = ctx.current_registry().await?;
    registry.seeing()?;
    let Some(member) = registry.directory.members.get(&staff) else { return Ok(0) };
    let held = ctx.store.read(async |db| db.parts_of(staff).await).await?;
    let impartiality = Impartiality::of(ctx, &registry, staff);
    let ends = |part: &HeldPart| {
        !member.is_signed(part.capacity.role(), part.desk)
            || impartiality.kept_from(part.case, part.excluded.as_deref())
    };
    let cases: Vec<CaseId> = held.into_iter().filter(ends).map(|part| part.case).collect();
    Departure { ctx, caller, permit, staff }.lose_keys(&cases, Grants::End).await?;
    Ok(cases.len())
}
