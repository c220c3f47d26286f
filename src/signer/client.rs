//! Asking the signer.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::wire::{Answer, MAX_ANSWER};
use crate::audit::add_checkpoint;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::NoteSignature;
use crate::audit::tree::Hash;

/// How long each reading and writing may take: the signer waits for its disk.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// It does not answer.
    #[error("the signer does not answer at {socket} ({source}); start it: `senim signer`")]
    Unreachable {
        /// Where it was asked.
        socket: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// The proof must begin at this size, the last one that it signed. Ask again with that proof.
    #[error("the signer signed {signed} leaves last; the proof must begin there")]
    Conflict {
        /// The size signed last.
        signed: u64,
    },
    /// It will never sign this; the words say what happened and what to do.
    #[error("the signer refuses: {0}")]
    Refused(String),
    /// It did not understand the request.
    #[error("the signer calls the request malformed: {0}")]
    Malformed(String),
    /// It cannot work; its words.
    #[error("the signer cannot sign: {0}")]
    Failed(String),
    /// What came is no answer, or a line of another log.
    #[error("what answers at {0} is not the signer of this log; look at SENIM_SIGNER_SOCKET")]
    Nonsense(PathBuf),
}

/// Asks the signer at `socket` for its lines under `checkpoint`, whose tree `proof` shows to be an extension of the tree
/// of `old` leaves. While keys are rotated there are two lines; all of them belong under the checkpoint. The lines are not
/// verified here: whoever knows the log's keys does that. Waits for the answer: not to be called on a thread that serves
/// others.
///
/// # Errors
/// [`SignerError`].
pub fn sign(
    socket: &Path,
    old: u64,
    proof: &[Hash],
    checkpoint: &Checkpoint,
) -> Result<Vec<NoteSignature>, SignerError> {
    let request = add_checkpoint::write(old, proof, &checkpoint.to_string());
    let bytes = exchange(socket, request.as_bytes())
        .map_err(|source| SignerError::Unreachable { socket: socket.to_owned(), source })?;
    match Answer::parse(&bytes) {
        Some(Answer::Signed(lines))
            if lines.iter().all(|line| line.name().as_str() == checkpoint.origin()) =>
        {
            Ok(lines)
        }
        Some(Answer::Conflict(signed)) => Err(SignerError::Conflict { signed }),
        Some(Answer::Refused(reason)) => Err(SignerError::Refused(reason)),
        Some(Answer::Malformed(reason)) => Err(SignerError::Malformed(reason)),
        Some(Answer::Failed(reason)) => Err(SignerError::Failed(reason)),
        Some(Answer::Signed(_)) | None => Err(SignerError::Nonsense(socket.to_owned())),
    }
}

fn exchange(socket: &Path, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    let most = u64::try_from(MAX_ANSWER).unwrap_or(u64::MAX);
    stream.take(most).read_to_end(&mut answer)?;
    Ok(answer)
}
