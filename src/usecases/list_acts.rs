//! An auditor looks at the inventory of acts (ASVS 16.1.1): what the record can hold, and how much of it there is.

use std::collections::BTreeMap;

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    query_log::{Act, note_query},
};
pub use crate::audit::schema::{BY, CM, CODES, ENTRY, Member, OBJECT, Shape, Stands};

/// Every act in the order of the table, with the number of entries that hold it. The look-up is recorded.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors.
pub async fn list_acts(ctx: &Context, caller: &Caller) -> Result<Vec<(Act, i64)>, Error> {
    note_query(ctx, caller, "acts").await?;
    let (groups, pads) = ctx
        .store
        .read(async |db| Ok::<_, Error>((db.count_by_acts(None, None).await?, db.count_pads().await?)))
        .await?;
    let mut counts = BTreeMap::from([(Act::LogPad, pads)]);
    for group in &groups {
        for act in group.acts.iter().filter_map(|code| Act::parse(code)) {
            let count = counts.entry(act).or_insert(0_i64);
            *count = count.saturating_add(group.entries);
        }
    }
    Ok(Act::ALL.iter().map(|act| (*act, counts.get(act).copied().unwrap_or(0))).collect())
}
