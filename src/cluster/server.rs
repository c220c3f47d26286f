//! The server process: started, watched, started again should it die, stopped.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::account::{Account, OnOurEnd, no_setpriv};
use super::binaries::Binaries;
use super::initialise::last_lines;
use super::layout::{Layout, PORT};
use super::{ClusterError, wire};

/// Starts, 50 ms apart, while processes of a killed server still hold its memory: one minute.
const STARTS: u32 = 1200;
/// Starts, 50 ms apart, that end for another reason before we give up: it will not heal.
const STARTS_UNEXPLAINED: u32 = 10;
/// How long a living server may recover before it answers: ten minutes in steps of [`ASK_EVERY`].
const ASKS: u32 = 30_000;
/// Each question to a server that is not ready leaves a line in its log, so not too often.
const ASK_EVERY: Duration = Duration::from_millis(20);
/// How often the watcher looks whether the server lives.
const WATCH_EVERY: Duration = Duration::from_millis(250);
/// Steps of 10 ms that an orderly shutdown may take before it is forced.
const STOP_STEPS: u32 = 6000;

/// Settings of every cluster. The log ones keep texts, names and numbers of people out of PostgreSQL's log: no
/// statements, no bind values, no row contents in an error's detail; files are overwritten after a week.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=on",
    "log_directory=log",
    "log_filename=postgresql-%a.log",
    "log_rotation_age=1d",
    "log_truncate_on_rotation=on",
    "log_statement=none",
    "log_duration=off",
    "log_min_duration_statement=-1",
    "log_min_duration_sample=-1",
    "log_connections=off",
    "log_disconnections=off",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
];
/// Settings for tests, where a power cut may lose everything.
const NOT_DURABLE: &[&str] = &["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// Everything needed to start a server, again if need be.
#[derive(Debug)]
pub(super) struct Launch {
    pub binaries: Binaries,
    pub account: Account,
    pub layout: Layout,
    pub durable: bool,
}

/// A server that this process runs.
#[derive(Debug)]
pub(super) struct Server {
    /// Closed to stop.
    stop: Sender<()>,
    watcher: JoinHandle<()>,
}

impl Server {
    /// Starts the server and returns when it answers.
    ///
    /// The server is the child of a thread that lives as long as it: the kernel's parent-death signal is sent when
    /// the starting *thread* ends, and ours may be any.
    pub fn start(launch: Launch) -> Result<Self, ClusterError> {
        let (stop, stopped) = channel();
        let (report, started) = channel();
        let watcher = std::thread::Builder::new().name("postgres".to_owned());
        let watcher = watcher.spawn(move || match launch.until_ready() {
            Ok(child) => {
                if report.send(Ok(())).is_ok() {
                    watch(&launch, child, &stopped);
                }
            }
            Err(error) => drop(report.send(Err(error))),
        });
        let watcher =
            watcher.map_err(|source| ClusterError::Spawn { what: "the watcher".to_owned(), source })?;
        match started.recv() {
            Ok(Ok(())) => Ok(Self { stop, watcher }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ClusterError::Exited("its watcher ended".to_owned())),
        }
    }

    /// Stops the server and returns when it is gone.
    pub fn stop(self) {
        drop(self.stop);
        if self.watcher.join().is_err() {
            tracing::error!("the watcher of the database server failed");
        }
    }
}

/// How waiting for a new server ended.
enum Birth {
    Ready,
    Exited,
    Silent,
}

impl Launch {
    /// Starts the server until one stays. A start ends at once while processes of a killed server are still there.
    fn until_ready(&self) -> Result<Child, ClusterError> {
        let log = self.layout.base.join("start.log");
        let mut unexplained = 0;
        for _ in 0..STARTS {
            let stderr = File::create(&log).map_err(ClusterError::at(&log))?;
            let mut child = self.command().stderr(stderr).spawn().map_err(no_setpriv)?;
            match self.wait(&mut child)? {
                Birth::Ready => return Ok(child),
                Birth::Silent => {
                    shut_down(child);
                    return Err(ClusterError::Silent(self.layout.data.join("log")));
                }
                Birth::Exited => {}
            }
            let said = fs::read_to_string(&log).unwrap_or_default();
            if !is_held_by_orphans(&said) {
                unexplained += 1;
            }
            if unexplained >= STARTS_UNEXPLAINED {
                return Err(ClusterError::Exited(last_lines(&said)));
            }
            sleep(Duration::from_millis(50));
        }
        Err(ClusterError::Exited(last_lines(&fs::read_to_string(&log).unwrap_or_default())))
    }

    fn command(&self) -> Command {
        let mut postgres = self.account.command(&self.binaries.postgres, OnOurEnd::Interrupt);
        postgres.arg("-D").arg(&self.layout.data);
        let extra: &[&str] = if self.durable { &[] } else { NOT_DURABLE };
        for setting in SETTINGS.iter().chain(extra) {
            postgres.args(["-c", setting]);
        }
        postgres.arg("-c").arg(format!("port={PORT}"));
        for (name, path) in [
            ("unix_socket_directories", self.layout.sockets.clone()),
            ("hba_file", self.layout.base.join("hba.conf")),
            ("ident_file", self.layout.base.join("ident.conf")),
        ] {
            let mut setting = std::ffi::OsString::from(format!("{name}="));
            setting.push(path);
            postgres.arg("-c").arg(setting);
        }
        postgres.stdout(Stdio::null());
        postgres
    }

    fn wait(&self, child: &mut Child) -> Result<Birth, ClusterError> {
        for _ in 0..ASKS {
            if child.try_wait()?.is_some() {
                return Ok(Birth::Exited);
            }
            // A server that is just shutting down may still answer: the one that holds the data must be ours.
            if self.holder() == Some(child.id()) && wire::answers(&self.layout.socket) {
                return Ok(Birth::Ready);
            }
            sleep(ASK_EVERY);
        }
        Ok(Birth::Silent)
    }

    /// The process id in `postmaster.pid`.
    fn holder(&self) -> Option<u32> {
        let text = fs::read_to_string(self.layout.data.join("postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

/// Waits for the word to stop; starts the server again should it die before (somebody killed it).
fn watch(launch: &Launch, mut child: Child, stopped: &Receiver<()>) {
    loop {
        match stopped.recv_timeout(WATCH_EVERY) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return shut_down(child),
        }
        if let Ok(Some(status)) = child.try_wait() {
            tracing::error!(%status, "the database server ended; it is started again");
            match launch.until_ready() {
                Ok(again) => child = again,
                Err(error) => tracing::error!(%error, "the database server is not there"),
            }
        }
    }
}

/// Orderly and fast (`SIGINT`): open transactions are rolled back, sessions ended, a checkpoint written. By force if
/// that takes more than a minute; the next start then recovers.
fn shut_down(mut child: Child) {
    interrupt(&child);
    for _ in 0..STOP_STEPS {
        match child.try_wait() {
            Ok(None) => sleep(Duration::from_millis(10)),
            Ok(Some(_)) => return,
            Err(error) => return tracing::error!(%error, "the database server cannot be waited for"),
        }
    }
    tracing::error!("the database server does not stop; it is killed");
    if let Err(error) = child.kill().and_then(|()| child.wait()) {
        tracing::error!(%error, "the database server cannot be killed");
    }
}

fn interrupt(child: &Child) {
    if let Ok(pid) = i32::try_from(child.id())
        && let Err(error) = kill(Pid::from_raw(pid), Signal::SIGINT)
    {
        tracing::debug!(%error, "the database server is already gone");
    }
}

/// Whether a start ended because a former server, or what is left of one, still holds the data. `LC_ALL=C` makes the
/// words sure: `lock file "postmaster.pid" already exists`, `pre-existing shared memory block … is still in use`.
fn is_held_by_orphans(said: &str) -> bool {
    said.contains("already exists") || said.contains("still in use")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orphans_are_told_apart_from_lasting_faults() {
        assert!(is_held_by_orphans("FATAL:  lock file \"postmaster.pid\" already exists"));
        assert!(is_held_by_orphans("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use"));
        assert!(!is_held_by_orphans("FATAL:  could not access file \"x\": No such file or directory"));
    }
}
