//! A person redeems an invitation: they choose their password and make their keys. Nobody else ever knows either.

use super::{
    context::Context,
    credentials::{ChosenCredentials, CredentialsForm, NewCredentials, accept, fingerprint, offer},
    error::Error,
    invite_staff::hash,
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::staff_keys::StaffSecrets,
    policy::{Action, Actor, authorize},
    storage::staff::{StaffChange, StaffRow},
};

/// What the token of the form is sealed for.
const JOIN: &str = "join";

/// Opens an invitation: a second factor for the person to set up. `form_token` is that of an earlier form, whose second
/// factor stays: after a mistake in the form.
///
/// # Errors
/// [`Error::NotFound`] where the invitation does not exist, was used or has expired; one answer for all.
pub async fn open_invitation(
    ctx: &Context,
    code: &str,
    form_token: Option<&str>,
) -> Result<CredentialsForm, Error> {
    offer(ctx, JOIN, &invited(ctx, code).await?.login, form_token)
}

/// Redeems an invitation. The person then waits for two administrators to sign them into the directory.
///
/// # Errors
/// [`Error::NotFound`] as above; [`Error::Invalid`] for the password or the code.
pub async fn redeem_invitation(
    ctx: &Context,
    code: &str,
    chosen: ChosenCredentials,
) -> Result<NewCredentials, Error> {
    let row = invited(ctx, code).await?;
    let accepted = accept(ctx, JOIN, &row.login, chosen).await?;
    let mut rng = ctx.store.entropy().rng();
    let (columns, recovery) = accepted.seal(ctx, row.id, &StaffSecrets::generate(&mut rng), &mut rng)?;
    let permit = authorize(&Actor::Anyone, Action::RedeemInvitation, None)?;
    ctx.store
        .record("redeem_invitation", async |tx| {
            let person = tx.lock_staff(row.id).await?.ok_or(Error::NotFound)?;
            if person.state != "invited" || person.invitation_hash != row.invitation_hash {
                return Err(Error::NotFound);
            }
            let change = StaffChange {
                state: Some("enrolled"),
                keys: Some(columns.clone()),
                invitation: Some(None),
                ..StaffChange::default()
            };
            let by = By::Staff { alias: person.alias(), role: "none" };
            let draft = Draft::new(Act::StaffEnrolled, by, When::At(ctx.store.now()));
            Ok(((), tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await?;
    let fingerprint = fingerprint(&columns.public_keys);
    Ok(NewCredentials { login: row.login, recovery, fingerprint })
}

async fn invited(ctx: &Context, code: &str) -> Result<StaffRow, Error> {
    let digest = hash(code);
    let row =
        ctx.store.read(async |db| db.staff_by_invitation(&digest).await).await?.ok_or(Error::NotFound)?;
    let expired = row.invitation_expires.is_none_or(|expires| expires <= ctx.store.now());
    if row.state != "invited" || expired { Err(Error::NotFound) } else { Ok(row) }
}
