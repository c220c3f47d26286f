//! Heads of the tree on their way to the signer and to witnesses: what is to be signed, the proofs they ask for, what
//! they answered. Who is asked and how is the job's.

use jiff::Timestamp;

use super::{context::Context, error::Error, sequence_log::BrokenTree};
pub use crate::{
    audit::{
        checkpoint::{Checkpoint, SignedCheckpoint},
        note::NoteSignature,
        tree::Hash,
        witness_policy::Policy,
    },
    storage::checkpoints::CosignatureRow,
};
use crate::{
    audit::{
        proof::{self, ProofError},
        stored::{StoredTree, TileError},
    },
    storage::tree::TileRows,
};

/// More tiles than any proof needs.
const MOST_TILES: usize = 64;

/// A head that nobody signed yet.
#[derive(Debug, Clone)]
pub struct NewHead {
    /// What is to be signed.
    pub checkpoint: Checkpoint,
    /// The epoch after which it was made.
    pub epoch: i64,
    /// Leaves of the newest tree that was signed and kept; 0 where none was.
    pub last: u64,
}

/// The head after the last epoch, unless its checkpoint is kept already.
///
/// # Errors
/// [`Error`] of the database.
pub async fn unsigned_head(ctx: &Context, origin: &str) -> Result<Option<NewHead>, Error> {
    let (state, newest) = ctx
        .store
        .read(async |db| Ok::<_, Error>((db.tree_state().await?, db.newest_checkpoint().await?)))
        .await?;
    let last = newest.map_or(0, |row| u64::try_from(row.size).unwrap_or(0));
    let Some(state) = state.filter(|state| state.head.size > last) else { return Ok(None) };
    let checkpoint =
        Checkpoint::new(origin, state.head).map_err(|_cause| Error::Sealed("the log's origin"))?;
    Ok(Some(NewHead { checkpoint, epoch: state.epoch, last }))
}

/// The proof that the tree of `old` leaves is the beginning of that of `new` leaves.
///
/// # Errors
/// [`Error::BrokenTree`] where a tile is missing; [`Error::NotFound`] where the tree never had so many leaves.
pub async fn consistency(ctx: &Context, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
    with_tiles(ctx, |rows| proof::consistency(&StoredTree::new(rows, new), old, new)).await
}

/// Makes a proof, fetching the tiles that it asks for.
pub(super) async fn with_tiles(
    ctx: &Context,
    make: impl Fn(&TileRows) -> Result<Vec<Hash>, ProofError>,
) -> Result<Vec<Hash>, Error> {
    let mut rows = TileRows::default();
    for _ in 0..MOST_TILES {
        match make(&rows) {
            Ok(proof) => return Ok(proof),
            Err(ProofError::OutOfRange { .. }) => return Err(Error::NotFound),
            Err(ProofError::Tile(TileError::Missing(tile))) => {
                let found = ctx.store.read(async |db| db.tiles(&[tile]).await).await?;
                found.whole(tile).map_err(BrokenTree::from)?;
                rows.extend(found);
            }
            Err(ProofError::Tile(error)) => return Err(BrokenTree::from(error).into()),
        }
    }
    Err(Error::NotFound)
}

/// A kept checkpoint with the lines of witnesses that are kept for it.
pub(super) fn with_cosignatures(note: &str, kept: &[CosignatureRow]) -> Result<SignedCheckpoint, Error> {
    let mut text = note.to_owned();
    for row in kept {
        text.push_str(&row.line);
        text.push('\n');
    }
    SignedCheckpoint::parse(text.as_bytes()).map_err(|_cause| Error::Sealed("a kept checkpoint"))
}

/// A checkpoint with these lines under it; none where they are no lines of a note.
#[must_use]
pub fn with_lines(checkpoint: &Checkpoint, lines: &[NoteSignature]) -> Option<SignedCheckpoint> {
    let mut text = format!("{checkpoint}\n");
    for line in lines {
        text.push_str(&format!("{line}\n"));
    }
    SignedCheckpoint::parse(text.as_bytes()).ok()
}

/// Keeps a head that the signer signed.
///
/// # Errors
/// [`Error`] of the database.
pub async fn keep_checkpoint(ctx: &Context, signed: &SignedCheckpoint, epoch: i64) -> Result<(), Error> {
    let (size, now, note) = (signed.head().size, ctx.store.now(), signed.to_string());
    Ok(ctx.store.maintain(async |upkeep| upkeep.insert_checkpoint(size, epoch, now, &note).await).await?)
}

/// The newest checkpoint that is kept, and the names of witnesses that cosigned it.
///
/// # Errors
/// [`Error`] of the database.
pub async fn newest_signed(ctx: &Context) -> Result<Option<(SignedCheckpoint, Vec<String>)>, Error> {
    ctx.store
        .read(async |db| {
            let Some(row) = db.newest_checkpoint().await? else { return Ok(None) };
            let names = db.cosignatures(row.size).await?.into_iter().map(|row| row.witness).collect();
            Ok(SignedCheckpoint::parse(row.note.as_bytes()).ok().map(|signed| (signed, names)))
        })
        .await
}

/// The size of the newest tree that a witness cosigned, as far as we know; 0 where it never did.
///
/// # Errors
/// [`Error`] of the database.
pub async fn last_cosigned(ctx: &Context, witness: &str) -> Result<u64, Error> {
    Ok(ctx.store.read(async |db| db.last_cosigned(witness).await).await?.unwrap_or(0))
}

/// Keeps a witness's line.
///
/// # Errors
/// [`Error`] of the database.
pub async fn keep_cosignature(
    ctx: &Context,
    size: u64,
    witness: &str,
    line: &NoteSignature,
) -> Result<(), Error> {
    let at: Timestamp = ctx.store.now();
    let size = i64::try_from(size).map_err(|_cause| Error::NotFound)?;
    let row = CosignatureRow { size, witness: witness.to_owned(), line: line.to_string(), at };
    Ok(ctx.store.maintain(async |upkeep| upkeep.insert_cosignature(row).await).await?)
}
