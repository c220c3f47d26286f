//! The Unix socket of the signer.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::engine::Signer;
use super::wire::{Answer, MAX_REQUEST};
use crate::durable;

/// How long a client may take to ask, and to take its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clients at once. The log needs one.
const CLIENTS: usize = 16;
/// How long running requests may still take when the signer is stopped.
const ENDING: Duration = Duration::from_secs(10);

/// Why the signer cannot be reached by anybody.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Something answers there.
    #[error("another process answers at {0}; give each signer a socket of its own (SENIM_SIGNER_SOCKET)")]
    Taken(PathBuf),
    /// Something else has the name.
    #[error("{0} is there and is no socket; choose another SENIM_SIGNER_SOCKET")]
    NoSocket(PathBuf),
    /// The file system. A socket's path has at most 107 bytes.
    #[error("listening at {path}: {source}")]
    Listen {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A signer that listens.
#[derive(Debug)]
pub struct Server {
    listener: UnixListener,
    socket: PathBuf,
    signer: Arc<Mutex<Signer>>,
}

impl Server {
    /// Listens at `socket`, for its owner and its group. A socket that a killed signer left is replaced. Call it inside a
    /// runtime.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn bind(socket: &Path, signer: Signer) -> Result<Self, ServerError> {
        let at = |source| ServerError::Listen { path: socket.to_owned(), source };
        if let Some(above) = socket.parent().filter(|above| !above.as_os_str().is_empty()) {
            durable::private_directory(above).map_err(at)?;
        }
        match fs::symlink_metadata(socket) {
            Ok(found) if !found.file_type().is_socket() => {
                return Err(ServerError::NoSocket(socket.to_owned()));
            }
            Ok(_) if std::os::unix::net::UnixStream::connect(socket).is_ok() => {
                return Err(ServerError::Taken(socket.to_owned()));
            }
            Ok(_) => fs::remove_file(socket).map_err(at)?,
            Err(_) => {}
        }
        let listener = UnixListener::bind(socket).map_err(at)?;
        fs::set_permissions(socket, fs::Permissions::from_mode(0o660)).map_err(at)?;
        Ok(Self { listener, socket: socket.to_owned(), signer: Arc::new(Mutex::new(signer)) })
    }

    /// Answers until `stop` is done; then what is being answered is finished and the socket removed.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(CLIENTS));
        let mut running = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let place = tokio::select! {
                () = &mut stop => break,
                Ok(place) = Arc::clone(&places).acquire_owned() => place,
            };
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let signer = Arc::clone(&self.signer);
                    running.spawn(async move {
                        let _place = place;
                        serve(stream, signer).await;
                    });
                }
                Err(error) => {
                    // Such as too many open files: whoever holds them may let go.
                    tracing::warn!(%error, "a client could not be taken");
                    sleep(Duration::from_millis(100)).await;
                }
            }
            while running.try_join_next().is_some() {}
        }
        drop(self.listener);
        let _ = fs::remove_file(&self.socket);
        let finished = async { while running.join_next().await.is_some() {} };
        if timeout(ENDING, finished).await.is_err() {
            tracing::warn!("a request was not finished");
        }
    }
}

/// One connection: one request, one answer. Whoever does not come to an end gets none.
async fn serve(mut stream: UnixStream, signer: Arc<Mutex<Signer>>) {
    let mut request = Vec::new();
    let most = u64::try_from(MAX_REQUEST).unwrap_or(u64::MAX).saturating_add(1);
    let (mut from, mut to) = stream.split();
    let asked = timeout(PATIENCE, (&mut from).take(most).read_to_end(&mut request)).await;
    let answer = match asked {
        Ok(Ok(_)) => {
            // The disk is waited for elsewhere than where clients are taken.
            let judged = tokio::task::spawn_blocking(move || {
                signer.lock().unwrap_or_else(PoisonError::into_inner).answer(&request)
            });
            judged
                .await
                .unwrap_or_else(|_| Answer::Failed("the signer failed; its log says where".to_owned()))
        }
        Ok(Err(_)) => return,
        Err(_) => Answer::Malformed("the request did not come to an end in time".to_owned()),
    };
    // A client that is gone asks again, and gets the same line.
    let _ = timeout(PATIENCE, async {
        to.write_all(answer.write().as_bytes()).await?;
        to.shutdown().await
    })
    .await;
}
