//! A timer: an epoch has ended, and the entries that are due get their places in the tree, between pads.
//!
//! Any number of processes may try; whoever locks the state of the tree first closes the epoch. Entries are consumed:
//! what commits late is simply found by a later epoch, and a leaf's number is the size of the tree, so there is neither a
//! gap nor a lost entry. Before anything is added the root is made again from the right edge of the tiles; where it is
//! another than the one that was left, somebody has changed one of them and nothing is added.

use jiff::Timestamp;
use rand::seq::SliceRandom;
use uuid::Uuid;

use super::{context::Context, error::Error};
use crate::{
    audit::{
        act::Act,
        checkpoint::SignedCheckpoint,
        edge::{RightEdge, TooLarge},
        entry::{By, Draft, Head, ObjectKind, When},
        head_map::HeadMap,
        rhythm::{MOST, Plan, Rhythm, Waiting},
        stored::TileError,
        tile::right_edge_tiles,
        tree::{self, Hash, MAX_SIZE, TreeHead},
    },
    storage::{Tx, Written, checkpoints::CheckpointRow, tree::TreeState},
};

/// Entries that are written or integrated at once; a tree may gain far more in an epoch, but never in memory.
const BATCH: usize = 2048;
/// Objects of the head map that are read at once.
const OBJECTS: i64 = 4096;
/// Anchored heads that one epoch records at most; there is one a day.
const ANCHORS: i64 = 8;

/// Why the tree may not grow. A person has to find out what happened; nothing here repairs it.
#[derive(Debug, thiserror::Error)]
pub enum BrokenTree {
    /// The tiles lead to another root than the state names.
    #[error(
        "the record's tree was changed from outside: its tiles give the root {found}, {stored} was left at {size} leaves. \
         Nothing is added to it before that is explained; compare with the published checkpoint and a witness"
    )]
    Root {
        /// Leaves of the tree.
        size: u64,
        /// The root in the state.
        stored: Hash,
        /// The root of the tiles.
        found: Hash,
    },
    /// A tile of the right edge is not there or not whole.
    #[error(
        "the record's tree was changed from outside: {0}. Nothing is added to it before that is explained"
    )]
    Tile(#[from] TileError),
    /// More leaves than can be counted.
    #[error(transparent)]
    Large(#[from] TooLarge),
}

/// Closes the epoch that ended last, unless that was done; says by how many leaves the tree grew. Epochs that ended
/// while nobody worked are not made up for: the tree shows that they are missing.
///
/// # Errors
/// [`Error::BrokenTree`] where the tree is not what was left; [`Error::NotReady`] where epochs or days were made longer
/// since, so that their numbers would go back; [`Error`] of the database.
pub async fn sequence_log(ctx: &Context) -> Result<usize, Error> {
    let (rhythm, now) = (ctx.store.rhythm(), ctx.store.now());
    let epoch = rhythm.ended(now);
    let (founded, state) = ctx
        .store
        .read(async |db| Ok::<_, Error>((db.instance().await?.is_some(), db.tree_state().await?)))
        .await?;
    // The clock of another process may be a little ahead, but not by epochs.
    let ahead = |state: &TreeState| {
        state.epoch > rhythm.epoch_of(now).saturating_add(1)
            || state.day > rhythm.day_of(epoch).saturating_add(1)
    };
    if state.as_ref().is_some_and(ahead) {
        return Err(Error::NotReady(
            "the record's tree was left in a later epoch: set SENIM_LOG_EPOCH_SECONDS and SENIM_LOG_DAY_SECONDS as they were, and the clock right",
        ));
    }
    if !founded || state.is_some_and(|state| state.epoch >= epoch) {
        return Ok(0);
    }
    let closed = ctx.store.record("sequence_log", async |tx| close_epoch(tx, *ctx.store.rhythm()).await);
    match closed.await {
        // Another process closed it just now.
        Err(Error::Conflict) => Ok(0),
        other => other,
    }
}

async fn close_epoch(tx: &mut Tx<'_>, rhythm: Rhythm) -> Result<(usize, Written), Error> {
    // By the time that its entries tell: so no two epochs tell the same, and everybody can tell which one it was.
    let epoch = rhythm.ended(tx.now());
    let last = tx.lock_tree().await?;
    if last.as_ref().is_some_and(|last| last.epoch >= epoch) {
        return Err(Error::Conflict);
    }
    let edge = match &last {
        Some(last) => verified_edge(tx, &last.head).await?,
        None => RightEdge::empty(),
    };
    let day = rhythm.day_of(epoch);
    let waiting = Due::find(tx, &rhythm, epoch).await?;
    let (begun, new_day) = (last.is_none(), last.as_ref().is_none_or(|last| last.day < day));
    let level = last.as_ref().filter(|_| !new_day).map_or(0, |last| last.day_level);
    let own = Own { new_day, anchors: tx.anchors_to_record(ANCHORS).await? };
    let counts = Waiting { own: own.count(), ..waiting.counts() };
    let plan = if begun { rhythm.first_plan(&counts) } else { rhythm.plan(level, &counts) };
    let mut log = match last {
        Some(last) => last.log,
        None => Head::new(ObjectKind::Log, tx.uuid()),
    };
    let leaves = gather(tx, &mut log, waiting, &own, &plan).await?;
    let head = integrate(tx, edge, &leaves).await?;
    // What had gathered before there was a tree does not make the whole day large.
    let day_level = if begun { 0 } else { plan.level };
    let written = tx.save_tree(&TreeState { head, epoch, day, day_level, log }, begun).await?;
    if plan.late > 0 {
        tracing::error!(entries = plan.late, "entries of the record entered its tree too late");
    }
    Ok((leaves.len(), written))
}

/// The right edge of the tree, if its tiles give the root that was left.
async fn verified_edge(tx: &mut Tx<'_>, left: &TreeHead) -> Result<RightEdge, Error> {
    let rows = tx.tiles(&right_edge_tiles(left.size)).await?;
    let edge = RightEdge::read(&|tile| rows.whole(tile), left.size).map_err(BrokenTree::from)?;
    let found = edge.root();
    if found == left.root {
        Ok(edge)
    } else {
        Err(BrokenTree::Root { size: left.size, stored: left.root, found }.into())
    }
}

/// Entries that may enter, the longest due first, and how many of them have waited too long.
struct Due {
    eids: Vec<Uuid>,
    late: usize,
}

impl Due {
    async fn find(tx: &mut Tx<'_>, rhythm: &Rhythm, epoch: i64) -> Result<Self, Error> {
        let late_before: Timestamp = rhythm.late_before(tx.now());
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        let rows = tx.due_entries(rhythm.end_of(epoch), most).await?;
        let late = rows.iter().filter(|(_, due)| *due < late_before).count();
        Ok(Self { eids: rows.into_iter().map(|(eid, _)| eid).collect(), late })
    }

    fn counts(&self) -> Waiting {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Waiting { due: number(self.eids.len()), late: number(self.late), own: 0 }
    }
}

/// What the log has to say of itself in an epoch, beside companions and pads.
struct Own {
    /// The beginning of the tree, or the head map of a new day.
    new_day: bool,
    /// Days' heads that a quorum cosigned since.
    anchors: Vec<CheckpointRow>,
}

impl Own {
    fn count(&self) -> u64 {
        u64::from(self.new_day).saturating_add(u64::try_from(self.anchors.len()).unwrap_or(u64::MAX))
    }

    /// Records the heads that a quorum cosigned, each by the root of its tree.
    async fn record_anchors(&self, tx: &mut Tx<'_>, log: &mut Head) -> Result<Vec<Uuid>, Error> {
        if self.anchors.is_empty() {
            return Ok(Vec::new());
        }
        let mut drafts = Vec::new();
        for row in &self.anchors {
            let signed = SignedCheckpoint::parse(row.note.as_bytes())
                .map_err(|_cause| Error::Sealed("a checkpoint"))?;
            drafts.push(own(tx, Act::ChainAnchored).committing("head", *signed.head().root.bytes()));
        }
        let sizes: Vec<i64> = self.anchors.iter().map(|row| row.size).collect();
        tx.save_anchors(&sizes, log.n.saturating_add(1)).await?;
        Ok(tx.append_to_log(log, &drafts).await?)
    }
}

/// Writes the log's own entries and gives all that enters, in the order in which it enters: the one that begins the tree
/// or the day, then everything else shuffled.
async fn gather(
    tx: &mut Tx<'_>,
    log: &mut Head,
    due: Due,
    news: &Own,
    plan: &Plan,
) -> Result<Vec<Uuid>, Error> {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let mut first = Vec::new();
    if news.new_day {
        let draft = if log.n == 0 { own(tx, Act::LogGenesis) } else { head_map(tx).await? };
        first = tx.append_to_log(log, &[draft]).await?;
    }
    let mut rest = due.eids;
    rest.truncate(number(plan.taken));
    // Companions are for what waited, which stands first.
    let waited = rest.len();
    rest.extend(news.record_anchors(tx, log).await?);
    let late: Vec<Uuid> = rest.iter().take(number(plan.late).min(waited)).copied().collect();
    for batch in late.chunks(BATCH) {
        let commitments = tx.commitments(batch).await?;
        let drafts: Vec<Draft<'_>> =
            commitments.iter().map(|late| own(tx, Act::LogLate).answering(*late)).collect();
        rest.extend(tx.append_to_log(log, &drafts).await?);
    }
    let pad = own(tx, Act::LogPad);
    let mut missing = number(plan.pads);
    while missing > 0 {
        let drafts = vec![pad.clone(); missing.min(BATCH)];
        missing = missing.saturating_sub(drafts.len());
        rest.extend(tx.append_to_log(log, &drafts).await?);
    }
    rest.shuffle(&mut tx.rng);
    first.extend(rest);
    Ok(first)
}

/// An entry of the log about itself.
fn own(tx: &Tx<'_>, act: Act) -> Draft<'static> {
    Draft::new(act, By::System, When::At(tx.now()))
}

/// The day's head map, over everything that is in the tree already.
async fn head_map(tx: &mut Tx<'_>) -> Result<Draft<'static>, Error> {
    let mut map = HeadMap::new();
    for kind in ObjectKind::ALL {
        let mut after = None;
        loop {
            let heads = tx.heads_in_tree(*kind, after, OBJECTS, MAX_SIZE).await?;
            let Some(last) = heads.last() else { break };
            after = Some(last.id);
            map.extend(&heads).map_err(BrokenTree::from)?;
        }
    }
    Ok(own(tx, Act::LogHeadmap).committing("heads", *map.head().root.bytes()))
}

/// Puts the entries into the tree, batch by batch, and gives its new head.
async fn integrate(tx: &mut Tx<'_>, mut edge: RightEdge, eids: &[Uuid]) -> Result<TreeHead, Error> {
    for batch in eids.chunks(BATCH) {
        let data = tx.integrate(edge.size(), batch).await?;
        let leaves: Vec<Hash> = data.iter().map(|commitment| tree::leaf(commitment)).collect();
        let written = edge.extend(&leaves).map_err(BrokenTree::from)?;
        tx.save_tiles(&written).await?;
    }
    Ok(edge.head())
}
