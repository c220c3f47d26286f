//! `/audit/entries`: the record, one entry of it, and the proof that it is in the log.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use uuid::Uuid;

use super::{Desk, PageRefusal};
use crate::{
    domain::{profile::ProfileId, role::Role},
    i18n::Texts,
    usecases::{
        prove_entry::prove_entry,
        query_log::{Act, CLAUSES, Cause, EntryFilter, EntryRow, Query, may_look, query_log},
        read_entry::read_entry,
    },
    web::{
        api::{
            entry_filter::{EntryQuery, PARTS, cursor_after},
            path_id, query,
        },
        pages::{
            Area, Choice, Faults,
            audit::{AuditEntriesPage, AuditEntryPage, AuditFilter, EntryLine},
        },
    },
};

/// Lists entries.
///
/// # Errors
/// A page.
pub async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let asked = query::<EntryQuery>(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    match asked.filter() {
        Ok(filter) => found(&desk, &request, &asked, filter).await,
        Err(faults) => {
            may_look(&desk.caller).map_err(|error| desk.refuse(&request, error, None))?;
            let page = AuditEntriesPage { faults: Faults::from(faults.as_slice()), ..empty(&desk, &asked) };
            desk.shown(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn found(
    desk: &Desk,
    request: &HttpRequest,
    asked: &EntryQuery,
    filter: EntryFilter,
) -> Result<HttpResponse, PageRefusal> {
    let page = query_log(&desk.app.context, &desk.caller, Query::Page(filter.clone()))
        .await
        .map_err(|error| desk.refuse(request, error, None))?;
    let case = page.entries.first().filter(|row| !asked.case.is_empty() && row.obj_kind == "case");
    let view = AuditEntriesPage {
        history: case.map(|row| row.obj_id.to_string()),
        rows: page.entries.iter().map(|row| line(row, page.places.get(&row.eid).copied())).collect(),
        next: cursor_after(&page, &filter),
        ..empty(desk, asked)
    };
    desk.shown(StatusCode::OK, &view)
}

/// The page with its form as it was filled, and no entry yet.
fn empty(desk: &Desk, asked: &EntryQuery) -> AuditEntriesPage {
    let t = desk.t;
    let codes = |vocabulary, codes: Vec<&str>| Choice::of_codes(t, vocabulary, &codes);
    let roles = Role::ALL.iter().map(|role| role.code()).chain(PARTS.iter().copied());
    AuditEntriesPage {
        t,
        frame: desk.frame(Area::Audit),
        acts: codes("act", Act::ALL.iter().map(|act| act.code()).collect()),
        principles: principles(t),
        roles: codes("role", roles.collect()),
        causes: codes("cause", Cause::ALL.iter().map(|cause| cause.code()).collect()),
        profiles: codes("profile", ProfileId::ALL.iter().map(|profile| profile.code()).collect()),
        rows: Vec::new(),
        history: None,
        first: asked.cursor.is_empty(),
        next: None,
        query: asked.carried(),
        filter: AuditFilter {
            act: asked.act.clone(),
            principle: asked.principle.clone(),
            from: asked.from.clone(),
            until: asked.until.clone(),
            case: asked.case.clone(),
            actor: asked.actor.clone(),
            role: asked.role.clone(),
            cause: asked.cause.clone(),
            profile: asked.profile.clone(),
        },
        faults: Faults::default(),
    }
}

/// The thirteen principles, each followed by its clauses.
fn principles(t: Texts) -> Vec<Choice> {
    let choice = |value: &str, label| Choice { value: value.to_owned(), label };
    let mut choices = Vec::new();
    for clause in CLAUSES {
        let (number, letter) = clause.split_at(clause.len().saturating_sub(1));
        if letter == "a" {
            choices.push(choice(number, t.code("oecd", number)));
        }
        choices.push(choice(clause, format!("{number} ({letter})")));
    }
    choices
}

/// Shows one entry.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let id: Uuid = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let read = read_entry(&desk.app.context, &desk.caller, id)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let view = AuditEntryPage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        line: line(&read.entry, read.place),
        canonical: String::from_utf8_lossy(&read.entry.body).into_owned(),
        commitment: hex(&read.entry.commitment),
        previous: read.entry.prev.as_deref().map(hex),
        around: read.around.iter().map(|row| line(row, None)).collect(),
        provable: read.provable,
    };
    desk.shown(StatusCode::OK, &view)
}

/// Gives the proof that an entry is in the log, as a file.
///
/// # Errors
/// A page.
pub async fn proof(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let id: Uuid = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let proof = prove_entry(&desk.app.context, &desk.caller, id)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let name = format!("attachment; filename=\"entry-{}.tlog-proof\"", proof.index);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(proof.text))
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

/// What a list says of an entry.
pub(super) fn line(row: &EntryRow, position: Option<i64>) -> EntryLine {
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
        position,
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
