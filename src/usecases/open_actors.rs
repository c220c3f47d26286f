//! The operator gives an auditor the openings of aliases: who acted under which (`senim audit export --open-actors`).

use super::{context::Context, error::Error};
use crate::{
    audit::actor::ActorOpening,
    policy::{Action, Actor, authorize},
};

/// The openings of everybody who was ever signed into the directory, by name; whose salt was erased has none. A line of
/// `openings/actors.jsonl` each.
///
/// # Errors
/// [`Error`] of the database.
pub async fn open_actors(ctx: &Context) -> Result<Vec<ActorOpening>, Error> {
    authorize(&Actor::Operator, Action::InviteStaff, None)?;
    let registry = ctx.current_registry().await?;
    let people = ctx.store.read(async |db| db.all_staff().await).await?;
    let enrolled = people.iter().filter(|person| registry.directory.keys.contains_key(&person.id));
    Ok(enrolled.filter_map(|person| person.opening()).collect())
}
