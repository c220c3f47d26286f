//! A triager or the lead takes a colleague's part in a case: a new epoch begins without them, with nobody's help (DESIGN
//! section 4). What they read before is not reached by it.

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::shut_out,
    part::{part_of, unfit},
};
use crate::{
    audit::{act::Act, entry::Draft},
    domain::ids::{CaseId, StaffId},
    policy::{Action, Capacity},
    storage::grants::{GrantEnd, GrantRow},
};

/// Ends a colleague's access. It can be given again; whoever leaves because of a conflict steps back themselves.
///
/// # Errors
/// [`Error::NotFound`] and [`Error::Forbidden`] by the policy, the latter also where the lead would choose who checks
/// them; [`Error::Invalid`] for `staff`, where they have no part in the case, or it is oneself.
pub async fn take_access(ctx: &Context, caller: &Caller, id: CaseId, staff: StaffId) -> Result<(), Error> {
    let registry = ctx.current_registry().await?;
    let outcome = ctx
        .store
        .record("take_access", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::RevokeAccess).await?;
            let grant = tx.grant(id, staff).await?.filter(GrantRow::lives);
            let grant = grant.filter(|_| staff != caller.id).ok_or_else(unfit)?;
            if !may_take(situation.grant, part_of(&grant, &case)) {
                return Err(Error::Forbidden);
            }
            let leaver = (&case, staff, Some(GrantEnd::Revoked));
            let (change, acts) = shut_out(ctx, tx, &permit, &registry, leaver).await?;
            let draft = caller.draft(Act::GrantRemoved, role_code(&situation), ctx.store.now());
            let draft = acts.into_iter().fold(draft, Draft::and);
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}

/// Whether somebody in one part may take another: the lead does not choose who reviews their work.
#[must_use]
pub fn may_take(own: Option<Capacity>, other: Capacity) -> bool {
    match own {
        Some(Capacity::Triager) => true,
        Some(Capacity::Lead) => other != Capacity::Reviewer,
        _ => false,
    }
}
