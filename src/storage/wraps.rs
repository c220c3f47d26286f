//! The wrapped seeds of case epochs: `case_epochs`, `case_wraps`, `content_reads`.
//!
//! The application cannot read `case_wraps.sealed`. A staff member's wrap comes only from `take_staff_wraps`, which
//! gives it when the reading was recorded for this session; a reporter's only to whoever knows the receipt.

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{
    schema::{case_epochs, case_wraps, content_reads},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        case::status::Status,
        ids::{CaseId, DeskId, SessionId, StaffId},
    },
    policy::Permit,
};

/// An epoch of a case.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_epochs, check_for_backend(diesel::pg::Pg))]
pub struct EpochRow {
    /// The case.
    pub case_id: CaseId,
    /// Which: from 1.
    pub epoch: i32,
    /// Public half: whoever writes to the case without reading it seals to this.
    pub public_key: Vec<u8>,
    /// Proof that the server wrote the row, and the reporter's key in the case's.
    pub mac: Vec<u8>,
}

/// A case with the keys that the next words in it would be sealed to.
#[derive(Debug, Clone, QueryableByName)]
pub struct PresentKeys {
    /// The case.
    #[diesel(sql_type = SqlUuid)]
    pub case: Uuid,
    /// The epoch that the case says it is in.
    #[diesel(sql_type = Integer)]
    pub epoch: i32,
    /// The desk that the case says has it.
    #[diesel(sql_type = SqlUuid)]
    pub desk: Uuid,
    /// The profile that the case says it runs under.
    #[diesel(sql_type = Text)]
    pub profile: String,
    /// Public half of the reporter's keys.
    #[diesel(sql_type = Binary)]
    pub reporter_key: Vec<u8>,
    /// The marks of those who are kept from it.
    #[diesel(sql_type = Nullable<Binary>)]
    pub excluded: Option<Vec<u8>>,
    /// The newest epoch; 0 where there is none.
    #[diesel(sql_type = Integer)]
    pub newest: i32,
    /// Its public half.
    #[diesel(sql_type = Binary)]
    pub public_key: Vec<u8>,
    /// Its proof.
    #[diesel(sql_type = Binary)]
    pub mac: Vec<u8>,
}

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
    Recovery(DeskId),
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
    /// The newest epoch of a case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn newest_epoch(&mut self, case: CaseId) -> Result<Option<EpochRow>, StorageError> {
        let query = case_epochs::table.filter(case_epochs::case_id.eq(case)).order(case_epochs::epoch.desc());
        Ok(query.select(EpochRow::as_select()).first(self.conn).await.optional()?)
    }

    /// The keys of cases in these states, by id.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn present_keys(
        &mut self,
        among: &[Status],
        limit: i64,
    ) -> Result<Vec<PresentKeys>, StorageError> {
        let among: Vec<_> = among.iter().map(|status| status.code().to_owned()).collect();
        Ok(diesel::sql_query(
            "select c.id as \"case\", c.epoch, c.desk_id as desk, c.profile, c.reporter_key, c.excluded, coalesce(e.epoch, 0) as newest,
               coalesce(e.public_key, '') as public_key, coalesce(e.mac, '') as mac
             from cases c left join lateral (
               select * from case_epochs where case_id = c.id order by epoch desc limit 1) e on true
             where c.status = any($1) order by c.id limit $2",
        )
        .bind::<Array<Text>, _>(among)
        .bind::<BigInt, _>(limit)
        .load(self.conn)
        .await?)
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

    /// The wraps of all epochs of a case for a desk's recovery key.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn recovery_wraps(&mut self, case: CaseId, desk: DeskId) -> Result<Vec<WrapRow>, StorageError> {
        Ok(diesel::sql_query("select epoch, sealed from take_recovery_wraps($1, $2)")
            .bind::<SqlUuid, _>(case.0)
            .bind::<SqlUuid, _>(desk.0)
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
    pub async fn insert_epoch(&mut self, _permit: &Permit, row: EpochRow) -> Result<(), StorageError> {
        diesel::insert_into(case_epochs::table).values(row).execute(self.conn).await?;
        Ok(())
    }

    /// Proves the keys of an epoch anew, after what they are proved with has changed.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn prove_epoch(
        &mut self,
        _permit: &Permit,
        (case, epoch): (CaseId, i32),
        mac: [u8; 32],
    ) -> Result<(), StorageError> {
        diesel::update(case_epochs::table.find((case, epoch)))
            .set(case_epochs::mac.eq(mac.as_slice()))
            .execute(self.conn)
            .await?;
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
        holder: Holder,
    ) -> Result<(), StorageError> {
        let target = case_wraps::table
            .filter(case_wraps::case_id.eq(case))
            .filter(case_wraps::holder_id.eq(holder.id()))
            .filter(case_wraps::holder_kind.eq(holder.kind()));
        diesel::delete(target).execute(self.conn).await?;
        Ok(())
    }
}
