//! Whether the proof of one case ([`crate::audit::case_proof`]) holds: its history whole, legal and signed, each entry in
//! the log under a head that is vouched for, and nothing kept back that the map of heads knows of. Rules of entries,
//! histories, signatures and times are those for the whole log; what needs the whole log is named in
//! [`VerifiedCase::NOT_JUDGED`].

use serde_json::{Value, json};

use super::{
    Asked,
    case_map::{self, moment},
    heads::{self, Heads},
    history::Histories,
    manifest,
    people::People,
    reading::Reading,
    report::{Outcome, Report},
    source::Source,
    take_apart,
    times::Times,
};
use crate::audit::{
    case_proof::{CaseProof, FORMAT, Place, hex},
    entry::commitment_of,
    tree::{self, TreeHead},
};

/// What became of the proof of a case.
#[derive(Debug, Default)]
pub struct VerifiedCase {
    /// The checks. Indexes are places in the log; an entry that waits for its own is told by that of the one that binds it.
    pub report: Report,
    /// The case's id in the record, 32 hexadecimal digits.
    pub case: Option<String>,
    /// The history as the file tells it, first entry first; to be relied on only where the outcome is good.
    pub lines: Vec<CaseLine>,
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLine {
    /// The entry's number.
    pub n: u64,
    /// Its place in the log; none while it waits.
    pub index: Option<u64>,
    /// Codes of its acts.
    pub acts: Vec<String>,
    /// Its second since 1970; none for what a reporter caused.
    pub at: Option<u64>,
    /// Its day, for what a reporter caused.
    pub day: Option<String>,
    /// Alias of the member of staff, else the cause.
    pub by: String,
    /// The part in which staff acted.
    pub role: Option<String>,
    /// The state that it led to.
    pub to: Option<String>,
    /// Whether it is newer than the map of heads.
    pub later: bool,
}

impl CaseLine {
    /// The moment, or the day of what a reporter caused.
    #[must_use]
    pub fn when(&self) -> String {
        self.at.map(moment).or_else(|| self.day.clone()).unwrap_or_default()
    }
}

impl VerifiedCase {
    /// What nobody can tell from one case.
    pub const NOT_JUDGED: &'static [&'static str] = &[
        "whether whoever acts was enrolled before",
        "whether an entry was written when it says or later, but before its head was seen",
        "whether the directory of staff is the one that the log committed to, nothing missing",
        "whether the map of heads is of all entries before it: everybody who has the whole log makes it again",
    ];

    /// The result for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let line = |line: &CaseLine| {
            json!({
                "n": line.n, "index": line.index, "acts": line.acts, "at": line.at, "day": line.day, "by": line.by,
                "role": line.role, "to": line.to, "later_than_map": line.later,
            })
        };
        let mut json = self.report.to_json();
        if let Some(members) = json.as_object_mut() {
            members.insert("case".to_owned(), self.case.as_deref().into());
            members.insert("entries".to_owned(), self.lines.iter().map(line).collect());
            members.insert("not_judged".to_owned(), Self::NOT_JUDGED.into());
        }
        json
    }
}

/// Verifies the proof of a case. Of `asked` the remembered head is not used: the file has no proof between two heads.
#[must_use]
pub fn verify_case(source: &dyn Source, asked: &Asked<'_>) -> VerifiedCase {
    let mut verified = VerifiedCase::default();
    let report = &mut verified.report;
    let proof = match CaseProof::read(source) {
        Ok(proof) => proof,
        Err(error) => {
            report.add("proof", Outcome::CannotTell, error);
            return verified;
        }
    };
    verified.case = Some(hex(proof.case));
    let asked = Asked { remembered: None, ..*asked };
    let Some(heads) = heads::read(source, &asked, report) else { return verified };
    manifest::check(source, FORMAT, asked.pace, report);
    let mut pass = Pass::new(&proof, source, &asked, (&heads, report));
    for (number, (body, place)) in (1_u64..).zip(&proof.entries) {
        pass.take(number, body, place.as_ref(), report);
    }
    let map = case_map::read(&proof, heads.newest, &mut pass.times, report);
    verified.lines = pass.lines(map.as_ref().map(|map| map.known));
    let newest = pass.times.newest();
    pass.finish(&asked, report);
    if let Some(map) = map {
        case_map::tell(&map, &proof, (newest, asked.pace), report);
    }
    verified
}

/// An entry that was read.
struct Read {
    number: u64,
    index: Option<u64>,
    entry: Reading,
}

/// One pass over the entries.
struct Pass<'p> {
    proof: &'p CaseProof,
    case: (String, String),
    head: TreeHead,
    /// For each entry its place, or that of the next one that has one.
    told_at: Vec<u64>,
    people: People,
    times: Times,
    histories: Histories,
    read: Vec<Read>,
    lawless: u64,
    strange: u64,
    outside: u64,
}

impl<'p> Pass<'p> {
    fn new(
        proof: &'p CaseProof,
        source: &dyn Source,
        asked: &Asked<'_>,
        (heads, report): (&Heads, &mut Report),
    ) -> Self {
        Self {
            proof,
            case: ("case".to_owned(), hex(proof.case)),
            head: heads.newest,
            told_at: told_at(proof, heads.newest.size),
            people: People::read(source, asked.genesis, report),
            times: Times::new(&heads.known, asked.pace),
            histories: Histories::default(),
            read: Vec::new(),
            lawless: 0,
            strange: 0,
            outside: 0,
        }
    }

    fn take(&mut self, number: u64, body: &[u8], place: Option<&Place>, report: &mut Report) {
        let commitment = commitment_of(body);
        if let Some(place) = place
            && let Err(error) = place.verify(&tree::leaf(&commitment), &self.head)
        {
            self.outside = self.outside.saturating_add(1);
            let sentence = format_args!(
                "Number {number} of the case is not entry {} of the log: {error}. It was altered, or is of another log.",
                place.index
            );
            report.add_at("log", place.index, sentence);
        }
        let before = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        let index = self.told_at.get(before).copied().unwrap_or(self.head.size);
        let Some(entry) = take_apart(index, (body, commitment), &mut self.lawless, report) else { return };
        if entry.object != self.case {
            self.strange(index, format_args!("Number {number} is of something else than this case."), report);
            return;
        }
        if entry.n != number {
            let sentence = format_args!(
                "Entry {index} is number {} of the case and stands here as number {number}: one is missing.",
                entry.n
            );
            self.strange(index, sentence, report);
        }
        self.people.push(index, &entry, body, report);
        if let Some(place) = place {
            self.times.push(place.index, &entry, report);
        }
        self.histories.push(index, entry.clone(), report);
        self.read.push(Read { number, index: place.map(|place| place.index), entry });
    }

    fn strange(&mut self, index: u64, sentence: impl std::fmt::Display, report: &mut Report) {
        self.strange = self.strange.saturating_add(1);
        report.add_at("histories", index, sentence);
    }

    /// The history; newer than the map is what it does not count.
    fn lines(&self, known: Option<u64>) -> Vec<CaseLine> {
        let line = |read: &Read| CaseLine {
            n: read.number,
            index: read.index,
            acts: read.entry.acts.clone(),
            at: read.entry.at,
            day: read.entry.day.clone(),
            by: read.entry.alias.clone().unwrap_or_else(|| read.entry.cause.clone()),
            role: read.entry.role.clone(),
            to: read.entry.to.clone(),
            later: known.is_some_and(|known| read.number > known),
        };
        self.read.iter().map(line).collect()
    }

    fn finish(mut self, asked: &Asked<'_>, report: &mut Report) {
        if self.proof.entries.is_empty() {
            return self.times.finish(report);
        }
        let waiting = self.waiting(asked, report);
        let count = self.proof.entries.len();
        if self.outside == 0 {
            let sentence = match waiting {
                0 => format!("All {count} entries of the case are in the log."),
                _ => format!(
                    "{} of the {count} entries of the case are in the log; {waiting} wait for their place, and an entry behind each, which names it, is there.",
                    count.saturating_sub(waiting)
                ),
            };
            report.add("log", Outcome::Good, sentence);
        }
        if self.lawless == 0 {
            report.add("schema", Outcome::Good, "Every entry is canonical and holds only what is allowed.");
        }
        if self.strange == 0 && self.histories.sound() {
            let sentence = "The entries are numbered without a gap, each names the one before it, and every step is legal.";
            report.add("histories", Outcome::Good, sentence);
        }
        self.people.finish(report);
        self.times.finish(report);
    }

    /// How many entries wait for their place; says which of them wait too long.
    fn waiting(&mut self, asked: &Asked<'_>, report: &mut Report) -> usize {
        let newest = self.times.newest();
        let (mut waiting, mut late, mut following) = (0_usize, Vec::new(), None);
        for read in self.read.iter().rev() {
            if let Some(index) = read.index {
                following = Some((index, &read.entry));
                continue;
            }
            waiting = waiting.saturating_add(1);
            match following {
                Some((_, entry)) if asked.pace.waits(entry, newest) => {}
                Some((index, _)) => late.push((index, read.number)),
                None => late.push((self.head.size, read.number)),
            }
        }
        late.reverse();
        for (index, number) in late {
            self.outside = self.outside.saturating_add(1);
            let sentence =
                format_args!("Number {number} of the case has no place in the log, and should have one.");
            report.add_at("log", index, sentence);
        }
        waiting
    }
}

/// For each entry its place, or that of the next one that has one; the log's size where none follows.
fn told_at(proof: &CaseProof, size: u64) -> Vec<u64> {
    let mut next = size;
    let mut told: Vec<u64> = proof
        .entries
        .iter()
        .rev()
        .map(|(_, place)| {
            next = place.as_ref().map_or(next, |place| place.index);
            next
        })
        .collect();
    told.reverse();
    told
}
