//! One private cluster for all test processes of a run.
//!
//! A process of its own holds it: this test program again, asked for the one test [`holds_the_server`], which does
//! nothing otherwise. It starts a fresh, not durable cluster, migrates the template once, writes where it is, and
//! ends when no test has been using it for a while. File locks tell who is there, so nothing outlives a killed run.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use senim::{
    cluster::{Cluster, ClusterConfig},
    storage::migrations,
};
use sha2::{Digest, Sha256};

/// Names the directory of the cluster to hold.
const HOLD: &str = "SENIM_TEST_HOLD_SERVER";
/// The migrated database that every test's own is a copy of.
pub const TEMPLATE: &str = "template_senim";
/// How often the holder looks for tests, and how many times it must find none before it ends.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const IDLE_LOOKS: u32 = 60;

/// A share in the cluster, kept as long as a test runs.
pub struct Server {
    _user: File,
    owner: String,
    app: String,
}

impl Server {
    /// Joins the cluster of this run, starting it where it is missing.
    pub fn join() -> Self {
        let dir = directory();
        fs::create_dir_all(&dir).unwrap();
        let user = lock_file(&dir, "users");
        user.lock_shared().unwrap();
        let first = lock_file(&dir, "first");
        first.lock().unwrap();
        if !is_held(&dir) {
            start_holder(&dir);
        }
        let urls = wait_for(&dir.join("urls"));
        let (owner, app) = urls.split_once('\n').unwrap();
        Self { _user: user, owner: owner.to_owned(), app: app.to_owned() }
    }

    /// The address of a database as the owner.
    pub fn owner_url(&self, database: &str) -> String {
        format!("{}{database}", self.owner)
    }

    /// The address of a database as the application.
    pub fn app_url(&self, database: &str) -> String {
        format!("{}{database}", self.app)
    }
}

/// In memory where there is such a place. One per set of migrations and checkout, so that runs never meet.
fn directory() -> PathBuf {
    let mut hash = Sha256::new().chain_update(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = migration_files();
    files.sort();
    for file in files {
        hash.update(fs::read(file).unwrap());
    }
    let name = format!("senim-it-{}", &data_encoding::HEXLOWER.encode(&hash.finalize())[..8]);
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory } else { Path::new(env!("CARGO_TARGET_TMPDIR")) };
    base.join(name)
}

fn migration_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let folders = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()).collect()
}

fn lock_file(dir: &Path, name: &str) -> File {
    OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(name)).unwrap()
}

fn is_held(dir: &Path) -> bool {
    lock_file(dir, "holder").try_lock().is_err()
}

fn start_holder(dir: &Path) {
    let _ = fs::remove_file(dir.join("urls"));
    let log = File::create(dir.join("log")).unwrap();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "server::holds_the_server", "--nocapture"])
        .env(HOLD, dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .process_group(0)
        .spawn()
        .unwrap();
    // It outlives this process; where it does not, it is not left unburied.
    std::thread::spawn(move || holder.wait());
}

fn wait_for(file: &Path) -> String {
    for _ in 0..1200 {
        if let Ok(text) = fs::read_to_string(file) {
            return text;
        }
        sleep(Duration::from_millis(50));
    }
    let log = fs::read_to_string(file.with_file_name("log")).unwrap_or_default();
    panic!("the cluster of the tests did not start:\n{log}");
}

#[test]
fn holds_the_server() {
    let Some(dir) = std::env::var_os(HOLD).map(PathBuf::from) else { return };
    let held = lock_file(&dir, "holder");
    held.lock().unwrap();
    let _ = fs::remove_dir_all(dir.join("pg"));
    let config = ClusterConfig { dir: dir.join("pg"), durable: false, bin_dir: None, run_as: None };
    let cluster = Cluster::start(&config).unwrap();
    cluster.ensure_database(TEMPLATE).unwrap();
    migrations::run(&cluster.owner_url(TEMPLATE)).unwrap();
    let urls = format!("{}\n{}", cluster.owner_url(""), cluster.app_url(""));
    fs::write(dir.join("urls.new"), urls).unwrap();
    fs::rename(dir.join("urls.new"), dir.join("urls")).unwrap();
    let users = lock_file(&dir, "users");
    let mut idle = 0;
    while idle < IDLE_LOOKS {
        sleep(LOOK_EVERY);
        match users.try_lock() {
            Ok(()) if idle + 1 == IDLE_LOOKS => break,
            Ok(()) => {
                users.unlock().unwrap();
                idle += 1;
            }
            Err(_) => idle = 0,
        }
    }
    // The users' lock is held from here on: whoever comes now waits, and finds nobody holding.
    let used = cluster.directory().to_owned();
    let _ = fs::remove_file(dir.join("urls"));
    cluster.stop();
    let _ = fs::remove_dir_all(used);
}
