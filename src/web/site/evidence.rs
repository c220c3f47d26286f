//! `/audit`: the way into the auditors' pages, and `/audit/evidence`: what the record holds for each principle.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde::Deserialize;

use super::{Desk, PageRefusal};
use crate::{
    usecases::{
        map_evidence::{ClauseEvidence, PrincipleEvidence, Tally, map_evidence},
        query_log::{Act, may_look},
    },
    web::{
        api::{entry_filter::period, query},
        pages::{
            Area, Faults,
            audit::{AuditEvidencePage, AuditHomePage, ClauseLine, EvidenceLine, PrincipleLine},
        },
    },
};

/// The period that is asked for, as it was typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct PeriodQuery {
    from: String,
    until: String,
}

/// Shows where everything is. Nothing of the record stands on it, so looking at it is no query.
///
/// # Errors
/// A page.
pub async fn home(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    may_look(&desk.caller).map_err(|error| desk.refuse(&request, error, None))?;
    desk.shown(StatusCode::OK, &AuditHomePage { t: desk.t, frame: desk.frame(Area::Audit) })
}

/// Shows the evidence of a period.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let asked = query::<PeriodQuery>(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let (from, until) = (asked.from.trim(), asked.until.trim());
    let empty = |faults| AuditEvidencePage {
        t: desk.t,
        frame: desk.frame(Area::Audit),
        from: from.to_owned(),
        until: until.to_owned(),
        principles: Vec::new(),
        faults,
    };
    let days = match period(from, until) {
        Ok(days) => days,
        Err(errors) => {
            may_look(&desk.caller).map_err(|error| desk.refuse(&request, error, None))?;
            return desk.shown(StatusCode::UNPROCESSABLE_ENTITY, &empty(Faults::from(errors.as_slice())));
        }
    };
    let evidence = map_evidence(&desk.app.context, &desk.caller, days)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let principles = evidence.iter().map(principle).collect();
    desk.shown(StatusCode::OK, &AuditEvidencePage { principles, ..empty(Faults::default()) })
}

fn principle(evidence: &PrincipleEvidence) -> PrincipleLine {
    PrincipleLine {
        number: evidence.number.to_string(),
        all: tally("", evidence.all),
        clauses: evidence.clauses.iter().map(clause).collect(),
    }
}

fn clause(evidence: &ClauseEvidence) -> ClauseLine {
    let of = |wanted: fn(&(Act, Tally)) -> bool| evidence.acts.iter().filter(move |one| wanted(one));
    ClauseLine {
        clause: evidence.clause,
        all: tally("", evidence.all),
        acts: of(|(_, tally)| tally.entries > 0).map(|(act, all)| tally(act.code(), *all)).collect(),
        never: of(|(act, tally)| tally.entries == 0 && !act.later()).map(|(act, _)| act.code()).collect(),
        later: of(|(act, tally)| tally.entries == 0 && act.later()).map(|(act, _)| act.code()).collect(),
    }
}

fn tally(act: &'static str, tally: Tally) -> EvidenceLine {
    EvidenceLine { act, entries: tally.entries, days: tally.days }
}
