//! A log with maps of heads and several cases, and the proof of one case as somebody makes it who may lie.

use std::{collections::BTreeMap, io::Read};

use jiff::{Timestamp, tz::TimeZone};
use senim::{
    audit::{
        act::Act,
        case_proof::{CaseProof, FORMAT, MapLeaf, MapProof, Place, hex},
        checkpoint::SignedCheckpoint,
        entry::{By, Draft, Entry, ObjectKind, When, commitment_of},
        head_map::{ObjectHead, key},
        proof,
        tree::{self, Hash},
        verify::{Asked, Outcome, VerifiedCase, verify_case},
    },
    crypto::random::uuid_v4,
};
use serde_json::json;
use uuid::Uuid;

use crate::ground::{Bundle, Log, ORIGIN};

/// Entries of the first case: before the first map, before the second, later than it.
pub const STAGES: [usize; 3] = [2, 5, 6];

/// A log, its cases in the order of their ids, and where its two maps stand.
pub struct Court {
    pub log: Log,
    /// The case that is looked at.
    pub case: Uuid,
    pub others: Vec<Uuid>,
    pub maps: [usize; 2],
    own: Uuid,
}

impl Court {
    pub fn new() -> Self {
        Self::of(1)
    }

    pub fn of(seed: u64) -> Self {
        let mut log = Log::new(seed);
        let own = uuid_v4(&mut log.rng);
        let mut all: Vec<Uuid> = (0..9).map(|_| uuid_v4(&mut log.rng)).collect();
        all.sort_unstable();
        let case = all.remove(4);
        let genesis = log.own(own, Act::LogGenesis, |draft| draft);
        log.entries.push(genesis);
        let mut court = Self { log, case, others: all, maps: [0; 2], own };
        let enrolments = court.log.enrolments();
        court.log.entries.extend(enrolments);
        for case in court.others.clone() {
            court.receive(case);
        }
        court.receive(case);
        court.log.staff(case, 0, |draft| draft.and(Act::ContentRead));
        court.maps[0] = court.map();
        court.live();
        court
    }

    /// From the first map on.
    fn live(&mut self) {
        let case = self.case;
        self.log.clock += 2 * 86_400;
        self.log.staff(case, 0, |draft| {
            draft.and(Act::StateChanged).moved(Some("received"), "triage").code("step", "open")
        });
        let proposal = self.log.staff(case, 0, |draft| draft.and(Act::ProposalMade).code("step", "reject"));
        self.log.staff(case, 1, move |draft| {
            let draft = draft.and(Act::ApprovalGiven).and(Act::StateChanged);
            draft.moved(Some("triage"), "rejected").code("step", "reject").answering(proposal)
        });
        self.maps[1] = self.map();
        self.log.staff(case, 0, |draft| draft);
        let desk = uuid_v4(&mut self.log.rng);
        for _ in 0..20 {
            self.log.system(desk);
        }
    }

    fn receive(&mut self, case: Uuid) {
        let day = self.today();
        let entry = self.log.seal(case, ObjectKind::Case, |_| {
            Draft::new(Act::ReportReceived, By::Reporter, When::Day(day))
                .moved(None, "received")
                .code("category", "bribery")
                .code("mode", "anonymous")
                .code("notice", "0123456789abcdef")
                .code("profile", "kz/1")
        });
        self.log.entries.push(entry);
    }

    fn today(&self) -> jiff::civil::Date {
        Timestamp::from_second(self.log.clock).unwrap().to_zoned(TimeZone::UTC).date()
    }

    /// An entry of the reporter that is not in the log yet.
    pub fn message(&mut self) -> Entry {
        let (case, day) = (self.case, self.today());
        self.log
            .seal(case, ObjectKind::Case, |_| Draft::new(Act::MailboxMessage, By::Reporter, When::Day(day)))
    }

    /// Writes a map of everything before it; says where.
    pub fn map(&mut self) -> usize {
        let place = self.log.entries.len();
        let root = *tree::root(&leaves(&self.heads(place))).bytes();
        let own = self.own;
        let entry = self.log.own(own, Act::LogHeadmap, |draft| draft.committing("heads", root));
        self.log.entries.push(entry);
        place
    }

    /// The heads of all objects before a place, in the order of the map.
    pub fn heads(&self, before: usize) -> Vec<ObjectHead> {
        let mut heads: BTreeMap<Vec<u8>, ObjectHead> = BTreeMap::new();
        for entry in &self.log.entries[..before] {
            let (kind, id, n) = (entry.place.kind, entry.place.id, u32::try_from(entry.place.n).unwrap());
            let head = ObjectHead { kind, id, n, commitment: entry.commitment };
            let newest = heads.entry(key(kind, id)).or_insert(head);
            if newest.n < n {
                *newest = head;
            }
        }
        heads.into_values().collect()
    }

    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.log.entries.iter().map(|entry| entry.body.clone()).collect()
    }

    pub fn checkpoint(&self) -> SignedCheckpoint {
        self.log.checkpoint(&self.bodies(), self.log.clock + 10)
    }

    /// A place in the log.
    pub fn place(&self, index: usize) -> Place {
        let leaves: Vec<Hash> = self.log.entries.iter().map(|entry| tree::leaf(&entry.commitment)).collect();
        place(&leaves, index)
    }

    /// Where the entries of the case stand, first entry first.
    pub fn places(&self) -> Vec<usize> {
        let of_case = |place: &usize| self.log.entries[*place].place.id == self.case;
        let mut places: Vec<usize> = (0..self.log.entries.len()).filter(of_case).collect();
        places.sort_by_key(|place| self.log.entries[*place].place.n);
        places
    }

    /// What a map says of the leaves of these numbers.
    pub fn map_proof(&self, map: usize, shown: &[usize]) -> (Vec<u8>, MapProof) {
        let heads = self.heads(map);
        let hashes = leaves(&heads);
        let leaf = |at: &usize| MapLeaf::new(&heads[*at], place(&hashes, *at));
        let proof = MapProof {
            place: self.place(map),
            objects: u64::try_from(heads.len()).unwrap(),
            leaves: shown.iter().map(leaf).collect(),
        };
        (self.log.entries[map].body.clone(), proof)
    }

    /// Where a case stands in a map, or would.
    pub fn in_map(&self, map: usize, case: Uuid) -> Result<usize, usize> {
        self.heads(map).binary_search_by_key(&key(ObjectKind::Case, case), ObjectHead::key)
    }

    /// The honest proof by the newest map.
    pub fn honest(&self) -> CaseProof {
        let entry = |at: usize| (self.log.entries[at].body.clone(), Some(self.place(at)));
        let own = self.in_map(self.maps[1], self.case).unwrap();
        CaseProof {
            case: self.case,
            entries: self.places().into_iter().map(entry).collect(),
            map: Some(self.map_proof(self.maps[1], &[own])),
        }
    }

    /// The file of a proof, under the newest head.
    pub fn file(&self, proof: &CaseProof) -> Bundle {
        let signed = self.checkpoint();
        let mut archive = Vec::new();
        proof.append_to(&mut archive);
        archive.extend([0; 1024]);
        let mut bundle = Bundle::default();
        for entry in tar::Archive::new(archive.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let (name, mut bytes) = (entry.path().unwrap().display().to_string(), Vec::new());
            entry.read_to_end(&mut bytes).unwrap();
            bundle.files.insert(name, bytes);
        }
        let lines = bundle.files.remove("private/entries.jsonl").unwrap();
        let lines = lines.split_inclusive(|byte| *byte == b'\n');
        bundle.entries = lines.map(|line| line.strip_suffix(b"\n").unwrap().to_vec()).collect();
        let manifest = json!({
            "format": FORMAT, "case": hex(proof.case), "origin": ORIGIN, "size": signed.head().size,
            "root": signed.head().root.hex(), "pace": {"epoch": 900, "mmd": 3600, "day": 86_400, "quantum": 64},
        });
        bundle.files.insert("manifest".to_owned(), manifest.to_string().into_bytes());
        bundle.files.insert("checkpoint".to_owned(), signed.to_string().into_bytes());
        bundle.files.insert("genesis".to_owned(), self.log.genesis().into_bytes());
        bundle.files.insert("directory.jsonl".to_owned(), self.log.directory_file().into_bytes());
        bundle
    }

    pub fn verified(&self, file: &Bundle) -> VerifiedCase {
        let policy = self.log.policy();
        verify_case(file, &Asked { policy: Some(policy.as_bytes()), ..Asked::default() })
    }

    /// What comes of a proof.
    pub fn judged(&self, proof: &CaseProof) -> VerifiedCase {
        self.verified(&self.file(proof))
    }

    /// That a proof is found false, by this check and with these words.
    #[track_caller]
    pub fn refuses(&self, proof: &CaseProof, check: &str, words: &str) {
        let report = self.judged(proof).report;
        assert_eq!(report.outcome(), Outcome::Finding, "{report:#?}");
        let told = report.checks.iter().filter(|one| one.outcome == Outcome::Finding && one.name == check);
        assert!(told.into_iter().any(|one| one.sentence.contains(words)), "{check}: {words}: {report:#?}");
    }
}

pub fn leaves(heads: &[ObjectHead]) -> Vec<Hash> {
    heads.iter().map(ObjectHead::leaf).collect()
}

pub fn place(leaves: &[Hash], index: usize) -> Place {
    let size = u64::try_from(leaves.len()).unwrap();
    let index = u64::try_from(index).unwrap();
    Place { index, hashes: proof::inclusion(leaves, index, size).unwrap() }
}

/// The commitment of an entry of a proof.
pub fn commitment(proof: &CaseProof, number: usize) -> Hash {
    Hash::new(commitment_of(&proof.entries[number - 1].0))
}
