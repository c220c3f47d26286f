//! `senim keys`: the ceremony that opens a desk with its recovery key, and what the key is for (`recover`).

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    ceremony::{Split, hold, tag_of},
    failure::Failure,
    installation::Installation,
    names,
    output::say,
    recover::Recover,
};
use crate::{
    crypto::{kem::KemPublic, shares::DeskTag},
    domain::{
        ids::{BodyId, DeskId},
        profile::ProfileId,
        taxonomy::Region,
    },
    storage::desks::RuleRow,
    usecases::{
        Context, Error,
        add_body::{NewBody, add_body},
        add_rule::add_rule,
        open_desk::{NewDesk, open_desk},
    },
};

/// Where a rule for every report stands: after all others.
const CATCH_ALL: i32 = 1_000_000;

/// What can be done with keys.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes a recovery key, writes its sheets, and opens a desk with it
    Ceremony(Box<Ceremony>),
    /// Opens a desk's cases with its recovery sheets and gives them to a member of the directory
    Recover(Box<Recover>),
}

/// A desk to be opened.
#[derive(Args)]
pub(super) struct Ceremony {
    /// The desk's name in Kazakh
    #[arg(long)]
    desk_name_kk: String,
    /// The desk's name in Russian
    #[arg(long)]
    desk_name_ru: String,
    /// The desk's name in English
    #[arg(long)]
    desk_name_en: String,
    /// The desk's name on the sheets: 1 to 32 Latin letters, digits and dashes [default: from the English name]
    #[arg(long)]
    tag: Option<String>,
    /// The body the desk belongs to: its id or its name in any language; where there is none, it is added
    #[arg(long)]
    body: String,
    /// A new body's name in Kazakh [default: as given by --body]
    #[arg(long)]
    body_name_kk: Option<String>,
    /// A new body's name in Russian [default: as given by --body]
    #[arg(long)]
    body_name_ru: Option<String>,
    /// A new body's name in English [default: as given by --body]
    #[arg(long)]
    body_name_en: Option<String>,
    /// A new body's region: the first two digits of its KATO code
    #[arg(long)]
    region: Option<String>,
    /// The deadline profile of the desk's cases: kz, eu_internal, eu_external, iso_default [default: SENIM_PROFILE]
    #[arg(long)]
    profile: Option<String>,
    /// How many sheets together open the desk's cases
    #[arg(long, default_value_t = 2)]
    threshold: u8,
    /// How many sheets are made
    #[arg(long, default_value_t = 3)]
    shares: u8,
    /// The desk stands outside the hierarchy of the bodies it serves
    #[arg(long)]
    independent: bool,
    /// Where the sheets are written; best a memory-backed or removable file system
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Does it.
pub(super) fn run(installation: &Installation, command: Command) -> Result<(), Failure> {
    installation.migrate()?;
    let default = installation.config().profile.clone();
    match command {
        Command::Ceremony(ceremony) => installation.act(async |ctx| ceremony.run(ctx, &default).await),
        Command::Recover(recover) => installation.act(async |ctx| recover.run(ctx).await),
    }
}

impl Ceremony {
    async fn run(&self, ctx: &Context, default_profile: &str) -> Result<(), Failure> {
        let founded = ctx.store.read(async |db| db.instance().await).await?.is_some();
        if !founded {
            return Err(Failure::NotReady(
                "the instance was never founded: run `senim staff genesis` first".to_owned(),
            ));
        }
        let code = self.profile.as_deref().unwrap_or(default_profile);
        let profile = ProfileId::parse(code)
            .ok_or_else(|| Failure::Usage(format!("there is no deadline profile `{code}`")))?;
        let tag = self.tag()?;
        let body = self.body(ctx).await?;
        let how = Split { threshold: self.threshold, total: self.shares };
        let (recovery, sheets) = hold(&tag, how, &self.out, &mut ctx.store.entropy().rng())?;
        let desk = open_desk(ctx, self.desk(body, profile, recovery)).await?;
        say(format_args!("The desk is open. Its id: {desk}"));
        if add_catch_all(ctx, desk).await? {
            say("It receives every report that no other rule sends elsewhere.");
        }
        say(format_args!("\nRecovery sheets, any {} of {}:", self.threshold, self.shares));
        for sheet in &sheets {
            say(format_args!("  {}", sheet.display()));
        }
        say("\nNow:\n  \
             1. Print each sheet on a printer that keeps no copy, and give each to another person.\n  \
             2. Each keeps it in a sealed envelope, apart from the others.\n  \
             3. Destroy the files. The secret half of the key exists on these sheets only.\n  \
             4. Invite at least two triagers and two reviewers of the desk: `senim staff invite`.");
        Ok(())
    }

    fn tag(&self) -> Result<DeskTag, Failure> {
        match &self.tag {
            Some(text) => DeskTag::parse(text).map_err(|error| Failure::Usage(error.to_string())),
            None => tag_of(&self.desk_name_en).ok_or_else(|| {
                Failure::Usage("name the desk on its sheets by --tag, in Latin letters".to_owned())
            }),
        }
    }

    fn desk(&self, body: BodyId, profile: ProfileId, recovery: KemPublic) -> NewDesk {
        NewDesk {
            body,
            names: [self.desk_name_kk.clone(), self.desk_name_ru.clone(), self.desk_name_en.clone()],
            profile,
            independent: self.independent,
            recovery,
            shares: (self.threshold, self.shares),
        }
    }

    async fn body(&self, ctx: &Context) -> Result<BodyId, Failure> {
        if let Some(body) = names::body(ctx, &self.body).await? {
            return Ok(body);
        }
        if self.body.parse::<BodyId>().is_ok() {
            return Err(Failure::Usage(format!("there is no body with the id {}", self.body)));
        }
        let region = match self.region.as_deref() {
            None => None,
            Some(code) => Some(Region::parse(code).ok_or_else(|| {
                Failure::Usage(format!("`{code}` is no region: the first two digits of a KATO code"))
            })?),
        };
        let name = |given: &Option<String>| given.clone().unwrap_or_else(|| self.body.clone());
        let names = [name(&self.body_name_kk), name(&self.body_name_ru), name(&self.body_name_en)];
        let id = add_body(ctx, NewBody { parent: None, region, names }).await?;
        say(format_args!("The body was added. Its id: {id}"));
        Ok(id)
    }
}

/// Sends every report that no other rule takes to this desk, unless some desk has them already. True where it does.
async fn add_catch_all(ctx: &Context, desk: DeskId) -> Result<bool, Error> {
    let rules = ctx.store.read(async |db| db.routing_rules().await).await?;
    let any = |rule: &RuleRow| rule.body_id.is_none() && rule.category.is_none() && rule.region.is_none();
    if rules.iter().any(|kept| any(&kept.rule)) {
        return Ok(false);
    }
    let rule = RuleRow { position: CATCH_ALL, body_id: None, category: None, region: None, desk_id: desk };
    add_rule(ctx, rule).await?;
    Ok(true)
}
