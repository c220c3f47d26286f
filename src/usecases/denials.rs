//! What was denied is recorded too: a step that was not legal or not the caller's on the case, a case that is not the
//! caller's on the caller's own history. The caller gets the same answer either way.

use super::{
    caller::Caller,
    case_access::{permitted, role_code},
    context::Context,
    error::Error,
    refer,
};
use crate::{
    audit::act::Act,
    domain::{case::step::Step, ids::CaseId},
    policy::{Action, authorize},
    storage::{cases::CaseChange, staff::StaffChange},
};

/// Passes an act on a case through, and records it where it was denied because the case is not the caller's.
pub(super) async fn watched<T>(
    ctx: &Context,
    caller: &Caller,
    outcome: Result<T, Error>,
) -> Result<T, Error> {
    if !matches!(outcome, Err(Error::NotFound)) {
        return outcome;
    }
    let permit = authorize(&caller.actor(), Action::SignIn, None)?;
    ctx.store
        .record("denied_access", async |tx| {
            let person = tx.lock_staff(caller.id).await?.ok_or(Error::Unauthenticated)?;
            let role = caller.actor.roles.first().map_or("none", |held| held.role.code());
            let draft = caller.draft(Act::AccessDenied, role, ctx.store.now()).code("what", "case");
            Ok::<_, Error>(((), tx.save_staff(&permit, &person, StaffChange::default(), &draft).await?))
        })
        .await?;
    outcome
}

/// The same for a step, which is also recorded on the case where the caller may know of it (control OI-11a-1). So is a
/// referral to whom the case concerns (control KZ-65-2).
pub(super) async fn watched_step<T>(
    ctx: &Context,
    caller: &Caller,
    (case, step): (CaseId, Step),
    outcome: Result<T, Error>,
) -> Result<T, Error> {
    let why = match &outcome {
        Err(Error::IllegalStep { .. }) => Some("illegal"),
        Err(Error::Forbidden) => Some("forbidden"),
        Err(Error::Invalid(faults)) if faults.contains(&refer::CONCERNED) => None,
        _ => return watched(ctx, caller, outcome).await,
    };
    ctx.store
        .record("denied_step", async |tx| {
            let row = tx.lock_case(case).await?.ok_or(Error::NotFound)?;
            let (_, situation, permit) = permitted(tx, caller, case, Action::SeeCase).await?;
            let denied = |act| caller.draft(act, role_code(&situation), ctx.store.now());
            let draft = match why {
                Some(why) => denied(Act::TransitionDenied).code("step", step.code()).code("why", why),
                None => denied(Act::CoiBlocked),
            };
            Ok::<_, Error>(((), tx.save_case(&permit, &row, CaseChange::default(), &draft).await?))
        })
        .await?;
    outcome
}
