//! The record and the tables as they stood at one moment, read through from beginning to end: what `reconcile` compares.

use diesel::{
    pg::sql_types::Uuid as SqlUuid,
    prelude::*,
    sql_types::{BigInt, Binary, Integer, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    images,
    log::EntryRow,
    schema::{cases, checkpoints, entries},
    store::{Db, StorageError},
};
use crate::audit::{entry::ObjectKind, post::Image};

/// An audited object as its table has it.
#[derive(Debug, Clone)]
pub struct AuditedRow {
    /// The random id under which the log keeps its history.
    pub id: Uuid,
    /// Number of the last entry.
    pub n: i32,
    /// Its commitment.
    pub head: Vec<u8>,
    /// The state, of a case.
    pub status: Option<String>,
    /// Everything of it that is audited.
    pub image: Image,
}

#[derive(QueryableByName)]
struct RowLine {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    n: i32,
    #[diesel(sql_type = Binary)]
    head: Vec<u8>,
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<String>,
    #[diesel(sql_type = Text)]
    image: String,
}

/// A leaf of the tree beside the entry that it names.
#[derive(Debug, Clone, QueryableByName)]
pub struct PlacedEntry {
    /// Its place.
    #[diesel(sql_type = BigInt)]
    pub idx: i64,
    /// The leaf's data.
    #[diesel(sql_type = Binary)]
    pub data: Vec<u8>,
    /// The commitment of its entry; none where there is no such entry.
    #[diesel(sql_type = Nullable<Binary>)]
    pub commitment: Option<Vec<u8>>,
}

/// How many rows of the record do not fit together.
#[derive(Debug, Clone, QueryableByName)]
pub struct Loose {
    /// Entries.
    #[diesel(sql_type = BigInt)]
    pub entries: i64,
    /// Entries that have no place in the tree and do not wait for one.
    #[diesel(sql_type = BigInt)]
    pub lost: i64,
    /// Entries that have a place and wait for another.
    #[diesel(sql_type = BigInt)]
    pub twice: i64,
    /// Places in the queue of entries that are not there.
    #[diesel(sql_type = BigInt)]
    pub empty: i64,
    /// Entries that wait.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
}

impl Db<'_> {
    /// The next entries of a kind of objects, object by object, each history from its first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn histories(
        &mut self,
        kind: ObjectKind,
        after: Option<(Uuid, i32)>,
        most: i64,
    ) -> Result<Vec<EntryRow>, StorageError> {
        let mut query = entries::table
            .filter(entries::obj_kind.eq(kind.code()))
            .order((entries::obj_id, entries::n))
            .limit(most)
            .select(EntryRow::as_select())
            .into_boxed();
        if let Some((id, n)) = after {
            let same = entries::obj_id.eq(id).and(entries::n.gt(n));
            // The first condition alone bounds the walk through the index.
            query = query.filter(entries::obj_id.ge(id)).filter(entries::obj_id.gt(id).or(same));
        }
        Ok(query.load(self.conn).await?)
    }

    /// The next objects of a kind, by audit id.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn audited_rows(
        &mut self,
        kind: ObjectKind,
        after: Option<Uuid>,
        most: i64,
    ) -> Result<Vec<AuditedRow>, StorageError> {
        let (table, audited) = images::found(kind);
        let status = if kind == ObjectKind::Case { "o.status" } else { "null::text" };
        let query = format!(
            "select o.audit_id as id, o.audit_n as n, o.audit_head as head, {status} as status,
               jsonb_strip_nulls({audited})::text as image
             from {table} o where $1 is null or o.audit_id > $1 order by o.audit_id limit $2"
        );
        let lines: Vec<RowLine> = diesel::sql_query(query)
            .bind::<Nullable<SqlUuid>, _>(after)
            .bind::<BigInt, _>(most)
            .load(self.conn)
            .await?;
        let row = |line: RowLine| {
            let image = images::read(kind, &line.image)?;
            Ok(AuditedRow { id: line.id, n: line.n, head: line.head, status: line.status, image })
        };
        lines.into_iter().map(row).collect()
    }

    /// Number and commitment of the last entry of a case, by its audit id, as its row names them.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn last_entry_of_case(&mut self, id: Uuid) -> Result<Option<(i32, Vec<u8>)>, StorageError> {
        let query = cases::table.filter(cases::audit_id.eq(id)).select((cases::audit_n, cases::audit_head));
        Ok(query.first(self.conn).await.optional()?)
    }

    /// The next leaves, behind a place; from the first where there is none.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn placed_entries(
        &mut self,
        after: Option<i64>,
        most: i64,
    ) -> Result<Vec<PlacedEntry>, StorageError> {
        Ok(diesel::sql_query(
            "select l.idx, l.commitment as data, e.commitment
             from (select * from audit.leaves where $1 is null or idx > $1 order by idx limit $2) l
             left join audit.entries e on e.eid = l.eid order by l.idx",
        )
        .bind::<Nullable<BigInt>, _>(after)
        .bind::<BigInt, _>(most)
        .load(self.conn)
        .await?)
    }

    /// Whether entries, queue and tree fit together.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn loose_entries(&mut self) -> Result<Loose, StorageError> {
        Ok(diesel::sql_query(
            "select count(e.eid) as entries,
               count(*) filter (where e.eid is not null and l.eid is null and p.eid is null) as lost,
               count(*) filter (where l.eid is not null and p.eid is not null) as twice,
               count(*) filter (where e.eid is null and p.eid is not null) as empty,
               count(p.eid) as waiting
             from audit.entries e full join audit.pending p on p.eid = e.eid
             left join audit.leaves l on l.eid = coalesce(e.eid, p.eid)",
        )
        .get_result(self.conn)
        .await?)
    }

    /// Every signed head: size and note, by size.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn signed_heads(&mut self) -> Result<Vec<(i64, String)>, StorageError> {
        let all = checkpoints::table.order(checkpoints::size).select((checkpoints::size, checkpoints::note));
        Ok(all.load(self.conn).await?)
    }
}
