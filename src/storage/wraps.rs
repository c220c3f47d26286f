//! The wrapped seeds of case epochs: `case_epochs`, `case_wraps`, `content_reads`.
//!
//! The application cannot read `case_wraps.sealed`. A staff member's wrap comes only from `take_staff_wraps`, which
//! gives it when the reading was recorded for this session; a reporter's only to whoever knows the receipt.

use diesel::{
    prelude::*,
    sql_types::{Binary, Integer, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    schema::{case_epochs, case_wraps, content_reads},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::ids::{CaseId, SessionId, StaffId},
    policy::Permit,
};

/// A wrapped seed.
#[derive(Debug, Clone, QueryableByName)]
pub struct WrapRow {
    /// The epoch whose seed it is.
    #[diesel(sql_type = Integer)]
    pub epoch: i32,
    /// Sealed to the holder.
    #[diesel(sql_type = Binary)]
    pub sealed: Vec<u8>,
}

/// For whom a seed is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A member of staff.
    Staff(StaffId),
    /// The reporter of the case.
    Reporter(CaseId),
    /// A desk's recovery key.
    Recovery(crate::domain::ids::DeskId),
}

impl Holder {
    /// The code in the column.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Staff(_) => "staff",
            Self::Reporter(_) => "reporter",
            Self::Recovery(_) => "recovery",
        }
    }

    /// Who, as the column has it; the seal is bound to it.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Staff(id) => id.0,
            Self::Reporter(id) => id.0,
            Self::Recovery(id) => id.0,
        }
    }
}

/// A wrap to be written.
#[derive(Debug, Clone)]
pub struct NewWrap {
    /// The epoch.
    pub epoch: i32,
    /// For whom.
    pub holder: Holder,
    /// Sealed to them.
    pub sealed: Vec<u8>,
}

impl Db<'_> {
    /// The public half of an epoch: whoever writes to the case without reading it seals to this.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn epoch_key(&mut self, case: CaseId, epoch: i32) -> Result<Option<Vec<u8>>, StorageError> {
        let query = case_epochs::table.find((case, epoch)).select(case_epochs::public_key);
        Ok(query.first(self.conn).await.optional()?)
    }

    /// The reporter's wraps of all epochs, to whoever knows the receipt.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn reporter_wraps(&mut self, receipt_id: &[u8; 32]) -> Result<Vec<WrapRow>, StorageError> {
        Ok(diesel::sql_query("select epoch, sealed from take_reporter_wraps($1)")
            .bind::<Binary, _>(receipt_id.as_slice())
            .load(self.conn)
            .await?)
    }

    /// A staff member's wraps of all epochs; empty unless the reading is recorded, attested and granted.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn staff_wraps(
        &mut self,
        case: CaseId,
        staff: StaffId,
        session: SessionId,
    ) -> Result<Vec<WrapRow>, StorageError> {
        Ok(diesel::sql_query("select epoch, sealed from take_staff_wraps($1, $2, $3)")
            .bind::<SqlUuid, _>(case.0)
            .bind::<SqlUuid, _>(staff.0)
            .bind::<SqlUuid, _>(session.0)
            .load(self.conn)
            .await?)
    }

    /// Whether this session has read the case, with the entry that says so.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn was_read(&mut self, case: CaseId, session: SessionId) -> Result<bool, StorageError> {
        let row = content_reads::table.find((session, case));
        Ok(diesel::select(diesel::dsl::exists(row)).get_result(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Notes that this session reads the case; the entry `content.read` must stand in the same transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn note_read(
        &mut self,
        _permit: &Permit,
        case: CaseId,
        staff: StaffId,
        session: SessionId,
    ) -> Result<(), StorageError> {
        diesel::insert_into(content_reads::table)
            .values((
                content_reads::session_id.eq(session),
                content_reads::case_id.eq(case),
                content_reads::staff_id.eq(staff),
            ))
            .on_conflict_do_nothing()
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Opens a new epoch.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_epoch(
        &mut self,
        _permit: &Permit,
        case: CaseId,
        epoch: i32,
        public_key: &[u8],
    ) -> Result<(), StorageError> {
        let row = (
            case_epochs::case_id.eq(case),
            case_epochs::epoch.eq(epoch),
            case_epochs::public_key.eq(public_key),
        );
        diesel::insert_into(case_epochs::table).values(row).execute(self.conn).await?;
        Ok(())
    }

    /// Hands out wrapped seeds; a holder who has one of an epoch keeps it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_wraps(
        &mut self,
        _permit: &Permit,
        case: CaseId,
        wraps: &[NewWrap],
    ) -> Result<(), StorageError> {
        let rows: Vec<_> = wraps
            .iter()
            .map(|wrap| {
                (
                    case_wraps::case_id.eq(case),
                    case_wraps::epoch.eq(wrap.epoch),
                    case_wraps::holder_kind.eq(wrap.holder.kind()),
                    case_wraps::holder_id.eq(wrap.holder.id()),
                    case_wraps::sealed.eq(&wrap.sealed),
                )
            })
            .collect();
        diesel::insert_into(case_wraps::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Takes a person's wrapped seeds away. What they already opened is not reached by this.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn delete_wraps(
        &mut self,
        _permit: &Permit,
        case: CaseId,
        staff: StaffId,
    ) -> Result<(), StorageError> {
        let target = case_wraps::table
            .filter(case_wraps::case_id.eq(case))
            .filter(case_wraps::holder_id.eq(staff.0))
            .filter(case_wraps::holder_kind.eq("staff"));
        diesel::delete(target).execute(self.conn).await?;
        Ok(())
    }
}
