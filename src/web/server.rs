//! Starting and stopping, what every answer carries, and the admin address.

use std::{net::SocketAddr, sync::Arc};

use actix_web::{
    HttpResponse, HttpServer,
    body::MessageBody,
    dev::{Server, ServerHandle, ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{HeaderName, HeaderValue},
    },
    middleware::{Next, from_fn},
    web::{self, Data},
};
use tokio::task::JoinHandle;

use super::{App, endpoints, metrics::resident_memory};
use crate::{
    config::Config,
    usecases::{Context, take_pulse::Pulse, take_readings},
};

/// How long a stop waits for running requests, seconds.
const SHUTDOWN_SECONDS: u64 = 30;
/// How long a client may take to send its request head; longer is held to be an attack on the connection count.
const HEAD_SECONDS: u64 = 20;

/// What every answer carries (neighbours.md section 4). Pages need no script at all. `no-store` keeps pages out of
/// caches on the reporter's device.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), clipboard-read=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=()",
    ),
    ("x-robots-tag", "noindex"),
    ("cache-control", "no-store"),
];

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {0}: {1}; set another address by SENIM_LISTEN or SENIM_ADMIN_LISTEN")]
    Listen(SocketAddr, std::io::Error),
}

/// A running server.
pub struct Running {
    /// Where it serves.
    pub address: SocketAddr,
    /// Where operators look.
    pub admin_address: SocketAddr,
    handles: [ServerHandle; 2],
    tasks: [JoinHandle<std::io::Result<()>>; 2],
}

impl Running {
    /// Stops: takes no new connections, finishes running requests, then ends.
    pub async fn stop(self) {
        for handle in &self.handles {
            handle.stop(true).await;
        }
        for task in self.tasks {
            // The server's own result was an answer to nobody; it has ended, which is what was asked.
            let _ = task.await;
        }
    }

    /// Waits until the server ends by itself.
    pub async fn finished(&mut self) {
        let [public, _] = &mut self.tasks;
        let _ = public.await;
    }
}

/// Starts serving. Port 0 takes any free port; see [`Running::address`].
///
/// # Errors
/// [`WebError::Listen`].
pub fn start(context: Arc<Context>, config: Arc<Config>) -> Result<Running, WebError> {
    let app = Data::new(App::new(context, Arc::clone(&config)));
    let (address, public) = public_server(&app, &config)?;
    let (admin_address, admin) = admin_server(&app, &config)?;
    let handles = [public.handle(), admin.handle()];
    let tasks = [actix_web::rt::spawn(public), actix_web::rt::spawn(admin)];
    Ok(Running { address, admin_address, handles, tasks })
}

fn public_server(app: &Data<App>, config: &Config) -> Result<(SocketAddr, Server), WebError> {
    let wanted = config.server.listen;
    let state = app.clone();
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(state.clone())
            .wrap(from_fn(finish))
            .configure(endpoints::register)
            .default_service(web::route().to(endpoints::nothing_here))
    })
    .workers(config.server.workers)
    .client_request_timeout(std::time::Duration::from_secs(HEAD_SECONDS))
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .bind(wanted)
    .map_err(|error| WebError::Listen(wanted, error))?;
    Ok((server.addrs().first().copied().unwrap_or(wanted), server.run()))
}

fn admin_server(app: &Data<App>, config: &Config) -> Result<(SocketAddr, Server), WebError> {
    let wanted = config.server.admin_listen;
    let state = app.clone();
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(state.clone())
            .route("/metrics", web::get().to(metrics))
            .route("/healthz", web::get().to(async || HttpResponse::Ok().body("ok\n")))
            .route("/readyz", web::get().to(ready))
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .bind(wanted)
    .map_err(|error| WebError::Listen(wanted, error))?;
    Ok((server.addrs().first().copied().unwrap_or(wanted), server.run()))
}

/// Puts the security headers on every answer and counts what may be counted. Reporters' requests leave no log line.
async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let staff = endpoints::is_staff(request.path());
    let mut response = next.call(request).await?;
    let status = response.status().as_u16();
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        // What is still to come is not waited for (RFC 9110 section 15.5.9).
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    if let Some(app) = app {
        if staff {
            app.metrics.count_staff(status);
        }
        match status {
            503 => _ = app.metrics.overloaded.inc(),
            500 => _ = app.metrics.failed.inc(),
            _ => {}
        }
    }
    Ok(response)
}

async fn ready(app: Data<App>) -> HttpResponse {
    match take_readings::ready(&app.context).await {
        // Reports are taken all the same, so a balancer must not turn away from here; who reads it shall know.
        Ok(Pulse::Lagging(epochs)) => HttpResponse::Ok().body(format!(
            "ready, but the tree of the record has not grown for {epochs} epochs: see `senim check`\n"
        )),
        Ok(Pulse::NotBegun | Pulse::Regular(_)) => HttpResponse::Ok().body("ready\n"),
        Err(_) => HttpResponse::ServiceUnavailable().body("the database does not answer\n"),
    }
}

async fn metrics(app: Data<App>) -> HttpResponse {
    let Ok(readings) = take_readings::take_readings(&app.context).await else {
        return HttpResponse::ServiceUnavailable().body("the database does not answer\n");
    };
    match app.metrics.text(&readings, resident_memory()) {
        Ok(text) => HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
