//! Trust policies (C2SP tlog-policy): which logs are believed, and whose cosignatures make a checkpoint count.
//!
//! ```text
//! log <vkey> [<url>]
//! witness <name> <vkey> [<url>]
//! group <name> <k|any|all> <name>...
//! quorum <name|none>
//! ```
//!
//! One line each, items behind spaces or tabs, `#` begins a comment line. Names are of the file alone and stand in
//! lines before their use.

use std::collections::BTreeMap;

use super::checkpoint::SignedCheckpoint;
use super::note_key::{BadNoteKey, Kind, VerifierKey};

/// The largest policy file, bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// The most logs, and the most witnesses and groups together.
pub const MAX_NAMES: usize = 1024;

/// What is wrong with a policy, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {problem}")]
pub struct PolicyError {
    /// The line, from 1; for what is missing, the line behind the last.
    pub line: usize,
    /// What is wrong.
    pub problem: PolicyProblem,
}

/// What can be wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// More than [`MAX_BYTES`] or [`MAX_NAMES`].
    #[error(
        "the policy is larger than any that makes sense ({MAX_BYTES} bytes, {MAX_NAMES} names); split it"
    )]
    TooLarge,
    /// A control character.
    #[error(
        "a control character stands here (byte 0x{0:02x}); save the file as plain text with Unix line ends"
    )]
    Control(u8),
    /// Not UTF-8 outside a comment.
    #[error("this is not UTF-8; save the file as UTF-8")]
    NotText,
    /// The first word is none of the four.
    #[error("`{0}` is not known; a line begins with log, witness, group, quorum or #")]
    Keyword(String),
    /// Too few or too many items.
    #[error("the line should read: {0}")]
    Form(&'static str),
    /// A key that is none.
    #[error("{0}")]
    Key(#[from] BadNoteKey),
    /// A witness's key of the kind for notes.
    #[error(
        "a witness needs a cosignature key (type 0x04); this is a key for notes; ask the witness for the other"
    )]
    KeyKind,
    /// A key that stands in an earlier line of the same kind.
    #[error("this key stands in an earlier line already; keep one of the two")]
    SameKey,
    /// A name that is taken, or `none`.
    #[error("the name {0} is taken; choose another")]
    NameTaken(String),
    /// A name that no earlier line defines.
    #[error("{0} is not defined above this line; define it first, or correct the name")]
    Unknown(String),
    /// A member that is in a group already.
    #[error("{0} is a member of a group already; a member counts in one group only")]
    MemberTwice(String),
    /// A threshold that is not 1 to the number of members.
    #[error("the threshold {0} is not any, all or a number from 1 to the number of members")]
    Threshold(String),
    /// No quorum line, or a second one.
    #[error("a policy has exactly one quorum line; write `quorum none` to ask for no witness")]
    Quorum,
}

/// A log that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedLog {
    /// Its key; the key's name is the log's origin.
    pub key: VerifierKey,
    /// Where it can be reached.
    pub url: Option<String>,
}

/// A witness that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name in this policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where checkpoints are submitted to it.
    pub url: Option<String>,
}

/// Something that witnesses a checkpoint or does not: its index in the policy's rules.
type RuleIndex = usize;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// The witness with this index cosigned.
    Witness(usize),
    /// At least so many of these rules hold; all of them stand earlier.
    Group { threshold: usize, members: Vec<RuleIndex> },
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<TrustedLog>,
    witnesses: Vec<Witness>,
    rules: Vec<Rule>,
    quorum: Option<RuleIndex>,
}

/// Whether a key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It did; cosignatures say when, in seconds since 1970.
    Signed {
        /// The time, where the kind of signature carries one.
        at: Option<u64>,
    },
    /// No line of it.
    Absent,
    /// A line says that it did, and it is false.
    Forged,
}

/// What a policy says about a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Each log of the policy whose origin is the checkpoint's, by its place in [`Policy::logs`].
    pub logs: Vec<(usize, Finding)>,
    /// Each witness, in the order of [`Policy::witnesses`].
    pub witnesses: Vec<Finding>,
    /// Whether the witnesses that cosigned are enough.
    pub quorum: bool,
}

impl Verdict {
    /// Whether a log of the policy signed. False for a policy without logs: its user must know the log from elsewhere.
    #[must_use]
    pub fn log_signed(&self) -> bool {
        self.logs.iter().any(|(_, finding)| matches!(finding, Finding::Signed { .. }))
    }

    /// Whether a line of a known key is false. The note is then to be refused as a whole (C2SP signed-note).
    #[must_use]
    pub fn forged(&self) -> bool {
        self.logs.iter().map(|(_, finding)| finding).chain(&self.witnesses).any(|f| *f == Finding::Forged)
    }

    /// Whether the checkpoint counts: a log signed, the quorum is reached and no line is false.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.log_signed() && self.quorum && !self.forged()
    }
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// [`PolicyError`]: the first thing that is wrong.
    pub fn parse(file: &[u8]) -> Result<Self, PolicyError> {
        if file.len() > MAX_BYTES {
            return Err(PolicyError { line: 1, problem: PolicyProblem::TooLarge });
        }
        let mut reader = Reader::default();
        let mut last = 0;
        for (number, line) in
            file.strip_suffix(b"\n").unwrap_or(file).split(|byte| *byte == b'\n').enumerate()
        {
            last = number + 1;
            reader.line(line).map_err(|problem| PolicyError { line: last, problem })?;
        }
        let quorum = reader.quorum.ok_or(PolicyError { line: last + 1, problem: PolicyProblem::Quorum })?;
        Ok(Self { logs: reader.logs, witnesses: reader.witnesses, rules: reader.rules, quorum })
    }

    /// The logs, in the order of the file.
    #[must_use]
    pub fn logs(&self) -> &[TrustedLog] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether any cosignature is asked for at all.
    #[must_use]
    pub const fn needs_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Checks every known key against a checkpoint.
    #[must_use]
    pub fn check(&self, checkpoint: &SignedCheckpoint) -> Verdict {
        let find = |key: &VerifierKey| match checkpoint.note().verify(key) {
            Ok(Some(signed)) => Finding::Signed { at: signed.at },
            Ok(None) => Finding::Absent,
            Err(_) => Finding::Forged,
        };
        let origin = checkpoint.checkpoint().origin();
        let logs = self.logs.iter().enumerate().filter(|(_, log)| log.key.name().as_str() == origin);
        let witnesses: Vec<Finding> = self.witnesses.iter().map(|witness| find(&witness.key)).collect();
        Verdict {
            logs: logs.map(|(place, log)| (place, find(&log.key))).collect(),
            quorum: self.quorum_of(&witnesses),
            witnesses,
        }
    }

    /// Whether witnesses that cosigned at this second or later are enough: the quorum, and at least one where the policy
    /// asks for none.
    #[must_use]
    pub fn cosigned_since(&self, verdict: &Verdict, second: u64) -> bool {
        let since = |finding: &Finding| match finding {
            Finding::Signed { at: Some(at) } if *at >= second => *finding,
            _ => Finding::Absent,
        };
        let late: Vec<Finding> = verdict.witnesses.iter().map(since).collect();
        late.iter().any(|finding| *finding != Finding::Absent) && self.quorum_of(&late)
    }

    fn quorum_of(&self, findings: &[Finding]) -> bool {
        let mut held: Vec<bool> = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            let holds = match rule {
                Rule::Witness(place) => matches!(findings.get(*place), Some(Finding::Signed { .. })),
                Rule::Group { threshold, members } => {
                    members.iter().filter(|member| held.get(**member) == Some(&true)).count() >= *threshold
                }
            };
            held.push(holds);
        }
        self.quorum.is_none_or(|rule| held.get(rule) == Some(&true))
    }
}

/// A policy while it is read.
#[derive(Default)]
struct Reader {
    logs: Vec<TrustedLog>,
    witnesses: Vec<Witness>,
    rules: Vec<Rule>,
    names: BTreeMap<String, RuleIndex>,
    grouped: Vec<RuleIndex>,
    quorum: Option<Option<RuleIndex>>,
}

impl Reader {
    fn line(&mut self, line: &[u8]) -> Result<(), PolicyProblem> {
        if let Some(control) = line.iter().find(|byte| (**byte < b' ' && **byte != b'\t') || **byte == 0x7f) {
            return Err(PolicyProblem::Control(*control));
        }
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            return Ok(());
        }
        let text = std::str::from_utf8(line).ok().ok_or(PolicyProblem::NotText)?;
        let items: Vec<&str> = text.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["log", ..] => Err(PolicyProblem::Form("log <vkey> [<url>]")),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["witness", ..] => Err(PolicyProblem::Form("witness <name> <vkey> [<url>]")),
            ["group", name, threshold, members @ ..] if !members.is_empty() => {
                self.group(name, threshold, members)
            }
            ["group", ..] => Err(PolicyProblem::Form("group <name> <number|any|all> <name>...")),
            ["quorum", name] => self.quorum(name),
            ["quorum", ..] => Err(PolicyProblem::Form("quorum <name|none>")),
            [other, ..] => Err(PolicyProblem::Keyword((*other).to_owned())),
            [] => Ok(()),
        }
    }

    fn log(&mut self, key: &str, url: Option<&str>) -> Result<(), PolicyProblem> {
        let key = VerifierKey::parse(key)?;
        if self.logs.iter().any(|log| log.key.public() == key.public()) {
            return Err(PolicyProblem::SameKey);
        }
        if self.logs.len() >= MAX_NAMES {
            return Err(PolicyProblem::TooLarge);
        }
        self.logs.push(TrustedLog { key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&str>) -> Result<(), PolicyProblem> {
        let key = VerifierKey::parse(key)?;
        if key.kind() != Kind::Cosignature {
            return Err(PolicyProblem::KeyKind);
        }
        if self.witnesses.iter().any(|witness| witness.key.public() == key.public()) {
            return Err(PolicyProblem::SameKey);
        }
        self.define(name, Rule::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { name: name.to_owned(), key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), PolicyProblem> {
        let threshold = match threshold {
            "any" => 1,
            "all" => members.len(),
            number => super::checkpoint::decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (1..=members.len()).contains(number))
                .ok_or_else(|| PolicyProblem::Threshold(number.to_owned()))?,
        };
        let mut rules = Vec::new();
        for member in members {
            let rule = self.named(member)?;
            if self.grouped.contains(&rule) {
                return Err(PolicyProblem::MemberTwice((*member).to_owned()));
            }
            self.grouped.push(rule);
            rules.push(rule);
        }
        self.define(name, Rule::Group { threshold, members: rules })
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyProblem> {
        if self.quorum.is_some() {
            return Err(PolicyProblem::Quorum);
        }
        self.quorum = Some(if name == "none" { None } else { Some(self.named(name)?) });
        Ok(())
    }

    fn named(&self, name: &str) -> Result<RuleIndex, PolicyProblem> {
        self.names.get(name).copied().ok_or_else(|| PolicyProblem::Unknown(name.to_owned()))
    }

    fn define(&mut self, name: &str, rule: Rule) -> Result<(), PolicyProblem> {
        if self.rules.len() >= MAX_NAMES {
            return Err(PolicyProblem::TooLarge);
        }
        if name == "none" || self.names.insert(name.to_owned(), self.rules.len()).is_some() {
            return Err(PolicyProblem::NameTaken(name.to_owned()));
        }
        self.rules.push(rule);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
