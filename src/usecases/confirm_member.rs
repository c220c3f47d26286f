//! The second administrator confirms: from now on the person is in the directory and can be given keys.

use super::{caller::Caller, context::Context, error::Error, propose_member::waits};
use crate::{
    audit::{act::Act, directory::SIGNATURE_DOMAIN},
    domain::ids::StaffId,
    policy::{Action, authorize},
    storage::staff::StaffChange,
};

/// Countersigns the waiting entry, after checking that it says what the person's row says.
///
/// # Errors
/// [`Error::NotFound`] where nothing waits, also where the person made other keys meanwhile; [`Error::Forbidden`] for
/// the administrator who proposed.
pub async fn confirm_member(ctx: &Context, caller: &Caller, id: StaffId) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::SignDirectory, None)?;
    ctx.store
        .record("confirm_member", async |tx| {
            let instance =
                tx.lock_instance().await?.ok_or(Error::NotReady("the instance was never founded"))?;
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            let row = tx.last_directory_row(id).await?.filter(|row| waits(ctx, &person, row));
            let row = row.filter(|_| person.state == "enrolled").ok_or(Error::NotFound)?;
            if row.first_signer == caller.id {
                return Err(Error::Forbidden);
            }
            let now = ctx.store.now();
            let sign = &caller.secrets.sign;
            let signature = sign.sign(SIGNATURE_DOMAIN, &row.body);
            let version = instance.next_version();
            tx.countersign(&permit, (id, row.serial), (caller.id, signature.as_slice()), version).await?;
            let draft = caller.draft(Act::DirectorySigned, "administrator", now).and(Act::ActorEnrolled);
            let change = StaffChange { state: Some("active"), ..StaffChange::default() };
            let _person = tx.save_staff(&permit, &person, change, &draft).await?;
            let draft = caller.draft(Act::ConfigChanged, "administrator", now).code("what", "directory");
            Ok(((), tx.save_instance(&permit, &instance, &draft).await?))
        })
        .await
}
