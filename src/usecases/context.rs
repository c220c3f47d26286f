//! What every use case is given: the store with clock and randomness, the keys, the registry, the limits.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, civil::Date, tz::TimeZone};
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
    domain::{
        profile::{Profile, ProfileId},
        text::TextLimits,
    },
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
    /// Directory, desks, routing, profiles and calendars, verified and cached.
    pub registry: RegistryCache,
    /// The longest texts.
    pub limits: TextLimits,
    /// How long sessions last.
    pub sessions: SessionsConfig,
    /// How long a change of the configuration that loosens waits after two people agreed.
    pub loosening: Duration,
    /// The tree of bodies, by its digest, with which this process compared who holds which case last.
    pub(super) compared: Mutex<Option<Vec<u8>>>,
    /// Keys of the founding administrators.
    pub genesis: Vec<VerifyingKey>,
}

impl Context {
    /// Today where a case is handled: the calendar by which its reporter and its deadlines count.
    #[must_use]
    pub fn today_of(&self, case: &CaseRow) -> Date {
        self.profile_of(case).day_of(self.store.now())
    }

    /// The day in the place on earth where the day begins first (UTC+14): no place has a later one.
    #[must_use]
    pub fn latest_today(&self) -> Date {
        let first = self.store.now().saturating_add(SignedDuration::from_hours(14));
        first.map_or_else(|_end_of_time| self.store.today(), |at| TimeZone::UTC.to_datetime(at).date())
    }

    /// The profile under which a case runs, in the version that it began under (control PROF-1).
    #[must_use]
    pub fn profile_of(&self, case: &CaseRow) -> Arc<Profile> {
        let book = self.rules();
        let version = case.profile_version.map_or(Ok(1), u32::try_from).unwrap_or(0);
        book.version(case.profile, version).cloned().unwrap_or_else(|| {
            tracing::error!(profile = %case.profile, version, "a case runs under a version that is not known here");
            Arc::clone(book.current(case.profile))
        })
    }

    /// The version of a profile under which new cases begin.
    #[must_use]
    pub fn current_profile(&self, id: ProfileId) -> Arc<Profile> {
        Arc::clone(self.rules().current(id))
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
            compared: Mutex::default(),
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
