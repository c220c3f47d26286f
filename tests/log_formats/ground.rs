//! A tree that is hashed once, and the definitions of RFC 6962 section 2.1 as they stand there.

use std::cell::RefCell;
use std::collections::HashMap;

use senim::audit::proof::{Subtree, Subtrees};
use senim::audit::stored::TileError;
use senim::audit::tree::{self, Hash, TreeHead};

/// The largest tree of the exhaustive tests.
pub const SIZES: u64 = 1000;

/// Leaf `n` of every tree here.
pub fn record(n: u64) -> [u8; 32] {
    *tree::leaf(&n.to_be_bytes()).bytes()
}

pub fn leaf(n: u64) -> Hash {
    tree::leaf(&record(n))
}

pub fn to(n: u64) -> usize {
    usize::try_from(n).unwrap()
}

/// Roots of all complete subtrees and of all first parts of a tree.
pub struct Ground {
    levels: Vec<Vec<Hash>>,
    heads: Vec<TreeHead>,
}

impl Ground {
    pub fn new(size: u64) -> Self {
        let mut levels = vec![(0..size).map(leaf).collect::<Vec<_>>()];
        while levels.last().unwrap().len() > 1 {
            let below = levels.last().unwrap();
            levels.push(below.chunks_exact(2).map(|pair| tree::node(&pair[0], &pair[1])).collect());
        }
        let mut ground = Self { levels, heads: Vec::new() };
        let naive = Naive::new(&ground.levels[0]);
        ground.heads = (0..=size).map(|size| TreeHead { size, root: naive.root(0, to(size)) }).collect();
        ground
    }

    pub fn leaf(&self, n: u64) -> &Hash {
        &self.levels[0][to(n)]
    }

    pub fn leaves(&self) -> &[Hash] {
        &self.levels[0]
    }

    pub fn head(&self, size: u64) -> &TreeHead {
        &self.heads[to(size)]
    }
}

impl Subtrees for Ground {
    fn root_of(&self, subtree: Subtree) -> Result<Hash, TileError> {
        let level = self.levels.get(usize::from(subtree.height));
        let hash = level.and_then(|level| level.get(to(subtree.index)));
        hash.copied().ok_or(TileError::Outside { subtree, size: to_u64(self.levels[0].len()) })
    }
}

pub fn to_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap()
}

/// MTH, PATH and SUBPROOF of RFC 6962 section 2.1; equal ranges are hashed once.
pub struct Naive<'l> {
    leaves: &'l [Hash],
    known: RefCell<HashMap<(usize, usize), Hash>>,
}

impl<'l> Naive<'l> {
    pub fn new(leaves: &'l [Hash]) -> Self {
        Self { leaves, known: RefCell::default() }
    }

    /// MTH(D[from:to]).
    pub fn root(&self, from: usize, to: usize) -> Hash {
        match to - from {
            0 => return tree::empty(),
            1 => return self.leaves[from],
            _ => {}
        }
        if let Some(hash) = self.known.borrow().get(&(from, to)) {
            return *hash;
        }
        let middle = from + half(to - from);
        let hash = tree::node(&self.root(from, middle), &self.root(middle, to));
        self.known.borrow_mut().insert((from, to), hash);
        hash
    }

    /// PATH(m, D[from:to]).
    pub fn path(&self, m: usize, from: usize, to: usize) -> Vec<Hash> {
        if to - from <= 1 {
            return Vec::new();
        }
        let k = half(to - from);
        let (mut path, other) = if m < k {
            (self.path(m, from, from + k), self.root(from + k, to))
        } else {
            (self.path(m - k, from + k, to), self.root(from, from + k))
        };
        path.push(other);
        path
    }

    /// SUBPROOF(m, D[from:to], known).
    pub fn subproof(&self, m: usize, from: usize, to: usize, known: bool) -> Vec<Hash> {
        if m == to - from {
            return if known { Vec::new() } else { vec![self.root(from, to)] };
        }
        let k = half(to - from);
        let (mut proof, other) = if m <= k {
            (self.subproof(m, from, from + k, known), self.root(from + k, to))
        } else {
            (self.subproof(m - k, from + k, to, false), self.root(from, from + k))
        };
        proof.push(other);
        proof
    }
}

/// The largest power of two smaller than `n`.
fn half(n: usize) -> usize {
    n.next_power_of_two() / 2
}
