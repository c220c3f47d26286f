//! The audit log, pure: acts, entries and their canonical bytes, and the tree that makes them checkable elsewhere.
//!
//! | file | holds | written from |
//! | --- | --- | --- |
//! | `act` | the closed list of acts: what each needs, by whom, on what, who may see it, which OECD clauses it evidences | |
//! | `entry` | an entry from draft to canonical bytes and commitment | RFC 8785 |
//! | `node` | entries read in place | |
//! | `schema`, `requirements` | what may stand in an entry, what its acts need, and whether it is so | |
//! | `post` | what an entry says of the row that it leaves behind | RFC 8785 |
//! | `fold` | what the entries of an object come to, to be compared with the tables | |
//! | `directory` | who is in the signed directory of staff, and with which keys | |
//! | `rhythm` | epochs, days, how much the tree grows and what has to wait | |
//! | `head_map` | the daily tree over the last entry of every object | RFC 6962 section 2.1 |
//! | `tree` | hashes of leaves, nodes and trees | RFC 6962 section 2.1 |
//! | `proof` | inclusion and consistency, made and checked | RFC 6962 section 2.1, RFC 9162 section 2.1 |
//! | `tile` | places and paths of tiles, which ones growth changes | C2SP tlog-tiles |
//! | `stored` | where tiles come from, and a tree read through them | C2SP tlog-tiles |
//! | `bundle` | the published records: 32-byte commitments, framed | C2SP tlog-tiles |
//! | `edge` | the right edge of a tree: recomputes the root, takes leaves, yields tiles | C2SP tlog-tiles |
//! | `note`, `note_key` | signed notes; names and keys of those who sign them | C2SP signed-note |
//! | `checkpoint` | origin, size and root as a note | C2SP tlog-checkpoint |
//! | `cosignature` | what a witness says about a checkpoint, and when | C2SP tlog-cosignature |
//! | `add_checkpoint` | what a signer or a witness is asked | C2SP tlog-witness |
//! | `witness_policy` | which logs are trusted and which witnesses make a quorum | C2SP tlog-policy |
//! | `promise` | what a reporter is promised: that their report is in the log | C2SP signed-note |
//! | `case_proof` | one file that proves that one case's history is whole | |
//! | `archive` | tar files that are the same bytes whenever they are made | |
//! | `verify` | verifying a log offline | |
//! | `tlog_proof` | one file that proves one entry offline | C2SP tlog-proof |
//!
//! An entry is RFC 8785 JSON of ids and closed codes. What stands in the public log is only its salted commitment.
//! Nothing here reads a file, a clock or a database; bytes from outside never make anything here panic.

pub mod act;
pub mod actor;
pub mod add_checkpoint;
pub mod archive;
pub mod bundle;
pub mod case_proof;
pub mod checkpoint;
pub mod cosignature;
pub mod directory;
pub mod edge;
pub mod entry;
pub mod fold;
pub mod head_map;
mod node;
pub mod note;
pub mod note_key;
pub mod post;
pub mod promise;
pub mod proof;
mod requirements;
pub mod rhythm;
pub mod schema;
pub mod stored;
pub mod tile;
pub mod tlog_proof;
pub mod tree;
pub mod verify;
pub mod witness_policy;
