//! `/audit/acts`: the inventory of what is written down, on the page and as a table to take away.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};

use super::{Desk, PageRefusal};
use crate::{
    i18n::Texts,
    usecases::{
        list_acts::{BY, CM, CODES, ENTRY, Member, OBJECT, Shape, Stands, list_acts},
        query_log::Act,
    },
    web::{
        api::audit::ActView,
        pages::{
            Area,
            audit::{ActLine, AuditActsPage, MemberLine},
        },
    },
};

/// Shows the inventory.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let acts = list_acts(&desk.app.context, &desk.caller)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let page = AuditActsPage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        rows: acts.into_iter().map(|(act, entries)| line(act, entries)).collect(),
        members: members(desk.t),
    };
    desk.shown(StatusCode::OK, &page)
}

fn line(act: Act, entries: i64) -> ActLine {
    let view = ActView::of((act, entries));
    ActLine {
        act: view.act,
        on: view.on,
        causes: view.causes,
        needs: view.needs.iter().map(|need| need.split('|').collect()).collect(),
        clauses: view.clauses,
        seen_by: view.seen_by,
        written: view.written,
        entries,
    }
}

/// Every member that an entry can have, by its path.
fn members(t: Texts) -> Vec<MemberLine> {
    let tables: [(&str, &'static [Member]); 5] =
        [("", ENTRY), ("by.", BY), ("obj.", OBJECT), ("codes.", CODES), ("cm.", CM)];
    let lines = tables.into_iter().flat_map(|(before, table)| {
        table.iter().map(move |member| MemberLine {
            path: format!("{before}{}", member.name),
            stands: stands(member.stands),
            shape: shape(t, member.shape),
        })
    });
    lines.collect()
}

const fn stands(stands: Stands) -> &'static str {
    match stands {
        Stands::Always => "always",
        Stands::Sometimes => "sometimes",
        Stands::ByReporter => "by_reporter",
        Stands::NotByReporter => "not_by_reporter",
        Stands::ByStaff => "by_staff",
        Stands::SometimesByStaff => "sometimes_by_staff",
        Stands::With(_) | Stands::WithOrSometimes(..) | Stands::WithAnyOrSometimes(..) => "with_acts",
        Stands::AfterTheFirst => "after_the_first",
    }
}

fn shape(t: Texts, shape: Shape) -> String {
    match shape {
        Shape::Hex(digits) => t.shape_hex(i64::try_from(digits).unwrap_or_default()).into_owned(),
        Shape::Whole(least, most) => t.shape_whole(least.to_string(), most.to_string()).into_owned(),
        Shape::Day => t.code("shape", "day"),
        Shape::Process => t.code("shape", "process"),
        Shape::Word(_) => t.code("shape", "word"),
        Shape::List(&Shape::Hex(digits)) => {
            t.shape_list_hex(i64::try_from(digits).unwrap_or_default()).into_owned()
        }
        Shape::List(_) => t.code("shape", "list"),
        Shape::Object(_) => t.code("shape", "object"),
    }
}

/// Gives the inventory as a table of comma-separated values (RFC 4180).
///
/// # Errors
/// A page.
pub async fn csv(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let acts = list_acts(&desk.app.context, &desk.caller)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let mut table = "act,words,on,causes,needs,clauses,seen_by,written,entries\r\n".to_owned();
    for one in acts {
        let view = ActView::of(one);
        let several = |codes: &[&str]| codes.join(" ");
        let cells = [
            view.act.to_owned(),
            desk.t.code("act", view.act),
            several(&view.on),
            several(&view.causes),
            several(view.needs),
            several(view.clauses),
            several(&view.seen_by),
            view.written.to_string(),
            view.entries.to_string(),
        ];
        table.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        table.push_str("\r\n");
    }
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"acts.csv\""))
        .body(table))
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
