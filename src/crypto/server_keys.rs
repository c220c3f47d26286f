//! The server's own keys, all from one secret. None of them opens a case.

use super::kdf;
use super::label;
use super::secret::Secret;

/// One key per purpose.
#[derive(Clone, Debug)]
pub struct ServerKeys {
    /// Signs staff tokens: [`super::jwt`].
    pub jwt: Secret<32>,
    /// The server's half of the key of a session row: [`super::session`].
    pub session: Secret<32>,
    /// Seals form tokens: [`super::token`].
    pub form: Secret<32>,
    /// Seals a reporter's inbox token: [`super::token`].
    pub inbox: Secret<32>,
    /// Binds a form to a session: [`super::csrf`].
    pub csrf: Secret<32>,
    /// Seals the tokens of known devices: [`super::token`].
    pub devices: Secret<32>,
    /// Shows that the server wrote a row: [`super::row_mac`].
    pub rows: Secret<32>,
    /// The seed of the key that signs promises to reporters, and nothing else: [`super::note_key`].
    pub promises: Secret<32>,
    /// Marks who is kept out of a case: [`super::exclusions`].
    pub exclusions: Secret<32>,
}

impl ServerKeys {
    /// Derives the keys from the instance's server secret.
    #[must_use]
    pub fn derive(secret: &Secret<32>) -> Self {
        let key = |label| kdf::derive(secret.expose(), label, &[]);
        Self {
            jwt: key(label::SERVER_JWT),
            session: key(label::SERVER_SESSION),
            form: key(label::SERVER_FORM),
            inbox: key(label::SERVER_INBOX),
            csrf: key(label::SERVER_CSRF),
            devices: key(label::SERVER_DEVICES),
            rows: key(label::SERVER_ROWS),
            promises: key(label::SERVER_PROMISES),
            exclusions: key(label::SERVER_EXCLUSIONS),
        }
    }
}
