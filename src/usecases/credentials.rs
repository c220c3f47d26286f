//! What a person makes for themselves, when they join and when they recover: a password, a second factor, keys sealed
//! under both the password and a recovery code. Nobody else ever knows any of it.

use std::{collections::BTreeSet, time::Duration};

use rand::RngExt;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{context::Context, error::Error};
use crate::{
    crypto::{
        envelope,
        password::{PasswordKeys, Queue},
        random::Rng,
        recovery_code::RecoveryCode,
        secret::{Secret, SecretText},
        staff_keys::StaffSecrets,
        token,
        totp::TotpSeed,
    },
    domain::{field_error::FieldError, ids::StaffId},
    storage::staff::StaffKeyColumns,
};

/// How long the form may stay open.
const FORM: Duration = Duration::from_secs(3600);
/// The shortest password, characters (OWASP ASVS 5.0, 6.2.1 asks for 8 and recommends 15).
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest password, bytes.
const LONGEST_PASSWORD: usize = 256;
/// Who the second factor's app says it is for.
const ISSUER: &str = "Senim";

/// What the form shows: a second factor to be set up.
pub struct CredentialsForm {
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
pub struct ChosenCredentials {
    /// The token that carries the second factor's seed.
    pub form_token: String,
    /// The password they chose.
    pub password: SecretText,
    /// A code of the second factor: proof that the app has the seed.
    pub totp: String,
}

/// What a person is told when their keys are made.
pub struct NewCredentials {
    /// The name to sign in with.
    pub login: String,
    /// Opens their secrets once more when password or second factor are lost; shown once.
    pub recovery: RecoveryCode,
    /// Fingerprint of the public keys, or of the recovery that was prepared: to be read out to who signs or approves.
    pub fingerprint: String,
}

/// The form for `login`; with the second factor that an earlier form carries, or a fresh one. `purpose` keeps the
/// tokens of different forms apart.
pub(super) fn offer(
    ctx: &Context,
    purpose: &'static str,
    login: &str,
    form_token: Option<&str>,
) -> Result<CredentialsForm, Error> {
    let mut rng = ctx.store.entropy().rng();
    let earlier = form_token.and_then(|text| carried(ctx, purpose, text));
    let seed = earlier.unwrap_or_else(|| TotpSeed::generate(&mut rng));
    let form_token =
        token::seal(&ctx.keys.form, purpose, ctx.unix_in(FORM), seed.secret().expose(), &mut rng)?;
    Ok(CredentialsForm {
        login: login.to_owned(),
        totp_secret: seed.base32(),
        totp_uri: seed.provisioning_uri(login, ISSUER),
        form_token,
    })
}

fn carried(ctx: &Context, purpose: &'static str, form_token: &str) -> Option<TotpSeed> {
    let opened = token::open(&ctx.keys.form, purpose, ctx.store.now().as_second(), form_token).ok()?;
    Secret::from_slice(opened.expose()).map(TotpSeed::new)
}

/// A password and a second factor that were found good.
pub(super) struct Accepted {
    salt: [u8; 16],
    keys: PasswordKeys,
    seed: TotpSeed,
}

/// Takes what the person chose; the password costs its one Argon2id run.
///
/// # Errors
/// [`Error::Invalid`] for the password or the code; [`Error::Busy`].
pub(super) async fn accept(
    ctx: &Context,
    purpose: &'static str,
    login: &str,
    chosen: ChosenCredentials,
) -> Result<Accepted, Error> {
    let seed = carried(ctx, purpose, &chosen.form_token)
        .ok_or_else(|| Error::Invalid(vec![FieldError::new("totp", FieldError::EXPIRED)]))?;
    let mut mistakes = password_mistakes(&chosen.password, login);
    if seed.step_of(&chosen.totp, ctx.store.now().as_second()).is_none() {
        mistakes.push(FieldError::new("totp", FieldError::UNKNOWN));
    }
    if !mistakes.is_empty() {
        return Err(Error::Invalid(mistakes));
    }
    Accepted::with(ctx, chosen.password, seed).await
}

impl Accepted {
    /// A password with a second factor, unquestioned: for founding.
    pub(super) async fn with(ctx: &Context, password: SecretText, seed: TotpSeed) -> Result<Self, Error> {
        let salt: [u8; 16] = ctx.store.entropy().rng().random();
        // Only who holds an invitation or a printed code comes here.
        let keys = ctx.passwords.derive_from(Queue::Known, password, salt).await?;
        Ok(Self { salt, keys, seed })
    }

    /// A person's secrets, sealed for their row: under the password and under a new recovery code.
    pub(super) fn seal(
        &self,
        ctx: &Context,
        id: StaffId,
        secrets: &StaffSecrets,
        rng: &mut Rng,
    ) -> Result<(StaffKeyColumns, RecoveryCode), Error> {
        let place = |column| ctx.store.place("staff", id.0.as_bytes(), column);
        let recovery = RecoveryCode::generate(rng);
        let columns = StaffKeyColumns {
            salt: self.salt.to_vec(),
            verifier: self.keys.verifier.to_vec(),
            public_keys: secrets.public().to_bytes(),
            sealed_secrets: secrets.seal_under(&self.keys.sealing, &place("sealed_secrets"), rng)?,
            sealed_totp: envelope::seal(
                &secrets.own_key(),
                &place("sealed_totp"),
                self.seed.secret().expose(),
                rng,
            )?,
            recovery_hash: recovery.lookup(ctx.store.instance()).to_vec(),
            sealed_recovery: secrets.seal_under(
                &recovery.key(ctx.store.instance()),
                &place("sealed_recovery"),
                rng,
            )?,
        };
        Ok((columns, recovery))
    }
}

/// Eight groups of four hexadecimal digits of the public keys' SHA-256.
pub(super) fn fingerprint(keys: &[u8]) -> String {
    let digest = data_encoding::HEXUPPER.encode(&Sha256::digest(keys));
    let symbols: Vec<char> = digest.chars().take(32).collect();
    symbols.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
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
    let few = lower.chars().collect::<BTreeSet<_>>().len() < 5;
    if few || lower.contains(login) { refuse(FieldError::TOO_SIMPLE) } else { Vec::new() }
}
