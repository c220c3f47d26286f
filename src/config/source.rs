//! Where settings come from: the environment, over a file, over the local secrets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::mistake::Mistake;
use super::{Environment, local};

/// The home directory where none is set: beside the working directory's other things.
pub(super) const DEFAULT_HOME: &str = "var";
const PREFIX: &str = "SENIM_";
const FOR_TESTS: &str = "SENIM_TEST_";
const DATABASE: &[&str] = &["DATABASE_URL", "DATABASE_URL_FILE"];

/// One setting as found.
#[derive(Clone)]
pub(super) struct Found {
    /// Its value.
    pub text: String,
    /// How to name it to people: `SENIM_LISTEN`, or `listen in /etc/senim.toml`.
    pub written: String,
}

/// All settings found, by their name in the environment, and what went wrong in finding them.
#[derive(Default)]
pub(super) struct Layers {
    pub settings: BTreeMap<String, Found>,
    pub mistakes: Vec<Mistake>,
}

impl Layers {
    /// The home directory these settings name.
    pub fn home(&self) -> PathBuf {
        self.settings.get("SENIM_HOME").map_or(DEFAULT_HOME, |found| &found.text).into()
    }

    /// Whether the database is somebody else's, so that no local secrets are kept.
    pub fn has_database(&self) -> bool {
        DATABASE.iter().any(|name| self.settings.contains_key(*name))
    }

    /// Whether `name` is set, by value or by file.
    pub fn has(&self, name: &str) -> bool {
        self.settings.contains_key(name) || self.settings.contains_key(&format!("{name}_FILE"))
    }

    /// Adds what `table` has and the layers above have not.
    fn add_table(&mut self, path: &Path, table: Table) {
        let above = self.settings.clone();
        for (key, value) in table {
            let written = format!("{key} in {}", path.display());
            let text = match plain(&value) {
                Some(text) if key == key.to_lowercase() => text,
                Some(_) => {
                    self.mistake(written, "a name in small letters", "capitals");
                    continue;
                }
                None => {
                    self.mistake(
                        written,
                        "a text, a number, true, false, or a list of texts",
                        value.type_str(),
                    );
                    continue;
                }
            };
            let name = environment_name(&key);
            // A secret above hides both of its ways to be given here.
            let bare = name.strip_suffix("_FILE").unwrap_or(&name);
            if !above.contains_key(bare) && !above.contains_key(&format!("{bare}_FILE")) {
                self.settings.insert(name, Found { text, written });
            }
        }
    }

    fn add_file(&mut self, path: &Path, wanted: bool) {
        match fs::read_to_string(path) {
            Ok(text) => match text.parse::<Table>() {
                Ok(table) => self.add_table(path, table),
                Err(error) => {
                    // The error's own words would show the line, which may hold a secret.
                    let line = error.span().and_then(|span| text.get(..span.start));
                    let line = line.map_or(1, |before| before.matches('\n').count().saturating_add(1));
                    let found = format!("line {line}: {}", error.message());
                    self.mistake(path.display().to_string(), "a TOML file", &found);
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !wanted => {}
            Err(error) => {
                self.mistake(path.display().to_string(), "a readable TOML file", &error.to_string());
            }
        }
    }

    fn mistake(&mut self, setting: String, wanted: &str, found: &str) {
        self.mistakes.push(Mistake { setting, wanted: wanted.to_owned(), found: found.to_owned() });
    }
}

/// All layers: environment, file, local secrets (only for the private cluster).
pub(super) fn layers(env: &Environment, file: Option<&Path>) -> Layers {
    let mut layers = without_local(env, file);
    if !layers.has_database() {
        let secrets = local::path(&layers.home());
        layers.add_file(&secrets, false);
    }
    layers
}

/// The environment over the file.
pub(super) fn without_local(env: &Environment, file: Option<&Path>) -> Layers {
    let mut layers = Layers::default();
    for (name, text) in env {
        // An empty variable is how service files and containers say "not set".
        if is_ours(name) && !text.is_empty() {
            layers.settings.insert(name.clone(), Found { text: text.clone(), written: name.clone() });
        }
    }
    match file {
        Some(path) => layers.add_file(path, true),
        None => {
            let path = layers.home().join("senim.toml");
            layers.add_file(&path, false);
        }
    }
    layers
}

/// Whether a variable of the environment concerns the configuration.
pub(super) fn is_ours(name: &str) -> bool {
    (name.starts_with(PREFIX) && !name.starts_with(FOR_TESTS)) || DATABASE.contains(&name)
}

fn environment_name(key: &str) -> String {
    let upper = key.to_uppercase();
    if DATABASE.contains(&upper.as_str()) { upper } else { format!("{PREFIX}{upper}") }
}

/// A TOML value as the environment would write it; lists are joined by commas.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}
