//! Typed reading of settings that goes on after a mistake, so that all of them are reported at once.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::mistake::{ConfigError, Mistake};
use super::source::{Found, Layers};
use crate::crypto::secret::{Secret, SecretText};

/// Reads settings by name, remembers which names exist, collects mistakes. After a mistake the default (or an empty
/// value) stands in, and [`Reader::finish`] fails.
pub(super) struct Reader {
    layers: Layers,
    known: BTreeSet<String>,
}

/// The shape of a 32-byte secret.
const KEY_SHAPE: &str = "32 bytes as 64 hexadecimal digits or 43 base64 characters (`openssl rand -hex 32`)";

impl Reader {
    pub fn new(layers: Layers) -> Self {
        Self { layers, known: BTreeSet::new() }
    }

    /// The value of `name` if `parse` takes it; `default` where it is not set.
    pub fn parse<T>(&mut self, name: &str, wanted: &str, default: T, parse: impl Fn(&str) -> Option<T>) -> T {
        let Some(found) = self.find(name) else { return default };
        if let Some(value) = parse(&found.text) {
            return value;
        }
        let shown = format!("`{}`", found.text);
        self.mistake(found.written, wanted, shown);
        default
    }

    /// A whole number within `range`.
    pub fn number<T>(&mut self, name: &str, range: RangeInclusive<T>, default: T) -> T
    where
        T: FromStr + PartialOrd + Display,
    {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        self.parse(name, &wanted, default, |text| text.parse().ok().filter(|number| range.contains(number)))
    }

    /// A whole number of minutes within `range`.
    pub fn minutes(&mut self, name: &str, range: RangeInclusive<u64>, default: u64) -> Duration {
        let minutes = self.number(name, range, default);
        Duration::from_secs(minutes.saturating_mul(60))
    }

    /// `true` or `false`.
    pub fn truth(&mut self, name: &str, default: bool) -> bool {
        self.parse(name, "true or false", default, |text| text.parse().ok())
    }

    /// One of `choices`.
    pub fn choice(&mut self, name: &str, choices: &[&str], default: &str) -> String {
        let wanted = format!("one of {}", choices.join(", "));
        self.parse(name, &wanted, default.to_owned(), |text| choices.contains(&text).then(|| text.to_owned()))
    }

    /// A path, taken as it is.
    pub fn path(&mut self, name: &str, default: &Path) -> PathBuf {
        self.find(name).map_or_else(|| default.to_owned(), |found| found.text.into())
    }

    /// A text where set.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        self.find(name).map(|found| found.text)
    }

    /// The path of a file that can be read, where set.
    pub fn readable(&mut self, name: &str) -> Option<PathBuf> {
        let found = self.find(name)?;
        if let Err(error) = fs::File::open(&found.text) {
            let shown = format!("`{}`: {error}", found.text);
            self.mistake(found.written, "a readable file", shown);
        }
        Some(found.text.into())
    }

    /// A secret text, where set.
    pub fn secret_text(&mut self, name: &str) -> Option<SecretText> {
        Some(SecretText::from(self.find_secret(name)?.text))
    }

    /// The URL of a PostgreSQL database: a secret, since it may hold a password.
    pub fn database_url(&mut self, name: &str) -> Option<SecretText> {
        let found = self.find_secret(name)?;
        if found.text.starts_with("postgres://") || found.text.starts_with("postgresql://") {
            return Some(SecretText::from(found.text));
        }
        self.hidden_mistake(&found, "a URL such as postgres://user@host/database");
        None
    }

    /// A secret of 32 bytes, required.
    pub fn key(&mut self, name: &str) -> Secret<32> {
        let Some(found) = self.find_secret(name) else {
            let already = self.layers.mistakes.iter().any(|mistake| mistake.setting.starts_with(name));
            if !already {
                self.mistake(name.to_owned(), KEY_SHAPE, "nothing".to_owned());
            }
            return Secret::new([0; 32]);
        };
        if let Some(bytes) = decode_32(&found.text) {
            return Secret::new(bytes);
        }
        self.hidden_mistake(&found, KEY_SHAPE);
        Secret::new([0; 32])
    }

    /// Reports a mistake about a setting that was read before.
    pub fn refuse(&mut self, name: &str, wanted: &str, found: String) {
        let written = self.layers.settings.get(name).map_or(name, |found| &found.written).to_owned();
        self.mistake(written, wanted, found);
    }

    /// Fails with every mistake, unknown names among them.
    pub fn finish(mut self) -> Result<(), ConfigError> {
        let unknown: Vec<(String, String)> = self
            .layers
            .settings
            .iter()
            .filter(|(name, _)| !self.known.contains(*name))
            .map(|(name, found)| (name.clone(), found.written.clone()))
            .collect();
        for (name, written) in unknown {
            let near = self.known.iter().find(|known| is_near(known, &name));
            let wanted = near.map_or_else(
                || "a setting that exists".to_owned(),
                |near| format!("a setting that exists (perhaps {near})"),
            );
            self.mistake(written, &wanted, "an unknown name".to_owned());
        }
        self.finish_part()
    }

    /// Fails with every mistake in what was read. For a process that needs a part of the settings and leaves the others to
    /// whom they concern.
    pub fn finish_part(self) -> Result<(), ConfigError> {
        match self.layers.mistakes {
            mistakes if mistakes.is_empty() => Ok(()),
            mistakes => Err(ConfigError { mistakes }),
        }
    }

    fn find(&mut self, name: &str) -> Option<Found> {
        self.known.insert(name.to_owned());
        self.layers.settings.get(name).cloned()
    }

    /// `name`, or the content of the file that `name_FILE` names, without the line end.
    fn find_secret(&mut self, name: &str) -> Option<Found> {
        let direct = self.find(name);
        let file = self.find(&format!("{name}_FILE"));
        match (direct, file) {
            (Some(direct), Some(file)) => {
                self.mistake(
                    direct.written,
                    &format!("only one of it and {}", file.written),
                    "both".to_owned(),
                );
                None
            }
            (Some(direct), None) => Some(direct),
            (None, Some(file)) => match fs::read_to_string(&file.text) {
                Ok(text) => Some(Found { text: text.trim_end().to_owned(), written: file.written }),
                Err(error) => {
                    let found = format!("`{}`: {error}", file.text);
                    self.mistake(file.written, "a readable file", found);
                    None
                }
            },
            (None, None) => None,
        }
    }

    fn hidden_mistake(&mut self, found: &Found, wanted: &str) {
        let shown = format!("{} characters (not shown)", found.text.chars().count());
        self.mistake(found.written.clone(), wanted, shown);
    }

    fn mistake(&mut self, setting: String, wanted: &str, found: String) {
        self.layers.mistakes.push(Mistake { setting, wanted: wanted.to_owned(), found });
    }
}

/// 32 bytes from hexadecimal digits, or base64 in either alphabet, padded or not.
pub(super) fn decode_32(text: &str) -> Option<[u8; 32]> {
    use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
    let text = text.trim();
    let bytes = match text.len() {
        64 => HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?,
        _ => {
            let bare = text.trim_end_matches('=').as_bytes();
            BASE64_NOPAD.decode(bare).or_else(|_| BASE64URL_NOPAD.decode(bare)).ok()?
        }
    };
    bytes.try_into().ok()
}

/// Whether two names differ by at most two single-character edits (Levenshtein).
fn is_near(known: &str, other: &str) -> bool {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above, a) in known.chars().enumerate() {
        let mut left = above.saturating_add(1);
        let mut next = vec![left];
        for (b, pair) in other.chars().zip(row.windows(2)) {
            let &[diagonal, up] = pair else { return false };
            let replaced = diagonal.saturating_add(usize::from(a != b));
            left = replaced.min(up.saturating_add(1)).min(left.saturating_add(1));
            next.push(left);
        }
        row = next;
    }
    row.last().is_some_and(|distance| *distance <= 2)
}
