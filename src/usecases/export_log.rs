//! Somebody takes the whole log along: every entry, the tree over them, and the heads that vouch for it, as one tar file
//! that `senim audit verify` and other people's programs check offline.
//!
//! The file is made while it is read, batch by batch, so a log of millions of entries needs no memory, and whoever reads
//! slowly holds no connection of the database. What is small is read at one moment. The rest is of one moment too: below
//! the size of a signed head nothing is ever changed or removed, and a tile only gains hashes. Where a database says
//! otherwise, the export fails instead of being another file than it said.
//!
//! One size has one file, as far as the log has: what can be added to it are cosignatures and the directory of staff.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::json;

use super::{
    caller::Caller, context::Context, error::Error, query_log::note_query, sequence_log::BrokenTree,
};
use crate::{
    audit::{
        actor::ActorOpening,
        archive, bundle,
        checkpoint::SignedCheckpoint,
        stored::TileError,
        tile::{BundleId, TileId, WIDTH, changed_bundles, changed_tiles, level_size},
        tree::TreeHead,
        verify::{DirectoryLine, FORMAT},
    },
    config::LogConfig,
    storage::{Db, checkpoints::CheckpointRow, directory::DirectoryRow},
};

/// Entries that are in memory at once.
const ENTRIES: u64 = 2048;
/// Tiles that are in memory at once.
const TILES: i64 = 64;
/// Bundles of records that are in memory at once.
const BUNDLES: u64 = 16;

/// Who takes the log along.
pub enum Asker<'a> {
    /// The operator at the command line, who has the database anyway.
    Operator,
    /// An auditor; that they do is recorded.
    Auditor(&'a Caller),
}

impl Asker<'_> {
    /// That an auditor takes something along stands in the log.
    pub(super) async fn record(self, ctx: &Context, what: &'static str) -> Result<(), Error> {
        match self {
            Self::Operator => Ok(()),
            Self::Auditor(caller) => note_query(ctx, caller, what).await,
        }
    }
}

/// Why the log cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No head was signed.
    #[error(
        "the log has no signed head yet: nothing could be checked. Start `senim signer` and wait for the end of an epoch"
    )]
    NoHead,
    /// No head of this size was signed.
    #[error("no head with {0} entries was signed; leave the size out for the newest one")]
    NoSuchHead(u64),
    /// What is stored is not what was counted.
    #[error(
        "the log changed below a signed head while it was read: {0}. Nothing may change there: find out who did, and compare \
         with the public files and a witness"
    )]
    Changed(&'static str),
    /// The caller may not, the database is away, a tile is missing.
    #[error(transparent)]
    Act(#[from] Error),
}

/// The log at a signed head, to be read piece by piece.
pub struct LogExport {
    origin: String,
    head: TreeHead,
    made_at: Timestamp,
    length: u64,
    parts: VecDeque<Part>,
}

/// What is still to come.
enum Part {
    /// These bytes.
    Ready(Vec<u8>),
    /// The entries from this one on, and how many bytes they must have.
    Entries { next: u64, left: u64 },
    /// The tiles of a level from this index on.
    Tiles { level: u8, next: u64 },
    /// The bundles of records from this index on.
    Bundles { next: u64 },
}

/// Begins an export: of the newest signed head, or of the one with `size` entries. Read it with [`LogExport::next`].
///
/// # Errors
/// [`ExportError`]; [`Error::Forbidden`] for everybody but auditors and the operator.
pub async fn export_log(
    ctx: &Context,
    log: &LogConfig,
    asker: Asker<'_>,
    size: Option<u64>,
) -> Result<LogExport, ExportError> {
    asker.record(ctx, "bundle").await?;
    let found = ctx.store.view(async |db| Found::read(db, size).await).await?;
    let signed = match (&found, size) {
        (Some(found), _) => found.checkpoint.signed()?,
        (None, None) => return Err(ExportError::NoHead),
        (None, Some(size)) => return Err(ExportError::NoSuchHead(size)),
    };
    let Some(found) = found else { return Err(ExportError::NoHead) };
    let head = *signed.head();
    let mut small = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| archive::append(&mut small, name, bytes);
    put("manifest", manifest(log, &signed, FORMAT, None).as_bytes());
    put("checkpoint", signed.to_string().as_bytes());
    for older in &found.older {
        let signed = older.signed()?;
        put(&format!("checkpoints/{}", signed.head().size), signed.to_string().as_bytes());
    }
    append_keys(ctx, log, &found.directory, &mut small).await;
    small.extend_from_slice(&archive::head("private/entries.jsonl", found.entry_bytes).unwrap_or([0; 512]));
    Ok(LogExport::new(&signed, found.checkpoint.row.made_at, small, (head, found.entry_bytes)))
}

/// A head with the lines of witnesses under it.
struct Kept {
    row: CheckpointRow,
    lines: Vec<String>,
}

impl Kept {
    fn signed(&self) -> Result<SignedCheckpoint, Error> {
        let mut note = self.row.note.clone();
        for line in &self.lines {
            note.push_str(line);
            note.push('\n');
        }
        SignedCheckpoint::parse(note.as_bytes()).map_err(|_cause| Error::Sealed("a checkpoint"))
    }
}

/// What is small, and how long the rest is.
struct Found {
    checkpoint: Kept,
    older: Vec<Kept>,
    directory: Vec<DirectoryRow>,
    entry_bytes: u64,
}

impl Found {
    async fn read(db: &mut Db<'_>, size: Option<u64>) -> Result<Option<Self>, Error> {
        let row = match size {
            Some(size) => db.checkpoint_of(size).await?,
            None => db.newest_checkpoint().await?,
        };
        let Some(row) = row else { return Ok(None) };
        let mut older = Vec::new();
        for row in db.public_checkpoints_before(row.size).await? {
            older.push(Kept::read(db, row).await?);
        }
        let size = u64::try_from(row.size).unwrap_or(0);
        let (directory, entry_bytes) = (db.directory_rows().await?, db.entry_bytes(size).await?);
        Ok(Some(Self { checkpoint: Kept::read(db, row).await?, older, directory, entry_bytes }))
    }
}

impl Kept {
    async fn read(db: &mut Db<'_>, row: CheckpointRow) -> Result<Self, Error> {
        let lines =
            db.cosignatures(row.size).await?.into_iter().map(|cosignature| cosignature.line).collect();
        Ok(Self { row, lines })
    }
}

/// Appends what signatures are checked with: the policy, the founding keys, the directory of staff.
pub(super) async fn append_keys(
    ctx: &Context,
    log: &LogConfig,
    rows: &[DirectoryRow],
    archive: &mut Vec<u8>,
) {
    if let Ok(policy) = tokio::fs::read(&log.policy).await {
        archive::append(archive, "policy", &policy);
    }
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let genesis: String = ctx.genesis.iter().map(|key| hex(&key.to_bytes()) + "\n").collect();
    archive::append(archive, "genesis", genesis.as_bytes());
    archive::append(archive, "directory.jsonl", directory(rows).as_bytes());
}

/// What the file is of, and how the log moves: the second is for whoever has no other statement of its operator.
pub(super) fn manifest(
    log: &LogConfig,
    signed: &SignedCheckpoint,
    format: &str,
    case: Option<String>,
) -> String {
    let head = signed.head();
    let mut manifest = json!({
        "format": format,
        "origin": signed.checkpoint().origin(),
        "size": head.size,
        "root": head.root.hex(),
        "pace": {
            "epoch": log.epoch.as_secs(),
            "day": log.day.as_secs(),
            "mmd": log.mmd.as_secs(),
            "quantum": log.quantum,
        },
    });
    if let (Some(case), Some(members)) = (case, manifest.as_object_mut()) {
        members.insert("case".to_owned(), case.into());
    }
    format!("{manifest}\n")
}

/// The signed directory, a line each, in the order in which entries took effect.
fn directory(rows: &[DirectoryRow]) -> String {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let line = |entry: crate::audit::directory::DirectoryEntry<'_>| DirectoryLine {
        staff: entry.staff,
        serial: entry.serial,
        body: hex(entry.body),
        first: hex(entry.first_signature),
        second: entry.second_signature.map(hex),
    };
    let lines = rows.iter().filter_map(DirectoryRow::in_force).map(line);
    lines.filter_map(|line| serde_json::to_string(&line).ok()).map(|line| line + "\n").collect()
}

impl LogExport {
    fn new(
        signed: &SignedCheckpoint,
        made_at: Timestamp,
        small: Vec<u8>,
        (head, entry_bytes): (TreeHead, u64),
    ) -> Self {
        let bytes = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let tiles: u64 = changed_tiles(0, head.size).map(|tile| archive::taken(bytes(tile.bytes()))).sum();
        let framed = bytes(bundle::RECORD).saturating_add(2);
        let records: u64 = changed_bundles(0, head.size)
            .map(|part| archive::taken(u64::from(part.width()).saturating_mul(framed)))
            .sum();
        let filling = archive::filling(entry_bytes);
        let fixed = bytes(small.len()) + bytes(filling.len()) + bytes(archive::END.len());
        let mut parts = VecDeque::from([
            Part::Ready(small),
            Part::Entries { next: 0, left: entry_bytes },
            Part::Ready(filling),
        ]);
        let levels =
            (0..=crate::audit::tile::MAX_LEVEL).take_while(|level| level_size(head.size, *level) > 0);
        parts.extend(levels.map(|level| Part::Tiles { level, next: 0 }));
        parts.extend([Part::Bundles { next: 0 }, Part::Ready(archive::END.to_vec())]);
        Self {
            origin: signed.checkpoint().origin().to_owned(),
            head,
            made_at,
            length: fixed + entry_bytes + tiles + records,
            parts,
        }
    }

    /// The same with who is behind which alias, so that the verifier compares it with what the log committed to. It names
    /// people: only for an auditor to whom that was granted.
    #[must_use]
    pub fn opening(mut self, actors: &[ActorOpening]) -> Self {
        let lines = actors.iter().filter_map(|opening| serde_json::to_string(opening).ok());
        let lines: String = lines.map(|line| line + "\n").collect();
        let mut file = Vec::new();
        archive::append(&mut file, "openings/actors.jsonl", lines.as_bytes());
        self.length = self.length.saturating_add(u64::try_from(file.len()).unwrap_or(0));
        self.parts.push_front(Part::Ready(file));
        self
    }

    /// The log's identity.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The signed head.
    #[must_use]
    pub const fn head(&self) -> TreeHead {
        self.head
    }

    /// When it was signed.
    #[must_use]
    pub const fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// Bytes of the whole file.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The next bytes of the file; none behind its end. Nothing is held between two calls.
    ///
    /// # Errors
    /// [`ExportError`]; the file is then not to be used.
    pub async fn next(&mut self, ctx: &Context) -> Result<Option<Vec<u8>>, ExportError> {
        while let Some(part) = self.parts.pop_front() {
            let (bytes, rest) = match part {
                Part::Ready(bytes) => (bytes, None),
                Part::Entries { next, left } => self.entries(ctx, next, left).await?,
                Part::Tiles { level, next } => self.tiles(ctx, level, next).await?,
                Part::Bundles { next } => self.bundles(ctx, next).await?,
            };
            if let Some(rest) = rest {
                self.parts.push_front(rest);
            }
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    async fn entries(&self, ctx: &Context, next: u64, left: u64) -> Result<Piece, ExportError> {
        let end = next.saturating_add(ENTRIES).min(self.head.size);
        let lines = ctx.store.read(async |db| db.entry_lines(next, end).await).await.map_err(Error::from)?;
        let changed = ExportError::Changed("entries have other lengths than before");
        let left =
            u64::try_from(lines.len()).ok().and_then(|taken| left.checked_sub(taken)).ok_or(changed)?;
        if end < self.head.size {
            return Ok((lines, Some(Part::Entries { next: end, left })));
        }
        match left {
            0 => Ok((lines, None)),
            _ => Err(ExportError::Changed("entries are gone")),
        }
    }

    async fn tiles(&self, ctx: &Context, level: u8, next: u64) -> Result<Piece, ExportError> {
        let found = ctx.store.read(async |db| db.tiles_of_level(level, next, TILES).await).await;
        let mut found = found.map_err(Error::from)?.into_iter();
        let mut bytes = Vec::new();
        for index in next..next.saturating_add(TILES.unsigned_abs()) {
            let Some(tile) = TileId::of_tree(self.head.size, level, index) else { return Ok((bytes, None)) };
            let row = found.next().filter(|(at, _)| *at == index);
            let (_, row) = row.ok_or_else(|| broken(TileError::Missing(tile)))?;
            let short = || broken(TileError::Length { tile, got: row.len() });
            archive::append(&mut bytes, &tile.to_string(), row.get(..tile.bytes()).ok_or_else(short)?);
        }
        Ok((bytes, Some(Part::Tiles { level, next: next.saturating_add(TILES.unsigned_abs()) })))
    }

    async fn bundles(&self, ctx: &Context, next: u64) -> Result<Piece, ExportError> {
        let (width, size) = (u64::from(WIDTH), self.head.size);
        let first = next.saturating_mul(width);
        let wanted = size.saturating_sub(first).min(BUNDLES.saturating_mul(width));
        let most = u16::try_from(wanted).unwrap_or(u16::MAX);
        let records =
            ctx.store.read(async |db| db.leaf_data(first, most).await).await.map_err(Error::from)?;
        if records.len() != usize::from(most) {
            return Err(ExportError::Changed("leaves are gone"));
        }
        let mut bytes = Vec::new();
        for (index, part) in (next..).zip(records.chunks(usize::from(WIDTH))) {
            let held = u16::try_from(part.len()).ok().and_then(|held| BundleId::new(index, held));
            if let Some(id) = held {
                archive::append(&mut bytes, &id.to_string(), &bundle::to_bytes(part));
            }
        }
        let done = first.saturating_add(wanted) >= size;
        Ok((bytes, (!done).then(|| Part::Bundles { next: next.saturating_add(BUNDLES) })))
    }
}

/// Bytes, and what is left of their part.
type Piece = (Vec<u8>, Option<Part>);

fn broken(error: TileError) -> ExportError {
    ExportError::Act(BrokenTree::from(error).into())
}
