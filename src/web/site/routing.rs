//! `/admin/routing`: where would a report go, and why. It is asked by the address, so an answer can be kept and shown.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde::Deserialize;

use super::{Desk, PageRefusal, changes::rule_words};
use crate::{
    domain::taxonomy::{Category, Region},
    i18n::Texts,
    policy::{Action, authorize},
    usecases::{
        Error,
        try_route::{Trial, Tried, TriedDesk, try_route},
    },
    web::{
        api::query,
        pages::{
            Area, Choice, Faults,
            admin::{LookedAt, RouteForm, RoutePage, StaffedDesk, Told},
        },
    },
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    body: String,
    category: String,
    region: String,
}

/// Answers.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let refuse = |error: Error| desk.refuse(&request, error, None);
    authorize(&desk.caller.actor(), Action::ConfigureDesk, None)
        .map_err(|denied| desk.refuse(&request, Error::from(denied), None))?;
    let asked: Asked = query(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let code = Some(asked.body.trim()).filter(|code| !code.is_empty());
    let (mut told, mut faults) = (None, Faults::default());
    if let Some(category) = Category::parse(&asked.category) {
        let trial = Trial { body: code, category, region: Region::parse(&asked.region) };
        match try_route(&desk.app.context, Some(&desk.caller), &trial).await {
            Ok(tried) => told = Some(answer(&tried, desk.t)),
            Err(Error::Invalid(found)) => faults = Faults::from(found.as_slice()),
            Err(error) => return Err(refuse(error)),
        }
    }
    let codes = |vocabulary, codes: Vec<&str>| Choice::of_codes(desk.t, vocabulary, &codes);
    let status = if faults.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RoutePage {
        t: desk.t,
        frame: desk.frame(Area::Changes),
        form: RouteForm {
            body: asked.body,
            category: asked.category,
            region: asked.region,
            categories: codes("category", Category::ALL.iter().map(|one| one.code()).collect()),
            regions: codes("region", Region::ALL.iter().map(|one| one.code()).collect()),
        },
        faults,
        told,
    };
    desk.shown(status, &page)
}

fn answer(tried: &Tried, t: Texts) -> Told {
    let staffed = |desk: &TriedDesk| StaffedDesk {
        name: desk.row.name(t.language()).to_owned(),
        independent: desk.row.independent,
        triagers: i64::try_from(desk.triagers).unwrap_or(i64::MAX),
        staffed: desk.staffed(),
    };
    let looked = tried.looked.iter().map(|looked| {
        let rule = &looked.rule;
        LookedAt {
            position: rule.position.into(),
            rule: rule_words(t, (rule.body.as_deref(), rule.category, rule.region), &rule.desk),
            mismatches: looked.mismatches.iter().map(|mismatch| mismatch.code()).collect(),
        }
    });
    Told {
        bodies: tried
            .bodies
            .iter()
            .map(|body| format!("{}: {}", body.code, body.name(t.language())))
            .collect(),
        looked: looked.collect(),
        ruled: tried.ruled.as_ref().map(staffed),
        independent: tried.independent.iter().map(staffed).collect(),
        desk: tried.desk.as_ref().map(|desk| desk.row.name(t.language()).to_owned()),
        reason: tried.reason.map_or("none", |reason| reason.code()),
    }
}
