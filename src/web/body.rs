//! Reading what was sent: never more than the limit, never more at once than the budget, never slower than the pace.
//! What was read is wiped.
//!
//! The budget is taken for bytes that came, not for bytes that were announced: an idle connection holds nothing.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
    web::{Bytes, Payload},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout_at},
};
use zeroize::Zeroizing;

use super::{App, caller::device_token, endpoints::is_staff, problem::Problem};
use crate::config::Limits;

/// Bytes that one permit of the budget stands for; a body takes one for each block that it has begun.
const BLOCK: usize = 16 * 1024;
/// The longest form without long texts: a receipt, a sign-in, a new password.
const SMALL: usize = 64 * 1024;
/// The most bytes that a character takes on its way: four of UTF-8 in a form, or two escapes of JSON.
const CHARACTER: usize = 12;
/// How long a body may take before its speed counts.
const GRACE: Duration = Duration::from_secs(10);
/// The slowest that a body may come on the whole, bytes a second: a telephone that reaches us by several relays.
const SLOWEST: usize = 1024;

/// Whose part of the budget a body takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// Of reports and mailboxes: five eighths.
    Public,
    /// Of the staff's forms that anybody may send, such as the sign-in: one eighth.
    Doors,
    /// Of who is signed in: a quarter, which nobody else can take.
    Staff,
}

/// Bytes of requests that may be held at once; whoever comes later is answered 503.
pub(super) struct Budget {
    public: Arc<Semaphore>,
    doors: Arc<Semaphore>,
    staff: Arc<Semaphore>,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        let blocks = (bytes / BLOCK).min(Semaphore::MAX_PERMITS);
        let (doors, staff) = (blocks / 8, blocks / 4);
        let public = blocks.saturating_sub(doors).saturating_sub(staff);
        let share = |blocks: usize| Arc::new(Semaphore::new(blocks));
        Self { public: share(public), doors: share(doors), staff: share(staff) }
    }

    fn of(&self, share: Share) -> &Arc<Semaphore> {
        match share {
            Share::Public => &self.public,
            Share::Doors => &self.doors,
            Share::Staff => &self.staff,
        }
    }
}

/// How much a body may hold, and of whose part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allowance {
    share: Share,
    bytes: usize,
}

impl Allowance {
    /// Of an endpoint, by its path in the table: what stands in a request may be spelt in many ways.
    fn of(endpoint: &str, limits: &Limits) -> Self {
        let doors =
            ["/staff/sign-in", "/staff/language", "/staff/join", "/staff/recover", "/api/v1/staff/sessions"];
        let (share, bytes) = if doors.contains(&endpoint) {
            (Share::Doors, SMALL)
        } else if is_staff(endpoint) {
            (Share::Staff, limits.in_flight_bytes / 4)
        } else if ["/api/v1/reports", "/api/v1/suggestions"].contains(&endpoint)
            || endpoint.ends_with("/report")
            || endpoint.ends_with("/inbox/retaliation")
        {
            (Share::Public, limits.body_bytes)
        } else if endpoint.ends_with("/inbox/messages") || endpoint.ends_with("/inbox/review") {
            (Share::Public, one_text(limits))
        } else {
            (Share::Public, SMALL)
        };
        Self { share, bytes: bytes.min(limits.body_bytes) }
    }

    /// Of what somebody sends to the staff's pages without being signed in.
    fn of_nobody(limits: &Limits) -> Self {
        Self { share: Share::Public, bytes: one_text(limits).min(limits.body_bytes) }
    }
}

/// The most bytes of a form with one text of a message's length.
fn one_text(limits: &Limits) -> usize {
    limits.message_chars.saturating_mul(CHARACTER).saturating_add(SMALL)
}

/// How long a body of which so much has come may go on.
fn patience(came: usize, most: Duration) -> Duration {
    let earned = u64::try_from(came / SLOWEST).unwrap_or(u64::MAX);
    GRACE.saturating_add(Duration::from_secs(earned)).min(most)
}

/// A body as it comes, with its clock.
struct Coming {
    payload: Payload,
    begun: Instant,
    most: Duration,
    came: usize,
}

impl Coming {
    fn new(payload: Payload, most: Duration) -> Self {
        Self { payload, begun: sleep(Duration::ZERO).deadline(), most, came: 0 }
    }

    /// What comes next; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let until = self.begun.checked_add(patience(self.came, self.most)).unwrap_or(self.begun);
        match timeout_at(until, self.payload.next()).await {
            Err(_late) => Err(Problem::too_slow()),
            Ok(None) => Ok(None),
            Ok(Some(Err(_cause))) => Err(Problem::malformed("The request broke off.")),
            Ok(Some(Ok(chunk))) => {
                self.came = self.came.saturating_add(chunk.len());
                Ok(Some(chunk))
            }
        }
    }

    /// Takes in what is still coming, so that the browser shows the answer instead of a broken connection; up to a
    /// bound, and at the same pace.
    async fn drain(mut self, most: usize) {
        let bound = self.came.saturating_add(most);
        while let Ok(Some(_)) = self.next().await {
            if self.came > bound {
                break;
            }
        }
    }
}

/// What came so far, with its part of the budget. Blocks never move while they grow, so nothing is left unwiped.
#[derive(Default)]
struct Blocks {
    blocks: Vec<Zeroizing<Vec<u8>>>,
    length: usize,
    held: Option<OwnedSemaphorePermit>,
}

impl Blocks {
    fn add(&mut self, chunk: &[u8], share: &Arc<Semaphore>) -> Result<(), Problem> {
        let mut rest = chunk;
        while !rest.is_empty() {
            let room = self.blocks.last().map_or(0, |block| BLOCK.saturating_sub(block.len()));
            if room == 0 {
                self.begin(share)?;
                continue;
            }
            let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            if let Some(block) = self.blocks.last_mut() {
                block.extend_from_slice(now);
            }
            self.length = self.length.saturating_add(now.len());
            rest = later;
        }
        Ok(())
    }

    fn begin(&mut self, share: &Arc<Semaphore>) -> Result<(), Problem> {
        let more = Arc::clone(share).try_acquire_owned().map_err(|_cause| Problem::busy())?;
        match &mut self.held {
            Some(held) => held.merge(more),
            None => self.held = Some(more),
        }
        self.blocks.push(Zeroizing::new(Vec::with_capacity(BLOCK)));
        Ok(())
    }

    fn joined(self) -> Sent {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.length));
        for block in self.blocks {
            bytes.extend_from_slice(&block);
        }
        Sent { bytes, _held: self.held }
    }
}

/// What was sent, with its part of the budget.
struct Sent {
    bytes: Zeroizing<Vec<u8>>,
    _held: Option<OwnedSemaphorePermit>,
}

impl App {
    fn allowance(&self, request: &HttpRequest) -> Allowance {
        let allowance =
            Allowance::of(&request.match_pattern().unwrap_or_default(), &self.config.server.limits);
        // Strangers who fill the doors keep nobody out whose device is known.
        let known = || device_token(request).is_some_and(|token| self.context.is_known_device(&token));
        if allowance.share == Share::Doors && known() {
            Allowance { share: Share::Staff, ..allowance }
        } else {
            allowance
        }
    }

    /// Reads the body: 413 above the limit, 503 above the budget, 408 where it comes too slowly, 422 where the
    /// connection broke.
    async fn read_body(
        &self,
        request: &HttpRequest,
        payload: Payload,
        allowance: Allowance,
    ) -> Result<Sent, Problem> {
        let announced = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.parse::<usize>().ok());
        let mut coming = Coming::new(payload, self.config.server.body_time);
        let refused = if announced.is_some_and(|bytes| bytes > allowance.bytes) {
            Problem::too_large(allowance.bytes)
        } else {
            match take_in(&mut coming, allowance.bytes, self.budget.of(allowance.share)).await {
                Ok(sent) => return Ok(sent),
                Err(problem) => problem,
            }
        };
        // Who is too slow or gone is not waited for.
        if [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::SERVICE_UNAVAILABLE].contains(&refused.status) {
            coming.drain(self.config.server.limits.body_bytes.saturating_mul(8)).await;
        }
        Err(refused)
    }

    /// Reads a JSON body.
    ///
    /// # Errors
    /// 413, 503, 408, and 422 `malformed` where it broke off or it is not this JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<T, Problem> {
        let sent = self.read_body(request, payload, self.allowance(request)).await?;
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
    /// 413, 503, 408; 422 where it broke off.
    pub(super) async fn form(&self, request: &HttpRequest, payload: Payload) -> Result<Form, Problem> {
        Ok(Form::parse(&self.read_body(request, payload, self.allowance(request)).await?))
    }

    /// Reads a form that somebody sends to the staff's pages without being signed in: of the public's budget.
    ///
    /// # Errors
    /// 413, 503, 408; 422 where it broke off.
    pub(super) async fn form_of_nobody(
        &self,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<Form, Problem> {
        let allowance = Allowance::of_nobody(&self.config.server.limits);
        Ok(Form::parse(&self.read_body(request, payload, allowance).await?))
    }
}

async fn take_in(coming: &mut Coming, limit: usize, share: &Arc<Semaphore>) -> Result<Sent, Problem> {
    let mut blocks = Blocks::default();
    while let Some(chunk) = coming.next().await? {
        if coming.came > limit {
            return Err(Problem::too_large(limit));
        }
        blocks.add(&chunk, share)?;
    }
    Ok(blocks.joined())
}

/// The pairs of a form. Values are wiped when it goes.
#[derive(Default)]
pub(super) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    fn parse(sent: &Sent) -> Self {
        let pairs = form_urlencoded::parse(&sent.bytes)
            .map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned())));
        Self(pairs.collect())
    }

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

#[cfg(test)]
mod tests;
