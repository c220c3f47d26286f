//! The reporter says that nobody answers: oversight sees it, and whoever handles the case cannot take it away (control
//! OI-12b-1).

use jiff::{ToSpan, civil::Date};

use super::{context::Context, error::Error};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    policy::{Action, Actor, Situation, authorize},
    storage::{
        cases::{CaseChange, CaseRow},
        oversight::Matter,
    },
};

/// Days that a letter of the reporter may wait for an answer before they can complain of it.
const PATIENCE: i32 = 7;

/// Whether the reporter may complain today: a due day has passed, or a letter of theirs has waited too long.
#[must_use]
pub fn may_raise(case: &CaseRow, today: Date) -> bool {
    let waited = case.unanswered_since.is_some_and(|since| since.saturating_add(PATIENCE.days()) < today);
    case.owes_answer() && (waited || case.clocks.late_on(today))
}

/// Puts the case on oversight's list, once as long as nobody of oversight took it up.
///
/// # Errors
/// [`Error::Unauthenticated`] where the token has expired; [`Error::Conflict`] where it is too early.
pub async fn raise_no_response(ctx: &Context, inbox_token: &str) -> Result<(), Error> {
    let receipt_id = ctx.receipt_of_inbox(inbox_token)?.lookup(ctx.store.instance());
    ctx.current_registry().await?;
    ctx.store
        .record("raise_no_response", async |tx| {
            let found = tx.case_of_receipt(&receipt_id).await?.ok_or(Error::Unauthenticated)?;
            let case = tx.lock_case(found.id).await?.ok_or(Error::Unauthenticated)?;
            let situation = Situation::new(case.id, case.desk_id, case.status);
            let permit = authorize(&Actor::Reporter(case.id), Action::WriteAsReporter, Some(&situation))?;
            let on = ctx.today_of(&case);
            if !may_raise(&case, on) || tx.has_open_matter(case.id, Matter::NoResponse).await? {
                return Err(Error::Conflict);
            }
            tx.raise_matter(&permit, case.id, (Matter::NoResponse, on)).await?;
            let draft = Draft::new(Act::NoresponseRaised, By::Reporter, When::Day(on));
            Ok(((), tx.save_case(&permit, &case, CaseChange::default(), &draft).await?))
        })
        .await
}
