//! The log that an outsider can check: its pace, its signer, its witnesses, its files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::keys;
use super::logging::LoggingConfig;
use super::mistake::ConfigError;
use super::reader::Reader;
use super::{Environment, source};

/// A witness and where checkpoints are submitted to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessUrl {
    /// Its name in the policy.
    pub name: String,
    /// Its submission prefix (C2SP tlog-witness), `http` or `https`, without a slash at its end.
    pub url: String,
}

/// How the log grows, who signs it, who witnesses it, and where it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// The log's identity in every checkpoint and the name of its keys: the instance's name and `/log`.
    pub origin: String,
    /// `SENIM_LOG_EPOCH_SECONDS` (900; 1 to 86,400): at the end of each epoch the tree grows and is signed.
    pub epoch: Duration,
    /// `SENIM_LOG_QUANTUM` (64; 1 to 65,536): leaves that an epoch adds, pads among them. What the log shows of the
    /// number of reports is only how often that was doubled.
    pub quantum: u64,
    /// `SENIM_LOG_DAY_SECONDS` (86,400; 1 to 86,400): a day of the log; whole epochs. A reporter's entry enters the tree
    /// during the following one. Shorter than a day in the demo and in tests only.
    pub day: Duration,
    /// `SENIM_LOG_MMD_SECONDS` (3,600; 1 to 604,800): how long an entry that is due may wait for its place in the tree
    /// (RFC 6962 section 3 calls it the maximum merge delay); at least an epoch.
    pub mmd: Duration,
    /// `SENIM_SIGNER_SOCKET` (`signer/socket` under the home directory): where the signer answers.
    pub signer_socket: PathBuf,
    /// `SENIM_SIGNER_STATE` (`signer` under the home directory): the directory with the signer's keys and what it signed
    /// last. Outside the database, its backups and every other backup.
    pub signer_state: PathBuf,
    /// `SENIM_LOG_POLICY` (`log/policy` under the home directory): which keys are the log's and which witnesses make a
    /// quorum (C2SP tlog-policy).
    pub policy: PathBuf,
    /// `SENIM_LOG_WITNESSES` (none): `name=url` with commas between, names as in the policy. They go before the URLs in
    /// the policy itself.
    pub witnesses: Vec<WitnessUrl>,
    /// `SENIM_LOG_PUBLIC` (`log/public` under the home directory): the directory of published files.
    pub public: PathBuf,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader, home: &Path, instance: &str) -> Self {
        let seconds = |reader: &mut Reader, name, most, default| {
            Duration::from_secs(reader.number(name, 1..=most, default))
        };
        let config = Self {
            origin: format!("{instance}/log"),
            epoch: seconds(reader, "SENIM_LOG_EPOCH_SECONDS", 86_400, 900),
            quantum: reader.number("SENIM_LOG_QUANTUM", 1..=65_536, 64),
            day: seconds(reader, "SENIM_LOG_DAY_SECONDS", 86_400, 86_400),
            mmd: seconds(reader, "SENIM_LOG_MMD_SECONDS", 604_800, 3600),
            signer_socket: reader.path("SENIM_SIGNER_SOCKET", &home.join("signer/socket")),
            signer_state: reader.path("SENIM_SIGNER_STATE", &home.join("signer")),
            policy: reader.path("SENIM_LOG_POLICY", &home.join("log/policy")),
            witnesses: reader.parse(
                "SENIM_LOG_WITNESSES",
                "name=url, each name once, http or https, with commas between",
                Vec::new(),
                witnesses,
            ),
            public: reader.path("SENIM_LOG_PUBLIC", &home.join("log/public")),
        };
        config.refuse_contradictions(reader);
        config
    }

    fn refuse_contradictions(&self, reader: &mut Reader) {
        let found = |time: Duration| format!("{} seconds", time.as_secs());
        if self.day.as_secs().checked_rem(self.epoch.as_secs()) != Some(0) {
            let wanted = "a multiple of SENIM_LOG_EPOCH_SECONDS";
            reader.refuse("SENIM_LOG_DAY_SECONDS", wanted, found(self.day));
        }
        if self.mmd < self.epoch {
            reader.refuse("SENIM_LOG_MMD_SECONDS", "at least SENIM_LOG_EPOCH_SECONDS", found(self.mmd));
        }
    }
}

/// What the signer needs to know. It runs as an account of its own that may not read the server's secrets, so they are
/// neither asked for nor missed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerConfig {
    /// The log.
    pub log: LogConfig,
    /// What is written on standard error.
    pub logging: LoggingConfig,
}

impl SignerConfig {
    /// Reads these settings alone, from `env` over `file` (else the home directory's `senim.toml`), and leaves all others
    /// unread. A misspelt name is therefore not noticed here; the server notices it.
    ///
    /// # Errors
    /// Every mistake in these settings.
    pub fn load(env: &Environment, file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(source::without_local(env, file));
        let home = reader.path("SENIM_HOME", Path::new(source::DEFAULT_HOME));
        let instance = keys::instance_of(&mut reader);
        let config = Self {
            log: LogConfig::read(&mut reader, &home, &instance),
            logging: LoggingConfig::read(&mut reader),
        };
        reader.finish_part().map(|()| config)
    }
}

fn witnesses(text: &str) -> Option<Vec<WitnessUrl>> {
    let mut found: Vec<WitnessUrl> = Vec::new();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let (name, url) = item.split_once('=')?;
        let (scheme, rest) = url.split_once("://")?;
        let plain = !rest.is_empty() && !rest.chars().any(|c| c.is_whitespace() || c.is_control());
        let known = scheme == "http" || scheme == "https";
        let fresh = !name.is_empty() && found.iter().all(|other| other.name != name);
        if !(plain && known && fresh) {
            return None;
        }
        found.push(WitnessUrl { name: name.to_owned(), url: url.trim_end_matches('/').to_owned() });
    }
    Some(found)
}
