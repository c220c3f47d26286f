//! One request, one answer: judge it, write the checkpoint, sync it, and only then let the cosignature go.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::directory::{Directory, DirectoryError};
use super::rules::{self, Refusal};
use crate::audit::add_checkpoint::AddCheckpoint;
use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::cosignature::cosign;
use crate::audit::note::NoteSignature;
use crate::audit::note_key::{SignerKey, VerifierKey};
use crate::audit::tree::TreeHead;
use crate::audit::witness_policy::Policy;
use crate::domain::clock::Clock;
use crate::durable::Lock;

/// What is answered to a request; C2SP tlog-witness gives each its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// 200.
    Cosigned(NoteSignature),
    /// 409: the size of the last checkpoint cosigned.
    Conflict(u64),
    /// Another status, with words.
    Refused(u16, String),
}

/// A log that a witness follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Its identity.
    pub origin: String,
    /// Leaves of the last checkpoint cosigned, 0 if none was.
    pub size: u64,
    /// When that was; `None` if it never was.
    pub at: Option<Timestamp>,
}

/// A witness, alone with its directory.
#[derive(Debug)]
pub struct Witness {
    directory: Directory,
    key: SignerKey,
    /// The keys of each log, by its origin.
    logs: BTreeMap<String, Vec<VerifierKey>>,
    clock: Clock,
    _held: Lock,
}

impl Witness {
    /// Takes the directory, to follow the logs of `policy`. A log has the name of its keys; two keys of one name are of one
    /// log whose keys are being rotated.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn open(directory: Directory, policy: &Policy, clock: Clock) -> Result<Self, DirectoryError> {
        let key = directory.key()?;
        let held = directory.hold()?;
        let mut logs: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
        for log in policy.logs() {
            logs.entry(log.key.name().to_string()).or_default().push(log.key.clone());
        }
        let witness = Self { directory, key, logs, clock, _held: held };
        witness.followed()?;
        Ok(witness)
    }

    /// The witness's key, for policies.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The logs that it follows.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn followed(&self) -> Result<Vec<Followed>, DirectoryError> {
        let one = |origin: &String| {
            let last = self.directory.last(origin, &self.key)?;
            let at = last.as_ref().and_then(|(_, at)| Timestamp::from_second(i64::try_from(*at).ok()?).ok());
            let size = last.map_or(0, |(checkpoint, _)| checkpoint.head().size);
            Ok(Followed { origin: origin.clone(), size, at })
        };
        self.logs.keys().map(one).collect()
    }

    /// Answers a request. `&mut`: two must not be judged by the same state.
    pub(super) fn answer(&mut self, request: &[u8]) -> Answer {
        let malformed = |why: &dyn std::fmt::Display| Answer::Refused(400, why.to_string());
        let asked = match AddCheckpoint::parse(request) {
            Ok(asked) => asked,
            Err(why) => return malformed(&why),
        };
        let checkpoint = match SignedCheckpoint::parse(asked.checkpoint) {
            Ok(checkpoint) => checkpoint,
            Err(why) => return malformed(&why),
        };
        let Some(keys) = self.logs.get(checkpoint.checkpoint().origin()) else {
            return Answer::Refused(404, "this witness does not follow that log".to_owned());
        };
        match self.cosign(keys, &asked, &checkpoint) {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "cannot cosign");
                Answer::Refused(500, "this witness cannot work; its log says why".to_owned())
            }
        }
    }

    fn cosign(
        &self,
        keys: &[VerifierKey],
        asked: &AddCheckpoint<'_>,
        checkpoint: &SignedCheckpoint,
    ) -> Result<Answer, DirectoryError> {
        let (origin, size) = (checkpoint.checkpoint().origin(), checkpoint.head().size);
        let last = self.directory.last(origin, &self.key)?;
        let (head, before) =
            last.map_or_else(|| (TreeHead::empty(), 0), |(checkpoint, at)| (*checkpoint.head(), at));
        if let Err(refusal) = rules::judge(&head, keys, asked.old, &asked.proof, checkpoint) {
            return self.refuse(&refusal, keys, checkpoint);
        }
        let now = u64::try_from(self.clock.now().as_second()).unwrap_or(0);
        if now < before {
            let words = "this witness's clock stands before its last cosignature; somebody must set it";
            tracing::error!(origin, now, before, words);
            return Ok(Answer::Refused(500, words.to_owned()));
        }
        let line = match cosign(checkpoint, &self.key, now) {
            Ok(line) => line,
            Err(why) => return Ok(Answer::Refused(500, why.to_string())),
        };
        match kept(checkpoint, keys, &line) {
            Some(kept) => self.directory.keep(&kept)?,
            None => return Ok(Answer::Refused(400, "the checkpoint cannot be kept".to_owned())),
        }
        tracing::info!(origin, size, "cosigned");
        Ok(Answer::Cosigned(line))
    }

    fn refuse(
        &self,
        refusal: &Refusal,
        keys: &[VerifierKey],
        checkpoint: &SignedCheckpoint,
    ) -> Result<Answer, DirectoryError> {
        let (origin, head) = (checkpoint.checkpoint().origin(), checkpoint.head());
        Ok(match refusal {
            Refusal::Conflict(size) => Answer::Conflict(*size),
            Refusal::Forked(size) => {
                if let Some(evidence) = signed_by(checkpoint, keys) {
                    let file = self.directory.keep_fork(&evidence)?;
                    tracing::error!(origin, size, file = %file.display(), "the log signed two trees of one size");
                }
                Answer::Conflict(*size)
            }
            Refusal::Inconsistent => {
                tracing::error!(origin, size = head.size, root = %head.root, "not shown to be an extension");
                Answer::Refused(422, refusal.to_string())
            }
            Refusal::Unsigned => Answer::Refused(403, refusal.to_string()),
            Refusal::Backwards => Answer::Refused(400, refusal.to_string()),
        })
    }
}

/// The checkpoint with the log's own lines alone: whoever submits may add what they like.
fn signed_by(checkpoint: &SignedCheckpoint, keys: &[VerifierKey]) -> Option<SignedCheckpoint> {
    let note = checkpoint.note();
    let ours =
        |line: &&NoteSignature| keys.iter().any(|k| k.id() == line.key_id() && k.name() == line.name());
    let lines: String = note.signatures().iter().filter(ours).map(|line| format!("{line}\n")).collect();
    SignedCheckpoint::parse(format!("{}\n{lines}", note.text()).as_bytes()).ok()
}

/// What the witness keeps: the log's lines and its own.
fn kept(
    checkpoint: &SignedCheckpoint,
    keys: &[VerifierKey],
    line: &NoteSignature,
) -> Option<SignedCheckpoint> {
    let mut kept = signed_by(checkpoint, keys)?;
    kept.add(line.clone()).ok()?;
    Some(kept)
}

#[cfg(test)]
mod tests;
