//! A person says where mails to them go. They show their password again: these mails warn them about their account, so
//! whoever finds a session open, or has a stolen one, must not be able to turn the warnings away. The address before is told.

use super::{caller::Caller, context::Context, error::Error, sign_in::heard};
use crate::{
    audit::act::Act,
    crypto::{password::Queue, secret::SecretText},
    domain::{
        field_error::FieldError,
        mail_address::{MailAddress, Notice},
    },
    policy::{Action, authorize},
    storage::staff::{StaffChange, StaffRow},
};

/// Where mails to the caller go now.
///
/// # Errors
/// [`Error::Unauthenticated`] where the person is gone.
pub async fn own_mail(ctx: &Context, caller: &Caller) -> Result<Option<MailAddress>, Error> {
    let row = ctx.store.read(async |db| db.staff(caller.id).await).await?;
    Ok(row.ok_or(Error::Unauthenticated)?.mail())
}

/// Changes the caller's address; `None` where they want no mails.
///
/// # Errors
/// [`Error::Invalid`] for the password; [`Error::TooManyAttempts`] after too many wrong ones, which count with those of
/// signing in under this name.
pub async fn change_mail(
    ctx: &Context,
    caller: &Caller,
    password: SecretText,
    mail: Option<&MailAddress>,
) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::ChangeAccount, None)?;
    let proven = confirm(ctx, caller, password).await?;
    if proven.mail().as_ref() == mail {
        return Ok(());
    }
    let role = caller.actor.roles.first().map_or("none", |held| held.role.code());
    ctx.store
        .record("change_mail", async |tx| {
            let person = tx.lock_staff(caller.id).await?.ok_or(Error::Unauthenticated)?;
            // The password was proven some time ago; what it was proven against may be gone.
            if person.state != "active" || person.verifier != proven.verifier {
                return Err(Error::Unauthenticated);
            }
            tx.notify(&permit, &person, Notice::AddressChanged).await?;
            let change = StaffChange { mail: Some(mail.cloned()), ..StaffChange::default() };
            let draft = caller.draft(Act::MailChanged, role, ctx.store.now());
            Ok(((), tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await
}

/// The caller's row, if the password is theirs.
async fn confirm(ctx: &Context, caller: &Caller, password: SecretText) -> Result<StaffRow, Error> {
    let bucket = ctx.sign_in_bucket(&caller.login, None);
    let now = ctx.store.now();
    let (row, (failures, since)) = ctx
        .store
        .read(async |db| Ok::<_, Error>((db.staff(caller.id).await?, db.failures(&bucket).await?)))
        .await?;
    heard(now, failures, since)?;
    let row = row.ok_or(Error::Unauthenticated)?;
    let salt = row.salt.as_deref().and_then(|salt| salt.try_into().ok()).ok_or(Error::Unauthenticated)?;
    let keys = ctx.passwords.derive_from(Queue::Known, password, salt).await?;
    let verifier = row.verifier.as_deref().and_then(|verifier| <&[u8; 32]>::try_from(verifier).ok());
    if verifier.is_some_and(|verifier| keys.matches(verifier)) {
        return Ok(row);
    }
    ctx.store.maintain(async |upkeep| upkeep.count_failure(&bucket, now).await).await?;
    Err(Error::Invalid(vec![FieldError::new("current_password", FieldError::UNKNOWN)]))
}
