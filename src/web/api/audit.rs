//! The record, for auditors.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    Answer,
    entry_filter::{EntryQuery, cursor_after},
    path_id, query,
};
use crate::{
    usecases::{
        list_acts::list_acts,
        query_log::{Act, EntryPage, EntryRow, ObjectKind, Query, query_log},
    },
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// An entry.
#[derive(Serialize, ToSchema)]
pub struct EntryView {
    /// Its random id.
    pub id: uuid::Uuid,
    /// What stands in the log, hexadecimal.
    pub commitment: String,
    /// Its place in the tree; missing while it waits for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// The canonical entry itself.
    #[schema(value_type = Object)]
    pub entry: Box<RawValue>,
}

impl EntryView {
    fn of(row: &EntryRow, index: Option<i64>) -> Option<Self> {
        let text = String::from_utf8(row.body.clone()).ok()?;
        let commitment = data_encoding::HEXLOWER.encode(&row.commitment);
        Some(Self { id: row.eid, commitment, index, entry: RawValue::from_string(text).ok()? })
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
    fn of(page: &EntryPage, cursor: Option<String>) -> Self {
        let view = |row: &EntryRow| EntryView::of(row, page.places.get(&row.eid).copied());
        Self { entries: page.entries.iter().filter_map(view).collect(), cursor }
    }
}

/// Entries, latest first; of one object its history, from the first to the last. The look-up is recorded.
///
/// # Errors
/// 401, 403, 422.
#[utoipa::path(get, path = "/audit/entries", params(EntryQuery), security(("bearer" = [])), responses(
    (status = 200, body = EntriesView), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn entries(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let filter = query::<EntryQuery>(&request)?.filter().map_err(Problem::invalid)?;
    let page = query_log(&app.context, &caller, Query::Page(filter.clone())).await?;
    Ok(HttpResponse::Ok().json(EntriesView::of(&page, cursor_after(&page, &filter))))
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
    Ok(HttpResponse::Ok().json(EntriesView::of(&page, None)))
}

/// An act of the vocabulary.
#[derive(Serialize, ToSchema)]
pub struct ActView {
    /// Its code.
    pub act: &'static str,
    /// The kinds of objects in whose history it may stand.
    pub on: Vec<&'static str>,
    /// Who may cause it.
    pub causes: Vec<&'static str>,
    /// The members that its entries must have; of those with `|` between them at least one.
    pub needs: &'static [&'static str],
    /// The clauses of the OECD Recommendation for which it is evidence.
    pub clauses: &'static [&'static str],
    /// Who may see that it happened.
    pub seen_by: Vec<&'static str>,
    /// Whether this program writes it; the others are of the vocabulary only.
    pub written: bool,
    /// How many entries hold it.
    pub entries: i64,
}

impl ActView {
    /// An act with the number of its entries.
    pub(in crate::web) fn of((act, entries): (Act, i64)) -> Self {
        Self {
            act: act.code(),
            on: act.on().iter().map(|kind| kind.code()).collect(),
            causes: act.causes().iter().map(|cause| cause.code()).collect(),
            needs: act.needs(),
            clauses: act.clauses(),
            seen_by: act.seen_by().iter().map(|viewer| viewer.code()).collect(),
            written: !act.later(),
            entries,
        }
    }
}

/// The inventory of acts.
#[derive(Serialize, ToSchema)]
pub struct ActsView {
    /// Every act, in the order of the vocabulary.
    pub acts: Vec<ActView>,
}

/// The inventory of acts: what the record can hold (ASVS 16.1.1). The look-up is recorded.
///
/// # Errors
/// 401, 403.
#[utoipa::path(get, path = "/audit/acts", security(("bearer" = [])), responses(
    (status = 200, body = ActsView), (status = 401, body = ProblemView), (status = 403, body = ProblemView)))]
pub async fn acts(app: Data<App>, caller: ApiCaller) -> Answer {
    let acts = list_acts(&app.context, &caller).await?.into_iter().map(ActView::of).collect();
    Ok(HttpResponse::Ok().json(ActsView { acts }))
}
