//! An auditor looks at the whole history of one case, and up to where it is known to be whole.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    query_log::{EntryPage, EntryRow, ObjectKind, Query, may_look, query_log},
    survey_log::held_head,
};
use crate::config::LogConfig;

/// The history of a case.
pub struct ReadHistory {
    /// All its entries, first entry first, with their places in the tree.
    pub page: EntryPage,
    /// Leaves of the newest head that outsiders vouch for; none before one was signed.
    pub head: Option<i64>,
    /// The newest map of heads under that head; none before a log's first day has ended.
    pub map: Option<NewestMap>,
    /// Whether the entries are numbered without a gap, each names the one before it, and the case's row names one of them
    /// as its last. If not, somebody with all rights over the database took entries out.
    pub unbroken: bool,
}

/// A map of heads.
#[derive(Debug, Clone, Copy)]
pub struct NewestMap {
    /// Its place in the tree: it is of exactly the entries before.
    pub index: i64,
    /// When it was made.
    pub at: Timestamp,
}

/// Reads it. The look-up is recorded.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors; [`Error::NotFound`] where the log knows no such case.
pub async fn read_history(
    ctx: &Context,
    caller: &Caller,
    log: &LogConfig,
    case: Uuid,
) -> Result<ReadHistory, Error> {
    may_look(caller)?;
    // Before the entries: what is written between the two is no gap.
    let row = ctx.store.read(async |db| db.last_entry_of_case(case).await).await?;
    let page = query_log(ctx, caller, Query::Object(ObjectKind::Case, case)).await?;
    if page.entries.is_empty() {
        return Err(Error::NotFound);
    }
    let size = held_head(ctx, log).await?.map(|head| head.head().size);
    let map = match size {
        Some(size) => ctx.store.read(async |db| db.head_map_before(size).await).await?,
        None => None,
    };
    let map = map.map(|row| NewestMap { index: row.idx, at: row.at });
    let unbroken = chained(&page.entries) && row.is_some_and(|row| names_one(&row, &page.entries));
    Ok(ReadHistory { page, head: size.and_then(|size| i64::try_from(size).ok()), map, unbroken })
}

fn chained(entries: &[EntryRow]) -> bool {
    let before = std::iter::once(None).chain(entries.iter().map(|entry| Some(&entry.commitment)));
    (1..).zip(entries).zip(before).all(|((n, entry), before)| entry.n == n && entry.prev.as_ref() == before)
}

fn names_one((n, head): &(i32, Vec<u8>), entries: &[EntryRow]) -> bool {
    entries.iter().any(|entry| entry.n == *n && entry.commitment == *head)
}

impl ReadHistory {
    /// The number of the last entry that the map knows; 0 where it knows no such case or there is no map.
    #[must_use]
    pub fn known(&self) -> i32 {
        let Some(map) = self.map else { return 0 };
        let before = |eid: &Uuid| self.page.places.get(eid).is_some_and(|place| *place < map.index);
        self.page.entries.iter().rev().find(|entry| before(&entry.eid)).map_or(0, |entry| entry.n)
    }
}
