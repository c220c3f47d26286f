//! A holder gives a colleague who made new keys the cases again that both have (DESIGN section 4). It is nobody's
//! automatism: whoever does it has made sure that the new keys are the colleague's.

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    error::Error,
    holders::unlock,
    impartiality::Barrier,
    registry::Registry,
};
use crate::{
    audit::act::Act,
    domain::ids::{CaseId, StaffId},
    policy::{Action, authorize},
    storage::{case_lists::Scope, cases::CaseChange, grants::GrantRow},
};

/// A colleague who has new keys and waits for cases that the caller could give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub staff: StaffId,
    /// Their sign-in name.
    pub login: String,
    /// The cases.
    pub cases: Vec<CaseId>,
}

/// The colleagues who wait for cases that the caller could give them again, by name.
///
/// # Errors
/// [`Error::Forbidden`] without a role that works on cases.
pub async fn list_waiting(ctx: &Context, caller: &Caller) -> Result<Vec<Waiting>, Error> {
    authorize(&caller.actor(), Action::ListCases, None)?;
    let registry = ctx.current_registry().await?;
    let rows = ctx.store.read(async |db| db.waiting_for_keys(Scope { staff: caller.id }).await).await?;
    let mut waiting: Vec<Waiting> = Vec::new();
    for (staff, login, case) in rows.into_iter().filter(|(staff, ..)| has_new_keys(&registry, *staff)) {
        match waiting.last_mut().filter(|last| last.staff == staff) {
            Some(last) => last.cases.push(case),
            None => waiting.push(Waiting { staff, login, cases: vec![case] }),
        }
    }
    Ok(waiting)
}

/// Whether the signed directory knows somebody by other keys than before. Who has a grant without a key for another
/// reason has it from nobody who may give one.
fn has_new_keys(registry: &Registry, staff: StaffId) -> bool {
    registry.directory.keys.get(&staff).is_some_and(|keys| keys.len() > 1)
}

/// Gives a colleague every case again that both hold and only the caller can open; says how many. One that concerns the
/// colleague is passed over.
///
/// # Errors
/// [`Error::NotFound`] where the colleague waits for none of the caller's cases.
pub async fn restore_access(ctx: &Context, caller: &Caller, staff: StaffId) -> Result<usize, Error> {
    let waiting = list_waiting(ctx, caller).await?;
    let waiting = waiting.into_iter().find(|one| one.staff == staff).ok_or(Error::NotFound)?;
    let mut given = 0_usize;
    for case in &waiting.cases {
        match give_again(ctx, caller, *case, staff).await {
            Ok(()) => given = given.saturating_add(1),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if given == 0 { Err(Error::NotFound) } else { Ok(given) }
}

async fn give_again(ctx: &Context, caller: &Caller, id: CaseId, staff: StaffId) -> Result<(), Error> {
    let registry = ctx.current_registry().await?;
    let member = registry.directory.members.get(&staff).ok_or(Error::NotFound)?;
    ctx.store
        .record("restore_access", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::RestoreAccess).await?;
            let grant = tx.grant(id, staff).await?.filter(GrantRow::lives).ok_or(Error::NotFound)?;
            // Locked, so that the keys are still theirs when the transaction ends.
            let person = tx.lock_staff(staff).await?.ok_or(Error::NotFound)?;
            let same = person.state == "active" && person.public_keys == Some(member.public.to_bytes());
            if !same || !has_new_keys(&registry, staff) || !member.holds(grant.capacity.role(), case.desk_id)
            {
                return Err(Error::NotFound);
            }
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            if Barrier::read(ctx, tx, &registry, (&case, &seeds)).await?.bars(staff) {
                return Err(Error::NotFound);
            }
            let wraps = seeds.rewrap(ctx, &registry, &[staff], &mut tx.rng)?;
            tx.insert_wraps(&permit, id, &wraps).await?;
            let mut draft = caller.draft(Act::GrantRestored, role_code(&situation), ctx.store.now());
            if first {
                draft = draft.and(Act::ContentRead);
            }
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await
}
