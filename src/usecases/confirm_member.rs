//! The second administrator confirms: from now on the person is in the directory and can be given keys, or has other
//! roles there; grants that these do not carry end.

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    propose_member::{digest, invited_roles, waits},
    roles::{end_uncarried, leaves_order},
    standing::Standing,
};
use crate::{
    audit::{
        act::Act,
        directory::{Member, SIGNATURE_DOMAIN},
    },
    domain::{ids::StaffId, role::RoleAt},
    policy::{Action, authorize},
    storage::{
        Tx,
        directory::DirectoryRow,
        staff::{StaffChange, StaffRow},
    },
};

/// Countersigns the waiting entry, after checking that it says what the person's row says.
///
/// # Errors
/// [`Error::NotFound`] where nothing waits, also where the person made other keys meanwhile; [`Error::Forbidden`] for
/// the administrator who proposed and for oneself; [`Error::Conflict`] where something else would be signed than was
/// `shown`, or who proposed it is no administrator any more.
pub async fn confirm_member(ctx: &Context, caller: &Caller, id: StaffId, shown: &str) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::SignDirectory, None)?;
    let confirmed = ctx
        .store
        .record("confirm_member", async |tx| {
            let mut standing = Standing::lock(ctx, tx).await?;
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            let waiting = |row: &DirectoryRow| waits(ctx, standing.directory(), &person, row);
            let row = tx.last_directory_row(id).await?.filter(waiting);
            // New keys of somebody who joins, or other roles of somebody who works here.
            let open = matches!(person.state.as_str(), "enrolled" | "active");
            let row = row.filter(|_| open).ok_or(Error::NotFound)?;
            if row.first_signer == caller.id || id == caller.id {
                return Err(Error::Forbidden);
            }
            let registry = ctx.registry_at(tx, standing.version()).await?;
            leaves_order(&registry, caller, (id, &invited_roles(&person)?))?;
            // The entry would count for nothing: its first signature is nobody's any more.
            if !registry.is_administrator(row.first_signer) {
                return Err(Error::Conflict);
            }
            if digest(&row.body) != shown {
                return Err(Error::Conflict);
            }
            let now = ctx.store.now();
            let from = from(ctx, tx, standing.directory().members.get(&id), &invited_roles(&person)?).await?;
            let mut row = standing.effective(row, from)?;
            let signature = caller.secrets.sign.sign(SIGNATURE_DOMAIN, &row.body);
            (row.second_signer, row.second_signature) = (Some(caller.id), Some(signature.to_vec()));
            let entry = standing.take(ctx, &row)?;
            tx.countersign(&permit, &row).await?;
            let draft = caller.draft(Act::DirectorySigned, "administrator", now);
            let draft = draft.committing("directory", entry).enrolling(person.alias(), identity_of(&person)?);
            let change = StaffChange { state: Some("active"), ..StaffChange::default() };
            let _person = tx.save_staff(&permit, &person, change, &draft).await?;
            let draft = caller.draft(Act::ConfigChanged, "administrator", now).code("what", "directory");
            Ok(((), standing.save(ctx, tx, &permit, &draft).await?))
        })
        .await;
    confirmed?;
    end_uncarried(ctx, Some(caller), &permit, id).await?;
    Ok(())
}

/// When roles count by which somebody comes to cases and which they did not have: what loosens waits, visible to oversight
/// (norms.md 8.5, rule 9). Before the first report there is nothing that it could loosen.
async fn from(
    ctx: &Context,
    tx: &mut Tx<'_>,
    before: Option<&Member>,
    roles: &[RoleAt],
) -> Result<Option<i64>, Error> {
    let held = before.map(|member| member.roles.as_slice()).unwrap_or_default();
    let gains = roles.iter().any(|one| one.role.handles() && !held.contains(one));
    if !gains || ctx.loosening.is_zero() || !tx.has_cases().await? {
        return Ok(None);
    }
    Ok(Some(ctx.unix_in(ctx.loosening)))
}

/// What binds a person's alias to them in the log.
pub(super) fn identity_of(person: &StaffRow) -> Result<[u8; 32], Error> {
    let opening = person.opening().and_then(|opening| opening.commitment());
    opening.ok_or(Error::Sealed("the salt of the person's alias was erased: invite them under another name"))
}
