//! Ctrl-C and SIGTERM: the first one asks for an orderly end, the second one ends the process at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;

/// What a shell reports for a process ended by SIGINT.
const INTERRUPTED: i32 = 130;

/// The signals that stop us.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From now on signals are only noted. Call it inside a runtime.
    pub fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(Failure::system("listening for signals"));
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    /// Waits for one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Does `work`, unless another signal comes: that one ends the process, and the kernel ends the private cluster with
    /// it.
    pub async fn until_next<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            () = self.next() => {
                tracing::warn!("ended at once by a second signal");
                std::process::exit(INTERRUPTED)
            }
        }
    }
}
