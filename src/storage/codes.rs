//! How the domain's ids and closed codes stand in columns: ids as `uuid`, codes as their text.

use std::io::Write;

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types,
};

use crate::{
    domain::{
        case::{
            assessment::{Assessment, Severity},
            clocks::Clocks,
            facts::{DetrimentLevel, SubjectHeard},
            item::ItemKind,
            outcome::Outcome,
            reason::ReasonCode,
            referral::ReferralState,
            remedy::{RemedyKind, RemedyState},
            review::Review,
            status::Status,
            step::Step,
        },
        configuration::{Kind, State, Why},
        ids::{
            BodyId, CaseId, ChangeId, DeskId, ItemId, MatterId, ProposalId, ReferralId, RemedyId, SessionId,
            StaffId, TaskId,
        },
        language::Language,
        profile::{ClockName, ProfileId, Route},
        taxonomy::{Category, Region},
    },
    policy::Capacity,
};

macro_rules! ids_in_columns {
    ($($name:ident),+ $(,)?) => { $(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(sql_type = sql_types::Uuid, foreign_derive)]
            #[expect(dead_code, reason = "only carries the derives over to the domain's type")]
            struct Column($name);

            impl FromSql<sql_types::Uuid, Pg> for $name {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    <uuid::Uuid as FromSql<sql_types::Uuid, Pg>>::from_sql(value).map(Self)
                }
            }

            impl ToSql<sql_types::Uuid, Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    <uuid::Uuid as ToSql<sql_types::Uuid, Pg>>::to_sql(&self.0, out)
                }
            }
        };
    )+ };
}

macro_rules! codes_in_columns {
    ($($name:ident),+ $(,)?) => { $(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(sql_type = sql_types::Text, foreign_derive)]
            #[expect(dead_code, reason = "only carries the derives over to the domain's type")]
            struct Column($name);

            impl FromSql<sql_types::Text, Pg> for $name {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    let code = <String as FromSql<sql_types::Text, Pg>>::from_sql(value)?;
                    Self::parse(&code).ok_or_else(|| concat!("unknown code of ", stringify!($name)).into())
                }
            }

            impl ToSql<sql_types::Text, Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    out.write_all(self.code().as_bytes())?;
                    Ok(IsNull::No)
                }
            }
        };
    )+ };
}

/// What stands as JSON in a column that is null in cases from before it was kept.
macro_rules! json_in_columns {
    ($($name:ident),+ $(,)?) => { $(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(sql_type = sql_types::Nullable<sql_types::Text>, foreign_derive)]
            #[expect(dead_code, reason = "only carries the derives over to the domain's type")]
            struct Column($name);

            impl FromSql<sql_types::Nullable<sql_types::Text>, Pg> for $name {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    let json = <String as FromSql<sql_types::Text, Pg>>::from_sql(value)?;
                    Self::from_json(&json).ok_or_else(|| concat!("unknown form of ", stringify!($name)).into())
                }

                fn from_nullable_sql(value: Option<PgValue<'_>>) -> deserialize::Result<Self> {
                    value.map_or_else(|| Ok(Self::default()), Self::from_sql)
                }
            }

            impl ToSql<sql_types::Nullable<sql_types::Text>, Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    out.write_all(self.to_json().as_bytes())?;
                    Ok(IsNull::No)
                }
            }
        };
    )+ };
}

json_in_columns!(Assessment, Clocks);
ids_in_columns!(
    BodyId, CaseId, ChangeId, DeskId, ItemId, MatterId, ProposalId, ReferralId, RemedyId, SessionId, StaffId,
    TaskId
);
codes_in_columns!(
    Capacity,
    Category,
    ClockName,
    DetrimentLevel,
    ItemKind,
    Kind,
    Language,
    Outcome,
    ProfileId,
    ReasonCode,
    ReferralState,
    RemedyKind,
    RemedyState,
    Review,
    Region,
    Route,
    Severity,
    State,
    Status,
    Step,
    SubjectHeard,
    Why,
);
