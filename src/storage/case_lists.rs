//! Lists of cases: of one person, and those whose time has come.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    cases::CaseRow,
    schema::{bodies, case_grants, cases},
    store::{Db, StorageError},
};
use crate::{
    domain::{
        case::{review::Review, status::Status},
        ids::{CaseId, DeskId, StaffId},
    },
    policy::Capacity,
};

impl CaseRow {
    /// Whether the reporter is owed an answer: by its state, or because they asked for a review.
    #[must_use]
    pub fn owes_answer(&self) -> bool {
        self.status.owes_answer() || self.review == Some(Review::Asked)
    }
}

/// Which cases a person may see: those they hold a living grant for.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// Whose cases.
    pub staff: StaffId,
}

/// What a list of cases is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Only this status.
    pub status: Option<Status>,
    /// Only cases on which work is still to be done.
    pub open: bool,
    /// Only this desk.
    pub desk: Option<DeskId>,
    /// Only cases due on or before this day.
    pub due_by: Option<Date>,
    /// Continue after this case (due day, id): the cursor of the page before.
    pub after: Option<(Option<Date>, CaseId)>,
    /// At most so many rows.
    pub limit: i64,
}

/// A line of the list of my cases.
#[derive(Debug, Clone, Queryable)]
pub struct CaseLine {
    /// The case.
    pub case: CaseRow,
    /// In which capacity the person holds it.
    pub capacity: Capacity,
    /// Whether they have attested that they have no conflict.
    pub attested: bool,
    /// The body's names in kk, ru, en.
    pub body: Option<(String, String, String)>,
}

/// A case that may be about the same as another.
#[derive(Debug, Clone, Queryable)]
pub struct LikeLine {
    /// The case.
    pub id: CaseId,
    /// What it is called.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// The day of receipt.
    #[diesel(deserialize_as = jiff_diesel::Date)]
    pub received_on: Date,
}

impl Db<'_> {
    /// The cases of a scope about the same body and category as this one that arrived between two days, newest first. What
    /// the reporter wrote or is known by is not looked at (control OI-11b-2).
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_like(
        &mut self,
        scope: Scope,
        case: &CaseRow,
        (from, until): (Date, Date),
        limit: i64,
    ) -> Result<Vec<LikeLine>, StorageError> {
        let day = |day: Date| jiff_diesel::Date::from(day);
        let query = cases::table
            .inner_join(case_grants::table)
            .filter(case_grants::staff_id.eq(scope.staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()))
            .filter(cases::body_id.eq(case.body_id).and(cases::category.eq(case.category)))
            .filter(cases::id.ne(case.id).and(cases::received_on.between(day(from), day(until))))
            .filter(cases::status.ne_all([Status::Merged, Status::Disposed]))
            .select((cases::id, cases::reference, cases::status, cases::received_on))
            .order((cases::received_on.desc(), cases::id))
            .limit(limit);
        Ok(query.load(self.conn).await?)
    }

    /// The cases of a scope: soonest due first, those without a due day last.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn list_cases(
        &mut self,
        scope: Scope,
        filter: &CaseFilter,
    ) -> Result<Vec<CaseLine>, StorageError> {
        let mut query = cases::table
            .inner_join(case_grants::table)
            .left_join(bodies::table.on(cases::body_id.eq(bodies::id.nullable())))
            .filter(case_grants::staff_id.eq(scope.staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()))
            .select((
                CaseRow::as_select(),
                case_grants::capacity,
                case_grants::attested_on.is_not_null(),
                (bodies::name_kk, bodies::name_ru, bodies::name_en).nullable(),
            ))
            .order((cases::due_on.asc().nulls_last(), cases::id.asc()))
            .limit(filter.limit)
            .into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(cases::status.eq(status));
        }
        if filter.open {
            let open: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.is_open()).collect();
            query = query.filter(cases::status.eq_any(open));
        }
        if let Some(desk) = filter.desk {
            query = query.filter(cases::desk_id.eq(desk));
        }
        if let Some(day) = filter.due_by {
            query = query.filter(cases::due_on.le(jiff_diesel::Date::from(day)));
        }
        query = match filter.after {
            None => query,
            Some((None, id)) => query.filter(cases::due_on.is_null().and(cases::id.gt(id))),
            Some((Some(day), id)) => {
                let day = jiff_diesel::Date::from(day);
                let later = cases::due_on.gt(day).or(cases::due_on.is_null());
                let same_day = cases::due_on.eq(day).and(cases::id.gt(id));
                query.filter(later.or(same_day).assume_not_null())
            }
        };
        Ok(query.load(self.conn).await?)
    }

    /// How many of a scope's cases stand in each status.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn count_cases(&mut self, scope: Scope) -> Result<Vec<(Status, i64)>, StorageError> {
        let query = cases::table
            .inner_join(case_grants::table)
            .filter(case_grants::staff_id.eq(scope.staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()))
            .group_by(cases::status)
            .select((cases::status, diesel::dsl::count_star()));
        Ok(query.load(self.conn).await?)
    }

    /// What these cases are called, with the marks of those who are kept from them.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn references(
        &mut self,
        ids: &[CaseId],
    ) -> Result<Vec<(CaseId, Option<Vec<u8>>, String)>, StorageError> {
        let query = cases::table.filter(cases::id.eq_any(ids));
        Ok(query.select((cases::id, cases::excluded, cases::reference)).load(self.conn).await?)
    }

    /// Cases with a clock to look at on or before a day, in the order of their ids from `after` on.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_to_watch(
        &mut self,
        day: Date,
        after: Option<CaseId>,
        limit: i64,
    ) -> Result<Vec<CaseId>, StorageError> {
        let query = cases::table
            .filter(cases::watch_on.le(jiff_diesel::Date::from(day)))
            .filter(cases::id.gt(after.unwrap_or(CaseId(Uuid::nil()))))
            .order(cases::id)
            .limit(limit);
        Ok(query.select(cases::id).load(self.conn).await?)
    }

    /// Cases whose reporter was asked to answer before a day, and did not, in the order of their ids from `after` on.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn questions_due_before(
        &mut self,
        day: Date,
        after: Option<CaseId>,
        limit: i64,
    ) -> Result<Vec<CaseId>, StorageError> {
        let query = cases::table
            .filter(cases::question_until.lt(jiff_diesel::Date::from(day)))
            .filter(cases::id.gt(after.unwrap_or(CaseId(Uuid::nil()))))
            .order(cases::id)
            .limit(limit);
        Ok(query.select(cases::id).load(self.conn).await?)
    }
}
