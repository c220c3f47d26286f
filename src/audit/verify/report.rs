//! What a verification found.

use std::fmt;

use serde_json::{Value, json};

use crate::audit::tree::TreeHead;

/// The most findings of one kind that are told one by one.
pub const MOST: usize = 20;

/// How a check came out; later ones are worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As it must be.
    Good,
    /// The keys or the quorum of the policy are not there.
    PolicyNotMet,
    /// Something that is needed is missing or cannot be read.
    CannotTell,
    /// Something was changed, or breaks a rule.
    Finding,
}

impl Outcome {
    /// The exit code of a command that ends with it (DESIGN section 8).
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Finding => 1,
            Self::CannotTell => 2,
            Self::PolicyNotMet => 3,
        }
    }

    /// The word in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::PolicyNotMet => "policy_not_met",
            Self::CannotTell => "cannot_tell",
            Self::Finding => "finding",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its stable name.
    pub name: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// The same in a plain sentence.
    pub sentence: String,
    /// The first index of the log that is concerned, where there is one.
    pub index: Option<u64>,
}

/// All checks, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The log's origin, once a checkpoint could be read.
    pub origin: Option<String>,
    /// The head that was checked.
    pub head: Option<TreeHead>,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Adds a check.
    pub fn add(&mut self, name: &'static str, outcome: Outcome, sentence: impl fmt::Display) {
        self.checks.push(Check { name, outcome, sentence: sentence.to_string(), index: None });
    }

    /// Adds a check that concerns a place of the log; of one kind only the first twenty are told.
    pub fn add_at(&mut self, name: &'static str, index: u64, sentence: impl fmt::Display) {
        let told = self.checks.iter().filter(|check| check.name == name && check.index.is_some()).count();
        if told >= MOST {
            return;
        }
        let sentence = sentence.to_string();
        self.checks.push(Check { name, outcome: Outcome::Finding, sentence, index: Some(index) });
    }

    /// The worst outcome; that nothing was checked is one too.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.checks.iter().map(|check| check.outcome).max().unwrap_or(Outcome::CannotTell)
    }

    /// The first index at which something is wrong.
    #[must_use]
    pub fn first_divergent(&self) -> Option<u64> {
        self.checks.iter().filter_map(|check| check.index).min()
    }

    /// The report for programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let check = |check: &Check| json!({"name": check.name, "outcome": check.outcome.code(), "sentence": check.sentence, "index": check.index});
        json!({
            "outcome": self.outcome().code(),
            "origin": self.origin,
            "size": self.head.as_ref().map(|head| head.size),
            "root": self.head.as_ref().map(|head| head.root.hex()),
            "first_divergent_index": self.first_divergent(),
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
        })
    }
}
