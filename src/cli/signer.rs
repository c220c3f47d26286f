//! `senim signer`: the process that signs the log, and its keys. None of it needs the database or the server's secrets.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use super::{failure::Failure, installation::runtime, output::say, signals::Signals};
use crate::{
    audit::{
        checkpoint::SignedCheckpoint,
        note_key::{KeyName, Kind, SignerKey},
        witness_policy::Policy,
    },
    config::{LogConfig, SignerConfig, process_environment},
    crypto::{note_key::NoteKey, random::Entropy},
    domain::clock::Clock,
    signer::{Directory, DirectoryError, Server, Signer, State},
    telemetry,
};

/// For how long both keys sign while keys are rotated (audit-log.md 3.5).
const ROTATION_DAYS: u8 = 30;

/// Runs the signer, unless something is to be done with its keys.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the log's key, and the state before anything was signed
    Keygen,
    /// Prints the public keys of the log, one on each line, for policies
    Keys {
        /// Prints the former keys instead, each behind the time of its retirement
        #[arg(long)]
        retired: bool,
    },
    /// Makes a second key: from then on both sign
    Rotate,
    /// Destroys the older of two keys: from then on the newer signs alone
    Retire,
    /// Takes up a log whose signer lost its state, from a checkpoint that a quorum of witnesses cosigned
    Adopt {
        /// The largest checkpoint that the witnesses have
        checkpoint: PathBuf,
    },
}

/// Does it.
pub(super) fn run(file: Option<&Path>, arguments: &Arguments) -> Result<(), Failure> {
    let config = SignerConfig::load(&process_environment(), file)?;
    telemetry::init(&config.logging.filter)?;
    let directory = Directory::new(&config.log.signer_state, &config.log.origin)?;
    match &arguments.command {
        None => serve(&config.log, directory),
        Some(Command::Keygen) => keygen(&config.log, &directory),
        Some(Command::Keys { retired }) => keys(&directory, *retired),
        Some(Command::Rotate) => rotate(&directory),
        Some(Command::Retire) => retire(&directory),
        Some(Command::Adopt { checkpoint }) => adopt(&config.log, &directory, checkpoint),
    }
}

fn serve(config: &LogConfig, directory: Directory) -> Result<(), Failure> {
    let signer = Signer::open(directory, Clock::system())?;
    let last = signer.state()?;
    runtime()?.block_on(async {
        let mut signals = Signals::listen()?;
        let server = Server::bind(&config.signer_socket, signer)?;
        say(format_args!(
            "The signer of {} answers at {}. Signed so far: {} leaves. Ctrl-C stops it.",
            config.origin,
            config.signer_socket.display(),
            last.head().size
        ));
        server.run(signals.next()).await;
        say("The signer has stopped.");
        Ok(())
    })
}

fn keygen(config: &LogConfig, directory: &Directory) -> Result<(), Failure> {
    let key = generate(directory.origin(), Kind::Note)?;
    directory.found(&key)?;
    say(key.verifier());
    say(format_args!(
        "\nThis is the log's public key; the secret half is in {}. Now:\n  \
         1. Write `log {}` into the policy ({}), and give it to every witness and auditor.\n  \
         2. Leave the directory out of every backup: an old state would let two histories be signed.\n  \
         3. Start the signer: `senim signer`.",
        config.signer_state.display(),
        key.verifier(),
        config.policy.display(),
    ));
    Ok(())
}

fn keys(directory: &Directory, retired: bool) -> Result<(), Failure> {
    if retired {
        directory.retired()?.iter().for_each(|one| say(format_args!("{} {}", one.at, one.key)));
    } else {
        directory.keys()?.iter().for_each(|key| say(key.verifier()));
    }
    Ok(())
}

fn rotate(directory: &Directory) -> Result<(), Failure> {
    let key = generate(directory.origin(), Kind::Note)?;
    directory.rotate(&key)?;
    say(key.verifier());
    say(format_args!(
        "\nFrom now on every checkpoint carries a line of this key and of the older one; a running signer has noticed. \
         Now:\n  1. Add the line `log {}` to the policy, and give it to every witness and auditor.\n  \
         2. After {ROTATION_DAYS} days or more, when all of them have it: `senim signer retire`.",
        key.verifier(),
    ));
    Ok(())
}

fn retire(directory: &Directory) -> Result<(), Failure> {
    let retired = directory.retire(Clock::system().now())?;
    say(format_args!(
        "The older key is gone; the newer one signs alone. Its public half stays among `senim signer keys --retired` and \
         in the published keys: checkpoints of before are verified with it.\n{}",
        retired.key
    ));
    Ok(())
}

/// A lost state comes back from nowhere but the witnesses: their cosignatures are made after the log's signature, so the
/// largest of a quorum is the last that counts as published.
fn adopt(config: &LogConfig, directory: &Directory, file: &Path) -> Result<(), Failure> {
    let policy = fs::read(&config.policy).map_err(Failure::file(&config.policy))?;
    let policy = Policy::parse(&policy).map_err(|error| Failure::Usage(error.to_string()))?;
    let bytes = fs::read(file).map_err(Failure::file(file))?;
    let checkpoint = SignedCheckpoint::parse(&bytes)
        .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    let ours = checkpoint.checkpoint().origin() == directory.origin();
    if !(ours && policy.needs_witnesses() && policy.check(&checkpoint).accepted()) {
        return Err(Failure::Usage(format!(
            "{} is not a checkpoint of {} that the log signed and a quorum of the policy's witnesses cosigned",
            file.display(),
            directory.origin()
        )));
    }
    let state = State::after(checkpoint.checkpoint().clone(), Clock::system().now());
    directory.adopt(&state)?;
    say(format_args!(
        "The signer goes on from {} leaves. What was signed later, if anything, no quorum has seen; if the database holds \
         it, it is extended.",
        state.head().size
    ));
    Ok(())
}

/// A new key of this name.
pub(super) fn generate(name: &str, kind: Kind) -> Result<SignerKey, Failure> {
    let name = KeyName::parse(name).ok_or_else(|| {
        Failure::Usage(format!("{name:?} can be no key's name: it is empty or holds a space or a plus"))
    })?;
    Ok(SignerKey::new(name, kind, NoteKey::generate(&mut Entropy::os().rng())))
}

/// The exit code's kind: a wrong configuration, a finding, or the machine.
pub(super) const fn is_usage(error: &DirectoryError) -> bool {
    matches!(error, DirectoryError::InsideDatabase { .. } | DirectoryError::Origin(_))
}

/// Whether the signer is not as it should be, rather than out of reach.
pub(super) const fn is_finding(error: &DirectoryError) -> bool {
    !is_usage(error) && !matches!(error, DirectoryError::File { .. } | DirectoryError::Locked(_))
}
