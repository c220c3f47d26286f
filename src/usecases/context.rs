//! What every use case is given: the store with clock and randomness, the keys, the registry, the limits.

use std::time::Duration;

use jiff::civil::Date;
use uuid::Uuid;

use super::registry::RegistryCache;
use crate::{
    config::{Config, SessionsConfig},
    crypto::{
        csrf,
        password::{BadParams, PasswordParams, PasswordPool},
        secret::Secret,
        server_keys::ServerKeys,
        sign::VerifyingKey,
    },
    domain::{profile::Profile, text::TextLimits},
    storage::{Store, cases::CaseRow},
};

/// The context of all acts. One per process, shared.
pub struct Context {
    /// The database, the clock, randomness.
    pub store: Store,
    /// Keys of this instance for tokens and sessions.
    pub keys: ServerKeys,
    /// The instance's pepper, for decoys.
    pub pepper: Secret<32>,
    /// The bounded password work.
    pub passwords: PasswordPool,
    /// Directory, desks and routing, verified and cached.
    pub registry: RegistryCache,
    /// The longest texts.
    pub limits: TextLimits,
    /// How long sessions last.
    pub sessions: SessionsConfig,
    /// How long a change of the configuration that loosens waits after two people agreed.
    pub loosening: Duration,
    /// Keys of the founding administrators.
    pub genesis: Vec<VerifyingKey>,
}

impl Context {
    /// Today where a case is handled: the calendar by which its reporter and its deadlines count.
    #[must_use]
    pub fn today_of(&self, case: &CaseRow) -> Date {
        Profile::get(case.profile).day_of(self.store.now())
    }

    /// Builds the context from the configuration.
    ///
    /// # Errors
    /// [`BadParams`] where the password parameters are out of range.
    pub fn new(config: &Config, store: Store) -> Result<Self, BadParams> {
        let params = PasswordParams {
            memory_kib: config.passwords.memory_kib,
            passes: config.passwords.passes,
            lanes: 1,
        };
        let passwords = &config.passwords;
        Ok(Self {
            store,
            keys: ServerKeys::derive(&config.keys.server_key),
            pepper: config.keys.pepper.clone(),
            passwords: PasswordPool::new(
                params,
                passwords.permits,
                passwords.queue,
                passwords.wait,
                config.keys.pepper.clone(),
            )?,
            registry: RegistryCache::default(),
            limits: TextLimits {
                narrative: config.server.limits.narrative_chars,
                message: config.server.limits.message_chars,
                staff: config.server.limits.message_chars,
            },
            sessions: config.sessions.clone(),
            loosening: config.changes.loosening,
            genesis: config.keys.genesis.iter().filter_map(|key| VerifyingKey::parse(key).ok()).collect(),
        })
    }

    /// The token that binds a page's form to a session.
    #[must_use]
    pub fn csrf_token(&self, session: &Uuid) -> String {
        csrf::token(&self.keys.csrf, session)
    }

    /// Whether a form's token belongs to the session.
    #[must_use]
    pub fn csrf_holds(&self, session: &Uuid, token: &str) -> bool {
        csrf::check(&self.keys.csrf, session, token)
    }

    /// Seconds since 1970 of a moment so far from now.
    #[must_use]
    pub fn unix_in(&self, from_now: Duration) -> i64 {
        let seconds = i64::try_from(from_now.as_secs()).unwrap_or(i64::MAX);
        self.store.now().as_second().saturating_add(seconds)
    }
}
