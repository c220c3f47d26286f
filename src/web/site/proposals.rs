//! `/staff/proposals`: what waits for a second pair of eyes.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use jiff::tz::TimeZone;

use super::{Desk, PageRefusal, case::step_facts, desk::shown, see_other};
use crate::{
    domain::{field_error::FieldError, ids::ProposalId, profile::Profile, text::Reasons},
    usecases::{
        approve_proposal::approve_proposal,
        list_proposals::{WaitingProposal, list_proposals, waiting_proposal},
        open_case::{PieceBody, open_case},
        refuse_proposal::refuse_proposal,
    },
    web::{
        api::path_id,
        pages::{
            Area, Faults,
            staff::{ProposalLine, ProposalPage, ProposalsPage},
        },
    },
};

/// A waiting proposal as a line.
pub(super) fn line(waiting: &WaitingProposal) -> ProposalLine {
    let zone: TimeZone = Profile::get(waiting.case.profile).zone();
    ProposalLine {
        id: waiting.proposal.id.to_string(),
        reference: waiting.case.reference.clone(),
        step: waiting.proposal.step.code(),
        by: waiting.proposer.clone(),
        at: zone.to_datetime(waiting.proposal.proposed_at),
        state: "pending",
    }
}

/// Lists the proposals.
///
/// # Errors
/// A page.
pub async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let all = list_proposals(&desk.app.context, &desk.caller)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    let mine = |waiting: &&WaitingProposal| waiting.decidable || waiting.attest_first;
    let page = ProposalsPage {
        t: desk.t,
        frame: desk.frame(Area::Proposals),
        waiting: all.iter().filter(mine).map(line).collect(),
        others: all.iter().filter(|waiting| !mine(waiting)).map(line).collect(),
    };
    shown(StatusCode::OK, &page)
}

/// Shows one proposal.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    draw(&desk, &request, StatusCode::OK, (String::new(), Faults::default())).await
}

async fn draw(
    desk: &Desk,
    request: &HttpRequest,
    status: StatusCode,
    (draft, faults): (String, Faults),
) -> Result<HttpResponse, PageRefusal> {
    let refuse = |problem| desk.refuse(request, problem, None);
    let id: ProposalId = path_id(request).map_err(refuse)?;
    let ctx = &desk.app.context;
    let waiting =
        waiting_proposal(ctx, &desk.caller, id).await.map_err(|error| desk.refuse(request, error, None))?;
    let opened = open_case(ctx, &desk.caller, waiting.case.id)
        .await
        .map_err(|error| desk.refuse(request, error, None))?;
    let mut facts = Vec::new();
    let mut message = None;
    for piece in opened.content.unwrap_or_default().into_iter().filter(|piece| piece.proposal == Some(id)) {
        match piece.body {
            PieceBody::Step(given) => facts = step_facts(&given, desk.t),
            PieceBody::Words(_, text) => message = Some(text),
            PieceBody::Report(_) | PieceBody::Template(_) => {}
        }
    }
    let why_not = match () {
        () if waiting.decidable => None,
        () if waiting.attest_first => Some("attest"),
        () if waiting.proposal.proposer_id == desk.caller.id => Some("own"),
        () => Some("role"),
    };
    let page = ProposalPage {
        t: desk.t,
        frame: desk.frame(Area::Proposals),
        line: line(&waiting),
        case_id: waiting.case.id.to_string(),
        from: waiting.proposal.from_status.code(),
        to: waiting.proposal.to_status.code(),
        facts,
        message,
        why_not,
        draft,
        faults,
    };
    shown(status, &page)
}

/// Approves.
///
/// # Errors
/// A page.
pub async fn approve(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    desk.form(&request).await?;
    let id = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    approve_proposal(&desk.app.context, &desk.caller, id)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    Ok(see_other("/staff/proposals"))
}

/// Refuses, with reasons.
///
/// # Errors
/// A page.
pub async fn refuse(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let typed = form.text("reasons");
    let reasons = match Reasons::parse(&typed, desk.app.context.limits.staff) {
        Ok(reasons) => reasons,
        Err(error) => {
            let faults = Faults::from([FieldError::from_text("reasons", &error)].as_slice());
            return draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, (typed, faults)).await;
        }
    };
    refuse_proposal(&desk.app.context, &desk.caller, id, &reasons)
        .await
        .map_err(|error| desk.refuse(&request, error, Some(typed)))?;
    Ok(see_other("/staff/proposals"))
}
