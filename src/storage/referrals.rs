//! What was sent to other bodies, and what became of it: `referrals`.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    schema::{cases, referrals},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        case::referral::{ReferralState, Target},
        ids::{BodyId, CaseId, ItemId, ReferralId, StaffId},
        profile::Route,
    },
    policy::Permit,
};

/// A referral.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = referrals, check_for_backend(diesel::pg::Pg))]
pub struct ReferralRow {
    /// Its id.
    pub id: ReferralId,
    /// The case.
    pub case_id: CaseId,
    /// Number of the entry by which it was sent.
    pub n: i32,
    /// The body outside that it went to, where it is one that the profile names.
    pub outside: Option<Route>,
    /// The body of the registry that it went to.
    pub body_id: Option<BodyId>,
    /// Whether the whole case went, or a part of it.
    pub whole: bool,
    /// How far it is.
    pub state: ReferralState,
    /// The day.
    #[diesel(deserialize_as = jiff_diesel::Date, serialize_as = jiff_diesel::Date)]
    pub sent_on: Date,
    /// The day by which the next word of the other body is awaited.
    #[diesel(deserialize_as = jiff_diesel::NullableDate, serialize_as = jiff_diesel::NullableDate)]
    pub due_on: Option<Date>,
    /// Since when it is so far.
    #[diesel(deserialize_as = jiff_diesel::Date, serialize_as = jiff_diesel::Date)]
    pub moved_on: Date,
    /// Whether oversight was told that nobody answers.
    pub overdue: bool,
    /// The piece of the case that holds the package.
    pub item_id: ItemId,
    /// SHA-256 of the package's manifest, which names all its files by theirs.
    pub digest: Vec<u8>,
    /// Who made the package, and signed it.
    pub proposer_id: StaffId,
    /// Who agreed.
    pub approver_id: StaffId,
    /// The approver's public signing key.
    pub approver_key: Vec<u8>,
    /// The approver's signature under the manifest.
    pub signature: Vec<u8>,
}

impl ReferralRow {
    /// Where it went; `None` if the row is damaged.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        self.outside.map(Target::Outside).or_else(|| self.body_id.map(Target::Body))
    }
}

/// What is still awaited.
const OPEN: [ReferralState; 3] = [ReferralState::Sent, ReferralState::Acknowledged, ReferralState::Accepted];

impl Db<'_> {
    /// The referrals of a case, oldest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn referrals(&mut self, case: CaseId) -> Result<Vec<ReferralRow>, StorageError> {
        let query = referrals::table.filter(referrals::case_id.eq(case)).order((referrals::n, referrals::id));
        Ok(query.select(ReferralRow::as_select()).load(self.conn).await?)
    }

    /// Parts of cases that went elsewhere, that nobody answered by their day, and of which oversight does not know.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn referrals_overdue(
        &mut self,
        day: Date,
        after: Option<CaseId>,
        limit: i64,
    ) -> Result<Vec<CaseId>, StorageError> {
        let query = referrals::table
            .inner_join(cases::table)
            .filter(referrals::state.eq_any(OPEN).and(referrals::overdue.eq(false)))
            .filter(referrals::whole.eq(false).and(referrals::due_on.lt(jiff_diesel::Date::from(day))))
            .filter(referrals::case_id.gt(after.unwrap_or(CaseId(Uuid::nil()))))
            .order(referrals::case_id)
            .limit(limit);
        Ok(query.select(referrals::case_id).distinct().load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Writes that something was sent; the case's entry must say so.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_referral(&mut self, _permit: &Permit, row: ReferralRow) -> Result<(), StorageError> {
        diesel::insert_into(referrals::table).values(row).execute(self.conn).await?;
        Ok(())
    }

    /// Writes how far a referral is, and by when the next word is awaited.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn move_referral(
        &mut self,
        _permit: &Permit,
        id: ReferralId,
        (state, on, due): (ReferralState, Date, Option<Date>),
    ) -> Result<(), StorageError> {
        let target = diesel::update(referrals::table.find(id));
        let columns = (
            referrals::state.eq(state),
            referrals::moved_on.eq(jiff_diesel::Date::from(on)),
            referrals::due_on.eq(due.map(jiff_diesel::Date::from)),
            referrals::overdue.eq(false),
        );
        target.set(columns).execute(self.conn).await?;
        Ok(())
    }

    /// Notes that oversight knows of a referral that nobody answers.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn mark_overdue(&mut self, _permit: &Permit, id: ReferralId) -> Result<(), StorageError> {
        let target = diesel::update(referrals::table.find(id));
        target.set(referrals::overdue.eq(true)).execute(self.conn).await?;
        Ok(())
    }
}
