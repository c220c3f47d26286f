//! The built program in a home directory of one test, and a process of it: what tests of commands share.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// A home directory, removed at the end.
pub struct Home(PathBuf);

impl Home {
    /// A new one.
    pub fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("senim-home-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    /// A file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The program in it, without any setting of the caller's.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_senim"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SENIM_")) {
            command.env_remove(name);
        }
        command.args(arguments).env_remove("DATABASE_URL").env("SENIM_HOME", &self.0).stdin(Stdio::null());
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that runs until it is stopped, at the latest with the test.
pub struct Running(pub Child);

impl Running {
    /// Its number.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id().try_into().unwrap())
    }

    /// Stops it as Ctrl-C does; its exit code.
    pub fn interrupt(mut self) -> Option<i32> {
        kill(self.pid(), Signal::SIGINT).unwrap();
        self.0.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless a test failed or is done with it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
