//! What was signed last.

use std::fmt;

use jiff::Timestamp;

use crate::audit::checkpoint::Checkpoint;
use crate::audit::tree::TreeHead;

const FIRST_LINE: &str = "senim signer state 1\n";
const NEVER: &str = "never";

/// What was signed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    checkpoint: Checkpoint,
    at: Option<Timestamp>,
}

impl State {
    /// Before anything was signed: the empty tree, which is the beginning of every tree.
    ///
    /// Nothing if `origin` is none.
    #[must_use]
    pub fn fresh(origin: &str) -> Option<Self> {
        Some(Self { checkpoint: Checkpoint::new(origin, TreeHead::empty()).ok()?, at: None })
    }

    /// After `checkpoint` was signed.
    #[must_use]
    pub const fn after(checkpoint: Checkpoint, at: Timestamp) -> Self {
        Self { checkpoint, at: Some(at) }
    }

    /// Reads the state's file; `None` where it is anything but what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (checkpoint, at) = text.strip_prefix(FIRST_LINE)?.strip_suffix('\n')?.rsplit_once('\n')?;
        let at = if at == NEVER { None } else { Some(at.parse().ok()?) };
        let state = Self { checkpoint: Checkpoint::parse(&format!("{checkpoint}\n")).ok()?, at };
        (state.to_string() == text).then_some(state)
    }

    /// The log.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.checkpoint.origin()
    }

    /// Size and root of the last tree that was signed.
    #[must_use]
    pub const fn head(&self) -> &TreeHead {
        self.checkpoint.head()
    }

    /// When it was signed for the first time; `None` before anything was.
    #[must_use]
    pub const fn at(&self) -> Option<Timestamp> {
        self.at
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FIRST_LINE}{}", self.checkpoint)?;
        match self.at {
            None => writeln!(f, "{NEVER}"),
            Some(at) => writeln!(f, "{at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::tree::Hash;

    #[test]
    fn the_file_is_plain_text() {
        let fresh = State::fresh("senim/log").unwrap();
        let text =
            "senim signer state 1\nsenim/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nnever\n";
        assert_eq!(fresh.to_string(), text);
        for bad in [
            "",
            "senim signer state 2\nsenim/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nnever\n",
            "senim signer state 1\nsenim/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "senim signer state 1\nsenim/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nnever",
            "senim signer state 1\nsenim/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n2026-01-01\n",
        ] {
            assert_eq!(State::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_and_nothing_else(size in 0..=u64::MAX >> 1, root: [u8; 32], nanos in 0_i128..4_000_000_000_000_000_000, cut in 0_usize..90, bytes: Vec<u8>) {
            let checkpoint = Checkpoint::new("senim/log", TreeHead { size, root: Hash::new(root) }).unwrap();
            let state = State::after(checkpoint, Timestamp::from_nanosecond(nanos).unwrap());
            let text = state.to_string();
            prop_assert_eq!(State::parse(text.as_bytes()), Some(state));
            prop_assert_eq!(State::parse(&text.as_bytes()[..cut.min(text.len() - 1)]), None);
            prop_assert_eq!(State::parse(&bytes), None);
        }
    }
}
