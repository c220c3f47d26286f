//! What a recording transaction can do, and the proof that it wrote its entry.

use std::ops::{Deref, DerefMut};

use diesel::{
    pg::sql_types::Uuid as SqlUuid,
    sql_types::{Binary, Integer, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use rand::RngExt;
use uuid::Uuid;

use super::store::{Db, StorageError};
use crate::{
    audit::{
        entry::{Draft, Entry, Head, Writer},
        post::Image,
        rhythm::Rhythm,
    },
    crypto::random::{Entropy, Rng, uuid_v4},
};

/// Seconds of a day of the calendar in UTC.
const DAY_SECONDS: i64 = 86_400;

#[expect(clippy::too_many_arguments, reason = "the function of the database has so many")]
mod sql {
    use super::{Binary, Integer, Nullable, SqlUuid, Text, Timestamptz};

    diesel::define_sql_function! {
        #[sql_name = "audit.append"]
        fn audit_append(
            eid: SqlUuid,
            kind: Text,
            object: SqlUuid,
            n: Integer,
            previous: Nullable<Binary>,
            body: Binary,
            due: Timestamptz
        ) -> Binary;
    }
}

/// Proof that the transaction appended an entry. Only appending makes one, and only with one does a transaction commit.
#[must_use]
pub struct Written {
    /// Number of the entry in its object's history.
    pub n: i32,
    /// Its commitment.
    pub commitment: [u8; 32],
}

/// A transaction that records. It can also look; its writing methods stand in the files of the tables.
pub struct Tx<'c> {
    db: Db<'c>,
    writer: Writer<'c>,
    /// Randomness of this transaction.
    pub rng: Rng,
    now: Timestamp,
}

impl<'c> Deref for Tx<'c> {
    type Target = Db<'c>;

    fn deref(&self) -> &Db<'c> {
        &self.db
    }
}

impl<'c> DerefMut for Tx<'c> {
    fn deref_mut(&mut self) -> &mut Db<'c> {
        &mut self.db
    }
}

impl<'c> Tx<'c> {
    pub(super) fn new(
        conn: &'c mut AsyncPgConnection,
        writer: Writer<'c>,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Self {
        Self { db: Db { conn }, writer, rng: entropy.rng(), now }
    }

    /// When the transaction began.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// A fresh random id.
    pub fn uuid(&mut self) -> Uuid {
        uuid_v4(&mut self.rng)
    }

    /// Makes the entry that follows `head`, if it may be written; [`Tx::append`] writes it.
    pub(super) fn seal(&mut self, head: &Head, draft: &Draft<'_>) -> Result<Entry, StorageError> {
        Ok(draft.seal(head, &self.writer, self.rng.random())?.checked()?)
    }

    /// Makes the entry that follows `head` and says what the change leaves behind.
    pub(super) fn seal_leaving(
        &mut self,
        head: &Head,
        draft: &Draft<'_>,
        image: Image,
    ) -> Result<Entry, StorageError> {
        self.seal(head, &draft.clone().leaving(image))
    }

    /// Appends an entry; the row it describes must name it before the transaction ends.
    pub(super) async fn append(&mut self, entry: &Entry) -> Result<Written, StorageError> {
        let due = due_time(&mut self.rng, &self.writer.rhythm, self.now, entry.day);
        let eid = self.uuid();
        diesel::select(sql::audit_append(
            eid,
            entry.place.kind.code(),
            entry.place.id,
            entry.place.n,
            entry.previous.map(|c| c.to_vec()),
            entry.body.as_slice(),
            jiff_diesel::Timestamp::from(due),
        ))
        .get_result::<Vec<u8>>(self.db.conn)
        .await?;
        Ok(Written { n: entry.place.n, commitment: entry.commitment })
    }
}

/// When an entry may enter the tree. What carries only a day enters at a random moment of the day after it, so that the
/// row tells nothing about the hour. It is the day of the entry that counts, not that of the server's clock: near
/// midnight they differ, and the difference would tell on which side of it the report came. Where days of the log are
/// shorter than those of the calendar, which only a demonstration wants, it is the day of the log after this one.
pub(super) fn due_time(rng: &mut Rng, rhythm: &Rhythm, now: Timestamp, day: Option<Date>) -> Timestamp {
    let Some(day) = day else { return now };
    let seconds = rhythm.day_seconds();
    let next = if seconds < DAY_SECONDS {
        let next = now.as_second().div_euclid(seconds).saturating_add(1);
        Timestamp::from_second(next.saturating_mul(seconds)).ok()
    } else {
        day.tomorrow().ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|next| next.timestamp())
    };
    let spread = SignedDuration::from_secs(rng.random_range(0..seconds.min(DAY_SECONDS)));
    next.and_then(|next| next.checked_add(spread).ok()).unwrap_or(now)
}
