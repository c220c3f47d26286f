//! As much of PostgreSQL's protocol (version 3.0, chapter "Message Flow") as it takes to ask whether a server answers
//! and to run administrative statements over its socket, before any runtime or pool exists.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::{ClusterError, OWNER_ROLE};

/// Protocol 3.0 as the start packet writes it.
const PROTOCOL: u32 = 196_608;
/// No answer to administrative statements is longer.
const MESSAGE_LIMIT: usize = 1 << 20;
/// Copying a template database may take a while on a slow disk.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether a server at `socket` accepts sessions.
pub(super) fn answers(socket: &Path) -> bool {
    Link::open(socket, OWNER_ROLE, "postgres").is_ok()
}

/// One session, ended on drop.
pub(super) struct Link {
    stream: UnixStream,
}

/// One message of the server.
struct Message {
    kind: u8,
    body: Vec<u8>,
}

impl Link {
    /// Enters as `role`; the server knows by the `peer` rule who we are, so no password is involved.
    pub fn open(socket: &Path, role: &str, database: &str) -> Result<Self, ClusterError> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut link = Self { stream };
        let mut body = PROTOCOL.to_be_bytes().to_vec();
        for text in ["user", role, "database", database, "application_name", "senim"] {
            body.extend_from_slice(text.as_bytes());
            body.push(0);
        }
        body.push(0);
        link.send(None, &body)?;
        link.until_idle()?;
        Ok(link)
    }

    /// Runs one statement and returns the number of rows it gave.
    pub fn query(&mut self, sql: &str) -> Result<usize, ClusterError> {
        let mut body = sql.as_bytes().to_vec();
        body.push(0);
        self.send(Some(b'Q'), &body)?;
        self.until_idle()
    }

    /// Reads up to `ReadyForQuery`; returns the number of rows seen, or the first error.
    fn until_idle(&mut self) -> Result<usize, ClusterError> {
        let mut rows = 0;
        let mut failed = None;
        loop {
            let message = match self.receive() {
                Ok(message) => message,
                // A refused session is closed by the server after its error.
                Err(error) => return Err(failed.unwrap_or(ClusterError::Talk(error))),
            };
            match message.kind {
                b'D' => rows += 1,
                b'E' => failed = Some(refusal(&message.body)),
                b'R' if message.body != [0; 4] => {
                    return Err(ClusterError::Talk(io::Error::other("the server asks for a password")));
                }
                b'Z' => return failed.map_or(Ok(rows), Err),
                _ => {}
            }
        }
    }

    fn send(&mut self, kind: Option<u8>, body: &[u8]) -> io::Result<()> {
        let length = u32::try_from(body.len().saturating_add(4)).map_err(io::Error::other)?;
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(body);
        self.stream.write_all(&message)
    }

    fn receive(&mut self) -> io::Result<Message> {
        let mut kind = [0; 1];
        let mut length = [0; 4];
        self.stream.read_exact(&mut kind)?;
        self.stream.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
        let length = length.checked_sub(4).filter(|length| *length <= MESSAGE_LIMIT);
        let mut body = vec![0; length.ok_or_else(|| io::Error::other("not a PostgreSQL server"))?];
        self.stream.read_exact(&mut body)?;
        Ok(Message { kind: kind[0], body })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // `Terminate`, so that the server does not log a lost connection; if it cannot be sent, it is lost anyway.
        let _ = self.send(Some(b'X'), &[]);
    }
}

/// The code and the primary message of an `ErrorResponse`: fields of one letter and a terminated text each.
fn refusal(body: &[u8]) -> ClusterError {
    let field = |letter: u8| {
        body.split(|byte| *byte == 0)
            .find_map(|field| field.strip_prefix(&[letter]))
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default()
    };
    ClusterError::Sql { code: field(b'C'), message: field(b'M') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_code_and_message_of_a_refusal() {
        let ClusterError::Sql { code, message } =
            refusal(b"SERROR\0VERROR\0C42P04\0Mdatabase \"x\" already exists\0\0")
        else {
            panic!("another error");
        };
        assert_eq!((code.as_str(), message.as_str()), ("42P04", "database \"x\" already exists"));
    }

    #[test]
    fn nobody_answers_where_no_socket_is() {
        assert!(!answers(Path::new("/nowhere/.s.PGSQL.5432")));
    }
}
