//! A triager or the lead gives a colleague a part in a case, with the keys of all its epochs (DESIGN section 4). So a
//! case whose lead left finds a new one. The colleague reads only once they have attested.

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::unlock,
    impartiality::Barrier,
    part::{Part, fit, hand_over, no_such_part, part_of, unfit},
};
use crate::{
    audit::act::Act,
    domain::{field_error::FieldError, ids::CaseId},
    policy::{Action, Capacity},
    storage::{Tx, cases::CaseRow, grants::GrantRow},
};

/// Gives the part; who had another one on the same side has this one from now on.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Forbidden`] by the policy; [`Error::Invalid`] for `staff`, where they have a conflict
/// of interest, stand on the other side, or have the part already; for `capacity`, where the case has no such part now.
pub async fn give_access(ctx: &Context, caller: &Caller, id: CaseId, part: Part) -> Result<(), Error> {
    let registry = ctx.current_registry().await?;
    let outcome = ctx
        .store
        .record("give_access", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::GrantAccess).await?;
            if part.staff == caller.id {
                return Err(unfit());
            }
            assessed_first(&case, part)?;
            if let Some(grant) = fit(tx, &registry, &case, part).await?.filter(GrantRow::lives) {
                exchangeable(tx, &case, &grant, part).await?;
            }
            let (seeds, first) = unlock(ctx, tx, &permit, caller, &case).await?;
            if Barrier::read(ctx, tx, &registry, (&case, &seeds)).await?.bars(part.staff) {
                return Err(unfit());
            }
            let giver = (&case, &seeds, Some(caller.id));
            let change = hand_over(ctx, tx, (&permit, &registry), giver, part).await?;
            let mut draft = caller.draft(Act::GrantAdded, role_code(&situation), ctx.store.now());
            if first {
                draft = draft.and(Act::ContentRead);
            }
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// Outside the triage team nobody is given a case before the risk of detriment is known; a high risk is never noted without
/// a plan for protection (control ISO-8.3.2-1).
fn assessed_first(case: &CaseRow, part: Part) -> Result<(), Error> {
    if part.capacity == Capacity::Triager || case.detriment.is_some() {
        return Ok(());
    }
    Err(Error::Invalid(vec![FieldError::new("capacity", FieldError::ASSESS_FIRST)]))
}

/// Whether a living part may be exchanged for this one. Who made new keys is given them back first, by whoever made sure
/// of them (`restore_access`); the lead stays it until somebody else is.
async fn exchangeable(tx: &mut Tx<'_>, case: &CaseRow, grant: &GrantRow, part: Part) -> Result<(), Error> {
    if part_of(grant, case) == part.capacity || !tx.key_holders(case.id).await?.contains(&part.staff) {
        return Err(unfit());
    }
    if case.lead_id == Some(part.staff) { Err(no_such_part()) } else { Ok(()) }
}
