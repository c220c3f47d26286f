//! `senim demo`: an installation filled with invented bodies, staff and reports, to look at and to try things on.
//!
//! Everything is made by the same acts by which a real installation is made, one after the other, on a clock that
//! begins some weeks ago, so that cases have an age and days that are due.
//!
//! | file | holds |
//! | --- | --- |
//! | `accounts` | who works here, with passwords and second factors, and the receipts, kept in files |
//! | `companions` | the signer and the witness, beside the server |
//! | `setting` | bodies, desks, routing (`bodies.csv`, `desks.toml`, `routing.csv`) |
//! | `cast` | inviting, enrolling, signing in |
//! | `story` | the reports and what is done with them (`story.toml`) |
//! | `stage` | the moving clock, the progress bar |

mod accounts;
mod cast;
mod companions;
mod setting;
mod stage;
mod story;

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use clap::{Args, Subcommand};

use super::{
    failure::Failure,
    installation::{DATABASE, Installation, Settings, runtime},
    output::{say, table},
    serve::serve,
    staff,
};
use crate::{
    config::local,
    crypto::{secret::Secret, totp::TotpSeed},
    domain::{clock::Clock, profile::ProfileId},
    usecases::Error,
    web::Running,
};
use accounts::Account;
use companions::Companions;
use stage::Stage;

/// This process's name in the entries it causes.
const NODE: &str = "demo";

/// Kept in the home directory as its configuration where there is none and nothing else is there yet.
const PACE_FILE: &str = "senim.toml";
const PACE: &str = "\
# Made by `senim demo`: the tree of the record grows every minute, and what a report caused enters it within ten, so that
# one sees it move. A real installation keeps the defaults; an installation never makes epochs or days longer later.
log_epoch_seconds = 60
log_quantum = 16
log_day_seconds = 300
# Changes of the configuration that loosen take effect as soon as two administrators agree; in earnest they wait 72 hours.
loosening_hours = 0
";

/// How the demo is run.
#[derive(Args)]
pub(super) struct Arguments {
    /// Makes the data and ends
    #[arg(long)]
    seed_only: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the one-time code that a demo account's second factor shows now
    Code {
        /// The account's login
        login: String,
    },
}

/// Runs it.
pub(super) fn run(settings: Settings, arguments: &Arguments) -> Result<(), Failure> {
    let place = Place(settings.config.home.join("demo"));
    if let Some(Command::Code { login }) = &arguments.command {
        return code(&place, login);
    }
    let mut installation = settings.with(PACE_FILE, PACE)?.open()?;
    installation.migrate()?;
    let seeded = seed(&mut installation, &place)?;
    let accounts = accounts::read(&place.accounts())?;
    if arguments.seed_only {
        say(if seeded { "The demo's data was made." } else { "The demo's data is there already." });
        say(format_args!("Accounts: {}", place.accounts().display()));
        return Ok(());
    }
    let _companions = Companions::start(installation.config())?;
    serve(&installation, |running| introduce(running, &place, &accounts))
}

/// The demo's own directory.
struct Place(PathBuf);

impl Place {
    fn accounts(&self) -> PathBuf {
        self.0.join("accounts.json")
    }

    fn receipts(&self) -> PathBuf {
        self.0.join("receipts.json")
    }

    fn recovery(&self) -> PathBuf {
        self.0.join("recovery")
    }

    /// The founding keys, for a database elsewhere, where nothing is kept beside the local secrets.
    fn genesis(&self) -> PathBuf {
        self.0.join("genesis")
    }

    /// There while the data is being made, and after that was interrupted.
    fn unfinished(&self) -> PathBuf {
        self.0.join("unfinished")
    }

    /// Held by the process that makes the data.
    fn lock(&self) -> Result<File, Failure> {
        accounts::private_directory(&self.0)?;
        let path = self.0.join("lock");
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(Failure::file(&path))?;
        file.lock().map_err(Failure::file(&path))?;
        Ok(file)
    }
}

/// Makes the data, unless it is there; true where it was made now.
fn seed(installation: &mut Installation, place: &Place) -> Result<bool, Failure> {
    let _held = place.lock()?;
    let founded = is_founded(installation)?;
    let interrupted = founded && place.unfinished().exists();
    if interrupted {
        start_again(installation, place)?;
    } else if founded {
        if !place.accounts().exists() {
            return Err(Failure::NotReady(
                "this instance was founded without the demo, which adds its data to an empty one only: use `senim serve`"
                    .to_owned(),
            ));
        }
        recall_genesis(installation, place)?;
        return Ok(false);
    }
    let marker = place.unfinished();
    fs::write(&marker, "").map_err(Failure::file(&marker))?;
    if place.recovery().exists() {
        fs::remove_dir_all(place.recovery()).map_err(Failure::file(place.recovery()))?;
    }
    make(installation, place)?;
    fs::remove_file(&marker).map_err(Failure::file(&marker))?;
    Ok(true)
}

fn is_founded(installation: &Installation) -> Result<bool, Failure> {
    installation.act(async |ctx| {
        Ok(ctx.store.read(async |db| Ok::<_, Error>(db.instance().await?.is_some())).await?)
    })
}

/// Half-made data cannot be completed: what only the interrupted process knew is gone. The private cluster's database
/// holds nothing else, because the marker is set only before an instance is founded; so it is made anew.
fn start_again(installation: &Installation, place: &Place) -> Result<(), Failure> {
    let Some(cluster) = installation.cluster() else {
        return Err(Failure::Demo(format!(
            "making the data was interrupted: give it an empty database and remove {}",
            place.0.display()
        )));
    };
    say("The demo's data was left half made; it is made again.");
    cluster.execute("postgres", &format!("DROP DATABASE {DATABASE} WITH (FORCE)"))?;
    cluster.ensure_database(DATABASE)?;
    installation.migrate()?;
    Ok(())
}

fn recall_genesis(installation: &mut Installation, place: &Place) -> Result<(), Failure> {
    let path = place.genesis();
    if installation.config().keys.genesis.is_empty() && path.exists() {
        let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
        let keys: Vec<[u8; 32]> = text
            .lines()
            .filter_map(|line| data_encoding::HEXLOWER.decode(line.as_bytes()).ok()?.try_into().ok())
            .collect();
        installation.assume_genesis(&keys)?;
    }
    Ok(())
}

/// Everything, in order.
fn make(installation: &mut Installation, place: &Place) -> Result<(), Failure> {
    let story = story::read()?;
    let stage = Stage::new(story.days(), story.events().saturating_add(cast::size()));
    let mut accounts = cast::administrators();
    let founders = runtime()?.block_on(async {
        let ctx = installation.context(NODE, stage.clock())?;
        cast::found(&ctx, &mut accounts).await
    })?;
    if installation.cluster().is_some() {
        local::keep_genesis(&installation.config().home, &founders)?;
        installation.reload()?;
    } else {
        staff::keep(installation, &founders)?;
        let lines = founders.map(|key| data_encoding::HEXLOWER.encode(&key)).join("\n");
        accounts::write(&place.genesis(), lines.as_bytes())?;
        installation.assume_genesis(&founders)?;
    }
    runtime()?.block_on(async {
        let mut ctx = installation.context(NODE, stage.clock())?;
        // Nobody waits for a demonstration.
        ctx.loosening = std::time::Duration::ZERO;
        let code = &installation.config().profile;
        let profile = ProfileId::parse(code)
            .ok_or_else(|| Failure::Usage(format!("there is no deadline profile `{code}`")))?;
        let mut callers = cast::begin(&ctx, &accounts, &stage).await?;
        let setting = setting::make(&ctx, cast::both(&callers)?, profile, &place.recovery()).await?;
        cast::enrol(&ctx, (&setting, &mut callers), &mut accounts, &stage).await?;
        let receipts = story::tell(&ctx, &story, (&setting, &callers), &stage).await?;
        cast::leave(&ctx, &callers).await?;
        accounts::write_json(&place.receipts(), &receipts)?;
        accounts::write_json(&place.accounts(), &accounts)
    })?;
    stage.finish();
    Ok(())
}

/// A second factor's seed as it is typed.
pub(super) fn seed_of(base32: &str) -> Result<TotpSeed, Failure> {
    let bytes = data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).ok();
    let secret = bytes.and_then(|bytes| Secret::from_slice(&bytes));
    secret.map(TotpSeed::new).ok_or_else(|| Failure::Demo("a second factor's seed cannot be read".to_owned()))
}

/// Prints the code that counts now.
fn code(place: &Place, login: &str) -> Result<(), Failure> {
    let accounts = accounts::read(&place.accounts())?;
    let account = accounts
        .iter()
        .find(|account| account.login == login)
        .ok_or_else(|| Failure::Usage(format!("the demo has no account `{login}`")))?;
    say(seed_of(&account.totp_secret)?.code_at(Clock::system().now().as_second()));
    Ok(())
}

fn introduce(running: &Running, place: &Place, accounts: &[Account]) {
    let mut rows = vec![["Login", "Role", "Desk"].map(ToOwned::to_owned).to_vec()];
    for account in accounts {
        let desk = account.desk.clone().unwrap_or_default();
        rows.push(vec![account.login.clone(), account.roles.join(", "), desk]);
    }
    let program = std::env::args().next().unwrap_or_else(|| "senim".to_owned());
    let password = accounts.first().map(|account| account.password.as_str()).unwrap_or_default();
    let (public, admin) = (running.address, running.admin_address);
    say(format_args!(
        "\nSenim runs with invented data.\n\n  \
           Report something   http://{public}/en/   (also /kk/, /ru/)\n  \
           Staff              http://{public}/staff\n  \
           The public log     http://{public}/log/checkpoint   (signed and cosigned by processes of their own; a day of it is five minutes)\n  \
           Operators          http://{admin}/metrics\n\n{}\n  \
           Password of every account   {password}\n  \
           One-time code               {program} demo code LOGIN   (each code counts once, for 30 seconds)\n  \
           Accounts, receipts          {}, {}\n\n\
         Ctrl-C stops everything.",
        table(&rows),
        place.accounts().display(),
        place.receipts().display(),
    ));
}
