//! An administrator refuses what waits for signatures: keys that are not those that the person read out, or other roles.

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    invite_staff::{Invitation, NewInvitation},
    propose_member::{digest, to_be_signed, waits},
};
use crate::{
    audit::{act::Act, directory::Member},
    domain::{ids::StaffId, mail_address::Notice},
    policy::{Action, authorize},
    storage::staff::StaffChange,
};

/// Refuses. Whose keys are refused is invited anew, and whatever was signed of the old ones counts for nothing; refused
/// roles leave those that the person has. `shown` is the digest of what the administrator saw.
///
/// # Errors
/// [`Error::NotFound`] where nothing waits; [`Error::Forbidden`] for oneself; [`Error::Conflict`] where something else
/// waits than was shown.
pub async fn refuse_member(
    ctx: &Context,
    caller: &Caller,
    id: StaffId,
    shown: &str,
) -> Result<Option<Invitation>, Error> {
    let permit = authorize(&caller.actor(), Action::SignDirectory, None)?;
    if caller.id == id {
        return Err(Error::Forbidden);
    }
    let registry = ctx.current_registry().await?;
    let present = registry.directory.members.get(&id).map(Member::signed_roles);
    let present =
        serde_json::to_string(&present.unwrap_or_default()).map_err(|_cause| Error::Sealed("the roles"))?;
    let new = NewInvitation::make(ctx);
    let anew = ctx
        .store
        .record("refuse_member", async |tx| {
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            let last = tx.last_directory_row(id).await?;
            let keys = person.state == "enrolled";
            let waiting = |row| waits(ctx, &registry.directory, &person, row);
            let roles = person.state == "active" && last.as_ref().is_some_and(waiting);
            if !keys && !roles {
                return Err(Error::NotFound);
            }
            if digest(&to_be_signed(ctx, &registry.directory, &person, last.as_ref())?) != shown {
                return Err(Error::Conflict);
            }
            let draft = caller.draft(Act::DirectoryRefused, "administrator", ctx.store.now());
            if keys {
                tx.notify(&permit, &person, Notice::InvitedAnew).await?;
            }
            let (change, draft) = if keys {
                let invitation = Some(Some(new.stored));
                let change = StaffChange { state: Some("invited"), invitation, ..StaffChange::default() };
                (change, draft.and(Act::StaffInvited))
            } else {
                (StaffChange { roles: Some(present.clone()), ..StaffChange::default() }, draft)
            };
            Ok((keys, tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await?;
    Ok(anew.then_some(Invitation { staff: id, code: new.code }))
}
