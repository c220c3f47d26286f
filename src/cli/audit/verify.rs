//! `senim audit verify`.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{progress, trust};
use crate::{
    audit::{
        tree::{Hash, TreeHead},
        verify::{Asked, Outcome, Report, verify},
    },
    cli::{
        failure::Failure,
        output::{one_line, say},
    },
    usecases::tarball::Tarball,
};

/// What is verified, and by what.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The bundle, as `senim audit export` or the auditor's page makes it
    bundle: PathBuf,
    /// Compares with the head kept in this file, and keeps the new one there when all is good
    #[arg(long, value_name = "FILE")]
    remember: Option<PathBuf>,
    /// Prints one line of JSON instead of sentences
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trust: trust::Options,
}

/// A head that is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    origin: String,
    size: u64,
    root: String,
}

impl Kept {
    fn head(&self) -> Option<TreeHead> {
        Some(TreeHead { size: self.size, root: Hash::from_base64(&self.root)? })
    }
}

/// Verifies and prints.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let bundle = Tarball::open(&arguments.bundle).map_err(Failure::file(&arguments.bundle))?;
    let trust = arguments.trust.read()?;
    let kept = arguments.remember.as_deref().map(recall).transpose()?.flatten();
    let asked = Asked { remembered: kept.as_ref().and_then(Kept::head), ..trust.asked() };
    let bar = progress::entries(arguments.json);
    let mut report = verify(&bundle, &asked, &mut |read| {
        if read.is_multiple_of(1000) {
            bar.set_position(read);
        }
    });
    bar.finish_and_clear();
    if let (Some(kept), Some(origin)) = (&kept, &report.origin)
        && kept.origin != *origin
    {
        let sentence = format!("The head kept from before is of {}, this log is {origin}.", kept.origin);
        report.add("remembered", Outcome::Finding, sentence);
    }
    print(&report, arguments.json);
    if let Some(path) = &arguments.remember {
        remember(path, &report)?;
    }
    match report.outcome() {
        Outcome::Good => Ok(()),
        other => Err(Failure::Verified(other)),
    }
}

fn recall(path: &Path) -> Result<Option<Kept>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::file(path)(error)),
    };
    let kept = serde_json::from_str::<Kept>(&text).ok().filter(|kept| kept.head().is_some());
    kept.map(Some).ok_or_else(|| {
        Failure::Usage(format!(
            "{} does not hold a head that was kept; name another file, or remove it knowing why it changed",
            path.display()
        ))
    })
}

/// Keeps the head of a good log: beside the old file first, then in its place, so that neither is ever half there.
fn remember(path: &Path, report: &Report) -> Result<(), Failure> {
    let (Outcome::Good, Some(origin), Some(head)) = (report.outcome(), &report.origin, &report.head) else {
        return Ok(());
    };
    let kept = Kept { origin: origin.clone(), size: head.size, root: head.root.base64() };
    let text = serde_json::to_string(&kept).unwrap_or_default() + "\n";
    let new = path.with_extension("new");
    let write = || {
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(Failure::file(path))
}

/// Prints a report: a line of JSON, or a sentence for each check.
pub(super) fn print(report: &Report, json: bool) {
    if json {
        return say(report.to_json());
    }
    if let (Some(origin), Some(head)) = (&report.origin, &report.head) {
        say(format_args!("{origin}: {} entries, root {}", head.size, head.root.hex()));
    }
    for check in &report.checks {
        let mark = match check.outcome {
            Outcome::Good => "good        ",
            Outcome::PolicyNotMet => "not trusted ",
            Outcome::CannotTell => "cannot tell ",
            Outcome::Finding => "WRONG       ",
        };
        say(format_args!("  {mark} {}", one_line(&check.sentence)));
    }
    if let Some(index) = report.first_divergent() {
        say(format_args!("The first entry concerned is number {index}, counted from 0."));
    }
}
