//! Requests to sign or cosign a checkpoint (C2SP tlog-witness, `add-checkpoint`).
//!
//! ```text
//! old <size of the last tree that was signed>
//! <base64 of a hash of the consistency proof>        none to 63 lines
//!
//! <checkpoint>
//! ```
//!
//! A witness gets a signed checkpoint; our own signer gets the same request with the bare text of one.

use super::checkpoint;
use super::tree::Hash;

/// The most hashes of a proof; more than 63 a client must not send.
pub const MAX_HASHES: usize = 63;
/// The most digits of a size.
const MAX_DIGITS: usize = 20;

/// Why bytes are no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// The first line is not `old` and a size.
    #[error("the first line is not `old <size>`")]
    Old,
    /// A line of the proof that is no hash.
    #[error("line {0} is not the base64 of a hash")]
    Hash(usize),
    /// A proof of more than [`MAX_HASHES`].
    #[error("the consistency proof has more than {MAX_HASHES} hashes")]
    TooManyHashes,
    /// No empty line ends the proof.
    #[error("there is no empty line with a checkpoint behind it")]
    NoCheckpoint,
}

/// A request, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint<'a> {
    /// The size from which the proof leads on.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The checkpoint, unread.
    pub checkpoint: &'a [u8],
}

impl<'a> AddCheckpoint<'a> {
    /// Reads a request. The checkpoint in it is not looked at.
    ///
    /// # Errors
    /// [`BadRequest`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BadRequest> {
        let (first, mut rest) = line(bytes).ok_or(BadRequest::Old)?;
        let size = std::str::from_utf8(first).ok().and_then(|first| first.strip_prefix("old "));
        let old = size.and_then(checkpoint::decimal).ok_or(BadRequest::Old)?;
        let mut proof = Vec::new();
        loop {
            let (item, behind) = line(rest).ok_or(BadRequest::NoCheckpoint)?;
            rest = behind;
            if item.is_empty() {
                return Ok(Self { old, proof, checkpoint: rest });
            }
            if proof.len() >= MAX_HASHES {
                return Err(BadRequest::TooManyHashes);
            }
            let hash = std::str::from_utf8(item).ok().and_then(Hash::from_base64);
            proof.push(hash.ok_or(BadRequest::Hash(proof.len() + 2))?);
        }
    }
}

/// Writes a request; `checkpoint` is the checkpoint as it stands in its file.
#[must_use]
pub fn write(old: u64, proof: &[Hash], checkpoint: &str) -> String {
    let hashes: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
    format!("old {old}\n{hashes}\n{checkpoint}")
}

/// Reads what stands in the answer 409: the size of the last tree that was signed, a line end behind it.
#[must_use]
pub fn parse_size(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    (text.len() <= MAX_DIGITS).then(|| checkpoint::decimal(text))?
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end)?;
    Some((line, rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_specification_is_read() {
        let text = "old 20852014\n\
            PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
            jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\
            5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n\
            /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\
            \n\
            example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        let request = AddCheckpoint::parse(text.as_bytes()).unwrap();
        assert_eq!((request.old, request.proof.len()), (20_852_014, 4));
        assert!(request.checkpoint.starts_with(b"example.com/"));
        let checkpoint = std::str::from_utf8(request.checkpoint).unwrap();
        assert_eq!(write(request.old, &request.proof, checkpoint), text);
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_line() {
        let hash = Hash::new([1; 32]).base64();
        let many = format!("old 1\n{}\nx", format!("{hash}\n").repeat(64));
        for (bytes, error) in [
            ("", BadRequest::Old),
            ("old 1", BadRequest::Old),
            ("new 1\n\n", BadRequest::Old),
            ("old 01\n\n", BadRequest::Old),
            ("old -1\n\n", BadRequest::Old),
            ("old  1\n\n", BadRequest::Old),
            ("old 1\r\n\n", BadRequest::Old),
            ("old 18446744073709551616\n\n", BadRequest::Old),
            ("old 1\n", BadRequest::NoCheckpoint),
            ("old 1\nAAAA\n\n", BadRequest::Hash(2)),
            (&format!("old 1\n{hash}\n{hash} \n\n"), BadRequest::Hash(3)),
            (&format!("old 1\n{hash}\n"), BadRequest::NoCheckpoint),
            (&many, BadRequest::TooManyHashes),
        ] {
            assert_eq!(AddCheckpoint::parse(bytes.as_bytes()), Err(error), "{bytes:?}");
        }
        assert_eq!(AddCheckpoint::parse(b"old 0\n\n").unwrap().checkpoint, b"");
    }

    #[test]
    fn the_size_in_a_conflict_is_one_line() {
        assert_eq!(parse_size(b"0\n"), Some(0));
        assert_eq!(parse_size(b"18446744073709551615\n"), Some(u64::MAX));
        for bad in [&b""[..], b"1", b"01\n", b"1\n\n", b"1 \n", b"\xff\n", &[b'0'; 100]] {
            assert_eq!(parse_size(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes: Vec<u8>, lines in "(old [0-9]{0,21}\n)?([A-Za-z0-9+/=]{0,45}\n){0,70}\n?.*") {
            let _ = AddCheckpoint::parse(&bytes);
            let _ = AddCheckpoint::parse(lines.as_bytes());
            let _ = parse_size(&bytes);
        }

        #[test]
        fn what_is_written_is_read_again(old: u64, hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..=MAX_HASHES), text: String) {
            let proof: Vec<Hash> = hashes.into_iter().map(Hash::new).collect();
            let written = write(old, &proof, &text);
            let request = AddCheckpoint::parse(written.as_bytes()).unwrap();
            prop_assert_eq!(request, AddCheckpoint { old, proof, checkpoint: text.as_bytes() });
        }
    }
}
