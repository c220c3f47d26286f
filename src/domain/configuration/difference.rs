//! What a change would change, in a form that people can read.

use crate::domain::taxonomy::{Category, Region};
use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// How something is touched.
    pub enum Touch {
        /// It is new.
        Added = "added",
        /// It goes.
        Removed = "removed",
        /// It is called otherwise.
        Renamed = "renamed",
        /// It stands elsewhere: under another body, or at another place of the list.
        Moved = "moved",
        /// Something else about it.
        Changed = "changed",
    }
}

/// What is touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A body or a desk.
    Named {
        /// The operator's code.
        code: String,
        /// Its names in kk, ru, en.
        names: [String; 3],
    },
    /// A routing rule.
    Rule {
        /// Its place in the list.
        position: i32,
        /// Code of the body.
        body: Option<String>,
        /// The category.
        category: Option<Category>,
        /// The region.
        region: Option<Region>,
        /// Code of the desk.
        desk: String,
    },
    /// A setting of a profile or a calendar, by its path in the file.
    Setting(String),
}

/// One thing that is touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// How.
    pub how: Touch,
    /// What; as it will be, or as it was where it goes.
    pub subject: Subject,
    /// What it was before, where that can be said in a word.
    pub from: String,
    /// What it will be.
    pub to: String,
}

/// The most that are told one by one of each [`Touch`].
const TOLD: usize = 200;

/// Everything that a change touches: all of it counted, of each kind so much told as a person can read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// What is told.
    pub told: Vec<Touched>,
    /// How many there are of each.
    pub counts: [usize; Touch::ALL.len()],
    /// Whether the change loosens.
    pub loosening: bool,
}

impl Difference {
    /// How many are touched so.
    #[must_use]
    pub fn count(&self, how: Touch) -> usize {
        Touch::ALL.iter().zip(self.counts).find(|(touch, _)| **touch == how).map_or(0, |(_, count)| count)
    }

    /// Whether nothing is touched.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    /// Notes that something is touched.
    pub(super) fn add(&mut self, how: Touch, told: impl FnOnce() -> (Subject, String, String)) {
        let counts = Touch::ALL.iter().zip(&mut self.counts);
        let Some((_, count)) = counts.into_iter().find(|(touch, _)| **touch == how) else { return };
        *count = count.saturating_add(1);
        if *count <= TOLD {
            let (subject, from, to) = told();
            self.told.push(Touched { how, subject, from, to });
        }
    }
}
