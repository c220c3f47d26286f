//! Somebody takes along the proof that one case's history is whole ([`CaseProof`]): its entries, their places in the log,
//! and what the newest map of heads says of it, under the newest head that witnesses vouch for.
//!
//! Nothing is checked here: the file speaks for itself, and where the tables were changed it does not verify. What is below
//! a signed head never changes, so the parts need not be read at one moment.

use std::collections::HashMap;

use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    context::Context,
    error::Error,
    export_log::{Asker, ExportError, append_keys, manifest},
    query_log::{EntryFilter, EntryRow, ObjectKind},
    sequence_log::BrokenTree,
    sign_heads::with_tiles,
    survey_log::held_head,
};
use crate::{
    audit::{
        archive,
        case_proof::{CaseProof, FORMAT, MapLeaf, MapProof, Place, hex},
        head_map::{ObjectHead, key},
        proof,
        stored::StoredTree,
        tree::Hash,
    },
    config::LogConfig,
};

/// Objects of the map that are read at once.
const OBJECTS: i64 = 4096;

/// The map is made again for each proof, which takes time and memory for all objects that there are: one after the other.
static ONE: Semaphore = Semaphore::const_new(1);

/// A proof to take away.
pub struct ProvedCase {
    /// The file.
    pub file: Vec<u8>,
    /// Its entries in the file.
    pub entries: usize,
    /// Entries that are not in it: newer than the head.
    pub newer: usize,
}

/// Makes the proof for the case that the log knows by this id; of an id that it does not know, the proof that it does not.
/// An auditor's look is recorded.
///
/// # Errors
/// [`ExportError::NoHead`] before a head was signed; [`Error::Forbidden`] for everybody but auditors and the operator.
pub async fn prove_case(
    ctx: &Context,
    log: &LogConfig,
    asker: Asker<'_>,
    case: Uuid,
) -> Result<ProvedCase, ExportError> {
    asker.record(ctx, "completeness").await?;
    let _alone = ONE.acquire().await.map_err(|_closed| Error::Busy)?;
    let signed = held_head(ctx, log).await?.ok_or(ExportError::NoHead)?;
    let size = signed.head().size;
    let (rows, places, map, directory) = ctx
        .store
        .view(async |db| {
            let object = Some((ObjectKind::Case, case));
            let filter = EntryFilter { object, limit: i64::from(i32::MAX), ..EntryFilter::default() };
            let rows = db.entries(&filter).await?;
            let eids: Vec<Uuid> = rows.iter().map(|row| row.eid).collect();
            let places = db.leaf_indexes(&eids).await?;
            Ok::<_, Error>((rows, places, db.head_map_before(size).await?, db.directory_rows().await?))
        })
        .await?;
    let (entries, newer) = placed(ctx, rows, &places, size).await?;
    let map = match map {
        Some(row) => {
            let index = u64::try_from(row.idx).unwrap_or(0);
            Some((row.body, map_proof(ctx, case, place(ctx, index, size).await?).await?))
        }
        None => None,
    };
    let count = entries.len();
    let mut file = Vec::new();
    archive::append(&mut file, "manifest", manifest(log, &signed, FORMAT, Some(hex(case))).as_bytes());
    archive::append(&mut file, "checkpoint", signed.to_string().as_bytes());
    CaseProof { case, entries, map }.append_to(&mut file);
    append_keys(ctx, log, &directory, &mut file).await;
    file.extend_from_slice(&archive::END);
    Ok(ProvedCase { file, entries: count, newer })
}

/// The entries up to the last that has a place under the head, and how many are newer.
async fn placed(
    ctx: &Context,
    rows: Vec<EntryRow>,
    places: &HashMap<Uuid, i64>,
    size: u64,
) -> Result<(Vec<(Vec<u8>, Option<Place>)>, usize), Error> {
    let index = |row: &EntryRow| {
        places.get(&row.eid).and_then(|place| u64::try_from(*place).ok()).filter(|place| *place < size)
    };
    let last = rows.iter().rposition(|row| index(row).is_some()).map_or(0, |last| last.saturating_add(1));
    let newer = rows.len().saturating_sub(last);
    let mut entries = Vec::with_capacity(last);
    for row in rows.into_iter().take(last) {
        let place = match index(&row) {
            Some(index) => Some(place(ctx, index, size).await?),
            None => None,
        };
        entries.push((row.body, place));
    }
    Ok((entries, newer))
}

/// A place in the log, with its proof.
async fn place(ctx: &Context, index: u64, size: u64) -> Result<Place, Error> {
    let hashes = with_tiles(ctx, |rows| proof::inclusion(&StoredTree::new(rows, size), index, size)).await?;
    Ok(Place { index, hashes })
}

/// What the map at this place says of the case: it is made again, as it was when it was written.
async fn map_proof(ctx: &Context, case: Uuid, place: Place) -> Result<MapProof, Error> {
    let wanted = key(ObjectKind::Case, case);
    let mut leaves: Vec<Hash> = Vec::new();
    let (mut own, mut before, mut behind) = (None, None, None);
    for kind in ObjectKind::ALL {
        let mut after = None;
        loop {
            let below = place.index;
            let heads =
                ctx.store.read(async |db| db.heads_in_tree(*kind, after, OBJECTS, below).await).await?;
            let Some(last) = heads.last() else { break };
            after = Some(last.id);
            for head in heads {
                let found = Some((leaves.len(), head));
                match head.key().cmp(&wanted) {
                    std::cmp::Ordering::Less => before = found,
                    std::cmp::Ordering::Equal => own = found,
                    std::cmp::Ordering::Greater => behind = behind.or(found),
                }
                leaves.push(head.leaf());
            }
        }
    }
    let shown: Vec<(usize, ObjectHead)> = match own {
        Some(own) => vec![own],
        None => before.into_iter().chain(behind).collect(),
    };
    let objects = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
    let leaf = |(index, head): (usize, ObjectHead)| {
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        let hashes = proof::inclusion(leaves.as_slice(), index, objects);
        let broken = |error| match error {
            proof::ProofError::Tile(error) => Error::from(BrokenTree::from(error)),
            proof::ProofError::OutOfRange { .. } => Error::NotFound,
        };
        Ok(MapLeaf::new(&head, Place { index, hashes: hashes.map_err(broken)? }))
    };
    let leaves = shown.into_iter().map(leaf).collect::<Result<_, Error>>()?;
    Ok(MapProof { place, objects, leaves })
}
