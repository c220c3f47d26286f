//! What the entries of one object come to, one after the other: the fold that the tables must equal (audit-log.md 3.4).
//!
//! Only what the tables can be compared with is folded. Whether a step was legal and had its second pair of eyes is for
//! [`super::verify`].

use serde::Deserialize;
use uuid::Uuid;

use super::{
    act::Act,
    entry::{ObjectKind, commitment_of},
    post::Image,
};

/// What an entry says about its place and about the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Of which kind the object is.
    pub kind: ObjectKind,
    /// Its audit id.
    pub id: Uuid,
    /// Number in the object's history.
    pub n: u32,
    /// Commitment of the entry before.
    pub prev: Option<[u8; 32]>,
    /// The entry's own commitment, made from its bytes.
    pub commitment: [u8; 32],
    /// Codes of its acts.
    pub acts: Vec<String>,
    /// Seconds since 1970, of an act of staff or of the system.
    pub at: Option<i64>,
    /// The day, of what a reporter caused.
    pub day: Option<String>,
    /// State before.
    pub from: Option<String>,
    /// State after.
    pub to: Option<String>,
    /// The random bytes and the digest of what is left behind.
    pub post: Option<([u8; 32], [u8; 32])>,
}

#[derive(Deserialize)]
struct Raw {
    acts: Vec<String>,
    at: Option<i64>,
    day: Option<String>,
    obj: RawObject,
    n: u32,
    prev: Option<String>,
    from: Option<String>,
    to: Option<String>,
    r: String,
    post: Option<String>,
}

#[derive(Deserialize)]
struct RawObject {
    k: String,
    id: Uuid,
}

impl Told {
    /// Reads an entry; none where the bytes are not one.
    #[must_use]
    pub fn by(body: &[u8]) -> Option<Self> {
        let raw: Raw = serde_json::from_slice(body).ok()?;
        let salt = hash(&raw.r)?;
        let post = raw.post.map(|hex| hash(&hex).ok_or(())).transpose().ok()?;
        Some(Self {
            kind: ObjectKind::ALL.iter().copied().find(|kind| kind.code() == raw.obj.k)?,
            id: raw.obj.id,
            n: raw.n,
            prev: raw.prev.map(|hex| hash(&hex).ok_or(())).transpose().ok()?,
            commitment: commitment_of(body),
            acts: raw.acts,
            at: raw.at,
            day: raw.day,
            from: raw.from,
            to: raw.to,
            post: post.map(|post| (salt, post)),
        })
    }

    /// Whether it says nothing but that the log grew.
    #[must_use]
    pub fn is_pad(&self) -> bool {
        self.acts == [Act::LogPad.code()]
    }
}

fn hash(hex: &str) -> Option<[u8; 32]> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

/// Why an entry does not continue the history before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// A number is missing or stands twice.
    #[error("entry {expected} is missing, {found} stands in its place")]
    Number {
        /// What would have to follow.
        expected: u32,
        /// What does.
        found: u32,
    },
    /// It names another predecessor.
    #[error("entry {0} does not follow the one before it")]
    Predecessor(u32),
    /// It begins from another state than the one before it led to.
    #[error("entry {0} begins from a state in which the object was not")]
    Status(u32),
}

/// What the entries so far come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Number of the last entry; 0 before the first.
    pub n: u32,
    /// Its commitment.
    pub head: Option<[u8; 32]>,
    /// The state; none where the object has none.
    pub status: Option<String>,
    /// What the last entry says it left behind.
    post: Option<([u8; 32], [u8; 32])>,
}

impl History {
    /// Takes the next entry; where it does not continue the history, the history goes on from it all the same, so that one
    /// fault is told once.
    ///
    /// # Errors
    /// [`Break`].
    pub fn follow(&mut self, told: &Told) -> Result<(), Break> {
        let expected = self.n.saturating_add(1);
        let outcome = if told.n != expected {
            Err(Break::Number { expected, found: told.n })
        } else if told.prev != self.head {
            Err(Break::Predecessor(told.n))
        } else if told.to.is_some() && told.from != self.status {
            Err(Break::Status(told.n))
        } else {
            Ok(())
        };
        (self.n, self.head, self.post) = (told.n, Some(told.commitment), told.post);
        if told.to.is_some() {
            self.status.clone_from(&told.to);
        }
        outcome
    }

    /// Whether the last entry left exactly this behind. An entry that says nothing of it leaves nothing that could be told.
    #[must_use]
    pub fn left(&self, image: &Image) -> bool {
        self.post.is_some_and(|(salt, post)| image.digest(&salt).is_ok_and(|digest| digest == post))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{
        entry::{By, Draft, Entry, Head, When, Writer},
        rhythm::Rhythm,
    };

    fn next(head: &mut Head, states: Option<(Option<&'static str>, &'static str)>, image: &Image) -> Entry {
        let draft = Draft::new(Act::StateChanged, By::System, When::At(jiff::Timestamp::UNIX_EPOCH));
        let draft = match states {
            Some((from, to)) => draft.moved(from, to),
            None => draft,
        };
        let writer = Writer { node: "a", rhythm: Rhythm::PLAIN };
        let entry = draft.leaving(image.clone()).seal(head, &writer, [9; 32]).unwrap();
        *head = Head { commitment: Some(entry.commitment), ..entry.place };
        entry
    }

    fn image(status: &str) -> Image {
        let mut image = Image::default();
        image.set("status", Some(status.into()));
        image
    }

    fn three() -> Vec<Told> {
        let mut head = Head::new(ObjectKind::Case, Uuid::from_u128(7));
        [
            (Some((None, "received")), image("received")),
            (None, image("received")),
            (Some((Some("received"), "triage")), image("triage")),
        ]
        .iter()
        .map(|(states, image)| Told::by(&next(&mut head, *states, image).body).unwrap())
        .collect()
    }

    #[test]
    fn entries_fold_to_number_head_state_and_what_they_left() {
        let mut history = History::default();
        let entries = three();
        for told in &entries {
            history.follow(told).unwrap();
        }
        assert_eq!((history.n, history.head), (3, Some(entries[2].commitment)));
        assert_eq!(history.status.as_deref(), Some("triage"));
        assert!(history.left(&image("triage")));
        assert!(!history.left(&image("received")));
    }

    #[test]
    fn a_gap_a_wrong_predecessor_and_a_wrong_state_are_told() {
        let entries = three();
        let mut history = History::default();
        history.follow(&entries[0]).unwrap();
        assert_eq!(history.follow(&entries[2]), Err(Break::Number { expected: 2, found: 3 }));
        let mut history = History::default();
        history.follow(&entries[0]).unwrap();
        let other = Told { prev: Some([1; 32]), ..entries[1].clone() };
        assert_eq!(history.follow(&other), Err(Break::Predecessor(2)));
        let mut history = History { status: Some("closed".to_owned()), ..History::default() };
        assert_eq!(history.follow(&entries[0]), Err(Break::Status(1)));
        assert_eq!(history.status.as_deref(), Some("received"), "and goes on from there");
    }

    #[test]
    fn what_left_nothing_behind_vouches_for_nothing() {
        let mut history = History::default();
        let told = Told { post: None, ..three()[0].clone() };
        history.follow(&told).unwrap();
        assert!(!history.left(&image("received")));
    }

    #[test]
    fn what_is_no_entry_is_not_read() {
        for body in
            [b"".as_slice(), b"{}", b"[]", br#"{"acts":[],"n":1,"obj":{"k":"case","id":"x"},"r":"00"}"#]
        {
            assert_eq!(Told::by(body), None);
        }
    }
}
