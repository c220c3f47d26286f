//! My cases: those I hold a living grant for, soonest due first.

use super::{caller::Caller, context::Context, error::Error};
pub use crate::storage::{
    case_lists::{CaseFilter, CaseLine},
    cases::CaseRow,
};
use crate::{
    domain::{case::status::Status, ids::CaseId, reference::Reference},
    policy::{Action, authorize},
    storage::case_lists::Scope,
};

/// The most rows of a page.
pub const MOST: i64 = 200;

/// A page of the list, with how many of my cases stand in each status.
pub struct CaseList {
    /// The rows.
    pub lines: Vec<CaseLine>,
    /// Whether more follow.
    pub more: bool,
    /// How many of my cases stand in each status, whatever the filter.
    pub counts: Vec<(Status, i64)>,
    /// How many proposals of my cases wait.
    pub proposals: usize,
}

/// Lists the caller's cases.
///
/// # Errors
/// [`Error::Forbidden`] without a role that works on cases; [`Error`] of the database.
pub async fn list_cases(ctx: &Context, caller: &Caller, mut filter: CaseFilter) -> Result<CaseList, Error> {
    authorize(&caller.actor(), Action::ListCases, None)?;
    caller.impartiality.seeing()?;
    let scope = Scope { staff: caller.id };
    let limit = filter.limit.clamp(1, MOST);
    filter.limit = limit.saturating_add(1);
    ctx.store
        .read(async |db| {
            let mut lines = db.list_cases(scope, &filter).await?;
            let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = lines.len() > wanted;
            lines.truncate(wanted);
            let counts = db.count_cases(scope).await?;
            let proposals = db.list_proposals(scope).await?.len();
            Ok(CaseList { lines, more, counts, proposals })
        })
        .await
}

/// One of my cases by its reference.
///
/// # Errors
/// [`Error`] of the database.
pub async fn find_case(
    ctx: &Context,
    caller: &Caller,
    reference: &Reference,
) -> Result<Option<CaseId>, Error> {
    let (scope, text) = (Scope { staff: caller.id }, reference.to_string());
    Ok(ctx.store.read(async |db| db.case_by_reference(scope, &text).await).await?)
}
