//! The record, as auditors look at it: `audit.entries`.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use diesel_async::RunQueryDsl;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{
    schema::entries,
    store::{Db, StorageError},
};
use crate::audit::{act::Act, entry::ObjectKind};

/// An entry.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = entries, check_for_backend(diesel::pg::Pg))]
pub struct EntryRow {
    /// Its random id.
    pub eid: Uuid,
    /// Kind of the object.
    pub obj_kind: String,
    /// The object's audit id.
    pub obj_id: Uuid,
    /// Position in the object's history.
    pub n: i32,
    /// Commitment of the position before.
    pub prev: Option<Vec<u8>>,
    /// Canonical bytes.
    pub body: Vec<u8>,
    /// Its commitment.
    pub commitment: Vec<u8>,
    /// Its acts.
    pub acts: Vec<String>,
    /// Its day.
    #[diesel(deserialize_as = jiff_diesel::Date)]
    pub day: Date,
    /// Its place in lists: the time of an act of staff, the midnight of a reporter's day.
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    pub moment: Timestamp,
    /// State before.
    pub status_from: Option<String>,
    /// State after.
    pub status_to: Option<String>,
}

/// What the list of entries is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Entries with at least one of these acts; none means all but pads, of which there are very many.
    pub acts: Option<Vec<Act>>,
    /// Only the history of this object.
    pub object: Option<(ObjectKind, Uuid)>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to this day.
    pub until: Option<Date>,
    /// Continue after this entry (moment, eid): the cursor of the page before.
    pub after: Option<(Timestamp, Uuid)>,
    /// At most so many.
    pub limit: i64,
}

impl Db<'_> {
    /// Entries, latest first; within an object's history from the first to the last.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn entries(&mut self, filter: &EntryFilter) -> Result<Vec<EntryRow>, StorageError> {
        let mut query = entries::table.select(EntryRow::as_select()).limit(filter.limit).into_boxed();
        if let Some(acts) = &filter.acts {
            let codes: Vec<String> = acts.iter().map(|act| act.code().to_owned()).collect();
            query = query.filter(entries::acts.overlaps_with(codes));
        } else if filter.object.is_none() {
            // Literally the condition of the index `entries_shown`.
            query = query.filter(sql::<Bool>("acts <> '{log.pad}'"));
        }
        if let Some(day) = filter.from {
            query = query.filter(entries::day.ge(jiff_diesel::Date::from(day)));
        }
        if let Some(day) = filter.until {
            query = query.filter(entries::day.le(jiff_diesel::Date::from(day)));
        }
        if let Some((kind, id)) = filter.object {
            query =
                query.filter(entries::obj_kind.eq(kind.code()).and(entries::obj_id.eq(id))).order(entries::n);
        } else {
            query = query.order((entries::moment.desc(), entries::eid.desc()));
        }
        if let Some((moment, eid)) = filter.after {
            let moment = jiff_diesel::Timestamp::from(moment);
            let same = entries::moment.eq(moment).and(entries::eid.lt(eid));
            query = query.filter(entries::moment.lt(moment).or(same));
        }
        Ok(query.load(self.conn).await?)
    }

    /// One entry.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn entry(&mut self, eid: Uuid) -> Result<Option<EntryRow>, StorageError> {
        Ok(entries::table.find(eid).select(EntryRow::as_select()).first(self.conn).await.optional()?)
    }

    /// The commitment of one position of an object's history.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn commitment(
        &mut self,
        kind: ObjectKind,
        id: Uuid,
        n: i32,
    ) -> Result<Option<[u8; 32]>, StorageError> {
        let row: Option<Vec<u8>> = entries::table
            .filter(entries::obj_kind.eq(kind.code()).and(entries::obj_id.eq(id)).and(entries::n.eq(n)))
            .select(entries::commitment)
            .first(self.conn)
            .await
            .optional()?;
        Ok(row.and_then(|bytes| bytes.as_slice().try_into().ok()))
    }
}
