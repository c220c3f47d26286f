//! An entry as the verifier reads it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::audit::node::Node;

/// An entry. What its members may be is checked by [`crate::audit::schema`]; here they are only taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub commitment: [u8; 32],
    pub acts: Vec<String>,
    pub at: Option<u64>,
    pub day: Option<String>,
    pub cause: String,
    /// The alias of a member of staff.
    pub alias: Option<String>,
    /// The part in which they act.
    pub role: Option<String>,
    /// The alias that the entry binds to a person.
    pub enrolled: Option<String>,
    /// Kind and id of the object.
    pub object: (String, String),
    pub n: u64,
    pub prev: Option<[u8; 32]>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub codes: BTreeMap<String, String>,
    pub answers: Vec<[u8; 32]>,
    pub signed: bool,
    /// The commitment named `heads`, of a head map.
    pub heads: Option<[u8; 32]>,
    /// The commitment named `directory`, to an entry of the directory.
    pub directory: Option<[u8; 32]>,
    /// The commitment named `identity`, to who the enrolled alias is.
    pub identity: Option<[u8; 32]>,
}

#[derive(Deserialize)]
struct Raw {
    acts: Vec<String>,
    at: Option<u64>,
    day: Option<String>,
    by: RawBy,
    obj: RawObject,
    n: u64,
    prev: Option<String>,
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
    #[serde(default)]
    ok: Vec<String>,
    sig: Option<String>,
    alias: Option<String>,
    #[serde(default)]
    cm: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct RawBy {
    k: String,
    id: Option<String>,
    role: Option<String>,
}

#[derive(Deserialize)]
struct RawObject {
    k: String,
    id: String,
}

impl Reading {
    /// Takes a lawful entry apart; `None` where it is not one.
    pub(super) fn of_node(entry: &Node<'_>, commitment: [u8; 32]) -> Option<Self> {
        let text = |node: Option<&Node<'_>>| node.and_then(Node::text).map(str::to_owned);
        let texts = |name| entry.get(name).map(Node::items).unwrap_or_default().iter().filter_map(Node::text);
        let (by, object) = (entry.get("by")?, entry.get("obj")?);
        let codes = entry.get("codes").map(Node::members).unwrap_or_default();
        let prev = entry.get("prev").and_then(Node::text);
        let committed =
            |name| entry.get("cm").and_then(|cm| cm.get(name)).and_then(Node::text).and_then(hash);
        Some(Self {
            commitment,
            acts: texts("acts").map(str::to_owned).collect(),
            at: entry.get("at").and_then(Node::whole),
            day: text(entry.get("day")),
            cause: text(by.get("k"))?,
            alias: text(by.get("id")),
            role: text(by.get("role")),
            enrolled: text(entry.get("alias")),
            object: (text(object.get("k"))?, text(object.get("id"))?),
            n: entry.get("n").and_then(Node::whole)?,
            prev: prev.map(|hex| hash(hex).ok_or(())).transpose().ok()?,
            from: text(entry.get("from")),
            to: text(entry.get("to")),
            codes: codes
                .iter()
                .filter_map(|(name, code)| Some(((*name).to_owned(), code.text()?.to_owned())))
                .collect(),
            answers: texts("ok").map(|hex| hash(hex).ok_or(())).collect::<Result<_, _>>().ok()?,
            signed: entry.get("sig").is_some(),
            heads: committed("heads"),
            directory: committed("directory"),
            identity: committed("identity"),
        })
    }

    /// Takes an entry apart that breaks a rule; `None` where it is not one at all.
    pub(super) fn of(body: &[u8], commitment: [u8; 32]) -> Option<Self> {
        let raw: Raw = serde_json::from_slice(body).ok()?;
        Some(Self {
            commitment,
            acts: raw.acts,
            at: raw.at,
            day: raw.day,
            cause: raw.by.k,
            alias: raw.by.id,
            role: raw.by.role,
            enrolled: raw.alias,
            object: (raw.obj.k, raw.obj.id),
            n: raw.n,
            prev: raw.prev.map(|hex| hash(&hex).ok_or(())).transpose().ok()?,
            from: raw.from,
            to: raw.to,
            codes: raw.codes,
            answers: raw.ok.iter().map(|hex| hash(hex).ok_or(())).collect::<Result<_, _>>().ok()?,
            signed: raw.sig.is_some(),
            heads: raw.cm.get("heads").and_then(|hex| hash(hex)),
            directory: raw.cm.get("directory").and_then(|hex| hash(hex)),
            identity: raw.cm.get("identity").and_then(|hex| hash(hex)),
        })
    }

    pub(super) fn did(&self, act: &str) -> bool {
        self.acts.iter().any(|one| one == act)
    }
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    (hex.len() == 64).then_some(())?;
    data_encoding::HEXLOWER.decode_mut(hex.as_bytes(), &mut bytes).ok()?;
    Some(bytes)
}
