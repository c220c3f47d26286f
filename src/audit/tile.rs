//! Tiles: where each stands, what its path is, which ones growth changes (C2SP tlog-tiles).
//!
//! A tile holds up to 256 consecutive hashes of one level; a hash of level `l` is the root over `256^l` leaves. So a
//! tile is a subtree of height 8 without its inner nodes. A full tile never changes; a partial one is replaced as the
//! tree grows, under another path.

use std::fmt;

use super::tree::HASH;

/// Hashes of a full tile, records of a full bundle.
pub const WIDTH: u16 = 256;
/// Levels of hashes between a tile and the one above it.
pub const HEIGHT: u8 = 8;
/// The highest level that a path may name.
pub const MAX_LEVEL: u8 = 63;

/// The path names no tile and no bundle of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not the path of a tile: expected tile/<level>/<index>[.p/<width>] or tile/entries/<index>[.p/<width>]"
)]
pub struct BadPath;

/// A tile's place: level, index within the level, and how many hashes it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    level: u8,
    index: u64,
    width: u16,
}

impl TileId {
    /// The tile with these coordinates; `None` where the level is above [`MAX_LEVEL`] or the width is not 1 to
    /// [`WIDTH`].
    #[must_use]
    pub const fn new(level: u8, index: u64, width: u16) -> Option<Self> {
        if level > MAX_LEVEL || width == 0 || width > WIDTH {
            None
        } else {
            Some(Self { level, index, width })
        }
    }

    /// The tile with this level and index in a tree of `size` leaves; `None` where such a tree has none there.
    #[must_use]
    pub fn of_tree(size: u64, level: u8, index: u64) -> Option<Self> {
        let before = index.checked_mul(u64::from(WIDTH))?;
        let held = level_size(size, level).checked_sub(before)?.min(u64::from(WIDTH));
        Self::new(level, index, u16::try_from(held).ok()?)
    }

    /// The level; 0 holds the hashes of leaves.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The index within the level.
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Number of hashes, 1 to [`WIDTH`].
    #[must_use]
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Whether the tile is full and so will never change.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.width == WIDTH
    }

    /// The full tile at the same place, which replaces this one one day.
    #[must_use]
    pub const fn filled(self) -> Self {
        Self { width: WIDTH, ..self }
    }

    /// Bytes of the tile.
    #[must_use]
    pub fn bytes(self) -> usize {
        usize::from(self.width) * HASH
    }
}

impl fmt::Display for TileId {
    /// The path, such as `tile/1/x001/x234/067.p/8`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_place(f, self.index, self.width)
    }
}

/// A bundle of published records: the leaf data behind a tile of level 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BundleId {
    index: u64,
    width: u16,
}

impl BundleId {
    /// The bundle with these coordinates; `None` where the width is not 1 to [`WIDTH`].
    #[must_use]
    pub const fn new(index: u64, width: u16) -> Option<Self> {
        if width == 0 || width > WIDTH { None } else { Some(Self { index, width }) }
    }

    /// The index: the first record's index divided by [`WIDTH`].
    #[must_use]
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Number of records, 1 to [`WIDTH`].
    #[must_use]
    pub const fn width(self) -> u16 {
        self.width
    }
}

impl fmt::Display for BundleId {
    /// The path, such as `tile/entries/x001/x234/067.p/8`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_place(f, self.index, self.width)
    }
}

/// What a path below the log's address may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TilePath {
    /// A tile of hashes.
    Hashes(TileId),
    /// A bundle of records.
    Entries(BundleId),
}

impl TilePath {
    /// Reads a path. What is accepted is exactly what [`fmt::Display`] writes, so a file has one name.
    ///
    /// # Errors
    /// [`BadPath`].
    pub fn parse(text: &str) -> Result<Self, BadPath> {
        let path = Self::read(text).ok_or(BadPath)?;
        if path.to_string() == text { Ok(path) } else { Err(BadPath) }
    }

    fn read(text: &str) -> Option<Self> {
        let (level, place) = text.strip_prefix("tile/")?.split_once('/')?;
        let (index, width) = match place.split_once(".p/") {
            Some((index, width)) => (index, width.parse().ok().filter(|width| *width < WIDTH)?),
            None => (place, WIDTH),
        };
        let index = read_index(index)?;
        if level == "entries" {
            return BundleId::new(index, width).map(Self::Entries);
        }
        TileId::new(level.parse().ok()?, index, width).map(Self::Hashes)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hashes(tile) => tile.fmt(f),
            Self::Entries(bundle) => bundle.fmt(f),
        }
    }
}

/// Three digits per path element, an `x` before all but the last: files and directories never share a name.
fn write_place(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let mut upper = Vec::new();
    let mut rest = index / 1000;
    while rest > 0 {
        upper.push(rest % 1000);
        rest /= 1000;
    }
    for element in upper.iter().rev() {
        write!(f, "x{element:03}/")?;
    }
    write!(f, "{:03}", index % 1000)?;
    if width < WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
}

fn read_index(text: &str) -> Option<u64> {
    let mut index: u64 = 0;
    for element in text.split('/') {
        let digits = element.strip_prefix('x').unwrap_or(element);
        index = index.checked_mul(1000)?.checked_add(u64::from(digits.parse::<u16>().ok()?))?;
    }
    Some(index)
}

/// Hashes of `level` in a tree of `size` leaves: complete subtrees of `256^level` leaves.
#[must_use]
pub fn level_size(size: u64, level: u8) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0)
}

/// The tiles that a tree of `to` leaves has and a tree of `from` leaves had not, or had narrower; lowest level first.
/// From 0 it is every tile of the tree.
pub fn changed_tiles(from: u64, to: u64) -> impl Iterator<Item = TileId> {
    (0..=MAX_LEVEL).take_while(move |level| level_size(to, *level) > 0).flat_map(move |level| {
        let (had, has) = (level_size(from, level), level_size(to, level));
        changed_places(had, has).filter_map(move |index| TileId::of_tree(to, level, index))
    })
}

/// The bundles that a log of `to` records has and one of `from` records had not, or had narrower.
pub fn changed_bundles(from: u64, to: u64) -> impl Iterator<Item = BundleId> {
    changed_places(from, to).filter_map(move |index| {
        let tile = TileId::of_tree(to, 0, index)?;
        BundleId::new(index, tile.width)
    })
}

/// Indexes of the places of [`WIDTH`] that differ between `had` and `has` items in a row.
fn changed_places(had: u64, has: u64) -> std::ops::Range<u64> {
    let width = u64::from(WIDTH);
    if has > had { had / width..has.div_ceil(width) } else { 0..0 }
}

/// The partial tiles of a tree: what must be read to recompute its root and to let it grow; lowest level first.
#[must_use]
pub fn right_edge_tiles(size: u64) -> Vec<TileId> {
    let levels = (0..=MAX_LEVEL).take_while(|level| level_size(size, *level) > 0);
    levels
        .filter_map(|level| TileId::of_tree(size, level, level_size(size, level) / u64::from(WIDTH)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        for (level, index, width, path) in [
            (0, 0, 256, "tile/0/000"),
            (0, 999, 256, "tile/0/999"),
            (0, 1000, 1, "tile/0/x001/000.p/1"),
            (1, 1_234_067, 256, "tile/1/x001/x234/067"),
            (63, 273, 112, "tile/63/273.p/112"),
            (7, u64::MAX, 255, "tile/7/x018/x446/x744/x073/x709/x551/615.p/255"),
        ] {
            let tile = TileId::new(level, index, width).unwrap();
            assert_eq!(tile.to_string(), path);
            assert_eq!(TilePath::parse(path), Ok(TilePath::Hashes(tile)));
            let entries = path.replacen(&format!("tile/{level}/"), "tile/entries/", 1);
            let bundle = BundleId::new(index, width).unwrap();
            assert_eq!(bundle.to_string(), entries);
            assert_eq!(TilePath::parse(&entries), Ok(TilePath::Entries(bundle)));
        }
    }

    #[test]
    fn a_file_has_one_name() {
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "/tile/0/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000",
            "tile/00/000",
            "tile/64/000",
            "tile/+1/000",
            "tile/-1/000",
            "tile/0/+00",
            "tile/0/x001",
            "tile/0/001/000",
            "tile/0/x000/001",
            "tile/0/x1/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000.p/1/",
            "tile/0/000/",
            "tile/0/../000",
            "tile/entries/",
            "tile/entries/0/000",
            "tile/data/000",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/8/0/000",
            "tile/0/000.P/1",
            "tile/0/٠٠٠",
            "tile/0/000 ",
            "tile/0/x001/x234/067.p/+8",
        ] {
            assert_eq!(TilePath::parse(path), Err(BadPath), "{path}");
        }
        assert_eq!(TileId::new(64, 0, 1), None);
        assert_eq!(TileId::new(0, 0, 0), None);
        assert_eq!(TileId::new(0, 0, 257), None);
        assert_eq!(BundleId::new(0, 0), None);
    }

    /// The example of tlog-tiles: 70,000 leaves.
    #[test]
    fn a_tree_has_the_tiles_of_the_specification() {
        let mut count: BTreeMap<(u8, u16), usize> = BTreeMap::new();
        for tile in changed_tiles(0, 70_000) {
            *count.entry((tile.level(), tile.width())).or_default() += 1;
        }
        let expected = [((0, 256), 273), ((0, 112), 1), ((1, 256), 1), ((1, 17), 1), ((2, 1), 1)];
        assert_eq!(count, BTreeMap::from(expected));
        let paths: Vec<String> = changed_tiles(0, 256).map(|tile| tile.to_string()).collect();
        assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(changed_tiles(0, 0).count(), 0);
        assert_eq!(changed_bundles(0, 70_000).count(), 274);
    }

    #[test]
    fn growth_changes_exactly_what_differs() {
        let all = |size| changed_tiles(0, size).collect::<std::collections::BTreeSet<_>>();
        for (from, to) in [
            (0, 1),
            (1, 2),
            (255, 256),
            (256, 257),
            (255, 257),
            (256, 512),
            (300, 70_000),
            (65_535, 65_536),
            (5, 5),
            (9, 5),
        ] {
            let expected: Vec<TileId> =
                if from > to { Vec::new() } else { all(to).difference(&all(from)).copied().collect() };
            let mut got: Vec<TileId> = changed_tiles(from, to).collect();
            got.sort_unstable();
            assert_eq!(got, expected, "{from} to {to}");
        }
        let bundles: Vec<String> = changed_bundles(300, 512).map(|bundle| bundle.to_string()).collect();
        assert_eq!(bundles, ["tile/entries/001"]);
    }

    #[test]
    fn huge_trees_have_an_edge_too() {
        let edge: Vec<String> = right_edge_tiles(u64::MAX).iter().map(ToString::to_string).collect();
        assert_eq!(edge.len(), 8);
        assert_eq!(edge.last().unwrap(), "tile/7/000.p/255");
        assert_eq!(right_edge_tiles(70_000).len(), 3);
        assert_eq!(right_edge_tiles(65_536), [TileId::new(2, 0, 1).unwrap()]);
        assert!(right_edge_tiles(0).is_empty());
        assert_eq!(TileId::of_tree(u64::MAX, 0, u64::MAX), None);
        assert_eq!(TileId::of_tree(u64::MAX, 63, 0), None);
    }
}
