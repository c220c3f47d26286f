//! A browser, or a program of the API's, in which somebody has signed in before (OWASP, "Slow down online guessing
//! attacks with device cookies"). Its tries count for themselves and have places of their own in the queue: a stranger's
//! wrong tries and a flood of invented names keep it out no more. Nothing is derived from an address.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{context::Context, error::Error};
use crate::crypto::{
    secret::{Secret, SecretText},
    token,
};

/// How long a device stays known after a sign-in, days.
pub const DEVICE_DAYS: u64 = 90;
/// What the token of a device is sealed for.
const DEVICE: &str = "sign-in-device";
/// Random bytes by which a device is told from others.
const NUMBER: usize = 16;

/// A known device of one person.
pub(super) struct Device(Secret<NUMBER>);

impl Context {
    /// A token for the device in which `login` has just signed in. It is bound to the name, and counts for no other.
    pub(super) fn device_token(&self, login: &str) -> Result<SecretText, Error> {
        let mut rng = self.store.entropy().rng();
        let number = Secret::<NUMBER>::generate(&mut rng);
        let expires = self.unix_in(Duration::from_secs(DEVICE_DAYS * 24 * 3600));
        let bytes = [owner(login).as_slice(), number.expose()].concat();
        Ok(SecretText::from(token::seal(&self.keys.devices, DEVICE, expires, &bytes, &mut rng)?))
    }

    /// The device that a token makes known for `login`; none where it is not ours, has expired or is another person's.
    pub(super) fn device_of(&self, login: &str, token: &str) -> Option<Device> {
        let (of, device) = self.opened_device(token)?;
        (of == Secret::new(owner(login))).then_some(device)
    }

    /// Whether a token is that of a device that somebody here is known by.
    #[must_use]
    pub fn is_known_device(&self, token: &str) -> bool {
        self.opened_device(token).is_some()
    }

    fn opened_device(&self, token: &str) -> Option<(Secret<32>, Device)> {
        let opened = token::open(&self.keys.devices, DEVICE, self.store.now().as_second(), token).ok()?;
        let (of, number) = opened.expose().split_first_chunk::<32>()?;
        Some((Secret::new(*of), Device(Secret::from_slice(number)?)))
    }

    /// Where failed tries are counted: by name, or by device where it is known. No name stands there.
    pub(super) fn sign_in_bucket(&self, login: &str, device: Option<&Device>) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.pepper.expose());
        let hash = match device {
            None => hash.chain_update(b"senim/sign-in-bucket/v1"),
            Some(device) => {
                hash.chain_update(b"senim/sign-in-device-bucket/v1").chain_update(device.0.expose())
            }
        };
        hash.chain_update(login.as_bytes()).finalize().into()
    }
}

/// What stands in a token of whose device it is.
fn owner(login: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"senim/sign-in-device-owner/v1").chain_update(login).finalize().into()
}
