//! What is done to protect somebody until their complaint of retaliation has been looked into (control EU-19-1). Nothing
//! else stops the clock of it; the reasons are kept as a note, and the reporter is told.

use super::{
    caller::Caller,
    case_access::{locked, role_code},
    clock_news,
    context::Context,
    denials::watched,
    error::Error,
    items::{Spot, insert_words},
};
use crate::{
    audit::act::Act,
    domain::{case::item::ItemKind, ids::CaseId, profile::ClockName, retaliation::Interim, text::Reasons},
    policy::Action,
    storage::cases::CaseChange,
};

/// Records the decision.
///
/// # Errors
/// [`Error::NotFound`] without a grant; [`Error::Forbidden`] without attestation or part; [`Error::Conflict`] where none
/// is open.
pub async fn decide_interim(
    ctx: &Context,
    caller: &Caller,
    id: CaseId,
    (decision, reasons): (Interim, &Reasons),
) -> Result<(), Error> {
    ctx.current_registry().await?;
    let outcome = ctx
        .store
        .record("decide_interim", async |tx| {
            let (case, situation, permit) = locked(tx, caller, id, Action::DecideInterim).await?;
            if !case.clocks.runs(ClockName::RetaliationInterim) {
                return Err(Error::Conflict);
            }
            let (on, profile) = (ctx.today_of(&case), ctx.profile_of(&case));
            let mut clocks = case.clocks.clone();
            let news = clocks.stop(ClockName::RetaliationInterim, on);
            let spot = Spot::next(&case, on, Some(caller.id));
            insert_words(ctx, tx, &permit, (&case, spot), (ItemKind::Note, reasons.expose())).await?;
            let told = spot.template(&format!("interim_{decision}"), &mut tx.rng);
            tx.insert_item(&permit, told).await?;
            clock_news::raise(tx, &permit, &case, (&news, on)).await?;
            let draft = caller
                .draft(Act::RetaliationDecided, role_code(&situation), ctx.store.now())
                .and(Act::NoteAdded)
                .and(Act::NoticeSent)
                .code("interim", decision.code());
            let change = CaseChange {
                clocks: Some(clock_news::columns(clocks, &profile, on, case.question_until)),
                ..CaseChange::default()
            };
            let draft = clock_news::acts(draft, &news);
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await;
    watched(ctx, caller, outcome).await
}
