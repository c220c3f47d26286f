//! What may stand in an entry, as one closed table: every member with its shape, and nothing else (control AUD-3).
//!
//! Deny by default: a member, a code or a value that the table does not name is a fault, so an entry has no place for
//! a text, a name, an address or a time of a reporter. Members that are designed but written by nobody yet (`pre`,
//! `prof`) are not in the table either. To add one: a row here, with the shape of its value.

mod words;

use serde_json::{Map, Value};

use super::{
    act::{Act, Cause},
    entry::{MAX_BYTES, clauses},
    node::{self, LARGEST, Node},
    requirements::unmet,
};
use words::{is_clause, is_part};

use crate::domain::case::status::Status;

/// A member of an object.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// When it stands there.
    pub stands: Stands,
    /// What its value is.
    pub shape: Shape,
}

/// When a member stands in an entry; where it does not, it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// In every entry.
    Always,
    /// In some entries.
    Sometimes,
    /// In every entry that a reporter caused, and in no other.
    ByReporter,
    /// In every entry but those that a reporter caused.
    NotByReporter,
    /// In every entry that a member of staff caused, and in no other.
    ByStaff,
    /// In some of those that a member of staff caused, and in no other.
    SometimesByStaff,
    /// In every entry with this act, and in no other.
    With(Act),
    /// In every entry with the first act, in some of those with the second, and in no other.
    WithOrSometimes(Act, Act),
    /// In every entry with one of the first acts, in some of those with one of the second, and in no other.
    WithAnyOrSometimes(&'static [Act], &'static [Act]),
    /// In every entry but the first of an object.
    AfterTheFirst,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// So many lower-case hexadecimal digits.
    Hex(usize),
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// A day of the calendar, such as `2026-09-21`.
    Day,
    /// The name of a process: lower-case letters, digits and dashes, at most 32.
    Process,
    /// A word of a closed vocabulary, which this function knows.
    Word(fn(&str) -> bool),
    /// At least one value of this shape, none of them twice.
    List(&'static Self),
    /// These members, at least one of them.
    Object(&'static [Member]),
}

/// Something in an entry that may not be there, or that is not there and must be. Members are named by their path,
/// such as `by.id`; values are never told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaFault {
    /// Longer than [`MAX_BYTES`].
    #[error("the entry is {0} bytes long; {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// Not JSON, or something other than an object.
    #[error("the entry is no JSON object")]
    NotAnObject,
    /// Other bytes than those of RFC 8785: white space, another order, another escape, a member twice.
    #[error("the bytes are not canonical")]
    NotCanonical,
    /// A member that the table does not name.
    #[error("`{0}` is no member of an entry")]
    Unknown(String),
    /// A member that this entry must not have, such as `at` where a reporter caused it.
    #[error("`{0}` must not stand in this entry")]
    Misplaced(String),
    /// A member that this entry must have.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A value of another shape, or outside its vocabulary.
    #[error("`{0}` is not what it must be")]
    Shape(String),
    /// An act in the history of an object of a kind that it does not concern.
    #[error("`{0}` does not stand on this kind of object")]
    WrongObject(&'static str),
    /// An act that this cause cannot have brought about.
    #[error("`{0}` is not caused so")]
    WrongCause(&'static str),
    /// A member that an act needs; where several are named, at least one of them.
    #[error("`{0}` needs `{1}`")]
    Needed(&'static str, &'static str),
    /// Other clauses than those of the acts.
    #[error("`oecd` does not say the clauses of the acts")]
    Clauses,
}

macro_rules! members {
    ($($name:literal $stands:ident $(($($of:expr),+))?, $shape:expr;)*) => {
        &[$(Member { name: $name, stands: Stands::$stands $(($($of),+))?, shape: $shape }),*]
    };
}

macro_rules! words {
    ($($vocabulary:ident)|+) => { Shape::Word(|word| $($vocabulary::parse(word).is_some())||+) };
    ($($word:literal)|+) => { Shape::Word(|word| matches!(word, $($word)|+)) };
}

mod codes;

pub use codes::CODES;

/// The members of an entry: audit-log.md section 2.2, in the order in which they are written.
#[rustfmt::skip]
pub const ENTRY: &[Member] = members! {
    "acts"  Always,           Shape::List(&words!(Act));
    "alias" With(Act::ActorEnrolled), Shape::Hex(16);
    "at"    NotByReporter,    Shape::Whole(0, LARGEST);
    "by"    Always,           Shape::Object(BY);
    "cm"    WithAnyOrSometimes(COMMITTING, &[Act::ActorRetired, Act::ConfigChanged]), Shape::Object(CM);
    "codes" Sometimes,        Shape::Object(CODES);
    "day"   ByReporter,       Shape::Day;
    "epoch" NotByReporter,    Shape::Whole(0, LARGEST);
    "from"  Sometimes,        words!(Status);
    "n"     Always,           Shape::Whole(1, 0x7fff_ffff);
    "node"  NotByReporter,    Shape::Process;
    "obj"   Always,           Shape::Object(OBJECT);
    "oecd"  Always,           Shape::List(&Shape::Word(is_clause));
    "ok"    Sometimes,        Shape::List(&Shape::Hex(64));
    "post"  Sometimes,        Shape::Hex(64);
    "prev"  AfterTheFirst,    Shape::Hex(64);
    "r"     Always,           Shape::Hex(64);
    "sig"   SometimesByStaff, Shape::Hex(128);
    "to"    Sometimes,        words!(Status);
    "v"     Always,           Shape::Whole(1, 1);
};

/// The members of `by`: who caused it. Of a reporter nothing but that it was one.
#[rustfmt::skip]
pub const BY: &[Member] = members! {
    "id"   ByStaff, Shape::Hex(16);
    "k"    Always,  words!(Cause);
    "role" ByStaff, Shape::Word(is_part);
};

/// The members of `obj`: whose history it belongs to.
#[rustfmt::skip]
pub const OBJECT: &[Member] = members! {
    "id" Always, Shape::Hex(32);
    "k"  Always, words!("case" | "staff" | "desk" | "instance" | "log");
};

/// The acts whose entries always commit to something that stands elsewhere.
const COMMITTING: &[Act] = &[
    Act::ActorEnrolled,
    Act::ChainAnchored,
    Act::ConfigApproved,
    Act::ConfigProposed,
    Act::ConfigRefused,
    Act::ConfigStale,
    Act::DirectorySigned,
    Act::LogHeadmap,
    Act::ReferralSent,
];

/// The acts about a proposed change of the configuration, whose digest they name.
const CONFIGURING: &[Act] = &[Act::ConfigApproved, Act::ConfigProposed, Act::ConfigRefused, Act::ConfigStale];

/// The members of `cm`: commitments to what stands elsewhere. `config` is the digest of the file that is agreed on (changes
/// of the directory have none), `heads` is the root of the head map, `head` that of a tree
/// whose head a quorum of witnesses cosigned, `directory` the digest of the entry of the directory that took effect (who is
/// retired by the operator has none), `identity` who the `alias` is, salted,
/// `package` that of the manifest of what was sent to another body.
#[rustfmt::skip]
pub const CM: &[Member] = members! {
    "config"    WithAnyOrSometimes(CONFIGURING, &[Act::ConfigChanged]), Shape::Hex(64);
    "directory" WithOrSometimes(Act::DirectorySigned, Act::ActorRetired), Shape::Hex(64);
    "head"      With(Act::ChainAnchored), Shape::Hex(64);
    "heads"     With(Act::LogHeadmap),    Shape::Hex(64);
    "identity"  With(Act::ActorEnrolled), Shape::Hex(64);
    "package"   With(Act::ReferralSent),  Shape::Hex(64);
};

/// Everything about the bytes of an entry that the table does not allow; empty where all is well.
#[must_use]
pub fn faults(body: &[u8]) -> Vec<SchemaFault> {
    read(body).err().unwrap_or_default()
}

/// The entry in these bytes, if the table allows everything about them; else what it does not allow.
pub(super) fn read(body: &[u8]) -> Result<Node<'_>, Vec<SchemaFault>> {
    if body.len() > MAX_BYTES {
        return Err(vec![SchemaFault::TooLong(body.len())]);
    }
    if let Some(entry) = node::parse(body) {
        let found = check(&entry);
        return if found.is_empty() { Ok(entry) } else { Err(found) };
    }
    let Ok(entry) = serde_json::from_slice::<Map<String, Value>>(body) else {
        return Err(vec![SchemaFault::NotAnObject]);
    };
    let mut found = Vec::new();
    // A member that stands twice is read once, so it is missing from what is written again.
    if !serde_json_canonicalizer::to_vec(&entry).is_ok_and(|canonical| canonical == body) {
        found.push(SchemaFault::NotCanonical);
    }
    found.extend(check(&Node::of(&Value::Object(entry))));
    // Canonical bytes that could not be read in place hold something that no entry holds.
    if found.is_empty() {
        found.push(SchemaFault::NotCanonical);
    }
    Err(found)
}

fn check(entry: &Node<'_>) -> Vec<SchemaFault> {
    let mut check = Check { standing: Standing::of(entry), found: Vec::new() };
    check.members("", ENTRY, entry.members());
    if entry.get("from").is_some() && entry.get("to").is_none() {
        check.found.push(SchemaFault::Missing("to".to_owned()));
    }
    let said = entry.get("oecd").map(Node::items).unwrap_or_default();
    if !said.iter().map(Node::text).eq(clauses(&check.standing.acts).into_iter().map(Some)) {
        check.found.push(SchemaFault::Clauses);
    }
    check.found.extend(unmet(entry, &check.standing.acts));
    check.found
}

/// The known acts of an entry.
fn acts(entry: &Node<'_>) -> Vec<Act> {
    let codes = entry.get("acts").map(Node::items).unwrap_or_default();
    codes.iter().filter_map(Node::text).filter_map(Act::parse).collect()
}

/// What decides which members must stand.
struct Standing {
    acts: Vec<Act>,
    staff: bool,
    reporter: bool,
    first: bool,
}

impl Standing {
    fn of(entry: &Node<'_>) -> Self {
        let kind = entry.get("by").and_then(|by| by.get("k")).and_then(Node::text).and_then(Cause::parse);
        let first = entry.get("n").and_then(Node::whole) == Some(1);
        let (staff, reporter) = (kind == Some(Cause::Staff), kind == Some(Cause::Reporter));
        Self { acts: acts(entry), staff, reporter, first }
    }

    /// Whether a member may stand here, and whether it must.
    fn of_member(&self, stands: Stands) -> (bool, bool) {
        let did = |act| self.acts.contains(&act);
        match stands {
            Stands::Always => (true, true),
            Stands::Sometimes => (true, false),
            Stands::SometimesByStaff => (self.staff, false),
            Stands::With(act) => (did(act), did(act)),
            Stands::WithOrSometimes(always, sometimes) => (did(always) || did(sometimes), did(always)),
            Stands::WithAnyOrSometimes(always, sometimes) => {
                let must = always.iter().any(|act| did(*act));
                (must || sometimes.iter().any(|act| did(*act)), must)
            }
            Stands::ByReporter => (self.reporter, self.reporter),
            Stands::NotByReporter => (!self.reporter, !self.reporter),
            Stands::ByStaff => (self.staff, self.staff),
            Stands::AfterTheFirst => (!self.first, !self.first),
        }
    }
}

struct Check {
    standing: Standing,
    found: Vec<SchemaFault>,
}

impl Check {
    fn members(&mut self, path: &str, table: &[Member], object: &[(&str, Node<'_>)]) {
        let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        for (name, _) in object.iter().filter(|(name, _)| table.iter().all(|member| member.name != *name)) {
            self.found.push(SchemaFault::Unknown(under(name)));
        }
        for member in table {
            let (may, must) = self.standing.of_member(member.stands);
            match object.iter().find(|(name, _)| *name == member.name) {
                Some(_) if !may => self.found.push(SchemaFault::Misplaced(under(member.name))),
                // What a name is under is told only of what is wrong.
                Some((_, value)) if fits(member.shape, value) => {}
                Some((_, value)) => self.value(&under(member.name), member.shape, value),
                None if must => self.found.push(SchemaFault::Missing(under(member.name))),
                None => {}
            }
        }
    }

    fn value(&mut self, path: &str, shape: Shape, value: &Node<'_>) {
        match (shape, value) {
            (Shape::Object(table), Node::Object(object)) if !object.is_empty() => {
                self.members(path, table, object);
            }
            _ => self.found.push(SchemaFault::Shape(path.to_owned())),
        }
    }
}

/// Whether a value that is no object has its shape.
fn fits(shape: Shape, value: &Node<'_>) -> bool {
    let text = |good: &dyn Fn(&str) -> bool| value.text().is_some_and(good);
    match shape {
        Shape::Hex(digits) => {
            text(&|text| text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
        }
        Shape::Whole(least, most) => value.whole().is_some_and(|number| (least..=most).contains(&number)),
        Shape::Day => {
            text(&|text| text.parse::<jiff::civil::Date>().is_ok_and(|day| day.to_string() == text))
        }
        Shape::Process => text(&|text| {
            let closed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            (1..=32).contains(&text.len()) && text.bytes().all(closed)
        }),
        Shape::Word(known) => text(&known),
        Shape::List(of) => {
            let list = value.items();
            let twice =
                list.iter().enumerate().any(|(at, one)| list.iter().skip(at + 1).any(|two| one == two));
            !list.is_empty() && !twice && list.iter().all(|one| fits(*of, one))
        }
        Shape::Object(_) => false,
    }
}

#[cfg(test)]
mod tests;
