//! A person who lost their keys, or never redeemed their invitation, is invited anew (DESIGN section 4): new keys, to be
//! signed into the directory again. An administrator never knows or resets a password.

use super::{
    caller::Caller,
    context::Context,
    departure::{Departure, Grants},
    error::Error,
    invite_staff::{Invitation, NewInvitation},
};
use crate::{
    audit::act::Act,
    domain::{ids::StaffId, mail_address::Notice},
    policy::{Action, Actor, authorize},
    storage::staff::StaffChange,
};

/// Invites a person anew. Their old keys count no longer and their sessions end; they keep their grants, and read again
/// once they have joined and a colleague who holds the case has given it to them again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for oneself.
pub async fn reinvite_staff(
    ctx: &Context,
    caller: Option<&Caller>,
    id: StaffId,
) -> Result<Invitation, Error> {
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    let permit = authorize(&actor, Action::InviteStaff, None)?;
    if caller.is_some_and(|caller| caller.id == id) {
        return Err(Error::Forbidden);
    }
    let new = NewInvitation::make(ctx);
    let departure = Departure { ctx, caller, permit: &permit, staff: id };
    let change =
        StaffChange { state: Some("invited"), invitation: Some(Some(new.stored)), ..StaffChange::default() };
    departure.leave(&change, Act::StaffInvited, Notice::InvitedAnew).await?;
    let cases = ctx.store.read(async |db| db.cases_held_by(id).await).await?;
    departure.lose_keys(&cases, Grants::Wait).await?;
    Ok(Invitation { staff: id, code: new.code })
}
