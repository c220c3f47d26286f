//! Anybody looks for a body of the registry, to name it in a report.

use super::{context::Context, error::Error};
pub use crate::storage::desks::BodyRow;

/// The most bodies of one answer.
pub const MOST: i64 = 500;

/// Bodies whose name in any language contains the words; the first ones where there are none.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_bodies(ctx: &Context, words: &str, limit: i64) -> Result<Vec<BodyRow>, Error> {
    let words: String = words.chars().take(100).collect();
    Ok(ctx.store.read(async |db| db.find_bodies(&words, limit.clamp(1, MOST)).await).await?)
}
