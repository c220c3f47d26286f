//! Where mails go.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::reader::Reader;
use crate::crypto::secret::SecretText;

/// Seconds for connecting and for each command. A dozen of the longest fit into the lease of a task (five minutes), or
/// another process would send the same mail.
const TIMEOUT: RangeInclusive<u64> = 1..=20;

/// How mails are sent.
#[derive(Debug)]
pub struct MailConfig {
    /// The way out.
    pub transport: MailTransport,
    /// `SENIM_MAIL_FROM` (`senim@localhost`; required with `SENIM_MAIL_HOST`): the address mails come from.
    pub from: String,
    /// `SENIM_MAIL_DIGEST_HOUR` (3; 0 to 23): the hour in UTC at which the daily digest goes out. 3 is 8 in Astana.
    pub digest_hour: i8,
}

/// A way out for mails.
#[derive(Debug)]
pub enum MailTransport {
    /// `SENIM_MAIL_DIR` (`mail` under the home directory), without `SENIM_MAIL_HOST`: each mail becomes a file there.
    Directory(PathBuf),
    /// A relay.
    Smtp(SmtpConfig),
}

/// The relay.
#[derive(Debug)]
pub struct SmtpConfig {
    /// `SENIM_MAIL_HOST`: its name, as its certificate says it, or its address.
    pub host: String,
    /// `SENIM_MAIL_PORT` (465, 587 or 25, by the security).
    pub port: u16,
    /// `SENIM_MAIL_SECURITY` (`tls`).
    pub security: MailSecurity,
    /// `SENIM_MAIL_USER`, `SENIM_MAIL_PASSWORD` (or `…_FILE`): both or neither.
    pub credentials: Option<(String, SecretText)>,
    /// `SENIM_MAIL_CA`: a PEM file with the certificates of the authorities that the relay may be vouched for by; no
    /// other is trusted then. Without it, those that browsers trust.
    pub authorities: Option<PathBuf>,
    /// `SENIM_MAIL_TIMEOUT_SECONDS` (20; 1 to 20): for connecting, and for each command.
    pub timeout: Duration,
    /// `SENIM_MAIL_POOL` (2; 1 to 16): connections that are kept.
    pub pool: u32,
}

/// What protects the way to the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// `tls`: TLS from the first byte (RFC 8314 section 3.3).
    Tls,
    /// `starttls`: TLS before anything is said; nothing is sent where the relay does not offer it.
    StartTls,
    /// `none`: only to a relay on this machine.
    Plain,
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader, home: &Path) -> Self {
        let from = reader.optional("SENIM_MAIL_FROM");
        let host = reader.optional("SENIM_MAIL_HOST");
        let relay = SmtpConfig::read(reader, host.as_deref());
        if host.is_some() && from.is_none() {
            let wanted = "an address that the relay sends from, since SENIM_MAIL_HOST is set";
            reader.refuse("SENIM_MAIL_FROM", wanted, "nothing".to_owned());
        }
        let directory = reader.path("SENIM_MAIL_DIR", &home.join("mail"));
        if host.is_some() && reader.optional("SENIM_MAIL_DIR").is_some() {
            reader.refuse("SENIM_MAIL_DIR", "only one of it and SENIM_MAIL_HOST", "both".to_owned());
        }
        Self {
            transport: match relay {
                Some(relay) => MailTransport::Smtp(relay),
                None => MailTransport::Directory(directory),
            },
            from: reader.parse(
                "SENIM_MAIL_FROM",
                "a mail address such as senim@example.kz",
                "senim@localhost".to_owned(),
                address,
            ),
            digest_hour: reader.number("SENIM_MAIL_DIGEST_HOUR", 0..=23, 3),
        }
    }
}

impl SmtpConfig {
    /// The relay, where one is named. The other settings are read all the same: without a relay each is a mistake.
    fn read(reader: &mut Reader, host: Option<&str>) -> Option<Self> {
        let lonely =
            ["PORT", "SECURITY", "USER", "PASSWORD", "PASSWORD_FILE", "CA", "TIMEOUT_SECONDS", "POOL"];
        for name in lonely.map(|name| format!("SENIM_MAIL_{name}")) {
            if host.is_none() && reader.optional(&name).is_some() {
                reader.refuse(&name, "SENIM_MAIL_HOST beside it", "no relay".to_owned());
            }
        }
        let security =
            match reader.choice("SENIM_MAIL_SECURITY", &["tls", "starttls", "none"], "tls").as_str() {
                "starttls" => MailSecurity::StartTls,
                "none" => MailSecurity::Plain,
                _ => MailSecurity::Tls,
            };
        let port = match security {
            MailSecurity::Tls => 465,
            MailSecurity::StartTls => 587,
            MailSecurity::Plain => 25,
        };
        let config = Self {
            host: reader.parse("SENIM_MAIL_HOST", "a host name or an IP address", String::new(), self::host),
            port: reader.number("SENIM_MAIL_PORT", 1..=u16::MAX, port),
            security,
            credentials: credentials(reader),
            authorities: reader.readable("SENIM_MAIL_CA"),
            timeout: Duration::from_secs(reader.number("SENIM_MAIL_TIMEOUT_SECONDS", TIMEOUT, 20)),
            pool: reader.number("SENIM_MAIL_POOL", 1..=16, 2),
        };
        if let Some(host) = host.filter(|host| security == MailSecurity::Plain && !is_loopback(host)) {
            let wanted = "tls or starttls, since the relay is not on this machine";
            reader.refuse("SENIM_MAIL_SECURITY", wanted, format!("`none` for `{host}`"));
        }
        host.map(|_| config)
    }
}

fn credentials(reader: &mut Reader) -> Option<(String, SecretText)> {
    let user = reader.optional("SENIM_MAIL_USER");
    match (user, reader.secret_text("SENIM_MAIL_PASSWORD")) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        (user, _) => {
            let (name, beside) = match user {
                Some(_) => ("SENIM_MAIL_USER", "SENIM_MAIL_PASSWORD beside it"),
                None => ("SENIM_MAIL_PASSWORD", "SENIM_MAIL_USER beside it"),
            };
            reader.refuse(name, beside, "only one of the two".to_owned());
            None
        }
    }
}

fn host(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let good = (!text.is_empty() && text.chars().all(plain)) || text.parse::<IpAddr>().is_ok();
    good.then(|| text.to_owned())
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A bare address. Anything that could end a header line or begin a second address is refused.
fn address(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let good = !local.is_empty() && !domain.is_empty() && local.chars().chain(domain.chars()).all(plain);
    good.then(|| text.to_owned())
}
