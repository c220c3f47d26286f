//! Every proof of every tree of up to a thousand leaves: three ways to make it, three ways to check it.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use senim::audit::proof::{consistency, inclusion, root, verify_consistency, verify_inclusion};
use senim::audit::tree::{Hash, TreeHead};
use sha2::Sha256;
use tlog_tiles::{Hash as Theirs, HashReader};

use crate::ground::{Ground, Naive, SIZES, record, to, to_u64};

#[test]
fn every_inclusion_proof_is_that_of_the_rfc() {
    let ground = Ground::new(SIZES);
    let naive = Naive::new(ground.leaves());
    for size in 0..=SIZES {
        let head = ground.head(size);
        assert_eq!(root(&ground, size).unwrap(), head.root);
        assert!(inclusion(&ground, size, size).is_err());
        for index in 0..size {
            let proof = inclusion(&ground, index, size).unwrap();
            assert_eq!(proof, naive.path(to(index), 0, to(size)), "{index} in {size}");
            assert_eq!(
                verify_inclusion(&proof, ground.leaf(index), index, head),
                Ok(()),
                "{index} in {size}"
            );
        }
    }
}

#[test]
fn every_consistency_proof_is_that_of_the_rfc() {
    let ground = Ground::new(SIZES);
    let naive = Naive::new(ground.leaves());
    for new in 0..=SIZES {
        assert!(consistency(&ground, new + 1, new).is_err());
        for old in 0..=new {
            let proof = consistency(&ground, old, new).unwrap();
            if old > 0 {
                assert_eq!(proof, naive.subproof(to(old), 0, to(new), true), "{old} to {new}");
            }
            assert_eq!(
                verify_consistency(&proof, ground.head(old), ground.head(new)),
                Ok(()),
                "{old} to {new}"
            );
        }
    }
}

fn concat(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| *hash.bytes()).collect()
}

fn ct_head(head: &TreeHead) -> RootHash<Sha256> {
    RootHash::new((*head.root.bytes()).into(), head.size)
}

#[test]
fn ct_merkle_makes_and_checks_the_same_proofs() {
    let ground = Ground::new(SIZES);
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 32]>::new();
    for size in 1..=SIZES {
        theirs.push(record(size - 1));
        let head = ct_head(ground.head(size));
        assert!(theirs.root() == head, "{size}");
        for index in 0..size {
            let proof = concat(&inclusion(&ground, index, size).unwrap());
            assert_eq!(theirs.prove_inclusion(to(index)).as_bytes(), proof, "{index} in {size}");
            let proof = InclusionProof::<Sha256>::try_from_bytes(proof).unwrap();
            head.verify_inclusion(&record(index), index, &proof).unwrap();
        }
        for old in 1..=size {
            let proof = concat(&consistency(&ground, old, size).unwrap());
            assert_eq!(theirs.prove_consistency(to(size - old)).as_bytes(), proof, "{old} to {size}");
            if old < size {
                let proof = ConsistencyProof::<Sha256>::try_from_bytes(proof).unwrap();
                head.verify_consistency(&ct_head(ground.head(old)), &proof).unwrap();
            }
        }
    }
}

/// Hashes in the order in which `tlog_tiles` counts them.
pub struct StoredHashes(pub Vec<Theirs>);

impl HashReader for StoredHashes {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Theirs>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[to(*index)]).collect())
    }
}

pub fn theirs(hash: &Hash) -> Theirs {
    Theirs(*hash.bytes())
}

#[test]
fn tlog_tiles_makes_and_checks_the_same_proofs() {
    let ground = Ground::new(SIZES);
    let mut stored = StoredHashes(Vec::new());
    for size in 1..=SIZES {
        let added = tlog_tiles::stored_hashes(size - 1, &record(size - 1), &stored).unwrap();
        stored.0.extend(added);
        let root = theirs(&ground.head(size).root);
        assert_eq!(tlog_tiles::tree_hash(size, &stored).unwrap(), root);
        for index in 0..size {
            let proof: Vec<Theirs> = inclusion(&ground, index, size).unwrap().iter().map(theirs).collect();
            assert_eq!(tlog_tiles::prove_record(size, index, &stored).unwrap(), proof, "{index} in {size}");
            tlog_tiles::check_record(&proof, size, root, index, theirs(ground.leaf(index))).unwrap();
        }
        for old in 1..=size {
            let proof: Vec<Theirs> = consistency(&ground, old, size).unwrap().iter().map(theirs).collect();
            assert_eq!(tlog_tiles::prove_tree(size, old, &stored).unwrap(), proof, "{old} to {size}");
            tlog_tiles::check_tree(&proof, size, root, old, theirs(&ground.head(old).root)).unwrap();
        }
    }
    assert_eq!(to_u64(stored.0.len()), tlog_tiles::stored_hash_count(SIZES));
}
