//! The ground of one run: a private cluster with fsync on, in a directory of its own that goes when the run ends.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
};

use data_encoding::HEXLOWER;

use super::BenchError;
use crate::{
    cluster::{Cluster, ClusterConfig},
    config::{Config, Environment, LogConfig},
    crypto::{random::Entropy, secret::Secret},
    domain::clock::Clock,
    storage::{Store, StoreParts, migrations},
    usecases::Context,
};

/// The database's name.
pub const DATABASE: &str = "bench";
/// The instance's name.
pub const INSTANCE: &str = "bench";
/// Settings of the caller that hold for the benchmark too.
const KEPT: &[&str] = &["SENIM_PG_BINDIR", "SENIM_PG_USER", "SENIM_WORKERS", "SENIM_POOL_SIZE"];

/// Keeps the function that appends entries, so that it can be put back.
const KEEP_APPEND: &str = "create table audit.bench_append as \
     select pg_get_functiondef('audit.append'::regproc) as definition";
/// Appends entries without giving them to the log's queue: nothing else of the record is switched off.
const QUEUE_OFF: &str = r"do $$
declare
  whole text := (select definition from audit.bench_append);
  without text := regexp_replace(whole, 'insert into audit\.pending[^;]*;', '', 'gi');
begin
  if whole = without then raise exception 'audit.append does not fill the queue'; end if;
  execute without;
end $$";
/// Appends entries as they are appended in earnest.
const QUEUE_ON: &str = "do $$ begin execute (select definition from audit.bench_append); end $$";

/// The ground of one run.
pub struct Ground {
    /// Everything of this run lies here.
    pub dir: PathBuf,
    cluster: Option<Cluster>,
    env: Environment,
}

impl Ground {
    /// Makes the directory, starts the cluster, migrates. Blocks for a few seconds.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn prepare(outer: &Environment) -> Result<Self, BenchError> {
        let parent = outer.get("SENIM_HOME").map_or_else(|| "var".into(), PathBuf::from).join("bench");
        remove_leftovers(&parent);
        let dir = parent.join(std::process::id().to_string());
        fs::create_dir_all(&dir).map_err(BenchError::system(format!("making {}", dir.display())))?;
        let dir = dir.canonicalize().map_err(BenchError::system("finding the directory"))?;
        let cluster = Cluster::start(&ClusterConfig {
            dir: dir.join("pg"),
            durable: true,
            bin_dir: outer.get("SENIM_PG_BINDIR").map(PathBuf::from),
            run_as: outer.get("SENIM_PG_USER").cloned(),
        })?;
        cluster.ensure_database(DATABASE)?;
        migrations::run(&cluster.owner_url(DATABASE))?;
        cluster.execute(DATABASE, KEEP_APPEND)?;
        let env = settings(outer, &dir, &cluster)?;
        Ok(Self { dir, cluster: Some(cluster), env })
    }

    /// The settings of the server, with the founding administrators' keys.
    ///
    /// # Errors
    /// [`BenchError::Config`] where a setting of the caller is wrong.
    pub fn config(&mut self, genesis: &[[u8; 32]]) -> Result<Config, BenchError> {
        let keys: Vec<String> = genesis.iter().map(|key| HEXLOWER.encode(key)).collect();
        self.env.insert("SENIM_GENESIS".to_owned(), keys.join(","));
        Ok(Config::load(&self.env, None)?)
    }

    /// The environment of the server's process.
    pub fn environment(&self) -> &Environment {
        &self.env
    }

    /// The database's address for the application's role.
    ///
    /// # Errors
    /// [`BenchError::Missing`] never happens while the ground lives.
    pub fn url(&self) -> Result<String, BenchError> {
        Ok(self.cluster()?.app_url(DATABASE))
    }

    /// A context like the server's.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn context(&self, config: &Config) -> Result<Context, BenchError> {
        self.context_at(config, &config.log, Clock::system())
    }

    /// A context with a pace of the log and a clock of its own.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn context_at(&self, config: &Config, log: &LogConfig, clock: Clock) -> Result<Context, BenchError> {
        let url = self.url()?;
        let store = Store::open(StoreParts {
            url: &url,
            database: &config.database,
            log,
            instance: INSTANCE,
            node: "bench",
            clock,
            entropy: Arc::new(Entropy::os()),
        })?;
        Ok(Context::new(config, store)?)
    }

    /// Switches the log's queue off or on again.
    ///
    /// # Errors
    /// [`BenchError::Cluster`], also where the function no longer fills the queue itself.
    pub fn switch_queue(&self, on: bool) -> Result<(), BenchError> {
        self.cluster()?.execute(DATABASE, if on { QUEUE_ON } else { QUEUE_OFF })?;
        Ok(())
    }

    /// The process id of the database server.
    ///
    /// # Errors
    /// [`BenchError::System`] where its file cannot be read.
    pub fn database_pid(&self) -> Result<u32, BenchError> {
        let path = self.cluster()?.directory().join("data/postmaster.pid");
        let text = fs::read_to_string(&path).map_err(BenchError::system(path.display().to_string()))?;
        text.lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .ok_or(BenchError::Missing("postmaster.pid"))
    }

    fn cluster(&self) -> Result<&Cluster, BenchError> {
        self.cluster.as_ref().ok_or(BenchError::Missing("the cluster"))
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(cluster) = self.cluster.take() {
            let elsewhere = cluster.directory().to_owned();
            cluster.stop();
            // What cannot be removed stays for the next run to remove.
            let _ = fs::remove_dir_all(elsewhere);
        }
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn settings(outer: &Environment, dir: &Path, cluster: &Cluster) -> Result<Environment, BenchError> {
    let mut env: Environment = outer
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    let mut rng = Entropy::os().rng();
    let mut key = || HEXLOWER.encode(Secret::<32>::generate(&mut rng).expose());
    for (name, value) in [
        ("SENIM_HOME", dir.display().to_string()),
        ("SENIM_INSTANCE", INSTANCE.to_owned()),
        ("SENIM_SERVER_KEY", key()),
        ("SENIM_PEPPER", key()),
        ("SENIM_LISTEN", free_address()?.to_string()),
        ("SENIM_ADMIN_LISTEN", free_address()?.to_string()),
        ("DATABASE_URL", cluster.app_url(DATABASE)),
        ("SENIM_OWNER_DATABASE_URL", cluster.owner_url(DATABASE)),
    ] {
        env.insert(name.to_owned(), value);
    }
    Ok(env)
}

fn free_address() -> Result<SocketAddr, BenchError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(BenchError::system("finding a free port"))
}

/// Removes what interrupted runs left: directories named by processes that are gone.
fn remove_leftovers(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        let gone = |pid: u32| !Path::new("/proc").join(pid.to_string()).exists();
        if entry.file_name().to_str().and_then(|name| name.parse().ok()).is_some_and(gone) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
