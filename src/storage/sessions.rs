//! Staff sessions, second-factor steps and sign-in throttles. None of it is part of the record.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::{SignedDuration, Timestamp};

use super::{
    schema::{content_reads, sessions, throttles},
    store::{Db, StorageError, Upkeep},
    tx::Tx,
};
use crate::{
    domain::ids::{SessionId, StaffId},
    policy::Permit,
};

/// A session: the person's secrets, sealed under what only their token and the server's key together give.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub staff_id: StaffId,
    /// The person's secrets, sealed.
    pub sealed: Vec<u8>,
    /// When it was last used.
    #[diesel(deserialize_as = jiff_diesel::Timestamp, serialize_as = jiff_diesel::Timestamp)]
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    #[diesel(deserialize_as = jiff_diesel::Timestamp, serialize_as = jiff_diesel::Timestamp)]
    pub expires_at: Timestamp,
}

impl Db<'_> {
    /// A session, ended or not.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn session(&mut self, id: SessionId) -> Result<Option<SessionRow>, StorageError> {
        Ok(sessions::table.find(id).select(SessionRow::as_select()).first(self.conn).await.optional()?)
    }

    /// How many sign-ins failed in a row for a hashed login, and since when.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn failures(&mut self, bucket: &[u8; 32]) -> Result<(i32, Option<Timestamp>), StorageError> {
        let row: Option<(i32, jiff_diesel::Timestamp)> = throttles::table
            .find(bucket.as_slice())
            .select((throttles::failures, throttles::since))
            .first(self.conn)
            .await
            .optional()?;
        Ok(row.map_or((0, None), |(failures, since)| (failures, Some(since.to_jiff()))))
    }
}

impl Upkeep<'_> {
    /// Notes that a session was used.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn touch_session(&mut self, id: SessionId, now: Timestamp) -> Result<(), StorageError> {
        diesel::update(sessions::table.find(id))
            .set(sessions::seen_at.eq(jiff_diesel::Timestamp::from(now)))
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn end_session(&mut self, id: SessionId) -> Result<(), StorageError> {
        diesel::delete(content_reads::table.filter(content_reads::session_id.eq(id)))
            .execute(self.conn)
            .await?;
        diesel::delete(sessions::table.find(id)).execute(self.conn).await?;
        Ok(())
    }

    /// Sweeps sessions that ended and throttles that nobody hit for a day.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn sweep_sessions(
        &mut self,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<usize, StorageError> {
        let idle_since = jiff_diesel::Timestamp::from(now.saturating_sub(idle).unwrap_or(now));
        let ended =
            sessions::expires_at.le(jiff_diesel::Timestamp::from(now)).or(sessions::seen_at.le(idle_since));
        let swept = diesel::delete(sessions::table.filter(ended)).execute(self.conn).await?;
        let living = sessions::table.select(sessions::id);
        diesel::delete(content_reads::table.filter(content_reads::session_id.ne_all(living)))
            .execute(self.conn)
            .await?;
        let day_ago = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now);
        diesel::delete(throttles::table.filter(throttles::since.lt(jiff_diesel::Timestamp::from(day_ago))))
            .execute(self.conn)
            .await?;
        Ok(swept)
    }

    /// Uses up a step of a second factor. False where this step, or a later one, was used before: a code counts once
    /// (RFC 6238 section 5.2).
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn use_factor_step(
        &mut self,
        staff: StaffId,
        factor: &[u8; 32],
        step: i64,
    ) -> Result<bool, StorageError> {
        let rows = diesel::sql_query(
            "insert into staff_factors as f (staff_id, factor, last_step) values ($1, $2, $3)
             on conflict (staff_id, factor) do update set last_step = excluded.last_step where f.last_step < excluded.last_step",
        )
        .bind::<diesel::sql_types::Uuid, _>(staff.0)
        .bind::<diesel::sql_types::Binary, _>(factor.as_slice())
        .bind::<diesel::sql_types::BigInt, _>(step)
        .execute(self.conn)
        .await?;
        Ok(rows == 1)
    }

    /// Counts a failed sign-in.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn count_failure(&mut self, bucket: &[u8; 32], now: Timestamp) -> Result<(), StorageError> {
        let now = jiff_diesel::Timestamp::from(now);
        diesel::insert_into(throttles::table)
            .values((
                throttles::bucket.eq(bucket.as_slice()),
                throttles::failures.eq(1),
                throttles::since.eq(now),
            ))
            .on_conflict(throttles::bucket)
            .do_update()
            .set((throttles::failures.eq(throttles::failures + 1), throttles::since.eq(now)))
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Forgets the failures after a good sign-in.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn forget_failures(&mut self, bucket: &[u8; 32]) -> Result<(), StorageError> {
        diesel::delete(throttles::table.find(bucket.as_slice())).execute(self.conn).await?;
        Ok(())
    }
}

impl Tx<'_> {
    /// Opens a session.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_session(
        &mut self,
        _permit: &Permit,
        session: SessionRow,
    ) -> Result<(), StorageError> {
        diesel::insert_into(sessions::table).values(session).execute(self.conn).await?;
        Ok(())
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn end_sessions_of(&mut self, _permit: &Permit, staff: StaffId) -> Result<(), StorageError> {
        diesel::delete(content_reads::table.filter(content_reads::staff_id.eq(staff)))
            .execute(self.conn)
            .await?;
        diesel::delete(sessions::table.filter(sessions::staff_id.eq(staff))).execute(self.conn).await?;
        Ok(())
    }
}
