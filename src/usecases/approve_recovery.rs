//! A colleague approves a recovery: the password and second factor that the person prepared take effect.

use jiff::SignedDuration;

use super::{
    caller::Caller,
    context::Context,
    credentials::fingerprint,
    error::Error,
    recover_account::{Prepared, SIGNATURE_DOMAIN},
};
use crate::{
    audit::act::Act,
    domain::ids::StaffId,
    policy::{Action, Permit, authorize},
    storage::{
        Tx,
        recoveries::RecoveryRow,
        staff::{StaffChange, StaffRow},
    },
};

/// How long a prepared recovery waits, days.
pub const RECOVERY_DAYS: i64 = 7;

/// Approves what has the number `shown`, which the person read out. The person's sessions end, and with them whatever somebody else did with a stolen password.
///
/// # Errors
/// [`Error::NotFound`] where nothing waits, or too long; [`Error::Forbidden`] for oneself; [`Error::Sealed`] where what
/// waits was not prepared by the person; [`Error::Conflict`] where something else waits than was shown.
pub async fn approve_recovery(ctx: &Context, caller: &Caller, id: StaffId, shown: &str) -> Result<(), Error> {
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
            let said: Option<Prepared> = serde_json::from_slice(&prepared.keys).ok();
            let own = |said: &Prepared| {
                said.staff == id
                    && said.asked == prepared.asked_at.as_second()
                    && said.keys.public_keys == public.to_bytes()
            };
            let said = said.filter(|said| signed && own(said)).ok_or(foreign)?;
            if fingerprint(&prepared.keys) != shown {
                return Err(Error::Conflict);
            }
            tx.end_sessions_of(&permit, id).await?;
            let change = StaffChange { keys: Some(said.keys), ..StaffChange::default() };
            let draft = caller.draft(Act::RecoveryApproved, "administrator", ctx.store.now());
            Ok(((), tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await
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
