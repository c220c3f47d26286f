//! `senim audit case`: the proof that one case's history is whole, made from the database or checked without one.

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use super::{aside::Aside, trust, verify::print};
use crate::{
    audit::verify::{CaseLine, Outcome, VerifiedCase, verify_case},
    cli::{
        failure::Failure,
        installation::Settings,
        output::{one_line, say, table},
    },
    usecases::{export_log::Asker, prove_case::prove_case, tarball::Tarball},
};

/// What whoever gives the file away should know of it.
const PEOPLE: &str = "It names all staff by sign-in name and role, so that signatures can be checked, which also shows who did what in \
                      this case. Acts of staff stand with their second, and a reporter's act between those before and after it.";

/// Which case, or which proof.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A case's id in the record, to make its proof; or the file of a proof, to check it
    #[arg(value_name = "ID|FILE")]
    what: PathBuf,
    /// The file to be written [default: case-ID.tar]; one that is there is replaced when the new one is whole
    #[arg(long, value_name = "FILE.tar")]
    out: Option<PathBuf>,
    /// Prints one line of JSON instead of sentences
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trust: trust::Options,
}

/// Makes a proof, or checks one.
pub(super) fn run(arguments: &Arguments, config: Option<PathBuf>) -> Result<(), Failure> {
    let id = arguments.what.to_str().and_then(|what| Uuid::try_parse(what).ok());
    match (id, &arguments.out) {
        (Some(id), _) => make(id, arguments, config),
        (None, None) => check(arguments),
        (None, Some(_)) => Err(Failure::Usage(format!(
            "{} is no id of a case, so there is nothing to write; leave --out away to check a file",
            arguments.what.display()
        ))),
    }
}

fn make(id: Uuid, arguments: &Arguments, config: Option<PathBuf>) -> Result<(), Failure> {
    let installation = Settings::load(config)?.open()?;
    let log = &installation.config().log;
    let default = PathBuf::from(format!("case-{}.tar", id.simple()));
    let out: &Path = arguments.out.as_deref().unwrap_or(&default);
    let proved = installation.act(async |ctx| {
        let proved = prove_case(ctx, log, Asker::Operator, id).await?;
        let mut aside = Aside::create(out)?;
        aside.write(&proved.file)?;
        aside.keep()?;
        Ok(proved)
    })?;
    if arguments.json {
        say(json!({
            "file": out.display().to_string(),
            "case": id.simple().to_string(),
            "entries": proved.entries,
            "newer": proved.newer,
        }));
        return Ok(());
    }
    say(format_args!("{}: {} entries of the case {}", out.display(), proved.entries, id.simple()));
    if proved.entries == 0 && proved.newer == 0 {
        say("The record knows no such case; the file proves that as of its newest map of heads.");
    }
    if proved.newer > 0 {
        say(format_args!(
            "{} newer entries are not in it: they are under no head that is vouched for yet. Make it again later.",
            proved.newer
        ));
    }
    say(
        "Give it to those who may see this case. Check it with `senim audit case FILE --policy FILE --genesis FILE`.",
    );
    say(PEOPLE);
    Ok(())
}

fn check(arguments: &Arguments) -> Result<(), Failure> {
    let file = Tarball::open(&arguments.what).map_err(|error| neither(&arguments.what, error))?;
    let trust = arguments.trust.read()?;
    let verified = verify_case(&file, &trust.asked());
    if arguments.json {
        say(verified.to_json());
    } else {
        tell(&verified);
    }
    match verified.report.outcome() {
        Outcome::Good => Ok(()),
        other => Err(Failure::Proved(other)),
    }
}

/// A file that is not there may have been meant as an id.
fn neither(what: &Path, error: io::Error) -> Failure {
    let error = match error.kind() {
        io::ErrorKind::NotFound => {
            io::Error::new(error.kind(), format!("{error}; nor is it an id, which has 32 hexadecimal digits"))
        }
        _ => error,
    };
    Failure::file(what)(error)
}

fn tell(verified: &VerifiedCase) {
    print(&verified.report, false);
    let Some(case) = &verified.case else { return };
    say(format_args!("The proof is about the case {case}. See that it is the one that you asked for."));
    say(format_args!("From one case it cannot be told {}.", VerifiedCase::NOT_JUDGED.join("; ")));
    if !verified.lines.is_empty() {
        say("Its history (times in UTC; * is later than the map of heads):");
        let head = ["no.", "place", "when", "acts", "by", "leads to"].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(verified.lines.iter().map(row)).collect();
        say(table(&rows).trim_end());
    }
}

fn row(line: &CaseLine) -> Vec<String> {
    let role = line.role.as_ref().map_or(String::new(), |role| format!(" ({role})"));
    let cells = [
        format!("{}{}", line.n, if line.later { "*" } else { "" }),
        line.index.map_or_else(|| "waits".to_owned(), |index| index.to_string()),
        line.when(),
        line.acts.join(" "),
        format!("{}{role}", line.by),
        line.to.clone().unwrap_or_default(),
    ];
    cells.iter().map(|cell| one_line(cell)).collect()
}
