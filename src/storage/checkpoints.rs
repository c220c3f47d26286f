//! Signed heads of the tree, and who else signed them: `audit.checkpoints`, `audit.cosignatures`.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::Timestamp;

use super::{
    schema::{checkpoints, cosignatures},
    store::{Db, StorageError, Upkeep},
    tree::count,
};

/// A head that the log signed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = checkpoints, check_for_backend(diesel::pg::Pg))]
pub struct CheckpointRow {
    /// Leaves of its tree.
    pub size: i64,
    /// The epoch after which it was made.
    pub epoch: i64,
    /// When it was signed.
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    pub made_at: Timestamp,
    /// The note with the log's own signatures.
    pub note: String,
    /// Whether everybody may have it.
    pub public: bool,
}

/// A witness's line under a checkpoint.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = cosignatures, check_for_backend(diesel::pg::Pg))]
pub struct CosignatureRow {
    /// Leaves of the tree.
    pub size: i64,
    /// The witness's name in the policy.
    pub witness: String,
    /// The line, without its line end.
    pub line: String,
    /// When it came.
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    pub at: Timestamp,
}

impl Db<'_> {
    /// The newest checkpoint.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn newest_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StorageError> {
        let newest = checkpoints::table.order(checkpoints::size.desc()).select(CheckpointRow::as_select());
        Ok(newest.first(self.conn).await.optional()?)
    }

    /// The newest checkpoint that was made after an epoch before this one.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn checkpoint_before(&mut self, epoch: i64) -> Result<Option<CheckpointRow>, StorageError> {
        let newest = checkpoints::table
            .filter(checkpoints::epoch.lt(epoch))
            .order(checkpoints::size.desc())
            .select(CheckpointRow::as_select());
        Ok(newest.first(self.conn).await.optional()?)
    }

    /// The newest checkpoint that everybody may have.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn public_checkpoint(&mut self) -> Result<Option<CheckpointRow>, StorageError> {
        let newest = checkpoints::table
            .filter(checkpoints::public)
            .order(checkpoints::size.desc())
            .select(CheckpointRow::as_select());
        Ok(newest.first(self.conn).await.optional()?)
    }

    /// The checkpoint of this size.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn checkpoint_of(&mut self, size: u64) -> Result<Option<CheckpointRow>, StorageError> {
        // A size that the database cannot count was never signed.
        let Ok(size) = count(size) else { return Ok(None) };
        let found = checkpoints::table.find(size).select(CheckpointRow::as_select());
        Ok(found.first(self.conn).await.optional()?)
    }

    /// The smaller checkpoints that everybody may have, smallest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn public_checkpoints_before(&mut self, size: i64) -> Result<Vec<CheckpointRow>, StorageError> {
        let older = checkpoints::table
            .filter(checkpoints::public.and(checkpoints::size.lt(size)))
            .order(checkpoints::size)
            .select(CheckpointRow::as_select());
        Ok(older.load(self.conn).await?)
    }

    /// The cosignatures of a checkpoint, by the witnesses' names.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cosignatures(&mut self, size: i64) -> Result<Vec<CosignatureRow>, StorageError> {
        let lines = cosignatures::table
            .filter(cosignatures::size.eq(size))
            .order(cosignatures::witness)
            .select(CosignatureRow::as_select());
        Ok(lines.load(self.conn).await?)
    }

    /// The size of the newest tree that a witness cosigned, as far as we know.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn last_cosigned(&mut self, witness: &str) -> Result<Option<u64>, StorageError> {
        let newest: Option<i64> = cosignatures::table
            .filter(cosignatures::witness.eq(witness))
            .select(diesel::dsl::max(cosignatures::size))
            .first(self.conn)
            .await?;
        Ok(newest.and_then(|size| u64::try_from(size).ok()))
    }
}

impl Upkeep<'_> {
    /// Keeps a signed head. Where another process was first, its row stays.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_checkpoint(
        &mut self,
        size: u64,
        epoch: i64,
        made_at: Timestamp,
        note: &str,
    ) -> Result<(), StorageError> {
        diesel::insert_into(checkpoints::table)
            .values((
                checkpoints::size.eq(count(size)?),
                checkpoints::epoch.eq(epoch),
                checkpoints::made_at.eq(jiff_diesel::Timestamp::from(made_at)),
                checkpoints::note.eq(note),
            ))
            .on_conflict_do_nothing()
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Keeps a witness's line. Where another process was first, its row stays.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_cosignature(&mut self, row: CosignatureRow) -> Result<(), StorageError> {
        diesel::insert_into(cosignatures::table)
            .values((
                cosignatures::size.eq(row.size),
                cosignatures::witness.eq(row.witness),
                cosignatures::line.eq(row.line),
                cosignatures::at.eq(jiff_diesel::Timestamp::from(row.at)),
            ))
            .on_conflict_do_nothing()
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Lets everybody have a checkpoint.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn make_public(&mut self, size: i64) -> Result<(), StorageError> {
        diesel::update(checkpoints::table.find(size))
            .set(checkpoints::public.eq(true))
            .execute(self.conn)
            .await?;
        Ok(())
    }
}
