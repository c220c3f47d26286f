//! A tree that is stored as tiles: read from wherever they lie, one tile at a time.

use std::collections::BTreeMap;
use std::error::Error;

use super::proof::{Subtree, Subtrees};
use super::tile::{HEIGHT, TileId, WIDTH};
use super::tree::{self, HASH, Hash};

/// Why hashes of a tree could not be had.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// There is no such tile where they are kept.
    #[error("{0} is missing")]
    Missing(TileId),
    /// The tile has another length than its place demands.
    #[error("{tile} is {got} bytes long, {} belong there", tile.bytes())]
    Length {
        /// The tile.
        tile: TileId,
        /// Bytes found.
        got: usize,
    },
    /// The place where tiles are kept did not answer.
    #[error("{tile} cannot be read")]
    Unreadable {
        /// The tile.
        tile: TileId,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The tree is too small to hold this.
    #[error("the tree of {size} leaves holds no complete subtree {subtree}")]
    Outside {
        /// What was asked for.
        subtree: Subtree,
        /// Leaves of the tree.
        size: u64,
    },
}

/// Gives the bytes of tiles: files, rows, a map, or a closure over any of them.
pub trait TileReader {
    /// The bytes of `tile`. Where only the full tile at its place is left, that may be given instead of a partial one.
    ///
    /// # Errors
    /// [`TileError::Missing`] or [`TileError::Unreadable`].
    fn read(&self, tile: TileId) -> Result<Vec<u8>, TileError>;
}

impl<F: Fn(TileId) -> Result<Vec<u8>, TileError>> TileReader for F {
    fn read(&self, tile: TileId) -> Result<Vec<u8>, TileError> {
        self(tile)
    }
}

impl TileReader for BTreeMap<TileId, Vec<u8>> {
    fn read(&self, tile: TileId) -> Result<Vec<u8>, TileError> {
        let found = self.get(&tile).or_else(|| self.get(&tile.filled()));
        found.cloned().ok_or(TileError::Missing(tile))
    }
}

/// The hashes of a tile: exactly as many as its width.
///
/// # Errors
/// What the reader says, or [`TileError::Length`].
pub fn hashes(reader: &(impl TileReader + ?Sized), tile: TileId) -> Result<Vec<Hash>, TileError> {
    let bytes = reader.read(tile)?;
    if bytes.len() != tile.bytes() && bytes.len() != tile.filled().bytes() {
        return Err(TileError::Length { tile, got: bytes.len() });
    }
    Ok(bytes.chunks_exact(HASH).take(usize::from(tile.width())).filter_map(Hash::from_slice).collect())
}

/// The bytes of a tile that holds `hashes`.
#[must_use]
pub fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(hashes.len() * HASH);
    for hash in hashes {
        bytes.extend_from_slice(hash.bytes());
    }
    bytes
}

/// A tree of `size` leaves, read through its tiles. What it gives is as true as the tiles are: a proof made of it must
/// still be checked against a root that somebody vouches for.
#[derive(Debug)]
pub struct StoredTree<'r, R: ?Sized> {
    reader: &'r R,
    size: u64,
}

impl<'r, R: TileReader + ?Sized> StoredTree<'r, R> {
    /// The tree of `size` leaves whose tiles `reader` gives.
    pub const fn new(reader: &'r R, size: u64) -> Self {
        Self { reader, size }
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The place of a subtree's hashes: the tile, the first of them and their number.
    fn locate(&self, subtree: Subtree) -> Option<(TileId, usize, usize)> {
        let level = subtree.height / HEIGHT;
        let rise = u32::from(subtree.height % HEIGHT);
        let first = subtree.index.checked_mul(1_u64.checked_shl(rise)?)?;
        let tile = TileId::of_tree(self.size, level, first / u64::from(WIDTH))?;
        let skip = usize::try_from(first % u64::from(WIDTH)).ok()?;
        let count = 1_usize.checked_shl(rise)?;
        (skip + count <= usize::from(tile.width())).then_some((tile, skip, count))
    }
}

impl<R: TileReader + ?Sized> Subtrees for StoredTree<'_, R> {
    fn root_of(&self, subtree: Subtree) -> Result<Hash, TileError> {
        let (tile, skip, count) =
            self.locate(subtree).ok_or(TileError::Outside { subtree, size: self.size })?;
        let all = hashes(self.reader, tile)?;
        let part = all.get(skip..skip + count).ok_or(TileError::Length { tile, got: all.len() * HASH })?;
        Ok(tree::root(part))
    }
}
