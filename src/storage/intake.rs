//! Taking in a report: case, epoch, grants, wraps, content and entry by one statement, which is one transaction.
//!
//! One cached statement takes in 1.6 to 1.9 times as many reports as the same rows one after the other. It says so
//! much about itself: the instance's version stands in it, and a trigger looks again at commit, so a report is never
//! wrapped to somebody who is no longer in the directory; the receipt's id is unique, so a re-post adds nothing.

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{
        Array, BigInt, Bytea, Date as SqlDate, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
    },
};
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use rand::RngExt;
use uuid::Uuid;

use super::{
    cases::ClockColumns,
    images,
    store::{StorageError, Store},
    tx::due_time,
    wraps::NewWrap,
};
use crate::{
    audit::entry::{Draft, Head, ObjectKind},
    crypto::random::uuid_v4,
    domain::{
        ids::{BodyId, CaseId, DeskId, ItemId, StaffId},
        language::Language,
        profile::{ProfileId, Waiver},
        taxonomy::{Category, Region},
    },
    policy::Permit,
};

/// A report, sealed and routed, ready to be taken in.
pub struct NewCase {
    /// Row id.
    pub id: CaseId,
    /// What people call it.
    pub reference: String,
    /// The desk that gets it.
    pub desk: DeskId,
    /// The body it concerns.
    pub body: Option<BodyId>,
    /// What it is about.
    pub category: Category,
    /// Where.
    pub region: Option<Region>,
    /// The reporter's language.
    pub language: Language,
    /// How it came: `web`, `api`.
    pub channel: &'static str,
    /// The profile it runs under.
    pub profile: ProfileId,
    /// Version of the public information shown.
    pub notice_version: String,
    /// The day of receipt, which is also the day of the acknowledgement where there is one.
    pub received_on: Date,
    /// The version of the profile.
    pub profile_version: u32,
    /// The date in the register.
    pub registered_on: Option<Date>,
    /// The clocks that start.
    pub clocks: ClockColumns,
    /// SHA-256 look-up id of the receipt.
    pub receipt_id: [u8; 32],
    /// Public half of the reporter's keys.
    pub reporter_key: Vec<u8>,
    /// The marks of those who are kept from it.
    pub excluded: Vec<u8>,
    /// Public half of the first epoch.
    pub epoch_key: Vec<u8>,
    /// Proof that the server wrote both keys.
    pub epoch_mac: [u8; 32],
    /// The sealed report.
    pub report: (ItemId, Vec<u8>),
    /// Why there is no acknowledgement.
    pub waiver: Option<Waiver>,
    /// Id of the acknowledgement, a closed text; none where it is waived.
    pub acknowledgement: Option<ItemId>,
    /// Who may open it: the desk's triagers.
    pub triagers: Vec<StaffId>,
    /// The seed, wrapped to each triager, the reporter and the desk's recovery key.
    pub wraps: Vec<NewWrap>,
    /// The instance's version that desk, triagers and recovery key were taken from.
    pub registry_version: i64,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// It is stored, acknowledged and recorded.
    Taken,
    /// This receipt was used before: the form was sent twice.
    Known,
    /// The directory, a desk or the routing changed meanwhile: route and seal again.
    RegistryChanged,
    /// The body named is not in the registry of bodies.
    BodyUnknown,
}

const INTO_CASES: &str = "), c as (insert into cases (id, audit_id, reference, desk_id, body_id, category, region, \
    language, channel, mode, profile, notice_version, status, status_since, received_on, acknowledged_on, \
    profile_version, registered_on, clocks, due_on, watch_on, epoch, receipt_id, reporter_key, excluded, step, step_n, \
    audit_n, audit_head) select ";

struct IntakeStatement<'a> {
    case: &'a NewCase,
    audit_id: Uuid,
    entry: &'a crate::audit::entry::Entry,
    eid: Uuid,
    due: jiff_diesel::Timestamp,
    columns: WrapColumns<'a>,
}

struct WrapColumns<'a> {
    kinds: Vec<&'static str>,
    holders: Vec<Uuid>,
    seeds: Vec<&'a [u8]>,
    received_on: jiff_diesel::Date,
    acknowledged_on: Option<jiff_diesel::Date>,
    registered_on: Option<jiff_diesel::Date>,
    due_on: Option<jiff_diesel::Date>,
    watch_on: Option<jiff_diesel::Date>,
    profile_version: i32,
    clocks: String,
}

// The text is always the same, so the prepared statement is cached under this id.
impl QueryId for IntakeStatement<'_> {
    type QueryId = IntakeStatement<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for IntakeStatement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.walk_case(out.reborrow())?;
        self.walk_keys(out.reborrow())?;
        self.walk_content(out.reborrow())?;
        self.walk_entry(out)
    }
}

impl IntakeStatement<'_> {
    fn walk_case<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (case, columns) = (self.case, &self.columns);
        out.push_sql("with fresh as (select id from instance where version = ");
        out.push_bind_param::<BigInt, _>(&case.registry_version)?;
        // For the trigger that looks again at commit; the setting ends with the statement's transaction.
        out.push_sql(" and set_config('senim.registry_version', version::text, true) is not null");
        out.push_sql(INTO_CASES);
        out.push_bind_param::<SqlUuid, _>(&case.id)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.audit_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&case.reference)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&case.desk)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&case.body)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&case.category)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&case.region)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&case.language)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&case.channel)?;
        out.push_sql(", 'anonymous', ");
        out.push_bind_param::<Text, _>(&case.profile)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&case.notice_version)?;
        out.push_sql(", 'received', d, d, ");
        out.push_bind_param::<Nullable<SqlDate>, _>(&columns.acknowledged_on)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&columns.profile_version)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<SqlDate>, _>(&columns.registered_on)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&columns.clocks)?;
        out.push_sql(", ");
        for day in [&columns.due_on, &columns.watch_on] {
            out.push_bind_param::<Nullable<SqlDate>, _>(day)?;
            out.push_sql(", ");
        }
        out.push_sql("1, ");
        for bytes in [case.receipt_id.as_slice(), &case.reporter_key, &case.excluded] {
            out.push_bind_param::<Bytea, _>(bytes)?;
            out.push_sql(", ");
        }
        out.push_sql("'submit', 1, 1, ");
        out.push_bind_param::<Bytea, _>(self.entry.commitment.as_slice())?;
        out.push_sql(" from fresh, (select ");
        out.push_bind_param::<SqlDate, _>(&columns.received_on)?;
        // Asked before the foreign key is: what the database refuses, it writes into its own log, with the time.
        out.push_sql("::date as d) as day where ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&case.body)?;
        out.push_sql("::uuid is null or exists (select from bodies where not bodies.closed and bodies.id = ");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&case.body)?;
        out.push_sql(") on conflict (receipt_id) do nothing returning id, received_on)");
        Ok(())
    }

    fn walk_keys<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (case, columns) = (self.case, &self.columns);
        out.push_sql(", e as (insert into case_epochs (case_id, epoch, public_key, mac) select id, 1, ");
        out.push_bind_param::<Bytea, _>(&case.epoch_key)?;
        out.push_sql(", ");
        out.push_bind_param::<Bytea, _>(case.epoch_mac.as_slice())?;
        out.push_sql(
            " from c), g as (insert into case_grants (case_id, staff_id, capacity, granted_on) \
             select c.id, s, 'triager', c.received_on from c, unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&case.triagers)?;
        out.push_sql(
            ") as s), w as (insert into case_wraps (case_id, epoch, holder_kind, holder_id, sealed) \
             select c.id, 1, k, h, s from c, unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(&columns.kinds)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&columns.holders)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Bytea>, _>(&columns.seeds)?;
        out.push_sql(") as t (k, h, s))");
        Ok(())
    }

    fn walk_content<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (report, sealed) = &self.case.report;
        out.push_sql(
            ", i as (insert into case_items (id, case_id, n, epoch, kind, template, sealed, written_on) \
             select t.id, c.id, 1, 1, t.kind, t.template, t.sealed, c.received_on from c, (values (",
        );
        out.push_bind_param::<SqlUuid, _>(report)?;
        out.push_sql("::uuid, 'report', null::text, ");
        out.push_bind_param::<Bytea, _>(sealed)?;
        out.push_sql("::bytea), (");
        out.push_bind_param::<Nullable<SqlUuid>, _>(&self.case.acknowledgement)?;
        out.push_sql(
            ", 'system_message', 'acknowledged', null)) as t (id, kind, template, sealed) where t.id is not null)",
        );
        Ok(())
    }

    fn walk_entry<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(" select audit.append(");
        out.push_bind_param::<SqlUuid, _>(&self.eid)?;
        out.push_sql(", 'case', ");
        out.push_bind_param::<SqlUuid, _>(&self.audit_id)?;
        out.push_sql(", 1, null, ");
        out.push_bind_param::<Bytea, _>(&self.entry.body)?;
        out.push_sql(", ");
        out.push_bind_param::<Timestamptz, _>(&self.due)?;
        out.push_sql(") as commitment from c");
        Ok(())
    }
}

impl Query for IntakeStatement<'_> {
    type SqlType = Bytea;
}

impl Store {
    /// Takes in a report: everything or nothing, with its entry, durable when this returns [`Intake::Taken`].
    /// A single statement is its own transaction; the deferred triggers hold for it as for every other.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn take_in(
        &self,
        _permit: &Permit,
        case: &NewCase,
        draft: &Draft<'_>,
    ) -> Result<Intake, StorageError> {
        let mut rng = self.entropy().rng();
        let audit_id = uuid_v4(&mut rng);
        let head = Head::new(ObjectKind::Case, audit_id);
        let draft = draft.clone().leaving(images::new_case(case));
        let entry = draft.seal(&head, &self.writer(), rng.random())?.checked()?;
        let statement = IntakeStatement {
            audit_id,
            entry: &entry,
            eid: uuid_v4(&mut rng),
            due: due_time(&mut rng, self.rhythm(), self.now(), entry.day).into(),
            columns: WrapColumns {
                kinds: case.wraps.iter().map(|wrap| wrap.holder.kind()).collect(),
                holders: case.wraps.iter().map(|wrap| wrap.holder.id()).collect(),
                seeds: case.wraps.iter().map(|wrap| wrap.sealed.as_slice()).collect(),
                received_on: case.received_on.into(),
                acknowledged_on: case.acknowledgement.map(|_| case.received_on.into()),
                registered_on: case.registered_on.map(Into::into),
                due_on: case.clocks.due_on.map(Into::into),
                watch_on: case.clocks.watch_on.map(Into::into),
                profile_version: i32::try_from(case.profile_version).unwrap_or(1),
                clocks: case.clocks.clocks.to_json(),
            },
            case,
        };
        let mut conn = self.connection().await?;
        let appended: Vec<Vec<u8>> = match statement.load(&mut conn).await.map_err(StorageError::from) {
            Ok(appended) => appended,
            // Somebody who was to be given a key left while the report was on its way.
            Err(error) if error.asks_for_retry() => return Ok(Intake::RegistryChanged),
            Err(error) => return Err(error),
        };
        if !appended.is_empty() {
            return Ok(Intake::Taken);
        }
        let mut db = super::Db { conn: &mut conn };
        if db.case_of_receipt(&case.receipt_id).await?.is_some() {
            return Ok(Intake::Known);
        }
        let unknown = match case.body {
            Some(body) => db.body(body).await?.is_none_or(|body| body.closed),
            None => false,
        };
        Ok(if unknown { Intake::BodyUnknown } else { Intake::RegistryChanged })
    }
}
