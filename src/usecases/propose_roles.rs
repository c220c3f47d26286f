//! The first of two administrators signs other roles, another name or another unit for somebody who works here. A second
//! one confirms, as for new keys (`confirm_member`): what grants the new roles and unit do not carry end then.

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    propose_member::{body_of, proposed, waits},
    roles::{check_identity, check_roles},
};
use crate::{
    audit::act::Act,
    domain::{field_error::FieldError, ids::StaffId, role::RoleAt},
    policy::{Action, authorize},
    storage::staff::{StaffChange, StaffIdentity},
};

/// What the directory is to say of somebody besides their keys.
pub struct Wanted {
    /// Their roles.
    pub roles: Vec<RoleAt>,
    /// Their name and where they belong.
    pub identity: StaffIdentity,
}

/// Proposes that the directory says this of an active member from now on. It takes the place of another change that waits.
///
/// # Errors
/// [`Error::Invalid`] for `roles`, `desk` and `unit`, also where they are those that the person has; [`Error::NotFound`] where
/// they are not an active member; [`Error::Forbidden`] for oneself; [`Error::Conflict`] where just this waits already.
pub async fn propose_roles(
    ctx: &Context,
    caller: &Caller,
    id: StaffId,
    wanted: &Wanted,
) -> Result<(), Error> {
    let Wanted { roles, identity } = wanted;
    let permit = authorize(&caller.actor(), Action::SignDirectory, None)?;
    if caller.id == id {
        return Err(Error::Forbidden);
    }
    let registry = ctx.current_registry().await?;
    check_roles(&registry, roles)?;
    check_identity(&registry, identity)?;
    let member = registry.directory.members.get(&id).ok_or(Error::NotFound)?;
    let stays = StaffIdentity { name: member.name.clone(), unit: member.unit } == *identity;
    if stays && same(&member.signed_roles(), roles) {
        return Err(Error::Invalid(vec![FieldError::new("roles", FieldError::TAKEN)]));
    }
    let asked = serde_json::to_string(roles).map_err(|_cause| Error::Sealed("the roles"))?;
    ctx.store
        .record("propose_roles", async |tx| {
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            if person.state != "active" || person.public_keys != Some(member.public.to_bytes()) {
                return Err(Error::NotFound);
            }
            // Not what would wait, but what does: a proposal that was refused may be made again.
            let last = tx.last_directory_row(id).await?;
            let before = person.identity();
            if person.invited_roles == asked
                && before == *identity
                && last.is_some_and(|row| waits(ctx, &registry.directory, &person, &row))
            {
                return Err(Error::Conflict);
            }
            let serial = tx.last_serial(id).await?.saturating_add(1);
            let person = person.with(identity);
            let body = body_of(ctx, &person, serial, roles.clone())?;
            let row = proposed(caller, id, serial, body);
            tx.insert_directory_row(&permit, &row).await?;
            let draft = caller.draft(Act::DirectoryProposed, "administrator", ctx.store.now());
            let change = StaffChange {
                roles: Some(asked.clone()),
                identity: Some(identity.clone()),
                ..StaffChange::default()
            };
            Ok(((), tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await
}

/// Whether two lists name the same roles, in whatever order.
fn same(one: &[RoleAt], other: &[RoleAt]) -> bool {
    one.iter().all(|held| other.contains(held)) && other.iter().all(|held| one.contains(held))
}
