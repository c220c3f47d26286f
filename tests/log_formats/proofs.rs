//! Every proof of every tree of up to a thousand leaves: made in four ways, checked in three.
//!
//! All are made by us, by the words of the RFC and by both foreign crates, and checked by `tlog_tiles`. Hashing without
//! optimisation is slow, so our own check and that of `ct-merkle` see every proof of the smaller trees and of some larger
//! ones; with `SENIM_TEST_LONG` they see every one.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use senim::audit::proof::{consistency, inclusion, root, verify_consistency, verify_inclusion};
use senim::audit::tree::{Hash, TreeHead};
use sha2::Sha256;
use tlog_tiles::{Hash as Theirs, HashReader};

use crate::ground::{Ground, Naive, SIZES, record, to, to_u64};

/// Hashes in the order in which `tlog_tiles` counts them.
#[derive(Default)]
struct StoredHashes(Vec<Theirs>);

impl StoredHashes {
    fn push(&mut self, n: u64) {
        let added = tlog_tiles::stored_hashes(n, &record(n), self).unwrap();
        self.0.extend(added);
    }
}

impl HashReader for StoredHashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Theirs>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[to(*index)]).collect())
    }
}

pub fn theirs(hash: &Hash) -> Theirs {
    Theirs(*hash.bytes())
}

fn all_theirs(proof: &[Hash]) -> Vec<Theirs> {
    proof.iter().map(theirs).collect()
}

fn concat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().map(|hash| hash.bytes().as_slice()).collect::<Vec<_>>().concat()
}

fn ct_head(head: &TreeHead) -> RootHash<Sha256> {
    RootHash::new((*head.root.bytes()).into(), head.size)
}

/// Whether the slower checks see this tree.
fn looked_at_closely(size: u64) -> bool {
    let edge = |n: u64| n.is_power_of_two() || n.is_multiple_of(256) || n.is_multiple_of(97);
    size <= 130 || edge(size) || edge(size - 1) || std::env::var_os("SENIM_TEST_LONG").is_some()
}

#[test]
fn every_inclusion_proof_is_made_and_checked_alike() {
    let ground = Ground::new(SIZES);
    let naive = Naive::new(ground.leaves());
    let (mut stored, mut ct) = (StoredHashes::default(), MemoryBackedTree::<Sha256, [u8; 32]>::new());
    for size in 1..=SIZES {
        stored.push(size - 1);
        ct.push(record(size - 1));
        let (head, ct_head) = (ground.head(size), ct_head(ground.head(size)));
        assert_eq!(root(&ground, size).unwrap(), head.root);
        assert_eq!(tlog_tiles::tree_hash(size, &stored).unwrap(), theirs(&head.root));
        assert!(ct.root() == ct_head, "{size}");
        assert!(inclusion(&ground, size, size).is_err());
        for index in 0..size {
            let proof = inclusion(&ground, index, size).unwrap();
            let place = format_args!("{index} in {size}");
            assert_eq!(proof, naive.path(to(index), 0, to(size)), "{place}");
            assert_eq!(ct.prove_inclusion(to(index)).as_bytes(), concat(&proof), "{place}");
            let converted = all_theirs(&proof);
            assert_eq!(tlog_tiles::prove_record(size, index, &stored).unwrap(), converted, "{place}");
            let leaf = ground.leaf(index);
            tlog_tiles::check_record(&converted, size, theirs(&head.root), index, theirs(leaf)).unwrap();
            if looked_at_closely(size) {
                assert_eq!(verify_inclusion(&proof, leaf, index, head), Ok(()), "{place}");
                let proof = InclusionProof::try_from_bytes(concat(&proof)).unwrap();
                ct_head.verify_inclusion(&record(index), index, &proof).unwrap();
            }
        }
    }
    assert_eq!(to_u64(stored.0.len()), tlog_tiles::stored_hash_count(SIZES));
    assert!(inclusion(&ground, 0, 0).is_err());
}

#[test]
fn every_consistency_proof_is_made_and_checked_alike() {
    let ground = Ground::new(SIZES);
    let naive = Naive::new(ground.leaves());
    let (mut stored, mut ct) = (StoredHashes::default(), MemoryBackedTree::<Sha256, [u8; 32]>::new());
    for new in 1..=SIZES {
        stored.push(new - 1);
        ct.push(record(new - 1));
        let head = ground.head(new);
        assert!(consistency(&ground, new + 1, new).is_err());
        for old in 1..=new {
            let proof = consistency(&ground, old, new).unwrap();
            let place = format_args!("{old} to {new}");
            assert_eq!(proof, naive.subproof(to(old), 0, to(new), true), "{place}");
            assert_eq!(ct.prove_consistency(to(new - old)).as_bytes(), concat(&proof), "{place}");
            let (converted, older) = (all_theirs(&proof), ground.head(old));
            assert_eq!(tlog_tiles::prove_tree(new, old, &stored).unwrap(), converted, "{place}");
            tlog_tiles::check_tree(&converted, new, theirs(&head.root), old, theirs(&older.root)).unwrap();
            if looked_at_closely(new) {
                assert_eq!(verify_consistency(&proof, older, head), Ok(()), "{place}");
                let proof = ConsistencyProof::try_from_bytes(concat(&proof)).unwrap();
                ct_head(head).verify_consistency(&ct_head(older), &proof).unwrap();
            }
        }
    }
}

#[test]
fn the_empty_tree_begins_every_tree() {
    let ground = Ground::new(SIZES);
    assert_eq!(*ground.head(0), TreeHead::empty());
    assert_eq!(root(&ground, 0).unwrap(), TreeHead::empty().root);
    for size in 0..=SIZES {
        assert_eq!(consistency(&ground, 0, size).unwrap(), []);
        assert_eq!(verify_consistency(&[], &TreeHead::empty(), ground.head(size)), Ok(()));
        let false_empty = TreeHead { size: 0, root: ground.head(7).root };
        assert!(verify_consistency(&[], &false_empty, ground.head(size)).is_err());
    }
}
