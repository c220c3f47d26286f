//! The secrets of an installation that keeps its own database: `secrets.toml` in the home directory, readable by us
//! only, made once.
//!
//! With `DATABASE_URL` there is no such file: whoever runs a database of their own also keeps the secrets, outside
//! its backups.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use toml::{Table, Value};

use super::{Environment, source};
use crate::crypto::secret::Secret;

/// Secrets that are made where they are missing, by their names in the environment and in the file.
const MADE: &[(&str, &str)] = &[("SENIM_SERVER_KEY", "server_key"), ("SENIM_PEPPER", "pepper")];

/// Why the local secrets cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is there but is not TOML. It is never overwritten.
    #[error("{0} is not a TOML file: repair it, or restore it from where you keep it")]
    Damaged(PathBuf),
    /// There is data, but the secrets it was made with are gone. New ones would lock everybody out.
    #[error("{data} exists, but {missing} in {secrets} does not: restore that file, or move the data away")]
    Lost {
        /// The private cluster's data.
        data: PathBuf,
        /// The file that should hold them.
        secrets: PathBuf,
        /// Names of what is missing.
        missing: String,
    },
}

/// Where the local secrets of `home` stand.
#[must_use]
pub fn path(home: &Path) -> PathBuf {
    home.join("secrets.toml")
}

/// Makes the secrets that are set nowhere, by `draw`, and keeps them in [`path`]; returns that path if anything was
/// made. Does nothing where `DATABASE_URL` is set: [`super::Config::load`] then reports what is missing.
///
/// # Errors
/// [`LocalError`].
pub fn create_missing_secrets(
    env: &Environment,
    file: Option<&Path>,
    draw: &mut dyn FnMut() -> Secret<32>,
) -> Result<Option<PathBuf>, LocalError> {
    let layers = source::without_local(env, file);
    let home = layers.home();
    let unset: Vec<&str> = MADE.iter().filter(|(name, _)| !layers.has(name)).map(|(_, key)| *key).collect();
    if layers.has_database() || unset.is_empty() {
        return Ok(None);
    }
    change(&home, |table| {
        let missing: Vec<&str> = unset
            .iter()
            .copied()
            .filter(|key| !table.contains_key(*key) && !table.contains_key(&format!("{key}_file")))
            .collect();
        let data = home.join("pg/data");
        if !missing.is_empty() && data.exists() {
            let missing = missing.join(", ");
            return Err(LocalError::Lost { data, secrets: path(&home), missing });
        }
        for key in &missing {
            table.insert((*key).to_owned(), Value::String(HEXLOWER.encode(draw().expose())));
        }
        Ok(!missing.is_empty())
    })
}

/// Keeps the public keys of the first administrators beside the local secrets (setting `genesis`), replacing what
/// was there; returns the file.
///
/// # Errors
/// [`LocalError`].
pub fn keep_genesis(home: &Path, genesis: &[[u8; 32]]) -> Result<PathBuf, LocalError> {
    let keys: Vec<Value> = genesis.iter().map(|key| Value::String(HEXLOWER.encode(key))).collect();
    change(home, |table| {
        table.insert("genesis".to_owned(), Value::Array(keys));
        Ok(true)
    })?;
    Ok(path(home))
}

/// Reads the file, lets `work` change it, and puts the new one in its place by a rename, under a lock.
fn change(
    home: &Path,
    work: impl FnOnce(&mut Table) -> Result<bool, LocalError>,
) -> Result<Option<PathBuf>, LocalError> {
    let path = path(home);
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| LocalError::File { path, source }
    };
    // Mode 0711: the unprivileged account of the private cluster passes through.
    DirBuilder::new().recursive(true).mode(0o711).create(home).map_err(at(home))?;
    let lock = home.join("secrets.lock");
    let held = private().truncate(false).open(&lock).map_err(at(&lock))?;
    held.lock().map_err(at(&lock))?;
    let mut table = match fs::read_to_string(&path) {
        Ok(text) => read(&text).ok_or_else(|| LocalError::Damaged(path.clone()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Table::new(),
        Err(error) => return Err(at(&path)(error)),
    };
    if !work(&mut table)? {
        return Ok(None);
    }
    let aside = home.join("secrets.toml.new");
    write(&aside, &table).and_then(|()| fs::rename(&aside, &path)).map_err(at(&path))?;
    File::open(home).and_then(|home| home.sync_all()).map_err(at(home))?;
    Ok(Some(path))
}

/// A flat table; anything nested is not from us.
fn read(text: &str) -> Option<Table> {
    let table = text.parse::<Table>().ok()?;
    (!table.values().any(Value::is_table)).then_some(table)
}

fn write(path: &Path, table: &Table) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().create_new(true).open(path)?;
    let mut text =
        "# Secrets of this installation. Keep a copy apart from the backups of the database.\n".to_owned();
    for (key, value) in table {
        // Texts, numbers and lists of texts are written alike in JSON and in TOML; the file holds nothing else.
        text.push_str(&format!("{key} = {}\n", serde_json::to_string(value)?));
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}
