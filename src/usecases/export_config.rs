//! The operator looks at the configuration: what is in force of a kind, as a file that could be proposed.

use super::{
    config_plan::{listed_bodies, listed_desks, listed_rules},
    context::Context,
    error::Error,
};
use crate::domain::{
    configuration::{Kind, bodies, desks, rules},
    field_error::FieldError,
    profile::ProfileId,
};

/// Writes the file; of profiles and calendars the one of this name.
///
/// # Errors
/// [`Error::Invalid`] for `name` where there is no such profile or calendar; [`Error`] of the database.
pub async fn export_config(ctx: &Context, kind: Kind, name: &str) -> Result<String, Error> {
    let book = std::sync::Arc::clone(&ctx.current_registry().await?.rulebook);
    let known = |text: Option<&str>| {
        text.map(str::to_owned)
            .ok_or_else(|| Error::Invalid(vec![FieldError::new("name", FieldError::UNKNOWN)]))
    };
    ctx.store
        .view(async |db| {
            Ok(match kind {
                Kind::Bodies => bodies::write(&listed_bodies(db).await?),
                Kind::Desks => desks::write(&listed_desks(db).await?),
                Kind::Routing => rules::write(&listed_rules(db).await?),
                Kind::Profile => known(ProfileId::parse(name).and_then(|id| book.profile_text(id)))?,
                Kind::Calendar => known(book.calendar_text(name))?,
            })
        })
        .await
}

/// The names that [`export_config`] takes.
///
/// # Errors
/// [`Error`] of the database.
pub async fn names_of(ctx: &Context, kind: Kind) -> Result<Vec<String>, Error> {
    let registry = ctx.current_registry().await?;
    Ok(match kind {
        Kind::Bodies | Kind::Desks | Kind::Routing => Vec::new(),
        Kind::Profile => ProfileId::ALL.iter().map(ToString::to_string).collect(),
        Kind::Calendar => registry.rulebook.calendar_names().into_iter().map(str::to_owned).collect(),
    })
}
