//! `senim witness`: a process that cosigns logs of others, and its key. It needs neither database nor configuration.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};

use super::{failure::Failure, output::say, signals::Signals, signer::generate};
use crate::{
    audit::{note_key::Kind, witness_policy::Policy},
    config::{SignerConfig, process_environment},
    domain::clock::Clock,
    telemetry,
    witness::{Directory, DirectoryError, Server, Witness},
};

/// How often the witness looks whether its logs still grow.
const LOOK: Duration = Duration::from_secs(1);

/// Runs a witness, unless its key is to be made.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Option<Run>,
}

#[derive(Args)]
struct Run {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The directory of the witness's key and state; in no backup
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// A policy file; its `log` lines are the logs that are followed
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// After how long without growth a log is complained about: two of its epochs, and at least a second
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    stale_after: u32,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the witness's key and prints its public half
    Keygen {
        /// The witness's name; by custom an address without its scheme, such as witness.example.org/w1
        #[arg(long)]
        name: String,
        /// The directory of the witness's key and state
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
    },
}

/// Does it.
pub(super) fn run(file: Option<&Path>, arguments: &Arguments) -> Result<(), Failure> {
    let config = SignerConfig::load(&process_environment(), file)?;
    telemetry::init(&config.logging.filter)?;
    match arguments {
        Arguments { command: Some(Command::Keygen { name, state }), .. } => keygen(name, state),
        Arguments { run: Some(run), .. } => serve(run),
        Arguments { .. } => Err(Failure::Usage("say --listen, --state and --policy".to_owned())),
    }
}

fn keygen(name: &str, state: &Path) -> Result<(), Failure> {
    let key = generate(name, Kind::Cosignature)?;
    Directory::new(state).found(&key)?;
    say(key.verifier());
    say(format_args!(
        "\nThis is the witness's public key; the secret half is in {}. Now:\n  \
         1. Give the public key to the logs and to their auditors, each of whom writes it into a policy.\n  \
         2. Leave the directory out of every backup: an old state would let a log fork unseen.\n  \
         3. Start the witness: `senim witness --listen … --state … --policy …`.",
        state.display()
    ));
    Ok(())
}

fn serve(run: &Run) -> Result<(), Failure> {
    let text = fs::read(&run.policy).map_err(Failure::file(&run.policy))?;
    let policy =
        Policy::parse(&text).map_err(|error| Failure::Usage(format!("{}: {error}", run.policy.display())))?;
    if policy.logs().is_empty() {
        let why = format!("{} has no `log` line: there is nothing to witness", run.policy.display());
        return Err(Failure::Usage(why));
    }
    let witness = Witness::open(Directory::new(&run.state), &policy, Clock::system())?;
    let name = witness.verifier().name().clone();
    let logs = witness.followed()?;
    actix_web::rt::System::new().block_on(async {
        let mut signals = Signals::listen()?;
        let witness = Arc::new(Mutex::new(witness));
        let mut server = Server::start(run.listen, Arc::clone(&witness))?;
        say(format_args!("The witness {name} answers at http://{}. Ctrl-C stops it.", server.address));
        for log in &logs {
            say(format_args!("It follows {}; cosigned so far: {} leaves.", log.origin, log.size));
        }
        let ended = tokio::select! {
            () = signals.next() => false,
            () = server.finished() => true,
            () = watch(&witness, SignedDuration::from_secs(run.stale_after.into())) => true,
        };
        if ended {
            return Err(Failure::Ended);
        }
        signals.until_next(server.stop()).await;
        say("The witness has stopped.");
        Ok(())
    })
}

/// Complains once about each log that no longer grows (attack 21 of audit-log.md 7.1), and says when it goes on. A log that
/// only has the same tree cosigned again and again does not grow either.
async fn watch(witness: &Mutex<Witness>, limit: SignedDuration) {
    let clock = Clock::system();
    let mut seen: BTreeMap<String, Growth> = BTreeMap::new();
    loop {
        tokio::time::sleep(LOOK).await;
        let (followed, now) =
            (witness.lock().unwrap_or_else(PoisonError::into_inner).followed(), clock.now());
        for log in followed.unwrap_or_default() {
            let Some(at) = log.at else { continue };
            let (origin, size) = (log.origin.clone(), log.size);
            let growth = seen.entry(log.origin).or_insert(Growth { size, since: at, told: false });
            if growth.size != size {
                if growth.told {
                    tracing::info!(origin, size, "the log grows again");
                }
                *growth = Growth { size, since: now, told: false };
            } else if !growth.told && now.duration_since(growth.since) > limit {
                tracing::warn!(origin, size, "the log no longer grows: an outage, or it is being frozen");
                growth.told = true;
            }
        }
    }
}

/// Since when a log has its size, and whether it was complained about.
struct Growth {
    size: u64,
    since: Timestamp,
    told: bool,
}

/// Whether the witness is not as it should be, rather than out of reach.
pub(super) const fn is_finding(error: &DirectoryError) -> bool {
    !matches!(error, DirectoryError::File { .. } | DirectoryError::Locked(_))
}
