//! `senim check`: is the installation as it should be? One plain sentence for each check.
//!
//! It asks the running database, as the application's role. It repairs nothing.

mod directory;

use super::{failure::Failure, installation::Installation, output::say};
use crate::{
    config::Config,
    domain::{case::status::Status, role::Role},
    mail::Mailer,
    storage::{migrations, staff::StaffRow},
    usecases::{
        Context, Error,
        authentic::{forged_cases, forged_changes},
        dead_letters::dead_letters,
        registry::{Fault, Registry},
        take_pulse::{Pulse, take_pulse},
    },
};

/// The most cases that are looked at one by one.
const MOST: i64 = 10_000;

/// What a check came to.
enum Verdict {
    /// As it should be.
    Good(String),
    /// As it should be, with something to know.
    Note(String),
    /// Not as it should be.
    Found(String),
    /// Cannot be told.
    Unknown(String),
}

use Verdict::{Found, Good, Note, Unknown};

/// Makes every check and prints it.
pub(super) fn run(installation: &Installation) -> Result<(), Failure> {
    let schema = migrated(installation);
    let usable = !matches!(schema, Found(_));
    let mut verdicts = vec![schema, mail(installation.config())];
    if usable {
        verdicts.extend(installation.act(examine)?);
    }
    let (mut found, mut unknown) = (0, 0);
    for verdict in &verdicts {
        match verdict {
            Good(text) => say(format_args!("good    {text}")),
            Note(text) => say(format_args!("note    {text}")),
            Found(text) => {
                found += 1;
                say(format_args!("FOUND   {text}"));
            }
            Unknown(text) => {
                unknown += 1;
                say(format_args!("unknown {text}"));
            }
        }
    }
    match (found, unknown) {
        (0, 0) => Ok(()),
        (0, unknown) => Err(Failure::Unchecked(unknown)),
        (found, _) => Err(Failure::Found(found)),
    }
}

fn migrated(installation: &Installation) -> Verdict {
    let Some(url) = installation.owner_url() else {
        return Unknown(
            "Whether the database has this version's migrations: set SENIM_OWNER_DATABASE_URL.".to_owned(),
        );
    };
    match migrations::pending(url.expose()) {
        Ok(pending) if pending.is_empty() => {
            Good("The database has every migration of this version.".to_owned())
        }
        Ok(pending) => Found(format!("{} migrations are missing: run `senim migrate`.", pending.len())),
        Err(error) => Unknown(format!("Whether the database has this version's migrations: {error}.")),
    }
}

/// Whether the settings can be used; whether the relay answers shows when the first mail goes.
fn mail(config: &Config) -> Verdict {
    match Mailer::new(&config.mail, &config.server.public_base_url) {
        Ok(_) => Good("The settings of mail can be used.".to_owned()),
        Err(error) => Found(format!("No mail can be sent: {error}.")),
    }
}

async fn examine(ctx: &Context) -> Result<Vec<Verdict>, Failure> {
    let mut verdicts = privileges(ctx).await?;
    if ctx.store.read(async |db| db.instance().await).await?.is_none() {
        verdicts.push(Found("The instance was never founded: run `senim staff genesis`.".to_owned()));
        return Ok(verdicts);
    }
    let registry = ctx.fresh_registry().await?;
    let people = ctx.store.read(async |db| db.all_staff().await).await?;
    verdicts.extend(directory::verdicts(ctx, &registry, &people).await?);
    verdicts.extend(strangers(&registry, &people));
    verdicts.extend(nameless(&registry));
    verdicts.extend(forged(&registry));
    verdicts.extend(desks(&registry));
    verdicts.push(match forged_changes(ctx).await? {
        0 => Good("Every change of the configuration that waits is as this server wrote it.".to_owned()),
        forged => Found(format!(
            "{forged} changes of the configuration that wait are not as this server wrote them: they come to nothing."
        )),
    });
    verdicts.extend(work(ctx).await?);
    verdicts.push(match take_pulse(ctx).await? {
        Pulse::NotBegun => Note("The tree of the record has not begun; it does when background work first runs.".to_owned()),
        Pulse::Regular(size) => Good(format!("The tree of the record keeps up; it has {size} leaves.")),
        Pulse::Lagging(epochs) => Found(format!(
            "Entries of the record wait, but its tree has not grown for {epochs} epochs: does `senim serve` or `senim work` run, and what does its log say?"
        )),
    });
    Ok(verdicts)
}

async fn privileges(ctx: &Context) -> Result<Vec<Verdict>, Failure> {
    let role = ctx.store.read(async |db| db.record_privileges().await).await?;
    let name = &role.role;
    let mut verdicts = vec![if role.owns {
        Found(format!(
            "The application acts as `{name}`, which could switch off the record's guards: let DATABASE_URL name the user senim_app."
        ))
    } else if role.forbidden.is_empty() {
        Good(format!("The application's role `{name}` cannot change or remove entries of the record."))
    } else {
        Found(format!(
            "The application's role `{name}` has {} on the record's entries.",
            role.forbidden.join(", ")
        ))
    }];
    if role.login_owns && !role.owns {
        verdicts.push(Note("The application logs in as a user who owns the tables and only acts as a lesser role: a URL whose user is senim_app is safer.".to_owned()));
    }
    Ok(verdicts)
}

/// Rows that say something else than the directory: only the directory counts, but somebody wrote those rows.
fn strangers(registry: &Registry, people: &[StaffRow]) -> Vec<Verdict> {
    let members = &registry.directory.members;
    let outside = |person: &&StaffRow| person.state == "active" && !members.contains_key(&person.id);
    let lingering = |person: &&StaffRow| registry.lingering.contains(&person.id);
    let exchanged = |person: &&StaffRow| {
        let signed = members.get(&person.id).map(|member| member.public.to_bytes());
        person.state == "active" && signed.is_some_and(|keys| person.public_keys.as_deref() != Some(&keys))
    };
    let names = |which: &dyn Fn(&&StaffRow) -> bool| {
        people.iter().filter(which).map(|person| person.login.as_str()).collect::<Vec<_>>().join(", ")
    };
    let mut verdicts = Vec::new();
    let groups = [
        (names(&outside), "Marked active without being in the signed directory, so they can do nothing"),
        (
            names(&exchanged),
            "Their keys are not those that two administrators signed, so they cannot sign in",
        ),
        (names(&lingering), "Taken out without an administrator's signature: the directory still lists them"),
    ];
    for (who, what) in groups {
        if !who.is_empty() {
            verdicts.push(Found(format!("{what}: {who}.")));
        }
    }
    if verdicts.is_empty() {
        verdicts.push(Good("The rows of all staff say what the signed directory says.".to_owned()));
    }
    verdicts
}

/// Members whom no name in a report can keep from it.
fn nameless(registry: &Registry) -> Option<Verdict> {
    let members = registry.directory.members.values();
    let mut without: Vec<&str> =
        members.filter(|member| member.name.is_none()).map(|member| member.login.as_str()).collect();
    without.sort_unstable();
    (!without.is_empty()).then(|| {
        Note(format!(
            "The directory has no name of these, so that a report that names them may reach them: {}.",
            without.join(", ")
        ))
    })
}

/// Rows by which keys are chosen, and which the server did not write.
fn forged(registry: &Registry) -> Vec<Verdict> {
    if registry.faults.is_empty() {
        return vec![Good(
            "All desks, routing rules, profiles, calendars and the tree of bodies are as this server wrote them.".to_owned(),
        )];
    }
    let sentence = |fault: &Fault| {
        match fault {
        Fault::Desk { name, id } => {
            format!("The desk `{name}` ({id}) is not as this server wrote it: no report goes there.")
        }
        Fault::Rule { position } => {
            format!("The routing rule {position} is not as this server wrote it: it is not followed.")
        }
        Fault::Rules { id } => {
            format!("The version of a profile or calendar by the change {id} is not as this server wrote it, or cannot be read: it does not hold.")
        }
        Fault::Bodies => "The tree of bodies is not as this server wrote it: nobody can be told impartial, so nobody opens a case until two administrators have put the file of bodies in force again."
            .to_owned(),
    }
    };
    registry.faults.iter().map(|fault| Found(sentence(fault))).collect()
}

fn desks(registry: &Registry) -> Vec<Verdict> {
    if registry.desks.is_empty() {
        return vec![Found(
            "There is no desk: run `senim keys ceremony`, and let two administrators approve it.".to_owned(),
        )];
    }
    let mut verdicts = vec![Good(format!("All {} desks have a recovery key.", registry.desks.len()))];
    if !registry.takes_every_report() {
        verdicts
            .push(Found("Some reports have no desk: propose a routing rule for every report.".to_owned()));
    }
    let mut sorted: Vec<_> = registry.desks.values().collect();
    sorted.sort_by(|a, b| a.row.name_en.cmp(&b.row.name_en));
    for desk in sorted {
        let name = &desk.row.name_en;
        for (role, why) in [
            (Role::Triager, "its reports go to an independent desk, if there is one"),
            (Role::Reviewer, "no decision of it can be approved"),
        ] {
            let count = registry.directory.with_role(role, desk.row.id).count();
            if count < 2 {
                verdicts.push(Found(format!(
                    "The desk `{name}` has {count} of the two {role}s it needs: {why}."
                )));
            }
        }
    }
    verdicts
}

async fn work(ctx: &Context) -> Result<Vec<Verdict>, Failure> {
    let open: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.is_open()).collect();
    let (short, without_lead, (waiting, dead)) = ctx
        .store
        .read(async |db| {
            let short = db.cases_short_of_holders(&open, MOST).await?;
            Ok::<_, Error>((short, db.cases_without_lead(MOST).await?.len(), db.queue_depth().await?))
        })
        .await?;
    let letters = dead_letters(ctx, None).await?.len();
    let forged = forged_cases(ctx, &open, MOST).await?;
    Ok(vec![
        match forged {
            0 => Good("The keys of every open case are as this server wrote them.".to_owned()),
            forged => Found(format!(
                "The keys of {forged} open cases are not as this server wrote them: nothing is sealed to them."
            )),
        },
        match (short.len(), short.iter().filter(|(_, holders)| *holders == 0).count()) {
            (0, _) => Good("Every open case has at least two people who can read it.".to_owned()),
            (short, 0) => Found(format!("{short} open cases have fewer than two people who can read them.")),
            (short, nobody) => Found(format!(
                "{short} open cases have fewer than two people who can read them, {nobody} of them nobody at all: `senim keys recover` gives them to somebody, also to a triager of an independent desk where their own may not have them."
            )),
        },
        match without_lead {
            0 => Good("Every case that needs a lead investigator has one.".to_owned()),
            without => Found(format!(
                "Cases that stand still because they need a lead investigator and have none: {without}. A triager, or another colleague who holds the case, gives somebody the part on its page."
            )),
        },
        match dead {
            0 => Good(format!("No task was given up; {waiting} wait.")),
            dead => Found(format!(
                "{dead} tasks were given up, {letters} of them mails, which `senim mail dead` and the page /admin/mail show; of the others the log says why."
            )),
        },
    ])
}
