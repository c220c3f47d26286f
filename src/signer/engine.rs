//! One request, one answer: judge it, write the state, sync it, and only then sign.

use super::directory::{Directory, DirectoryError};
use super::rules::{self, Asked, Leave, Refusal};
use super::state::State;
use super::wire::{Answer, MAX_REQUEST};
use crate::audit::add_checkpoint::AddCheckpoint;
use crate::audit::checkpoint::{Checkpoint, CheckpointError};
use crate::audit::note::NoteSignature;
use crate::audit::note_key::SignerKey;
use crate::domain::clock::Clock;
use crate::durable::Lock;

/// The signer of one log, alone with its directory.
#[derive(Debug)]
pub struct Signer {
    directory: Directory,
    clock: Clock,
    _held: Lock,
}

impl Signer {
    /// Takes the directory, and looks whether keys and state are in order.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn open(directory: Directory, clock: Clock) -> Result<Self, DirectoryError> {
        directory.keys()?;
        let held = directory.hold()?;
        directory.state()?;
        Ok(Self { directory, clock, _held: held })
    }

    /// What was signed last.
    ///
    /// # Errors
    /// [`DirectoryError`].
    pub fn state(&self) -> Result<State, DirectoryError> {
        self.directory.state()
    }

    /// Answers a request. `&mut`: two must not be judged by the same state.
    pub(super) fn answer(&mut self, request: &[u8]) -> Answer {
        if request.len() > MAX_REQUEST {
            return Answer::Malformed(format!("a request has at most {MAX_REQUEST} bytes"));
        }
        let (read, checkpoint) = match read(request) {
            Ok(read) => read,
            Err(why) => return Answer::Malformed(why),
        };
        let asked = Asked { old: read.old, proof: &read.proof, checkpoint: &checkpoint };
        match self.sign(&asked) {
            Ok(Ok(lines)) => {
                tracing::info!(size = checkpoint.head().size, "signed");
                Answer::Signed(lines)
            }
            Ok(Err(Refusal::ElsewhereThan { signed })) => Answer::Conflict(signed),
            Ok(Err(refusal)) if refusal.is_malformed() => Answer::Malformed(refusal.to_string()),
            Ok(Err(refusal)) => {
                tracing::error!(%refusal, "refused to sign");
                Answer::Refused(refusal.to_string())
            }
            Err(error) => {
                tracing::error!(%error, "cannot sign");
                Answer::Failed(error.to_string())
            }
        }
    }

    /// The state is read from its file each time, not remembered: after a write that failed only the file tells whether
    /// it is the old one or the new one.
    fn sign(&mut self, asked: &Asked<'_>) -> Result<Result<Vec<NoteSignature>, Refusal>, DirectoryError> {
        let (last, now) = (self.directory.state()?, self.clock.now());
        let keys = self.directory.keys()?;
        match rules::judge(&last, asked, now) {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(Leave::Again) => self.directory.sync()?,
            Ok(Leave::Extends) => self.directory.keep(&State::after(asked.checkpoint.clone(), now))?,
        }
        Ok(Ok(lines(asked.checkpoint, &keys)))
    }
}

fn read(request: &[u8]) -> Result<(AddCheckpoint<'_>, Checkpoint), String> {
    let read = AddCheckpoint::parse(request).map_err(|why| why.to_string())?;
    let text = std::str::from_utf8(read.checkpoint).ok().ok_or(CheckpointError::Lines);
    let checkpoint = text.and_then(Checkpoint::parse).map_err(|why| why.to_string())?;
    Ok((read, checkpoint))
}

/// A line of each key. The keys are of this log and for notes, so each signs.
fn lines(checkpoint: &Checkpoint, keys: &[SignerKey]) -> Vec<NoteSignature> {
    let signed = keys.iter().filter_map(|key| checkpoint.clone().sign(key).ok());
    signed.flat_map(|signed| signed.note().signatures().to_vec()).collect()
}

#[cfg(test)]
mod tests;
