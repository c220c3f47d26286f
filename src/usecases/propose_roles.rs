//! The first of two administrators signs other roles for somebody who works here. A second one confirms, as for new
//! keys (`confirm_member`): what grants the new roles do not carry end then.

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    propose_member::{body_of, proposed, waits},
    roles::check_roles,
};
use crate::{
    audit::act::Act,
    domain::{field_error::FieldError, ids::StaffId, role::RoleAt},
    policy::{Action, authorize},
    storage::staff::StaffChange,
};

/// Proposes that an active member has these roles from now on. It takes the place of another change that waits.
///
/// # Errors
/// [`Error::Invalid`] for `roles` and `desk`, also where they are those that the person has; [`Error::NotFound`] where
/// they are not an active member; [`Error::Forbidden`] for oneself; [`Error::Conflict`] where just this waits already.
pub async fn propose_roles(
    ctx: &Context,
    caller: &Caller,
    id: StaffId,
    roles: &[RoleAt],
) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::SignDirectory, None)?;
    if caller.id == id {
        return Err(Error::Forbidden);
    }
    let registry = ctx.current_registry().await?;
    check_roles(&registry, roles)?;
    let member = registry.directory.members.get(&id).ok_or(Error::NotFound)?;
    if same(&member.roles, roles) {
        return Err(Error::Invalid(vec![FieldError::new("roles", FieldError::TAKEN)]));
    }
    let wanted = serde_json::to_string(roles).map_err(|_cause| Error::Sealed("the roles"))?;
    ctx.store
        .record("propose_roles", async |tx| {
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            if person.state != "active" || person.public_keys != Some(member.public.to_bytes()) {
                return Err(Error::NotFound);
            }
            // Not what would wait, but what does: a proposal that was refused may be made again.
            let last = tx.last_directory_row(id).await?;
            if person.invited_roles == wanted
                && last.is_some_and(|row| waits(ctx, &registry.directory, &person, &row))
            {
                return Err(Error::Conflict);
            }
            let serial = tx.last_serial(id).await?.saturating_add(1);
            let body = body_of(ctx, &person, serial, roles.to_vec())?;
            let row = proposed(caller, id, serial, body);
            tx.insert_directory_row(&permit, &row).await?;
            let draft = caller.draft(Act::DirectoryProposed, "administrator", ctx.store.now());
            let change = StaffChange { roles: Some(wanted.clone()), ..StaffChange::default() };
            Ok(((), tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await
}

/// Whether two lists name the same roles, in whatever order.
fn same(one: &[RoleAt], other: &[RoleAt]) -> bool {
    one.iter().all(|held| other.contains(held)) && other.iter().all(|held| one.contains(held))
}
