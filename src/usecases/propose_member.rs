//! The first of two administrators signs a person into the directory.

use sha2::{Digest, Sha256};

use super::{caller::Caller, context::Context, error::Error};
use crate::{
    audit::{
        act::Act,
        directory::{Directory, DirectoryBody, SIGNATURE_DOMAIN},
    },
    domain::ids::StaffId,
    policy::{Action, RoleAt, authorize},
    storage::{
        directory::DirectoryRow,
        staff::{StaffChange, StaffRow},
    },
};

/// Signs an enrolled person's keys and roles. A second administrator confirms. `shown` is the digest of what the
/// administrator saw: rows can be exchanged between the look and the signature.
///
/// # Errors
/// [`Error::NotFound`] where the person has no keys yet; [`Error::Conflict`] where an entry waits already, or something
/// else would be signed than was shown.
pub async fn propose_member(ctx: &Context, caller: &Caller, id: StaffId, shown: &str) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::SignDirectory, None)?;
    let registry = ctx.current_registry().await?;
    ctx.store
        .record("propose_member", async |tx| {
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            if person.state != "enrolled" {
                return Err(Error::NotFound);
            }
            let last = tx.last_directory_row(id).await?;
            if last.is_some_and(|row| waits(ctx, &registry.directory, &person, &row)) {
                return Err(Error::Conflict);
            }
            let serial = tx.last_serial(id).await?.saturating_add(1);
            let body = body_of(ctx, &person, serial, invited_roles(&person)?)?;
            if digest(&body) != shown {
                return Err(Error::Conflict);
            }
            let row = proposed(caller, id, serial, body);
            tx.insert_directory_row(&permit, &row).await?;
            let draft = caller.draft(Act::DirectoryProposed, "administrator", ctx.store.now());
            Ok(((), tx.save_staff(&permit, &person, StaffChange::default(), &draft).await?))
        })
        .await
}

/// An entry of the directory that one administrator has signed; without its place in the chain, which the second gives it.
pub(super) fn proposed(caller: &Caller, id: StaffId, serial: i32, body: Vec<u8>) -> DirectoryRow {
    DirectoryRow {
        staff_id: id,
        serial,
        first_signer: caller.id,
        first_signature: caller.secrets.sign.sign(SIGNATURE_DOMAIN, &body).to_vec(),
        body,
        second_signer: None,
        second_signature: None,
        version: None,
    }
}

/// The digest of what an administrator would sign about a person now, first or second.
///
/// # Errors
/// [`Error::NotFound`] where the person has no keys.
pub async fn what_is_signed(ctx: &Context, id: StaffId) -> Result<String, Error> {
    let registry = ctx.current_registry().await?;
    ctx.store
        .read(async |db| {
            let person = db.staff(id).await?.ok_or(Error::NotFound)?;
            let last = db.last_directory_row(id).await?;
            Ok(digest(&to_be_signed(ctx, &registry.directory, &person, last.as_ref())?))
        })
        .await
}

/// What is to be signed about a person: the entry that waits, or a new one.
pub(super) fn to_be_signed(
    ctx: &Context,
    directory: &Directory,
    person: &StaffRow,
    last: Option<&DirectoryRow>,
) -> Result<Vec<u8>, Error> {
    match last {
        Some(last) if waits(ctx, directory, person, last) => Ok(last.body.clone()),
        _ => {
            let serial = last.map_or(0, |last| last.serial).saturating_add(1);
            body_of(ctx, person, serial, invited_roles(person)?)
        }
    }
}

/// SHA-256 of bytes to be signed, hexadecimal.
pub(super) fn digest(body: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(body))
}

/// Whether an entry waits for its second signature. One about keys that the person no longer has waits for nothing, nor
/// does one whose proposer has left.
pub(super) fn waits(ctx: &Context, directory: &Directory, person: &StaffRow, last: &DirectoryRow) -> bool {
    let expected = || body_of(ctx, person, last.serial, invited_roles(person)?);
    last.version.is_none()
        && expected().is_ok_and(|body| body == last.body)
        && directory.accepts_proposal(&last.body, &last.first_signature)
}

/// The bytes to be signed of what the directory will say about a person, before they have a place in its chain.
pub(super) fn body_of(
    ctx: &Context,
    person: &StaffRow,
    serial: i32,
    roles: Vec<RoleAt>,
) -> Result<Vec<u8>, Error> {
    let keys = person.public_keys.as_deref().ok_or(Error::NotFound)?;
    let body = DirectoryBody {
        v: 1,
        instance: ctx.store.instance().to_owned(),
        staff: person.id,
        login: person.login.clone(),
        name: person.name.clone(),
        unit: person.unit_id,
        serial,
        keys: data_encoding::HEXLOWER.encode(keys),
        prev: None,
        from: None,
        roles,
    };
    body.to_bytes().map_err(|_cause| Error::Sealed("the directory entry has no canonical form"))
}

/// The roles that the invitation asked for.
pub(super) fn invited_roles(person: &StaffRow) -> Result<Vec<RoleAt>, Error> {
    serde_json::from_str(&person.invited_roles).map_err(|_cause| Error::Sealed("the invited roles"))
}
