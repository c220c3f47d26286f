//! Mails in the queue: a task of the kind `mail.` and the notice's code, with the address it goes to. An act queues its
//! notice in its own transaction; digests are queued by the clock.

use diesel::{
    prelude::*,
    sql_types::{Date as SqlDate, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    schema::tasks,
    staff::StaffRow,
    store::{Db, StorageError, Upkeep},
    tasks::TaskRow,
    tx::Tx,
};
use crate::{
    domain::{
        ids::TaskId,
        mail_address::{MailAddress, Notice},
    },
    policy::Permit,
};

/// What the kinds of these tasks begin with.
const KIND: &str = "mail.";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    to: String,
}

/// A mail that was given up. Nothing in it is content.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// The task.
    pub id: TaskId,
    /// What would have been written.
    pub notice: Notice,
    /// To whom.
    pub to: MailAddress,
    /// When it was given up.
    pub failed_at: Timestamp,
    /// What the mail server answered (RFC 5321 section 4.2), where it answered at all.
    pub answer: Option<i32>,
}

#[derive(QueryableByName)]
struct DeadRow {
    #[diesel(sql_type = SqlUuid)]
    id: TaskId,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    payload: String,
    #[diesel(sql_type = Timestamptz, deserialize_as = jiff_diesel::Timestamp)]
    failed_at: Timestamp,
    #[diesel(sql_type = Nullable<Integer>)]
    answer: Option<i32>,
}

impl TaskRow {
    /// What the task sends and to whom; `None` where it is no mail.
    #[must_use]
    pub fn mail(&self) -> Option<(Notice, MailAddress)> {
        read(&self.kind, &self.payload)
    }
}

fn read(kind: &str, payload: &str) -> Option<(Notice, MailAddress)> {
    let payload: Payload = serde_json::from_str(payload).ok()?;
    Some((Notice::parse(kind.strip_prefix(KIND)?)?, MailAddress::parse(&payload.to).ok()?))
}

fn kind_of(notice: Notice) -> String {
    format!("{KIND}{notice}")
}

impl Db<'_> {
    /// The mails that were given up, the newest first; what this version cannot read is left out.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn dead_letters(&mut self) -> Result<Vec<DeadLetter>, StorageError> {
        let rows: Vec<DeadRow> = diesel::sql_query(
            "select id, kind, payload, coalesce(failed_at, run_at) as failed_at, answer from tasks
             where dead and starts_with(kind, $1) order by 4 desc, id",
        )
        .bind::<Text, _>(KIND)
        .load(self.conn)
        .await?;
        let letters = rows.into_iter().filter_map(|row| {
            let (notice, to) = read(&row.kind, &row.payload)?;
            Some(DeadLetter { id: row.id, notice, to, failed_at: row.failed_at, answer: row.answer })
        });
        Ok(letters.collect())
    }
}

impl Tx<'_> {
    /// Queues a notice to a person, where they have an address: it goes out if, and only if, the transaction commits.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn notify(
        &mut self,
        _permit: &Permit,
        person: &StaffRow,
        notice: Notice,
    ) -> Result<(), StorageError> {
        let Some(to) = person.mail() else { return Ok(()) };
        let corrupt = |_cause| StorageError::Corrupt { table: "tasks", column: "payload" };
        let payload = serde_json::to_string(&Payload { to: to.expose().to_owned() }).map_err(corrupt)?;
        diesel::insert_into(tasks::table)
            .values((
                tasks::id.eq(TaskId(self.uuid())),
                tasks::kind.eq(kind_of(notice)),
                tasks::payload.eq(payload),
                tasks::run_at.eq(jiff_diesel::Timestamp::from(self.now())),
                tasks::attempts.eq(0),
                tasks::dead.eq(false),
            ))
            .execute(self.conn)
            .await?;
        Ok(())
    }
}

impl Upkeep<'_> {
    /// Queues the digest of a day to everybody who works here and has an address, unless that day or a later one was
    /// queued before; says how many. A digest of an earlier day that has not gone out yet is gone: it would say the same.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn queue_digests(&mut self, day: Date, now: Timestamp) -> Result<usize, StorageError> {
        let queued = diesel::sql_query(
            "with today as (update mail_digests set day = $1 where day < $1 returning day),
             old as (delete from tasks where kind = $2 and exists (select from today))
             insert into tasks (id, kind, payload, run_at)
             select gen_random_uuid(), $2, json_build_object('to', mail)::text, $3 from staff, today
             where state = 'active' and mail is not null",
        )
        .bind::<SqlDate, _>(jiff_diesel::Date::from(day))
        .bind::<Text, _>(kind_of(Notice::DailyDigest))
        .bind::<Timestamptz, _>(jiff_diesel::Timestamp::from(now));
        Ok(queued.execute(self.conn).await?)
    }

    /// Has one mail that was given up tried again, or all of them; says how many.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn retry_mail(
        &mut self,
        _permit: &Permit,
        which: Option<TaskId>,
        now: Timestamp,
    ) -> Result<usize, StorageError> {
        let retried = diesel::sql_query(
            "update tasks set dead = false, attempts = 0, run_at = $3, locked_until = null, last_error = null,
               answer = null, failed_at = null
             where dead and starts_with(kind, $1) and ($2 is null or id = $2)",
        )
        .bind::<Text, _>(KIND)
        .bind::<Nullable<SqlUuid>, _>(which)
        .bind::<Timestamptz, _>(jiff_diesel::Timestamp::from(now));
        Ok(retried.execute(self.conn).await?)
    }
}
