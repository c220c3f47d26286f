//! Who may open which case, in what capacity, and what they declared: `case_grants`.

use diesel::{
    dsl::case_when,
    prelude::*,
    sql_types::{Array, BigInt, Text, Uuid as SqlUuid},
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use uuid::Uuid;

use super::{
    case_lists::Scope,
    schema::{case_grants, case_wraps, cases, staff},
    store::{Db, StorageError},
    tx::Tx,
};
use crate::{
    domain::{
        case::status::Status,
        ids::{CaseId, DeskId, StaffId},
    },
    policy::{Capacity, Permit},
};

/// A grant.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = case_grants, check_for_backend(diesel::pg::Pg))]
pub struct GrantRow {
    /// The case.
    pub case_id: CaseId,
    /// To whom.
    pub staff_id: StaffId,
    /// In what capacity.
    pub capacity: Capacity,
    /// Since which day.
    #[diesel(deserialize_as = jiff_diesel::Date)]
    pub granted_on: Date,
    /// The day the person signed that they have no conflict of interest.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub attested_on: Option<Date>,
    /// The day the person stepped back.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub recused_on: Option<Date>,
    /// The day it was taken away.
    #[diesel(deserialize_as = jiff_diesel::NullableDate)]
    pub revoked_on: Option<Date>,
}

impl GrantRow {
    /// True while the grant gives access.
    #[must_use]
    pub const fn lives(&self) -> bool {
        self.recused_on.is_none() && self.revoked_on.is_none()
    }
}

#[derive(QueryableByName)]
struct FoundCase {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct ShortCase {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    holders: i64,
}

#[derive(QueryableByName)]
struct WaitingForKeys {
    #[diesel(sql_type = SqlUuid)]
    staff_id: Uuid,
    #[diesel(sql_type = Text)]
    login: String,
    #[diesel(sql_type = SqlUuid)]
    case_id: Uuid,
}

/// What becomes of a grant.
#[derive(Debug, Clone, Copy)]
pub enum GrantEnd {
    /// The person has a conflict of interest.
    Recused,
    /// Access was taken away.
    Revoked,
}

/// A part that somebody has in a case.
#[derive(Debug, Clone, Queryable)]
pub struct HeldPart {
    /// The case.
    pub case: CaseId,
    /// In what capacity.
    pub capacity: Capacity,
    /// The desk that has the case.
    pub desk: DeskId,
    /// The marks of those who are kept from it.
    pub excluded: Option<Vec<u8>>,
}

impl Db<'_> {
    /// A person's grant for a case, living or not.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn grant(&mut self, case: CaseId, staff: StaffId) -> Result<Option<GrantRow>, StorageError> {
        let query = case_grants::table.find((case, staff)).select(GrantRow::as_select());
        Ok(query.first(self.conn).await.optional()?)
    }

    /// All grants of a case with the logins of their holders, ended ones included.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn grants(&mut self, case: CaseId) -> Result<Vec<(GrantRow, String)>, StorageError> {
        let query = case_grants::table
            .inner_join(staff::table.on(staff::id.eq(case_grants::staff_id)))
            .filter(case_grants::case_id.eq(case))
            .order(staff::login)
            .select((GrantRow::as_select(), staff::login));
        Ok(query.load(self.conn).await?)
    }

    /// The cases a person holds a living grant for.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_held_by(&mut self, staff: StaffId) -> Result<Vec<CaseId>, StorageError> {
        let query = case_grants::table
            .filter(case_grants::staff_id.eq(staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()));
        Ok(query.select(case_grants::case_id).load(self.conn).await?)
    }

    /// A person's living grants.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn parts_of(&mut self, staff: StaffId) -> Result<Vec<HeldPart>, StorageError> {
        let query = case_grants::table
            .inner_join(cases::table)
            .filter(case_grants::staff_id.eq(staff))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()));
        let columns = (case_grants::case_id, case_grants::capacity, cases::desk_id, cases::excluded);
        Ok(query.select(columns).load(self.conn).await?)
    }

    /// The cases of which a person has a wrapped key of any epoch.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_wrapped_to(&mut self, staff: StaffId) -> Result<Vec<CaseId>, StorageError> {
        let query = case_wraps::table
            .filter(case_wraps::holder_kind.eq("staff").and(case_wraps::holder_id.eq(staff.0)))
            .select(case_wraps::case_id)
            .distinct();
        Ok(query.load(self.conn).await?)
    }

    /// Who can open a case: a living grant, and a key of its present epoch.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn key_holders(&mut self, case: CaseId) -> Result<Vec<StaffId>, StorageError> {
        let present = cases::table.find(case).select(cases::epoch).single_value();
        let query = case_grants::table
            .inner_join(
                case_wraps::table.on(case_wraps::case_id
                    .eq(case_grants::case_id)
                    .and(case_wraps::holder_kind.eq("staff"))
                    .and(case_wraps::holder_id.eq(case_grants::staff_id))),
            )
            .filter(case_grants::case_id.eq(case))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()))
            .filter(case_wraps::epoch.nullable().eq(present))
            .order(case_grants::staff_id);
        Ok(query.select(case_grants::staff_id).load(self.conn).await?)
    }

    /// Colleagues with a living grant but no key for a case of the scope's that has one: who, their name, the case; by
    /// name.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn waiting_for_keys(
        &mut self,
        scope: Scope,
    ) -> Result<Vec<(StaffId, String, CaseId)>, StorageError> {
        let rows: Vec<WaitingForKeys> = diesel::sql_query(
            "select g.staff_id, s.login, c.id as case_id
             from case_grants mine
             join cases c on c.id = mine.case_id
             join case_wraps held on held.case_id = c.id and held.epoch = c.epoch and held.holder_id = mine.staff_id
             join case_grants g on g.case_id = c.id and g.staff_id <> mine.staff_id
             join staff s on s.id = g.staff_id and s.state = 'active'
             where mine.staff_id = $1 and mine.attested_on is not null
               and mine.recused_on is null and mine.revoked_on is null
               and g.recused_on is null and g.revoked_on is null
               and not exists (select from case_wraps w
                               where w.case_id = c.id and w.epoch = c.epoch and w.holder_id = g.staff_id)
             order by s.login, c.id",
        )
        .bind::<SqlUuid, _>(scope.staff.0)
        .load(self.conn)
        .await?;
        Ok(rows.into_iter().map(|row| (StaffId(row.staff_id), row.login, CaseId(row.case_id))).collect())
    }

    /// Whether somebody who is active holds a living grant for a case.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn works_on(&mut self, case: CaseId, who: StaffId) -> Result<bool, StorageError> {
        let part = case_grants::table
            .inner_join(staff::table.on(staff::id.eq(case_grants::staff_id)))
            .filter(case_grants::case_id.eq(case).and(case_grants::staff_id.eq(who)))
            .filter(case_grants::recused_on.is_null().and(case_grants::revoked_on.is_null()))
            .filter(staff::state.eq("active"));
        Ok(diesel::select(diesel::dsl::exists(part)).get_result(self.conn).await?)
    }

    /// Cases that need a lead as they stand, and have none who works here: by id.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_without_lead(&mut self, limit: i64) -> Result<Vec<CaseId>, StorageError> {
        let led = Status::ALL.iter().filter(|status| status.needs_lead());
        let led: Vec<_> = led.map(|status| status.code().to_owned()).collect();
        let rows: Vec<FoundCase> = diesel::sql_query(
            "select c.id from cases c
             where case when c.status = $1 then coalesce(c.origin_status, '') else c.status end = any($2)
               and not exists (
                 select from case_grants g join staff s on s.id = g.staff_id
                 where g.case_id = c.id and g.staff_id = c.lead_id
                   and g.recused_on is null and g.revoked_on is null and s.state = 'active')
             order by c.id limit $3",
        )
        .bind::<Text, _>(Status::AwaitingInfo.code())
        .bind::<Array<Text>, _>(led)
        .bind::<BigInt, _>(limit)
        .load(self.conn)
        .await?;
        Ok(rows.into_iter().map(|row| CaseId(row.id)).collect())
    }

    /// Cases in one of these states with fewer than two living holders who are active: nobody, or one person alone, can read them.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn cases_short_of_holders(
        &mut self,
        among: &[Status],
        limit: i64,
    ) -> Result<Vec<(CaseId, i64)>, StorageError> {
        let among: Vec<_> = among.iter().map(|status| status.code().to_owned()).collect();
        let rows: Vec<ShortCase> = diesel::sql_query(
            "select c.id, h.holders from cases c cross join lateral (
               select count(*) as holders from case_grants g join staff s on s.id = g.staff_id
               join case_wraps w on w.case_id = c.id and w.epoch = c.epoch and w.holder_id = g.staff_id
               where g.case_id = c.id and g.recused_on is null and g.revoked_on is null and s.state = 'active') h
             where c.status = any($1) and h.holders < 2 order by c.id limit $2",
        )
        .bind::<Array<Text>, _>(among)
        .bind::<BigInt, _>(limit)
        .load(self.conn)
        .await?;
        Ok(rows.into_iter().map(|row| (CaseId(row.id), row.holders)).collect())
    }
}

impl Tx<'_> {
    /// Gives access; an ended grant lives again, without its old attestation.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn grant_access(
        &mut self,
        _permit: &Permit,
        case: CaseId,
        to: &[(StaffId, Capacity)],
        (by, on): (Option<StaffId>, Date),
    ) -> Result<(), StorageError> {
        let rows: Vec<_> = to
            .iter()
            .map(|(staff, capacity)| {
                (
                    case_grants::case_id.eq(case),
                    case_grants::staff_id.eq(*staff),
                    case_grants::capacity.eq(*capacity),
                    case_grants::granted_on.eq(jiff_diesel::Date::from(on)),
                    case_grants::granted_by.eq(by),
                )
            })
            .collect();
        diesel::insert_into(case_grants::table)
            .values(rows)
            .on_conflict((case_grants::case_id, case_grants::staff_id))
            .do_update()
            .set((
                case_grants::capacity.eq(excluded(case_grants::capacity)),
                case_grants::granted_on.eq(excluded(case_grants::granted_on)),
                case_grants::granted_by.eq(excluded(case_grants::granted_by)),
                case_grants::attested_on
                    .eq(case_when(case_grants::revoked_on.is_null(), case_grants::attested_on)),
                case_grants::revoked_on.eq(None::<jiff_diesel::Date>),
            ))
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Records the signed statement that the person has no conflict of interest.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn attest(
        &mut self,
        _permit: &Permit,
        case: CaseId,
        staff: StaffId,
        on: Date,
    ) -> Result<(), StorageError> {
        diesel::update(case_grants::table.find((case, staff)))
            .set(case_grants::attested_on.eq(Some(jiff_diesel::Date::from(on))))
            .execute(self.conn)
            .await?;
        Ok(())
    }

    /// Ends a grant.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn end_grant(
        &mut self,
        _permit: &Permit,
        (case, staff): (CaseId, StaffId),
        end: GrantEnd,
        on: Date,
    ) -> Result<(), StorageError> {
        let day = Some(jiff_diesel::Date::from(on));
        let target = case_grants::table.find((case, staff));
        match end {
            GrantEnd::Recused => {
                diesel::update(target).set(case_grants::recused_on.eq(day)).execute(self.conn).await?
            }
            GrantEnd::Revoked => {
                diesel::update(target).set(case_grants::revoked_on.eq(day)).execute(self.conn).await?
            }
        };
        Ok(())
    }
}
