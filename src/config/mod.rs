//! Configuration: one struct per topic; all mistakes are reported at once.
//!
//! Every setting has one name. In the environment it is `SENIM_` and the name in capitals (`SENIM_LISTEN`); in a TOML
//! file it is the name in small letters (`listen`); the environment wins. Only the database has names without the
//! prefix: `DATABASE_URL`, in a file `database_url`. A secret may also stand in a file of its own, named by the same
//! setting with `_FILE` at its end. Names beginning with `SENIM_TEST_` steer the test suite and are ignored here.
//!
//! The file is the one given, else `senim.toml` in the home directory if there is one. Without `DATABASE_URL` a last
//! layer below it is `secrets.toml` in the home directory, see [`local`].
//!
//! To add a setting: a field in its topic's struct, one line in the topic's `read` with range and default, one test.
//! The reader learns the known names from those lines, so nothing else is to be kept in step.

mod changes;
mod database;
mod keys;
pub mod local;
mod log;
mod logging;
mod mail;
mod mistake;
mod passwords;
mod reader;
mod server;
mod sessions;
mod source;
#[cfg(test)]
mod tests;
mod worker;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use changes::ChangesConfig;
pub use database::DatabaseConfig;
pub use keys::KeysConfig;
pub use log::{LogConfig, SignerConfig, WitnessUrl};
pub use logging::LoggingConfig;
pub use mail::{MailConfig, MailSecurity, MailTransport, SmtpConfig};
pub use mistake::{ConfigError, Mistake};
pub use passwords::PasswordsConfig;
use reader::Reader;
pub use server::{Limits, ServerConfig};
pub use sessions::SessionsConfig;
pub use worker::WorkerConfig;

/// The variables of an environment by name.
pub type Environment = BTreeMap<String, String>;

/// Profiles a desk may start with (norms.md 8.4): the codes of the profile files in the domain.
const PROFILES: &[&str] = &["kz", "eu_internal", "eu_external", "iso_default"];

/// Everything an operator can set.
#[derive(Debug)]
pub struct Config {
    /// `SENIM_HOME` (`var`): where the private cluster, local secrets and the file transport of mails live.
    pub home: PathBuf,
    /// `SENIM_PROFILE` (`kz`): the code of the deadline profile a new desk gets unless it names another.
    pub profile: String,
    /// HTTP addresses, workers, limits.
    pub server: ServerConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Secrets of the server and the instance's name.
    pub keys: KeysConfig,
    /// The cost of a sign-in.
    pub passwords: PasswordsConfig,
    /// How long sessions last.
    pub sessions: SessionsConfig,
    /// Where mails go.
    pub mail: MailConfig,
    /// What is logged.
    pub logging: LoggingConfig,
    /// How long changes of the configuration wait.
    pub changes: ChangesConfig,
    /// Background work.
    pub worker: WorkerConfig,
    /// The log that an outsider can check.
    pub log: LogConfig,
}

impl Config {
    /// Reads the configuration from `env` over `file` (else the home directory's `senim.toml`).
    ///
    /// # Errors
    /// Every mistake there is: unknown names, missing values, values of another shape, unreadable files.
    pub fn load(env: &Environment, file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(source::layers(env, file));
        let home = reader.path("SENIM_HOME", Path::new(source::DEFAULT_HOME));
        let keys = KeysConfig::read(&mut reader);
        let config = Self {
            log: LogConfig::read(&mut reader, &home, &keys.instance),
            profile: reader.choice("SENIM_PROFILE", PROFILES, "kz"),
            server: ServerConfig::read(&mut reader),
            database: DatabaseConfig::read(&mut reader),
            keys,
            passwords: PasswordsConfig::read(&mut reader),
            sessions: SessionsConfig::read(&mut reader),
            mail: MailConfig::read(&mut reader, &home),
            logging: LoggingConfig::read(&mut reader),
            changes: ChangesConfig::read(&mut reader),
            worker: WorkerConfig::read(&mut reader),
            home,
        };
        reader.finish().map(|()| config)
    }
}

/// The variables of this process that concern us: `SENIM_*` and `DATABASE_URL*`.
///
/// A value that is not UTF-8 is taken with replacement characters and then refused for its shape.
#[must_use]
pub fn process_environment() -> Environment {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .filter(|(name, _)| source::is_ours(name))
        .collect()
}
