//! `senim keys recover`: the sheets of a desk open its cases and give them to somebody.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{failure::Failure, names, output::say, sheets};
use crate::{
    crypto::{
        secret::Secret,
        shares::{Share, combine},
    },
    domain::{
        ids::{CaseId, DeskId, StaffId},
        reference::Reference,
    },
    policy::Capacity,
    usecases::{
        Context, Error,
        part::{GIVEN, Part},
        recover_case::{Recovered, RecoveryKey, recover_case, recovery_key},
        registry::Desk,
    },
};

/// Cases to be opened, and who is given them.
#[derive(Args)]
pub(super) struct Recover {
    /// The sheets, as files; without it they are typed in, and nothing of it is shown
    #[arg(long, num_args = 1.., value_name = "FILE")]
    sheets: Vec<PathBuf>,
    /// The cases, by their references
    #[arg(long, num_args = 1.., value_name = "REFERENCE", required_unless_present = "all", conflicts_with = "all")]
    case: Vec<String>,
    /// Every case of the desk
    #[arg(long)]
    all: bool,
    /// Who is given them: the login of a member of the directory
    #[arg(long, value_name = "LOGIN")]
    to: String,
    /// In which part: triager, lead, investigator or reviewer
    #[arg(long = "as", value_name = "PART")]
    part: String,
    /// The desk, by its id or name, where the sheets open more than one
    #[arg(long)]
    desk: Option<String>,
}

impl Recover {
    /// Does it. Nothing is written before sheets, cases and person are known to fit.
    pub(super) async fn run(&self, ctx: &Context) -> Result<(), Failure> {
        let capacity = self.capacity()?;
        let staff = self.person(ctx).await?;
        let shares = if self.sheets.is_empty() { sheets::typed()? } else { sheets::read(&self.sheets)? };
        let key = recovery_key(ctx, secret(&shares)?).await?;
        let desk = self.desk(ctx, &key, &shares).await?;
        self.fits(ctx, desk, (staff, capacity)).await?;
        let cases = self.cases(ctx, desk).await?;
        self.recover(ctx, &key, &cases, Part { staff, capacity }).await
    }

    fn capacity(&self) -> Result<Capacity, Failure> {
        let found = Capacity::parse(&self.part).filter(|capacity| GIVEN.contains(capacity));
        found.ok_or_else(|| {
            let codes: Vec<&str> = GIVEN.iter().map(|capacity| capacity.code()).collect();
            Failure::Usage(format!("there is no part `{}`; the parts are {}", self.part, codes.join(", ")))
        })
    }

    async fn person(&self, ctx: &Context) -> Result<StaffId, Failure> {
        let row = ctx.store.read(async |db| db.staff_by_login(&self.to).await).await?;
        row.map(|row| row.id).ok_or_else(|| Failure::Usage(format!("nobody is called `{}`", self.to)))
    }

    /// The desk whose sheets these are.
    async fn desk<'k>(
        &self,
        ctx: &Context,
        key: &'k RecoveryKey,
        shares: &[Share],
    ) -> Result<&'k Desk, Failure> {
        let wanted = match &self.desk {
            Some(text) => Some(names::desk(&*ctx.current_registry().await?, text)?),
            None => None,
        };
        let found: Vec<&Desk> =
            key.desks.iter().filter(|desk| wanted.is_none_or(|wanted| wanted == desk.row.id)).collect();
        match (found.as_slice(), key.desks.as_slice()) {
            ([desk], _) => Ok(desk),
            ([], [other, ..]) => Err(Failure::Usage(format!(
                "these are sheets of another desk: they open the cases of `{}`",
                other.row.name_en
            ))),
            ([], []) => Err(Failure::Usage(of_no_desk(key, shares))),
            _ => Err(Failure::Usage("these sheets open more than one desk: name one by --desk".to_owned())),
        }
    }

    async fn fits(
        &self,
        ctx: &Context,
        desk: &Desk,
        (staff, capacity): (StaffId, Capacity),
    ) -> Result<(), Failure> {
        let registry = ctx.current_registry().await?;
        let member = registry.directory.members.get(&staff);
        // What the desk itself may not have goes to the triagers of an independent one.
        let elsewhere =
            registry.desks.values().filter(|other| other.row.independent && capacity == Capacity::Triager);
        let desks = elsewhere.chain([desk]).map(|desk| desk.row.id);
        if member.is_some_and(|member| desks.into_iter().any(|desk| member.holds(capacity.role(), desk))) {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "`{}` is no {} of the desk `{}` in the signed directory",
            self.to,
            capacity.role(),
            desk.row.name_en
        )))
    }

    async fn cases(&self, ctx: &Context, desk: &Desk) -> Result<Vec<(CaseId, String)>, Failure> {
        if self.all {
            return Ok(ctx.store.read(async |db| db.cases_of_desk(desk.row.id).await).await?);
        }
        let mut cases = Vec::new();
        for text in &self.case {
            let unknown = || Failure::Usage(format!("there is no case `{text}`"));
            let reference = Reference::parse(text).ok_or_else(unknown)?.to_string();
            let found: Option<(CaseId, DeskId)> =
                ctx.store.read(async |db| db.case_called(&reference).await).await?;
            let (id, at) = found.ok_or_else(unknown)?;
            if at != desk.row.id {
                return Err(Failure::Usage(format!(
                    "the case {reference} is of another desk: these sheets do not open it"
                )));
            }
            cases.push((id, reference));
        }
        Ok(cases)
    }

    async fn recover(
        &self,
        ctx: &Context,
        key: &RecoveryKey,
        cases: &[(CaseId, String)],
        part: Part,
    ) -> Result<(), Failure> {
        let bar = progress(cases.len());
        let (mut given, mut held, mut refused) = (0_usize, 0_usize, Vec::new());
        for (id, reference) in cases {
            match recover_case(ctx, key, *id, part).await {
                Ok(Recovered::Given | Recovered::Restored) => given = given.saturating_add(1),
                Ok(Recovered::Held) => held = held.saturating_add(1),
                Err(error @ (Error::Invalid(_) | Error::Sealed(_) | Error::NotFound)) => {
                    refused.push((reference, why(&error)));
                }
                Err(error) => {
                    bar.finish_and_clear();
                    say(format_args!("Cases given to {} before this: {given}.", self.to));
                    return Err(error.into());
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        say(format_args!("Cases given to {}: {given}.", self.to));
        if held > 0 {
            say(format_args!("Cases that {} could open before: {held}.", self.to));
        }
        for (reference, why) in &refused {
            say(format_args!("NOT given: {reference}: {why}."));
        }
        if given > 0 {
            say("The person signs for each of them that they have no conflict of interest, and reads then.");
            say("Put the sheets back into their envelopes, apart from each other, and destroy any files.");
        }
        if refused.is_empty() { Ok(()) } else { Err(Failure::NotRecovered(refused.len())) }
    }
}

fn secret(shares: &[Share]) -> Result<Secret<32>, Failure> {
    combine(shares).map_err(|error| Failure::Usage(error.to_string()))
}

fn of_no_desk(key: &RecoveryKey, shares: &[Share]) -> String {
    let tag = shares.first().map_or("", |share| share.desk().as_str());
    let mut text = format!("the sheets are whole, but no desk here has the key of their set `{tag}`");
    for (id, name) in &key.forged {
        text.push_str(&format!(
            "; the desk `{name}` ({id}) is not as this server wrote it, so its key is not believed: run `senim check`"
        ));
    }
    text
}

/// Why a case was not given.
fn why(error: &Error) -> &'static str {
    match error {
        Error::Invalid(fields) if fields.iter().any(|field| field.field == "capacity") => {
            "it has no such part now"
        }
        Error::Invalid(_) => "the person stepped back from it, or stood on the other side of its decisions",
        Error::Sealed(_) => "its keys are not as this server wrote them, or not sealed to this desk",
        _ => "it is of another desk",
    }
}

fn progress(cases: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(cases).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} cases, {eta} left");
    bar.set_style(style.unwrap_or_else(|_plain| ProgressStyle::default_bar()));
    bar
}
