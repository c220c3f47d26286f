//! Corrective actions and recommendations of a case, in codes and days: `case_remedies`. What they say is sealed among the
//! pieces of the case.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;

use super::{
    schema::case_remedies,
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        case::remedy::{RemedyKind, RemedyState},
        ids::{BodyId, CaseId, RemedyId, StaffId},
    },
    policy::Permit,
};

/// A remedy as it stands in its row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = case_remedies, check_for_backend(diesel::pg::Pg))]
pub struct RemedyRow {
    /// Its id.
    pub id: RemedyId,
    /// The case.
    pub case_id: CaseId,
    /// What it is.
    pub kind: RemedyKind,
    /// How far it is.
    pub state: RemedyState,
    /// The addressee, where it is a body of the registry.
    pub body_id: Option<BodyId>,
    /// Until when.
    #[diesel(deserialize_as = jiff_diesel::Date, serialize_as = jiff_diesel::Date)]
    pub due_on: Date,
    /// Who recorded it, or proposed the decision that asks for it.
    pub recorded_by: StaffId,
    /// On which day.
    #[diesel(deserialize_as = jiff_diesel::Date, serialize_as = jiff_diesel::Date)]
    pub recorded_on: Date,
    /// When the addressee answered.
    #[diesel(deserialize_as = jiff_diesel::NullableDate, serialize_as = jiff_diesel::NullableDate)]
    pub responded_on: Option<Date>,
    /// Who recorded that it was done.
    pub done_by: Option<StaffId>,
    /// On which day.
    #[diesel(deserialize_as = jiff_diesel::NullableDate, serialize_as = jiff_diesel::NullableDate)]
    pub done_on: Option<Date>,
    /// Who verified it.
    pub verified_by: Option<StaffId>,
    /// On which day it was verified or handed over.
    #[diesel(deserialize_as = jiff_diesel::NullableDate, serialize_as = jiff_diesel::NullableDate)]
    pub ended_on: Option<Date>,
    /// On which day it was found overdue.
    #[diesel(deserialize_as = jiff_diesel::NullableDate, serialize_as = jiff_diesel::NullableDate)]
    pub overdue_on: Option<Date>,
}

/// The states in which a due day still counts.
fn awaited() -> Vec<RemedyState> {
    RemedyState::ALL.iter().copied().filter(|state| state.awaited()).collect()
}

impl Db<'_> {
    /// The remedies of a case, by due day.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn remedies(&mut self, case: CaseId) -> Result<Vec<RemedyRow>, StorageError> {
        let query = case_remedies::table
            .filter(case_remedies::case_id.eq(case))
            .order((case_remedies::due_on, case_remedies::id));
        Ok(query.select(RemedyRow::as_select()).load(self.conn).await?)
    }

    /// Cases with a remedy whose due day lies before a day and that nobody has marked, by id.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_with_overdue_remedies(
        &mut self,
        day: Date,
        after: Option<CaseId>,
        limit: i64,
    ) -> Result<Vec<CaseId>, StorageError> {
        let query = case_remedies::table
            .filter(case_remedies::due_on.lt(jiff_diesel::Date::from(day)))
            .filter(case_remedies::overdue_on.is_null().and(case_remedies::state.eq_any(awaited())))
            .filter(case_remedies::case_id.gt(after.unwrap_or(CaseId(uuid::Uuid::nil()))))
            .select(case_remedies::case_id)
            .distinct()
            .order(case_remedies::case_id)
            .limit(limit);
        Ok(query.load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Writes a new remedy.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn insert_remedy(&mut self, _permit: &Permit, row: RemedyRow) -> Result<(), StorageError> {
        diesel::insert_into(case_remedies::table).values(row).execute(self.conn).await?;
        Ok(())
    }

    /// Writes how far a remedy is.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn save_remedy(&mut self, _permit: &Permit, row: &RemedyRow) -> Result<(), StorageError> {
        let columns = (
            case_remedies::state.eq(row.state),
            case_remedies::responded_on.eq(row.responded_on.map(jiff_diesel::Date::from)),
            case_remedies::done_by.eq(row.done_by),
            case_remedies::done_on.eq(row.done_on.map(jiff_diesel::Date::from)),
            case_remedies::verified_by.eq(row.verified_by),
            case_remedies::ended_on.eq(row.ended_on.map(jiff_diesel::Date::from)),
            case_remedies::overdue_on.eq(row.overdue_on.map(jiff_diesel::Date::from)),
        );
        diesel::update(case_remedies::table.find(row.id)).set(columns).execute(self.conn).await?;
        Ok(())
    }
}
