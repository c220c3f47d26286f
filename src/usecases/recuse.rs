//! A handler steps back from a case because of a conflict of interest. Why is nobody's business (control EU-9.1c-1).

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    holders::shut_out,
};
use crate::{
    audit::{act::Act, entry::Draft},
    domain::ids::CaseId,
    policy::Action,
    storage::grants::GrantEnd,
};

/// Ends the caller's access for good and begins a new epoch without them.
///
/// # Errors
/// [`Error::NotFound`] without a grant; [`Error`] of the database.
pub async fn recuse(ctx: &Context, caller: &Caller, id: CaseId) -> Result<(), Error> {
    let registry = ctx.current_registry().await?;
    let outcome = ctx
        .store
        .record("recuse", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::Recuse).await?;
            let leaver = (&case, caller.id, Some(GrantEnd::Recused));
            let (change, acts) = shut_out(ctx, tx, &permit, &registry, leaver).await?;
            let draft = caller.draft(Act::CoiRecused, role_code(&situation), ctx.store.now());
            let draft = acts.into_iter().fold(draft, Draft::and);
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
