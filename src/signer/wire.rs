//! The answers on the signer's socket.

use crate::audit::add_checkpoint;
use crate::audit::note::NoteSignature;

/// The largest request, bytes: 63 hashes and a checkpoint are well within.
pub(super) const MAX_REQUEST: usize = 16 * 1024;
/// The largest answer, bytes.
pub(super) const MAX_ANSWER: usize = 16 * 1024;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// 200: a line of each key.
    Signed(Vec<NoteSignature>),
    /// 409: the proof must begin at this size.
    Conflict(u64),
    /// 422: never to be signed.
    Refused(String),
    /// 400: no request.
    Malformed(String),
    /// 500: the signer cannot work.
    Failed(String),
}

impl Answer {
    /// As it goes over the socket. A reason is one line there.
    pub(super) fn write(&self) -> String {
        let line = |code: u16, reason: &str| format!("{code} {}\n", reason.replace(char::is_control, " "));
        match self {
            Self::Signed(lines) => {
                let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
                format!("200\n{lines}")
            }
            Self::Conflict(size) => format!("409 {size}\n"),
            Self::Refused(reason) => line(422, reason),
            Self::Malformed(reason) => line(400, reason),
            Self::Failed(reason) => line(500, reason),
        }
    }

    /// Reads an answer; `None` if it is none, such as one that broke off.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        if let Some(lines) = text.strip_prefix("200\n") {
            let lines: Option<Vec<_>> =
                lines.strip_suffix('\n')?.split('\n').map(NoteSignature::parse).collect();
            return lines.map(Self::Signed);
        }
        if let Some(size) = bytes.strip_prefix(b"409 ") {
            return add_checkpoint::parse_size(size).map(Self::Conflict);
        }
        let (code, reason) = text.strip_suffix('\n')?.split_once(' ')?;
        let reason = (!reason.contains('\n')).then(|| reason.to_owned())?;
        match code {
            "422" => Some(Self::Refused(reason)),
            "400" => Some(Self::Malformed(reason)),
            "500" => Some(Self::Failed(reason)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_answer_is_read_as_it_was_written() {
        let line = NoteSignature::parse("— senim/log AAAAAAA=").unwrap();
        for answer in [
            Answer::Signed(vec![line.clone()]),
            Answer::Signed(vec![line.clone(), line]),
            Answer::Conflict(0),
            Answer::Conflict(u64::MAX),
            Answer::Refused("no".to_owned()),
            Answer::Malformed("what?".to_owned()),
            Answer::Failed("full".to_owned()),
        ] {
            let written = answer.write();
            assert_eq!(Answer::parse(written.as_bytes()), Some(answer));
            assert_eq!(Answer::parse(&written.as_bytes()[..written.len() - 1]), None, "it broke off");
        }
        assert_eq!(Answer::Failed("a\nb".to_owned()).write(), "500 a b\n");
        for bad in ["", "200\n", "200\nx\n", "409 01\n", "409 1\n\n", "404 x\n", "422 a\nb\n"] {
            assert_eq!(Answer::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes: Vec<u8>, text in "(200\n|409 |422 |400 )?.{0,80}\n?") {
            let _ = Answer::parse(&bytes);
            let _ = Answer::parse(text.as_bytes());
        }
    }
}
