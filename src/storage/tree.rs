//! The tree over all entries: its state (`audit.tree_state`), its leaves and its tiles. What enters it and in which order
//! is decided by the use case that closes an epoch; here it is written.

use std::collections::BTreeMap;

use diesel::{
    pg::sql_types::{Array, Uuid as SqlUuid},
    prelude::*,
    sql_types::{BigInt, Binary, Integer, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    schema::{entries, leaves, pending, tiles, tree_state},
    store::{Db, StorageError},
    tx::{Tx, Written},
};
use crate::audit::{
    edge::WrittenTile,
    entry::{Draft, Entry, Head, ObjectKind},
    head_map::ObjectHead,
    stored::{TileError, TileReader},
    tile::TileId,
    tree::{Hash, TreeHead},
};

/// The state of the tree after the last epoch that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeState {
    /// Size and root.
    pub head: TreeHead,
    /// That epoch.
    pub epoch: i64,
    /// The day of the log in which it began.
    pub day: i64,
    /// How often the quantum is doubled until that day ends.
    pub day_level: u32,
    /// The last entry of the log's own history.
    pub log: Head,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tree_state, check_for_backend(diesel::pg::Pg))]
struct StateRow {
    size: i64,
    root: Vec<u8>,
    epoch: i64,
    day: i64,
    day_level: i32,
    audit_id: Uuid,
    audit_n: i32,
    audit_head: Vec<u8>,
}

const fn corrupt(column: &'static str) -> StorageError {
    StorageError::Corrupt { table: "audit.tree_state", column }
}

/// A number of leaves or a place among them, as the database counts.
pub(super) fn count(number: u64) -> Result<i64, StorageError> {
    i64::try_from(number).map_err(|_cause| corrupt("size"))
}

fn commitment(bytes: &[u8]) -> Result<[u8; 32], StorageError> {
    let table = "audit.entries";
    bytes.try_into().map_err(|_cause| StorageError::Corrupt { table, column: "commitment" })
}

impl StateRow {
    fn read(self) -> Result<TreeState, StorageError> {
        let size = u64::try_from(self.size).map_err(|_cause| corrupt("size"))?;
        let root = Hash::from_slice(&self.root).ok_or(corrupt("root"))?;
        Ok(TreeState {
            head: TreeHead { size, root },
            epoch: self.epoch,
            day: self.day,
            day_level: u32::try_from(self.day_level).map_err(|_cause| corrupt("day_level"))?,
            log: Head {
                kind: ObjectKind::Log,
                id: self.audit_id,
                n: self.audit_n,
                commitment: Some(commitment(&self.audit_head)?),
            },
        })
    }
}

/// Tiles as they stand in the database, each perhaps wider than the tree was when somebody asks for it.
#[derive(Debug, Clone, Default)]
pub struct TileRows(BTreeMap<(u8, u64), Vec<u8>>);

impl TileRows {
    /// The bytes at a tile's place, whatever their number.
    ///
    /// # Errors
    /// [`TileError::Missing`].
    pub fn whole(&self, tile: TileId) -> Result<Vec<u8>, TileError> {
        self.0.get(&(tile.level(), tile.index())).cloned().ok_or(TileError::Missing(tile))
    }

    /// Adds what another look found.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}

impl TileReader for TileRows {
    /// A tile only gains hashes, so its first ones are the tile of an older tree.
    fn read(&self, tile: TileId) -> Result<Vec<u8>, TileError> {
        let mut bytes = self.whole(tile)?;
        bytes.truncate(tile.bytes());
        Ok(bytes)
    }
}

#[derive(QueryableByName)]
struct HeadRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    n: i32,
    #[diesel(sql_type = Binary)]
    commitment: Vec<u8>,
}

#[derive(QueryableByName)]
struct Data {
    #[diesel(sql_type = Binary)]
    data: Vec<u8>,
}

impl Db<'_> {
    /// The state of the tree; none before its first epoch was closed.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn tree_state(&mut self) -> Result<Option<TreeState>, StorageError> {
        let row: Option<StateRow> =
            tree_state::table.select(StateRow::as_select()).first(self.conn).await.optional()?;
        row.map(StateRow::read).transpose()
    }

    /// The tiles at these places; those that are missing are missing in the answer.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn tiles(&mut self, places: &[TileId]) -> Result<TileRows, StorageError> {
        let mut rows = TileRows::default();
        for tile in places {
            let place = (i32::from(tile.level()), count(tile.index())?);
            let found: Option<Vec<u8>> =
                tiles::table.find(place).select(tiles::data).first(self.conn).await.optional()?;
            if let Some(data) = found {
                rows.0.insert((tile.level(), tile.index()), data);
            }
        }
        Ok(rows)
    }

    /// The data of the leaves from `first` on, at most `most`.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn leaf_data(&mut self, first: u64, most: u16) -> Result<Vec<[u8; 32]>, StorageError> {
        let rows: Vec<Vec<u8>> = leaves::table
            .filter(leaves::idx.ge(count(first)?))
            .order(leaves::idx)
            .limit(i64::from(most))
            .select(leaves::commitment)
            .load(self.conn)
            .await?;
        rows.iter().map(|row| commitment(row)).collect()
    }

    /// Entries that may enter the tree before this moment, with that moment of theirs, the longest due first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn due_entries(
        &mut self,
        before: Timestamp,
        most: i64,
    ) -> Result<Vec<(Uuid, Timestamp)>, StorageError> {
        let rows: Vec<(Uuid, jiff_diesel::Timestamp)> = pending::table
            .filter(pending::due.lt(jiff_diesel::Timestamp::from(before)))
            .order((pending::due, pending::eid))
            .limit(most)
            .select((pending::eid, pending::due))
            .load(self.conn)
            .await?;
        Ok(rows.into_iter().map(|(eid, due)| (eid, due.to_jiff())).collect())
    }

    /// The newest entry of each object of a kind that is in the tree before the leaf `below`, in the order of the objects'
    /// ids, from the one after `after`.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn heads_in_tree(
        &mut self,
        kind: ObjectKind,
        after: Option<Uuid>,
        most: i64,
        below: u64,
    ) -> Result<Vec<ObjectHead>, StorageError> {
        // One step of the index per object, not per entry: the log's own history is very long.
        let rows: Vec<HeadRow> = diesel::sql_query(
            "with recursive o as (
               (select obj_id from audit.entries
                where obj_kind = $1 and ($2 is null or obj_id > $2) order by obj_id limit 1)
               union all
               select (select e.obj_id from audit.entries e where e.obj_kind = $1 and e.obj_id > o.obj_id
                       order by e.obj_id limit 1)
               from o where o.obj_id is not null)
             select o.obj_id as id, h.n, h.commitment
             from o cross join lateral (
               select e.n, e.commitment from audit.entries e join audit.leaves l on l.eid = e.eid
               where e.obj_kind = $1 and e.obj_id = o.obj_id and l.idx < $4 order by e.n desc limit 1) h
             where o.obj_id is not null limit $3",
        )
        .bind::<Text, _>(kind.code())
        .bind::<Nullable<SqlUuid>, _>(after)
        .bind::<BigInt, _>(most)
        .bind::<BigInt, _>(count(below)?)
        .load(self.conn)
        .await?;
        let head = |row: HeadRow| {
            let n = u32::try_from(row.n)
                .map_err(|_cause| StorageError::Corrupt { table: "audit.entries", column: "n" })?;
            Ok(ObjectHead { kind, id: row.id, n, commitment: commitment(&row.commitment)? })
        };
        rows.into_iter().map(head).collect()
    }

    /// The commitments of entries, in this order.
    ///
    /// # Errors
    /// [`StorageError::Corrupt`] where one is missing.
    pub async fn commitments(&mut self, eids: &[Uuid]) -> Result<Vec<[u8; 32]>, StorageError> {
        let rows: Vec<(Uuid, Vec<u8>)> = entries::table
            .filter(entries::eid.eq_any(eids))
            .select((entries::eid, entries::commitment))
            .load(self.conn)
            .await?;
        let found: BTreeMap<Uuid, Vec<u8>> = rows.into_iter().collect();
        eids.iter().map(|eid| commitment(found.get(eid).map_or(&[], Vec::as_slice))).collect()
    }
}

impl Tx<'_> {
    /// The state of the tree, locked until the transaction ends: who holds it is the only one who lets the tree grow.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn lock_tree(&mut self) -> Result<Option<TreeState>, StorageError> {
        let row: Option<StateRow> =
            tree_state::table.select(StateRow::as_select()).for_update().first(self.conn).await.optional()?;
        row.map(StateRow::read).transpose()
    }

    /// Appends entries to the log's own history, behind `head`, which moves on; gives their ids.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn append_to_log(
        &mut self,
        head: &mut Head,
        drafts: &[Draft<'_>],
    ) -> Result<Vec<Uuid>, StorageError> {
        let mut sealed: Vec<Entry> = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let entry = self.seal(head, draft)?;
            *head = Head { commitment: Some(entry.commitment), ..entry.place };
            sealed.push(entry);
        }
        let eids: Vec<Uuid> = sealed.iter().map(|_| self.uuid()).collect();
        let previous = |entry: &Entry| entry.previous.map(|c| c.to_vec());
        let appended = diesel::sql_query(
            "select audit.append(t.eid, 'log', $1, t.n, t.prev, t.body, $2)
             from unnest($3, $4, $5, $6) with ordinality as t (eid, n, prev, body, place) order by t.place",
        )
        .bind::<SqlUuid, _>(head.id)
        .bind::<Timestamptz, _>(jiff_diesel::Timestamp::from(self.now()))
        .bind::<Array<SqlUuid>, _>(&eids)
        .bind::<Array<Integer>, _>(sealed.iter().map(|entry| entry.place.n).collect::<Vec<_>>())
        .bind::<Array<Nullable<Binary>>, _>(sealed.iter().map(previous).collect::<Vec<_>>())
        .bind::<Array<Binary>, _>(sealed.iter().map(|entry| entry.body.as_slice()).collect::<Vec<_>>());
        appended.execute(self.conn).await?;
        Ok(eids)
    }

    /// Puts entries that wait into the tree, in this order, from the leaf `first` on, which must be the next. Gives the
    /// leaves' data.
    ///
    /// # Errors
    /// [`StorageError::Refused`] where one of them does not wait or another leaf is the next.
    pub async fn integrate(&mut self, first: u64, eids: &[Uuid]) -> Result<Vec<[u8; 32]>, StorageError> {
        let rows: Vec<Data> = diesel::sql_query("select audit.integrate($1, $2) as data")
            .bind::<BigInt, _>(count(first)?)
            .bind::<Array<SqlUuid>, _>(eids)
            .load(self.conn)
            .await?;
        rows.iter().map(|row| commitment(&row.data)).collect()
    }

    /// Writes tiles that are new or wider now.
    ///
    /// # Errors
    /// [`StorageError::Refused`] where one does not begin with what stands there.
    pub async fn save_tiles(&mut self, written: &[WrittenTile]) -> Result<(), StorageError> {
        let indexes: Vec<i64> =
            written.iter().map(|tile| count(tile.id.index())).collect::<Result<_, _>>()?;
        diesel::sql_query(
            "insert into audit.tiles (level, idx, data) select * from unnest($1, $2, $3)
             on conflict (level, idx) do update set data = excluded.data",
        )
        .bind::<Array<Integer>, _>(written.iter().map(|tile| i32::from(tile.id.level())).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(indexes)
        .bind::<Array<Binary>, _>(written.iter().map(|tile| tile.bytes.as_slice()).collect::<Vec<_>>())
        .execute(self.conn)
        .await?;
        Ok(())
    }

    /// Writes the state of the tree after an epoch, naming the last entry of the log's own history: one that this
    /// transaction has appended, or the database refuses.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where another process has begun the tree.
    pub async fn save_tree(&mut self, state: &TreeState, begun: bool) -> Result<Written, StorageError> {
        let head = state.log.commitment.ok_or(corrupt("audit_head"))?;
        let columns = (
            tree_state::size.eq(count(state.head.size)?),
            tree_state::root.eq(state.head.root.bytes().as_slice()),
            tree_state::epoch.eq(state.epoch),
            tree_state::day.eq(state.day),
            tree_state::day_level.eq(i32::try_from(state.day_level).map_err(|_cause| corrupt("day_level"))?),
            tree_state::audit_id.eq(state.log.id),
            tree_state::audit_n.eq(state.log.n),
            tree_state::audit_head.eq(head.as_slice()),
        );
        if begun {
            diesel::insert_into(tree_state::table).values(columns).execute(self.conn).await?;
        } else {
            diesel::update(tree_state::table).set(columns).execute(self.conn).await?;
        }
        Ok(Written { n: state.log.n, commitment: head })
    }
}
