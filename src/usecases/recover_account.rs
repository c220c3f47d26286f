//! A person who lost their password or their second factor recovers with the printed code (DESIGN section 4): they
//! choose both anew for the same keys. Nothing changes before a colleague, an administrator who knows them, approves.

use serde::{Deserialize, Serialize};

use super::{
    context::Context,
    credentials::{ChosenCredentials, CredentialsForm, NewCredentials, accept, fingerprint, offer},
    error::Error,
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::{recovery_code::RecoveryCode, staff_keys::StaffSecrets},
    domain::{ids::StaffId, mail_address::Notice},
    policy::{Action, Actor, authorize},
    storage::{
        recoveries::RecoveryRow,
        staff::{StaffChange, StaffKeyColumns, StaffRow},
    },
};

/// What the token of the form is sealed for.
const RECOVER: &str = "recover";
/// What the person's signature on a prepared recovery is bound to: only who has the code can make one.
pub(super) const SIGNATURE_DOMAIN: &str = "senim/staff-recovery/v1";

/// What a person prepares and signs: for whom, when, and the same keys sealed anew.
#[derive(Serialize, Deserialize)]
pub(super) struct Prepared {
    pub staff: StaffId,
    /// Seconds since 1970.
    pub asked: i64,
    pub keys: StaffKeyColumns,
}

/// Opens a recovery: a new second factor for the person to set up. `form_token` as for an invitation.
///
/// # Errors
/// [`Error::NotFound`] where the code is mistyped, was used, or belongs to nobody who works here; one answer for all.
pub async fn open_recovery(
    ctx: &Context,
    code: &str,
    form_token: Option<&str>,
) -> Result<CredentialsForm, Error> {
    offer(ctx, RECOVER, &owner_of(ctx, code).await?.0.login, form_token)
}

/// Prepares the recovery; asking again replaces what was prepared before. The old password and the old code stay good
/// until a colleague approves what has the number that the person reads out: whoever else has the code cannot slip
/// their own in between.
///
/// # Errors
/// [`Error::NotFound`] as above; [`Error::Invalid`] for the password or the code of the second factor.
pub async fn recover_account(
    ctx: &Context,
    code: &str,
    chosen: ChosenCredentials,
) -> Result<NewCredentials, Error> {
    let (row, secrets) = owner_of(ctx, code).await?;
    let accepted = accept(ctx, RECOVER, &row.login, chosen).await?;
    let mut rng = ctx.store.entropy().rng();
    let (columns, recovery) = accepted.seal(ctx, row.id, &secrets, &mut rng)?;
    let asked_at = ctx.store.now();
    let prepared = Prepared { staff: row.id, asked: asked_at.as_second(), keys: columns };
    let keys = serde_json::to_vec(&prepared).map_err(|_cause| Error::Sealed("the new keys"))?;
    let signature = secrets.sign.sign(SIGNATURE_DOMAIN, &keys).to_vec();
    let number = fingerprint(&keys);
    let prepared = RecoveryRow { staff_id: row.id, asked_at, keys, signature };
    let permit = authorize(&Actor::Anyone, Action::RecoverAccount, None)?;
    ctx.store
        .record("recover_account", async |tx| {
            let person = tx.lock_staff(row.id).await?.ok_or(Error::NotFound)?;
            if person.state != "active" {
                return Err(Error::NotFound);
            }
            tx.prepare_recovery(&permit, prepared.clone()).await?;
            tx.notify(&permit, &person, Notice::RecoveryAsked).await?;
            let by = By::Staff { alias: person.alias(), role: "none" };
            let draft =
                Draft::new(Act::RecoveryAsked, by, When::At(ctx.store.now())).signed_by(&secrets.sign);
            Ok(((), tx.save_staff(&permit, &person, StaffChange::default(), &draft).await?))
        })
        .await?;
    Ok(NewCredentials { login: row.login, recovery, fingerprint: number })
}

/// Whose code this is, with their secrets; only where the directory knows these very keys.
async fn owner_of(ctx: &Context, code: &str) -> Result<(StaffRow, StaffSecrets), Error> {
    let code = RecoveryCode::parse(code).ok_or(Error::NotFound)?;
    let digest = code.lookup(ctx.store.instance());
    let row = ctx.store.read(async |db| db.staff_by_recovery(&digest).await).await?.ok_or(Error::NotFound)?;
    let registry = ctx.current_registry().await?;
    let member = registry.directory.members.get(&row.id).ok_or(Error::NotFound)?;
    let place = ctx.store.place("staff", row.id.0.as_bytes(), "sealed_recovery");
    let sealed = row.sealed_recovery.as_deref().ok_or(Error::NotFound)?;
    let secrets = StaffSecrets::open(&code.key(ctx.store.instance()), &place, sealed)?;
    if secrets.public() == member.public { Ok((row, secrets)) } else { Err(Error::NotFound) }
}
