//! What is signed and what is refused (audit-log.md 3.5). A refusal says what happened and what to do.

use jiff::Timestamp;

use super::state::State;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::proof::{BadProof, verify_consistency};
use crate::audit::tree::{Hash, MAX_SIZE};

/// What to do where the database and the signature disagree.
const REMEDY: &str = "Nothing was signed. Stop the server, reload audit.* from the published files (the same bytes give \
                      the same root) and see what the tables lack (`senim audit reconcile`); or, if entries are lost for \
                      good, open a new origin whose first entry commits to the last signed checkpoint. Never repair a root";

/// A request, as far as the rules go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The size at which the proof begins.
    pub old: u64,
    /// The consistency proof.
    pub proof: &'a [Hash],
    /// What is to be signed.
    pub checkpoint: &'a Checkpoint,
}

/// That a checkpoint may be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// It is what was signed last; the state says so already.
    Again,
    /// It extends what was signed last; the state must say so before the signature leaves.
    Extends,
}

/// Why a checkpoint is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// Another log's.
    #[error("this signer signs the log {ours:?}, not {theirs:?}: the names of the two configurations differ")]
    OtherLog {
        /// Which log this signer signs.
        ours: String,
        /// Which one it was asked for.
        theirs: String,
    },
    /// With lines of which nothing is known.
    #[error("checkpoints of this log have three lines; this one has more")]
    Extensions,
    /// Larger than any tree.
    #[error("no tree has more than {MAX_SIZE} leaves")]
    TooLarge,
    /// The proof begins behind the new tree.
    #[error("the proof begins at {old} leaves, behind the {new} of the new tree")]
    Backwards {
        /// Where the proof begins.
        old: u64,
        /// The size of the new tree.
        new: u64,
    },
    /// A smaller tree than was signed.
    #[error(
        "The database is older than what was signed: {signed} leaves are signed, and {offered} were offered; an old \
         backup was restored, or an old copy took over. {REMEDY}"
    )]
    Older {
        /// The size signed last.
        signed: u64,
        /// The size offered.
        offered: u64,
    },
    /// Another tree of the same size.
    #[error(
        "Another tree of {size} leaves is signed: its root is {signed}, the one offered has {offered}; the record was \
         rewritten, or an older database was restored and grew again. {REMEDY}"
    )]
    OtherRoot {
        /// The size of both.
        size: u64,
        /// The root signed.
        signed: Hash,
        /// The root offered.
        offered: Hash,
    },
    /// The proof begins elsewhere than at the last signed tree.
    #[error("the proof must begin at {signed} leaves")]
    ElsewhereThan {
        /// The size signed last.
        signed: u64,
    },
    /// Not an extension.
    #[error(
        "The tree of {new} leaves is not shown to begin with the {signed} that are signed ({why}); the record was \
         rewritten, or an older database was restored and grew again. {REMEDY}"
    )]
    NoExtension {
        /// The size signed last.
        signed: u64,
        /// The size offered.
        new: u64,
        /// What is wrong with the proof.
        why: BadProof,
    },
    /// Time did not go on.
    #[error(
        "The signer's clock says {now}, and something was signed at {last} already; nothing was signed. Set the clock; if \
         the earlier time was wrong, wait until it has passed"
    )]
    Clock {
        /// What the clock says.
        now: Timestamp,
        /// When it signed last.
        last: Timestamp,
    },
}

impl Refusal {
    /// Whether the request itself is none, whatever was signed.
    pub(super) const fn is_malformed(&self) -> bool {
        matches!(self, Self::Extensions | Self::TooLarge | Self::Backwards { .. })
    }
}

/// Judges a request against what was signed last, at `now`.
pub(super) fn judge(last: &State, asked: &Asked<'_>, now: Timestamp) -> Result<Leave, Refusal> {
    let new = asked.checkpoint.head();
    let signed = last.head();
    check_form(last, asked)?;
    if new.size < signed.size {
        return Err(Refusal::Older { signed: signed.size, offered: new.size });
    }
    if new == signed {
        return Ok(Leave::Again);
    }
    if new.size == signed.size {
        return Err(Refusal::OtherRoot { size: new.size, signed: signed.root, offered: new.root });
    }
    if asked.old != signed.size {
        return Err(Refusal::ElsewhereThan { signed: signed.size });
    }
    verify_consistency(asked.proof, signed, new).map_err(|why| Refusal::NoExtension {
        signed: signed.size,
        new: new.size,
        why,
    })?;
    match last.at() {
        Some(at) if now <= at => Err(Refusal::Clock { now, last: at }),
        _ => Ok(Leave::Extends),
    }
}

fn check_form(last: &State, asked: &Asked<'_>) -> Result<(), Refusal> {
    let (theirs, size) = (asked.checkpoint.origin(), asked.checkpoint.head().size);
    if theirs != last.origin() {
        let (ours, theirs) = (last.origin().to_owned(), theirs.to_owned());
        return Err(Refusal::OtherLog { ours, theirs });
    }
    if !asked.checkpoint.extensions().is_empty() {
        return Err(Refusal::Extensions);
    }
    if size > MAX_SIZE {
        return Err(Refusal::TooLarge);
    }
    if asked.old > size {
        return Err(Refusal::Backwards { old: asked.old, new: size });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tree::{self, TreeHead};

    const AT: i64 = 1_800_000_000;

    fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|n| tree::leaf(&[n])).collect()
    }

    fn checkpoint(origin: &str, head: TreeHead) -> Checkpoint {
        Checkpoint::new(origin, head).unwrap()
    }

    fn of(count: u8) -> Checkpoint {
        checkpoint("senim/log", TreeHead { size: count.into(), root: tree::root(&leaves(count)) })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn asked(old: u64, proof: &[Hash], checkpoint: &Checkpoint, now: i64) -> Result<Leave, Refusal> {
        judge(&State::after(of(4), at(AT)), &Asked { old, proof, checkpoint }, at(now))
    }

    /// From 4 leaves, a complete tree, to 6: the root of the two new ones.
    fn proof() -> Vec<Hash> {
        vec![tree::root(&leaves(6)[4..])]
    }

    #[test]
    fn only_extensions_are_signed() {
        assert_eq!(asked(4, &proof(), &of(6), AT + 1), Ok(Leave::Extends));
        assert_eq!(asked(4, &[], &of(4), AT - 9), Ok(Leave::Again), "the same again needs no later clock");
        assert_eq!(asked(0, &[], &of(4), AT + 1), Ok(Leave::Again), "and no proof");
        assert_eq!(asked(2, &[], &of(3), AT + 1), Err(Refusal::Older { signed: 4, offered: 3 }));
        assert_eq!(asked(3, &proof(), &of(6), AT + 1), Err(Refusal::ElsewhereThan { signed: 4 }));
        assert_eq!(asked(0, &[], &of(6), AT + 1), Err(Refusal::ElsewhereThan { signed: 4 }));
        assert!(matches!(asked(4, &[], &of(6), AT + 1), Err(Refusal::NoExtension { .. })));
        assert!(matches!(asked(4, &leaves(1), &of(6), AT + 1), Err(Refusal::NoExtension { .. })));
        assert!(matches!(asked(4, &proof(), &of(6), AT), Err(Refusal::Clock { .. })));
        let forked = checkpoint("senim/log", TreeHead { size: 4, root: tree::empty() });
        assert!(matches!(asked(4, &[], &forked, AT + 1), Err(Refusal::OtherRoot { size: 4, .. })));
    }

    #[test]
    fn what_is_no_request_is_told_apart() {
        assert!(asked(7, &[], &of(6), AT + 1).unwrap_err().is_malformed());
        let huge = checkpoint("senim/log", TreeHead { size: MAX_SIZE + 1, root: tree::empty() });
        assert_eq!(asked(4, &[], &huge, AT + 1), Err(Refusal::TooLarge));
        let more = Checkpoint::parse(&format!("{}more\n", of(6))).unwrap();
        assert_eq!(asked(4, &proof(), &more, AT + 1), Err(Refusal::Extensions));
        let other = checkpoint("other/log", *of(6).head());
        let refusal = asked(4, &proof(), &other, AT + 1).unwrap_err();
        assert!(matches!(refusal, Refusal::OtherLog { .. }) && !refusal.is_malformed());
    }

    #[test]
    fn a_fresh_signer_signs_any_first_tree_but_only_from_nothing() {
        let fresh = State::fresh("senim/log").unwrap();
        let first =
            |old, checkpoint: &Checkpoint| judge(&fresh, &Asked { old, proof: &[], checkpoint }, at(AT));
        assert_eq!(first(0, &of(0)), Ok(Leave::Again));
        assert_eq!(first(0, &of(6)), Ok(Leave::Extends));
        assert_eq!(first(4, &of(6)), Err(Refusal::ElsewhereThan { signed: 0 }));
        let wrong = checkpoint("senim/log", TreeHead { size: 0, root: tree::leaf(b"") });
        assert!(matches!(first(0, &wrong), Err(Refusal::OtherRoot { .. })));
    }

    #[test]
    fn a_refusal_says_what_happened_and_what_to_do() {
        let words = asked(2, &[], &of(3), AT + 1).unwrap_err().to_string();
        assert!(words.starts_with("The database is older than what was signed"), "{words}");
        assert!(
            words.contains("reload audit.* from the published files") && words.contains("open a new origin")
        );
        assert!(!words.contains('\n') && !words.contains("  "), "{words}");
    }
}
