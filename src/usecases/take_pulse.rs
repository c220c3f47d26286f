//! The operator asks whether the tree of the record keeps up with its entries.

use super::{context::Context, error::Error};

/// Epochs that may pass before the tree is said to lag.
const PATIENCE: i64 = 2;

/// How the tree does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// Its first epoch was never closed.
    NotBegun,
    /// It keeps up; so many leaves.
    Regular(u64),
    /// Entries are due, but no epoch was closed for so many.
    Lagging(i64),
}

/// Takes it.
///
/// # Errors
/// [`Error`] of the database.
pub async fn take_pulse(ctx: &Context) -> Result<Pulse, Error> {
    let rhythm = ctx.store.rhythm();
    let open = rhythm.epoch_of(ctx.store.now());
    ctx.store
        .read(async |db| {
            let Some(state) = db.tree_state().await? else { return Ok(Pulse::NotBegun) };
            let missed = rhythm.ended(ctx.store.now()).saturating_sub(state.epoch);
            let waits = !db.due_entries(rhythm.end_of(open.saturating_sub(PATIENCE)), 1).await?.is_empty();
            Ok(if missed > PATIENCE && waits {
                Pulse::Lagging(missed)
            } else {
                Pulse::Regular(state.head.size)
            })
        })
        .await
}
