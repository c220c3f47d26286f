//! The processes that stand apart from the server: the signer of the log and one witness. Started beside the demo, ended
//! with it. In earnest they run elsewhere, and witnesses belong to others.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{
    super::{failure::Failure, signer::generate},
    accounts,
};
use crate::{
    audit::{
        note_key::{Kind, VerifierKey},
        witness_policy::Policy,
    },
    config::Config,
    signer, witness,
};

/// The witness's name in the policy, and of its key.
const WITNESS: &str = "demo-witness";

/// How a policy of ours begins.
const MADE: &str = "# Made by `senim demo`.";

/// The processes. Dropping ends them.
pub(super) struct Companions(Vec<Child>);

impl Companions {
    /// Makes keys and a policy where there are none, and starts what does not answer already.
    pub fn start(config: &Config) -> Result<Self, Failure> {
        let state = config.home.join("demo/witness");
        let log_key = log_key(config)?;
        let witness_key = witness_key(&state)?;
        let address = witness_address(config);
        let url = format!("http://{address}");
        let policy =
            format!("{MADE}\nlog {log_key}\nwitness {WITNESS} {witness_key} {url}\nquorum {WITNESS}\n");
        let there = fs::read_to_string(&config.log.policy).ok();
        // A policy that somebody wrote is theirs.
        if there.is_none_or(|there| there.starts_with(MADE)) {
            if let Some(folder) = config.log.policy.parent() {
                fs::create_dir_all(folder).map_err(Failure::file(folder))?;
            }
            accounts::write(&config.log.policy, policy.as_bytes())?;
        }
        let mut started = Self(Vec::new());
        // What a killed demo left behind goes on for this one.
        if UnixStream::connect(&config.log.signer_socket).is_err() {
            started.spawn(config, &["signer".into()])?;
        }
        if TcpStream::connect(address).is_err() {
            let options = [("--listen", address.to_string()), ("--state", state.display().to_string())];
            let policy = ("--policy", config.log.policy.display().to_string());
            let mut arguments = vec!["witness".to_owned()];
            for (name, value) in options.into_iter().chain([policy]) {
                arguments.extend([name.to_owned(), value]);
            }
            started.spawn(config, &arguments)?;
        }
        Ok(started)
    }

    fn spawn(&mut self, config: &Config, arguments: &[String]) -> Result<(), Failure> {
        let program = std::env::current_exe().map_err(Failure::system("finding this program"))?;
        let child = Command::new(program)
            .args(arguments)
            .env("SENIM_HOME", &config.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(Failure::system("starting a process of the log"))?;
        self.0.push(child);
        Ok(())
    }
}

impl Drop for Companions {
    fn drop(&mut self) {
        for child in &mut self.0 {
            if let Ok(id) = i32::try_from(child.id()) {
                // It may have ended with us, by the same Ctrl-C.
                let _ = kill(Pid::from_raw(id), Signal::SIGINT);
            }
            let _ = child.wait();
        }
    }
}

fn log_key(config: &Config) -> Result<VerifierKey, Failure> {
    let directory = signer::Directory::new(&config.log.signer_state, &config.log.origin)?;
    if directory.keys().is_err() {
        directory.found(&generate(directory.origin(), Kind::Note)?)?;
    }
    let keys = directory.keys()?;
    let key = keys.last().ok_or_else(|| Failure::Demo("the signer has no key".to_owned()))?;
    Ok(key.verifier().clone())
}

fn witness_key(state: &Path) -> Result<VerifierKey, Failure> {
    let directory = witness::Directory::new(state);
    if directory.key().is_err() {
        directory.found(&generate(WITNESS, Kind::Cosignature)?)?;
    }
    Ok(directory.key()?.verifier().clone())
}

/// Where the witness was in the last demo, or a free port.
fn witness_address(config: &Config) -> SocketAddr {
    let last = fs::read(&config.log.policy).ok().and_then(|bytes| Policy::parse(&bytes).ok());
    let last = last.and_then(|policy| {
        let url = policy.witnesses().first()?.url.clone()?;
        url.strip_prefix("http://")?.parse().ok()
    });
    let free = || {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .unwrap_or_else(|_| SocketAddr::from((Ipv4Addr::LOCALHOST, 9091)))
    };
    last.unwrap_or_else(free)
}
