//! A member of staff signs in: password, then a second factor that counts once. One Argon2id run gives both the proof
//! and the key of the person's secrets. Whatever fails, and whether the name exists, the answer and the work are alike.

use jiff::Timestamp;

use super::{caller::Caller, context::Context, error::Error, impartiality::Impartiality};
use crate::{
    audit::{
        act::Act,
        directory::Member,
        entry::{By, Draft, When},
    },
    crypto::{
        envelope,
        jwt::{Claims, JwtKey},
        password::{PasswordKeys, Queue, decoy_salt},
        secret::{Secret, SecretText},
        session::{SessionSecret, seal_session},
        staff_keys::StaffSecrets,
        totp::TotpSeed,
    },
    domain::ids::{SessionId, StaffId},
    policy::{Action, Actor, StaffActor, authorize},
    storage::{
        sessions::SessionRow,
        staff::{StaffChange, StaffRow},
    },
};

/// Failures in a row that are free; after them each try waits.
const FREE_FAILURES: i32 = 5;
/// How long a name waits after too many failures, seconds.
const PAUSE: i64 = 60;

/// What a person types to sign in.
pub struct Credentials {
    /// Their name.
    pub login: String,
    /// Their password.
    pub password: SecretText,
    /// The code of their second factor.
    pub totp: String,
}

/// A session that was opened.
pub struct SignedIn {
    /// Makes the device known from now on: [`super::device`].
    pub device: SecretText,
    /// The token that carries it.
    pub token: SecretText,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Who signed in.
    pub caller: Caller,
}

/// Signs in.
///
/// # Errors
/// [`Error::SignInFailed`] for every wrong or unknown thing; [`Error::TooManyAttempts`]; [`Error::Busy`] when too many
/// sign in at once.
pub async fn sign_in(ctx: &Context, credentials: Credentials) -> Result<SignedIn, Error> {
    sign_in_on(ctx, credentials, None).await
}

/// Signs in on a device that brings the token of an earlier sign-in, if it does.
///
/// # Errors
/// As above. The tries of a known device count for themselves, and nobody else's count for it.
pub async fn sign_in_on(
    ctx: &Context,
    credentials: Credentials,
    device: Option<&str>,
) -> Result<SignedIn, Error> {
    let device = device.and_then(|token| ctx.device_of(&credentials.login, token));
    let queue = if device.is_some() { Queue::Known } else { Queue::Strangers };
    let bucket = ctx.sign_in_bucket(&credentials.login, device.as_ref());
    let now = ctx.store.now();
    let (row, (failures, since)) = ctx
        .store
        .read(async |db| {
            Ok::<_, Error>((db.staff_by_login(&credentials.login).await?, db.failures(&bucket).await?))
        })
        .await?;
    heard(now, failures, since)?;
    let salt = row.as_ref().and_then(|row| row.salt.as_deref()?.try_into().ok());
    let salt = salt.unwrap_or_else(|| decoy_salt(&ctx.pepper, &credentials.login));
    let keys = ctx.passwords.derive_from(queue, credentials.password, salt).await?;
    let registry = ctx.current_registry().await?;
    let known = row.and_then(|row| {
        let member = registry.directory.members.get(&row.id)?;
        let (secrets, used) = prove(ctx, &row, member, &keys, &credentials.totp)?;
        Some((row, member.clone(), secrets, used))
    });
    let Some((row, member, secrets, (factor, step))) = known else {
        ctx.store.maintain(async |upkeep| upkeep.count_failure(&bucket, now).await).await?;
        return Err(Error::SignInFailed);
    };
    let fresh = ctx
        .store
        .maintain(async |upkeep| {
            let fresh = upkeep.use_factor_step(row.id, &factor, step).await?;
            if fresh {
                upkeep.forget_failures(&bucket).await?
            } else {
                upkeep.count_failure(&bucket, now).await?
            }
            Ok::<_, Error>(fresh)
        })
        .await?;
    if !fresh {
        return Err(Error::SignInFailed);
    }
    let actor = StaffActor { id: row.id, roles: member.roles };
    let impartiality = Impartiality::of(ctx, &registry, row.id);
    open_session(ctx, &row, (actor, impartiality), secrets).await
}

/// Whether a try is heard now, after so many failures.
pub(super) fn heard(now: Timestamp, failures: i32, since: Option<Timestamp>) -> Result<(), Error> {
    let waited = since.map_or(PAUSE, |since| now.as_second().saturating_sub(since.as_second()));
    if failures < FREE_FAILURES || waited >= PAUSE {
        return Ok(());
    }
    let retry_after = u32::try_from(PAUSE.saturating_sub(waited)).unwrap_or(1);
    Err(Error::TooManyAttempts { retry_after })
}

/// The person's secrets, and which factor's step the code is of, if password and code are right and the keys are those of the
/// directory: a row whose keys somebody exchanged signs nobody in.
fn prove(
    ctx: &Context,
    row: &StaffRow,
    member: &Member,
    keys: &PasswordKeys,
    code: &str,
) -> Option<(StaffSecrets, ([u8; 32], i64))> {
    let verifier: &[u8; 32] = row.verifier.as_deref()?.try_into().ok()?;
    if row.state != "active" || !keys.matches(verifier) {
        return None;
    }
    let place = ctx.store.place("staff", row.id.0.as_bytes(), "sealed_secrets");
    let secrets = StaffSecrets::open(&keys.sealing, &place, row.sealed_secrets.as_deref()?).ok()?;
    if secrets.public() != member.public {
        return None;
    }
    let seed = totp_seed(ctx, row.id, &secrets, row.sealed_totp.as_deref()?)?;
    let step = seed.step_of(code, ctx.store.now().as_second())?;
    Some((secrets, (seed.id(), step)))
}

/// The second factor's seed, opened with the person's own key.
fn totp_seed(ctx: &Context, id: StaffId, secrets: &StaffSecrets, sealed: &[u8]) -> Option<TotpSeed> {
    let place = ctx.store.place("staff", id.0.as_bytes(), "sealed_totp");
    let bytes = envelope::open(&secrets.own_key(), &place, sealed).ok()?;
    Secret::from_slice(bytes.expose()).map(TotpSeed::new)
}

async fn open_session(
    ctx: &Context,
    row: &StaffRow,
    (actor, impartiality): (StaffActor, Impartiality),
    secrets: StaffSecrets,
) -> Result<SignedIn, Error> {
    let now = ctx.store.now();
    let mut rng = ctx.store.entropy().rng();
    let (id, secret) =
        (SessionId(crate::crypto::random::uuid_v4(&mut rng)), SessionSecret::generate(&mut rng));
    let exp = ctx.unix_in(ctx.sessions.absolute);
    let expires_at = Timestamp::from_second(exp).unwrap_or(now);
    let place = ctx.store.place("sessions", id.0.as_bytes(), "sealed");
    let sealed = seal_session(&ctx.keys.session, &secret, &place, secrets.to_bytes().expose(), &mut rng)?;
    let role = actor.roles.first().map_or("none", |held| held.role.code());
    let permit = authorize(&Actor::Staff(actor.clone()), Action::SignIn, None)?;
    let session = SessionRow { id, staff_id: row.id, sealed, seen_at: now, expires_at };
    ctx.store
        .record("sign_in", async |tx| {
            let person = tx.lock_staff(row.id).await?.ok_or(Error::SignInFailed)?;
            // The password was proven some time ago; what it was proven against may be gone.
            if person.state != "active" || person.verifier != row.verifier {
                return Err(Error::SignInFailed);
            }
            tx.insert_session(&permit, session.clone()).await?;
            let draft =
                Draft::new(Act::SessionOpened, By::Staff { alias: person.alias(), role }, When::At(now));
            let written = tx.save_staff(&permit, &person, StaffChange::default(), &draft).await?;
            Ok::<_, Error>(((), written))
        })
        .await?;
    let claims = Claims { sid: id.0, sec: secret, exp };
    let token =
        JwtKey::new(&ctx.keys.jwt).sign(&claims).map_err(|_cause| Error::Sealed("the session's token"))?;
    let (login, alias) = (row.login.clone(), row.alias());
    let caller = Caller { id: row.id, login, alias, session: id, secrets, actor, impartiality };
    Ok(SignedIn { device: ctx.device_token(&caller.login)?, token, expires_at, caller })
}
