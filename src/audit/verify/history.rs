//! The history of every object: numbered without a gap, each entry naming the one before, and of a case only legal
//! steps with their second pair of eyes. The daily map of heads is made again from them.

use std::collections::{BTreeMap, HashMap};

use super::{
    reading::Reading,
    report::{Outcome, Report},
};
use crate::{
    audit::{
        entry::ObjectKind,
        head_map::{HeadMap, ObjectHead},
    },
    domain::case::{status::Status, step::Step, transition::find},
};

/// Acts that only a member of staff does, under their own signature.
const BY_HAND: &[&str] = &[
    "approval.given",
    "approval.refused",
    "coi.attested",
    "content.read",
    "decision.made",
    "identity.approved",
    "identity.opened",
    "proposal.made",
];

/// An object's place in the log: its kind and audit id.
type Object = (String, String);

/// What is known of one object.
#[derive(Default)]
struct Chain {
    /// Number and commitment of the last entry in order.
    n: u64,
    head: Option<[u8; 32]>,
    /// Entries that are in the log before one that they follow: a reporter's entry waits for the following day, what
    /// staff did about it does not. By number, with their index.
    waiting: BTreeMap<u64, (u64, Reading)>,
    status: Option<Status>,
    origin: Option<Status>,
    /// Open proposals: who made which step one.
    proposals: HashMap<[u8; 32], (Option<String>, Option<String>)>,
}

/// The histories of all objects.
#[derive(Default)]
pub(super) struct Histories {
    chains: HashMap<Object, Chain>,
    faults: u64,
    /// Maps of heads, and those of them that are of other entries than those before.
    maps: u64,
    false_maps: u64,
}

impl Histories {
    /// Takes the next entry of the log.
    pub(super) fn push(&mut self, index: u64, entry: Reading, report: &mut Report) {
        if let Some(root) = entry.heads.filter(|_| entry.did("log.headmap")) {
            self.maps = self.maps.saturating_add(1);
            if self.heads() != Some(root) {
                self.false_maps = self.false_maps.saturating_add(1);
                let sentence = format!("Entry {index} is a map of heads, but not of the entries before it.");
                report.add_at("heads", index, sentence);
            }
        }
        let chain = self.chains.entry(entry.object.clone()).or_default();
        let mut problems = Vec::new();
        if entry.n <= chain.n || chain.waiting.contains_key(&entry.n) {
            problems.push((index, format!("Entry {index} repeats number {} of its object.", entry.n)));
        } else {
            chain.waiting.insert(entry.n, (index, entry));
            while let Some((index, entry)) = chain.waiting.remove(&(chain.n.saturating_add(1))) {
                chain.follow(index, &entry, &mut problems);
            }
        }
        for (index, sentence) in problems {
            self.faults = self.faults.saturating_add(1);
            report.add_at("histories", index, sentence);
        }
    }

    /// The root of the map of the heads of all objects so far; `None` where an object is none that a map can hold.
    fn heads(&self) -> Option<[u8; 32]> {
        let mut heads: Vec<ObjectHead> = Vec::with_capacity(self.chains.len());
        for ((kind, id), chain) in &self.chains {
            let kind = ObjectKind::ALL.iter().copied().find(|known| known.code() == kind)?;
            let last = chain.waiting.last_key_value().map(|(n, (_, entry))| (*n, entry.commitment));
            let (n, commitment) = last.or_else(|| Some((chain.n, chain.head?)))?;
            let id = uuid::Uuid::try_parse(id).ok()?;
            heads.push(ObjectHead { kind, id, n: u32::try_from(n).ok()?, commitment });
        }
        heads.sort_unstable_by_key(|head| (head.kind.code(), head.id));
        let mut map = HeadMap::new();
        for part in heads.chunks(4096) {
            map.extend(part).ok()?;
        }
        Some(*map.head().root.bytes())
    }

    /// Whether no entry so far broke a rule.
    pub(super) const fn sound(&self) -> bool {
        self.faults == 0
    }

    /// Ends. `waits` tells whether a missing entry may still be waiting for its day, seen from one that follows it.
    pub(super) fn finish(self, waits: impl Fn(&Reading) -> bool, report: &mut Report) {
        let gap = |chain: &Chain| {
            let (number, (index, entry)) = chain.waiting.first_key_value()?;
            (!waits(entry)).then_some((*index, *number, chain.n.saturating_add(1)))
        };
        let mut gaps: Vec<_> = self.chains.values().filter_map(gap).collect();
        gaps.sort_unstable();
        for (index, number, missing) in &gaps {
            let sentence =
                format!("Entry {index} is number {number} of its object, and number {missing} is missing.");
            report.add_at("histories", *index, sentence);
        }
        if self.maps > 0 && self.false_maps == 0 {
            let sentence = format!("All {} maps of heads are of the entries before them.", self.maps);
            report.add("heads", Outcome::Good, sentence);
        }
        if self.faults == 0 && gaps.is_empty() {
            let (objects, cases) =
                (self.chains.len(), self.chains.keys().filter(|(kind, _)| kind == "case").count());
            report.add(
                "histories",
                Outcome::Good,
                format_args!(
                    "The histories of {objects} objects, {cases} of them cases, are whole and legal."
                ),
            );
        }
    }
}

impl Chain {
    fn follow(&mut self, index: u64, entry: &Reading, problems: &mut Vec<(u64, String)>) {
        if entry.prev != self.head {
            problems.push((index, format!("Entry {index} does not follow the entry before it.")));
        }
        (self.n, self.head) = (entry.n, Some(entry.commitment));
        let by_hand = entry.cause == "staff" && entry.signed;
        if !by_hand && BY_HAND.iter().any(|act| entry.did(act)) {
            let what = "it decides or looks, and no member of staff signed it";
            problems.push((index, format!("Entry {index}: {what}.")));
        }
        if entry.object.0 != "case" {
            return;
        }
        if entry.did("proposal.made") {
            let step = entry.codes.get("step").cloned();
            self.proposals.insert(entry.commitment, (entry.alias.clone(), step));
        }
        if let Some(to) = &entry.to
            && let Err(sentence) = self.moved(entry, to)
        {
            problems.push((index, format!("Entry {index}: {sentence}")));
        }
        // Approved or refused, a proposal is answered once.
        self.proposals.retain(|proposal, _| !entry.answers.contains(proposal));
    }

    fn moved(&mut self, entry: &Reading, to: &str) -> Result<(), &'static str> {
        let to = Status::parse(to).ok_or("an unknown state")?;
        let from =
            entry.from.as_deref().map(|from| Status::parse(from).ok_or("an unknown state")).transpose()?;
        if from != self.status {
            return Err("the case was in another state");
        }
        let Some(from) = from else {
            self.status = Some(to);
            return if to == Status::Received { Ok(()) } else { Err("a case begins by being received") };
        };
        let step = entry.codes.get("step").and_then(|code| Step::parse(code)).ok_or("no step is named")?;
        let row = find(from, step).ok_or("the step is not legal in this state")?;
        if row.to.status(from, self.origin) != Some(to) {
            return Err("the step leads elsewhere");
        }
        self.origin = if to == Status::AwaitingInfo { Some(from) } else { None };
        self.status = Some(to);
        if row.four_eyes { self.second_pair_of_eyes(entry) } else { Ok(()) }
    }

    fn second_pair_of_eyes(&self, entry: &Reading) -> Result<(), &'static str> {
        if entry.cause != "staff" || !entry.signed {
            return Err("it needs a second person, and none signed it");
        }
        let proposal = entry.answers.iter().find_map(|answered| self.proposals.get(answered));
        let (proposer, step) =
            proposal.ok_or("it needs a second person, and answers no open proposal of this case")?;
        if step.as_ref() != entry.codes.get("step") {
            return Err("it answers a proposal of another step");
        }
        if proposer == &entry.alias { Err("who proposed it approved it") } else { Ok(()) }
    }
}
