//! A bundle of generated entries as large as one wants, in a file, verified as `senim audit verify` does; and proofs in its
//! tree.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    time::Instant,
};

use indicatif::ProgressBar;
use jiff::Timestamp;
use rand::RngExt;
use uuid::Uuid;

use super::{AuditArgs, BenchError, audit::whole, figures::Figures};
use crate::{
    audit::{
        act::Act,
        bundle,
        checkpoint::Checkpoint,
        edge::RightEdge,
        entry::{By, Draft, Head, ObjectKind, When, Writer},
        note_key::{KeyName, Kind, SignerKey},
        proof,
        rhythm::Rhythm,
        stored::{StoredTree, TileError, TileReader},
        tile::{TileId, TilePath, WIDTH, changed_bundles},
        tree::{self, Hash, TreeHead},
        verify::{Asked, Outcome, Pace, verify},
    },
    crypto::{
        note_key::NoteKey,
        random::{Entropy, Rng},
    },
    usecases::tarball::Tarball,
};

/// Proofs made and checked.
const PROOFS: u32 = 2000;
/// Entries that are made at once.
const BATCH: usize = 4096;
/// Leaves of a day with the quantum of 64: what lies between two heads that somebody keeps.
const DAY: u64 = 64 * 96;

/// The tiles of the tree in memory.
struct Tiles(BTreeMap<(u8, u64), Vec<u8>>);

impl TileReader for Tiles {
    fn read(&self, tile: TileId) -> Result<Vec<u8>, TileError> {
        let whole = self.0.get(&(tile.level(), tile.index())).ok_or(TileError::Missing(tile))?;
        whole.get(..tile.bytes()).map(<[u8]>::to_vec).ok_or(TileError::Missing(tile))
    }
}

/// Everything that is generated.
struct Made {
    edge: RightEdge,
    tiles: Tiles,
    records: Vec<[u8; 32]>,
    older: Option<TreeHead>,
    key: SignerKey,
}

/// Generates, verifies, proves.
///
/// # Errors
/// [`BenchError`].
pub fn measure(
    args: &AuditArgs,
    dir: &Path,
    figures: &mut Figures,
    bar: &ProgressBar,
) -> Result<(), BenchError> {
    let mut rng = Entropy::os().rng();
    bar.set_length(args.verified);
    bar.set_message("generating entries");
    let (lines, path) = (dir.join("entries.jsonl"), dir.join("bundle.tar"));
    let failed = |what: &'static str| BenchError::system(what);
    let made = generate(args.verified, &lines, &mut rng, bar).map_err(failed("generating entries"))?;
    pack(&made, &lines, &path).map_err(failed("writing a bundle"))?;
    let _gone = fs::remove_file(&lines);
    let length = fs::metadata(&path).map_err(failed("reading a bundle"))?.len();
    figures.add("bundle_mb", whole(length / 1_000_000));
    bar.set_message("verifying");
    bar.set_position(0);
    let start = Instant::now();
    let wrong = findings(&path, &made.key, Pace::default(), &mut |read| {
        if read.is_multiple_of(10_000) {
            bar.set_position(read);
        }
    })?;
    let took = start.elapsed().as_secs_f64();
    figures.add("verified_entries", whole(args.verified));
    figures.add("verified_per_second", whole(args.verified) / took);
    figures.add("errors_verify", wrong);
    bar.set_message("proofs");
    prove(&made, &mut rng, figures)
}

/// How many things the verifier finds wrong with a bundle that `key` signed. No witness saw it, which it says and which is
/// no finding.
///
/// # Errors
/// [`BenchError::System`] where the file cannot be read.
pub(super) fn findings(
    path: &Path,
    key: &SignerKey,
    pace: Pace,
    progress: &mut dyn FnMut(u64),
) -> Result<f64, BenchError> {
    let policy = format!("log {}\nquorum none\n", key.verifier());
    let opened = Tarball::open(path).map_err(BenchError::system("opening a bundle"))?;
    let asked = Asked { policy: Some(policy.as_bytes()), pace, ..Asked::default() };
    let report = verify(&opened, &asked, progress);
    let wrong = report.checks.iter().filter(|check| check.outcome == Outcome::Finding).count();
    Ok(whole(u64::try_from(wrong).unwrap_or(0)))
}

/// A key for the heads of this run.
///
/// # Errors
/// Never: the name is one.
pub(super) fn signer_key(rng: &mut Rng) -> std::io::Result<SignerKey> {
    let name = KeyName::parse("bench/log").ok_or_else(|| std::io::Error::other("no name of a key"))?;
    Ok(SignerKey::new(name, Kind::Note, NoteKey::generate(rng)))
}

/// Writes the lines, grows the tree.
fn generate(count: u64, lines: &Path, rng: &mut Rng, bar: &ProgressBar) -> std::io::Result<Made> {
    let mut made = Made {
        edge: RightEdge::empty(),
        tiles: Tiles(BTreeMap::new()),
        records: Vec::new(),
        older: None,
        key: signer_key(rng)?,
    };
    let mut file = BufWriter::new(File::create(lines)?);
    let writer = Writer { node: "bench", rhythm: Rhythm::PLAIN };
    let draft =
        Draft::new(Act::ConfigChanged, By::System, When::At(Timestamp::UNIX_EPOCH)).code("what", "routing");
    let mut head = Head::new(ObjectKind::Instance, Uuid::from_u128(rng.random()));
    let mut leaves = Vec::with_capacity(BATCH);
    for number in 1..=count {
        let entry = draft.seal(&head, &writer, rng.random()).map_err(std::io::Error::other)?;
        head = Head { commitment: Some(entry.commitment), ..entry.place };
        file.write_all(&entry.body)?;
        file.write_all(b"\n")?;
        made.records.push(entry.commitment);
        leaves.push(tree::leaf(&entry.commitment));
        let older = number == count.saturating_sub(DAY);
        if leaves.len() == BATCH || number == count || older {
            made.grow(&std::mem::take(&mut leaves))?;
            bar.set_position(number);
        }
        if older {
            made.older = Some(made.edge.head());
        }
    }
    file.flush()?;
    Ok(made)
}

impl Made {
    fn grow(&mut self, leaves: &[Hash]) -> std::io::Result<()> {
        for tile in self.edge.extend(leaves).map_err(std::io::Error::other)? {
            self.tiles.0.insert((tile.id.level(), tile.id.index()), tile.bytes);
        }
        Ok(())
    }
}

/// Puts everything into one tar file.
fn pack(made: &Made, lines: &Path, path: &Path) -> std::io::Result<()> {
    let mut archive = tar::Builder::new(BufWriter::new(File::create(path)?));
    let mut put = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(bytes.len()).unwrap_or(0));
        header.set_mode(0o644);
        archive.append_data(&mut header, name, bytes)
    };
    let head = made.edge.head();
    let signed = Checkpoint::new("bench/log", head).map_err(std::io::Error::other)?;
    let signed = signed.sign(&made.key).map_err(std::io::Error::other)?;
    put("checkpoint", signed.to_string().as_bytes())?;
    for ((level, index), bytes) in &made.tiles.0 {
        if let Some(id) = TileId::of_tree(head.size, *level, *index) {
            put(&TilePath::Hashes(id).to_string(), bytes)?;
        }
    }
    let parts = made.records.chunks(usize::from(WIDTH));
    for (id, part) in changed_bundles(0, head.size).zip(parts) {
        put(&TilePath::Entries(id).to_string(), &bundle::to_bytes(part))?;
    }
    archive.append_path_with_name(lines, "private/entries.jsonl")?;
    archive.into_inner()?.flush()
}

/// Times of proofs, by the mean of many.
fn prove(made: &Made, rng: &mut Rng, figures: &mut Figures) -> Result<(), BenchError> {
    let head = made.edge.head();
    let stored = StoredTree::new(&made.tiles, head.size);
    let broken = |_cause| BenchError::Missing("a tile");
    let places: Vec<u64> = (0..PROOFS).map(|_| rng.random_range(0..head.size)).collect();
    let start = Instant::now();
    let mut proofs = Vec::with_capacity(places.len());
    for place in &places {
        proofs.push(proof::inclusion(&stored, *place, head.size).map_err(broken)?);
    }
    figures.add("inclusion_make_us", mean(start));
    figures.add("inclusion_bytes", bytes(proofs.iter().map(Vec::len).max()));
    let start = Instant::now();
    let mut wrong = 0;
    for (place, hashes) in places.iter().zip(&proofs) {
        let record = usize::try_from(*place).ok().and_then(|place| made.records.get(place));
        let leaf = record.map_or_else(tree::empty, |record| tree::leaf(record));
        wrong += u64::from(proof::verify_inclusion(hashes, &leaf, *place, &head).is_err());
    }
    figures.add("inclusion_check_us", mean(start));
    if let Some(older) = made.older {
        let start = Instant::now();
        for _ in 1..PROOFS {
            let _same = proof::consistency(&stored, older.size, head.size).map_err(broken)?;
        }
        let hashes = proof::consistency(&stored, older.size, head.size).map_err(broken)?;
        figures.add("consistency_make_us", mean(start));
        figures.add("consistency_bytes", bytes(Some(hashes.len())));
        let start = Instant::now();
        for _ in 0..PROOFS {
            wrong += u64::from(proof::verify_consistency(&hashes, &older, &head).is_err());
        }
        figures.add("consistency_check_us", mean(start));
    }
    figures.add("errors_proofs", whole(wrong));
    Ok(())
}

fn mean(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6 / f64::from(PROOFS)
}

fn bytes(hashes: Option<usize>) -> f64 {
    whole(u64::try_from(hashes.unwrap_or(0).saturating_mul(32)).unwrap_or(0))
}
