//! HTTP: endpoints, callers, pages, the JSON API.
//!
//! | file | holds |
//! | --- | --- |
//! | `endpoints` | the one table of everything that answers; the application is built from it |
//! | `server` | starting and stopping, the security headers, the admin address |
//! | `caller` | who calls: by cookie on pages, by bearer token on the API |
//! | `body` | reading what was sent, within limits |
//! | `problem` | refusals as RFC 9457 documents |
//! | `api` | the JSON API, one file per noun |
//! | `site` | the pages' handlers, one file per page |
//! | `pages` | what pages look like |
//! | `metrics` | figures for operators, none that tells when somebody reported |
//!
//! To add an endpoint: a handler in `api` or `site`, one row in `endpoints`; for the API also `openapi`.

pub mod api;
mod body;
mod caller;
pub mod endpoints;
mod metrics;
mod openapi;
pub mod pages;
pub mod problem;
mod server;
pub mod site;

pub use metrics::Metrics;
pub use openapi::openapi;
pub use server::{Running, WebError, start};

use std::sync::Arc;

use crate::{config::Config, usecases::Context};

/// What every handler is given.
pub struct App {
    /// The context of all acts.
    pub context: Arc<Context>,
    /// The configuration.
    pub config: Arc<Config>,
    /// Figures.
    pub metrics: Metrics,
    /// Bytes of requests that may be held at once.
    budget: body::Budget,
}

impl App {
    /// The application's state.
    #[must_use]
    pub fn new(context: Arc<Context>, config: Arc<Config>) -> Self {
        let budget = body::Budget::new(config.server.limits.in_flight_bytes);
        Self { context, config, metrics: Metrics::default(), budget }
    }
}
