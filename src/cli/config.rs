//! `senim config`: files of bodies, desks, routing, profiles and calendars, proposed for two administrators to approve; what is in force; where a
//! report would go.

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    config_mistake::sentence,
    failure::Failure,
    installation::Installation,
    output::{complain, say, table},
};
use crate::{
    domain::{
        configuration::{Difference, Kind, State, Touch, rules::ListedRule},
        csv,
        taxonomy::{Category, Region},
    },
    usecases::{
        Context, Error,
        export_config::{export_config, names_of},
        propose_change::propose_change,
        try_route::{Trial, Tried, TriedDesk, TriedRule, try_route},
    },
};

/// The most mistakes that are printed.
const TOLD: usize = 200;

/// What can be done with the configuration.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Proposes a file, which two administrators approve on the page /admin/changes
    Propose {
        /// What the file holds: bodies, desks, routing, profile or calendar
        #[arg(value_parser = kind)]
        kind: Kind,
        /// The file: CSV with a comma or semicolon between the columns; of a profile or calendar its next version as TOML
        file: PathBuf,
    },
    /// Prints what is in force as a file of the same form
    Show {
        /// What: bodies, desks, routing, profile or calendar
        #[arg(value_parser = kind)]
        kind: Kind,
        /// Which profile or calendar
        name: Option<String>,
    },
    /// Lists the changes that wait
    List,
    /// Says where a report would go, and why
    Route(Route),
}

/// A report that might come.
#[derive(Args)]
pub(super) struct Route {
    /// Code of the body that it names
    #[arg(long)]
    body: Option<String>,
    /// Its category
    #[arg(long, default_value = "other", value_parser = category)]
    category: Category,
    /// Its region: the first two digits of a KATO code
    #[arg(long, value_parser = region)]
    region: Option<Region>,
}

fn one_of<T: Copy>(text: &str, all: &[T], code: fn(T) -> &'static str) -> Result<T, String> {
    let found = all.iter().copied().find(|one| code(*one) == text);
    let codes = || all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("one of {}", codes()))
}

fn kind(text: &str) -> Result<Kind, String> {
    one_of(text, Kind::ALL, Kind::code)
}

fn category(text: &str) -> Result<Category, String> {
    one_of(text, Category::ALL, Category::code)
}

fn region(text: &str) -> Result<Region, String> {
    one_of(text, Region::ALL, Region::code)
}

/// Does it.
pub(super) fn run(installation: &Installation, command: Command) -> Result<(), Failure> {
    installation.migrate()?;
    installation.act(async |ctx| match &command {
        Command::Propose { kind, file } => propose(ctx, *kind, file).await,
        Command::Show { kind, name } => show(ctx, *kind, name.as_deref()).await,
        Command::List => list(ctx).await,
        Command::Route(route) => route.run(ctx).await,
    })
}

async fn show(ctx: &Context, kind: Kind, name: Option<&str>) -> Result<(), Failure> {
    let names = names_of(ctx, kind).await?;
    match export_config(ctx, kind, name.unwrap_or_default()).await {
        // As it is, for a file: a table has a line end of its own.
        Ok(text) => say(text.trim_end()),
        Err(Error::Invalid(_)) => return Err(Failure::Usage(format!("name one of {}", names.join(", ")))),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn propose(ctx: &Context, kind: Kind, path: &PathBuf) -> Result<(), Failure> {
    let bar = ProgressBar::new(3);
    if let Ok(style) = ProgressStyle::with_template("{msg:<34} {bar:40} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message("Reading the file");
    let bytes = fs::read(path).map_err(Failure::file(path))?;
    bar.inc(1);
    let proposed = match csv::decode(&bytes) {
        Ok(text) => {
            bar.set_message("Comparing it with what is in force");
            bar.inc(1);
            propose_change(ctx, None, (kind, &text)).await
        }
        Err(mistakes) => Err(Error::Mistakes(mistakes)),
    };
    bar.finish_and_clear();
    match proposed {
        Ok(proposed) => {
            say(format_args!("Proposed: {}", proposed.id));
            say(summary(&proposed.difference));
            say("Two administrators approve it on the page /admin/changes.");
            Ok(())
        }
        Err(Error::Mistakes(mistakes)) => {
            for mistake in mistakes.iter().take(TOLD) {
                complain(sentence(mistake));
            }
            Err(Failure::Mistakes(mistakes.len()))
        }
        Err(Error::Invalid(_)) => {
            Err(Failure::Usage(format!("{}: nothing in it differs from what is in force", path.display())))
        }
        Err(error) => Err(error.into()),
    }
}

fn summary(difference: &Difference) -> String {
    let counted = Touch::ALL.iter().map(|how| (how.code(), difference.count(*how)));
    let told: Vec<String> =
        counted.filter(|(_, count)| *count > 0).map(|(how, count)| format!("{count} {how}")).collect();
    let waits = if difference.loosening { "; it loosens, so it waits after the approval" } else { "" };
    format!("It changes: {}{waits}.", told.join(", "))
}

async fn list(ctx: &Context) -> Result<(), Failure> {
    let open = [State::Pending, State::Approved];
    let rows = ctx.store.read(async |db| db.changes_in(&open).await).await?;
    if rows.is_empty() {
        say("No change of the configuration waits.");
        return Ok(());
    }
    let head = ["Id", "What", "Proposed", "Loosens", "Waits for"].map(str::to_owned).to_vec();
    let line = |row: &crate::storage::config_changes::ChangeRow| {
        let waits = match (row.state, row.effective_at) {
            (State::Approved, Some(at)) => at.to_string(),
            _ => format!("{} more approvals", row.change().lacking()),
        };
        let loosens = if row.loosening { "yes" } else { "no" };
        vec![row.id.to_string(), row.kind.to_string(), row.proposed_at.to_string(), loosens.to_owned(), waits]
    };
    say(table(&[vec![head], rows.iter().map(line).collect()].concat()));
    Ok(())
}

impl Route {
    async fn run(&self, ctx: &Context) -> Result<(), Failure> {
        let trial = Trial { body: self.body.as_deref(), category: self.category, region: self.region };
        let tried = match try_route(ctx, None, &trial).await {
            Err(Error::Invalid(_)) => {
                let code = self.body.as_deref().unwrap_or_default();
                return Err(Failure::Usage(format!("there is no body with the code `{code}`")));
            }
            other => other?,
        };
        answer(&tried);
        Ok(())
    }
}

fn answer(tried: &Tried) {
    if !tried.bodies.is_empty() {
        let codes: Vec<&str> = tried.bodies.iter().map(|body| body.code.as_str()).collect();
        say(format_args!("The body and those above it: {}", codes.join(" < ")));
    }
    for looked in &tried.looked {
        say(told(looked));
    }
    if tried.ruled.is_none() {
        say("No rule matches.");
    }
    for desk in tried.ruled.iter().chain(&tried.independent) {
        say(staffing(desk));
    }
    match (&tried.desk, tried.reason) {
        (Some(desk), Some(reason)) => {
            say(format_args!("It would go to `{}` ({}).", desk.row.code, reason.code()));
        }
        _ => say("It would be refused: there is no desk for it."),
    }
}

fn told(looked: &TriedRule) -> String {
    let ListedRule { position, body, category, region, desk } = &looked.rule;
    let body = body.as_deref().unwrap_or("any body");
    let category = category.map_or("any category", Category::code);
    let region = region.map_or("any region", Region::code);
    let why: Vec<&str> = looked.mismatches.iter().map(|mismatch| mismatch.code()).collect();
    let verdict =
        if why.is_empty() { "matches".to_owned() } else { format!("no: another {}", why.join(", ")) };
    format!("Rule {position}: {body}, {category}, {region} -> {desk}: {verdict}")
}

fn staffing(desk: &TriedDesk) -> String {
    let kind = if desk.row.independent { "independent desk" } else { "desk" };
    let enough = if desk.staffed() { "enough" } else { "too few" };
    format!("The {kind} `{}` has {} triagers: {enough}.", desk.row.code, desk.triagers)
}
