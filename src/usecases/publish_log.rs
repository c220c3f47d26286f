//! The public files of the log: the head with which the last finished day of the log ended, and every tile of its tree.
//! Each process writes its own copy from the database, and requests are answered from it alone.
//!
//! A tile is written before the checkpoint that needs it, and every file by a rename, so readers never see half of
//! anything. Files of full tiles never change; the head moves on once a day.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::{
    fs::{self, File},
    io::AsyncWriteExt,
};

use super::{context::Context, error::Error, sequence_log::BrokenTree};
use crate::{
    audit::{
        bundle,
        checkpoint::SignedCheckpoint,
        edge::RightEdge,
        promise,
        stored::TileReader,
        tile::{WIDTH, changed_bundles, changed_tiles, right_edge_tiles},
        witness_policy::Policy,
    },
    config::LogConfig,
    storage::checkpoints::CheckpointRow,
};

/// Days' heads that are looked at again until they reach the quorum: a witness that was away has a week.
const LATE: i64 = 7;

/// Why files of the log were not written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database, or a tree that is broken.
    #[error(transparent)]
    Act(#[from] Error),
}

/// Lets everybody have the head of a day of the log that has ended, and brings the files up to it; says how many were
/// written.
///
/// # Errors
/// [`PublishError`].
pub async fn publish_log(ctx: &Context, log: &LogConfig) -> Result<usize, PublishError> {
    end_days(ctx).await?;
    let mut files = Files { dir: &log.public, written: 0 };
    if let Some(signed) = published(ctx).await? {
        files.tree(ctx, &signed).await?;
        files.put("files", names(signed.head().size).as_bytes()).await?;
        files.put("checkpoint", signed.to_string().as_bytes()).await?;
    }
    if let Ok(policy) = fs::read(&log.policy).await {
        files.put("policy", &policy).await?;
        if let Ok(policy) = Policy::parse(&policy) {
            files.put("keys", keys(ctx, log, &policy).as_bytes()).await?;
            anchor_days(ctx, &policy).await?;
        }
    }
    Ok(files.written)
}

/// The keys of the log, one a line, and under a name of its own the one that signs promises to reporters.
fn keys(ctx: &Context, log: &LogConfig, policy: &Policy) -> String {
    let mut keys: String = policy.logs().iter().map(|log| format!("{}\n", log.key)).collect();
    if let Some(promises) = promise::signer(&log.origin, &ctx.keys.promises) {
        keys.push_str(&format!("{}\n", promises.verifier()));
    }
    keys
}

/// The names of all files of a tree of this size, one a line: whoever copies the log fetches all of them, and so tells
/// nobody which one they are after.
fn names(size: u64) -> String {
    let mut names = "checkpoint\nkeys\npolicy\n".to_owned();
    for tile in changed_tiles(0, size) {
        names.push_str(&format!("{tile}\n"));
    }
    for part in changed_bundles(0, size) {
        names.push_str(&format!("{part}\n"));
    }
    names
}

/// The head with which a day ended becomes public once the tree has nothing more to gain on that day.
async fn end_days(ctx: &Context) -> Result<(), Error> {
    let rhythm = ctx.store.rhythm();
    let Some(state) = ctx.store.read(async |db| db.tree_state().await).await? else { return Ok(()) };
    let first = rhythm.first_epoch(rhythm.day_of(state.epoch.saturating_add(1)));
    let ended = ctx.store.read(async |db| db.checkpoint_before(first).await).await?;
    if let Some(row) = ended.filter(|row| !row.public) {
        ctx.store.maintain(async |upkeep| upkeep.make_public(row.size).await).await?;
    }
    Ok(())
}

/// Notes the public heads that have reached the quorum since; the next epoch records each in the log's own history. Where
/// a policy asks for no witness, nothing outside holds a head, so none is anchored.
async fn anchor_days(ctx: &Context, policy: &Policy) -> Result<(), Error> {
    if !policy.needs_witnesses() {
        return Ok(());
    }
    let rows = ctx.store.read(async |db| db.unanchored_checkpoints(LATE).await).await?;
    for row in rows {
        let signed = cosigned(ctx, &row).await?;
        if policy.check(&signed).accepted() {
            ctx.store.maintain(async |upkeep| upkeep.insert_anchor(row.size).await).await?;
        }
    }
    Ok(())
}

/// A checkpoint with all the cosignatures that it has.
///
/// # Errors
/// [`Error`] of the database.
pub(super) async fn cosigned(ctx: &Context, row: &CheckpointRow) -> Result<SignedCheckpoint, Error> {
    let lines = ctx.store.read(async |db| db.cosignatures(row.size).await).await?;
    let mut note = row.note.clone();
    for cosignature in lines {
        note.push_str(&cosignature.line);
        note.push('\n');
    }
    SignedCheckpoint::parse(note.as_bytes()).map_err(|_cause| Error::Sealed("a checkpoint"))
}

/// The newest public head, with all the cosignatures that it has.
async fn published(ctx: &Context) -> Result<Option<SignedCheckpoint>, Error> {
    match ctx.store.read(async |db| db.public_checkpoint().await).await? {
        Some(row) => Ok(Some(cosigned(ctx, &row).await?)),
        None => Ok(None),
    }
}

/// The directory of public files.
struct Files<'d> {
    dir: &'d Path,
    written: usize,
}

impl Files<'_> {
    /// Every file of a tree that the directory's last checkpoint did not need.
    async fn tree(&mut self, ctx: &Context, signed: &SignedCheckpoint) -> Result<(), PublishError> {
        let size = signed.head().size;
        let have = match fs::read(self.dir.join("checkpoint")).await {
            Ok(bytes) => SignedCheckpoint::parse(&bytes).map_or(0, |have| have.head().size),
            Err(_) => 0,
        };
        if have >= size {
            return Ok(());
        }
        let edge =
            ctx.store.read(async |db| db.tiles(&right_edge_tiles(size)).await).await.map_err(Error::from)?;
        let found =
            RightEdge::read(&edge, size).map_err(|error| Error::from(BrokenTree::from(error)))?.root();
        if found != signed.head().root {
            return Err(Error::from(BrokenTree::Root { size, stored: signed.head().root, found }).into());
        }
        for tile in changed_tiles(have, size) {
            let rows = ctx.store.read(async |db| db.tiles(&[tile]).await).await.map_err(Error::from)?;
            let bytes = rows.read(tile).map_err(|error| Error::from(BrokenTree::from(error)))?;
            self.put(&tile.to_string(), &bytes).await?;
        }
        for part in changed_bundles(have, size) {
            let first = part.index().saturating_mul(u64::from(WIDTH));
            let records = ctx
                .store
                .read(async |db| db.leaf_data(first, part.width()).await)
                .await
                .map_err(Error::from)?;
            self.put(&part.to_string(), &bundle::to_bytes(&records)).await?;
        }
        Ok(())
    }

    /// Writes a file, unless it holds this already.
    async fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let path = self.dir.join(name);
        if fs::read(&path).await.is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        // Processes may share the directory: each has an unfinished file of its own.
        let aside = self.dir.join(format!("unfinished-{}", std::process::id()));
        let done = async {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).await?;
            }
            let mut file = File::create(&aside).await?;
            file.write_all(bytes).await?;
            file.sync_all().await?;
            fs::rename(&aside, &path).await
        };
        done.await.map_err(|source| PublishError::File { path, source })?;
        self.written = self.written.saturating_add(1);
        Ok(())
    }
}
