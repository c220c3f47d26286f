//! An auditor takes away the proof that an entry is in the log: one file that checks without this server (C2SP tlog-proof).

use uuid::Uuid;

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    query_log::note_query,
    sign_heads::{with_cosignatures, with_tiles},
};
use crate::audit::{proof, stored::StoredTree, tlog_proof::TlogProof};

/// A proof to take away.
pub struct EntryProof {
    /// The entry's place in the tree.
    pub index: u64,
    /// The file.
    pub text: String,
}

/// Makes the proof that an entry is in the tree of the newest signed head. The look-up is recorded.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors; [`Error::NotFound`] where there is no such entry, or no signed head
/// covers it yet; [`Error::BrokenTree`] where a tile is missing.
pub async fn prove_entry(ctx: &Context, caller: &Caller, eid: Uuid) -> Result<EntryProof, Error> {
    note_query(ctx, caller, "inclusion").await?;
    let (place, newest, lines) = ctx
        .store
        .read(async |db| {
            let place = db.leaf_indexes(&[eid]).await?.get(&eid).copied().ok_or(Error::NotFound)?;
            let newest = db.newest_checkpoint().await?.ok_or(Error::NotFound)?;
            let lines = db.cosignatures(newest.size).await?;
            Ok::<_, Error>((place, newest, lines))
        })
        .await?;
    let checkpoint = with_cosignatures(&newest.note, &lines)?;
    let (index, size) = (u64::try_from(place).map_err(|_cause| Error::NotFound)?, checkpoint.head().size);
    let hashes = with_tiles(ctx, |rows| proof::inclusion(&StoredTree::new(rows, size), index, size)).await?;
    Ok(EntryProof { index, text: TlogProof { extra: None, index, hashes, checkpoint }.to_string() })
}
