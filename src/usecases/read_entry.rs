//! An auditor looks at one entry: with its place in the tree and what stands around it in its object's history.

use uuid::Uuid;

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    query_log::{EntryRow, note_query},
};

/// Entries that are shown before it and after it.
const AROUND: i32 = 2;

/// One entry.
pub struct ReadEntry {
    /// The entry.
    pub entry: EntryRow,
    /// Its place in the tree; none while it waits.
    pub place: Option<i64>,
    /// Whether a signed head covers it, so that its inclusion can be proved.
    pub provable: bool,
    /// Its object's history around it, itself among them, in order.
    pub around: Vec<EntryRow>,
}

/// Reads it. The look-up is recorded.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors; [`Error::NotFound`].
pub async fn read_entry(ctx: &Context, caller: &Caller, eid: Uuid) -> Result<ReadEntry, Error> {
    note_query(ctx, caller, "entry").await?;
    ctx.store
        .read(async |db| {
            let entry = db.entry(eid).await?.ok_or(Error::NotFound)?;
            let place = db.leaf_indexes(&[eid]).await?.get(&eid).copied();
            let newest = db.newest_checkpoint().await?;
            let provable = newest.is_some_and(|head| place.is_some_and(|place| place < head.size));
            let around = db.neighbours(&entry, AROUND).await?;
            Ok(ReadEntry { entry, place, provable, around })
        })
        .await
}
