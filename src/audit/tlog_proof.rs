//! Offline proofs (C2SP tlog-proof): one text file that shows that a record is in a log and who saw the log so.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64>          (may be missing; nobody vouches for it)
//! index <n>
//! <base64 hash>           (inclusion proof, leaf's sibling first; may have no line)
//!
//! <checkpoint, with all its signatures>
//! ```

use std::fmt;

use data_encoding::BASE64;

use super::checkpoint::{CheckpointError, SignedCheckpoint, decimal};
use super::note;
use super::proof::{self, BadProof, MAX_HASHES};
use super::tree::{self, Hash};
use super::witness_policy::{Policy, Verdict};

/// The largest file, bytes.
pub const MAX_BYTES: usize = 2 * note::MAX_BYTES;

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Why a file is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Larger than [`MAX_BYTES`].
    #[error("the proof is {0} bytes long; {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// Not UTF-8, or not beginning with the line of this format.
    #[error("this is not a proof: its first line should read {HEADER}")]
    Header,
    /// The line of extra data is not base64.
    #[error("the extra data is not base64")]
    Extra,
    /// No line `index <n>`.
    #[error("the proof does not say the index of the record")]
    Index,
    /// A line between the index and the empty line is no hash, or there are more than a tree can have.
    #[error("line {0} of the proof is not a hash in base64, or one too many")]
    Hash(usize),
    /// No checkpoint behind an empty line.
    #[error("the proof has no checkpoint behind an empty line")]
    NoCheckpoint,
    /// The checkpoint is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The record is not in the tree of the checkpoint at this index.
    #[error(transparent)]
    Inclusion(#[from] BadProof),
}

/// A proof as it stands in a file; nothing of it is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Data for the application, which nobody vouches for.
    pub extra: Option<Vec<u8>>,
    /// The record's index in the log.
    pub index: u64,
    /// The inclusion proof, leaf's sibling first.
    pub hashes: Vec<Hash>,
    /// The checkpoint of the tree in which the record is.
    pub checkpoint: SignedCheckpoint,
}

impl TlogProof {
    /// Reads a file.
    ///
    /// # Errors
    /// [`TlogProofError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TlogProofError> {
        if bytes.len() > MAX_BYTES {
            return Err(TlogProofError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).ok().ok_or(TlogProofError::Header)?;
        let text = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let (head, checkpoint) =
            text.ok_or(TlogProofError::Header)?.split_once("\n\n").ok_or(TlogProofError::NoCheckpoint)?;
        let mut lines = head.split('\n').zip(2..).peekable();
        let extra = match lines.next_if(|(line, _)| line.starts_with("extra ")) {
            Some((line, _)) => Some(read_extra(line).ok_or(TlogProofError::Extra)?),
            None => None,
        };
        let index = lines.next().and_then(|(line, _)| decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(TlogProofError::Index)?;
        let mut hashes = Vec::new();
        for (line, number) in lines {
            let hash = Hash::from_base64(line).filter(|_| hashes.len() < MAX_HASHES);
            hashes.push(hash.ok_or(TlogProofError::Hash(number))?);
        }
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())?;
        Ok(Self { extra, index, hashes, checkpoint })
    }

    /// Checks that `record` (the 32-byte commitment of an entry) is in the tree of the checkpoint, and says what the
    /// policy finds on the checkpoint. The proof holds only if the verdict is [`Verdict::accepted`], too.
    ///
    /// # Errors
    /// [`TlogProofError::Inclusion`].
    pub fn verify(&self, record: &[u8], policy: &Policy) -> Result<Verdict, TlogProofError> {
        proof::verify_inclusion(&self.hashes, &tree::leaf(record), self.index, self.checkpoint.head())?;
        Ok(policy.check(&self.checkpoint))
    }
}

fn read_extra(line: &str) -> Option<Vec<u8>> {
    BASE64.decode(line.strip_prefix("extra ")?.as_bytes()).ok()
}

impl fmt::Display for TlogProof {
    /// The file; its name should end in `.tlog-proof`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::super::checkpoint::Checkpoint;
    use super::super::note_key::{KeyName, Kind, SignerKey};
    use super::super::tree::TreeHead;
    use super::*;
    use crate::crypto::note_key::NoteKey;
    use crate::crypto::secret::Secret;

    fn log() -> SignerKey {
        let name = KeyName::parse("log.example").unwrap();
        SignerKey::new(name, Kind::Note, NoteKey::from_seed(&Secret::new([1; 32])))
    }

    fn policy() -> Policy {
        Policy::parse(format!("log {}\nquorum none\n", log().verifier()).as_bytes()).unwrap()
    }

    /// The second of three records.
    fn sample(extra: Option<Vec<u8>>) -> TlogProof {
        let leaves: Vec<Hash> = [[1; 32], [2; 32], [3; 32]].iter().map(|record| tree::leaf(record)).collect();
        let head = TreeHead { size: 3, root: tree::root(&leaves) };
        let checkpoint = Checkpoint::new("log.example", head).unwrap().sign(&log()).unwrap();
        TlogProof { extra, index: 1, hashes: vec![leaves[0], leaves[2]], checkpoint }
    }

    #[test]
    fn a_proof_is_written_read_and_checked() {
        for extra in [None, Some(Vec::new()), Some(b"more".to_vec())] {
            let proof = sample(extra);
            let read = TlogProof::parse(proof.to_string().as_bytes()).unwrap();
            assert_eq!(read, proof);
            assert!(read.verify(&[2; 32], &policy()).unwrap().accepted());
            assert_eq!(read.verify(&[1; 32], &policy()), Err(TlogProofError::Inclusion(BadProof::WrongRoot)));
        }
    }

    #[test]
    fn a_tree_of_one_needs_no_hash() {
        let head = TreeHead { size: 1, root: tree::leaf(&[5; 32]) };
        let checkpoint = Checkpoint::new("log.example", head).unwrap().sign(&log()).unwrap();
        let proof = TlogProof { extra: None, index: 0, hashes: Vec::new(), checkpoint };
        let text = proof.to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example\n1\n"));
        let read = TlogProof::parse(text.as_bytes()).unwrap();
        assert!(read.verify(&[5; 32], &policy()).unwrap().accepted());
        assert!(!read.verify(&[5; 32], &Policy::parse(b"quorum none").unwrap()).unwrap().accepted());
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let good = sample(None).to_string();
        let hash = Hash::new([9; 32]).to_string();
        for (text, error) in [
            (String::new(), TlogProofError::Header),
            (good.replacen("v1", "v2", 1), TlogProofError::Header),
            (good.replacen("v1\n", "v1 \n", 1), TlogProofError::Header),
            (good.replacen("index 1", "index 01", 1), TlogProofError::Index),
            (good.replacen("index 1\n", "", 1), TlogProofError::Index),
            (good.replacen("index", "extra !\nindex", 1), TlogProofError::Extra),
            (good.replacen("index", "extra AAAA\nextra AAAA\nindex", 1), TlogProofError::Index),
            (good.replacen("index 1\n", "index 1\nAAAA\n", 1), TlogProofError::Hash(3)),
            (
                good.replacen("index 1\n", &format!("index 1\n{}", format!("{hash}\n").repeat(63)), 1),
                TlogProofError::Hash(67),
            ),
            (good.split("\n\n").next().unwrap().to_owned(), TlogProofError::NoCheckpoint),
            (
                good.replacen("\n\nlog.example", "\n\n\nlog.example", 1),
                TlogProofError::Checkpoint(CheckpointError::Size),
            ),
        ] {
            assert_eq!(TlogProof::parse(text.as_bytes()), Err(error), "{text}");
        }
        assert_eq!(TlogProof::parse(&vec![0; MAX_BYTES + 1]), Err(TlogProofError::TooLong(MAX_BYTES + 1)));
    }
}
