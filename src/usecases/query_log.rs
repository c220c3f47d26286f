//! Auditors look at the record. Their own look-ups are recorded too (control AUD-4).

use std::collections::HashMap;

use uuid::Uuid;

use super::{caller::Caller, context::Context, error::Error};
pub use crate::{
    audit::{
        act::{Act, CLAUSES, Cause, Viewer},
        entry::ObjectKind,
    },
    storage::log::{After, EntryFilter, EntryRow},
};
use crate::{
    policy::{Action, authorize},
    storage::staff::StaffChange,
};

/// The most entries of a page.
pub const MOST: i64 = 500;

/// What an auditor asks for.
pub enum Query {
    /// A page of entries.
    Page(EntryFilter),
    /// The whole history of one object, by the id under which the log knows it.
    Object(ObjectKind, Uuid),
    /// One entry.
    Entry(Uuid),
}

/// A page of entries.
pub struct EntryPage {
    /// The entries.
    pub entries: Vec<EntryRow>,
    /// Whether more follow.
    pub more: bool,
    /// The places in the tree of those that have one; the others wait.
    pub places: HashMap<Uuid, i64>,
}

/// Whether the caller may look at the record at all.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors.
pub fn may_look(caller: &Caller) -> Result<(), Error> {
    authorize(&caller.actor(), Action::ReadLog, None)?;
    Ok(())
}

/// Writes down that an auditor looks at the record, and with which kind of query, before they see anything.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors.
pub(super) async fn note_query(ctx: &Context, caller: &Caller, kind: &'static str) -> Result<(), Error> {
    let permit = authorize(&caller.actor(), Action::ReadLog, None)?;
    ctx.store
        .record("query_log", async |tx| {
            let person = tx.lock_staff(caller.id).await?.ok_or(Error::Unauthenticated)?;
            let draft = caller.draft(Act::AuditQueried, "auditor", ctx.store.now()).code("query", kind);
            Ok::<_, Error>(((), tx.save_staff(&permit, &person, StaffChange::default(), &draft).await?))
        })
        .await
}

/// Asks the log.
///
/// # Errors
/// [`Error::Forbidden`] for everybody but auditors.
pub async fn query_log(ctx: &Context, caller: &Caller, query: Query) -> Result<EntryPage, Error> {
    let kind = match &query {
        Query::Page(_) => "page",
        Query::Object(kind, _) => kind.code(),
        Query::Entry(_) => "entry",
    };
    note_query(ctx, caller, kind).await?;
    let (filter, limit) = match query {
        Query::Page(filter) => {
            let limit = filter.limit.clamp(1, MOST);
            (EntryFilter { limit: limit.saturating_add(1), ..filter }, limit)
        }
        Query::Object(kind, id) => {
            let object = Some((kind, id));
            (EntryFilter { object, limit: i64::from(i32::MAX), ..EntryFilter::default() }, i64::MAX)
        }
        Query::Entry(eid) => {
            let entry = ctx.store.read(async |db| db.entry(eid).await).await?.ok_or(Error::NotFound)?;
            return placed(ctx, vec![entry], false).await;
        }
    };
    let mut entries = ctx.store.read(async |db| db.entries(&filter).await).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = entries.len() > wanted;
    entries.truncate(wanted);
    placed(ctx, entries, more).await
}

/// The page with the places of its entries in the tree.
async fn placed(ctx: &Context, entries: Vec<EntryRow>, more: bool) -> Result<EntryPage, Error> {
    let eids: Vec<Uuid> = entries.iter().map(|entry| entry.eid).collect();
    let places = ctx.store.read(async |db| db.leaf_indexes(&eids).await).await?;
    Ok(EntryPage { entries, more, places })
}
