//! Reading what was sent: never more than the limit, never more at once than the budget. What was read is wiped.

use std::sync::Arc;

use actix_web::{HttpRequest, http::header, web::Payload};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use super::{App, problem::Problem};

/// Bytes that one permit of the budget stands for.
const BLOCK: usize = 1024;

/// Bytes of requests that may be held at once; whoever comes later is answered 503.
pub(super) struct Budget(Arc<Semaphore>);

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.div_ceil(BLOCK).min(Semaphore::MAX_PERMITS))))
    }

    fn hold(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let blocks = u32::try_from(bytes.div_ceil(BLOCK)).unwrap_or(u32::MAX);
        Arc::clone(&self.0).try_acquire_many_owned(blocks).map_err(|_cause| Problem::busy())
    }
}

/// What was sent, with its part of the budget.
pub(super) struct Sent {
    bytes: Zeroizing<Vec<u8>>,
    _held: OwnedSemaphorePermit,
}

impl App {
    /// Reads the body.
    ///
    /// # Errors
    /// 413 above the limit, 503 above the budget, 422 where the connection broke.
    pub(super) async fn read_body(
        &self,
        request: &HttpRequest,
        mut payload: Payload,
    ) -> Result<Sent, Problem> {
        let limit = self.config.server.limits.body_bytes;
        let announced = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse::<usize>().ok());
        if announced.is_some_and(|bytes| bytes > limit) {
            drain(payload, limit).await;
            return Err(Problem::too_large(limit));
        }
        let held = self.budget.hold(announced.unwrap_or(limit))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(announced.unwrap_or(BLOCK)));
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_cause| Problem::malformed("The request broke off."))?;
            if bytes.len().saturating_add(chunk.len()) > limit {
                drain(payload, limit).await;
                return Err(Problem::too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Sent { bytes, _held: held })
    }

    /// Reads a JSON body.
    ///
    /// # Errors
    /// As for reading, and 422 `malformed` where it is not this JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<T, Problem> {
        let sent = self.read_body(request, payload).await?;
        serde_json::from_slice(&sent.bytes).map_err(|error| {
            // The kind of mistake and its place, never the text around it.
            Problem::malformed(format!(
                "The body is not the JSON that is expected here (line {}, column {}).",
                error.line(),
                error.column()
            ))
        })
    }

    /// Reads a form (`application/x-www-form-urlencoded`) as its pairs.
    ///
    /// # Errors
    /// As for reading.
    pub(super) async fn form(&self, request: &HttpRequest, payload: Payload) -> Result<Form, Problem> {
        let sent = self.read_body(request, payload).await?;
        let pairs = form_urlencoded::parse(&sent.bytes)
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())))
            .collect();
        Ok(Form(pairs))
    }
}

/// The pairs of a form. Values are wiped when it goes.
#[derive(Default)]
pub(super) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// The first value of a field; empty counts as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a field, for keeping what was typed.
    pub(super) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// All values of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Takes in what is still coming, so that the browser shows the answer instead of a broken connection; up to a bound.
async fn drain(mut payload: Payload, limit: usize) {
    let mut left = limit.saturating_mul(8);
    while let Some(Ok(chunk)) = payload.next().await {
        match left.checked_sub(chunk.len()) {
            Some(rest) => left = rest,
            None => break,
        }
    }
}
