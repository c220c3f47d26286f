//! The record, for auditors.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::{Answer, path_id, query};
use crate::{
    usecases::query_log::{Act, EntryFilter, EntryPage, EntryRow, ObjectKind, Query, query_log},
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// Which entries are asked for.
#[derive(Deserialize, IntoParams)]
pub struct EntryQuery {
    /// Only entries with this act.
    pub act: Option<String>,
    /// Only entries that evidence this principle (1–13) of the OECD Recommendation.
    pub principle: Option<u8>,
    /// From this day on.
    #[param(value_type = Option<String>)]
    pub from: Option<Date>,
    /// Up to this day.
    #[param(value_type = Option<String>)]
    pub until: Option<Date>,
    /// Continue after this cursor.
    pub cursor: Option<String>,
    /// At most so many, 1–500.
    pub limit: Option<i64>,
}

impl EntryQuery {
    /// The filter of the storage.
    ///
    /// # Errors
    /// 422 for an unknown act, a principle that is none, a broken cursor.
    pub(in crate::web) fn filter(&self) -> Result<EntryFilter, Problem> {
        let broken = |what| Problem::malformed(format!("{what} is not known."));
        let of_act = match &self.act {
            Some(code) => Some(vec![Act::parse(code).ok_or_else(|| broken("This act"))?]),
            None => None,
        };
        let of_principle = match self.principle {
            Some(number @ 1..=13) => Some(Act::of_principle(number)),
            Some(_) => return Err(broken("This principle")),
            None => None,
        };
        let acts = match (of_act, of_principle) {
            (Some(act), Some(principle)) => {
                Some(act.into_iter().filter(|act| principle.contains(act)).collect())
            }
            (one, other) => one.or(other),
        };
        let after = match &self.cursor {
            Some(text) => Some(cursor(text).ok_or_else(|| broken("This cursor"))?),
            None => None,
        };
        let limit = self.limit.unwrap_or(100);
        Ok(EntryFilter { acts, object: None, from: self.from, until: self.until, after, limit })
    }
}

fn cursor(text: &str) -> Option<(Timestamp, uuid::Uuid)> {
    let (second, eid) = text.split_once('_')?;
    Some((Timestamp::from_second(second.parse().ok()?).ok()?, eid.parse().ok()?))
}

/// The cursor that continues after a page.
pub(in crate::web) fn cursor_after(page: &EntryPage) -> Option<String> {
    page.entries.last().filter(|_| page.more).map(|row| format!("{}_{}", row.moment.as_second(), row.eid))
}

/// An entry.
#[derive(Serialize, ToSchema)]
pub struct EntryView {
    /// Its random id.
    pub id: uuid::Uuid,
    /// What stands in the log, hexadecimal.
    pub commitment: String,
    /// The canonical entry itself.
    #[schema(value_type = Object)]
    pub entry: Box<RawValue>,
}

impl EntryView {
    fn of(row: &EntryRow) -> Option<Self> {
        let text = String::from_utf8(row.body.clone()).ok()?;
        let commitment = data_encoding::HEXLOWER.encode(&row.commitment);
        Some(Self { id: row.eid, commitment, entry: RawValue::from_string(text).ok()? })
    }
}

/// A page of entries.
#[derive(Serialize, ToSchema)]
pub struct EntriesView {
    /// The entries.
    pub entries: Vec<EntryView>,
    /// Continues the list; none at its end.
    pub cursor: Option<String>,
}

impl EntriesView {
    fn of(page: &EntryPage) -> Self {
        Self { entries: page.entries.iter().filter_map(EntryView::of).collect(), cursor: cursor_after(page) }
    }
}

/// Entries, latest first. The look-up is recorded.
///
/// # Errors
/// 401, 403, 422.
#[utoipa::path(get, path = "/audit/entries", params(EntryQuery), security(("bearer" = [])), responses(
    (status = 200, body = EntriesView), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn entries(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let filter = query::<EntryQuery>(&request)?.filter()?;
    let page = query_log(&app.context, &caller, Query::Page(filter)).await?;
    Ok(HttpResponse::Ok().json(EntriesView::of(&page)))
}

/// The whole history of one case, by the id under which the log knows it, first entry first. The look-up is recorded.
///
/// # Errors
/// 401, 403; 404 where the log knows no such case.
#[utoipa::path(get, path = "/audit/cases/{id}", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = EntriesView), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView)))]
pub async fn case(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let page = query_log(&app.context, &caller, Query::Object(ObjectKind::Case, path_id(&request)?)).await?;
    if page.entries.is_empty() {
        return Err(Problem::not_found());
    }
    Ok(HttpResponse::Ok().json(EntriesView::of(&page)))
}
