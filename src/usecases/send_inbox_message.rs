//! The reporter writes to the desk. Where a question was asked, it counts as the answer.

use super::{
    context::Context,
    effects::Effect,
    error::Error,
    items::{Spot, insert_words},
};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    crypto::receipt::Receipt,
    domain::{
        case::{
            facts::StepFacts, item::ItemKind, known::Known, status::Status, step::Step, step_taken::take,
            transition::Doer,
        },
        text::Message,
    },
    policy::{Action, Actor, Situation, authorize},
    storage::cases::CaseChange,
};

/// Puts the reporter's message into the case.
///
/// # Errors
/// [`Error::Unauthenticated`] where the token has expired; [`Error::Forbidden`] once the mailbox is closed.
pub async fn send_inbox_message(ctx: &Context, inbox_token: &str, text: &Message) -> Result<(), Error> {
    let receipt = ctx.receipt_of_inbox(inbox_token)?;
    deliver(ctx, &receipt, text.expose()).await
}

/// Puts a reporter's words into the case that their receipt opens.
pub(super) async fn deliver(ctx: &Context, receipt: &Receipt, text: &str) -> Result<(), Error> {
    let receipt_id = receipt.lookup(ctx.store.instance());
    ctx.current_registry().await?;
    ctx.store
        .record("send_inbox_message", async |tx| {
            let found = tx.case_of_receipt(&receipt_id).await?.ok_or(Error::Unauthenticated)?;
            let case = tx.lock_case(found.id).await?.ok_or(Error::Unauthenticated)?;
            let situation = Situation::new(case.id, case.desk_id, case.status);
            let permit = authorize(&Actor::Reporter(case.id), Action::WriteAsReporter, Some(&situation))?;
            let on = ctx.today_of(&case);
            let spot = Spot::next(&case, on, None);
            insert_words(ctx, tx, &permit, (&case, spot), (ItemKind::ReporterMessage, text)).await?;
            let mut draft = Draft::new(Act::MailboxMessage, By::Reporter, When::Day(on));
            let mut change = CaseChange::default();
            if case.status == Status::AwaitingInfo {
                let facts = StepFacts::default();
                let taken = take(case.status, Step::Answer, Doer::Reporter, &facts, &Known::default())
                    .map_err(|_cause| Error::Conflict)?;
                let to = taken.to.status(case.status, case.origin_status).ok_or(Error::Conflict)?;
                let effect = Effect::of(ctx, &case, (Step::Answer, to), &facts, on)?;
                effect.tell(tx, &permit, spot).await?;
                effect.raise((ctx, tx), &permit, &case).await?;
                draft = effect.acts(draft);
                change = effect.change;
            }
            change.unanswered = case.unanswered_since.is_none().then_some(Some(on));
            Ok(((), tx.save_case(&permit, &case, change, &draft).await?))
        })
        .await
}
