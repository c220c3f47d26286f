//! A timer: nobody answered in time, so the case goes back to whoever asked. It writes to the case without any key.

use super::{context::Context, effects::Effect, error::Error, items::Spot, round::each_case};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::{
        case::{facts::StepFacts, known::Known, step::Step, step_taken::take, transition::Doer},
        ids::CaseId,
    },
    policy::{Action, Actor, Situation, authorize},
    storage::Db,
};

/// Sends back every case whose question has gone unanswered past the day that the reporter was given; says how many.
///
/// # Errors
/// [`Error`] of the database.
pub async fn expire_questions(ctx: &Context) -> Result<usize, Error> {
    let latest = ctx.latest_today();
    let next = async |db: &mut Db<'_>, after, limit| db.questions_due_before(latest, after, limit).await;
    each_case(ctx, "expire_questions", next, async |id| expire(ctx, id).await).await
}

async fn expire(ctx: &Context, id: CaseId) -> Result<(), Error> {
    ctx.store
        .record("expire_questions", async |tx| {
            let case = tx.lock_case(id).await?.ok_or(Error::NotFound)?;
            let on = ctx.today_of(&case);
            // The reporter answered just now, or it is no day yet where the case is handled.
            if case.question_until.is_none_or(|until| until >= on) {
                return Err(Error::Conflict);
            }
            let situation = Situation::new(case.id, case.desk_id, case.status);
            let permit = authorize(&Actor::Timer, Action::TakeStep(Step::Timeout), Some(&situation))?;
            let facts = StepFacts::default();
            let taken = take(case.status, Step::Timeout, Doer::Timer, &facts, &Known::default())
                .map_err(|_cause| Error::Conflict)?;
            let to = taken.to.status(case.status, case.origin_status).ok_or(Error::Conflict)?;
            let draft = Draft::new(Act::StateChanged, By::Timer, When::At(ctx.store.now()));
            let effect = Effect::of(ctx, &case, (Step::Timeout, to), &facts, on)?;
            effect.tell(tx, &permit, Spot::next(&case, on, None)).await?;
            effect.raise((ctx, tx), &permit, &case).await?;
            let draft = effect.acts(draft);
            Ok(((), tx.save_case(&permit, &case, effect.change, &draft).await?))
        })
        .await
}
