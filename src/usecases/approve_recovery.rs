//! A colleague approves a recovery: the password and second factor that the person prepared take effect.

use jiff::SignedDuration;

use super::{caller::Caller, context::Context, error::Error, recover_account::SIGNATURE_DOMAIN};
use crate::{
    audit::act::Act,
    domain::ids::StaffId,
    policy::{Action, Permit, authorize},
    storage::{
        Tx,
        recoveries::RecoveryRow,
        staff::{StaffChange, StaffKeyColumns, StaffRow},
    },
};

/// How long a prepared recovery waits, days.
pub const RECOVERY_DAYS: i64 = 7;

/// Approves. The person's sessions end, and with them whatever somebody else did with a stolen password.
///
/// # Errors
/// [`Error::NotFound`] where nothing waits, or too long; [`Error::Forbidden`] for oneself; [`Error::Sealed`] where what
/// waits was not prepared by the person.
pub async fn approve_recovery(ctx: &Context, caller: &Caller, id: StaffId) -> Result<(), Error> {
    let registry = ctx.current_registry().await?;
    let public = registry.directory.members.get(&id).map(|member| member.public.clone());
    ctx.store
        .record("approve_recovery", async |tx| {
            let (person, prepared, permit) = decidable(ctx, tx, caller, id).await?;
            let public = public.as_ref().ok_or(Error::NotFound)?;
            let foreign = Error::Sealed("the recovery was not prepared by the person");
            let signature = prepared.signature.as_slice().try_into().ok();
            let signed =
                signature.is_some_and(|s| public.sign.verify(SIGNATURE_DOMAIN, &prepared.keys, s).is_ok());
            let keys: Option<StaffKeyColumns> = serde_json::from_slice(&prepared.keys).ok();
            let keys = keys.filter(|keys| signed && keys.public_keys == public.to_bytes()).ok_or(foreign)?;
            let change = StaffChange { keys: Some(keys), ..StaffChange::default() };
            let draft = caller.draft(Act::RecoveryApproved, "administrator", ctx.store.now());
            Ok::<_, Error>(((), tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await?;
    ctx.store.maintain(async |upkeep| upkeep.end_sessions_of(id).await).await?;
    Ok(())
}

/// The person and what they prepared, taken out of the queue, if the caller may decide it.
pub(super) async fn decidable(
    ctx: &Context,
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: StaffId,
) -> Result<(StaffRow, RecoveryRow, Permit), Error> {
    let permit = authorize(&caller.actor(), Action::DecideRecovery, None)?;
    if caller.id == id {
        return Err(Error::Forbidden);
    }
    let person = tx.lock_staff(id).await?.filter(|person| person.state == "active").ok_or(Error::NotFound)?;
    let prepared = tx.take_recovery(&permit, id).await?.ok_or(Error::NotFound)?;
    let age = ctx.store.now().duration_since(prepared.asked_at);
    if age > SignedDuration::from_hours(RECOVERY_DAYS * 24) {
        return Err(Error::NotFound);
    }
    Ok((person, prepared, permit))
}
