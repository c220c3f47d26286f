//! The right edge of a tree: enough of it to recompute its root and to let it grow.
//!
//! Whoever extends a log reads the partial tiles of the tree ([`super::tile::right_edge_tiles`]), recomputes the root
//! and stops where it differs from the one that is vouched for. Then leaves are taken in, and out come the new root and
//! every tile that changed.

use super::stored::{self, TileError, TileReader};
use super::tile::{self, TileId, WIDTH};
use super::tree::{self, Hash, MAX_SIZE, TreeHead};

/// The tree would have more than [`MAX_SIZE`] leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree cannot have more than {MAX_SIZE} leaves")]
pub struct TooLarge;

/// A tile to be written, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTile {
    /// Its place.
    pub id: TileId,
    /// Its bytes: `id.width()` hashes.
    pub bytes: Vec<u8>,
}

/// The right edge of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RightEdge {
    size: u64,
    /// The hashes of the partial tile of each level, fewer than [`WIDTH`] each, lowest level first.
    rows: Vec<Vec<Hash>>,
}

impl RightEdge {
    /// The edge of the empty tree.
    #[must_use]
    pub const fn empty() -> Self {
        Self { size: 0, rows: Vec::new() }
    }

    /// Reads the edge of the tree of `size` leaves from its partial tiles. Compare [`Self::head`] with the head that is
    /// vouched for before using it.
    ///
    /// # Errors
    /// [`TileError`] where a tile is missing or has another length.
    pub fn read(reader: &(impl TileReader + ?Sized), size: u64) -> Result<Self, TileError> {
        let mut rows = Vec::new();
        for id in tile::right_edge_tiles(size) {
            rows.resize_with(usize::from(id.level()) + 1, Vec::new);
            if let Some(row) = rows.last_mut() {
                *row = stored::hashes(reader, id)?;
            }
        }
        Ok(Self { size, rows })
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut parts = Vec::new();
        for row in self.rows.iter().rev() {
            let mut rest = row.as_slice();
            while !rest.is_empty() {
                let (complete, after) = rest.split_at(1 << rest.len().ilog2());
                parts.push(tree::root(complete));
                rest = after;
            }
        }
        tree::join(&parts).unwrap_or_else(tree::empty)
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// Takes in the hashes of new leaves, in their order, and gives every tile that is now new or wider, once.
    ///
    /// # Errors
    /// [`TooLarge`]; the edge is then as it was.
    pub fn extend(&mut self, leaves: &[Hash]) -> Result<Vec<WrittenTile>, TooLarge> {
        let from = self.size;
        let added = u64::try_from(leaves.len()).ok().ok_or(TooLarge)?;
        let to = from.checked_add(added).filter(|size| *size <= MAX_SIZE).ok_or(TooLarge)?;
        let mut written = Vec::new();
        for leaf in leaves {
            self.push(*leaf, &mut written);
        }
        let partial = tile::right_edge_tiles(to)
            .into_iter()
            .filter(|id| tile::level_size(to, id.level()) > tile::level_size(from, id.level()));
        for id in partial {
            let row = self.rows.get(usize::from(id.level())).map(Vec::as_slice).unwrap_or_default();
            written.push(WrittenTile { id, bytes: stored::tile_bytes(row) });
        }
        Ok(written)
    }

    /// Adds one leaf; a row that becomes full is written and rises as one hash.
    fn push(&mut self, leaf: Hash, written: &mut Vec<WrittenTile>) {
        self.size += 1;
        let mut hash = leaf;
        let mut level = 0;
        loop {
            let at = usize::from(level);
            if self.rows.len() <= at {
                self.rows.push(Vec::new());
            }
            let Some(row) = self.rows.get_mut(at) else { return };
            row.push(hash);
            if row.len() < usize::from(WIDTH) {
                return;
            }
            let full = std::mem::take(row);
            let index = tile::level_size(self.size, level) / u64::from(WIDTH) - 1;
            if let Some(id) = TileId::new(level, index, WIDTH) {
                written.push(WrittenTile { id, bytes: stored::tile_bytes(&full) });
            }
            hash = tree::root(&full);
            level += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::audit::tile::changed_tiles;

    fn leaves(from: u32, to: u32) -> Vec<Hash> {
        (from..to).map(|n| tree::leaf(&n.to_be_bytes())).collect()
    }

    #[test]
    fn an_edge_grows_like_the_tree() {
        for steps in [vec![1, 1, 1, 253, 1, 255], vec![300, 0, 65_236, 1, 700], vec![65_536], vec![511, 2]] {
            let (mut edge, mut store, mut size) = (RightEdge::empty(), BTreeMap::new(), 0);
            for step in steps {
                let written = edge.extend(&leaves(size, size + step)).unwrap();
                let mut ids: Vec<TileId> = written.iter().map(|tile| tile.id).collect();
                ids.sort_unstable();
                let mut expected: Vec<TileId> =
                    changed_tiles(u64::from(size), u64::from(size + step)).collect();
                expected.sort_unstable();
                assert_eq!(ids, expected);
                assert!(written.iter().all(|tile| tile.bytes.len() == tile.id.bytes()));
                store.extend(written.into_iter().map(|tile| (tile.id, tile.bytes)));
                size += step;
                assert_eq!(edge.root(), tree::root(&leaves(0, size)));
                let read = RightEdge::read(&store, u64::from(size)).unwrap();
                assert_eq!(read.head(), edge.head());
            }
        }
    }

    #[test]
    fn an_altered_edge_has_another_root() {
        let (mut edge, mut store) = (RightEdge::empty(), BTreeMap::new());
        store.extend(edge.extend(&leaves(0, 300)).unwrap().into_iter().map(|tile| (tile.id, tile.bytes)));
        for id in tile::right_edge_tiles(300) {
            let mut altered = store.clone();
            altered.get_mut(&id).unwrap()[0] ^= 1;
            assert_ne!(RightEdge::read(&altered, 300).unwrap().root(), edge.root());
            altered.get_mut(&id).unwrap().pop();
            assert!(matches!(RightEdge::read(&altered, 300), Err(TileError::Length { .. })));
            altered.remove(&id);
            assert!(
                matches!(RightEdge::read(&altered, 300), Err(TileError::Missing(missing)) if missing == id)
            );
        }
    }

    #[test]
    fn no_tree_is_larger_than_can_be_counted() {
        let zeros = |id: TileId| Ok::<_, TileError>(vec![0; id.bytes()]);
        let mut edge = RightEdge::read(&zeros, MAX_SIZE).unwrap();
        let before = edge.clone();
        assert_eq!(edge.extend(&leaves(0, 1)), Err(TooLarge));
        assert_eq!(edge, before);
        assert_eq!(edge.extend(&[]), Ok(Vec::new()));
        let mut edge = RightEdge::read(&zeros, MAX_SIZE - 1).unwrap();
        assert_eq!(edge.extend(&leaves(0, 1)).unwrap().len(), 1);
    }
}
