//! An installation of one test as an operator has it: a home directory, the built program, a process that serves, a
//! private cluster of its own whose commits are durable.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

pub use home::{Home, Running};

#[path = "../home/mod.rs"]
mod home;

/// What a command came to.
pub struct Done {
    /// Its exit code.
    pub code: i32,
    /// What it said.
    pub out: String,
    /// What it complained about.
    pub err: String,
}

impl Home {
    /// A command in it, with a cluster of its own.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(arguments);
        command
            .env("SENIM_LISTEN", "127.0.0.1:0")
            .env("SENIM_ADMIN_LISTEN", "127.0.0.1:0")
            // Cheap passwords: what they cost is measured elsewhere.
            .env("SENIM_PASSWORD_MEMORY_KIB", "19456")
            .env("SENIM_PASSWORD_PASSES", "1");
        command
    }

    /// Runs a command.
    pub fn run(&self, arguments: &[&str]) -> Done {
        Done::of(self.command(arguments).output().unwrap())
    }

    /// Runs a command that must succeed; gives what it printed.
    pub fn good(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}{}", done.out, done.err);
        done.out
    }

    /// A file of JSON.
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// An account of the demo.
    pub fn account(&self, login: &str) -> Value {
        let accounts = self.json("demo/accounts.json");
        accounts.as_array().unwrap().iter().find(|one| one["login"] == login).cloned().unwrap()
    }
}

impl Done {
    /// Of a command that ended by itself.
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A process that serves.
pub struct Server {
    /// Its process.
    pub process: Running,
    /// What it printed before it served.
    pub printed: String,
    /// Where it serves.
    pub address: String,
}

impl Server {
    /// Starts one; returns when it has printed its addresses.
    pub fn start(home: &Home, command: &str, last_line: &str) -> Self {
        let mut command = home.command(&[command]);
        let log = fs::File::options().create(true).append(true).open(home.path("serve.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut printed = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            printed.push_str(&line);
            printed.push('\n');
            if line.starts_with(last_line) {
                break;
            }
        }
        let rest = printed.split_once("http://").expect("it serves and says where").1;
        let address = rest.split(['/', ' ']).next().unwrap().to_owned();
        Self { process: Running(child), printed, address }
    }

    /// Stops it as Ctrl-C does; its exit code.
    pub fn interrupt(self) -> Option<i32> {
        self.process.interrupt()
    }
}
