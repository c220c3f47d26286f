//! The processes of the log as their operators have them: the built program, in a directory of its own; and trees to be
//! signed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use senim::audit::checkpoint::Checkpoint;
use senim::audit::proof::{self, Subtree, Subtrees};
use senim::audit::stored::TileError;
use senim::audit::tree::{self, Hash, TreeHead};

pub use home::Home;
use home::Running;

#[path = "../home/mod.rs"]
mod home;

/// The log of these tests.
pub const ORIGIN: &str = "senim/log";

/// What a command came to.
pub struct Done {
    /// Its exit code.
    pub code: i32,
    /// What it printed and complained about.
    pub words: String,
}

impl Home {
    /// A command in it. There is no database behind the URL, and no secret: these processes need neither.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(arguments);
        command.env("DATABASE_URL", "postgres://nobody@nowhere.invalid/none");
        command
    }

    /// Runs a command that ends by itself.
    pub fn run(&self, arguments: &[&str]) -> Done {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let words = String::from_utf8([stdout, stderr].concat()).unwrap();
        Done { code: status.code().expect("ended by itself"), words }
    }

    /// Runs a command that must succeed; gives the first line that it printed.
    pub fn first_line(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}", done.words);
        done.words.lines().next().unwrap_or_default().to_owned()
    }
}

impl Done {
    /// It ended with this code and these words.
    #[track_caller]
    pub fn ends(&self, code: i32, words: &str) {
        assert!(self.code == code && self.words.contains(words), "{}: {}", self.code, self.words);
    }
}

/// A process that runs until it is stopped.
pub struct Process {
    child: Running,
    /// The line that it printed when it was ready.
    pub line: String,
    log: PathBuf,
}

impl Process {
    /// Starts one; returns when it answers.
    pub fn start(home: &Home, log: &str, arguments: &[&str]) -> Self {
        let log = home.path(log);
        let file = fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut child = home.command(arguments).stdout(Stdio::piped()).stderr(file).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("Ctrl-C stops it"), "{line}{}", fs::read_to_string(&log).unwrap());
        Self { child: Running(child), line, log }
    }

    /// Stops it as Ctrl-C does; its exit code.
    pub fn interrupt(self) -> Option<i32> {
        self.child.interrupt()
    }

    /// Ends it as a crash does.
    pub fn crash(&mut self) {
        self.child.0.kill().unwrap();
        self.child.0.wait().unwrap();
    }

    /// Waits until its log holds these words.
    pub fn says(&self, words: &str) {
        for _ in 0..200 {
            if fs::read_to_string(&self.log).unwrap().contains(words) {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("it does not say {words:?}: {}", fs::read_to_string(&self.log).unwrap());
    }
}

/// A tree whose leaves are all at hand.
#[derive(Clone)]
pub struct Tree(Vec<Hash>);

impl Subtrees for Tree {
    fn root_of(&self, subtree: Subtree) -> Result<Hash, TileError> {
        let start = usize::try_from(subtree.index).unwrap() << subtree.height;
        Ok(tree::root(&self.0[start..start + (1 << subtree.height)]))
    }
}

impl Tree {
    /// So many leaves, each of `seed` and its place.
    pub fn new(seed: &str, size: usize) -> Self {
        Self(Vec::new()).grown(seed, size)
    }

    /// With so many leaves more.
    pub fn grown(mut self, seed: &str, more: usize) -> Self {
        let start = self.0.len();
        self.0.extend((start..start + more).map(|n| tree::leaf(format!("{seed} {n}").as_bytes())));
        self
    }

    /// Its first leaves.
    pub fn first(&self, size: u64) -> Self {
        Self(self.0[..usize::try_from(size).unwrap()].to_vec())
    }

    /// Its size and root.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.0.len().try_into().unwrap(), root: tree::root(&self.0) }
    }

    /// What is to be signed.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(ORIGIN, self.head()).unwrap()
    }

    /// The proof that its first `old` leaves are its beginning.
    pub fn proof(&self, old: u64) -> Vec<Hash> {
        proof::consistency(self, old, self.head().size).unwrap()
    }
}

/// Rounds of crashes: few, or many in the long form.
pub fn rounds() -> u64 {
    let long = std::env::var_os("SENIM_TEST_LONG").is_some_and(|value| !value.is_empty());
    if long { 50 } else { 3 }
}
