//! Where the files of a bundle come from.

/// A file that is there but cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// The entries of a bundle, exact bytes, in the order of the log.
pub type Entries<'s> = Box<dyn Iterator<Item = Result<Vec<u8>, Unreadable>> + 's>;

/// A bundle: `checkpoint`, `checkpoints/<size>`, `policy`, `tile/…`, `tile/entries/…`, `private/entries.jsonl`,
/// `directory.jsonl`, `genesis`. Nothing in it is trusted before it is checked.
pub trait Source {
    /// A file; `None` where the bundle has none of this name.
    ///
    /// # Errors
    /// [`Unreadable`].
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Unreadable>;

    /// The names of all files whose path begins with `folder/`.
    fn list(&self, folder: &str) -> Vec<String>;

    /// The entries.
    ///
    /// # Errors
    /// [`Unreadable`], also where the bundle has none.
    fn entries(&self) -> Result<Entries<'_>, Unreadable>;
}
