//! The private PostgreSQL cluster on real servers: cold and warm starts, adoption, and every way to be killed.
//!
//! A test that must be killed runs its cluster in a process of its own: this test program again, asked for the one
//! test [`a_process_that_holds_a_cluster`], which does nothing otherwise.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test panics in order to fail")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use senim::cluster::{Cluster, ClusterConfig, ClusterError};

/// Names the directory of the cluster to hold.
const HOLD: &str = "SENIM_TEST_HOLD_CLUSTER";

/// A directory of one test, removed at its end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        Self::within(&std::env::temp_dir(), name)
    }

    fn within(parent: &Path, name: &str) -> Self {
        let dir = parent.join(format!("senim-cluster-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        Self(dir)
    }

    fn config(&self, durable: bool) -> ClusterConfig {
        ClusterConfig { dir: self.0.join("pg"), durable, bin_dir: None, run_as: None }
    }

    /// The process id of the server.
    fn server(&self) -> Pid {
        let text = fs::read_to_string(self.0.join("pg/data/postmaster.pid")).expect("a server runs");
        Pid::from_raw(text.lines().next().unwrap().trim().parse().unwrap())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that holds a cluster until it is killed.
struct Holder(Child);

impl Holder {
    /// Starts one; returns when its cluster is ready.
    fn start(place: &Place) -> Self {
        let mut child = Self::spawn(place);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.map_while(Result::ok).any(|line| line.contains("the cluster is ready"));
        assert!(ready, "the holder failed");
        Self(child)
    }

    fn spawn(place: &Place) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_process_that_holds_a_cluster", "--nocapture"])
            .env(HOLD, place.0.as_os_str())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn kill_hard(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Whether the process runs; an ended one that nobody has waited for yet (state Z) does not.
fn is_alive(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn is_gone_soon(pid: Pid) -> bool {
    (0..1000).any(|_| {
        sleep(Duration::from_millis(10));
        !is_alive(pid)
    })
}

fn rows(cluster: &Cluster) -> usize {
    cluster.execute("senim", "SELECT * FROM t").unwrap()
}

/// Makes a table of a thousand committed rows.
fn fill(cluster: &Cluster) {
    cluster.ensure_database("senim").unwrap();
    cluster.execute("senim", "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n").unwrap();
}

#[test]
fn a_process_that_holds_a_cluster() {
    let Some(dir) = std::env::var_os(HOLD) else { return };
    let config =
        ClusterConfig { dir: PathBuf::from(dir).join("pg"), durable: true, bin_dir: None, run_as: None };
    let cluster = Cluster::start(&config).unwrap();
    fill(&cluster);
    println!("the cluster is ready");
    sleep(Duration::from_secs(60));
}

#[test]
fn starts_cold_and_warm_and_leaves_nothing_running() {
    let place = Place::new("warm");
    let cluster = Cluster::start(&place.config(true)).unwrap();
    fill(&cluster);
    cluster.ensure_database("senim").unwrap();
    let first = place.server();
    assert!(!cluster.is_adopted());
    cluster.stop();
    assert!(!is_alive(first));
    let cluster = Cluster::start(&place.config(true)).unwrap();
    assert_eq!(rows(&cluster), 1000);
    assert_ne!(place.server(), first);
}

#[test]
fn both_roles_enter_by_their_urls_and_differ_in_power() {
    let place = Place::new("roles");
    let cluster = Cluster::start(&place.config(false)).unwrap();
    let ask = |url: &str, sql: &str| {
        let said = Command::new("psql").args(["-XAtc", sql, url]).output().unwrap();
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    };
    let who = "SELECT current_user || ' ' || rolsuper FROM pg_roles WHERE rolname = current_user";
    assert_eq!(ask(&cluster.owner_url("postgres"), who), "senim_owner true");
    assert_eq!(ask(&cluster.app_url("postgres"), who), "senim_app false");
    let powers = "SELECT rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles \
                  WHERE rolname = 'senim_app'";
    assert_eq!(ask(&cluster.app_url("postgres"), powers), "f");
    assert_eq!(ask(&cluster.owner_url("postgres"), "SHOW fsync"), "off");
}

#[test]
fn has_no_network_port_and_a_log_without_content() {
    let place = Place::new("closed");
    let cluster = Cluster::start(&place.config(true)).unwrap();
    let setting = |name: &str, value: &str| {
        let sql = format!("SELECT 1 FROM pg_settings WHERE name = '{name}' AND setting = '{value}'");
        assert_eq!(cluster.execute("postgres", &sql).unwrap(), 1, "{name} = {value}");
    };
    setting("listen_addresses", "");
    setting("fsync", "on");
    setting("full_page_writes", "on");
    setting("data_checksums", "on");
    setting("log_error_verbosity", "terse");
    setting("log_parameter_max_length_on_error", "0");
    cluster.execute("postgres", "CREATE TABLE u (n text PRIMARY KEY CHECK (n <> 'canary two'))").unwrap();
    cluster.execute("postgres", "INSERT INTO u VALUES ('canary one')").unwrap();
    for refused in ["canary one", "canary two"] {
        let sql = format!("INSERT INTO u VALUES ('{refused}')");
        assert!(matches!(cluster.execute("postgres", &sql), Err(ClusterError::Sql { .. })));
    }
    let mode = fs::metadata(place.0.join("pg/sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let mut logged = String::new();
    for entry in fs::read_dir(place.0.join("pg/data/log")).unwrap() {
        logged.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(logged.contains("duplicate key"), "the log works: {logged}");
    assert!(!logged.contains("canary"), "{logged}");
}

#[test]
fn root_never_runs_the_server() {
    if !geteuid().is_root() {
        return;
    }
    let place = Place::new("root");
    let _cluster = Cluster::start(&place.config(false)).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", place.server())).unwrap();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    let owner = fs::metadata(place.0.join("pg/data")).unwrap().uid();
    assert_ne!(owner, 0);
    assert_eq!(line("Uid:"), format!("Uid:\t{owner}\t{owner}\t{owner}\t{owner}"));
    assert_eq!(line("Groups:").trim_end(), "Groups:");
    assert_eq!(line("NoNewPrivs:"), "NoNewPrivs:\t1");
    let environment = fs::read(format!("/proc/{}/environ", place.server())).unwrap();
    assert!(!String::from_utf8_lossy(&environment).contains("CARGO"), "the environment is not inherited");
}

#[test]
fn root_finds_another_place_where_its_account_cannot_go() {
    if !geteuid().is_root() {
        return;
    }
    let place = Place::new("unreachable");
    fs::create_dir_all(&place.0).unwrap();
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o700)).unwrap();
    let cluster = Cluster::start(&place.config(false)).unwrap();
    let used = cluster.directory().to_owned();
    assert!(used.starts_with("/var/lib/senim"), "{}", used.display());
    fill(&cluster);
    cluster.stop();
    let again = Cluster::start(&place.config(false)).unwrap();
    assert_eq!((again.directory(), rows(&again)), (used.as_path(), 1000));
    again.stop();
    fs::remove_dir_all(used.parent().unwrap()).unwrap();
}

#[test]
fn a_path_too_long_for_a_socket_works() {
    let parent = std::env::temp_dir().join(format!("senim-{}", "long".repeat(30)));
    let place = Place::within(&parent, "path");
    let cluster = Cluster::start(&place.config(false)).unwrap();
    fill(&cluster);
    assert_eq!(rows(&cluster), 1000);
    cluster.stop();
    let _ = fs::remove_dir_all(parent);
}

#[test]
fn a_second_instance_adopts_the_server() {
    let place = Place::new("adopt");
    let holder = Holder::start(&place);
    let server = place.server();
    let second = Cluster::start(&place.config(true)).unwrap();
    assert!(second.is_adopted());
    assert_eq!(rows(&second), 1000);
    second.stop();
    assert!(is_alive(server), "an adopted server is not stopped");
    holder.kill_hard();
    assert!(is_gone_soon(server), "the server ends with its owner");
}

#[test]
fn killed_application_takes_its_server_along_and_starts_again_at_once() {
    let place = Place::new("killed");
    let holder = Holder::start(&place);
    let server = place.server();
    holder.kill_hard();
    let cluster = Cluster::start(&place.config(true)).unwrap();
    assert!(!cluster.is_adopted());
    assert!(is_gone_soon(server));
    assert_eq!(rows(&cluster), 1000);
}

#[test]
fn killed_application_and_server_recover_all_that_was_committed() {
    let place = Place::new("both");
    let holder = Holder::start(&place);
    let server = place.server();
    kill(Pid::from_raw(i32::try_from(holder.0.id()).unwrap()), Signal::SIGSTOP).unwrap();
    kill(server, Signal::SIGKILL).unwrap();
    holder.kill_hard();
    let cluster = Cluster::start(&place.config(true)).unwrap();
    assert_eq!(rows(&cluster), 1000);
}

#[test]
fn killed_server_is_started_again() {
    let place = Place::new("server");
    let cluster = Cluster::start(&place.config(true)).unwrap();
    fill(&cluster);
    kill(place.server(), Signal::SIGKILL).unwrap();
    let back = (0..600).any(|_| {
        sleep(Duration::from_millis(50));
        cluster.execute("senim", "SELECT * FROM t").is_ok_and(|rows| rows == 1000)
    });
    assert!(back);
}

#[test]
fn killed_while_initialising_starts_clean() {
    let place = Place::new("initdb");
    for delay in [30, 150, 400] {
        let mut holder = Holder::spawn(&place);
        sleep(Duration::from_millis(delay));
        holder.kill().unwrap();
        holder.wait().unwrap();
    }
    let cluster = Cluster::start(&place.config(true)).unwrap();
    fill(&cluster);
    assert_eq!(rows(&cluster), 1000);
    let leftovers = fs::read_dir(place.0.join("pg")).unwrap().flatten();
    let leftovers: Vec<_> =
        leftovers.filter(|entry| entry.file_name().to_string_lossy().contains("init")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

#[test]
fn a_server_that_cannot_start_says_why_soon() {
    let place = Place::new("broken");
    Cluster::start(&place.config(false)).unwrap().stop();
    fs::write(place.0.join("pg/data/postgresql.conf"), "no_such_setting = 1\n").unwrap();
    let error = Cluster::start(&place.config(false)).unwrap_err();
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[test]
fn a_missing_server_names_the_package() {
    let place = Place::new("missing");
    let mut config = place.config(false);
    config.bin_dir = Some(PathBuf::from("/nowhere"));
    let error = Cluster::start(&config).unwrap_err();
    assert!(error.to_string().contains("apt-get install postgresql"), "{error}");
}
