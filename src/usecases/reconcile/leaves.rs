//! Leaves against entries, tiles against leaves, the tree's state and every signed head against the root that they give.

use std::collections::BTreeMap;

use super::{BATCH, Findings, Part, Progress, outside::Kept};
use crate::{
    audit::{
        checkpoint::SignedCheckpoint,
        edge::{RightEdge, WrittenTile},
        tile::TileId,
        tree::{self, Hash, TreeHead},
        verify::Report,
    },
    storage::{Db, StorageError, snapshot::PlacedEntry},
    usecases::{error::Error, sequence_log::BrokenTree},
};

/// Compares the tree.
pub(super) async fn compare(
    db: &mut Db<'_>,
    kept: Option<&Kept>,
    progress: Progress<'_>,
    report: &mut Report,
) -> Result<(), Error> {
    let mut pass = Pass {
        edge: RightEdge::empty(),
        partial: BTreeMap::new(),
        heads: signed_heads(db).await?,
        kept,
        findings: Findings::of("tree"),
        report,
    };
    let mut after = None;
    loop {
        let page = db.placed_entries(after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.idx);
        let mut rest = page.as_slice();
        while !rest.is_empty() {
            let (part, after) = rest.split_at(pass.until_next_head(rest.len()));
            pass.take(db, part).await?;
            rest = after;
        }
        progress(Part::Leaves, pass.edge.size());
    }
    pass.finish(db).await
}

/// The heads that were signed, by size; one that cannot be read stands there without a root.
async fn signed_heads(db: &mut Db<'_>) -> Result<BTreeMap<u64, Option<Hash>>, StorageError> {
    let head = |(size, note): (i64, String)| {
        let signed = SignedCheckpoint::parse(note.as_bytes()).ok().map(|signed| *signed.head());
        let size = u64::try_from(size).unwrap_or(0);
        (size, signed.filter(|head| head.size == size).map(|head| head.root))
    };
    Ok(db.signed_heads().await?.into_iter().map(head).collect())
}

struct Pass<'p> {
    edge: RightEdge,
    /// Tiles that are not whole yet.
    partial: BTreeMap<(u8, u64), WrittenTile>,
    heads: BTreeMap<u64, Option<Hash>>,
    kept: Option<&'p Kept>,
    findings: Findings,
    report: &'p mut Report,
}

impl Pass<'_> {
    /// How many of the next leaves may be taken before a head has to be looked at.
    fn until_next_head(&self, most: usize) -> usize {
        let size = self.edge.size();
        let next =
            self.heads.range(size.saturating_add(1)..).next().map(|(next, _)| next.saturating_sub(size));
        next.and_then(|next| usize::try_from(next).ok()).map_or(most, |next| next.min(most))
    }

    async fn take(&mut self, db: &mut Db<'_>, part: &[PlacedEntry]) -> Result<(), Error> {
        let mut leaves = Vec::with_capacity(part.len());
        for (place, leaf) in (self.edge.size()..).zip(part) {
            let mut add = |sentence: String| self.findings.add(self.report, sentence);
            if u64::try_from(leaf.idx) != Ok(place) {
                add(format!("Leaf {place} of the tree is missing; {} stands in its place.", leaf.idx));
            }
            match &leaf.commitment {
                None => add(format!("The entry of leaf {place} was removed.")),
                Some(entry) if *entry != leaf.data => {
                    add(format!(
                        "Leaf {place} does not hold the commitment of its entry: the entry was changed."
                    ));
                }
                Some(_) => {}
            }
            if self.kept.and_then(|kept| kept.leaf(place)).is_some_and(|known| leaf.data != known) {
                add(format!("Leaf {place} is another than in the bundle: the record was rewritten."));
            }
            leaves.push(tree::leaf(&leaf.data));
        }
        for tile in self.edge.extend(&leaves).map_err(BrokenTree::from)? {
            if tile.id.is_full() {
                self.partial.remove(&(tile.id.level(), tile.id.index()));
                self.tile(db, &tile).await?;
            } else {
                self.partial.insert((tile.id.level(), tile.id.index()), tile);
            }
        }
        self.head();
        Ok(())
    }

    /// The signed head of just this size.
    fn head(&mut self) {
        let TreeHead { size, root } = self.edge.head();
        if self.heads.get(&size).is_some_and(|signed| *signed != Some(root)) {
            let sentence = format!(
                "The signed head of {size} leaves is not that of these leaves: the record was rewritten."
            );
            self.findings.add(self.report, sentence);
        }
    }

    async fn tile(&mut self, db: &mut Db<'_>, tile: &WrittenTile) -> Result<(), StorageError> {
        let id: TileId = tile.id;
        let stored = db.tiles(&[id]).await?.whole(id);
        if stored.ok().as_ref() != Some(&tile.bytes) {
            self.findings.add(self.report, format_args!("The tile {id} is not that of the leaves."));
        }
        Ok(())
    }

    async fn finish(mut self, db: &mut Db<'_>) -> Result<(), Error> {
        for tile in std::mem::take(&mut self.partial).into_values() {
            self.tile(db, &tile).await?;
        }
        let head = self.edge.head();
        let state = db.tree_state().await?.map(|state| state.head);
        let (size, mut add) = (head.size, |sentence: String| self.findings.add(self.report, sentence));
        match &state {
            None if size > 0 => add(format!("The tree has {size} leaves, and its state was removed.")),
            Some(state) if state.size != size => {
                add(format!("The tree says that it has {} leaves; it has {size}.", state.size));
            }
            Some(state) if state.root != head.root => {
                add("The tree names another root than its leaves give.".to_owned());
            }
            _ => {}
        }
        if let Some((larger, _)) = self.heads.range(size.saturating_add(1)..).next_back() {
            add(format!("A head of {larger} leaves was signed; the tree has {size}: leaves were removed."));
        }
        let heads = self.heads.len();
        self.report.head = state;
        self.findings.finish(
            self.report,
            format_args!("The {size} leaves are those of their entries and give the tree's tiles, its root and {heads} signed heads."),
        );
        Ok(())
    }
}
