//! The HTTP side of a witness. It speaks plain HTTP: what it says is signed, and TLS is a proxy's work.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpResponse, HttpServer};
use tokio::task::JoinHandle;

use super::engine::{Answer, Witness};

/// The largest request, bytes: a checkpoint with sixteen signatures of 5 kB and a proof are well within.
const MAX_REQUEST: usize = 128 * 1024;
/// How long a client may take to send the head of a request, and its body.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long running requests may still take when the witness is stopped, seconds.
const ENDING_SECONDS: u64 = 10;
/// Connections at once.
const CONNECTIONS: usize = 256;

const PLAIN: &str = "text/plain; charset=utf-8";
/// What the answer 409 says it is.
const SIZE: &str = "text/x.tlog.size";

/// Why a witness cannot be reached by anybody.
#[derive(Debug, thiserror::Error)]
#[error("listening at {address}: {source}")]
pub struct ListenError {
    /// Where.
    pub address: SocketAddr,
    /// Why.
    pub source: io::Error,
}

type Shared = Arc<Mutex<Witness>>;

/// A witness that listens.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts answering at `address`; port 0 takes any free port. Call it inside actix's runtime.
    ///
    /// # Errors
    /// [`ListenError`].
    pub fn start(address: SocketAddr, witness: Shared) -> Result<Self, ListenError> {
        let shared = Data::new(witness);
        let server = HttpServer::new(move || {
            actix_web::App::new()
                .app_data(shared.clone())
                .route("/", web::get().to(describe))
                .route("/add-checkpoint", web::post().to(add_checkpoint))
        })
        .workers(1)
        .max_connections(CONNECTIONS)
        .client_request_timeout(PATIENCE)
        .shutdown_timeout(ENDING_SECONDS)
        .disable_signals()
        .bind(address)
        .map_err(|source| ListenError { address, source })?;
        let address = server.addrs().first().copied().unwrap_or(address);
        let server = server.run();
        Ok(Self { address, handle: server.handle(), task: actix_web::rt::spawn(server) })
    }

    /// Waits until it ends by itself.
    pub async fn finished(&mut self) {
        let _ = (&mut self.task).await;
    }

    /// Takes no new requests, finishes the running ones, ends.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        let _ = self.task.await;
    }
}

async fn add_checkpoint(witness: Data<Shared>, payload: Payload) -> HttpResponse {
    let words = |status: StatusCode, words: &str| {
        HttpResponse::build(status).content_type(PLAIN).body(format!("{words}\n"))
    };
    let body = match tokio::time::timeout(PATIENCE, payload.to_bytes_limited(MAX_REQUEST)).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(_))) => return words(StatusCode::BAD_REQUEST, "the request broke off"),
        Ok(Err(_)) => return words(StatusCode::PAYLOAD_TOO_LARGE, "no request is so large"),
        Err(_) => return words(StatusCode::REQUEST_TIMEOUT, "the request did not come to an end in time"),
    };
    // The disk is waited for elsewhere than where connections are served.
    let judged = web::block(move || lock(&witness).answer(&body)).await;
    match judged {
        Ok(Answer::Cosigned(line)) => HttpResponse::Ok().content_type(PLAIN).body(format!("{line}\n")),
        Ok(Answer::Conflict(size)) => HttpResponse::Conflict().content_type(SIZE).body(format!("{size}\n")),
        Ok(Answer::Refused(status, why)) => {
            words(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &why)
        }
        Err(_) => words(StatusCode::INTERNAL_SERVER_ERROR, "this witness failed; its log says where"),
    }
}

async fn describe(witness: Data<Shared>) -> HttpResponse {
    let told = web::block(move || {
        let witness = lock(&witness);
        (witness.verifier().to_string(), witness.followed())
    })
    .await;
    let Ok((key, Ok(logs))) = told else { return HttpResponse::InternalServerError().finish() };
    let mut text = format!(
        "This is a witness (c2sp.org/tlog-witness). It cosigns checkpoints of the logs below, each of which it has seen \
         grow and never change.\nIts key: {key}\n"
    );
    for log in logs {
        // A string takes what is written to it.
        let _ = match log.at {
            Some(at) => writeln!(text, "{}: {} leaves, cosigned at {at}", log.origin, log.size),
            None => writeln!(text, "{}: nothing cosigned yet", log.origin),
        };
    }
    HttpResponse::Ok().content_type(PLAIN).body(text)
}

fn lock(witness: &Shared) -> std::sync::MutexGuard<'_, Witness> {
    witness.lock().unwrap_or_else(PoisonError::into_inner)
}
