//! The operator adds bodies to the registry.

use super::{context::Context, error::Error};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::{ids::BodyId, taxonomy::Region},
    policy::{Action, Actor, authorize},
    storage::desks::BodyRow,
};

/// A body to be added.
pub struct NewBody {
    /// The body above it.
    pub parent: Option<BodyId>,
    /// Where it is.
    pub region: Option<Region>,
    /// Its names in kk, ru, en.
    pub names: [String; 3],
}

/// Adds a body.
///
/// # Errors
/// [`Error::NotReady`] where the instance was never founded; [`Error`] of the database.
pub async fn add_body(ctx: &Context, body: NewBody) -> Result<BodyId, Error> {
    let permit = authorize(&Actor::Operator, Action::ConfigureDesk, None)?;
    let id = BodyId(ctx.store.entropy().uuid());
    ctx.store
        .record("add_body", async |tx| {
            let instance =
                tx.lock_instance().await?.ok_or(Error::NotReady("the instance was never founded"))?;
            let [name_kk, name_ru, name_en] = body.names.clone();
            let row = BodyRow { id, parent_id: body.parent, region: body.region, name_kk, name_ru, name_en };
            tx.insert_body(&permit, row).await?;
            let draft =
                Draft::new(Act::ConfigChanged, By::System, When::At(ctx.store.now())).code("what", "body");
            Ok::<_, Error>(((), tx.save_instance(&permit, &instance, &draft).await?))
        })
        .await?;
    Ok(id)
}
