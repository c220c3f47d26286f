//! Recoveries that wait for a colleague's approval: `staff_recoveries`.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::Timestamp;

use super::{
    schema::staff_recoveries,
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{domain::ids::StaffId, policy::Permit};

/// What a person prepared with their recovery code.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = staff_recoveries, check_for_backend(diesel::pg::Pg))]
pub struct RecoveryRow {
    /// Who.
    pub staff_id: StaffId,
    /// When they asked.
    #[diesel(deserialize_as = jiff_diesel::Timestamp, serialize_as = jiff_diesel::Timestamp)]
    pub asked_at: Timestamp,
    /// Their new columns (`StaffKeyColumns` as JSON): the same keys, sealed anew.
    pub keys: Vec<u8>,
    /// Their signature over these bytes.
    pub signature: Vec<u8>,
}

impl Db<'_> {
    /// The recoveries asked for since `from`.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn recoveries_since(&mut self, from: Timestamp) -> Result<Vec<RecoveryRow>, StorageError> {
        let query = staff_recoveries::table
            .filter(staff_recoveries::asked_at.ge(jiff_diesel::Timestamp::from(from)))
            .select(RecoveryRow::as_select());
        Ok(query.load(self.conn).await?)
    }

    /// Who asked for a recovery before `moment` that nobody decided on.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn recoveries_before(&mut self, moment: Timestamp) -> Result<Vec<StaffId>, StorageError> {
        let query = staff_recoveries::table
            .filter(staff_recoveries::asked_at.lt(jiff_diesel::Timestamp::from(moment)))
            .order(staff_recoveries::staff_id);
        Ok(query.select(staff_recoveries::staff_id).load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Prepares a recovery in place of any before.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn prepare_recovery(
        &mut self,
        _permit: &Permit,
        prepared: RecoveryRow,
    ) -> Result<(), StorageError> {
        diesel::insert_into(staff_recoveries::table)
            .values(prepared.clone())
            .on_conflict(staff_recoveries::staff_id)
            .do_update()
            .set(prepared)
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Takes a prepared recovery out, to be approved or refused.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn take_recovery(
        &mut self,
        _permit: &Permit,
        id: StaffId,
    ) -> Result<Option<RecoveryRow>, StorageError> {
        let query = diesel::delete(staff_recoveries::table.find(id)).returning(RecoveryRow::as_returning());
        Ok(query.get_result(self.conn).await.optional()?)
    }
}
