//! The log as it leaves the database: entries, records and tiles in the order of the tree, in batches.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Binary, Timestamptz},
};
use diesel_async::RunQueryDsl;
use jiff::Timestamp;

use super::{
    schema::tiles,
    store::{Db, StorageError},
    tree::count,
};

#[derive(QueryableByName)]
struct Body {
    #[diesel(sql_type = Binary)]
    body: Vec<u8>,
}

/// The newest map of heads below a leaf.
#[derive(QueryableByName)]
pub struct MapRow {
    /// The place of its entry in the tree.
    #[diesel(sql_type = BigInt)]
    pub idx: i64,
    /// Its entry.
    #[diesel(sql_type = Binary)]
    pub body: Vec<u8>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz, deserialize_as = jiff_diesel::Timestamp)]
    pub at: Timestamp,
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

impl Db<'_> {
    /// The bytes of the entries behind the first `size` leaves, each with a line end.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn entry_bytes(&mut self, size: u64) -> Result<u64, StorageError> {
        let sum: Sum = diesel::sql_query(
            "select coalesce(sum(octet_length(e.body) + 1), 0)::bigint as bytes
             from audit.leaves l join audit.entries e on e.eid = l.eid where l.idx < $1",
        )
        .bind::<BigInt, _>(count(size)?)
        .get_result(self.conn)
        .await?;
        Ok(u64::try_from(sum.bytes).unwrap_or(0))
    }

    /// The entries behind the leaves from `first` to before `end`, a line each.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn entry_lines(&mut self, first: u64, end: u64) -> Result<Vec<u8>, StorageError> {
        let rows: Vec<Body> = diesel::sql_query(
            "select e.body from audit.leaves l join audit.entries e on e.eid = l.eid
             where l.idx >= $1 and l.idx < $2 order by l.idx",
        )
        .bind::<BigInt, _>(count(first)?)
        .bind::<BigInt, _>(count(end)?)
        .load(self.conn)
        .await?;
        let mut lines = Vec::with_capacity(rows.iter().map(|row| row.body.len() + 1).sum());
        for row in rows {
            lines.extend_from_slice(&row.body);
            lines.push(b'\n');
        }
        Ok(lines)
    }

    /// The tiles of a level from the index `first` on, at most `most`, each with its index; perhaps wider than the tree was
    /// when somebody asks for it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn tiles_of_level(
        &mut self,
        level: u8,
        first: u64,
        most: i64,
    ) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
        let rows: Vec<(i64, Vec<u8>)> = tiles::table
            .filter(tiles::level.eq(i32::from(level)).and(tiles::idx.ge(count(first)?)))
            .order(tiles::idx)
            .limit(most)
            .select((tiles::idx, tiles::data))
            .load(self.conn)
            .await?;
        Ok(rows.into_iter().map(|(idx, data)| (u64::try_from(idx).unwrap_or(u64::MAX), data)).collect())
    }
    /// The newest map of heads whose entry stands before the leaf `below`.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn head_map_before(&mut self, below: u64) -> Result<Option<MapRow>, StorageError> {
        let rows: Vec<MapRow> = diesel::sql_query(
            "select l.idx, e.body, e.moment as at from audit.entries e join audit.leaves l on l.eid = e.eid
             where e.acts <> '{log.pad}' and e.acts && '{log.headmap}' and l.idx < $1 order by l.idx desc limit 1",
        )
        .bind::<BigInt, _>(count(below)?)
        .load(self.conn)
        .await?;
        Ok(rows.into_iter().next())
    }
}
