//! `/audit/entries`: the record.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use uuid::Uuid;

use super::{Desk, PageRefusal, desk::shown};
use crate::{
    usecases::query_log::{Act, EntryPage, EntryRow, ObjectKind, Query, query_log},
    web::{
        api::{
            audit::{EntryQuery, cursor_after},
            path_id, query,
        },
        pages::{
            Area, Choice,
            audit::{AuditEntriesPage, AuditEntryPage, AuditFilter, EntryLine},
        },
        problem::Problem,
    },
};

/// The filters of the page; empty fields are none.
#[derive(Deserialize, Default)]
pub struct PageQuery {
    #[serde(default)]
    act: String,
    #[serde(default)]
    object: String,
    #[serde(default)]
    principle: String,
    #[serde(default)]
    cursor: String,
}

impl PageQuery {
    fn asked(&self) -> Result<Query, Problem> {
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        if !self.object.is_empty() {
            let id: Uuid = self
                .object
                .trim()
                .parse()
                .map_err(|_cause| Problem::malformed("This is no number of the record."))?;
            return Ok(Query::Object(ObjectKind::Case, id));
        }
        let principle = match given(&self.principle) {
            Some(number) => {
                Some(number.parse().map_err(|_cause| Problem::malformed("This principle is not known."))?)
            }
            None => None,
        };
        let api = EntryQuery {
            act: given(&self.act),
            principle,
            from: None,
            until: None,
            cursor: given(&self.cursor),
            limit: Some(100),
        };
        Ok(Query::Page(api.filter()?))
    }
}

/// Lists entries.
///
/// # Errors
/// A page.
pub async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let refuse = |problem| desk.refuse(&request, problem, None);
    let asked = query::<PageQuery>(&request).map_err(refuse)?;
    let page = query_log(&desk.app.context, &desk.caller, asked.asked().map_err(refuse)?)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let acts: Vec<&str> = Act::ALL.iter().map(|act| act.code()).collect();
    let principles = (1..=13).map(|number: u8| number.to_string()).collect::<Vec<_>>();
    let principle_codes: Vec<&str> = principles.iter().map(String::as_str).collect();
    let view = AuditEntriesPage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        acts: Choice::of_codes(desk.t, "act", &acts),
        principles: Choice::of_codes(desk.t, "oecd", &principle_codes),
        rows: page.entries.iter().map(line).collect(),
        total: None,
        first: asked.cursor.is_empty(),
        next: cursor_after(&page),
        filter: AuditFilter { act: asked.act, object: asked.object, principle: asked.principle },
    };
    shown(StatusCode::OK, &view)
}

/// Shows one entry.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let id: Uuid = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let page: EntryPage = query_log(&desk.app.context, &desk.caller, Query::Entry(id))
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let row = page.entries.first().ok_or_else(|| desk.refuse(&request, Problem::not_found(), None))?;
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let view = AuditEntryPage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        line: line(row),
        canonical: String::from_utf8_lossy(&row.body).into_owned(),
        commitment: hex(&row.commitment),
        previous: row.prev.as_deref().map(hex),
    };
    shown(StatusCode::OK, &view)
}

#[derive(Deserialize)]
struct Members {
    at: Option<i64>,
    by: By,
    #[serde(default)]
    oecd: Vec<String>,
}

#[derive(Deserialize)]
struct By {
    id: Option<String>,
    k: String,
    #[serde(default)]
    role: String,
}

fn line(row: &EntryRow) -> EntryLine {
    let members: Option<Members> = serde_json::from_slice(&row.body).ok();
    let at = members.as_ref().and_then(|members| Timestamp::from_second(members.at?).ok());
    let (actor, role, clauses) = match members {
        Some(Members { by, mut oecd, .. }) => {
            // As people count: 2a before 11a.
            oecd.sort_by_key(|clause| (clause.trim_end_matches(char::is_alphabetic).len(), clause.clone()));
            (by.id.unwrap_or(by.k), by.role, oecd)
        }
        None => Default::default(),
    };
    EntryLine {
        id: row.eid.to_string(),
        position: None,
        n: i64::from(row.n),
        on: row.day,
        time: at.map(|at| TimeZone::UTC.to_datetime(at).strftime("%H:%M:%S").to_string()),
        acts: row.acts.clone(),
        actor,
        role,
        kind: row.obj_kind.clone(),
        object: row.obj_id.to_string(),
        clauses,
    }
}
