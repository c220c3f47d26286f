//! The token of a report's form: it seals the receipt to come, so that a form sent twice is one report.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{context::Context, error::Error};
use crate::crypto::{random::Rng, receipt::Receipt, secret::Secret, token};

/// Bytes of a browser's nonce.
const NONCE_BYTES: usize = 16;
/// How long a form may stay open: a frightened person takes their time (ASVS would allow less).
const FORM_HOURS: u64 = 24;

/// Where a form was given out. Its token counts nowhere else: whoever got a token could have somebody else's browser
/// send it, and would then know the receipt of what that person wrote.
#[derive(Debug, Clone)]
pub enum FormOrigin {
    /// The API, which no browser calls by itself.
    Api,
    /// The page, in the browser that keeps this nonce as a cookie.
    Page {
        /// See [`Context::form_nonce`].
        nonce: String,
    },
}

impl FormOrigin {
    fn purpose(&self) -> &'static str {
        match self {
            Self::Api => "report-form-api",
            Self::Page { .. } => "report-form-page",
        }
    }

    /// What the token keeps of the browser.
    fn bond(&self) -> Secret<32> {
        let nonce = match self {
            Self::Api => "",
            Self::Page { nonce } => nonce,
        };
        Secret::new(
            Sha256::new().chain_update(b"senim/form-browser/v1").chain_update(nonce).finalize().into(),
        )
    }
}

/// A form's token as it came back.
pub struct FormToken {
    /// The token.
    pub text: String,
    /// Where it came back.
    pub origin: FormOrigin,
}

impl Context {
    /// A nonce by which a browser is known again as long as it runs, and which holds nothing: 128 random bits,
    /// base64url.
    #[must_use]
    pub fn form_nonce(&self) -> String {
        let nonce = Secret::<NONCE_BYTES>::generate(&mut self.store.entropy().rng());
        nonce.to_base64url().expose().to_owned()
    }

    /// Whether a text could be a nonce of ours.
    #[must_use]
    pub fn is_form_nonce(text: &str) -> bool {
        Secret::<NONCE_BYTES>::from_base64url(text).is_some()
    }

    /// A token for a new form. It seals the receipt to come, so that sending the form again after a lost answer
    /// returns the same receipt.
    ///
    /// # Errors
    /// [`Error::Sealed`], which does not happen.
    pub fn form_token(&self, origin: &FormOrigin) -> Result<String, Error> {
        let mut rng = self.store.entropy().rng();
        let receipt = Receipt::generate(&mut rng);
        let expires = self.unix_in(std::time::Duration::from_secs(FORM_HOURS * 3600));
        let sealed = Zeroizing::new([receipt.entropy().expose().as_slice(), origin.bond().expose()].concat());
        Ok(token::seal(&self.keys.form, origin.purpose(), expires, &sealed, &mut rng)?)
    }

    /// Whether a form's token counts where it came back.
    #[must_use]
    pub fn form_token_holds(&self, token: &FormToken) -> bool {
        self.opened(token).is_some()
    }

    fn opened(&self, token: &FormToken) -> Option<Receipt> {
        let (purpose, now) = (token.origin.purpose(), self.store.now().as_second());
        let opened = token::open(&self.keys.form, purpose, now, &token.text).ok()?;
        let (entropy, bond) = opened.expose().split_last_chunk::<32>()?;
        (Secret::new(*bond) == token.origin.bond()).then_some(())?;
        Secret::from_slice(entropy).map(Receipt::from_entropy)
    }
}

/// The receipt that a form's token seals; a new one where the token has expired, is not ours or was given out
/// elsewhere: a report is worth more than a token (control KZ-64.1-1).
pub(super) fn receipt_of(ctx: &Context, token: Option<&FormToken>, rng: &mut Rng) -> Receipt {
    token.and_then(|token| ctx.opened(token)).unwrap_or_else(|| Receipt::generate(rng))
}
