//! A note among those who work on a case. It is sealed with the case's public half, so whoever writes it needs no key:
//! also a colleague who has not attested, while every holder is away.

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
        text::Note,
    },
    policy::Action,
};

const NOTE: Writing =
    Writing { name: "add_note", action: Action::WriteNote, kind: ItemKind::Note, act: Act::NoteAdded };

/// Adds a note.
///
/// # Errors
/// [`Error::NotFound`] without a grant.
pub async fn add_note(ctx: &Context, caller: &Caller, id: CaseId, text: &Note) -> Result<ItemId, Error> {
    write_item(ctx, caller, id, &NOTE, text.expose()).await
}
