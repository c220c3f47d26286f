//! Whatever an adversary sends: nothing panics, and nothing false verifies.

use std::sync::LazyLock;

use proptest::prelude::*;
use senim::audit::checkpoint::SignedCheckpoint;
use senim::audit::note::{Note, NoteSignature};
use senim::audit::note_key::VerifierKey;
use senim::audit::proof::{consistency, inclusion, verify_consistency, verify_inclusion};
use senim::audit::tile::TilePath;
use senim::audit::tlog_proof::TlogProof;
use senim::audit::tree::{Hash, TreeHead};
use senim::audit::witness_policy::Policy;
use senim::audit::{bundle, tree};

use crate::ground::{Ground, to};

const SIZE: u64 = 300;

static GROUND: LazyLock<Ground> = LazyLock::new(|| Ground::new(SIZE));

/// What is done to a true proof.
#[derive(Debug, Clone)]
enum Harm {
    Truncate(usize),
    Extend([u8; 32]),
    ExtendWithItself,
    Swap(usize, usize),
    Flip(usize, usize),
    Drop(usize),
    Double(usize),
    Replace(Vec<[u8; 32]>),
}

fn harm() -> impl Strategy<Value = Harm> {
    let place = 0_usize..12;
    prop_oneof![
        place.clone().prop_map(Harm::Truncate),
        any::<[u8; 32]>().prop_map(Harm::Extend),
        Just(Harm::ExtendWithItself),
        (place.clone(), place.clone()).prop_map(|(a, b)| Harm::Swap(a, b)),
        (place.clone(), 0_usize..256).prop_map(|(at, bit)| Harm::Flip(at, bit)),
        place.clone().prop_map(Harm::Drop),
        place.prop_map(Harm::Double),
        proptest::collection::vec(any::<[u8; 32]>(), 0..80).prop_map(Harm::Replace),
    ]
}

fn harmed(proof: &[Hash], harm: &Harm) -> Vec<Hash> {
    let mut out = proof.to_vec();
    let within = |at: usize| at % proof.len().max(1);
    match harm {
        Harm::Truncate(keep) => out.truncate(*keep),
        Harm::Extend(bytes) => out.push(Hash::new(*bytes)),
        Harm::ExtendWithItself => out.extend_from_slice(proof),
        Harm::Replace(hashes) => out = hashes.iter().copied().map(Hash::new).collect(),
        _ if proof.is_empty() => {}
        Harm::Swap(a, b) => out.swap(within(*a), within(*b)),
        Harm::Flip(at, bit) => {
            let mut bytes = *out[within(*at)].bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            out[within(*at)] = Hash::new(bytes);
        }
        Harm::Drop(at) => drop(out.remove(within(*at))),
        Harm::Double(at) => out.insert(within(*at), proof[within(*at)]),
    }
    out
}

/// Sizes and indexes as an adversary picks them: near, far, at every edge.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..2 * SIZE,
        any::<u64>(),
        Just(u64::MAX),
        Just(1 << 63),
        (0_u32..64).prop_map(|bit| (1 << bit) - 1)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_harmed_inclusion_proof_does_not_verify(size in 1..=SIZE, pick: u64, harm in harm()) {
        let ground = &*GROUND;
        let index = pick % size;
        let proof = inclusion(ground, index, size).unwrap();
        let other = harmed(&proof, &harm);
        let verified = verify_inclusion(&other, ground.leaf(index), index, ground.head(size));
        prop_assert_eq!(verified.is_ok(), other == proof);
    }

    #[test]
    fn a_true_proof_is_one_for_its_place_alone(size in 1..=SIZE, pick: u64, index in number(), other in number()) {
        let ground = &*GROUND;
        let true_index = pick % size;
        let proof = inclusion(ground, true_index, size).unwrap();
        let leaf = ground.leaf(true_index);
        let head = *ground.head(size);
        prop_assert_eq!(verify_inclusion(&proof, leaf, index, &head).is_ok(), index == true_index);
        // Sizes that cut a tree alike on the way to this leaf share the shape of the proof, but never the root.
        let other = other % (SIZE + 1);
        let resized = *ground.head(other);
        prop_assert!(other == size || verify_inclusion(&proof, leaf, true_index, &resized).is_err());
        let other_leaf = ground.leaf((true_index + 1) % SIZE);
        prop_assert!(verify_inclusion(&proof, other_leaf, true_index, &head).is_err());
        prop_assert!(verify_inclusion(&proof, &head.root, true_index, &head).is_err() || size == 1);
    }

    #[test]
    fn a_harmed_consistency_proof_does_not_verify(new in 1..=SIZE, pick: u64, harm in harm()) {
        let ground = &*GROUND;
        let old = pick % (new + 1);
        let proof = consistency(ground, old, new).unwrap();
        let other = harmed(&proof, &harm);
        let verified = verify_consistency(&other, ground.head(old), ground.head(new));
        prop_assert_eq!(verified.is_ok(), other == proof);
    }

    #[test]
    fn a_fork_has_no_consistency_proof(new in 2..=SIZE, pick: u64, at: u64, harm in harm()) {
        let ground = &*GROUND;
        let old = 1 + pick % (new - 1);
        let mut leaves = ground.leaves()[..to(new)].to_vec();
        leaves[to(at % old)] = tree::leaf(b"rewritten");
        let forked = TreeHead { size: new, root: tree::root(&leaves) };
        let proof = consistency(ground, old, new).unwrap();
        prop_assert!(verify_consistency(&proof, ground.head(old), &forked).is_err());
        prop_assert!(verify_consistency(&harmed(&proof, &harm), ground.head(old), &forked).is_err());
    }

    #[test]
    fn random_hashes_prove_nothing(
        hashes in proptest::collection::vec(any::<[u8; 32]>().prop_map(Hash::new), 0..80),
        index in number(), old in number(), new in number(),
    ) {
        let (a, b) = (tree::leaf(b"a"), tree::leaf(b"b"));
        let (old, new) = (TreeHead { size: old, root: a }, TreeHead { size: new, root: b });
        prop_assert!(verify_inclusion(&hashes, &a, index, &new).is_err());
        prop_assert!(verify_consistency(&hashes, &old, &new).is_err());
        prop_assert!(verify_consistency(&hashes, &new, &old).is_err());
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes: Vec<u8>, text in "(\\PC|\n|— |\\+|/|x|[0-9]|=){0,80}", framed: Vec<u8>) {
        for bytes in [bytes.as_slice(), text.as_bytes(), &[text.as_bytes(), b"\n\n", &framed].concat()] {
            let _ = Note::parse(bytes);
            let _ = SignedCheckpoint::parse(bytes);
            let _ = Policy::parse(bytes);
            let _ = TlogProof::parse(bytes);
            let _ = TlogProof::parse(&[b"c2sp.org/tlog-proof@v1\n", bytes].concat());
            let _ = bundle::parse(bytes);
        }
        let _ = NoteSignature::parse(&text);
        let _ = NoteSignature::parse(&format!("— {text}"));
        let _ = VerifierKey::parse(&text);
        let _ = TilePath::parse(&text);
        let _ = TilePath::parse(&format!("tile/{text}"));
        let _ = Hash::from_base64(&text);
    }

    #[test]
    fn what_is_read_is_written_the_same(lines in proptest::collection::vec("[ -~а-я]{0,20}", 1..5), line in "— [!-*,-~]{1,9} [A-Za-z0-9/]{8,12}") {
        let whole = format!("{}\n\n{line}\n", lines.join("\n"));
        if let Ok(note) = Note::parse(whole.as_bytes()) {
            prop_assert_eq!(note.to_string(), whole);
        }
    }
}
