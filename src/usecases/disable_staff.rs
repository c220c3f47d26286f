//! A person loses access to everything. Tightening acts at once: one administrator (or the operator) is enough.

use super::{
    caller::Caller, context::Context, error::Error, holders::rotate, propose_member::body_of,
    registry::SIGNATURE_DOMAIN,
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::ids::{CaseId, StaffId},
    policy::{Action, Actor, Permit, authorize},
    storage::{
        Tx, Written,
        directory::DirectoryRow,
        grants::GrantEnd,
        proposals::Resolution,
        staff::{StaffChange, StaffRow},
    },
};

/// Disables a person: their sessions end, an administrator's signature takes them out of the directory, and every case
/// they held gets a new epoch without them. From the command line there is no signature; the row's state keeps the
/// person out, and the next administrator to sign in can add it.
///
/// # Errors
/// [`Error::NotFound`], also where there is nothing left to take away; [`Error::Forbidden`] for oneself.
pub async fn disable_staff(ctx: &Context, caller: Option<&Caller>, id: StaffId) -> Result<usize, Error> {
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    let permit = authorize(&actor, Action::DisableStaff, None)?;
    if caller.is_some_and(|caller| caller.id == id) {
        return Err(Error::Forbidden);
    }
    ctx.store.maintain(async |upkeep| upkeep.end_sessions_of(id).await).await?;
    let person = ctx.store.read(async |db| db.staff(id).await).await?.ok_or(Error::NotFound)?;
    // Cut short, it is finished by doing it again.
    let begun = person.state == "disabled";
    if !begun {
        leave(ctx, caller, &permit, id).await?;
    }
    let cases = ctx.store.read(async |db| db.cases_held_by(id).await).await?;
    if begun && cases.is_empty() {
        return Err(Error::NotFound);
    }
    for case in &cases {
        take_away(ctx, caller, &permit, *case, id).await?;
    }
    Ok(cases.len())
}

/// The person leaves the staff.
async fn leave(ctx: &Context, caller: Option<&Caller>, permit: &Permit, id: StaffId) -> Result<(), Error> {
    ctx.store
        .record("disable_staff", async |tx| {
            let instance =
                tx.lock_instance().await?.ok_or(Error::NotReady("the instance was never founded"))?;
            let person = tx.lock_staff(id).await?.ok_or(Error::NotFound)?;
            if person.state == "disabled" {
                return Err(Error::Conflict);
            }
            if let Some(caller) = caller.filter(|_| person.public_keys.is_some()) {
                retire(ctx, tx, permit, caller, (&person, instance.next_version())).await?;
            }
            let change = StaffChange { state: Some("disabled"), keys: None };
            let draft = by(ctx, caller, Act::ActorRetired);
            let _person = tx.save_staff(permit, &person, change, &draft).await?;
            let draft = by(ctx, caller, Act::ConfigChanged).code("what", "directory");
            Ok(((), tx.save_instance(permit, &instance, &draft).await?))
        })
        .await
}

fn by<'k>(ctx: &Context, caller: Option<&'k Caller>, act: Act) -> Draft<'k> {
    let now = ctx.store.now();
    match caller {
        Some(caller) => caller.draft(act, "administrator", now),
        None => Draft::new(act, By::System, When::At(now)),
    }
}

async fn retire(
    ctx: &Context,
    tx: &mut Tx<'_>,
    permit: &Permit,
    caller: &Caller,
    (person, version): (&StaffRow, i64),
) -> Result<(), Error> {
    let serial = tx.last_serial(person.id).await?.saturating_add(1);
    let body = body_of(ctx, person, serial, Vec::new())?.to_bytes()?;
    let row = DirectoryRow {
        staff_id: person.id,
        serial,
        first_signer: caller.id,
        first_signature: caller.secrets.sign.sign(SIGNATURE_DOMAIN, &body).to_vec(),
        body,
        second_signer: None,
        second_signature: None,
        version: Some(version),
    };
    Ok(tx.insert_directory_row(permit, row).await?)
}

/// Ends one grant and begins a new epoch, with nobody's keys.
async fn take_away(
    ctx: &Context,
    caller: Option<&Caller>,
    permit: &Permit,
    case: CaseId,
    staff: StaffId,
) -> Result<(), Error> {
    let registry = ctx.current_registry().await?;
    ctx.store
        .record("disable_staff", async |tx| -> Result<((), Written), Error> {
            let row = tx.lock_case(case).await?.ok_or(Error::NotFound)?;
            tx.end_grant(permit, (case, staff), GrantEnd::Revoked, ctx.store.today()).await?;
            tx.delete_wraps(permit, case, staff).await?;
            let (mut change, remaining) = rotate(ctx, tx, permit, &registry, &row).await?;
            if row.lead_id == Some(staff) {
                change.lead = Some(None);
            }
            let mut draft = by(ctx, caller, Act::GrantRemoved).and(Act::EpochRotated);
            if remaining < 2 {
                draft = draft.and(Act::HoldersShort);
            }
            if let Some(proposal) = tx.pending_proposal(case).await? {
                let now = ctx.store.now();
                tx.resolve_proposal(permit, proposal.id, Resolution::Stale, (None, now)).await?;
                draft = draft.and(Act::ProposalStale);
            }
            Ok(((), tx.save_case(permit, &row, change, &draft).await?))
        })
        .await
}
