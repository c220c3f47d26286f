//! The desk writes to the reporter.

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    items::{Writing, write_item},
};
use crate::{
    audit::act::Act,
    domain::{
        case::item::ItemKind,
        ids::{CaseId, ItemId},
        text::Message,
    },
    policy::Action,
};

const MESSAGE: Writing = Writing {
    name: "send_message",
    action: Action::WriteMessage,
    kind: ItemKind::DeskMessage,
    act: Act::MailboxMessage,
};

/// Puts a message into the reporter's mailbox.
///
/// # Errors
/// [`Error::NotFound`] without a grant, [`Error::Forbidden`] for reviewers, without attestation, or once the mailbox
/// is closed.
pub async fn send_message(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    text: &Message,
) -> Result<ItemId, Error> {
    write_item(ctx, caller, id, &MESSAGE, text.expose()).await
}
