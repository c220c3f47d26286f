//! Our tiles in the hands of `tlog_tiles`, and trees read back from tiles.

use std::collections::{BTreeMap, BTreeSet};

use senim::audit::edge::RightEdge;
use senim::audit::proof::{consistency, inclusion, root};
use senim::audit::stored::StoredTree;
use senim::audit::tile::{TileId, TilePath, changed_tiles, right_edge_tiles};
use senim::audit::tree::{Hash, TreeHead};
use tlog_tiles::{Tile, TileHashReader, TileReader};

use crate::ground::{Ground, SIZES, leaf, to, to_u64};
use crate::proofs::theirs;

type Files = BTreeMap<TileId, Vec<u8>>;

/// The tiles of a log that grew in these steps, partial ones and all.
fn grown(steps: &[u64]) -> (Files, TreeHead) {
    let (mut files, mut edge) = (Files::new(), RightEdge::empty());
    for step in steps {
        let leaves: Vec<Hash> = (edge.size()..edge.size() + step).map(leaf).collect();
        for tile in edge.extend(&leaves).unwrap() {
            assert_eq!(files.insert(tile.id, tile.bytes), None, "{} is written twice", tile.id);
        }
    }
    (files, edge.head())
}

/// The path as Go and its port write it: with the height of tiles.
fn their_path(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

fn ours(tile: &Tile) -> TileId {
    TileId::new(tile.level(), tile.level_index(), u16::try_from(tile.width()).unwrap()).unwrap()
}

struct Served<'f>(&'f Files);

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile| self.0.get(&ours(tile)).cloned().ok_or(tlog_tiles::Error::InvalidTile);
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

#[test]
fn tlog_tiles_names_the_same_tiles() {
    let sizes =
        (0..=SIZES).step_by(37).chain([255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000, 1_234_567]);
    let sizes: BTreeSet<u64> = sizes.collect();
    for from in &sizes {
        for to in sizes.range(from..).filter(|to| *to - from < 100_000) {
            let expected: BTreeSet<TileId> = Tile::new_tiles(8, *from, *to).iter().map(ours).collect();
            assert_eq!(changed_tiles(*from, *to).collect::<BTreeSet<_>>(), expected, "{from} to {to}");
        }
    }
    for (level, index, width) in
        [(0, 0, 256), (1, 999, 7), (2, 1_000, 255), (3, 1_234_067, 256), (7, u64::MAX / 256, 1)]
    {
        let path = their_path(&Tile::new(8, level, index, width, false));
        let tile = ours(&Tile::new(8, level, index, width, false));
        assert_eq!(tile.to_string(), path);
        assert_eq!(TilePath::parse(&path), Ok(TilePath::Hashes(tile)));
    }
}

#[test]
fn the_edge_grows_leaf_by_leaf_and_at_once_to_the_same_tiles() {
    let ground = Ground::new(SIZES);
    let (mut edge, mut files) = (RightEdge::empty(), Files::new());
    for size in 1..=SIZES {
        for tile in edge.extend(&[*ground.leaf(size - 1)]).unwrap() {
            files.insert(tile.id, tile.bytes);
        }
        assert_eq!(edge.head(), *ground.head(size));
        assert_eq!(RightEdge::read(&files, size).unwrap(), edge);
        if size % 9 > 0 && size % 256 > 1 {
            continue;
        }
        let mut at_once = RightEdge::empty();
        let written = at_once.extend(&ground.leaves()[..to(size)]).unwrap();
        assert_eq!(at_once, edge);
        assert!(written.iter().all(|tile| files.get(&tile.id) == Some(&tile.bytes)), "{size}");
        assert_eq!(written.len(), changed_tiles(0, size).count());
    }
}

#[test]
fn proofs_from_tiles_are_those_of_the_tree() {
    let ground = Ground::new(SIZES);
    let (files, _) = grown(&[3, 250, 3, 1, 300, 443]);
    // Roots and proofs of every older tree come from the tiles of the last one.
    let tree = StoredTree::new(&files, SIZES);
    for size in (0..=SIZES).step_by(83).chain([255, 256, 257, 512, 769]) {
        assert_eq!(root(&tree, size).unwrap(), ground.head(size).root);
        for other in (0..size).step_by(47).chain(size.checked_sub(1)) {
            assert_eq!(inclusion(&tree, other, size).unwrap(), inclusion(&ground, other, size).unwrap());
            assert_eq!(consistency(&tree, other, size).unwrap(), consistency(&ground, other, size).unwrap());
        }
    }
    assert!(root(&tree, SIZES + 1).is_err());
    assert!(inclusion(&tree, 0, u64::MAX).is_err());
    assert!(consistency(&tree, 1 << 63, u64::MAX).is_err());
}

#[test]
fn tlog_tiles_authenticates_our_tiles_and_refuses_others() {
    let (files, head) = grown(&[65_000, 800, 4_200]);
    assert_eq!(head.size, 70_000);
    let served = Served(&files);
    let reader = TileHashReader::new(head.size, theirs(&head.root), &served);
    let tree = StoredTree::new(&files, head.size);
    for index in [0, 1, 255, 256, 65_535, 65_536, 69_999] {
        let proof: Vec<_> = inclusion(&tree, index, head.size).unwrap().iter().map(theirs).collect();
        assert_eq!(tlog_tiles::prove_record(head.size, index, &reader).unwrap(), proof);
        tlog_tiles::check_record(&proof, head.size, theirs(&head.root), index, theirs(&leaf(index))).unwrap();
    }
    for old in [1, 255, 256, 65_000, 65_536, 65_800, 69_999, 70_000] {
        let proof: Vec<_> = consistency(&tree, old, head.size).unwrap().iter().map(theirs).collect();
        assert_eq!(tlog_tiles::prove_tree(head.size, old, &reader).unwrap(), proof);
        let old_root = theirs(&root(&tree, old).unwrap());
        tlog_tiles::check_tree(&proof, head.size, theirs(&head.root), old, old_root).unwrap();
    }
    for id in right_edge_tiles(head.size) {
        let mut altered = files.clone();
        altered.get_mut(&id).unwrap()[0] ^= 1;
        assert_ne!(RightEdge::read(&altered, head.size).unwrap().head(), head);
        let served = Served(&altered);
        let reader = TileHashReader::new(head.size, theirs(&head.root), &served);
        assert!(tlog_tiles::prove_record(head.size, head.size - 1, &reader).is_err(), "{id}");
    }
    assert_eq!(to_u64(files.values().filter(|bytes| bytes.len() == 8192).count()), 273 + 1);
}
