//! The audit log, pure: acts, entries and their canonical bytes.
//!
//! | file | holds |
//! | --- | --- |
//! | `act` | the closed list of acts, each with the OECD clauses that it evidences |
//! | `entry` | an entry from draft to canonical bytes and commitment |
//! | `schema` | what may stand in an entry, and whether it does |
//!
//! An entry is RFC 8785 JSON of ids and closed codes. What stands in the public log is only its salted commitment.

pub mod act;
pub mod entry;
pub mod schema;
