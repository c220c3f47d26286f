//! The hash tree of RFC 6962 section 2.1.
//!
//! A leaf is `SHA-256(0x00 ‖ data)`, a node `SHA-256(0x01 ‖ left ‖ right)`, the empty tree `SHA-256("")`. The data of
//! our leaves is the 32-byte commitment of an entry ([`super::entry::Entry::commitment`]).

use std::fmt;

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// Bytes of a hash.
pub const HASH: usize = 32;
/// The largest tree: what the database and the time stamps of cosignatures can count, 2^63 − 1.
pub const MAX_SIZE: u64 = u64::MAX >> 1;

const LEAF_PREFIX: [u8; 1] = [0];
const NODE_PREFIX: [u8; 1] = [1];

/// The hash of a leaf, of a node or of a whole tree. Shown in base64, as the formats of the log do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; HASH]);

impl Hash {
    /// Takes the bytes.
    #[must_use]
    pub const fn new(bytes: [u8; HASH]) -> Self {
        Self(bytes)
    }

    /// Copies `bytes`; `None` unless there are exactly [`HASH`].
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads base64 (RFC 4648 section 4, padded); `None` unless it is the one way to write [`HASH`] bytes.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::from_slice(&BASE64.decode(text.as_bytes()).ok()?)
    }

    /// Reads hex of any case.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        Self::from_slice(&HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?)
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; HASH] {
        &self.0
    }

    /// The bytes in lower-case hex.
    #[must_use]
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The bytes in base64.
    #[must_use]
    pub fn base64(&self) -> String {
        BASE64.encode(&self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base64())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// In base64, as it is shown.
impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_base64(&text).ok_or_else(|| de::Error::custom("no hash in base64"))
    }
}

/// How large a tree is and what its root is: all that a checkpoint says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// The Merkle tree hash over them.
    pub root: Hash,
}

impl TreeHead {
    /// The head of the empty tree.
    #[must_use]
    pub fn empty() -> Self {
        Self { size: 0, root: empty() }
    }
}

/// The hash of a leaf: `SHA-256(0x00 ‖ data)`.
#[must_use]
pub fn leaf(data: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(LEAF_PREFIX).chain_update(data).finalize().into())
}

/// The hash of a node: `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update(NODE_PREFIX).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The root of the empty tree: `SHA-256("")`.
#[must_use]
pub fn empty() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// The Merkle tree hash over consecutive leaf hashes, or over the roots of consecutive complete trees of one size.
///
/// Level by level: pairs become nodes and a last one without a partner rises as it is. That is the tree of RFC 6962,
/// whose left half is always the largest complete one.
#[must_use]
pub fn root(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.chunks(2).filter_map(pair).collect();
    }
    level.first().copied().unwrap_or_else(empty)
}

fn pair(chunk: &[Hash]) -> Option<Hash> {
    match chunk {
        [left, right] => Some(node(left, right)),
        [single] => Some(*single),
        _ => None,
    }
}

/// The root of a tree whose complete parts, largest first, have these roots; `None` for no parts.
#[must_use]
pub fn join(parts: &[Hash]) -> Option<Hash> {
    parts.iter().rev().copied().reduce(|right, left| node(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 section 2.1 as it stands there: halves at the largest power of two below the size.
    fn recursive(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty(),
            [only] => *only,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node(&recursive(left), &recursive(right))
            }
        }
    }

    #[test]
    fn known_hashes() {
        assert_eq!(empty().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(leaf(b"").hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(TreeHead::empty(), TreeHead { size: 0, root: root(&[]) });
    }

    #[test]
    fn the_root_is_the_one_of_the_recursion() {
        let leaves: Vec<Hash> = (0_u16..300).map(|n| leaf(&n.to_be_bytes())).collect();
        for size in 0..=leaves.len() {
            assert_eq!(root(&leaves[..size]), recursive(&leaves[..size]), "{size}");
        }
    }

    #[test]
    fn a_leaf_is_no_node() {
        let (a, b) = (leaf(b"a"), leaf(b"b"));
        let both: Vec<u8> = [a.bytes().as_slice(), b.bytes()].concat();
        assert_ne!(leaf(&both), node(&a, &b));
        assert_ne!(node(&a, &b), node(&b, &a));
    }

    #[test]
    fn hashes_are_written_in_one_way() {
        let hash = leaf(b"a");
        assert_eq!(Hash::from_base64(&hash.to_string()), Some(hash));
        let text = hash.base64();
        for wrong in
            [text.trim_end_matches('=').to_owned(), format!("{text}\n"), "AAAA".to_owned(), String::new()]
        {
            assert_eq!(Hash::from_base64(&wrong), None, "{wrong:?}");
        }
        // The last symbol before the padding carries two bits that must be zero.
        assert_eq!(Hash::from_base64(&format!("{}B=", "A".repeat(42))), None);
        assert_eq!(Hash::from_slice(&[0; 31]), None);
    }
}
