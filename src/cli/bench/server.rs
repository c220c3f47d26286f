//! The real server as a child process, and what it and the database cost.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{BenchError, ground::Ground};
use crate::config::Config;

/// How long the server may take to be ready, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);
/// Microseconds of a tick in `/proc/*/stat`: Linux shows 100 a second to every program.
const TICK_MICROS: f64 = 10_000.0;

/// The running server; ended on drop.
pub struct Server {
    /// Where it serves.
    pub address: SocketAddr,
    child: Child,
    database: u32,
}

/// Microseconds of processor time used so far.
#[derive(Clone, Copy)]
pub struct Used {
    /// By the server.
    pub server: f64,
    /// By the database.
    pub database: f64,
}

impl Server {
    /// Starts `senim serve` on the ground and waits until it is ready.
    ///
    /// # Errors
    /// [`BenchError::Server`] with the end of its log.
    pub fn start(ground: &Ground, config: &Config) -> Result<Self, BenchError> {
        let program = std::env::current_exe().map_err(BenchError::system("finding this program"))?;
        let log_path = ground.dir.join("serve.log");
        let log = File::create(&log_path).map_err(BenchError::system(log_path.display().to_string()))?;
        let child = Command::new(program)
            .arg("serve")
            .env_clear()
            .envs(ground.environment())
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(BenchError::system("starting the server"))?;
        let mut server = Self { address: config.server.listen, child, database: ground.database_pid()? };
        server.wait_until_ready(config.server.admin_listen, &log_path)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, admin: SocketAddr, log: &PathBuf) -> Result<(), BenchError> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if is_ready(admin) {
                return Ok(());
            }
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let said = fs::read_to_string(log).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().take(5).collect();
        Err(BenchError::Server(last.into_iter().rev().collect::<Vec<_>>().join("\n")))
    }

    /// The most memory that was ever resident, MiB.
    #[must_use]
    pub fn peak_memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u32>().ok());
        kib.map_or(f64::NAN, |kib| f64::from(kib) / 1024.0)
    }

    /// Processor time used so far by the server and by the database with all its processes.
    #[must_use]
    pub fn used(&self) -> Used {
        let server = ticks(Path::new("/proc").join(self.child.id().to_string()).as_path());
        let mut database = 0;
        for entry in fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
            if let Some(ticks) = ticks(&entry.path()) {
                if ticks.pid == self.database {
                    // Sessions that ended are counted in their parent.
                    database += ticks.own + ticks.ended_children;
                } else if ticks.parent == self.database {
                    database += ticks.own;
                }
            }
        }
        let micros = |ticks: u32| f64::from(ticks) * TICK_MICROS;
        Used { server: micros(server.map_or(0, |ticks| ticks.own)), database: micros(database) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().map(Pid::from_raw) {
            let _ = kill(pid, Signal::SIGTERM);
        }
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Ticks {
    pid: u32,
    parent: u32,
    own: u32,
    ended_children: u32,
}

/// Reads `/proc/PID/stat` (proc(5)): after the name in brackets come state, parent, and as fields 14 to 17 the times.
fn ticks(process: &Path) -> Option<Ticks> {
    let pid = process.file_name()?.to_str()?.parse().ok()?;
    let text = fs::read_to_string(process.join("stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let field = |number: usize| rest.split_whitespace().nth(number.checked_sub(3)?)?.parse::<u32>().ok();
    Some(Ticks {
        pid,
        parent: field(4)?,
        own: field(14)? + field(15)?,
        ended_children: field(16)? + field(17)?,
    })
}

fn is_ready(admin: SocketAddr) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect_timeout(&admin, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok::<_, std::io::Error>(head)
    };
    ask().is_ok_and(|head| head.ends_with(b" 200"))
}
