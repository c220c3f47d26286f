//! `senim audit export`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{aside::Aside, progress};
use crate::{
    cli::{failure::Failure, installation::Settings, output::say},
    usecases::{
        export_log::{Asker, ExportError, LogExport, export_log},
        open_actors::open_actors,
    },
};

/// What is taken along, and where to.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The file to be written; one that is there is replaced when the new one is whole
    #[arg(long, value_name = "FILE.tar")]
    out: PathBuf,
    /// The number of entries of a signed head [default: the newest head]
    #[arg(long, value_name = "N")]
    size: Option<u64>,
    /// Adds who is behind which alias: only for an auditor to whom that was granted
    #[arg(long)]
    open_actors: bool,
    /// Prints one line of JSON instead of a sentence
    #[arg(long)]
    json: bool,
}

/// Writes the bundle and says what it is of.
pub(super) fn run(arguments: &Arguments, config: Option<PathBuf>) -> Result<(), Failure> {
    let installation = Settings::load(config)?.open()?;
    let log = &installation.config().log;
    let out = &arguments.out;
    let export = installation.act(async |ctx| {
        let mut export = export_log(ctx, log, Asker::Operator, arguments.size).await?;
        if arguments.open_actors {
            export = export.opening(&open_actors(ctx).await?);
        }
        let mut aside = Aside::create(out)?;
        let bar = progress::bytes(export.length(), arguments.json);
        while let Some(bytes) = export.next(ctx).await? {
            aside.write(&bytes)?;
            bar.inc(u64::try_from(bytes.len()).unwrap_or(0));
        }
        bar.finish_and_clear();
        aside.keep()?;
        Ok(export)
    })?;
    tell(&export, arguments);
    Ok(())
}

fn tell(export: &LogExport, arguments: &Arguments) {
    let (head, file) = (export.head(), arguments.out.display());
    if arguments.json {
        return say(json!({
            "file": file.to_string(),
            "bytes": export.length(),
            "origin": export.origin(),
            "size": head.size,
            "root": head.root.hex(),
        }));
    }
    say(format_args!(
        "{file}: {} with {} entries, signed at {}, root {}",
        export.origin(),
        head.size,
        export.made_at(),
        head.root.hex()
    ));
    say(
        "It holds every entry of the record: give it to auditors and courts only. Check it with `senim audit verify`.",
    );
    if arguments.open_actors {
        say("It names the people behind the aliases as well.");
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Act(error) => error.into(),
            other => Self::Export(other),
        }
    }
}
