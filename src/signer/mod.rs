//! The signer of the log: a process of its own that signs extensions of what it signed before, and nothing else.
//!
//! | file | holds |
//! | --- | --- |
//! | `rules` | what is signed and what is refused, pure, with the words for whoever has to act |
//! | `state` | what was signed last, as it stands in a file |
//! | `directory` | the signer's directory: keys and their rotation, the state, the lock |
//! | `engine` | one request, one answer: judge, write, sync, then sign |
//! | `wire` | the answers on the socket |
//! | `server` | the Unix socket |
//! | `client` | asking it |
//!
//! It knows nothing of entries and nothing of the database. Its state is what turns a restored database into an alarm, so
//! it belongs into no backup: whoever restores an older state can have two roots signed for one size.
//!
//! # The socket
//!
//! One request per connection: [`crate::audit::add_checkpoint`] with the text of a checkpoint, then the client closes its
//! half. The answer is one of
//!
//! ```text
//! 200\n<signature line>\n…     one line of each of the log's keys, two while keys are rotated
//! 409 <size>\n                 the proof must begin at this size, the last one signed
//! 422 <reason>\n               never to be signed; the reason says what to do
//! 400 <reason>\n               no request
//! 500 <reason>\n               the signer cannot work
//! ```
//!
//! A signature leaves only when the state that forbids every other one is on the disk. Ed25519 is deterministic (RFC 8032
//! section 5.1.6): who asks again after a crash gets the same line.

pub mod client;
mod directory;
mod engine;
mod rules;
mod server;
mod state;
mod wire;

pub use directory::{Directory, DirectoryError, Retired};
pub use engine::Signer;
pub use server::{Server, ServerError};
pub use state::State;
