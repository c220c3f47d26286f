//! A handler signs that they have no conflict of interest in a case (control EU-9.1c-1). Only then content opens.

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
};
use crate::{audit::act::Act, domain::ids::CaseId, policy::Action, storage::cases::CaseChange};

/// Records the caller's signed statement. Attesting twice changes nothing.
///
/// # Errors
/// [`Error::NotFound`] without a grant; [`Error`] of the database.
pub async fn attest(ctx: &Context, caller: &Caller, id: CaseId) -> Result<(), Error> {
    let outcome = ctx
        .store
        .read(async |db| {
            let (_, situation, _) = super::case_access::permitted(db, caller, id, Action::Attest).await?;
            Ok::<_, Error>(situation.attested)
        })
        .await;
    if watched(ctx, caller, outcome).await? {
        return Ok(());
    }
    ctx.store
        .record("attest", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::Attest).await?;
            tx.attest(&permit, id, caller.id, ctx.today_of(&case)).await?;
            let draft = caller.draft(Act::CoiAttested, role_code(&situation), ctx.store.now());
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await
}
