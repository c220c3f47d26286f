//! The round of a timer through many cases: one that is damaged is told of and left, the others go on, and it is looked at
//! again in the next round.

use super::{context::Context, error::Error};
use crate::{
    domain::ids::CaseId,
    storage::{Db, StorageError},
};

/// The cases of one look at the table.
const AT_ONCE: i64 = 200;

/// Does something to every case that `next` finds, in the order of their ids; says to how many it was done.
/// [`Error::Conflict`] of one says that there is nothing to do: another process was first.
///
/// # Errors
/// [`Error`] of the database as a whole, under which no case would fare better.
pub(super) async fn each_case(
    ctx: &Context,
    name: &'static str,
    next: impl AsyncFn(&mut Db<'_>, Option<CaseId>, i64) -> Result<Vec<CaseId>, StorageError>,
    act: impl AsyncFn(CaseId) -> Result<(), Error>,
) -> Result<usize, Error> {
    // The profiles and calendars in force now, whichever process put them there.
    ctx.current_registry().await?;
    let (mut after, mut done) = (None, 0_usize);
    loop {
        let cases = ctx.store.read(async |db| next(db, after, AT_ONCE).await).await?;
        let Some(last) = cases.last() else { return Ok(done) };
        after = Some(*last);
        for case in cases {
            match act(case).await {
                Ok(()) => done = done.saturating_add(1),
                Err(Error::Conflict) => {}
                Err(Error::Busy) => return Err(Error::Busy),
                Err(error) => {
                    tracing::error!(task = name, %case, %error, "a case is left for the next round")
                }
            }
        }
    }
}
