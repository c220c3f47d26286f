//! The start that all commands share, in the only order that works: secrets, configuration (every mistake at once),
//! log, cluster, database; then whatever runtime the command wants.

use std::{fs, path::PathBuf, sync::Arc};

use super::{
    database_url::{as_application, is_application},
    failure::Failure,
};
use crate::{
    cluster::{Cluster, ClusterConfig},
    config::{Config, Environment, local, process_environment},
    crypto::{
        random::Entropy,
        secret::{Secret, SecretText},
    },
    domain::clock::Clock,
    storage::{Store, StoreParts, migrations},
    telemetry,
    usecases::Context,
};

/// The name of the database in the private cluster.
pub(super) const DATABASE: &str = "senim";

/// The configuration, read; the log is set up.
pub(super) struct Settings {
    env: Environment,
    file: Option<PathBuf>,
    /// The configuration.
    pub config: Arc<Config>,
}

impl Settings {
    /// Makes the secrets of an installation that keeps its own database where they are missing, reads the
    /// configuration, and sets up the log.
    pub fn load(file: Option<PathBuf>) -> Result<Self, Failure> {
        let env = process_environment();
        let mut rng = Entropy::os().rng();
        let made = local::create_missing_secrets(&env, file.as_deref(), &mut || Secret::generate(&mut rng))?;
        let config = Arc::new(Config::load(&env, file.as_deref())?);
        telemetry::init(&config.logging.filter)?;
        if let Some(path) = made {
            tracing::info!(path = %path.display(), "secrets of this installation were made: keep a copy elsewhere");
        }
        Ok(Self { env, file, config })
    }

    /// Keeps `text` as the home directory's configuration and reads it, if that directory is new: no file was named, there
    /// is none yet, and neither a private cluster nor a database elsewhere.
    pub fn with(mut self, name: &str, text: &str) -> Result<Self, Failure> {
        let home = &self.config.home;
        let path = home.join(name);
        let new = self.file.is_none() && self.config.database.url.is_none() && !home.join("pg").exists();
        if new && !path.exists() {
            fs::write(&path, text).map_err(Failure::file(&path))?;
            self.config = Arc::new(Config::load(&self.env, None)?);
        }
        Ok(self)
    }

    /// Starts the private cluster, unless there is a database elsewhere. Not to be called inside a runtime.
    pub fn open(self) -> Result<Installation, Failure> {
        let cluster = match self.config.database.url {
            Some(_) => None,
            None => {
                let cluster = Cluster::start(&ClusterConfig::of(&self.config))?;
                cluster.ensure_database(DATABASE)?;
                Some(cluster)
            }
        };
        Ok(Installation { settings: self, cluster })
    }
}

/// An installation with its database at hand. Dropping it stops the private cluster, if this process started it.
pub(super) struct Installation {
    settings: Settings,
    cluster: Option<Cluster>,
}

impl Installation {
    /// The configuration.
    pub fn config(&self) -> &Arc<Config> {
        &self.settings.config
    }

    /// The private cluster, if the database is not elsewhere.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// Reads the configuration again, after something was kept in it.
    pub fn reload(&mut self) -> Result<(), Failure> {
        let Settings { env, file, .. } = &self.settings;
        self.settings.config = Arc::new(Config::load(env, file.as_deref())?);
        Ok(())
    }

    /// Uses these founding keys where the configuration has none.
    pub fn assume_genesis(&mut self, genesis: &[[u8; 32]]) -> Result<(), Failure> {
        let Settings { env, file, .. } = &self.settings;
        let mut config = Config::load(env, file.as_deref())?;
        if config.keys.genesis.is_empty() {
            config.keys.genesis = genesis.to_vec();
        }
        self.settings.config = Arc::new(config);
        Ok(())
    }

    /// The URL for migrations; none where only the application's own is known, which may not migrate.
    pub fn owner_url(&self) -> Option<SecretText> {
        match &self.cluster {
            Some(cluster) => Some(SecretText::from(cluster.owner_url(DATABASE))),
            None => self.config().database.owner_url.clone().filter(|url| !is_application(url)),
        }
    }

    /// Brings the database up to this version, where this process may; lists what was done. Not to be called inside a
    /// runtime.
    pub fn migrate(&self) -> Result<Vec<String>, Failure> {
        let Some(url) = self.owner_url() else {
            tracing::info!(
                "the database is used as it is: this URL may not migrate, `senim migrate` with SENIM_OWNER_DATABASE_URL may"
            );
            return Ok(Vec::new());
        };
        let done = migrations::run(url.expose())?;
        for migration in &done {
            tracing::info!(migration, "migrated");
        }
        Ok(done)
    }

    /// A context for acts; `node` is this process's name in entries.
    pub fn context(&self, node: &str, clock: Clock) -> Result<Context, Failure> {
        let config = self.config();
        let url = match (&self.cluster, &config.database.url) {
            (Some(cluster), _) => SecretText::from(cluster.app_url(DATABASE)),
            (None, Some(url)) => as_application(url),
            (None, None) => return Err(Failure::NotReady("there is no database".to_owned())),
        };
        let store = Store::open(StoreParts {
            url: url.expose(),
            database: &config.database,
            log: &config.log,
            instance: &config.keys.instance,
            node,
            clock,
            entropy: Arc::new(Entropy::os()),
        })?;
        Ok(Context::new(config, store)?)
    }

    /// Does something of a command that ends by itself: as the operator, now.
    pub fn act<T>(&self, work: impl AsyncFnOnce(&Context) -> Result<T, Failure>) -> Result<T, Failure> {
        runtime()?.block_on(async { work(&self.context("cli", Clock::system())?).await })
    }
}

/// A runtime for what needs no server.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::system("starting the runtime"))
}
