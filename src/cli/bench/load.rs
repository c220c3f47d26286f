//! Clients: each keeps one connection and sends the next report when the last is answered. As lean as can be, since
//! they run on the same processors as what they measure.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::figures::Speed;

/// Status of an answer that never came whole.
const BROKEN: u16 = 0;
/// Answers are smaller: a problem or a receipt.
const ANSWER: usize = 16 * 1024;

/// Answers, by what they were.
#[derive(Default)]
pub struct Answers {
    /// How many of each status; 0 where the connection broke.
    pub statuses: BTreeMap<u16, u32>,
    latencies: Vec<u32>,
}

impl Answers {
    /// How many were accepted (201).
    #[must_use]
    pub fn accepted(&self) -> u32 {
        self.statuses.get(&201).copied().unwrap_or(0)
    }

    /// How many were anything but accepted.
    #[must_use]
    pub fn refused(&self) -> u32 {
        self.statuses.values().sum::<u32>().saturating_sub(self.accepted())
    }

    /// How many were turned away for a while (503).
    #[must_use]
    pub fn busy(&self) -> u32 {
        self.statuses.get(&503).copied().unwrap_or(0)
    }

    /// How many were no answer, or one that blames the server.
    #[must_use]
    pub fn failed(&self) -> u32 {
        let failed = self.statuses.iter().filter(|(status, _)| **status == BROKEN || **status >= 500);
        failed.map(|(_, count)| count).sum::<u32>().saturating_sub(self.busy())
    }

    fn count(&mut self, status: u16) {
        *self.statuses.entry(status).or_default() += 1;
    }

    fn merge(mut self, other: Self) -> Self {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.latencies.extend(other.latencies);
        self
    }
}

/// A request, ready to be sent again and again.
#[derive(Clone)]
pub struct Request(Arc<[u8]>);

impl Request {
    /// A POST of JSON.
    #[must_use]
    pub fn post(path: &str, body: &serde_json::Value) -> Self {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Self((head + &body).into_bytes().into())
    }
}

/// Sends `request` from so many clients for so long.
pub async fn send(address: SocketAddr, request: &Request, clients: u32, time: Duration) -> (Answers, Speed) {
    let connections = join_all((0..clients).map(|_| connect(address))).await;
    let start = Instant::now();
    let work = connections.into_iter().map(|connection| client(connection, address, request, start + time));
    let mut all = join_all(work).await.into_iter().fold(Answers::default(), Answers::merge);
    let rate = f64::from(all.accepted()) / start.elapsed().as_secs_f64();
    let speed = Speed::of(rate, std::mem::take(&mut all.latencies));
    (all, speed)
}

/// Sends each request once, all at the same time, each on a connection of its own.
pub async fn send_at_once(address: SocketAddr, requests: &[Request]) -> Answers {
    let work = requests.iter().map(async |request| {
        let mut answers = Answers::default();
        let status = match connect(address).await {
            Some(mut connection) => connection.exchange(request).await,
            None => BROKEN,
        };
        answers.count(status);
        answers
    });
    join_all(work).await.into_iter().fold(Answers::default(), Answers::merge)
}

async fn client(
    mut connection: Option<Connection>,
    address: SocketAddr,
    request: &Request,
    until: Instant,
) -> Answers {
    let mut answers = Answers::default();
    loop {
        let start = Instant::now();
        if start >= until {
            return answers;
        }
        let Some(open) = &mut connection else {
            connection = connect(address).await;
            if connection.is_none() {
                answers.count(BROKEN);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            continue;
        };
        let status = open.exchange(request).await;
        answers.count(status);
        answers.latencies.push(u32::try_from(start.elapsed().as_micros()).unwrap_or(u32::MAX));
        if status == BROKEN {
            connection = None;
        }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

async fn connect(address: SocketAddr) -> Option<Connection> {
    let stream = TcpStream::connect(address).await.ok()?;
    stream.set_nodelay(true).ok()?;
    Some(Connection { stream, buffer: Vec::with_capacity(ANSWER) })
}

impl Connection {
    /// Sends and reads the whole answer; returns its status.
    async fn exchange(&mut self, request: &Request) -> u16 {
        self.try_exchange(request).await.unwrap_or(BROKEN)
    }

    async fn try_exchange(&mut self, request: &Request) -> Option<u16> {
        self.stream.write_all(&request.0).await.ok()?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await.ok()? == 0 || self.buffer.len() > ANSWER {
                return None;
            }
            if let Some((status, whole)) = head(&self.buffer)
                && self.buffer.len() >= whole
            {
                return Some(status);
            }
        }
    }
}

/// Status and whole length of an answer whose head has come.
fn head(bytes: &[u8]) -> Option<(u16, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 48];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes).ok()? else { return None };
    let announced = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let body: usize = std::str::from_utf8(announced?.value).ok()?.parse().ok()?;
    Some((response.code?, length + body))
}
