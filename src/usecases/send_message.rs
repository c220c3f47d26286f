//! The desk writes to the reporter.

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    context::Context,
    denials::watched,
    error::Error,
    items::{Sealer, Spot, words},
};
use crate::{
    audit::act::Act,
    domain::{
        case::item::ItemKind,
        ids::{CaseId, ItemId},
        text::Message,
    },
    policy::Action,
    storage::cases::CaseChange,
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
    let outcome = ctx
        .store
        .record("send_message", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::WriteMessage).await?;
            let sealer = Sealer::public(tx, &case).await?;
            let spot = Spot::next(&case, ctx.store.today(), Some(caller.id));
            let content = words(text.expose());
            let item = spot.sealed(ctx, ItemKind::DeskMessage, (&sealer, &content), &mut tx.rng)?;
            let item_id = item.id;
            tx.insert_item(&permit, item).await?;
            let draft = caller.draft(Act::MailboxMessage, role_code(&situation), ctx.store.now());
            Ok((item_id, tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
