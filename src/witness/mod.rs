//! Witnesses (C2SP tlog-witness): a process that says of logs of others that it saw them grow and never change, and what
//! asks such processes.
//!
//! | file | holds |
//! | --- | --- |
//! | `rules` | what is cosigned and what is refused, pure |
//! | `directory` | the witness's directory: its key, the last checkpoint of every log, evidence of forks, the lock |
//! | `engine` | one request, one answer: judge, write, sync, then cosign |
//! | `server` | HTTP: `POST /add-checkpoint`, `GET /` |
//! | `client` | asking witnesses, of this program or of another |
//! | `freshness` | when a quorum last vouched for a checkpoint |
//!
//! A witness is run by somebody else than the log: a court, a parliament, a foreign peer. It sees origins, sizes and roots.
//! What it keeps are signed checkpoints in the common format, so that they speak for themselves, and so that a log whose
//! signer lost its state can take it up again.

pub mod client;
mod directory;
mod engine;
pub mod freshness;
mod rules;
mod server;

pub use directory::{Directory, DirectoryError};
pub use engine::{Followed, Witness};
pub use server::{ListenError, Server};
