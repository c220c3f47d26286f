//! Days' heads that a quorum cosigned (`audit.anchors`), and the epochs that were closed (`audit.epochs`).

use diesel::{
    prelude::*,
    sql_types::{BigInt, Integer},
};
use diesel_async::RunQueryDsl;
use jiff::Timestamp;

use super::{
    checkpoints::CheckpointRow,
    schema::{anchors, checkpoints, cosignatures, pending},
    store::{Db, StorageError, Upkeep},
    tx::Tx,
};

/// Epochs in which the tree did not grow, from the first to the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct MissingEpochs {
    /// The first.
    #[diesel(sql_type = BigInt)]
    pub first: i64,
    /// The last.
    #[diesel(sql_type = BigInt)]
    pub last: i64,
}

/// How large the tree was at the end of a day of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct DaySize {
    /// The day, in days of the log since 1970.
    #[diesel(sql_type = BigInt)]
    pub day: i64,
    /// Leaves.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// Epochs that were closed on it.
    #[diesel(sql_type = BigInt)]
    pub epochs: i64,
}

impl Db<'_> {
    /// The newest checkpoints, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn newest_checkpoints(&mut self, most: i64) -> Result<Vec<CheckpointRow>, StorageError> {
        let newest = checkpoints::table.order(checkpoints::size.desc()).limit(most);
        Ok(newest.select(CheckpointRow::as_select()).load(self.conn).await?)
    }

    /// The newest checkpoints that any witness cosigned, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cosigned_checkpoints(&mut self, most: i64) -> Result<Vec<CheckpointRow>, StorageError> {
        let any = cosignatures::table.filter(cosignatures::size.eq(checkpoints::size));
        let newest = checkpoints::table.filter(diesel::dsl::exists(any)).order(checkpoints::size.desc());
        Ok(newest.limit(most).select(CheckpointRow::as_select()).load(self.conn).await?)
    }

    /// The newest public checkpoints that are not known to have reached the quorum.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn unanchored_checkpoints(&mut self, most: i64) -> Result<Vec<CheckpointRow>, StorageError> {
        let known = anchors::table.filter(anchors::size.eq(checkpoints::size));
        let newest = checkpoints::table
            .filter(checkpoints::public.and(diesel::dsl::not(diesel::dsl::exists(known))))
            .order(checkpoints::size.desc());
        Ok(newest.limit(most).select(CheckpointRow::as_select()).load(self.conn).await?)
    }

    /// Of these sizes, those whose head is recorded as anchored.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn anchored(&mut self, sizes: &[i64]) -> Result<Vec<i64>, StorageError> {
        let recorded = anchors::table.filter(anchors::size.eq_any(sizes).and(anchors::n.is_not_null()));
        Ok(recorded.select(anchors::size).load(self.conn).await?)
    }

    /// Epochs from `from` on in which the tree did not grow, though it had before, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn missing_epochs(&mut self, from: i64, most: i64) -> Result<Vec<MissingEpochs>, StorageError> {
        let gaps = diesel::sql_query(
            "select prev + 1 as first, epoch - 1 as last
             from (select epoch, lag(epoch) over (order by epoch) as prev from audit.epochs where epoch >= $1) e
             where epoch > prev + 1 order by epoch desc limit $2",
        );
        Ok(gaps.bind::<BigInt, _>(from).bind::<BigInt, _>(most).load(self.conn).await?)
    }

    /// The size of the tree at the end of each day of the log on which an epoch was closed, newest first. Lengths in
    /// seconds.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn day_sizes(
        &mut self,
        epoch_seconds: i64,
        day_seconds: i64,
        most: i64,
    ) -> Result<Vec<DaySize>, StorageError> {
        let from = most.saturating_mul(day_seconds).checked_div(epoch_seconds).unwrap_or(0);
        let days = diesel::sql_query(
            "select (epoch * $1) / $2 as day, max(size) as size, count(*) as epochs from audit.epochs
             where epoch >= (select max(epoch) from audit.epochs) - $3 group by 1 order by 1 desc limit $4",
        );
        let days = days.bind::<BigInt, _>(epoch_seconds).bind::<BigInt, _>(day_seconds);
        Ok(days.bind::<BigInt, _>(from).bind::<BigInt, _>(most).load(self.conn).await?)
    }

    /// How many entries were due before this moment and are not in the tree, and since when the oldest waits.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn entries_due(&mut self, before: Timestamp) -> Result<(i64, Option<Timestamp>), StorageError> {
        let row: (i64, Option<jiff_diesel::Timestamp>) = pending::table
            .filter(pending::due.lt(jiff_diesel::Timestamp::from(before)))
            .select((diesel::dsl::count_star(), diesel::dsl::min(pending::due)))
            .first(self.conn)
            .await?;
        Ok((row.0, row.1.map(jiff_diesel::Timestamp::to_jiff)))
    }
}

impl Upkeep<'_> {
    /// Notes that a public head reached the quorum. Where another process was first, its row stays.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_anchor(&mut self, size: i64) -> Result<(), StorageError> {
        diesel::insert_into(anchors::table)
            .values(anchors::size.eq(size))
            .on_conflict_do_nothing()
            .execute(self.conn)
            .await?;
        Ok(())
    }
}

impl Tx<'_> {
    /// Heads that reached the quorum and are not in the log's own history yet, smallest first. Whoever asks holds the lock
    /// of the tree's state, so nobody else records them.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn anchors_to_record(&mut self, most: i64) -> Result<Vec<CheckpointRow>, StorageError> {
        let waiting = anchors::table.filter(anchors::size.eq(checkpoints::size).and(anchors::n.is_null()));
        let heads = checkpoints::table.filter(diesel::dsl::exists(waiting)).order(checkpoints::size);
        Ok(heads.limit(most).select(CheckpointRow::as_select()).load(self.conn).await?)
    }

    /// Notes where in the log's own history the heads of these sizes are recorded, from position `first` on.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn save_anchors(&mut self, sizes: &[i64], first: i32) -> Result<(), StorageError> {
        diesel::sql_query(
            "update audit.anchors a set n = $2 + t.place::integer - 1
             from unnest($1) with ordinality as t (size, place) where a.size = t.size",
        )
        .bind::<diesel::sql_types::Array<BigInt>, _>(sizes)
        .bind::<Integer, _>(first)
        .execute(self.conn)
        .await?;
        Ok(())
    }
}
