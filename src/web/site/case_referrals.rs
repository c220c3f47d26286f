//! The part of a case's page that says what was sent to other bodies, and takes up what becomes of it.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};

use super::{
    Desk, PageRefusal,
    case::{Draft, back_to, case_id, draw},
};
use crate::{
    domain::{
        case::{referral::Target, step::Step},
        field_error::FieldError,
        ids::ReferralId,
    },
    i18n::Texts,
    policy::{Action, authorize},
    usecases::{
        Error,
        open_case::{Names, OpenedCase},
        track_referral::{ReferralRow, ReferralState, fetch_package, track_referral},
    },
    web::{
        pages::{Choice, staff::ReferralLine},
        problem::Problem,
    },
};

/// A target in words.
pub(super) fn target_words(t: Texts, names: &Names, target: Target) -> String {
    match target {
        Target::Outside(route) => t.code("outside", route.code()),
        Target::Body(id) => {
            names.bodies.get(&id).map(|body| body.name(t.language()).to_owned()).unwrap_or_default()
        }
    }
}

/// What was sent, oldest first.
pub(super) fn referrals(desk: &Desk, opened: &OpenedCase, draft: &Draft) -> Vec<ReferralLine> {
    let may = !opened.keys_awaited
        && authorize(&desk.caller.actor(), Action::TrackReferral, Some(&opened.situation)).is_ok();
    let refused = |row: &ReferralRow| {
        (draft.referral == Some(row.id)).then(|| (draft.form.text("state"), draft.form.text("on")))
    };
    let line = |row| ReferralLine { refused: refused(row), ..line(desk.t, &opened.names, row, may) };
    opened.referrals.iter().map(line).collect()
}

fn line(t: Texts, names: &Names, row: &ReferralRow, may: bool) -> ReferralLine {
    // Of a whole case the end is a step of the case.
    let said = |state: &&ReferralState| {
        let ends = matches!(**state, ReferralState::Returned | ReferralState::Concluded);
        row.state.leads_to(**state) && **state != ReferralState::Lapsed && !(ends && row.whole)
    };
    let next = ReferralState::ALL
        .iter()
        .filter(said)
        .map(|state| Choice { value: state.code().to_owned(), label: t.code("referral", state.code()) });
    ReferralLine {
        id: row.id.to_string(),
        to: row.target().map(|target| target_words(t, names, target)).unwrap_or_default(),
        whole: row.whole,
        state: row.state.code(),
        sent_on: row.sent_on,
        moved_on: row.moved_on,
        due_on: row.due_on.filter(|_| row.state.is_open()),
        digest: data_encoding::HEXLOWER.encode(&row.digest),
        next: if may { next.collect() } else { Vec::new() },
        refused: None,
    }
}

/// The word under which a step sends something elsewhere.
pub(super) const fn sends(step: Step) -> bool {
    matches!(step, Step::Refer | Step::ReferPart)
}

fn referral_id(desk: &Desk, request: &HttpRequest) -> Result<ReferralId, PageRefusal> {
    let id = request.match_info().get("referral").and_then(|text| text.parse().ok());
    id.ok_or_else(|| desk.refuse(request, Problem::not_found(), None))
}

/// Records how far a referral is; what cannot be is the case again, with what was chosen.
///
/// # Errors
/// A page.
pub async fn track(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let (case, id) = (case_id(&desk, &request)?, referral_id(&desk, &request)?);
    let state = form.get("state").and_then(ReferralState::parse);
    let on = form.get("on").map(str::parse).transpose();
    let outcome = match (state, on) {
        (Some(state), Ok(on)) => {
            track_referral(&desk.app.context, &desk.caller, (case, id), (state, on)).await
        }
        (None, _) => Err(Error::Invalid(vec![FieldError::new("state", FieldError::REQUIRED)])),
        (_, Err(_bad)) => Err(Error::Invalid(vec![FieldError::new("on", FieldError::UNKNOWN)])),
    };
    match outcome {
        Ok(()) => Ok(back_to(case, "referral")),
        Err(Error::Invalid(faults)) => {
            let draft = Draft { referral: Some(id), form, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
        Err(error) => Err(desk.refuse(&request, error, Some(&form))),
    }
}

/// What was sent, as a tar file.
///
/// # Errors
/// A page.
pub async fn package(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let (case, id) = (case_id(&desk, &request)?, referral_id(&desk, &request)?);
    let archive = fetch_package(&desk.app.context, &desk.caller, (case, id))
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    Ok(sent(id, archive))
}

/// The answer that hands a package over.
pub(in crate::web) fn sent(id: ReferralId, archive: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/x-tar")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"senim-referral-{id}.tar\""),
        ))
        .body(archive)
}
