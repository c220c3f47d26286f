//! Who works in the demo, kept in files that only we can read. A real installation has no such files.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::super::failure::Failure;

/// An account as it stands in `accounts.json` (DESIGN section 8).
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Account {
    /// The name to sign in with.
    pub login: String,
    /// The password.
    pub password: String,
    /// The second factor's seed in base 32.
    pub totp_secret: String,
    /// Codes of the roles.
    pub roles: Vec<String>,
    /// The English name of the desk at which the roles are held; none where they are held everywhere.
    pub desk: Option<String>,
}

/// A receipt as it stands in `receipts.json`.
#[derive(Serialize)]
pub(super) struct KeptReceipt {
    /// The case's reference.
    pub reference: String,
    /// Opens its mailbox.
    pub receipt: String,
    /// The language of the report.
    pub language: &'static str,
}

/// Reads the accounts.
pub(super) fn read(path: &Path) -> Result<Vec<Account>, Failure> {
    let text = fs::read(path).map_err(Failure::file(path))?;
    serde_json::from_slice(&text)
        .map_err(|_malformed| Failure::Demo(format!("{} is not what the demo wrote", path.display())))
}

/// Makes a directory that only we can enter.
pub(super) fn private_directory(path: &Path) -> Result<(), Failure> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Failure::file(path))
}

/// Writes a value as JSON, see [`write()`].
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(value)
        .map_err(|error| Failure::Demo(format!("{}: {error}", path.display())))?;
    write(path, &text)
}

/// Writes a file that only we can read, whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let aside = path.with_extension("new");
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&aside);
    let written = file.and_then(|mut file| {
        file.write_all(bytes)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&aside, path)
    });
    written.map_err(Failure::file(path))
}
