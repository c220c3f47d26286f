//! HTTP: addresses, workers, limits.

use std::net::SocketAddr;
use std::num::NonZero;
use std::time::Duration;

use super::reader::Reader;

/// Where and how much the server listens.
#[derive(Debug)]
pub struct ServerConfig {
    /// `SENIM_LISTEN` (`127.0.0.1:8080`): pages and the API. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// `SENIM_ADMIN_LISTEN` (`127.0.0.1:9090`): `/metrics`, `/healthz`, `/readyz`; never to be reachable by strangers.
    pub admin_listen: SocketAddr,
    /// `SENIM_WORKERS` (the number of processors; 1 to 256): threads that answer requests.
    pub workers: usize,
    /// `SENIM_PUBLIC_BASE_URL` (`http://` and the address): how people reach the pages, without a slash at its end.
    pub public_base_url: String,
    /// `SENIM_BODY_SECONDS` (300; 1 to 3,600): how long a request's body may take, however much is still coming.
    pub body_time: Duration,
    /// How large requests may be.
    pub limits: Limits,
}

/// Sizes beyond which a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// `SENIM_NARRATIVE_CHARS` (100,000; 1 to 1,000,000): characters in the story of a report.
    pub narrative_chars: usize,
    /// `SENIM_MESSAGE_CHARS` (20,000; 1 to 1,000,000): characters in a message or note.
    pub message_chars: usize,
    /// `SENIM_BODY_BYTES` (2 MiB; 64 KiB to 64 MiB): bytes in a request's body, then 413. A form writes a Cyrillic
    /// letter in 6 bytes, so the default holds the longest story in any script of ours.
    pub body_bytes: usize,
    /// `SENIM_IN_FLIGHT_BYTES` (32 MiB; at least two bodies, at most 1 GiB): bytes of all bodies being read, then 503.
    /// Five eighths are the public's, an eighth is for sign-ins, a quarter for the signed-in staff.
    pub in_flight_bytes: usize,
}

const MIB: usize = 1 << 20;

impl ServerConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let listen = address(reader, "SENIM_LISTEN", 8080);
        let admin_listen = address(reader, "SENIM_ADMIN_LISTEN", 9090);
        if listen == admin_listen && listen.port() != 0 {
            reader.refuse("SENIM_ADMIN_LISTEN", "another address than SENIM_LISTEN", format!("`{listen}`"));
        }
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            listen,
            admin_listen,
            workers: reader.number("SENIM_WORKERS", 1..=256, processors.min(256)),
            public_base_url: reader.parse(
                "SENIM_PUBLIC_BASE_URL",
                "a URL such as https://report.example.kz, without a slash at its end",
                format!("http://{listen}"),
                base_url,
            ),
            body_time: Duration::from_secs(reader.number("SENIM_BODY_SECONDS", 1..=3600, 300)),
            limits: Limits::read(reader),
        }
    }
}

impl Limits {
    fn read(reader: &mut Reader) -> Self {
        let limits = Self {
            narrative_chars: reader.number("SENIM_NARRATIVE_CHARS", 1..=1_000_000, 100_000),
            message_chars: reader.number("SENIM_MESSAGE_CHARS", 1..=1_000_000, 20_000),
            body_bytes: reader.number("SENIM_BODY_BYTES", 64 * 1024..=64 * MIB, 2 * MIB),
            in_flight_bytes: reader.number("SENIM_IN_FLIGHT_BYTES", 128 * 1024..=1024 * MIB, 32 * MIB),
        };
        if limits.in_flight_bytes / 2 < limits.body_bytes {
            let found = format!("`{}` against `{}`", limits.in_flight_bytes, limits.body_bytes);
            reader.refuse("SENIM_IN_FLIGHT_BYTES", "at least twice SENIM_BODY_BYTES", found);
        }
        limits
    }
}

fn address(reader: &mut Reader, name: &str, port: u16) -> SocketAddr {
    let default = SocketAddr::from(([127, 0, 0, 1], port));
    reader.parse(name, "an address with port such as 127.0.0.1:8080", default, |text| text.parse().ok())
}

fn base_url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let good = !rest.is_empty() && !rest.ends_with('/') && !rest.contains(char::is_whitespace);
    good.then(|| text.to_owned())
}
