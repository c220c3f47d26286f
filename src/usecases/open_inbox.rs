//! The receipt opens the mailbox: for half an hour a sealed token stands for it. Nothing is written.

use super::{context::Context, error::Error};
use crate::{
    crypto::{receipt::Receipt, secret::Secret, token},
    policy::{Action, Actor, authorize},
};

/// What an inbox token is sealed for.
const INBOX: &str = "inbox";

/// An opened mailbox.
pub struct InboxSession {
    /// Stands for the receipt until it expires.
    pub token: String,
    /// Seconds since 1970.
    pub expires_at: i64,
}

/// Opens the mailbox. A typo is told from the check symbol alone, before any look-up; everything else is one answer.
///
/// # Errors
/// [`Error::ReceiptMistyped`], [`Error::ReceiptUnknown`].
pub async fn open_inbox(ctx: &Context, receipt: &str) -> Result<InboxSession, Error> {
    authorize(&Actor::Anyone, Action::OpenInbox, None)?;
    let receipt = Receipt::parse(receipt).map_err(|_mistyped| Error::ReceiptMistyped)?;
    let id = receipt.lookup(ctx.store.instance());
    ctx.store.read(async |db| db.case_of_receipt(&id).await).await?.ok_or(Error::ReceiptUnknown)?;
    let expires_at = ctx.unix_in(ctx.sessions.inbox);
    let mut rng = ctx.store.entropy().rng();
    let token = token::seal(&ctx.keys.inbox, INBOX, expires_at, receipt.entropy().expose(), &mut rng)?;
    Ok(InboxSession { token, expires_at })
}

impl Context {
    /// The receipt that an inbox token stands for.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] where it is not ours or has expired.
    pub(super) fn receipt_of_inbox(&self, inbox_token: &str) -> Result<Receipt, Error> {
        let now = self.store.now().as_second();
        let opened = token::open(&self.keys.inbox, INBOX, now, inbox_token)
            .map_err(|_cause| Error::Unauthenticated)?;
        Secret::from_slice(opened.expose()).map(Receipt::from_entropy).ok_or(Error::Unauthenticated)
    }
}
