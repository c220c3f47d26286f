//! A timer: nobody answered in time, so the case goes back to whoever asked. It writes to the case without any key.

use super::{context::Context, effects::Effect, error::Error, items::Spot};
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
};

/// The most cases of one run; the rest comes with the next.
const MOST: i64 = 200;

/// Sends back every case whose question has gone unanswered past the day that the reporter was given; says how many.
///
/// # Errors
/// [`Error`] of the database.
pub async fn expire_questions(ctx: &Context) -> Result<usize, Error> {
    let latest = ctx.latest_today();
    let late = ctx.store.read(async |db| db.questions_due_before(latest, MOST).await).await?;
    for id in &late {
        expire(ctx, *id).await?;
    }
    Ok(late.len())
}

async fn expire(ctx: &Context, id: CaseId) -> Result<(), Error> {
    let outcome = ctx
        .store
        .record("expire_questions", async |tx| {
            let case = tx.lock_case(id).await?.ok_or(Error::NotFound)?;
            let on = ctx.today_of(&case);
            if case.question_until.is_none_or(|until| until >= on) {
                return Err(Error::Conflict);
            }
            let situation = Situation::new(case.id, case.desk_id, case.status);
            let permit = authorize(&Actor::Timer, Action::TakeStep(Step::Timeout), Some(&situation))?;
            let facts = StepFacts::default();
            let taken = take(case.status, Step::Timeout, Doer::Timer, &facts, &Known::default())
                .map_err(|_cause| Error::Conflict)?;
            let to = taken.to.status(case.status, case.origin_status).ok_or(Error::Conflict)?;
            let item = Spot::next(&case, on, None).template("answer_expired", &mut tx.rng);
            tx.insert_item(&permit, item).await?;
            let draft =
                Draft::new(Act::StateChanged, By::Timer, When::At(ctx.store.now())).and(Act::NoticeSent);
            let effect = Effect::of(ctx, &case, (Step::Timeout, to), &facts, on)?;
            effect.raise(tx, &permit, &case).await?;
            let draft = effect.acts(draft);
            Ok(((), tx.save_case(&permit, &case, effect.change, &draft).await?))
        })
        .await;
    match outcome {
        // The reporter answered just now: nothing is late any more.
        Err(Error::Conflict) => Ok(()),
        other => other,
    }
}
