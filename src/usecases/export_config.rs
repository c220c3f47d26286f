//! The operator looks at the configuration: what is in force of a kind, as a file that could be proposed.

use super::{
    config_plan::{listed_bodies, listed_desks, listed_rules},
    context::Context,
    error::Error,
};
use crate::domain::configuration::{Kind, bodies, desks, rules};

/// Writes the file.
///
/// # Errors
/// [`Error`] of the database.
pub async fn export_config(ctx: &Context, kind: Kind) -> Result<String, Error> {
    ctx.store
        .view(async |db| {
            Ok(match kind {
                Kind::Bodies => bodies::write(&listed_bodies(db).await?),
                Kind::Desks => desks::write(&listed_desks(db).await?),
                Kind::Routing => rules::write(&listed_rules(db).await?),
            })
        })
        .await
}
