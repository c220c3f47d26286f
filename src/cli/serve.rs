//! `senim serve`: pages, the API and background work, until it is stopped.

use std::sync::Arc;

use tokio::{sync::watch, task::JoinHandle};

use super::{failure::Failure, installation::Installation, output::say, signals::Signals};
use crate::{
    domain::clock::Clock,
    jobs::Runner,
    usecases::{Context, Error},
    web::{self, Running},
};

/// Serves.
pub(super) fn run(installation: &Installation) -> Result<(), Failure> {
    installation.migrate()?;
    serve(installation, |running| {
        say(format_args!("Pages: http://{}  Operators: http://{}", running.address, running.admin_address));
    })
}

/// Serves until a signal comes; `announce` is told once everything runs.
pub(super) fn serve(installation: &Installation, announce: impl FnOnce(&Running)) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async {
        let mut signals = Signals::listen()?;
        let config = installation.config();
        let context = Arc::new(installation.context("server", Clock::system())?);
        refuse_unless_ready(&context).await?;
        let mut running = web::start(Arc::clone(&context), Arc::clone(config))?;
        let worker = config.worker.in_server.then(|| Worker::start(Runner::new(context, Arc::clone(config))));
        announce(&running);
        let ended = tokio::select! {
            () = signals.next() => false,
            () = running.finished() => true,
        };
        tracing::info!("stopping: running requests are finished first, a second signal ends at once");
        let stop = async {
            running.stop().await;
            if let Some(worker) = worker {
                worker.stop().await;
            }
        };
        signals.until_next(stop).await;
        if ended { Err(Failure::Ended) } else { Ok(()) }
    })
}

/// Refuses what would turn reporters away, and says which command is missing.
async fn refuse_unless_ready(context: &Context) -> Result<(), Failure> {
    let not_ready = |why: &str| Err(Failure::NotReady(why.to_owned()));
    let founded = context.store.read(async |db| Ok::<_, Error>(db.instance().await?.is_some())).await?;
    if !founded {
        return not_ready(
            "this instance was never founded: run `senim staff genesis`, or `senim demo` to look at it with invented data",
        );
    }
    let registry = context.current_registry().await?;
    if registry.directory.members.is_empty() {
        return not_ready(
            "nobody is in the directory of staff: SENIM_GENESIS must hold the two keys that `senim staff genesis` printed",
        );
    }
    if registry.desks.is_empty() {
        tracing::warn!(
            "no desk could receive a report yet: reporters are turned away until two administrators have approved one (`senim keys ceremony`)"
        );
    } else if !registry.takes_every_report() {
        tracing::warn!(
            "some reports have no desk: there is neither a routing rule for every report nor an independent desk"
        );
    }
    Ok(())
}

/// Background work in this process.
pub(super) struct Worker {
    stop: watch::Sender<bool>,
    done: JoinHandle<()>,
}

impl Worker {
    /// Starts it. Call it inside a local set.
    pub fn start(runner: Runner) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, done: tokio::task::spawn_local(runner.run(stopped)) }
    }

    /// Lets it finish what it does, and ends it.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if self.done.await.is_err() {
            tracing::error!("the background work failed");
        }
    }
}
