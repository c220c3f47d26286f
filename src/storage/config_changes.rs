//! Changes of the configuration that were proposed: `config_changes`.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::Timestamp;

use super::{
    schema::config_changes,
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        configuration::{Change, Kind, Proposer, State, Why},
        ids::{ChangeId, StaffId},
    },
    policy::Permit,
};

/// A change, without its file.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = config_changes, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct ChangeRow {
    /// Its id.
    pub id: ChangeId,
    /// What is changed.
    pub kind: Kind,
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
    /// How many changes of the kind were in force when it was compared with them.
    pub base: i32,
    /// Whether it loosens.
    pub loosening: bool,
    /// Where it stands.
    pub state: State,
    /// Who proposed it; none where the operator did.
    pub proposer_id: Option<StaffId>,
    /// When.
    #[diesel(deserialize_as = jiff_diesel::Timestamp, serialize_as = jiff_diesel::Timestamp)]
    pub proposed_at: Timestamp,
    /// Number of the instance's entry that recorded it.
    pub proposed_n: i32,
    /// Who approved it.
    pub approver_id: Option<StaffId>,
    /// Who approved it besides, where the operator proposed.
    pub co_approver_id: Option<StaffId>,
    /// When two people had agreed.
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp, serialize_as = jiff_diesel::NullableTimestamp)]
    pub approved_at: Option<Timestamp>,
    /// When it takes effect.
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp, serialize_as = jiff_diesel::NullableTimestamp)]
    pub effective_at: Option<Timestamp>,
    /// Who refused or stopped it.
    pub refuser_id: Option<StaffId>,
    /// When it came in force, was refused or went out of date.
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp, serialize_as = jiff_diesel::NullableTimestamp)]
    pub ended_at: Option<Timestamp>,
    /// Why it was refused, in words.
    pub reasons: Option<String>,
    /// Why it no longer fits.
    pub why: Option<Why>,
    /// Proof that the server wrote the row.
    pub mac: Vec<u8>,
}

impl ChangeRow {
    /// What of it decides who may do what.
    #[must_use]
    pub fn change(&self) -> Change {
        Change {
            proposer: self.proposer_id.map_or(Proposer::Operator, Proposer::Administrator),
            approvers: self.approver_id.into_iter().chain(self.co_approver_id).collect(),
            state: self.state,
        }
    }
}

/// The most changes of a list of those that ended.
const MOST_ENDED: i64 = 50;

impl Db<'_> {
    /// A change.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn config_change(&mut self, id: ChangeId) -> Result<Option<ChangeRow>, StorageError> {
        let query = config_changes::table.find(id).select(ChangeRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// The file of a change.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn change_file(&mut self, id: ChangeId) -> Result<String, StorageError> {
        Ok(config_changes::table.find(id).select(config_changes::payload).first(self.conn).await?)
    }

    /// Changes in one of these states, oldest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn changes_in(&mut self, states: &[State]) -> Result<Vec<ChangeRow>, StorageError> {
        let query = config_changes::table
            .filter(config_changes::state.eq_any(states))
            .order((config_changes::proposed_at, config_changes::id));
        Ok(query.select(ChangeRow::as_select()).load(self.conn).await?)
    }

    /// Those that ended last, latest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn ended_changes(&mut self) -> Result<Vec<ChangeRow>, StorageError> {
        let query = config_changes::table
            .filter(config_changes::ended_at.is_not_null())
            .order((config_changes::ended_at.desc(), config_changes::id))
            .limit(MOST_ENDED);
        Ok(query.select(ChangeRow::as_select()).load(self.conn).await?)
    }

    /// How many changes of a kind came in force.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn changes_in_force(&mut self, kind: Kind) -> Result<i32, StorageError> {
        let query = config_changes::table
            .filter(config_changes::kind.eq(kind))
            .filter(config_changes::state.eq(State::InForce));
        let count: i64 = query.count().get_result(self.conn).await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// Whether a change of a kind came in force at a moment or after it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn changed_since(&mut self, kind: Kind, since: Timestamp) -> Result<bool, StorageError> {
        let query = config_changes::table
            .filter(config_changes::kind.eq(kind).and(config_changes::state.eq(State::InForce)))
            .filter(config_changes::ended_at.ge(jiff_diesel::Timestamp::from(since)));
        Ok(diesel::select(diesel::dsl::exists(query)).get_result(self.conn).await?)
    }

    /// The changes of a kind that came in force, in that order, each with its file.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn files_in_force(&mut self, kind: Kind) -> Result<Vec<(ChangeRow, String)>, StorageError> {
        let query = config_changes::table
            .filter(config_changes::kind.eq(kind))
            .filter(config_changes::state.eq(State::InForce))
            .order(config_changes::base)
            .select((ChangeRow::as_select(), config_changes::payload));
        Ok(query.load(self.conn).await?)
    }

    /// The file of the change of a kind that came in force at this place, counted from 0.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn file_in_force(&mut self, kind: Kind, place: i32) -> Result<Option<String>, StorageError> {
        let query = config_changes::table
            .filter(config_changes::kind.eq(kind))
            .filter(config_changes::base.eq(place))
            .filter(config_changes::state.eq(State::InForce));
        Ok(query.select(config_changes::payload).first(self.conn).await.optional()?)
    }
}

impl Tx<'_> {
    /// Writes a change that is proposed; the instance's entry must say so in the same transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_change(
        &mut self,
        _permit: &Permit,
        row: ChangeRow,
        file: &str,
    ) -> Result<(), StorageError> {
        diesel::insert_into(config_changes::table)
            .values((row, config_changes::payload.eq(file)))
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// A change, locked until the transaction ends.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn lock_change(&mut self, id: ChangeId) -> Result<Option<ChangeRow>, StorageError> {
        let query = config_changes::table.find(id).select(ChangeRow::as_select()).for_update();
        Ok(query.first(self.conn).await.optional()?)
    }

    /// Writes what became of a change; the instance's entry must say so in the same transaction.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn save_change(&mut self, _permit: &Permit, row: ChangeRow) -> Result<(), StorageError> {
        diesel::update(config_changes::table.find(row.id)).set(row).execute(self.conn).await?;
        Ok(())
    }
}
