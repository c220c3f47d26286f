//! The head map: a tree over the last entry of every object, whose root the log takes in once a day (`log.headmap`).
//!
//! A leaf is `kind ‖ 0x00 ‖ id (16 bytes) ‖ n (32 bits, big endian) ‖ commitment (32 bytes)`, in the order of these bytes;
//! the tree is that of RFC 6962. Whoever shows `n` entries of an object, chained, and that the last one is its leaf in the
//! map, has shown the object's whole history: nothing newer was kept back, and an object that is not in the map lies
//! between two neighbours that are.
//!
//! The entry stands first in its epoch's leaves and the map covers exactly the leaves before it, so everybody who has the
//! entries can make the map again.

use uuid::Uuid;

use super::edge::{RightEdge, TooLarge};
use super::entry::ObjectKind;
use super::tree::{self, Hash, TreeHead};

/// The newest entry of an object that is in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectHead {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its audit id.
    pub id: Uuid,
    /// The entry's number in the object's history, from 1.
    pub n: u32,
    /// The entry's commitment.
    pub commitment: [u8; 32],
}

impl ObjectHead {
    /// The leaf's data. Sorted as bytes these are sorted by kind and id: no kind is the beginning of another.
    #[must_use]
    pub fn leaf_data(&self) -> Vec<u8> {
        [self.key().as_slice(), &self.n.to_be_bytes(), &self.commitment].concat()
    }

    /// What the leaf's data begin with, and by which they are in order.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        key(self.kind, self.id)
    }

    /// The leaf's hash.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        tree::leaf(&self.leaf_data())
    }
}

/// What the data of an object's leaf begin with: `kind ‖ 0x00 ‖ id`.
#[must_use]
pub fn key(kind: ObjectKind, id: Uuid) -> Vec<u8> {
    [kind.code().as_bytes(), &[0], id.as_bytes()].concat()
}

/// A map in the making: takes heads in their order, keeps only what the root needs.
#[derive(Debug, Clone, Default)]
pub struct HeadMap(RightEdge);

impl HeadMap {
    /// A map of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next heads.
    ///
    /// # Errors
    /// [`TooLarge`].
    pub fn extend(&mut self, heads: &[ObjectHead]) -> Result<(), TooLarge> {
        let leaves: Vec<Hash> = heads.iter().map(ObjectHead::leaf).collect();
        self.0.extend(&leaves).map(|_tiles| ())
    }

    /// Number of objects, and the root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.0.head()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(kind: ObjectKind, id: u128) -> ObjectHead {
        ObjectHead { kind, id: Uuid::from_u128(id), n: 258, commitment: [7; 32] }
    }

    #[test]
    fn a_leaf_is_pinned() {
        let expected = [b"case\0".as_slice(), &[0; 15], &[9], &[0, 0, 1, 2], &[7; 32]].concat();
        assert_eq!(head(ObjectKind::Case, 9).leaf_data(), expected);
    }

    #[test]
    fn the_kinds_are_listed_in_the_order_of_leaves() {
        let ordered: Vec<Vec<u8>> = ObjectKind::ALL
            .iter()
            .flat_map(|kind| [head(*kind, 0), head(*kind, 1), head(*kind, u128::MAX)])
            .map(|head| head.leaf_data())
            .collect();
        assert!(ordered.is_sorted());
    }

    #[test]
    fn the_root_is_that_of_the_tree_over_the_leaves() {
        let heads: Vec<ObjectHead> = (0..600).map(|id| head(ObjectKind::Case, id)).collect();
        let mut map = HeadMap::new();
        for part in heads.chunks(77) {
            map.extend(part).unwrap();
        }
        let leaves: Vec<Hash> = heads.iter().map(ObjectHead::leaf).collect();
        assert_eq!(map.head(), TreeHead { size: 600, root: tree::root(&leaves) });
    }
}
