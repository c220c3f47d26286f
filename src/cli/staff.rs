//! `senim staff`: founding, inviting, listing, disabling.

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    failure::Failure,
    installation::Installation,
    names,
    output::{say, table},
    prompt,
};
use crate::{
    config::local,
    crypto::{secret::SecretText, totp::TotpSeed},
    domain::{mail_address::MailAddress, text::Login},
    policy::RoleAt,
    storage::staff::StaffRow,
    usecases::{
        Caller, Context, Error,
        credentials::password_mistakes,
        disable_staff::disable_staff,
        found_instance::{Founded, Founder, found_instance},
        invite_staff::{INVITATION_DAYS, Invitation, Invitee, StaffIdentity, invite_staff},
        list_staff::{StaffList, list_staff},
        registry::Desk,
        reinvite_staff::reinvite_staff,
        sign_in::{Credentials, sign_in},
        sign_out::sign_out,
    },
};

/// What can be done with staff.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Founds the instance with its first two administrators, who sign each other into the directory
    Genesis(Genesis),
    /// Invites a person, who makes their keys with the code printed; two administrators then sign them in
    Invite(Invite),
    /// Invites somebody anew who lost their keys or never joined: the old keys count no longer; signed as disabling is
    Reinvite(Whom),
    /// Lists the staff: who is invited, who waits for signatures, who is in the directory
    List,
    /// Takes everything from a person at once; signed by an administrator, who is asked for their credentials
    Disable(Whom),
}

/// The founding.
#[derive(Args)]
pub(super) struct Genesis {
    /// Reads logins and passwords from a TOML file with two tables `[[administrator]]` of `login` and `password`
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
}

/// An invitation.
#[derive(Args)]
pub(super) struct Invite {
    /// The name to sign in with: 3 to 64 of a-z, 0-9, `.`, `_`, `-`
    #[arg(long)]
    login: String,
    /// Where mails to the person go, if anywhere
    #[arg(long, value_name = "ADDRESS")]
    mail: Option<String>,
    /// Their name, the surname first: a report that names them does not reach them
    #[arg(long)]
    name: Option<String>,
    /// The body or unit they belong to, by id, code or name: a report that concerns it does not reach them
    #[arg(long, value_name = "BODY")]
    unit: Option<String>,
    /// A role, or role@desk with the desk's id or name; may be given more than once
    #[arg(long = "role", required = true, value_name = "ROLE[@DESK]")]
    roles: Vec<String>,
}

/// Whose place is taken.
#[derive(Args)]
pub(super) struct Whom {
    /// The person's login
    login: String,
    /// Without an administrator's signature, for emergencies: the person is kept out, but the signed directory still
    /// lists them until an administrator does the same
    #[arg(long)]
    unsigned: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FoundersFile {
    administrator: Vec<FounderEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FounderEntry {
    login: String,
    password: SecretText,
}

/// Does it.
pub(super) fn run(installation: &Installation, command: Command) -> Result<(), Failure> {
    installation.migrate()?;
    match command {
        Command::Genesis(genesis) => found(installation, &genesis),
        Command::Invite(invite) => installation.act(async |ctx| invite.run(ctx).await),
        Command::List => installation.act(list),
        Command::Reinvite(whom) => installation.act(async |ctx| whom.reinvite(ctx).await),
        Command::Disable(whom) => installation.act(async |ctx| whom.disable(ctx).await),
    }
}

pub(super) fn login(text: &str) -> Result<Login, Failure> {
    Login::parse(text).map_err(|_bad| {
        Failure::Usage(format!("`{text}` is no login: 3 to 64 of a-z, 0-9, `.`, `_` and `-`"))
    })
}

fn mail(text: &str) -> Result<MailAddress, Failure> {
    MailAddress::parse(text).map_err(|_bad| {
        Failure::Usage(format!("`{text}` is no mail address that can be written to, such as name@example.kz"))
    })
}

fn found(installation: &Installation, genesis: &Genesis) -> Result<(), Failure> {
    let founded = installation.act(async |ctx| {
        if ctx.store.read(async |db| db.instance().await).await?.is_some() {
            return Err(Failure::NotReady("this instance was founded before".to_owned()));
        }
        Ok(found_instance(ctx, genesis.founders()?).await?)
    })?;
    for person in &founded {
        show(person)?;
    }
    say("\nThis is shown once. Each of the two puts their own key into an authenticator app now.\n");
    keep(installation, &founded.map(|person| person.genesis))?;
    say("Next: `senim keys ceremony` opens the first desk, `senim staff invite` brings its staff.");
    Ok(())
}

impl Genesis {
    fn founders(&self) -> Result<[Founder; 2], Failure> {
        let founders: Vec<Founder> = match &self.from_file {
            Some(path) => {
                let text = Zeroizing::new(fs::read_to_string(path).map_err(Failure::file(path))?);
                // The parser's own words would show the line, which may hold a password.
                let file: FoundersFile = toml::from_str(&text).map_err(|_unshown| {
                    Failure::Usage(format!("{}: not two tables [[administrator]]", path.display()))
                })?;
                file.administrator.into_iter().map(FounderEntry::read).collect::<Result<_, _>>()?
            }
            None => vec![ask_founder("first")?, ask_founder("second")?],
        };
        let two: [Founder; 2] = founders.try_into().map_err(|_other| {
            Failure::Usage("two administrators are needed, no more and no fewer".to_owned())
        })?;
        let [first, second] = &two;
        if first.login.as_str() == second.login.as_str() {
            return Err(Failure::Usage("the two administrators must be two people".to_owned()));
        }
        Ok(two)
    }
}

impl FounderEntry {
    fn read(self) -> Result<Founder, Failure> {
        let login = login(&self.login)?;
        let mistakes = password_mistakes(&self.password, login.as_str());
        if !mistakes.is_empty() {
            return Err(Error::Invalid(mistakes).into());
        }
        Ok(Founder { login, password: self.password })
    }
}

fn ask_founder(which: &str) -> Result<Founder, Failure> {
    let login = login(&prompt::line(&format!("Login of the {which} administrator"))?)?;
    let password = prompt::new_password(&login)?;
    Ok(Founder { login, password })
}

fn show(person: &Founded) -> Result<(), Failure> {
    let seed = super::demo::seed_of(person.totp_secret.expose())?;
    let uri = TotpSeed::provisioning_uri(&seed, &person.login, "Senim");
    say(format_args!("\n{}", person.login));
    say(format_args!("  one-time codes, key to type: {}", person.totp_secret.expose()));
    say(format_args!("  the same as an address:      {}", uri.expose()));
    say(format_args!("  recovery code, to be kept on paper at home: {}", person.recovery.reveal()));
    Ok(())
}

/// Keeps the founding keys in the configuration, or says where they belong.
pub(super) fn keep(installation: &Installation, genesis: &[[u8; 32]; 2]) -> Result<(), Failure> {
    let keys = genesis.map(|key| data_encoding::HEXLOWER.encode(&key)).join(",");
    let line = format!("SENIM_GENESIS={keys}");
    if installation.cluster().is_none() {
        say("Put this line into the configuration of every process of this instance, outside the database:");
        say(line);
        return Ok(());
    }
    match local::keep_genesis(&installation.config().home, genesis) {
        Ok(path) => say(format_args!("Their public keys are kept in {}.", path.display())),
        Err(error) => {
            say(format_args!(
                "Their public keys could not be kept; put this line into the configuration:\n{line}"
            ));
            return Err(error.into());
        }
    }
    Ok(())
}

impl Invite {
    async fn run(&self, ctx: &Context) -> Result<(), Failure> {
        let login = login(&self.login)?;
        let mail = self.mail.as_deref().map(mail).transpose()?;
        let registry = ctx.current_registry().await?;
        let roles: Vec<RoleAt> =
            self.roles.iter().map(|text| names::role_at(&registry, text)).collect::<Result<_, _>>()?;
        let unit = match &self.unit {
            Some(text) => {
                let body = names::body(ctx, text).await?;
                Some(body.ok_or_else(|| Failure::Usage(format!("there is no body `{text}`")))?.id)
            }
            None => None,
        };
        let identity = StaffIdentity { name: self.name.clone(), unit };
        let invitee = Invitee { login, mail, identity, roles };
        let invitation = invite_staff(ctx, None, &invitee).await?;
        show_invitation(invitee.login.as_str(), &invitation);
        Ok(())
    }
}

fn show_invitation(login: &str, invitation: &Invitation) {
    say(format_args!("Invitation for {login}, to be redeemed within {INVITATION_DAYS} days at /staff/join:"));
    say(format_args!("\n  {}\n", invitation.code.expose()));
    say(
        "It is shown once. Hand it over yourself, not by mail. It gives no access before two administrators have\n\
         signed the person into the directory.",
    );
}

async fn list(ctx: &Context) -> Result<(), Failure> {
    let StaffList { lines, desks } = list_staff(ctx, None).await?;
    let mut rows = vec![["Login", "State", "Roles", "Mail", "Signatures"].map(ToOwned::to_owned).to_vec()];
    for line in lines {
        let mut roles: Vec<String> = line.roles.iter().map(|held| role_text(held, &desks)).collect();
        // What a person comes to cases by waits (norms.md 8.5, rule 9).
        roles.extend(line.counts_from.map(|at| format!("cases from {at}")));
        let signatures = match (line.state.as_str(), line.waits_for_second) {
            ("enrolled", false) => "waits for two",
            ("enrolled", true) => "waits for the second",
            ("active", true) => "other roles wait for the second",
            _ => "",
        };
        let mail = line.mail.map(|address| address.expose().to_owned()).unwrap_or_default();
        rows.push(vec![line.login, line.state, roles.join(", "), mail, signatures.to_owned()]);
    }
    say(table(&rows).trim_end());
    Ok(())
}

fn role_text(held: &RoleAt, desks: &[Desk]) -> String {
    let desk = held.desk.map(|id| {
        let name = desks.iter().find(|desk| desk.row.id == id).map(|desk| desk.row.name_en.clone());
        name.unwrap_or_else(|| id.to_string())
    });
    desk.map_or_else(|| held.role.to_string(), |desk| format!("{}@{desk}", held.role))
}

impl Whom {
    async fn disable(&self, ctx: &Context) -> Result<(), Failure> {
        let person = self.person(ctx).await?;
        if person.state == "disabled" && self.unsigned {
            return Err(Failure::Usage(format!("`{}` is disabled already", self.login)));
        }
        let cases = self.signing(ctx, async |by| disable_staff(ctx, by, person.id).await).await?;
        say(format_args!("{} can do nothing any more. Cases taken from them: {cases}.", self.login));
        Ok(())
    }

    async fn reinvite(&self, ctx: &Context) -> Result<(), Failure> {
        let person = self.person(ctx).await?;
        let invitation = self.signing(ctx, async |by| reinvite_staff(ctx, by, person.id).await).await?;
        show_invitation(&self.login, &invitation);
        say("The old keys count no longer. Once the person is back, colleagues give them their cases again.");
        Ok(())
    }

    async fn person(&self, ctx: &Context) -> Result<StaffRow, Failure> {
        let person = ctx.store.read(async |db| db.staff_by_login(&self.login).await).await?;
        person.ok_or_else(|| Failure::Usage(format!("nobody is called `{}`", self.login)))
    }

    /// Does it as an administrator, who is asked for their credentials; or unsigned.
    async fn signing<T>(
        &self,
        ctx: &Context,
        act: impl AsyncFnOnce(Option<&Caller>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        if self.unsigned {
            let done = act(None).await?;
            say("No administrator has signed that: `senim check` says so until one does the same.");
            return Ok(done);
        }
        let credentials = Credentials {
            login: prompt::line("Your login, as an administrator")?,
            password: prompt::password("Your password")?,
            totp: prompt::line("Your one-time code")?,
        };
        let administrator = sign_in(ctx, credentials).await?.caller;
        let outcome = act(Some(&administrator)).await;
        sign_out(ctx, &administrator).await?;
        Ok(outcome?)
    }
}
