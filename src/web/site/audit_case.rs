//! `/audit/cases/{id}`: the history of one case, and the proof that it is whole.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use uuid::Uuid;

use super::{Desk, PageRefusal, audit::line, audit_log::utc};
use crate::{
    usecases::{
        export_log::Asker,
        prove_case::prove_case,
        query_log::EntryRow,
        read_history::{ReadHistory, read_history},
    },
    web::{
        api::path_id,
        pages::{
            Area,
            audit::{AuditCasePage, CaseEntryLine},
        },
    },
};

/// Shows the history.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let case: Uuid = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let read = read_history(&desk.app.context, &desk.caller, &desk.app.config.log, case)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    desk.shown(StatusCode::OK, &page(&desk, case, &read))
}

/// Gives the proof, as a file.
///
/// # Errors
/// A page.
pub async fn proof(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let case: Uuid = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let asker = Asker::Auditor(&desk.caller);
    let proved = prove_case(&desk.app.context, &desk.app.config.log, asker, case)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let name = format!("attachment; filename=\"case-{}.tar\"", case.simple());
    Ok(HttpResponse::Ok()
        .content_type("application/x-tar")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(proved.file))
}

fn page(desk: &Desk, case: Uuid, read: &ReadHistory) -> AuditCasePage {
    let (known, all) = (read.known(), read.page.entries.len());
    let known = usize::try_from(known).unwrap_or(0);
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let whole = match (read.head, read.map) {
        _ if !read.unbroken => "broken",
        (None, _) => "no_head",
        (_, None) => "no_map",
        _ if known == 0 => "newer",
        _ if known < all => "some",
        _ => "all",
    };
    let row = |entry: &EntryRow| CaseEntryLine {
        entry: line(entry, read.page.places.get(&entry.eid).copied()),
        to: entry.status_to.clone(),
        commitment: data_encoding::HEXLOWER.encode(&entry.commitment),
        later: read.map.is_some() && usize::try_from(entry.n).is_ok_and(|n| n > known),
    };
    AuditCasePage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        case: case.simple().to_string(),
        whole,
        map: read.map.map(|map| utc(map.at)),
        known: number(known),
        later: number(all.saturating_sub(known)),
        provable: read.head.is_some(),
        rows: read.page.entries.iter().map(row).collect(),
    }
}
