//! Whoever opens a case that names them loses it at once, whenever it was that their name became known (norms.md 8.5, rules
//! 1 and 4). They see none of it, and nobody is told why.

use super::{
    barring::Barring,
    caller::Caller,
    case_access::locked,
    context::Context,
    error::Error,
    holders::open_keys,
    impartiality::marks,
    piece::{Piece, people_in},
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::{conflict::Concerned, ids::CaseId},
    policy::Action,
};

/// Looks whether the caller is named in what was opened for them.
///
/// # Errors
/// [`Error::NotFound`] where they are, once the case was taken from them; [`Error`] of the database.
pub(super) async fn bar_named(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    pieces: &[Piece],
) -> Result<(), Error> {
    if !caller.impartiality.is_named(people_in(pieces)) {
        return Ok(());
    }
    let registry = ctx.current_registry().await?;
    let concerned = Concerned { people: [caller.id].into(), ..Concerned::default() };
    ctx.store
        .record("bar_named", async |tx| {
            let (case, _, permit) = locked(tx, caller, id, Action::ReadContent).await?;
            let (seeds, _) = open_keys(ctx, tx, &permit, caller, &case).await?;
            // Where no more marks fit, the name in the case keeps them out all the same.
            let marked = marks(ctx, (id, case.excluded.as_deref()), &concerned).unwrap_or_else(|most| most);
            let barring = Barring { ctx, registry: &registry, permit: &permit, seeds: &seeds, by: None };
            let barred = barring.turn(tx, &case, marked).await?;
            let draft = Draft::new(Act::CoiBlocked, By::System, When::At(ctx.store.now()));
            let others = barred.acts.into_iter().filter(|act| *act != Act::CoiBlocked);
            let draft = others.fold(draft, Draft::and);
            Ok::<_, Error>(((), tx.save_case(&permit, &case, barred.change, &draft).await?))
        })
        .await?;
    Err(Error::NotFound)
}
