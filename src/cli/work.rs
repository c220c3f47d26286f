//! `senim work`: background work only, until it is stopped.

use std::sync::Arc;

use tokio::task::LocalSet;

use super::{
    failure::Failure,
    installation::{Installation, runtime},
    serve::Worker,
    signals::Signals,
};
use crate::{domain::clock::Clock, jobs::Runner};

/// Works.
pub(super) fn run(installation: &Installation) -> Result<(), Failure> {
    installation.migrate()?;
    let local = LocalSet::new();
    local.block_on(&runtime()?, async {
        let mut signals = Signals::listen()?;
        let context = Arc::new(installation.context("worker", Clock::system())?);
        let worker = Worker::start(Runner::new(context, Arc::clone(installation.config())));
        tracing::info!("working");
        signals.next().await;
        tracing::info!("stopping: what is being done is finished first, a second signal ends at once");
        signals.until_next(worker.stop()).await;
        Ok(())
    })
}
