//! A note among those who work on a case. It is sealed with the case's public half, so whoever writes it needs no key:
//! also a colleague who has not attested, while every holder is away.

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
        text::Note,
    },
    policy::Action,
    storage::cases::CaseChange,
};

/// Adds a note.
///
/// # Errors
/// [`Error::NotFound`] without a grant.
pub async fn add_note(ctx: &Context, caller: &Caller, id: CaseId, text: &Note) -> Result<ItemId, Error> {
    let outcome = ctx
        .store
        .record("add_note", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::WriteNote).await?;
            let sealer = Sealer::public(tx, &case).await?;
            let spot = Spot::next(&case, ctx.store.today(), Some(caller.id));
            let content = words(text.expose());
            let item = spot.sealed(ctx, ItemKind::Note, (&sealer, &content), &mut tx.rng)?;
            let item_id = item.id;
            tx.insert_item(&permit, item).await?;
            let draft = caller.draft(Act::NoteAdded, role_code(&situation), ctx.store.now());
            Ok((item_id, tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
