//! Steps that wait for a second person: `proposals`.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::Timestamp;

use super::{
    case_lists::Scope,
    cases::CaseRow,
    schema::{case_grants, cases, proposals, staff},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        case::{status::Status, step::Step},
        ids::{CaseId, ProposalId, StaffId},
    },
    policy::Permit,
};

/// A proposal.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = proposals, check_for_backend(diesel::pg::Pg))]
pub struct ProposalRow {
    /// Its id.
    pub id: ProposalId,
    /// The case.
    pub case_id: CaseId,
    /// What is proposed.
    pub step: Step,
    /// The status it was proposed in.
    pub from_status: Status,
    /// Where it leads.
    pub to_status: Status,
    /// The epoch its sealed effects were prepared under.
    pub epoch: i32,
    /// The closed facts of the step, JSON.
    pub facts: String,
    /// By whom.
    pub proposer_id: StaffId,
    /// When.
    #[diesel(deserialize_as = jiff_diesel::Timestamp, serialize_as = jiff_diesel::Timestamp)]
    pub proposed_at: Timestamp,
    /// Number of the entry that recorded it.
    pub proposed_n: i32,
    /// `pending`, `approved`, `refused` or `stale`.
    pub state: String,
    /// Who answered, if anybody did.
    pub resolver_id: Option<StaffId>,
}

impl ProposalRow {
    /// Whether the case went on without it: it stands elsewhere, or has other keys than the effects were prepared for.
    #[must_use]
    pub fn overtaken(&self, case: &CaseRow) -> bool {
        self.epoch != case.epoch || self.from_status != case.status
    }
}

/// Who answered a proposal, and when; nobody did where it became stale by itself.
#[derive(Debug, Clone, Queryable)]
pub struct Answered {
    /// Their login.
    pub by: Option<String>,
    /// The moment.
    #[diesel(deserialize_as = jiff_diesel::NullableTimestamp)]
    pub at: Option<Timestamp>,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// The second person agreed.
    Approved,
    /// The second person did not.
    Refused,
    /// The case moved on, or its keys changed, before anybody answered.
    Stale,
}

impl Resolution {
    /// The code in the column.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Stale => "stale",
        }
    }
}

/// A proposal of a list, with its case and the proposer's login.
type Listed = (ProposalRow, CaseRow, String);

impl Db<'_> {
    /// A proposal.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn proposal(&mut self, id: ProposalId) -> Result<Option<ProposalRow>, StorageError> {
        Ok(proposals::table.find(id).select(ProposalRow::as_select()).first(self.conn).await.optional()?)
    }

    /// The proposal of a case that waits for an answer.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn pending_proposal(&mut self, case: CaseId) -> Result<Option<ProposalRow>, StorageError> {
        let query =
            proposals::table.filter(proposals::case_id.eq(case)).filter(proposals::state.eq("pending"));
        Ok(query.select(ProposalRow::as_select()).first(self.conn).await.optional()?)
    }

    /// How a proposal was answered.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn answer_of(&mut self, id: ProposalId) -> Result<Option<Answered>, StorageError> {
        let query = proposals::table
            .find(id)
            .left_join(staff::table.on(proposals::resolver_id.eq(staff::id.nullable())))
            .select((staff::login.nullable(), proposals::resolved_at));
        Ok(query.first(self.conn).await.optional()?)
    }

    /// Whether a person proposed or approved a step that this case took.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn took_part(&mut self, case: CaseId, staff: StaffId) -> Result<bool, StorageError> {
        let part = proposals::table
            .filter(proposals::case_id.eq(case))
            .filter(proposals::state.eq("approved"))
            .filter(proposals::proposer_id.eq(staff).or(proposals::resolver_id.eq(staff).assume_not_null()));
        Ok(diesel::select(diesel::dsl::exists(part)).get_result(self.conn).await?)
    }

    /// The waiting proposals of a scope, with their cases and the proposers' logins, oldest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn list_proposals(&mut self, scope: Scope) -> Result<Vec<Listed>, StorageError> {
        let query = proposals::table
            .inner_join(cases::table.inner_join(case_grants::table))
            .inner_join(staff::table.on(staff::id.eq(proposals::proposer_id)))
            .filter(proposals::state.eq("pending"))
            .filter(case_grants::staff_id.eq(scope.staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()))
            .order((proposals::proposed_at, proposals::id))
            .select((ProposalRow::as_select(), CaseRow::as_select(), staff::login));
        Ok(query.load(self.conn).await?)
    }

    /// The proposals of a scope that were answered last, or went stale.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn answered_proposals(
        &mut self,
        scope: Scope,
        limit: i64,
    ) -> Result<Vec<Listed>, StorageError> {
        let query = proposals::table
            .inner_join(cases::table.inner_join(case_grants::table))
            .inner_join(staff::table.on(staff::id.eq(proposals::proposer_id)))
            .filter(proposals::state.ne("pending"))
            .filter(case_grants::staff_id.eq(scope.staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()))
            .order((proposals::resolved_at.desc(), proposals::id))
            .limit(limit)
            .select((ProposalRow::as_select(), CaseRow::as_select(), staff::login));
        Ok(query.load(self.conn).await?)
    }
}

impl Tx<'_> {
    /// Writes a proposal; a case has at most one that waits.
    ///
    /// # Errors
    /// [`StorageError::Conflict`] where one waits already.
    pub async fn insert_proposal(
        &mut self,
        _permit: &Permit,
        proposal: ProposalRow,
    ) -> Result<(), StorageError> {
        diesel::insert_into(proposals::table).values(proposal).execute(self.conn).await?;
        Ok(())
    }

    /// Resolves a waiting proposal. `by` is none where it became stale by itself. The database refuses the proposer.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn resolve_proposal(
        &mut self,
        _permit: &Permit,
        id: ProposalId,
        resolution: Resolution,
        (by, at): (Option<StaffId>, Timestamp),
    ) -> Result<bool, StorageError> {
        let target = proposals::table.find(id).filter(proposals::state.eq("pending"));
        let rows = diesel::update(target)
            .set((
                proposals::state.eq(resolution.code()),
                proposals::resolver_id.eq(by),
                proposals::resolved_at.eq(Some(jiff_diesel::Timestamp::from(at))),
            ))
            .execute(self.conn)
            .await?;
        Ok(rows == 1)
    }
}
