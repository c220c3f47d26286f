//! Mistakes in a configuration, worded for the person who can repair them.

use std::fmt;

/// One setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The setting as it was written, with the file it stands in, if any.
    pub setting: String,
    /// What it should be.
    pub wanted: String,
    /// What was found; never the value of a secret or of an unknown setting.
    pub found: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: wanted {}, found {}", self.setting, self.wanted, self.found)
    }
}

/// All mistakes of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// At least one.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mistakes.len() {
            1 => write!(out, "the configuration has a mistake:")?,
            many => write!(out, "the configuration has {many} mistakes:")?,
        }
        for mistake in &self.mistakes {
            write!(out, "\n  {mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
