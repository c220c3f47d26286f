//! The queue: later work, claimed with `FOR UPDATE SKIP LOCKED` by whichever process is free.

use diesel::{
    prelude::*,
    sql_types::{Date as SqlDate, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    schema::{cases, desk_notices, tasks},
    store::{Db, StorageError, Upkeep},
};
use crate::domain::{
    case::status::Status,
    ids::{DeskId, TaskId},
};

/// A task.
#[derive(Debug, Clone, QueryableByName)]
pub struct TaskRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: TaskId,
    /// Which task; the runner's table knows them.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Its data, JSON, no content.
    #[diesel(sql_type = Text)]
    pub payload: String,
    /// How often it was tried, this time included.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

impl Db<'_> {
    /// Desks with reports that nobody has opened, and that were not told today.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn desks_to_notify(&mut self, day: Date) -> Result<Vec<DeskId>, StorageError> {
        let told = desk_notices::table
            .filter(desk_notices::day.eq(jiff_diesel::Date::from(day)))
            .select(desk_notices::desk_id);
        let query = cases::table
            .filter(cases::status.eq(Status::Received))
            .filter(cases::desk_id.ne_all(told))
            .select(cases::desk_id)
            .distinct();
        Ok(query.load(self.conn).await?)
    }

    /// Tasks that wait, and tasks that were given up.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn queue_depth(&mut self) -> Result<(i64, i64), StorageError> {
        let waiting = tasks::table.filter(tasks::dead.eq(false)).count().get_result(self.conn).await?;
        let dead = tasks::table.filter(tasks::dead.eq(true)).count().get_result(self.conn).await?;
        Ok((waiting, dead))
    }
}

impl Upkeep<'_> {
    /// Notes that a desk was told today, and queues the telling, both or neither. False where somebody was first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn enqueue_notice(
        &mut self,
        id: TaskId,
        desk: DeskId,
        day: Date,
    ) -> Result<bool, StorageError> {
        let rows = diesel::sql_query(
            "with told as (insert into desk_notices (desk_id, day) values ($1, $2) on conflict do nothing returning desk_id)
             insert into tasks (id, kind, payload, run_at)
             select $3, 'notify_desk', json_build_object('desk', desk_id)::text, $2::date::timestamptz from told",
        )
        .bind::<SqlUuid, _>(desk.0)
        .bind::<SqlDate, _>(jiff_diesel::Date::from(day))
        .bind::<SqlUuid, _>(id.0)
        .execute(self.conn)
        .await?;
        Ok(rows == 1)
    }

    /// Claims the next due task for a while; nobody else gets it until the lease ends.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn claim_task(
        &mut self,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<TaskRow>, StorageError> {
        let until = now.saturating_add(lease).unwrap_or(now);
        let claimed = diesel::sql_query(
            "update tasks set locked_until = $2, attempts = attempts + 1 where id = (
               select id from tasks where not dead and run_at <= $1 and (locked_until is null or locked_until < $1)
               order by run_at limit 1 for update skip locked)
             returning id, kind, payload, attempts",
        )
        .bind::<Timestamptz, _>(jiff_diesel::Timestamp::from(now))
        .bind::<Timestamptz, _>(jiff_diesel::Timestamp::from(until));
        Ok(claimed.get_result(self.conn).await.optional()?)
    }

    /// Takes a finished task away.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn finish_task(&mut self, id: TaskId) -> Result<(), StorageError> {
        diesel::delete(tasks::table.find(id)).execute(self.conn).await?;
        Ok(())
    }

    /// Puts a failed task back for later, or gives it up where `retry_at` is none. `error` holds no content.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn fail_task(
        &mut self,
        id: TaskId,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        let target = diesel::update(tasks::table.find(id));
        match retry_at {
            Some(at) => {
                target
                    .set((
                        tasks::run_at.eq(jiff_diesel::Timestamp::from(at)),
                        tasks::locked_until.eq(None::<jiff_diesel::Timestamp>),
                        tasks::last_error.eq(Some(error)),
                    ))
                    .execute(self.conn)
                    .await?
            }
            None => {
                target
                    .set((tasks::dead.eq(true), tasks::last_error.eq(Some(error))))
                    .execute(self.conn)
                    .await?
            }
        };
        Ok(())
    }
}
