//! The case rows: their head data in clear codes, their place in the log.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    case_lists::Scope,
    schema::{case_grants, cases},
    store::{Db, StorageError},
    tx::{Tx, Written},
};
use crate::{
    audit::entry::{Draft, Head, ObjectKind},
    domain::{
        case::{
            assessment::{Assessment, FORMULA, Severity},
            clocks::Clocks,
            facts::{DetrimentLevel, SubjectHeard},
            outcome::Outcome,
            reason::ReasonCode,
            review::Review,
            status::Status,
            step::Step,
        },
        ids::{BodyId, CaseId, DeskId, ProposalId, StaffId},
        language::Language,
        profile::{CaseDays, ProfileId, ProfileVersion},
        taxonomy::{Category, Region},
    },
    policy::Permit,
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
    /// How the reporter came: `anonymous`.
    pub mode: String,
    /// The profile whose clocks it runs under.
    pub profile: ProfileId,
    /// The version of it that the case began under; none for cases from before versions were kept, which began under
    /// the first.
    pub profile_version: Option<i32>,
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
    /// The date in the register, where the profile sets one and the calendar knows it.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub registered_on: Option<Date>,
    /// The day the receipt was acknowledged.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub acknowledged_on: Option<Date>,
    /// The next due day.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub due_on: Option<Date>,
    /// Its clocks.
    pub clocks: Clocks,
    /// The next day on which a clock has something to say.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub watch_on: Option<Date>,
    /// The last day on which the reporter is asked to answer, while a question waits.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub question_until: Option<Date>,
    /// Since which day the reporter has waited for an answer to what they wrote.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub unanswered_since: Option<Date>,
    /// How far the review of the decision that ended it is.
    pub review: Option<Review>,
    /// The investigator in charge.
    pub lead_id: Option<StaffId>,
    /// What was found in triage, and which warning signs since.
    pub assessment: Assessment,
    /// How urgent it is by that.
    pub severity: Option<Severity>,
    /// Risk of detriment to the reporter.
    pub detriment: Option<DetrimentLevel>,
    /// Whether the person concerned could respond.
    pub subject_heard: Option<SubjectHeard>,
    /// The day on which the last preliminary decision was delivered to whom it would affect.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub hearing_notified_on: Option<Date>,
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
    /// Who is kept from it, as marks that only the server's key tells; none in cases from before there were any.
    pub excluded: Option<Vec<u8>>,
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

    /// The days from which its clocks run.
    #[must_use]
    pub const fn days(&self) -> CaseDays {
        CaseDays {
            received_on: self.received_on,
            acknowledged_on: self.acknowledged_on,
            status_since: self.status_since,
        }
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
    /// The profile under which it goes on.
    pub profile: Option<ProfileVersion>,
    /// The clocks as they stand after it.
    pub clocks: Option<ClockColumns>,
    /// The date in the register, once it can be told.
    pub registered: Option<Date>,
    /// The day until which the reporter may answer; `Some(None)` once nothing is asked any more.
    pub question_until: Option<Option<Date>>,
    /// Since when the reporter has had no answer; `Some(None)` once somebody answered.
    pub unanswered: Option<Option<Date>>,
    /// How far the review is; `Some(None)` once there is no decision to review any more.
    pub review: Option<Option<Review>>,
    /// A new lead; `Some(None)` where nobody leads any more.
    pub lead: Option<Option<StaffId>>,
    /// What is known of the report from now on; its severity follows.
    pub assessment: Option<Assessment>,
    /// A new assessment of the risk of detriment.
    pub detriment: Option<DetrimentLevel>,
    /// Whether the person concerned could respond; `Some(None)` where that turned out not to be so.
    pub subject_heard: Option<Option<SubjectHeard>>,
    /// A preliminary decision was delivered on this day.
    pub hearing_notified: Option<Date>,
    /// The outcome.
    pub outcome: Option<Outcome>,
    /// The reason.
    pub reason: Option<ReasonCode>,
    /// The case it joins.
    pub master: Option<CaseId>,
    /// The new key epoch.
    pub epoch: Option<i32>,
    /// The marks of those who are kept from it; only with a new epoch, whose proof covers them.
    pub excluded: Option<Vec<u8>>,
    /// The desk that has it from now on; only with a new epoch.
    pub desk: Option<DeskId>,
    /// The day of the step, for `status_since`.
    pub on: Option<Date>,
}

impl CaseChange {
    /// The severity that a new assessment comes to, with the version of the formula.
    #[must_use]
    pub fn severity(&self) -> Option<(Severity, i32)> {
        let severity = self.assessment.as_ref().and_then(Assessment::severity);
        severity.map(|severity| (severity, i32::from(FORMULA)))
    }
}

/// Clocks with the days that are searched by.
#[derive(Debug, Clone, Default)]
pub struct ClockColumns {
    /// The clocks.
    pub clocks: Clocks,
    /// The next due day; none where none runs.
    pub due_on: Option<Date>,
    /// The next day on which a clock has something to say.
    pub watch_on: Option<Date>,
}

#[derive(AsChangeset)]
#[diesel(table_name = cases)]
struct CaseColumns {
    status: Option<Status>,
    #[diesel(serialize_as = jiff_diesel::Date)]
    status_since: Option<Date>,
    origin_status: Option<Option<Status>>,
    profile: Option<ProfileId>,
    profile_version: Option<i32>,
    due_on: Option<Option<jiff_diesel::Date>>,
    watch_on: Option<Option<jiff_diesel::Date>>,
    #[diesel(serialize_as = jiff_diesel::Date)]
    registered_on: Option<Date>,
    clocks: Option<Clocks>,
    question_until: Option<Option<jiff_diesel::Date>>,
    unanswered_since: Option<Option<jiff_diesel::Date>>,
    review: Option<Option<Review>>,
    lead_id: Option<Option<StaffId>>,
    assessment: Option<Assessment>,
    severity: Option<Severity>,
    severity_formula: Option<i32>,
    detriment: Option<DetrimentLevel>,
    subject_heard: Option<Option<SubjectHeard>>,
    #[diesel(serialize_as = jiff_diesel::Date)]
    hearing_notified_on: Option<Date>,
    outcome: Option<Outcome>,
    reason_code: Option<ReasonCode>,
    master_id: Option<CaseId>,
    epoch: Option<i32>,
    excluded: Option<Vec<u8>>,
    desk_id: Option<DeskId>,
    step: Option<Step>,
    step_n: Option<i32>,
    proposal_id: Option<ProposalId>,
    audit_n: i32,
    audit_head: Vec<u8>,
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

    /// Whether any report was ever taken in.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn has_cases(&mut self) -> Result<bool, StorageError> {
        Ok(diesel::select(diesel::dsl::exists(cases::table.select(cases::id))).get_result(self.conn).await?)
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
        let severity = change.severity();
        let columns = CaseColumns {
            status: change.step.map(|(_, to)| to),
            status_since: change.step.and(change.on),
            origin_status: change.origin,
            profile: change.profile.map(|profile| profile.id),
            profile_version: change.profile.map(|profile| i32::try_from(profile.version).unwrap_or(i32::MAX)),
            due_on: change.clocks.as_ref().map(|clocks| clocks.due_on.map(Into::into)),
            watch_on: change.clocks.as_ref().map(|clocks| clocks.watch_on.map(Into::into)),
            clocks: change.clocks.map(|columns| columns.clocks),
            registered_on: change.registered,
            question_until: change.question_until.map(|until| until.map(Into::into)),
            unanswered_since: change.unanswered.map(|since| since.map(Into::into)),
            review: change.review,
            lead_id: change.lead,
            assessment: change.assessment,
            severity: severity.map(|(severity, _)| severity),
            severity_formula: severity.map(|(_, formula)| formula),
            detriment: change.detriment,
            subject_heard: change.subject_heard,
            hearing_notified_on: change.hearing_notified,
            outcome: change.outcome,
            reason_code: change.reason,
            master_id: change.master,
            epoch: change.epoch,
            excluded: change.excluded,
            desk_id: change.desk,
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
