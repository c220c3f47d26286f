//! A person redeems an invitation: they choose their password and make their keys. Nobody else ever knows either.

use rand::RngExt;
use zeroize::Zeroizing;

use super::{context::Context, error::Error, invite_staff::hash};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::{
        envelope,
        password::PasswordKeys,
        random::Rng,
        secret::{Secret, SecretText},
        staff_keys::StaffSecrets,
        token,
        totp::TotpSeed,
    },
    domain::{field_error::FieldError, ids::StaffId},
    policy::{Action, Actor, authorize},
    storage::staff::{StaffChange, StaffKeyColumns, StaffRow},
};

/// What the token of the form is sealed for.
const JOIN: &str = "join";
/// How long the form may stay open, seconds.
const FORM_SECONDS: u64 = 3600;
/// The shortest password, characters (OWASP ASVS 5.0, 6.2.1 asks for 8 and recommends 15).
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest password, bytes.
const LONGEST_PASSWORD: usize = 256;
/// Who the second factor's app says it is for.
const ISSUER: &str = "Senim";

/// An invitation that can be redeemed, with a second factor to be set up.
pub struct OpenedInvitation {
    /// The name to sign in with.
    pub login: String,
    /// The second factor's seed, for typing.
    pub totp_secret: SecretText,
    /// The same as an `otpauth://` address, for apps.
    pub totp_uri: SecretText,
    /// Carries the seed through the form, sealed.
    pub form_token: String,
}

/// What the person sends.
pub struct Redemption {
    /// The invitation's secret.
    pub code: String,
    /// The token that carries the second factor's seed.
    pub form_token: String,
    /// The password they chose.
    pub password: SecretText,
    /// A code of the second factor: proof that the app has the seed.
    pub totp: String,
}

/// Opens an invitation: a fresh second factor for the person to set up.
///
/// # Errors
/// [`Error::NotFound`] where the invitation does not exist, was used or has expired; one answer for all.
pub async fn open_invitation(ctx: &Context, code: &str) -> Result<OpenedInvitation, Error> {
    let row = invited(ctx, code).await?;
    let mut rng = ctx.store.entropy().rng();
    show(ctx, &row, &TotpSeed::generate(&mut rng), &mut rng)
}

/// The same invitation again, with the second factor that the form carries: after a mistake in the form.
///
/// # Errors
/// As for [`open_invitation`].
pub async fn reopen_invitation(
    ctx: &Context,
    code: &str,
    form_token: &str,
) -> Result<OpenedInvitation, Error> {
    let row = invited(ctx, code).await?;
    let mut rng = ctx.store.entropy().rng();
    let seed = carried(ctx, form_token).unwrap_or_else(|| TotpSeed::generate(&mut rng));
    show(ctx, &row, &seed, &mut rng)
}

/// Redeems an invitation. The person then waits for two administrators to sign them into the directory.
///
/// # Errors
/// [`Error::NotFound`] as above; [`Error::Invalid`] for the password or the code.
pub async fn redeem_invitation(ctx: &Context, redemption: Redemption) -> Result<String, Error> {
    let row = invited(ctx, &redemption.code).await?;
    let now = ctx.store.now();
    let seed = carried(ctx, &redemption.form_token)
        .ok_or_else(|| Error::Invalid(vec![FieldError::new("totp", FieldError::EXPIRED)]))?;
    let mut mistakes = password_mistakes(&redemption.password, &row.login);
    if seed.step_of(&redemption.totp, now.as_second()).is_none() {
        mistakes.push(FieldError::new("totp", FieldError::UNKNOWN));
    }
    if !mistakes.is_empty() {
        return Err(Error::Invalid(mistakes));
    }
    let mut rng = ctx.store.entropy().rng();
    let salt: [u8; 16] = rng.random();
    let keys = ctx.passwords.derive(redemption.password, salt).await?;
    let secrets = StaffSecrets::generate(&mut rng);
    let columns = seal_keys(ctx, row.id, (&salt, &keys), (&secrets, &seed), &mut rng)?;
    let permit = authorize(&Actor::Anyone, Action::RedeemInvitation, None)?;
    ctx.store
        .record("redeem_invitation", async |tx| {
            let person = tx.lock_staff(row.id).await?.ok_or(Error::NotFound)?;
            if person.state != "invited" {
                return Err(Error::NotFound);
            }
            let change = StaffChange { state: Some("enrolled"), keys: Some(columns.clone()) };
            let by = By::Staff { alias: person.alias(), role: "none" };
            let draft = Draft::new(Act::StaffEnrolled, by, When::At(now));
            Ok(((), tx.save_staff(&permit, &person, change, &draft).await?))
        })
        .await?;
    Ok(row.login)
}

/// A person's keys, sealed for their row.
pub(super) fn seal_keys(
    ctx: &Context,
    id: StaffId,
    (salt, keys): (&[u8; 16], &PasswordKeys),
    (secrets, seed): (&StaffSecrets, &TotpSeed),
    rng: &mut Rng,
) -> Result<StaffKeyColumns, Error> {
    let secrets_place = ctx.store.place("staff", id.0.as_bytes(), "sealed_secrets");
    let totp_place = ctx.store.place("staff", id.0.as_bytes(), "sealed_totp");
    Ok(StaffKeyColumns {
        salt: salt.to_vec(),
        verifier: keys.verifier.to_vec(),
        public_keys: secrets.public().to_bytes(),
        sealed_secrets: secrets.seal_under(&keys.sealing, &secrets_place, rng)?,
        sealed_totp: envelope::seal(&secrets.own_key(), &totp_place, seed.secret().expose(), rng)?,
    })
}

/// What is wrong with a password.
#[must_use]
pub fn password_mistakes(password: &SecretText, login: &str) -> Vec<FieldError> {
    let text = password.expose();
    let lower = Zeroizing::new(text.to_lowercase());
    let refuse = |code| vec![FieldError::new("password", code)];
    if text.chars().count() < SHORTEST_PASSWORD {
        return refuse(FieldError::TOO_SHORT);
    }
    if text.len() > LONGEST_PASSWORD {
        return refuse(FieldError::TOO_LONG);
    }
    let few = lower.chars().collect::<std::collections::BTreeSet<_>>().len() < 5;
    if few || lower.contains(login) { refuse(FieldError::TOO_SIMPLE) } else { Vec::new() }
}

async fn invited(ctx: &Context, code: &str) -> Result<StaffRow, Error> {
    let digest = hash(code);
    let row =
        ctx.store.read(async |db| db.staff_by_invitation(&digest).await).await?.ok_or(Error::NotFound)?;
    let expired = row.invitation_expires.is_none_or(|expires| expires <= ctx.store.now());
    if row.state != "invited" || expired { Err(Error::NotFound) } else { Ok(row) }
}

fn carried(ctx: &Context, form_token: &str) -> Option<TotpSeed> {
    let opened = token::open(&ctx.keys.form, JOIN, ctx.store.now().as_second(), form_token).ok()?;
    Secret::from_slice(opened.expose()).map(TotpSeed::new)
}

fn show(ctx: &Context, row: &StaffRow, seed: &TotpSeed, rng: &mut Rng) -> Result<OpenedInvitation, Error> {
    let expires = ctx.unix_in(std::time::Duration::from_secs(FORM_SECONDS));
    Ok(OpenedInvitation {
        login: row.login.clone(),
        totp_secret: seed.base32(),
        totp_uri: seed.provisioning_uri(&row.login, ISSUER),
        form_token: token::seal(&ctx.keys.form, JOIN, expires, seed.secret().expose(), rng)?,
    })
}
