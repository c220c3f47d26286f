//! Anybody looks for a body of the registry, to name it in a report.

use super::{context::Context, error::Error};
use crate::domain::ids::BodyId;
pub use crate::storage::bodies::BodyRow;

/// The most bodies of one answer.
pub const MOST: i64 = 50;

/// Bodies of which code and names, in any language, contain every one of the words; the first ones where there are none.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_bodies(ctx: &Context, words: &str, limit: i64) -> Result<Vec<BodyRow>, Error> {
    let words: String = words.chars().take(100).collect();
    Ok(ctx.store.read(async |db| db.find_bodies(&words, limit.clamp(1, MOST)).await).await?)
}

/// The body of a code in the registry, closed ones too.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_code(ctx: &Context, code: &str) -> Result<Option<BodyRow>, Error> {
    Ok(ctx.store.read(async |db| db.body_of_code(code).await).await?)
}

/// The body of an id, where it takes reports.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_body(ctx: &Context, id: BodyId) -> Result<Option<BodyRow>, Error> {
    let row = ctx.store.read(async |db| db.body(id).await).await?;
    Ok(row.filter(|row| !row.closed))
}
