//! Somebody reads the public log: a file that is there or not. No database is asked.

use std::path::Path;

use crate::audit::tile::TilePath;

/// How long a file stays what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// A tile or a bundle: for ever, under its name.
    Always,
    /// A head, keys or a policy: until the next.
    UntilTheNext,
}

/// A file of the public log.
pub struct LogFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// How long it stays.
    pub lasting: Lasting,
}

/// The file of this name below the log's address, if there is one: `checkpoint`, `files`, `keys`, `policy` or the path of a tile or
/// a bundle, which has one form only and so names nothing outside.
pub async fn read_log_file(public: &Path, name: &str) -> Option<LogFile> {
    let lasting = match name {
        "checkpoint" | "files" | "keys" | "policy" => Lasting::UntilTheNext,
        tile => TilePath::parse(tile).ok().map(|_tile| Lasting::Always)?,
    };
    let bytes = tokio::fs::read(public.join(name)).await.ok()?;
    Some(LogFile { bytes, lasting })
}
