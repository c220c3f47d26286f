//! What oversight must see: missed due days, reporters who got no answer, referrals that came back. Whoever handles the
//! case cannot take it away (control OI-12b-1).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{
    schema::{cases, desks, oversight_matters, proposals},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        case::{review::Review, status::Status, step::Step},
        ids::{CaseId, DeskId, MatterId, StaffId},
        profile::ClockName,
    },
    policy::Permit,
};

/// Something that oversight must see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// A due day passed.
    DeadlineMissed(ClockName),
    /// The reporter says that nobody answers.
    NoResponse,
    /// A body sent a case back.
    ReferralReturned,
    /// A review was asked for, and the desk has fewer than two reviewers who had no part in the decision.
    ReviewUnstaffed,
    /// A holder lost a case because it concerns them, by what a colleague recorded or by their name.
    HolderBarred,
    /// A corrective action or recommendation was not done in time.
    ActionOverdue,
}

impl Matter {
    /// The code of its kind.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::DeadlineMissed(_) => "deadline_missed",
            Self::NoResponse => "no_response",
            Self::ReferralReturned => "referral_returned",
            Self::ReviewUnstaffed => "review_unstaffed",
            Self::HolderBarred => "holder_barred",
            Self::ActionOverdue => "action_overdue",
        }
    }

    const fn clock(self) -> Option<ClockName> {
        match self {
            Self::DeadlineMissed(clock) => Some(clock),
            Self::NoResponse
            | Self::ReferralReturned
            | Self::ReviewUnstaffed
            | Self::HolderBarred
            | Self::ActionOverdue => None,
        }
    }
}

/// A line of oversight's list. No content, and nothing of the report but what its desk's deadlines need.
#[derive(Debug, Clone, Queryable)]
pub struct MatterLine {
    /// Its id.
    pub id: MatterId,
    /// Its kind's code.
    pub kind: String,
    /// The clock that was missed.
    pub clock: Option<ClockName>,
    /// Since which day.
    #[diesel(deserialize_as = jiff_diesel::Date)]
    pub arisen_on: Date,
    /// When somebody of oversight took it up.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub taken_up_on: Option<Date>,
    /// The case.
    pub case: CaseId,
    /// The marks of those who are kept from it.
    pub excluded: Option<Vec<u8>>,
    /// What it is called.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// The desk.
    pub desk: DeskId,
    /// The desk's names in kk, ru, en.
    pub desk_names: (String, String, String),
}

/// A reporter who waits for an answer.
#[derive(Debug, Clone, Queryable)]
pub struct UnansweredLine {
    /// The case.
    pub case: CaseId,
    /// The marks of those who are kept from it.
    pub excluded: Option<Vec<u8>>,
    /// What the case is called.
    pub reference: String,
    /// Where it stands.
    pub status: Status,
    /// Since which day.
    #[diesel(deserialize_as = jiff_diesel::Date)]
    pub since: Date,
    /// The desk's names in kk, ru, en.
    pub desk_names: (String, String, String),
}

/// A proposal that waits for a second person.
#[derive(Debug, Clone, Queryable)]
pub struct WaitingLine {
    /// The case.
    pub case: CaseId,
    /// The marks of those who are kept from it.
    pub excluded: Option<Vec<u8>>,
    /// What the case is called.
    pub reference: String,
    /// The step that is proposed.
    pub step: Step,
    /// Since when.
    #[diesel(deserialize_as = jiff_diesel::Timestamp)]
    pub since: Timestamp,
    /// The desk's names in kk, ru, en.
    pub desk_names: (String, String, String),
}

/// A matter as it stands.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct MatterRow {
    /// Its case.
    pub case: CaseId,
    /// Whether somebody of oversight took it up.
    pub taken_up: bool,
}

impl Db<'_> {
    /// What oversight must see, oldest first: what nobody took up yet, or what was taken up, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn matters(&mut self, taken_up: bool, limit: i64) -> Result<Vec<MatterLine>, StorageError> {
        let query = oversight_matters::table
            .inner_join(cases::table.inner_join(desks::table))
            .filter(oversight_matters::taken_up_on.is_not_null().eq(taken_up))
            .select((
                oversight_matters::id,
                oversight_matters::kind,
                oversight_matters::clock,
                oversight_matters::arisen_on,
                oversight_matters::taken_up_on,
                cases::id,
                cases::excluded,
                cases::reference,
                cases::status,
                desks::id,
                (desks::name_kk, desks::name_ru, desks::name_en),
            ))
            .limit(limit)
            .into_boxed();
        // Of what is looked after, only the newest is of interest.
        let query = if taken_up {
            query.order((oversight_matters::taken_up_on.desc(), oversight_matters::id))
        } else {
            query.order((oversight_matters::arisen_on, oversight_matters::id))
        };
        Ok(query.load(self.conn).await?)
    }

    /// Reporters who have waited for an answer since before a day, longest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn unanswered(
        &mut self,
        before: Date,
        limit: i64,
    ) -> Result<Vec<UnansweredLine>, StorageError> {
        let open: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.owes_answer()).collect();
        let query = cases::table
            .inner_join(desks::table)
            .filter(cases::unanswered_since.lt(jiff_diesel::Date::from(before)))
            .filter(cases::status.eq_any(open).or(cases::review.eq(Review::Asked).assume_not_null()))
            .select((
                cases::id,
                cases::excluded,
                cases::reference,
                cases::status,
                cases::unanswered_since.assume_not_null(),
                (desks::name_kk, desks::name_ru, desks::name_en),
            ))
            .order((cases::unanswered_since, cases::id))
            .limit(limit);
        Ok(query.load(self.conn).await?)
    }

    /// Proposals that wait, oldest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn proposals_that_wait(&mut self, limit: i64) -> Result<Vec<WaitingLine>, StorageError> {
        let query = proposals::table
            .inner_join(cases::table.inner_join(desks::table))
            .filter(proposals::state.eq("pending"))
            .select((
                cases::id,
                cases::excluded,
                cases::reference,
                proposals::step,
                proposals::proposed_at,
                (desks::name_kk, desks::name_ru, desks::name_en),
            ))
            .order((proposals::proposed_at, proposals::id))
            .limit(limit);
        Ok(query.load(self.conn).await?)
    }

    /// Whether something of a kind waits for oversight in a case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn has_open_matter(&mut self, case: CaseId, matter: Matter) -> Result<bool, StorageError> {
        let query = oversight_matters::table
            .filter(oversight_matters::case_id.eq(case).and(oversight_matters::kind.eq(matter.kind())))
            .filter(oversight_matters::taken_up_on.is_null());
        Ok(diesel::select(diesel::dsl::exists(query)).get_result(self.conn).await?)
    }

    /// A matter.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn matter(&mut self, id: MatterId) -> Result<Option<MatterRow>, StorageError> {
        let query = oversight_matters::table
            .find(id)
            .select((oversight_matters::case_id, oversight_matters::taken_up_on.is_not_null()));
        Ok(query.first(self.conn).await.optional()?)
    }
}

impl Tx<'_> {
    /// Puts something on oversight's list; the case's entry must say so.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn raise_matter(
        &mut self,
        _permit: &Permit,
        case: CaseId,
        (matter, on): (Matter, Date),
    ) -> Result<Uuid, StorageError> {
        let id = self.uuid();
        diesel::insert_into(oversight_matters::table)
            .values((
                oversight_matters::id.eq(id),
                oversight_matters::case_id.eq(case),
                oversight_matters::kind.eq(matter.kind()),
                oversight_matters::clock.eq(matter.clock()),
                oversight_matters::arisen_on.eq(jiff_diesel::Date::from(on)),
            ))
            .execute(self.conn)
            .await?;
        Ok(id)
    }

    /// Notes that somebody of oversight took a matter up.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn take_up_matter(
        &mut self,
        _permit: &Permit,
        id: MatterId,
        (by, on): (StaffId, Date),
    ) -> Result<bool, StorageError> {
        let target = oversight_matters::table
            .filter(oversight_matters::id.eq(id).and(oversight_matters::taken_up_on.is_null()));
        let changed = diesel::update(target)
            .set((
                oversight_matters::taken_up_on.eq(Some(jiff_diesel::Date::from(on))),
                oversight_matters::taken_up_by.eq(Some(by)),
            ))
            .execute(self.conn)
            .await?;
        Ok(changed == 1)
    }
}
