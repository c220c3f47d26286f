//! The log against implementations that others wrote (`tlog_tiles`, `signed_note`, `ct-merkle`), against RFC 6962 word by
//! word, and against whatever an adversary may send.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test panics in order to fail")]

#[path = "log_formats/ground.rs"]
mod ground;
#[path = "log_formats/hostile.rs"]
mod hostile;
#[path = "log_formats/notes.rs"]
mod notes;
#[path = "log_formats/proofs.rs"]
mod proofs;
#[path = "log_formats/tiles.rs"]
mod tiles;
