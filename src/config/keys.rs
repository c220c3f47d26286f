//! Secrets of the server and the instance's name.

use super::reader::{Reader, decode_32};
use crate::crypto::secret::Secret;

/// What only this installation knows, and who may sign its directory first.
#[derive(Debug)]
pub struct KeysConfig {
    /// `SENIM_SERVER_KEY` (or `…_FILE`): 32 bytes from which session, form and token keys are derived, and the key of
    /// the proofs by which the server knows its own desks and cases. Never changed; it opens no report by itself.
    pub server_key: Secret<32>,
    /// `SENIM_PEPPER` (or `…_FILE`): 32 bytes mixed into every password. Lost, nobody can sign in again.
    pub pepper: Secret<32>,
    /// `SENIM_INSTANCE` (`senim`; 1 to 64 of a–z, 0–9, `.`, `-`): the name every seal is bound to. Never changed.
    pub instance: String,
    /// `SENIM_GENESIS`: the Ed25519 public keys of the first administrators, 64 hexadecimal digits each, with commas
    /// between (in a file: a list). Everybody in the directory of staff is vouched for by a chain that begins here.
    pub genesis: Vec<[u8; 32]>,
}

impl KeysConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            server_key: reader.key("SENIM_SERVER_KEY"),
            pepper: reader.key("SENIM_PEPPER"),
            instance: instance_of(reader),
            genesis: reader.parse(
                "SENIM_GENESIS",
                "public keys of 64 hexadecimal digits, with commas between",
                Vec::new(),
                genesis,
            ),
        }
    }
}

/// The instance's name.
pub(super) fn instance_of(reader: &mut Reader) -> String {
    let wanted = "1 to 64 characters of a-z, 0-9, `.` and `-`";
    reader.parse("SENIM_INSTANCE", wanted, "senim".to_owned(), instance)
}

fn instance(text: &str) -> Option<String> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    ((1..=64).contains(&text.len()) && text.chars().all(good)).then(|| text.to_owned())
}

fn genesis(text: &str) -> Option<Vec<[u8; 32]>> {
    let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
    keys.map(|key| decode_32(key).filter(|_| key.len() == 64)).collect()
}
