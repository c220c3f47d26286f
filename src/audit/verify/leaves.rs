//! Whether the entries are those whose tree was signed: commitments, bundles, tiles, roots.

use std::collections::BTreeMap;

use super::{
    heads::{Heads, KnownHead},
    report::{Outcome, Report},
    source::Source,
};
use crate::audit::{
    bundle,
    edge::{RightEdge, WrittenTile},
    tile::{BundleId, TileId, TilePath, WIDTH},
    tree::{self, Hash},
};

/// Takes the commitments one after the other.
pub(super) struct Leaves<'s> {
    source: &'s dyn Source,
    known: Vec<KnownHead>,
    size: u64,
    edge: RightEdge,
    /// Commitments since the last whole bundle.
    chunk: Vec<[u8; 32]>,
    /// Tiles that are not whole yet.
    partial: BTreeMap<(u8, u64), WrittenTile>,
    broken: Option<u64>,
    missing: Option<String>,
}

impl<'s> Leaves<'s> {
    pub(super) fn new(source: &'s dyn Source, heads: &Heads) -> Self {
        Self {
            source,
            known: heads.known.clone(),
            size: heads.newest.size,
            edge: RightEdge::empty(),
            chunk: Vec::new(),
            partial: BTreeMap::new(),
            broken: None,
            missing: None,
        }
    }

    /// Takes the next commitment.
    pub(super) fn push(&mut self, commitment: [u8; 32], report: &mut Report) {
        self.chunk.push(commitment);
        let count = self.edge.size().saturating_add(u64::try_from(self.chunk.len()).unwrap_or(u64::MAX));
        let passes = self.known.iter().any(|known| known.head.size == count);
        if passes || self.chunk.len() == usize::from(WIDTH) || count.is_multiple_of(u64::from(WIDTH)) {
            self.flush(report);
        }
    }

    fn flush(&mut self, report: &mut Report) {
        let from = self.edge.size();
        let chunk = std::mem::take(&mut self.chunk);
        self.compare_records(from, &chunk, report);
        let leaves: Vec<Hash> = chunk.iter().map(|commitment| tree::leaf(commitment)).collect();
        let Ok(written) = self.edge.extend(&leaves) else { return };
        for tile in written {
            self.keep(tile, report);
        }
        let head = self.edge.head();
        for known in self.known.iter().filter(|known| known.head.size == head.size && head.size > 0) {
            if known.head.root != head.root {
                report.add(
                    "consistency",
                    Outcome::Finding,
                    format_args!(
                        "The entries do not give the root of {}: history was rewritten.",
                        known.what
                    ),
                );
            }
        }
    }

    /// The published records of these entries.
    fn compare_records(&mut self, from: u64, chunk: &[[u8; 32]], report: &mut Report) {
        let width = u64::from(WIDTH);
        let index = from / width;
        let has = self.size.saturating_sub(index.saturating_mul(width)).min(width);
        let Some(id) = u16::try_from(has).ok().and_then(|has| BundleId::new(index, has)) else { return };
        let path = TilePath::Entries(id).to_string();
        let Some(records) = self.read(&path).map(|bytes| bundle::parse(&bytes)) else { return };
        let Ok(records) = records else {
            report.add_at("records", from, format_args!("{path} is malformed."));
            return;
        };
        let skip = usize::try_from(from % width).unwrap_or(0);
        for (offset, commitment) in (0_u64..).zip(chunk) {
            let at = skip.saturating_add(usize::try_from(offset).unwrap_or(0));
            if records.get(at) != Some(commitment) {
                self.broken(from.saturating_add(offset), report);
                return;
            }
        }
    }

    fn broken(&mut self, index: u64, report: &mut Report) {
        if self.broken.is_none() {
            self.broken = Some(index);
            report.add_at(
                "entries",
                index,
                format_args!("Entry {index} does not open the commitment in the log."),
            );
        }
    }

    /// A whole tile is compared at once, a partial one at the end, when it is as wide as the tree has it.
    fn keep(&mut self, tile: WrittenTile, report: &mut Report) {
        let place = (tile.id.level(), tile.id.index());
        if tile.id.is_full() {
            self.partial.remove(&place);
            self.compare_tile(&tile, report);
        } else {
            self.partial.insert(place, tile);
        }
    }

    fn compare_tile(&mut self, tile: &WrittenTile, report: &mut Report) {
        let path = TilePath::Hashes(tile.id).to_string();
        let Some(bytes) = self.read(&path) else { return };
        if bytes == tile.bytes {
            return;
        }
        let sentence = format!("{path} is not the tile of these entries.");
        // A higher tile tells only where many entries begin.
        match first_leaf(tile.id, &bytes, &tile.bytes) {
            Some(first) => report.add_at("tiles", first, sentence),
            None => report.add("tiles", Outcome::Finding, sentence),
        }
    }

    fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        match self.source.file(path) {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => {
                self.missing.get_or_insert_with(|| path.to_owned());
                None
            }
            Err(error) => {
                self.missing.get_or_insert_with(|| error.to_string());
                None
            }
        }
    }

    /// Ends; says whether the entries are exactly those of the signed tree.
    pub(super) fn finish(mut self, report: &mut Report) -> bool {
        if !self.chunk.is_empty() {
            self.flush(report);
        }
        for tile in std::mem::take(&mut self.partial).into_values() {
            self.compare_tile(&tile, report);
        }
        let (count, size) = (self.edge.size(), self.size);
        if count < size {
            report.add_at("count", count, format_args!("Entry {count} is missing: {size} were signed."));
        } else if count > size {
            report.add_at("count", size, format_args!("Entry {size} was added: {size} were signed."));
        }
        if let Some(path) = &self.missing {
            report.add("files", Outcome::CannotTell, format_args!("{path} is missing or cannot be read."));
        }
        let sound = report.checks.iter().all(|check| check.outcome != Outcome::Finding);
        if sound && count == size {
            report.add("tree", Outcome::Good, format_args!("All {size} entries give the signed root."));
        }
        for known in self.known.iter().filter(|known| sound && known.head.size < size) {
            let added = size.saturating_sub(known.head.size);
            report.add(
                "consistency",
                Outcome::Good,
                format_args!("{added} entries were added since {}; none was changed.", known.what),
            );
        }
        sound && count == size
    }
}

/// The first leaf that differs, of a tile of leaves.
fn first_leaf(id: TileId, one: &[u8], other: &[u8]) -> Option<u64> {
    let mut pairs = one.chunks(tree::HASH).zip(other.chunks(tree::HASH));
    let offset = pairs.position(|(one, other)| one != other).unwrap_or(0);
    let first = id.index().checked_mul(u64::from(WIDTH))?.checked_add(u64::try_from(offset).ok()?)?;
    (id.level() == 0).then_some(first)
}
