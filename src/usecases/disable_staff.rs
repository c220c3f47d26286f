//! A person loses access to everything. Tightening acts at once: one administrator (or the operator) is enough.

use super::{
    caller::Caller,
    context::Context,
    departure::{Departure, Grants},
    error::Error,
};
use crate::{
    audit::act::Act,
    domain::{ids::StaffId, mail_address::Notice},
    policy::{Action, Actor, authorize},
    storage::staff::StaffChange,
};

/// Disables a person; says how many cases were taken from them. From the command line there is no signature; the row's
/// state keeps the person out, and the next administrator who disables them adds it.
///
/// # Errors
/// [`Error::NotFound`], also where there is nothing left to take away; [`Error::Forbidden`] for oneself.
pub async fn disable_staff(ctx: &Context, caller: Option<&Caller>, id: StaffId) -> Result<usize, Error> {
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    let permit = authorize(&actor, Action::DisableStaff, None)?;
    if caller.is_some_and(|caller| caller.id == id) {
        return Err(Error::Forbidden);
    }
    let departure = Departure { ctx, caller, permit: &permit, staff: id };
    let change = StaffChange { state: Some("disabled"), invitation: Some(None), ..StaffChange::default() };
    // Cut short, it is finished by doing it again.
    let left = match departure.leave(&change, Act::ActorRetired, Notice::AccountDisabled).await {
        Err(Error::Conflict) => false,
        outcome => outcome.map(|()| true)?,
    };
    let cases = ctx.store.read(async |db| db.cases_held_by(id).await).await?;
    if !left && cases.is_empty() {
        return Err(Error::NotFound);
    }
    departure.lose_keys(&cases, Grants::End).await?;
    Ok(cases.len())
}
