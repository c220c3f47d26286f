//! A timer: what should have been done by now is marked as overdue and shown to oversight, without content. Those who handle
//! the case cannot clear the mark (control OI-12a-1).

use super::{context::Context, error::Error, round::each_case};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    domain::ids::CaseId,
    policy::{Action, Actor, Situation, authorize},
    storage::{Db, cases::CaseChange, oversight::Matter},
};

/// Marks what is overdue; says in how many cases.
///
/// # Errors
/// [`Error`] of the database.
pub async fn watch_remedies(ctx: &Context) -> Result<usize, Error> {
    let day = ctx.latest_today();
    let next = async |db: &mut Db<'_>, after, limit| db.cases_with_overdue_remedies(day, after, limit).await;
    each_case(ctx, "watch_remedies", next, async |id| watch(ctx, id).await).await
}

async fn watch(ctx: &Context, id: CaseId) -> Result<(), Error> {
    ctx.store
        .record("watch_remedies", async |tx| {
            let case = tx.lock_case(id).await?.ok_or(Error::NotFound)?;
            let situation = Situation::new(case.id, case.desk_id, case.status);
            let permit = authorize(&Actor::Timer, Action::MarkOverdue, Some(&situation))?;
            let on = ctx.today_of(&case);
            let mut found = false;
            for mut row in tx.remedies(id).await? {
                if row.due_on < on && row.overdue_on.is_none() && row.state.awaited() {
                    row.overdue_on = Some(on);
                    tx.save_remedy(&permit, &row).await?;
                    found = true;
                }
            }
            if !found {
                // Another process was first, or the day has not begun where the case is handled.
                return Err(Error::Conflict);
            }
            if !tx.has_open_matter(id, Matter::ActionOverdue).await? {
                tx.raise_matter(&permit, id, (Matter::ActionOverdue, on)).await?;
            }
            let draft = Draft::new(Act::ActionOverdue, By::Timer, When::At(ctx.store.now()));
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await
}
