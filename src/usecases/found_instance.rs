//! Founding: the first entry of the log, and the first two administrators, who sign each other into the directory.
//! Their public keys go into the configuration, where every later entry of the directory is checked against them.

use jiff::Timestamp;

use super::{
    confirm_member::identity_of, context::Context, credentials::Accepted, error::Error, invite_staff::hash,
    propose_member::body_of, standing::Standing,
};
use crate::{
    audit::{
        act::Act,
        directory::SIGNATURE_DOMAIN,
        entry::{By, Draft, When},
    },
    crypto::{recovery_code::RecoveryCode, secret::SecretText, staff_keys::StaffSecrets, totp::TotpSeed},
    domain::{ids::StaffId, role::Role, text::Login},
    policy::{Action, Actor, Permit, RoleAt, authorize},
    storage::{
        Tx,
        directory::DirectoryRow,
        staff::{NewStaff, StaffChange, StaffIdentity, StaffKeyColumns, StoredInvitation},
    },
};

/// A founding administrator.
pub struct Founder {
    /// The name to sign in with.
    pub login: Login,
    /// The password they chose.
    pub password: SecretText,
}

/// A founding administrator, founded.
pub struct Founded {
    /// The name to sign in with.
    pub login: String,
    /// The second factor's seed, shown once.
    pub totp_secret: SecretText,
    /// Opens their secrets once more when password or second factor are lost; shown once.
    pub recovery: RecoveryCode,
    /// The public key for the configuration.
    pub genesis: [u8; 32],
}

struct Person {
    id: StaffId,
    login: String,
    secrets: StaffSecrets,
    totp_secret: SecretText,
    recovery: RecoveryCode,
    columns: StaffKeyColumns,
}

/// Founds the instance.
///
/// # Errors
/// [`Error::Conflict`] where it was founded before.
pub async fn found_instance(ctx: &Context, founders: [Founder; 2]) -> Result<[Founded; 2], Error> {
    let permit = authorize(&Actor::Operator, Action::ConfigureDesk, None)?;
    let [first, second] = founders;
    let people = [make(ctx, first).await?, make(ctx, second).await?];
    let now = ctx.store.now();
    ctx.store
        .record("found_instance", async |tx| {
            let draft = Draft::new(Act::LogGenesis, By::System, When::At(now));
            let _genesis = tx.insert_instance(&permit, ctx.store.today(), &draft).await?;
            // An entry of the directory names both signers, so both must be there before the first is signed.
            for person in &people {
                invite(tx, &permit, person, now).await?;
            }
            for person in &people {
                sign(ctx, tx, &permit, person, &people).await?;
            }
            let instance = tx.lock_instance().await?.ok_or(Error::Conflict)?;
            let draft = Draft::new(Act::ConfigChanged, By::System, When::At(now)).code("what", "founded");
            Ok::<_, Error>(((), tx.save_instance(&permit, &instance, &draft).await?))
        })
        .await?;
    Ok(people.map(|person| Founded {
        login: person.login,
        totp_secret: person.totp_secret,
        recovery: person.recovery,
        genesis: person.secrets.public().sign.to_bytes(),
    }))
}

async fn make(ctx: &Context, founder: Founder) -> Result<Person, Error> {
    let mut rng = ctx.store.entropy().rng();
    let id = StaffId(crate::crypto::random::uuid_v4(&mut rng));
    let (secrets, seed) = (StaffSecrets::generate(&mut rng), TotpSeed::generate(&mut rng));
    let totp_secret = seed.base32();
    let accepted = Accepted::with(ctx, founder.password, seed).await?;
    let (columns, recovery) = accepted.seal(ctx, id, &secrets, &mut rng)?;
    Ok(Person { id, login: founder.login.as_str().to_owned(), secrets, totp_secret, recovery, columns })
}

fn founders_roles() -> Vec<RoleAt> {
    vec![RoleAt { role: Role::Administrator, desk: None }]
}

async fn invite(tx: &mut Tx<'_>, permit: &Permit, person: &Person, now: Timestamp) -> Result<(), Error> {
    let new = NewStaff {
        id: person.id,
        login: person.login.clone(),
        invited_roles: serde_json::to_string(&founders_roles())
            .map_err(|_cause| Error::Sealed("the roles"))?,
        invitation: StoredInvitation { hash: hash(&tx.uuid().to_string()), expires: now },
        mail: None,
        identity: StaffIdentity::default(),
    };
    let draft = Draft::new(Act::StaffInvited, By::System, When::At(now));
    let _invited = tx.insert_staff(permit, new, &draft).await?;
    Ok(())
}

/// Signs a founder into the directory by both, with the entries of the person and of the instance.
async fn sign(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    person: &Person,
    all: &[Person; 2],
) -> Result<(), Error> {
    let [first, second] = all;
    let genesis = all.each_ref().map(|founder| founder.secrets.sign.verifying());
    let mut standing = Standing::upon(ctx, tx, &genesis).await?;
    let mut row = tx.lock_staff(person.id).await?.ok_or(Error::Conflict)?;
    row.public_keys = Some(person.columns.public_keys.clone());
    let body = body_of(ctx, &row, 1, founders_roles())?;
    let mut entry = standing.effective(
        DirectoryRow {
            staff_id: person.id,
            serial: 1,
            first_signer: first.id,
            first_signature: first.secrets.sign.sign(SIGNATURE_DOMAIN, &body).to_vec(),
            body,
            second_signer: Some(second.id),
            second_signature: None,
            version: None,
        },
        None,
    )?;
    entry.second_signature = Some(second.secrets.sign.sign(SIGNATURE_DOMAIN, &entry.body).to_vec());
    let digest = standing.take(ctx, &entry)?;
    tx.insert_directory_row(permit, &entry).await?;
    let (by, at) = (By::Staff { alias: row.alias(), role: "administrator" }, When::At(ctx.store.now()));
    let draft = Draft::new(Act::StaffEnrolled, by, at)
        .and(Act::DirectorySigned)
        .committing("directory", digest)
        .enrolling(row.alias(), identity_of(&row)?);
    let keys = Some(person.columns.clone());
    let change =
        StaffChange { state: Some("active"), keys, invitation: Some(None), ..StaffChange::default() };
    let _enrolled = tx.save_staff(permit, &row, change, &draft).await?;
    let draft = Draft::new(Act::ConfigChanged, By::System, at).code("what", "directory");
    let _config = standing.save(ctx, tx, permit, &draft).await?;
    Ok(())
}
