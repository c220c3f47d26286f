//! The record, as auditors look at it: `audit.entries`.

use std::collections::HashMap;

use diesel::{
    dsl::sql,
    pg::Pg,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Date as SqlDate, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use super::{
    schema::{entries, leaves},
    store::{Db, StorageError},
};
use crate::{
    audit::{
        act::{Act, Cause},
        entry::ObjectKind,
    },
    domain::profile::ProfileId,
};

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

/// Where a page of entries continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// In the list, latest first: after the entry of this moment and id.
    Moment(Timestamp, Uuid),
    /// In an object's history, first to last: after the entry of this number.
    Number(i32),
}

/// What the list of entries is narrowed to; every condition must hold.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Entries with at least one of these acts. Pads, of which there are very many, are shown only where nothing else is
    /// asked for.
    pub acts: Option<Vec<Act>>,
    /// Only the history of this object.
    pub object: Option<(ObjectKind, Uuid)>,
    /// Only the history of the object that the log knows by this id, of whatever kind.
    pub audit_id: Option<Uuid>,
    /// Only what this member of staff caused: the alias, hexadecimal.
    pub actor: Option<String>,
    /// Only what was done in this role or part.
    pub role: Option<String>,
    /// Only what was caused so.
    pub cause: Option<Cause>,
    /// Only objects whose first entry names this profile: cases and desks.
    pub profile: Option<ProfileId>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to this day.
    pub until: Option<Date>,
    /// Continue there.
    pub after: Option<After>,
    /// At most so many.
    pub limit: i64,
}

impl EntryFilter {
    /// Whether it asks for an object's history, which goes from the first entry to the last.
    #[must_use]
    pub const fn of_object(&self) -> bool {
        self.object.is_some() || self.audit_id.is_some()
    }
}

type Conditions<'q> = entries::BoxedQuery<'q, Pg>;

/// The first moment of a day; entries of a day lie from it up to the first moment of the next. A reporter's entry stands at
/// the first moment of its day.
fn midnight(day: Date) -> jiff_diesel::Timestamp {
    let first = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN);
    jiff_diesel::Timestamp::from(first)
}

/// The first moment after a day, and of all days after the last one of the calendar.
fn midnight_after(day: Date) -> jiff_diesel::Timestamp {
    day.tomorrow().map_or_else(|_last| jiff_diesel::Timestamp::from(Timestamp::MAX), midnight)
}

fn of_acts<'q>(query: Conditions<'q>, filter: &EntryFilter) -> Conditions<'q> {
    // Literally the conditions of the indexes `entries_pads` and `entries_shown`.
    if filter.acts.as_deref() == Some(&[Act::LogPad]) {
        return query.filter(sql::<Bool>("acts = '{log.pad}'"));
    }
    let query = if filter.of_object() { query } else { query.filter(sql::<Bool>("acts <> '{log.pad}'")) };
    let Some(acts) = &filter.acts else { return query };
    let codes: Vec<String> = acts.iter().map(|act| act.code().to_owned()).collect();
    query.filter(entries::acts.overlaps_with(codes))
}

fn of_people<'q>(mut query: Conditions<'q>, filter: &EntryFilter) -> Conditions<'q> {
    if let Some(actor) = &filter.actor {
        query = query.filter(entries::actor.eq(actor.clone()));
    }
    if let Some(role) = &filter.role {
        query = query.filter(entries::role.eq(role.clone()));
    }
    if let Some(cause) = filter.cause {
        query = query.filter(entries::cause.eq(cause.code()));
    }
    query
}

fn of_objects<'q>(mut query: Conditions<'q>, filter: &EntryFilter) -> Conditions<'q> {
    if let Some((kind, id)) = filter.object {
        query = query.filter(entries::obj_kind.eq(kind.code()).and(entries::obj_id.eq(id)));
    }
    if let Some(id) = filter.audit_id {
        let kinds: Vec<&str> = ObjectKind::ALL.iter().map(|kind| kind.code()).collect();
        query = query.filter(entries::obj_kind.eq_any(kinds).and(entries::obj_id.eq(id)));
    }
    if let Some(profile) = filter.profile {
        let first = "exists (select from audit.entries f where f.n = 1 and f.obj_kind = entries.obj_kind \
             and f.obj_id = entries.obj_id and f.profile = ";
        query = query.filter(sql::<Bool>(first).bind::<Text, _>(profile.code()).sql(")"));
    }
    query
}

fn of_days<'q>(mut query: Conditions<'q>, filter: &EntryFilter) -> Conditions<'q> {
    if let Some(day) = filter.from {
        query = query.filter(entries::moment.ge(midnight(day)));
    }
    if let Some(day) = filter.until {
        query = query.filter(entries::moment.lt(midnight_after(day)));
    }
    query
}

/// How many entries hold exactly these acts, and when the first and the last of them happened.
#[derive(Debug, Clone, QueryableByName)]
pub struct ActsCount {
    /// The acts of the entries.
    #[diesel(sql_type = Array<Text>)]
    pub acts: Vec<String>,
    /// How many entries.
    #[diesel(sql_type = BigInt)]
    pub entries: i64,
    /// The day of the first.
    #[diesel(sql_type = SqlDate, deserialize_as = jiff_diesel::Date)]
    pub first: Date,
    /// The day of the last.
    #[diesel(sql_type = SqlDate, deserialize_as = jiff_diesel::Date)]
    pub last: Date,
}

impl Db<'_> {
    /// Entries, latest first; within an object's history from the first to the last.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn entries(&mut self, filter: &EntryFilter) -> Result<Vec<EntryRow>, StorageError> {
        let all = entries::table.into_boxed();
        let query = of_days(of_objects(of_people(of_acts(all, filter), filter), filter), filter);
        let query = match filter.after {
            Some(After::Moment(moment, eid)) => {
                let moment = jiff_diesel::Timestamp::from(moment);
                // Both halves, so that an index is entered at the cursor.
                let same = entries::moment.lt(moment).or(entries::eid.lt(eid));
                query.filter(entries::moment.le(moment).and(same))
            }
            Some(After::Number(n)) => query.filter(entries::n.gt(n)),
            None => query,
        };
        let query = if filter.of_object() {
            query.order(entries::n)
        } else {
            query.order((entries::moment.desc(), entries::eid.desc()))
        };
        Ok(query.select(EntryRow::as_select()).limit(filter.limit).load(self.conn).await?)
    }

    /// The places in the tree of those of these entries that have one.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn leaf_indexes(&mut self, eids: &[Uuid]) -> Result<HashMap<Uuid, i64>, StorageError> {
        let rows: Vec<(Uuid, i64)> = leaves::table
            .filter(leaves::eid.eq_any(eids))
            .select((leaves::eid, leaves::idx))
            .load(self.conn)
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// An entry and those around it in its object's history, at most so many on each side.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn neighbours(&mut self, entry: &EntryRow, around: i32) -> Result<Vec<EntryRow>, StorageError> {
        Ok(entries::table
            .filter(entries::obj_kind.eq(&entry.obj_kind).and(entries::obj_id.eq(entry.obj_id)))
            .filter(entries::n.between(entry.n.saturating_sub(around), entry.n.saturating_add(around)))
            .order(entries::n)
            .select(EntryRow::as_select())
            .load(self.conn)
            .await?)
    }

    /// Entries of these days by the acts that they hold, pads left out. A few dozen groups, whatever the number of entries.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn count_by_acts(
        &mut self,
        from: Option<Date>,
        until: Option<Date>,
    ) -> Result<Vec<ActsCount>, StorageError> {
        let rows = diesel::sql_query(
            "select acts, count(*) as entries, (min(moment) at time zone 'UTC')::date as first,
                    (max(moment) at time zone 'UTC')::date as last
             from audit.entries
             where acts <> '{log.pad}' and ($1 is null or moment >= $1) and ($2 is null or moment < $2)
             group by acts",
        )
        .bind::<Nullable<Timestamptz>, _>(from.map(midnight))
        .bind::<Nullable<Timestamptz>, _>(until.map(midnight_after))
        .load(self.conn)
        .await?;
        Ok(rows)
    }

    /// How many pads there are.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn count_pads(&mut self) -> Result<i64, StorageError> {
        let pads = entries::table.filter(sql::<Bool>("acts = '{log.pad}'")).count();
        Ok(pads.get_result(self.conn).await?)
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
