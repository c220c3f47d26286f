//! The proof that one case's history is whole, and that it stands in the log: a tar file ([`super::archive`]) for a court that
//! may see one case and no other. [`super::verify::verify_case`] checks it offline; the formats inside are plain enough for
//! a page of any language.
//!
//! | file | holds |
//! | --- | --- |
//! | `manifest` | JSON: `format` ([`FORMAT`]), `case` (its id in the record, 32 hexadecimal digits), and of the log `origin`, `size`, `root`, `pace` |
//! | `checkpoint` | the signed head under which everything else is, with its cosignatures (C2SP tlog-checkpoint) |
//! | `private/entries.jsonl` | the case's entries, exact bytes, one a line, in the order of their numbers from 1 on |
//! | `inclusion.jsonl` | for each of them, in the same order, its [`Place`] in the log; `null` while it waits for one |
//! | `map/entry` | the newest map of heads under the checkpoint: its entry `log.headmap`, exact bytes |
//! | `map/proof` | JSON, a [`MapProof`]: where that entry stands in the log, and what the map says of the case |
//! | `policy`, `genesis`, `directory.jsonl` | as in a bundle of the log, to check signatures with |
//!
//! Hashes are in base64, an inclusion proof begins with the leaf's sibling (RFC 6962 section 2.1.1).
//!
//! Why nothing can be kept back: the map's leaf of the case names the number and the commitment of its last entry before
//! the map, and every entry names the one before it. An entry that waits for its place (a reporter's waits for the next day)
//! is bound by the one that follows it. What is newer than the map is shown and is in the log; whether more of it exists,
//! the next map tells. A case that the map does not have lies between two neighbours in the order of the leaves, of
//! which the file tells ids and numbers and nothing else.
//!
//! The number of the map's leaves is vouched for by nobody and need not be. The hashes on the way to a leaf decide on which
//! side each stands, so that two leaves are neighbours, or one is the first or the last, in every tree in which their proofs
//! hold.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    archive,
    entry::ObjectKind,
    head_map::ObjectHead,
    proof::{self, BadProof},
    tree::{Hash, TreeHead},
    verify::{Source, Unreadable},
};

/// What the `manifest` says that the file is.
pub const FORMAT: &str = "senim/case-proof/v1";

const ENTRIES: &str = "private/entries.jsonl";
const INCLUSION: &str = "inclusion.jsonl";
const MAP_ENTRY: &str = "map/entry";
const MAP_PROOF: &str = "map/proof";

/// Why a file is no proof of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCaseProof {
    /// Not of this format.
    #[error("This is no proof of a case: its manifest does not say {FORMAT}.")]
    Format,
    /// A part is missing.
    #[error("{0} is missing.")]
    Missing(&'static str),
    /// A part is malformed.
    #[error("{0} is malformed.")]
    Malformed(&'static str),
    /// A part cannot be read.
    #[error("{0}.")]
    Unreadable(#[from] Unreadable),
}

/// A place in a tree, and the inclusion proof for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Counted from 0.
    pub index: u64,
    /// The leaf's sibling first.
    pub hashes: Vec<Hash>,
}

impl Place {
    /// Checks that this leaf stands here in the tree of `head`.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn verify(&self, leaf: &Hash, head: &TreeHead) -> Result<(), BadProof> {
        proof::verify_inclusion(&self.hashes, leaf, self.index, head)
    }
}

/// A leaf of the map of heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapLeaf {
    /// Kind of the object.
    pub kind: String,
    /// The object's id in the record, 32 hexadecimal digits.
    pub id: String,
    /// Number of its last entry.
    pub n: u32,
    /// The commitment of that entry.
    pub commitment: Hash,
    /// Where the leaf stands in the map.
    pub place: Place,
}

impl MapLeaf {
    /// The leaf of a head at its place.
    #[must_use]
    pub fn new(head: &ObjectHead, place: Place) -> Self {
        Self {
            kind: head.kind.code().to_owned(),
            id: hex(head.id),
            n: head.n,
            commitment: Hash::new(head.commitment),
            place,
        }
    }

    /// The head; none where kind or id are no such.
    #[must_use]
    pub fn head(&self) -> Option<ObjectHead> {
        let (kind, id) = (ObjectKind::parse(&self.kind)?, read_id(&self.id)?);
        Some(ObjectHead { kind, id, n: self.n, commitment: *self.commitment.bytes() })
    }
}

/// What the map of heads says of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapProof {
    /// Where the map's entry stands in the log.
    pub place: Place,
    /// Number of the map's leaves.
    pub objects: u64,
    /// The leaf of the case. Where the map has none, the one before its place and the one after it; at an end, one of them;
    /// in an empty map, none.
    pub leaves: Vec<MapLeaf>,
}

/// A file; nothing of it is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseProof {
    /// The case's id in the record.
    pub case: Uuid,
    /// The exact bytes of its entries from the first on, and the places of those that have one.
    pub entries: Vec<(Vec<u8>, Option<Place>)>,
    /// The exact bytes of the map's entry, and what the map says; none before a log's first map.
    pub map: Option<(Vec<u8>, MapProof)>,
}

impl CaseProof {
    /// Reads a file.
    ///
    /// # Errors
    /// [`BadCaseProof`].
    pub fn read(source: &dyn Source) -> Result<Self, BadCaseProof> {
        let case = source.file("manifest")?.and_then(|bytes| read_manifest(&bytes));
        let case = case.ok_or(BadCaseProof::Format)?;
        let places = source.file(INCLUSION)?.ok_or(BadCaseProof::Missing(INCLUSION))?;
        let places: Option<Vec<Option<Place>>> = places
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| serde_json::from_slice(line).ok())
            .collect();
        let places = places.ok_or(BadCaseProof::Malformed(INCLUSION))?;
        // One more than there should be tells as much as all that are there.
        let most = places.len().saturating_add(1);
        let bodies = source.entries()?.take(most).collect::<Result<Vec<_>, _>>()?;
        if bodies.len() != places.len() {
            return Err(BadCaseProof::Malformed(INCLUSION));
        }
        let map = match (source.file(MAP_ENTRY)?, source.file(MAP_PROOF)?) {
            (Some(entry), Some(proof)) => {
                let proof = serde_json::from_slice(&proof).ok().ok_or(BadCaseProof::Malformed(MAP_PROOF))?;
                Some((entry, proof))
            }
            (None, None) => None,
            (None, Some(_)) => return Err(BadCaseProof::Missing(MAP_ENTRY)),
            (Some(_), None) => return Err(BadCaseProof::Missing(MAP_PROOF)),
        };
        Ok(Self { case, entries: bodies.into_iter().zip(places).collect(), map })
    }

    /// Appends what is of the case to an archive that has the rest: manifest, checkpoint, keys.
    pub fn append_to(&self, archive: &mut Vec<u8>) {
        let (mut bodies, mut places) = (Vec::new(), Vec::new());
        for (body, place) in &self.entries {
            bodies.extend_from_slice(body);
            bodies.push(b'\n');
            places.extend(json(place));
        }
        archive::append(archive, ENTRIES, &bodies);
        archive::append(archive, INCLUSION, &places);
        if let Some((entry, proof)) = &self.map {
            archive::append(archive, MAP_ENTRY, entry);
            archive::append(archive, MAP_PROOF, &json(proof));
        }
    }
}

/// The id of an object as it stands in entries.
#[must_use]
pub fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

fn read_id(hexadecimal: &str) -> Option<Uuid> {
    Uuid::try_parse(hexadecimal).ok().filter(|id| hex(*id) == hexadecimal)
}

fn read_manifest(bytes: &[u8]) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct Manifest {
        format: String,
        case: String,
    }
    let manifest: Manifest = serde_json::from_slice(bytes).ok()?;
    read_id(&manifest.case).filter(|_| manifest.format == FORMAT)
}

/// A line of JSON; what is written here can always be.
fn json(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}
