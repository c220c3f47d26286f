//! `senim keys`: the ceremony that makes a desk's recovery key and proposes the desk, and what the key is for (`recover`).

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
        configuration::{
            Kind,
            desks::{ListedDesk, write},
        },
        profile::ProfileId,
    },
    storage::bodies::BodyRow,
    usecases::{Context, propose_change::propose_change},
};

/// What can be done with keys.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes a recovery key, writes its sheets, and proposes a desk with it, which two administrators approve
    Ceremony(Box<Ceremony>),
    /// Opens a desk's cases with its recovery sheets and gives them to a member of the directory
    Recover(Box<Recover>),
}

/// A desk to be proposed.
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
    /// The desk's own stable code, by which routing rules name it [default: from the name on the sheets]
    #[arg(long)]
    code: Option<String>,
    /// The body the desk belongs to: its code, id or name in any language
    #[arg(long)]
    body: String,
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
        let code = self.code.clone().unwrap_or_else(|| tag.as_str().to_lowercase());
        let registry = ctx.current_registry().await?;
        if registry.desks.values().any(|desk| desk.row.code == code) {
            return Err(Failure::Usage(format!(
                "there is a desk with the code `{code}`: name another by --code"
            )));
        }
        let body = self.body(ctx).await?;
        let how = Split { threshold: self.threshold, total: self.shares };
        let (recovery, sheets) = hold(&tag, how, &self.out, &mut ctx.store.entropy().rng())?;
        let file = write(&[self.desk((code.clone(), body), profile, &recovery)]);
        let proposed = propose_change(ctx, None, (Kind::Desks, &file)).await?;
        say(format_args!("The desk `{code}` is proposed: {}", proposed.id));
        say(format_args!("\nRecovery sheets, any {} of {}:", self.threshold, self.shares));
        for sheet in &sheets {
            say(format_args!("  {}", sheet.display()));
        }
        say("\nNow:\n  \
             1. Print each sheet on a printer that keeps no copy, and give each to another person.\n  \
             2. Each keeps it in a sealed envelope, apart from the others.\n  \
             3. Destroy the files. The secret half of the key exists on these sheets only.\n  \
             4. Two administrators approve the desk on the page /admin/changes.\n  \
             5. Send reports to it: `senim config propose routing FILE`.\n  \
             6. Invite at least two triagers and two reviewers of the desk: `senim staff invite`.");
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

    fn desk(&self, (code, body): (String, BodyRow), profile: ProfileId, recovery: &KemPublic) -> ListedDesk {
        ListedDesk {
            code,
            body: body.code,
            profile,
            independent: self.independent,
            names: [self.desk_name_kk.clone(), self.desk_name_ru.clone(), self.desk_name_en.clone()],
            recovery: recovery.to_bytes(),
            threshold: self.threshold,
            shares: self.shares,
        }
    }

    async fn body(&self, ctx: &Context) -> Result<BodyRow, Failure> {
        let found = names::body(ctx, &self.body).await?.filter(|row| !row.closed);
        found.ok_or_else(|| {
            Failure::NotReady(format!(
                "there is no body `{}`: propose the registry first (`senim config propose bodies FILE`), and let two administrators approve it",
                self.body
            ))
        })
    }
}
