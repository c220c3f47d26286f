//! Proofs that a leaf is in a tree, and that a tree is the beginning of a larger one.
//!
//! Made by RFC 6962 sections 2.1.1 and 2.1.2 from the roots of complete subtrees; checked by RFC 9162 sections 2.1.3.2
//! and 2.1.4.2 from hashes alone. A proof from outside may be anything: it verifies or it does not.

use std::fmt;

use super::stored::TileError;
use super::tree::{self, Hash, TreeHead};

/// The longest proof, hashes: more than any tree of [`tree::MAX_SIZE`] leaves needs.
pub const MAX_HASHES: usize = 64;

/// A complete subtree: the `2^height` leaves from `index · 2^height` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subtree {
    /// Levels above the leaves, 0 to 63.
    pub height: u8,
    /// Position among the subtrees of this height.
    pub index: u64,
}

impl fmt::Display for Subtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of height {}", self.index, self.height)
    }
}

/// Gives the roots of complete subtrees.
pub trait Subtrees {
    /// The Merkle tree hash over the leaves of `subtree`.
    ///
    /// # Errors
    /// [`TileError`] where it cannot be had.
    fn root_of(&self, subtree: Subtree) -> Result<Hash, TileError>;
}

/// A tree whose leaves are all at hand.
impl Subtrees for [Hash] {
    fn root_of(&self, subtree: Subtree) -> Result<Hash, TileError> {
        let width = 1_usize.checked_shl(subtree.height.into());
        let first = usize::try_from(subtree.index).ok().and_then(|index| index.checked_mul(width?));
        let leaves = first.and_then(|first| self.get(first..first.checked_add(width?)?));
        let size = u64::try_from(self.len()).unwrap_or(u64::MAX);
        leaves.map(tree::root).ok_or(TileError::Outside { subtree, size })
    }
}

/// Why a proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// No such leaf, or no such older tree.
    #[error("{wanted} lies outside a tree of {size} leaves")]
    OutOfRange {
        /// The index or the older size.
        wanted: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// A hash of the tree is missing.
    #[error(transparent)]
    Tile(#[from] TileError),
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    /// No tree of this size has such a leaf or such a beginning.
    #[error("{wanted} lies outside a tree of {size} leaves")]
    OutOfRange {
        /// The index or the older size.
        wanted: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// Too many hashes or too few.
    #[error("the proof has another length than one for these sizes")]
    WrongLength,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    WrongRoot,
}

/// The root of the first `size` leaves.
///
/// # Errors
/// [`TileError`] where a hash cannot be had.
pub fn root(tree: &(impl Subtrees + ?Sized), size: u64) -> Result<Hash, TileError> {
    range(tree, 0, size)
}

/// The inclusion proof for the leaf at `index` in the tree of the first `size` leaves, leaf's sibling first:
/// `PATH(index, D[size])` of RFC 6962 section 2.1.1.
///
/// # Errors
/// [`ProofError`].
pub fn inclusion(tree: &(impl Subtrees + ?Sized), index: u64, size: u64) -> Result<Vec<Hash>, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { wanted: index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut proof = Vec::new();
    while end - start > 1 {
        let middle = start + left_half(end - start);
        if index < middle {
            proof.push(range(tree, middle, end)?);
            end = middle;
        } else {
            proof.push(range(tree, start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the first `old` of the first `new` leaves are a tree of their own: `PROOF(old, D[new])` of RFC 6962
/// section 2.1.2. It is empty where `old` is 0 or `new`.
///
/// # Errors
/// [`ProofError`].
pub fn consistency(tree: &(impl Subtrees + ?Sized), old: u64, new: u64) -> Result<Vec<Hash>, ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange { wanted: old, size: new });
    }
    let mut proof = Vec::new();
    if old == 0 || old == new {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    // SUBPROOF: `end` comes down to `old`; where only left halves were taken, its root is the old root, known already.
    while end != old {
        let middle = start + left_half(end - start);
        if old <= middle {
            proof.push(range(tree, middle, end)?);
            end = middle;
        } else {
            proof.push(range(tree, start, middle)?);
            start = middle;
        }
    }
    if start > 0 {
        proof.push(range(tree, start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `leaf` stands at `index` in the tree of `head` (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`BadProof`].
pub fn verify_inclusion(proof: &[Hash], leaf: &Hash, index: u64, head: &TreeHead) -> Result<(), BadProof> {
    if index >= head.size {
        return Err(BadProof::OutOfRange { wanted: index, size: head.size });
    }
    let mut way = Way { node: index, last: head.size - 1 };
    let mut root = *leaf;
    for sibling in proof {
        root = match way.up()? {
            Side::Left => tree::node(sibling, &root),
            Side::Right => tree::node(&root, sibling),
        };
    }
    way.arrived()?;
    if root == head.root { Ok(()) } else { Err(BadProof::WrongRoot) }
}

/// Checks that the tree of `old` is the beginning of the tree of `new` (RFC 9162 section 2.1.4.2). The empty tree is the
/// beginning of every tree; both that and a tree's consistency with itself have the empty proof alone.
///
/// # Errors
/// [`BadProof`].
pub fn verify_consistency(proof: &[Hash], old: &TreeHead, new: &TreeHead) -> Result<(), BadProof> {
    if old.size > new.size {
        return Err(BadProof::OutOfRange { wanted: old.size, size: new.size });
    }
    if old.size == 0 || old.size == new.size {
        return verify_trivial(proof, old, new);
    }
    // Where the old tree is complete, its root is where the proof starts.
    let complete = old.size.is_power_of_two();
    let mut hashes = complete.then_some(&old.root).into_iter().chain(proof);
    let first = *hashes.next().ok_or(BadProof::WrongLength)?;
    let mut way = Way { node: old.size - 1, last: new.size - 1 };
    way.skip(way.node.trailing_ones());
    let (mut old_root, mut new_root) = (first, first);
    for sibling in hashes {
        match way.up()? {
            Side::Left => {
                old_root = tree::node(sibling, &old_root);
                new_root = tree::node(sibling, &new_root);
            }
            Side::Right => new_root = tree::node(&new_root, sibling),
        }
    }
    way.arrived()?;
    if old_root == old.root && new_root == new.root { Ok(()) } else { Err(BadProof::WrongRoot) }
}

fn verify_trivial(proof: &[Hash], old: &TreeHead, new: &TreeHead) -> Result<(), BadProof> {
    if !proof.is_empty() {
        return Err(BadProof::WrongLength);
    }
    let empty = tree::empty();
    let fits = |head: &TreeHead| head.size > 0 || head.root == empty;
    let same = old.size != new.size || old.root == new.root;
    if fits(old) && fits(new) && same { Ok(()) } else { Err(BadProof::WrongRoot) }
}

/// On which side of the current node the next hash of a proof stands.
enum Side {
    Left,
    Right,
}

/// The way from a node to the root: positions of the node and of the last node on the current level (`fn` and `sn` of
/// RFC 9162).
struct Way {
    node: u64,
    last: u64,
}

impl Way {
    /// One step towards the root.
    fn up(&mut self) -> Result<Side, BadProof> {
        if self.last == 0 {
            return Err(BadProof::WrongLength);
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // A last node without a partner rises to where it has one.
            if self.node & 1 == 0 {
                self.skip(self.node.trailing_zeros());
            }
            Side::Left
        } else {
            Side::Right
        };
        self.skip(1);
        Ok(side)
    }

    fn skip(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    fn arrived(&self) -> Result<(), BadProof> {
        if self.last == 0 { Ok(()) } else { Err(BadProof::WrongLength) }
    }
}

/// The largest power of two below `size`, which is at least 2.
fn left_half(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root over the leaves from `start` to before `end`, where `start` is 0 or where RFC 6962 cuts a tree.
fn range(tree: &(impl Subtrees + ?Sized), mut start: u64, end: u64) -> Result<Hash, TileError> {
    let mut parts = Vec::new();
    while start < end {
        let height = start.trailing_zeros().min((end - start).ilog2());
        let subtree = Subtree { height: u8::try_from(height).unwrap_or(u8::MAX), index: start >> height };
        parts.push(tree.root_of(subtree)?);
        start += 1 << height;
    }
    Ok(tree::join(&parts).unwrap_or_else(tree::empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_at_hand_proves_each_of_its_leaves() {
        let leaves: Vec<Hash> = (0..70_u8).map(|n| tree::leaf(&[n])).collect();
        for size in 1..=70_u64 {
            let all = &leaves[..usize::try_from(size).unwrap()];
            let head = TreeHead { size, root: tree::root(all) };
            assert_eq!(root(all, size).unwrap(), head.root);
            for (index, leaf) in (0..).zip(all) {
                let proof = inclusion(all, index, size).unwrap();
                assert_eq!(verify_inclusion(&proof, leaf, index, &head), Ok(()));
            }
            assert!(root(all, size + 1).is_err(), "it has no such leaf");
        }
    }
}
