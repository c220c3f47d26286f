//! `senim mail`: mails that were given up.

use clap::{Args, Subcommand};

use super::{
    failure::Failure,
    installation::Installation,
    output::{say, table},
};
use crate::{
    domain::ids::TaskId,
    usecases::{
        Context, Error,
        dead_letters::{dead_letters, retry_mail},
    },
};

/// What can be done with mails.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Lists the mails that were given up: what, to whom, when, and what the relay answered
    Dead,
    /// Has one of them tried again, or all
    Retry(Retry),
}

/// Which mails.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct Retry {
    /// The mail's id, as `senim mail dead` prints it
    id: Option<TaskId>,
    /// All of them
    #[arg(long)]
    all: bool,
}

/// Does it.
pub(super) fn run(installation: &Installation, command: Command) -> Result<(), Failure> {
    installation.migrate()?;
    match command {
        Command::Dead => installation.act(list),
        Command::Retry(retry) => {
            installation.act(async |ctx| again(ctx, retry.id.filter(|_| !retry.all)).await)
        }
    }
}

async fn list(ctx: &Context) -> Result<(), Failure> {
    let letters = dead_letters(ctx, None).await?;
    if letters.is_empty() {
        say("No mail was given up.");
        return Ok(());
    }
    let mut rows = vec![["Id", "What", "To", "Given up", "Answer"].map(ToOwned::to_owned).to_vec()];
    for letter in letters {
        rows.push(vec![
            letter.id.to_string(),
            letter.notice.code().to_owned(),
            letter.to.expose().to_owned(),
            letter.failed_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            letter.answer.map_or_else(|| "none".to_owned(), |answer| answer.to_string()),
        ]);
    }
    say(table(&rows).trim_end());
    say("Mend the address or the relay, then: senim mail retry ID, or senim mail retry --all");
    Ok(())
}

async fn again(ctx: &Context, which: Option<TaskId>) -> Result<(), Failure> {
    let retried = retry_mail(ctx, None, which).await.map_err(|error| match error {
        Error::NotFound => {
            Failure::Usage("no mail with this id was given up; see `senim mail dead`".to_owned())
        }
        error => error.into(),
    })?;
    say(format_args!("Tried again: {retried}. It goes out as soon as `senim serve` or `senim work` runs."));
    Ok(())
}
