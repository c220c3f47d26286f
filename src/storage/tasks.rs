//! The queue: later work, claimed with `FOR UPDATE SKIP LOCKED` by whichever process is free.

use diesel::{
    prelude::*,
    sql_types::{Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use jiff::{SignedDuration, Timestamp};

use super::{
    schema::tasks,
    store::{Db, StorageError, Upkeep},
};
use crate::domain::ids::TaskId;

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

/// How a task failed.
#[derive(Debug, Clone, Copy)]
pub struct TaskFailure<'a> {
    /// Why; no content.
    pub error: &'a str,
    /// What a mail server answered.
    pub answer: Option<i32>,
    /// When.
    pub at: Timestamp,
    /// When it is to be tried again, if ever.
    pub retry_at: Option<Timestamp>,
}

impl Db<'_> {
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

    /// Puts a failed task back for later, or gives it up where there is no later.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn fail_task(&mut self, id: TaskId, failure: TaskFailure<'_>) -> Result<(), StorageError> {
        let TaskFailure { error, answer, at, retry_at } = failure;
        let columns = (tasks::last_error.eq(Some(error)), tasks::answer.eq(answer));
        let target = diesel::update(tasks::table.find(id));
        match retry_at {
            Some(retry) => {
                let free = tasks::locked_until.eq(None::<jiff_diesel::Timestamp>);
                let later = tasks::run_at.eq(jiff_diesel::Timestamp::from(retry));
                target.set((columns, free, later)).execute(self.conn).await?
            }
            None => {
                let given_up = tasks::failed_at.eq(Some(jiff_diesel::Timestamp::from(at)));
                target.set((columns, given_up, tasks::dead.eq(true))).execute(self.conn).await?
            }
        };
        Ok(())
    }
}
