//! `/staff`: where a person's work is.

use actix_web::{HttpResponse, http::StatusCode};

use super::{Desk, PageRefusal, see_other};
use crate::{
    policy::RoleAt,
    usecases::registry::Registry,
    web::pages::{
        Area,
        staff::{HeldRole, StartPage},
    },
};

/// Straight to the one area that is somebody's work; to whoever has none, or several, a page that says so.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: actix_web::HttpRequest) -> Result<HttpResponse, PageRefusal> {
    // Proposals are a part of the work on cases, changes of that on people.
    let part = |area: &Area| matches!(area, Area::Proposals | Area::Changes);
    let work: Vec<Area> = desk.areas().into_iter().filter(|area| !part(area)).collect();
    if let [only] = work.as_slice() {
        return Ok(see_other(only.path()));
    }
    let registry = desk.app.context.registry().await.map_err(|error| desk.refuse(&request, error, None))?;
    let roles = desk.caller.actor.roles.iter().map(|held| role(held, &registry, desk.t.language()));
    let page = StartPage { t: desk.t, frame: desk.frame(None), roles: roles.collect() };
    desk.shown(StatusCode::OK, &page)
}

fn role(held: &RoleAt, registry: &Registry, language: &str) -> HeldRole {
    let desk =
        held.desk.and_then(|id| registry.desks.get(&id)).map(|desk| desk.row.name(language).to_owned());
    HeldRole { role: held.role.code(), desk }
}
