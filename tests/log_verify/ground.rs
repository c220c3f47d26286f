//! A log with a case in it, made with the same parts as the real one, signed by a log key and cosigned by two witnesses.

use std::collections::BTreeMap;

use jiff::Timestamp;
use senim::{
    audit::{
        act::Act,
        actor::ActorOpening,
        bundle,
        checkpoint::{Checkpoint, SignedCheckpoint},
        cosignature::cosign,
        directory::{DirectoryBody, DirectoryEntry, SIGNATURE_DOMAIN},
        edge::RightEdge,
        entry::{By, Draft, Entry, Head, ObjectKind, When, Writer, commitment_of},
        note_key::{KeyName, Kind, SignerKey},
        rhythm::Rhythm,
        tile::{TilePath, changed_bundles},
        tree,
        verify::{Asked, DirectoryLine, Entries, Report, Source, Unreadable, verify},
    },
    crypto::{
        note_key::NoteKey,
        random::{Entropy, Rng, uuid_v4},
        sign::SigningKey,
        staff_keys::StaffSecrets,
    },
    domain::{
        ids::StaffId,
        role::{Role, RoleAt},
    },
};
use uuid::Uuid;

/// When the log begins, seconds since 1970.
pub const BEGIN: i64 = 1_800_000_000;
/// Length of the older head that the bundle holds.
pub const OLDER: usize = 300;
pub const ORIGIN: &str = "senim.test/log";

/// A bundle in memory.
#[derive(Clone, Default)]
pub struct Bundle {
    pub files: BTreeMap<String, Vec<u8>>,
    pub entries: Vec<Vec<u8>>,
}

impl Source for Bundle {
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        Ok(self.files.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let inside = format!("{folder}/");
        self.files.keys().filter(|path| path.starts_with(&inside)).cloned().collect()
    }

    fn entries(&self) -> Result<Entries<'_>, Unreadable> {
        Ok(Box::new(self.entries.iter().cloned().map(Ok)))
    }
}

impl Bundle {
    /// Verifies with the policy of the one who checks.
    pub fn verified<'a>(&self, policy: &'a str, change: impl FnOnce(&mut Asked<'a>)) -> Report {
        let mut asked = Asked { policy: Some(policy.as_bytes()), ..Asked::default() };
        change(&mut asked);
        verify(self, &asked, &mut |_| {})
    }
}

/// Somebody who signs acts.
pub struct Person {
    pub id: StaffId,
    pub alias: [u8; 8],
    pub keys: StaffSecrets,
    role: &'static str,
}

/// The log while it is written.
pub struct Log {
    pub rng: Rng,
    pub entries: Vec<Entry>,
    pub key: SignerKey,
    pub witnesses: [SignerKey; 2],
    pub people: Vec<Person>,
    heads: BTreeMap<Uuid, Head>,
    founders: [SigningKey; 2],
    pub clock: i64,
}

impl Person {
    /// What shows who the alias is.
    pub fn opening(&self) -> ActorOpening {
        ActorOpening::new(&self.alias, self.role, self.id, &[self.alias[0]; 32])
    }
}

/// A value as a line of JSON.
pub fn line_of(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap() + "\n"
}

pub fn note_key(name: &str, kind: Kind, rng: &mut Rng) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::generate(rng))
}

impl Log {
    /// A log in which a case was received, opened and rejected by two people, between acts of the instance; a reporter's
    /// entry stands after those of staff that follow it.
    pub fn lived() -> Self {
        let mut log = Self::new(1);
        let case = uuid_v4(&mut log.rng);
        let instance = uuid_v4(&mut log.rng);
        let enrolments = log.enrolments();
        let day = Timestamp::from_second(BEGIN - 86_400).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
        let received = log.seal(case, ObjectKind::Case, |_| {
            Draft::new(Act::ReportReceived, By::Reporter, When::Day(day))
                .moved(None, "received")
                .code("category", "bribery")
                .code("mode", "anonymous")
                .code("notice", "0123456789abcdef")
                .code("profile", "kz/1")
        });
        log.staff(case, 0, |draft| draft.and(Act::ContentRead));
        log.staff(case, 0, |draft| {
            draft.and(Act::StateChanged).moved(Some("received"), "triage").code("step", "open")
        });
        for _ in 0..40 {
            log.system(instance);
        }
        log.entries.push(received);
        log.entries.extend(enrolments);
        let proposal = log.staff(case, 0, |draft| draft.and(Act::ProposalMade).code("step", "reject"));
        for _ in 0..300 {
            log.system(instance);
        }
        log.staff(case, 1, move |draft| {
            let draft = draft.and(Act::ApprovalGiven).and(Act::StateChanged);
            draft.moved(Some("triage"), "rejected").code("step", "reject").answering(proposal)
        });
        for _ in 0..360 {
            log.system(instance);
        }
        log
    }

    pub fn new(seed: u64) -> Self {
        let mut rng = Entropy::seeded(seed).rng();
        let founders = [SigningKey::generate(&mut rng), SigningKey::generate(&mut rng)];
        let people = [("triager", 1_u8), ("reviewer", 2)].map(|(role, number)| Person {
            id: StaffId(uuid_v4(&mut rng)),
            alias: [number; 8],
            keys: StaffSecrets::generate(&mut rng),
            role,
        });
        Self {
            key: note_key(ORIGIN, Kind::Note, &mut rng),
            witnesses: ["w1.test", "w2.test"].map(|name| note_key(name, Kind::Cosignature, &mut rng)),
            rng,
            entries: Vec::new(),
            people: people.into(),
            heads: BTreeMap::new(),
            founders,
            clock: BEGIN,
        }
    }

    fn now(&self) -> When {
        When::At(Timestamp::from_second(self.clock).unwrap())
    }

    /// Seals the next entry of an object without putting it into the log yet.
    pub fn seal<'k>(&mut self, id: Uuid, kind: ObjectKind, draft: impl FnOnce(When) -> Draft<'k>) -> Entry {
        self.clock += 1;
        let head = *self.heads.entry(id).or_insert_with(|| Head::new(kind, id));
        let blinding = rand::RngExt::random(&mut self.rng);
        let entry = draft(self.now())
            .seal(&head, &Writer { node: "node1", rhythm: Rhythm::PLAIN }, blinding)
            .unwrap();
        self.heads.insert(id, Head { n: entry.place.n, commitment: Some(entry.commitment), ..head });
        entry
    }

    /// An act of staff on a case, signed.
    pub fn staff(
        &mut self,
        case: Uuid,
        who: usize,
        more: impl for<'k> FnOnce(Draft<'k>) -> Draft<'k>,
    ) -> [u8; 32] {
        let person = self.people.remove(who);
        let entry = self.seal(case, ObjectKind::Case, |when| {
            let by = By::Staff { alias: person.alias, role: person.role };
            more(Draft::new(Act::NoteAdded, by, when).signed_by(&person.keys.sign))
        });
        self.people.insert(who, person);
        let commitment = entry.commitment;
        self.entries.push(entry);
        commitment
    }

    pub fn system(&mut self, id: Uuid) {
        let entry = self.seal(id, ObjectKind::Instance, |when| {
            Draft::new(Act::ConfigChanged, By::System, when).code("what", "routing")
        });
        self.entries.push(entry);
    }

    /// An entry of the log about itself, not in the log yet.
    pub fn own(&mut self, id: Uuid, act: Act, more: impl for<'k> FnOnce(Draft<'k>) -> Draft<'k>) -> Entry {
        // All that an epoch writes has one time.
        self.clock -= 1;
        self.seal(id, ObjectKind::Log, |when| more(Draft::new(act, By::System, when)))
    }

    /// What one who checks trusts.
    pub fn policy(&self) -> String {
        let [one, two] = &self.witnesses;
        format!(
            "log {}\nwitness one {}\nwitness two {}\ngroup both all one two\nquorum both\n",
            self.key.verifier(),
            one.verifier(),
            two.verifier()
        )
    }

    pub fn genesis(&self) -> String {
        self.founders
            .iter()
            .map(|key| data_encoding::HEXLOWER.encode(&key.verifying().to_bytes()) + "\n")
            .collect()
    }

    fn directory(&self) -> Vec<([u8; 32], DirectoryLine)> {
        let (mut lines, mut prev) = (Vec::new(), None);
        for person in &self.people {
            let role = Role::parse(person.role).unwrap();
            let body = DirectoryBody {
                v: 1,
                instance: "kz".to_owned(),
                staff: person.id,
                login: person.role.to_owned(),
                name: None,
                unit: None,
                serial: 1,
                keys: data_encoding::HEXLOWER.encode(&person.keys.public().to_bytes()),
                prev: None,
                from: None,
                roles: vec![RoleAt { role, desk: None }],
            };
            let [one, two] = &self.founders;
            let first = one.sign(SIGNATURE_DOMAIN, &body.to_bytes().unwrap());
            let body = body.behind(prev).to_bytes().unwrap();
            let second = two.sign(SIGNATURE_DOMAIN, &body);
            let entry = DirectoryEntry {
                staff: person.id,
                serial: 1,
                body: &body,
                first_signature: &first,
                second_signature: Some(&second),
            };
            prev = Some(entry.digest());
            let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
            let line = DirectoryLine {
                staff: person.id,
                serial: 1,
                body: hex(&body),
                first: hex(&first),
                second: Some(hex(&second)),
            };
            lines.push((entry.digest(), line));
        }
        lines
    }

    pub fn directory_file(&self) -> String {
        self.directory().into_iter().map(|(_, line)| line_of(&line)).collect()
    }

    /// The entries with which everybody was signed in.
    pub fn enrolments(&mut self) -> Vec<Entry> {
        let digests: Vec<_> = self.directory().into_iter().map(|(digest, _)| digest).collect();
        let people: Vec<_> = self.people.iter().map(|person| (person.alias, person.opening())).collect();
        let seal = |((alias, opening), digest): (([u8; 8], ActorOpening), [u8; 32])| {
            let id = uuid_v4(&mut self.rng);
            self.seal(id, ObjectKind::Staff, |when| {
                Draft::new(Act::DirectorySigned, By::Staff { alias, role: "none" }, when)
                    .committing("directory", digest)
                    .enrolling(alias, opening.commitment().unwrap())
            })
        };
        people.into_iter().zip(digests).map(seal).collect()
    }

    /// A signed and cosigned checkpoint of the first `size` entries.
    pub fn checkpoint(&self, entries: &[Vec<u8>], at: i64) -> SignedCheckpoint {
        let mut edge = RightEdge::empty();
        let leaves: Vec<_> = entries.iter().map(|body| tree::leaf(&commitment_of(body))).collect();
        edge.extend(&leaves).unwrap();
        let mut signed = Checkpoint::new(ORIGIN, edge.head()).unwrap().sign(&self.key).unwrap();
        for witness in &self.witnesses {
            let line = cosign(&signed, witness, u64::try_from(at).unwrap()).unwrap();
            signed.add(line).unwrap();
        }
        signed
    }

    /// The bundle of everything written so far.
    pub fn bundle(&self) -> Bundle {
        let bodies: Vec<Vec<u8>> = self.entries.iter().map(|entry| entry.body.clone()).collect();
        let mut bundle = Bundle { files: BTreeMap::new(), entries: bodies.clone() };
        self.publish(&mut bundle, &bodies);
        let older = self.checkpoint(&bodies[..OLDER], BEGIN + i64::try_from(OLDER).unwrap() + 4);
        bundle.files.insert(format!("checkpoints/{OLDER}"), older.note().to_string().into_bytes());
        bundle.files.insert("genesis".to_owned(), self.genesis().into_bytes());
        bundle.files.insert("directory.jsonl".to_owned(), self.directory_file().into_bytes());
        bundle.files.insert("policy".to_owned(), self.policy().into_bytes());
        bundle
    }

    /// Everything that is computed from entries, made anew and signed with the real keys.
    pub fn publish(&self, into: &mut Bundle, bodies: &[Vec<u8>]) {
        let mut edge = RightEdge::empty();
        let leaves: Vec<_> = bodies.iter().map(|body| tree::leaf(&commitment_of(body))).collect();
        for tile in edge.extend(&leaves).unwrap() {
            into.files.insert(TilePath::Hashes(tile.id).to_string(), tile.bytes);
        }
        let records: Vec<[u8; 32]> = bodies.iter().map(|body| commitment_of(body)).collect();
        for id in changed_bundles(0, u64::try_from(bodies.len()).unwrap()) {
            let from = usize::try_from(id.index()).unwrap() * 256;
            let part = &records[from..from + usize::from(id.width())];
            into.files.insert(TilePath::Entries(id).to_string(), bundle::to_bytes(part));
        }
        let signed = self.checkpoint(bodies, self.clock + 10);
        into.files.insert("checkpoint".to_owned(), signed.note().to_string().into_bytes());
    }
}
