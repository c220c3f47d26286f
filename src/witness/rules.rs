//! What is cosigned and what is refused, in the order of C2SP tlog-witness, `add-checkpoint`.

use crate::audit::checkpoint::SignedCheckpoint;
use crate::audit::note_key::VerifierKey;
use crate::audit::proof::verify_consistency;
use crate::audit::tree::{Hash, MAX_SIZE, TreeHead};

/// Why a checkpoint is not cosigned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// 403: no key of the log signed it.
    #[error("no key that this witness trusts for the log signed this checkpoint")]
    Unsigned,
    /// 400: the proof begins behind the checkpoint, or no tree is so large.
    #[error("the old size is larger than that of the checkpoint, or the checkpoint larger than any tree")]
    Backwards,
    /// 409: the old size is not that of the last cosigned checkpoint.
    #[error("the last checkpoint cosigned has {0} leaves")]
    Conflict(u64),
    /// 409: another tree of the same size was cosigned. Two signed checkpoints prove that the log forked.
    #[error("another tree of {0} leaves was cosigned: the log has forked")]
    Forked(u64),
    /// 422: the proof proves nothing.
    #[error("the consistency proof does not verify")]
    Inconsistent,
}

/// Judges a checkpoint of a known log against the last one cosigned (the empty tree if none was).
pub(super) fn judge(
    last: &TreeHead,
    keys: &[VerifierKey],
    old: u64,
    proof: &[Hash],
    checkpoint: &SignedCheckpoint,
) -> Result<(), Refusal> {
    let new = checkpoint.head();
    if checkpoint.note().verify_any(keys).is_err() {
        return Err(Refusal::Unsigned);
    }
    if old > new.size || new.size > MAX_SIZE {
        return Err(Refusal::Backwards);
    }
    // Asked with whatever old size, this is the fork that the witness is there to find.
    if new.size == last.size && new.root != last.root {
        return Err(Refusal::Forked(last.size));
    }
    if old != last.size {
        return Err(Refusal::Conflict(last.size));
    }
    verify_consistency(proof, last, new).map_err(|_why| Refusal::Inconsistent)
}
