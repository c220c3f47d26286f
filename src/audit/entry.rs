//! An entry of the log: from draft to canonical bytes and commitment.
//!
//! Bytes are RFC 8785 JSON (JCS) of ids and closed codes, at most 4 KiB, no floats, no nulls, no free text. The
//! commitment is `SHA-256("senim/audit-entry/v1\n" ‖ bytes)`; 32 random bytes inside (`r`) make it hiding.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::act::Act;
use super::post::Image;
use super::rhythm::Rhythm;
use super::schema::{SchemaFault, faults};
use crate::crypto::sign::SigningKey;

/// What the commitment's hash begins with; the database checks the same.
pub const COMMITMENT_PREFIX: &[u8] = b"senim/audit-entry/v1\n";
/// What staff signatures on entries are bound to.
pub const SIGNATURE_DOMAIN: &str = "senim/audit-entry-signature/v1";
/// The largest entry, bytes.
pub const MAX_BYTES: usize = 4096;

/// Who caused an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A member of staff, by the random alias that `actor.enrolled` bound to the person, and the role acted in.
    Staff {
        /// Eight random bytes.
        alias: [u8; 8],
        /// The role's closed code.
        role: &'static str,
    },
    /// A reporter: nothing else, so that two reports of one person cannot be linked.
    Reporter,
    /// A deadline or another clock.
    Timer,
    /// The instance itself or its operator at the command line.
    System,
}

/// When it happened. What a reporter caused carries a day and nothing finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// To the second: acts of staff and of the system.
    At(Timestamp),
    /// To the day: whatever a reporter caused.
    Day(Date),
}

/// The kinds of objects that have a history of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A case.
    Case,
    /// A member of staff.
    Staff,
    /// A desk.
    Desk,
    /// The instance: directory, bodies, routing.
    Instance,
    /// The log itself: its beginning, its pads, its head maps, what came late.
    Log,
}

impl ObjectKind {
    /// Every kind, in the order of their codes.
    pub const ALL: &'static [Self] = &[Self::Case, Self::Desk, Self::Instance, Self::Log, Self::Staff];

    /// The code in entries and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Staff => "staff",
            Self::Desk => "desk",
            Self::Instance => "instance",
            Self::Log => "log",
        }
    }

    /// The kind with this code, if there is one.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// The last entry of an object: where the next one goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Kind of the object.
    pub kind: ObjectKind,
    /// The object's random audit id; never its row id, reference or receipt.
    pub id: Uuid,
    /// Number of the last entry; 0 before the first.
    pub n: i32,
    /// Commitment of the last entry; none before the first.
    pub commitment: Option<[u8; 32]>,
}

impl Head {
    /// The place before an object's first entry.
    #[must_use]
    pub const fn new(kind: ObjectKind, id: Uuid) -> Self {
        Self { kind, id, n: 0, commitment: None }
    }
}

/// What an entry will say. Filled by a use case, sealed by the transaction that writes the change.
#[derive(Debug, Clone)]
pub struct Draft<'k> {
    acts: Vec<Act>,
    by: By,
    when: When,
    states: Option<(Option<&'static str>, &'static str)>,
    codes: BTreeMap<&'static str, String>,
    commitments: BTreeMap<&'static str, [u8; 32]>,
    enrolled: Option<[u8; 8]>,
    answers: Option<[u8; 32]>,
    left: Option<Image>,
    signer: Option<&'k SigningKey>,
}

/// Who writes entries down, and at what pace the log grows.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    /// The process's name.
    pub node: &'a str,
    /// The pace: entries that carry a time also name its epoch.
    pub rhythm: Rhythm,
}

/// Why a draft cannot become an entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The canonical form could not be made; a code holds something that is not a code.
    #[error("the entry has no canonical form: {0}")]
    Canonical(#[from] serde_json::Error),
    /// A code is not of the closed kind: lower-case ASCII letters, digits and `._/-`, at most 64.
    #[error("the value of the code {0:?} is not a closed code")]
    OpenCode(&'static str),
    /// Longer than [`MAX_BYTES`].
    #[error("the entry is {0} bytes long; {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// Something that the schema does not allow, or lacking what its acts need.
    #[error("the entry is not one that may be written: {0}")]
    Faulty(SchemaFault),
}

/// An entry ready to be appended.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Canonical bytes.
    pub body: Vec<u8>,
    /// What stands in the log.
    pub commitment: [u8; 32],
    /// The place it was made for; its `n` is the entry's own number.
    pub place: Head,
    /// The commitment before it.
    pub previous: Option<[u8; 32]>,
    /// The day of an entry that carries nothing finer: a reporter caused it.
    pub day: Option<Date>,
}

impl Entry {
    /// The entry itself, if it is one that may stand in the log: what the schema allows, with everything that its acts
    /// need. Asked before anything is written.
    ///
    /// # Errors
    /// [`EntryError::Faulty`] with the first fault.
    pub fn checked(self) -> Result<Self, EntryError> {
        faults(&self.body).into_iter().next().map_or(Ok(self), |fault| Err(EntryError::Faulty(fault)))
    }
}

impl<'k> Draft<'k> {
    /// A draft with its first act.
    #[must_use]
    pub fn new(act: Act, by: By, when: When) -> Self {
        Self {
            acts: vec![act],
            by,
            when,
            states: None,
            codes: BTreeMap::new(),
            commitments: BTreeMap::new(),
            enrolled: None,
            answers: None,
            left: None,
            signer: None,
        }
    }

    /// Has the person sign the entry: its own canonical bytes without the signature, so that nobody else, the operator
    /// included, can invent an act of theirs (NIST SP 800-53 AU-10).
    #[must_use]
    pub fn signed_by(mut self, key: &'k SigningKey) -> Self {
        self.signer = Some(key);
        self
    }

    /// Adds an act; a repeated one stands once.
    #[must_use]
    pub fn and(mut self, act: Act) -> Self {
        if !self.acts.contains(&act) {
            self.acts.push(act);
        }
        self
    }

    /// Says the change of state; `from` is none for a new case.
    #[must_use]
    pub fn moved(mut self, from: Option<&'static str>, to: &'static str) -> Self {
        self.states = Some((from, to));
        self
    }

    /// Adds a closed code, such as `reason`; text that a person typed is refused when the draft is sealed.
    #[must_use]
    pub fn code(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.codes.insert(name, value.into());
        self
    }

    /// Adds a salted commitment to content that stands elsewhere, sealed and erasable.
    #[must_use]
    pub fn committing(mut self, name: &'static str, commitment: [u8; 32]) -> Self {
        self.commitments.insert(name, commitment);
        self
    }

    /// Binds a person's alias to them for good, by the commitment of [`super::actor::ActorOpening`].
    #[must_use]
    pub fn enrolling(self, alias: [u8; 8], identity: [u8; 32]) -> Self {
        Self { enrolled: Some(alias), ..self.and(Act::ActorEnrolled).committing("identity", identity) }
    }

    /// Links the entry that proposed what this one approves or refuses.
    #[must_use]
    pub fn answering(mut self, proposal_entry: [u8; 32]) -> Self {
        self.answers = Some(proposal_entry);
        self
    }

    /// Says what the change leaves behind; storage does, which knows the row.
    #[must_use]
    pub fn leaving(mut self, image: Image) -> Self {
        self.left = Some(image);
        self
    }

    /// Seals the draft as the entry after `head`. `blinding` is fresh from the generator.
    ///
    /// # Errors
    /// [`EntryError`] where a code is open text or the entry is too long.
    pub fn seal(&self, head: &Head, writer: &Writer<'_>, blinding: [u8; 32]) -> Result<Entry, EntryError> {
        let mut body = self.members(head, writer, blinding)?;
        if let Some(key) = self.signer {
            let unsigned = serde_json_canonicalizer::to_vec(&body)?;
            body.insert("sig".to_owned(), json!(hex(&key.sign(SIGNATURE_DOMAIN, &unsigned))));
        }
        let body = serde_json_canonicalizer::to_vec(&body)?;
        if body.len() > MAX_BYTES {
            return Err(EntryError::TooLong(body.len()));
        }
        Ok(Entry {
            commitment: commitment_of(&body),
            body,
            place: Head { n: head.n.saturating_add(1), ..*head },
            previous: head.commitment,
            day: match self.when {
                When::Day(day) => Some(day),
                When::At(_) => None,
            },
        })
    }

    fn members(
        &self,
        head: &Head,
        writer: &Writer<'_>,
        blinding: [u8; 32],
    ) -> Result<Map<String, Value>, EntryError> {
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
        put("v", json!(1));
        put("r", json!(hex(&blinding)));
        put("acts", self.acts.iter().map(|act| act.code()).collect());
        put("n", json!(head.n.saturating_add(1)));
        put("obj", json!({"id": head.id.simple().to_string(), "k": head.kind.code()}));
        put("oecd", json!(clauses(&self.acts)));
        match &self.by {
            By::Staff { alias, role } => put("by", json!({"id": hex(alias), "k": "staff", "role": role})),
            By::Reporter => put("by", json!({"k": "reporter"})),
            By::Timer => put("by", json!({"k": "timer"})),
            By::System => put("by", json!({"k": "system"})),
        };
        match self.when {
            When::At(at) => {
                put("at", json!(at.as_second()));
                put("epoch", json!(writer.rhythm.epoch_of(at)));
                put("node", json!(writer.node));
            }
            When::Day(day) => {
                put("day", json!(day.to_string()));
            }
        }
        if let Some(previous) = head.commitment {
            put("prev", json!(hex(&previous)));
        }
        if let Some((from, to)) = self.states {
            if let Some(from) = from {
                put("from", json!(from));
            }
            put("to", json!(to));
        }
        if !self.codes.is_empty() {
            put("codes", closed_codes(&self.codes)?);
        }
        if !self.commitments.is_empty() {
            let all: BTreeMap<_, _> = self.commitments.iter().map(|(name, c)| (*name, hex(c))).collect();
            put("cm", json!(all));
        }
        if let Some(alias) = self.enrolled {
            put("alias", json!(hex(&alias)));
        }
        if let Some(proposal) = self.answers {
            put("ok", json!([hex(&proposal)]));
        }
        if let Some(image) = &self.left {
            put("post", json!(hex(&image.digest(&blinding)?)));
        }
        Ok(map)
    }
}

/// The commitment of canonical bytes.
#[must_use]
pub fn commitment_of(body: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(COMMITMENT_PREFIX).chain_update(body).finalize().into()
}

/// A salted commitment to content (`cm`): `SHA-256("senim/content/v1\n" ‖ salt ‖ content)`. The salt is erased with
/// the content, after which the commitment says nothing.
#[must_use]
pub fn content_commitment(salt: &[u8; 32], content: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"senim/content/v1\n")
        .chain_update(salt)
        .chain_update(content)
        .finalize()
        .into()
}

/// The clauses of all these acts, sorted as text, each once.
pub(super) fn clauses(acts: &[Act]) -> Vec<&'static str> {
    let mut all: Vec<&str> = acts.iter().flat_map(|act| act.clauses().iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn closed_codes(codes: &BTreeMap<&'static str, String>) -> Result<Value, EntryError> {
    let closed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._/-".contains(c);
    for (name, value) in codes {
        if value.is_empty() || value.len() > 64 || !value.chars().all(closed) {
            return Err(EntryError::OpenCode(name));
        }
    }
    Ok(json!(codes))
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests;
