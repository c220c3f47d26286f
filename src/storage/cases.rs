//! The case rows: their head data in clear codes, their place in the log.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    schema::{bodies, case_grants, cases},
    store::{Db, StorageError},
    tx::{Tx, Written},
};
use crate::{
    audit::entry::{Draft, Head, ObjectKind},
    domain::{
        case::{facts::DetrimentLevel, outcome::Outcome, reason::ReasonCode, status::Status, step::Step},
        ids::{BodyId, CaseId, DeskId, ProposalId, StaffId},
        language::Language,
        profile::ProfileId,
        taxonomy::{Category, Region},
    },
    policy::{Capacity, Permit},
};

/// A case as it stands in its row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = cases, check_for_backend(diesel::pg::Pg))]
pub struct CaseRow {
    /// Row id, never shown outside.
    pub id: CaseId,
    /// The random id under which the log knows the case.
    pub audit_id: Uuid,
    /// What people call it.
    pub reference: String,
    /// The desk that has it.
    pub desk_id: DeskId,
    /// The body it concerns, where one was named.
    pub body_id: Option<BodyId>,
    /// What it is about.
    pub category: Category,
    /// Where.
    pub region: Option<Region>,
    /// The language of the report; messages to the reporter use it.
    pub language: Language,
    /// The profile whose clocks it runs under.
    pub profile: ProfileId,
    /// The version of the public information that was shown with the form.
    pub notice_version: String,
    /// Where in the workflow.
    pub status: Status,
    /// Since which day.
    #[diesel(deserialize_as = jiff_diesel::Date)]
    pub status_since: Date,
    /// Where it returns to from waiting or a pause.
    pub origin_status: Option<Status>,
    /// The day of receipt.
    #[diesel(deserialize_as = jiff_diesel::Date)]
    pub received_on: Date,
    /// The day the receipt was acknowledged.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub acknowledged_on: Option<Date>,
    /// The next due day.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub due_on: Option<Date>,
    /// The last day on which the reporter is asked to answer, while a question waits.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub question_until: Option<Date>,
    /// The investigator in charge.
    pub lead_id: Option<StaffId>,
    /// Risk of detriment to the reporter.
    pub detriment: Option<DetrimentLevel>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reason_code: Option<ReasonCode>,
    /// The case it was merged into.
    pub master_id: Option<CaseId>,
    /// The current key epoch.
    pub epoch: i32,
    /// Public half of the reporter's keys.
    pub reporter_key: Vec<u8>,
    /// The last step taken.
    pub step: Step,
    /// Number of the last entry.
    pub audit_n: i32,
    /// Its commitment.
    pub audit_head: Vec<u8>,
}

impl CaseRow {
    /// The number that the next entry will have; rows written with it carry it.
    #[must_use]
    pub const fn next_n(&self) -> i32 {
        self.audit_n.saturating_add(1)
    }

    /// Whether the case needs a lead as it stands; while a question of the lead's waits, the answer leads back to them.
    #[must_use]
    pub fn needs_lead(&self) -> bool {
        let awaited = self.origin_status.filter(|_| self.status == Status::AwaitingInfo);
        awaited.unwrap_or(self.status).needs_lead()
    }

    /// Where the next entry goes.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            kind: ObjectKind::Case,
            id: self.audit_id,
            n: self.audit_n,
            commitment: self.audit_head.as_slice().try_into().ok(),
        }
    }
}

/// What an act changes in a case; `None` leaves a column as it is.
#[derive(Debug, Default, Clone)]
pub struct CaseChange {
    /// A step: the new status and what the step was.
    pub step: Option<(Step, Status)>,
    /// The proposal that allowed a step under four eyes.
    pub proposal: Option<ProposalId>,
    /// The status to return to; `Some(None)` clears it.
    pub origin: Option<Option<Status>>,
    /// The new due day; `Some(None)` where none runs.
    pub due_on: Option<Option<Date>>,
    /// The day until which the reporter may answer; `Some(None)` once nothing is asked any more.
    pub question_until: Option<Option<Date>>,
    /// A new lead; `Some(None)` where nobody leads any more.
    pub lead: Option<Option<StaffId>>,
    /// A new assessment of the risk of detriment.
    pub detriment: Option<DetrimentLevel>,
    /// The outcome.
    pub outcome: Option<Outcome>,
    /// The reason.
    pub reason: Option<ReasonCode>,
    /// The case it joins.
    pub master: Option<CaseId>,
    /// The new key epoch.
    pub epoch: Option<i32>,
    /// The day of the step, for `status_since`.
    pub on: Option<Date>,
}

#[derive(AsChangeset)]
#[diesel(table_name = cases)]
struct CaseColumns {
    status: Option<Status>,
    #[diesel(serialize_as = jiff_diesel::Date)]
    status_since: Option<Date>,
    origin_status: Option<Option<Status>>,
    due_on: Option<Option<jiff_diesel::Date>>,
    question_until: Option<Option<jiff_diesel::Date>>,
    lead_id: Option<Option<StaffId>>,
    detriment: Option<DetrimentLevel>,
    outcome: Option<Outcome>,
    reason_code: Option<ReasonCode>,
    master_id: Option<CaseId>,
    epoch: Option<i32>,
    step: Option<Step>,
    step_n: Option<i32>,
    proposal_id: Option<ProposalId>,
    audit_n: i32,
    audit_head: Vec<u8>,
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

impl Db<'_> {
    /// The case with this id; whoever asks must already hold a permit or be about to be authorized.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn case(&mut self, id: CaseId) -> Result<Option<CaseRow>, StorageError> {
        Ok(cases::table.find(id).select(CaseRow::as_select()).first(self.conn).await.optional()?)
    }

    /// The case that a receipt opens.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn case_of_receipt(&mut self, receipt_id: &[u8; 32]) -> Result<Option<CaseRow>, StorageError> {
        let query = cases::table.filter(cases::receipt_id.eq(receipt_id.as_slice()));
        Ok(query.select(CaseRow::as_select()).first(self.conn).await.optional()?)
    }

    /// The case with this reference, within the scope.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn case_by_reference(
        &mut self,
        scope: Scope,
        reference: &str,
    ) -> Result<Option<CaseId>, StorageError> {
        let query = cases::table
            .inner_join(case_grants::table)
            .filter(cases::reference.eq(reference))
            .filter(case_grants::staff_id.eq(scope.staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()));
        Ok(query.select(cases::id).first(self.conn).await.optional()?)
    }

    /// The case of a reference, whoever holds it: for the operator, who is shown nothing of it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn case_called(&mut self, reference: &str) -> Result<Option<(CaseId, DeskId)>, StorageError> {
        let query = cases::table.filter(cases::reference.eq(reference)).select((cases::id, cases::desk_id));
        Ok(query.first(self.conn).await.optional()?)
    }

    /// What these cases are called.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn references(&mut self, ids: &[CaseId]) -> Result<Vec<(CaseId, String)>, StorageError> {
        let query = cases::table.filter(cases::id.eq_any(ids)).select((cases::id, cases::reference));
        Ok(query.load(self.conn).await?)
    }

    /// The cases of a desk that still have keys, with their references, by reference.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_of_desk(&mut self, desk: DeskId) -> Result<Vec<(CaseId, String)>, StorageError> {
        let query = cases::table
            .filter(cases::desk_id.eq(desk).and(cases::status.ne(Status::Disposed)))
            .order(cases::reference)
            .select((cases::id, cases::reference));
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

    /// Cases whose reporter was asked to answer before a day, and did not.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn questions_due_before(&mut self, day: Date, limit: i64) -> Result<Vec<CaseId>, StorageError> {
        let query = cases::table
            .filter(cases::question_until.lt(jiff_diesel::Date::from(day)))
            .order(cases::id)
            .limit(limit);
        Ok(query.select(cases::id).load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// The case, locked against everybody else until the transaction ends.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn lock_case(&mut self, id: CaseId) -> Result<Option<CaseRow>, StorageError> {
        let query = cases::table.find(id).select(CaseRow::as_select()).for_update();
        Ok(query.first(self.conn).await.optional()?)
    }

    /// Writes a change of a locked case together with its entry. Call it last: rows that hang on the case carry
    /// [`CaseRow::next_n`].
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn save_case(
        &mut self,
        permit: &Permit,
        case: &CaseRow,
        change: CaseChange,
        draft: &Draft<'_>,
    ) -> Result<Written, StorageError> {
        if permit.case().is_some_and(|permitted| permitted != case.id) {
            return Err(StorageError::Refused("the permit is for another case".to_owned()));
        }
        let image = self.case_after(case.id, case.next_n(), &change).await?;
        let entry = self.seal_leaving(&case.head(), draft, image)?;
        let columns = CaseColumns {
            status: change.step.map(|(_, to)| to),
            status_since: change.step.and(change.on),
            origin_status: change.origin,
            due_on: change.due_on.map(|due| due.map(Into::into)),
            question_until: change.question_until.map(|until| until.map(Into::into)),
            lead_id: change.lead,
            detriment: change.detriment,
            outcome: change.outcome,
            reason_code: change.reason,
            master_id: change.master,
            epoch: change.epoch,
            step: change.step.map(|(step, _)| step),
            step_n: change.step.map(|_| entry.place.n),
            proposal_id: change.proposal,
            audit_n: entry.place.n,
            audit_head: entry.commitment.to_vec(),
        };
        diesel::update(cases::table.find(case.id)).set(columns).execute(self.conn).await?;
        self.append(&entry).await
    }
}
