//! `/staff/proposals`: what waits for a second pair of eyes.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{Desk, PageRefusal, case::step_facts, done::done, refusal::refusal};
use crate::{
    domain::{ids::ProposalId, text::Reasons},
    i18n::Texts,
    usecases::{
        Context,
        approve_proposal::approve_proposal,
        list_cases::CaseRow,
        list_proposals::{ListedProposal, answered_proposals, list_proposals},
        open_proposal::{OpenedProposal, ProposalRow, open_proposal},
        piece::PieceBody,
        refuse_proposal::refuse_proposal,
    },
    web::{
        api::path_id,
        pages::{
            Area, Faults, StaffFrame,
            staff::{Decided, ProposalFact, ProposalLine, ProposalPage, ProposalsPage},
        },
    },
};

/// A proposal as a line.
pub(super) fn line(listed: &ListedProposal, ctx: &Context) -> ProposalLine {
    line_of(&listed.proposal, (&listed.case, &listed.proposer), ctx)
}

fn line_of(proposal: &ProposalRow, (case, proposer): (&CaseRow, &str), ctx: &Context) -> ProposalLine {
    let zone = ctx.profile_of(case).zone();
    ProposalLine {
        id: proposal.id.to_string(),
        reference: case.reference.clone(),
        step: proposal.step.code(),
        by: proposer.to_owned(),
        at: zone.to_datetime(proposal.proposed_at),
        state: state(proposal, case),
    }
}

/// The state as it is to be understood: nobody can approve any more what the case went on without.
fn state(proposal: &ProposalRow, case: &CaseRow) -> &'static str {
    match proposal.state.as_str() {
        "approved" => "approved",
        "refused" => "refused",
        "pending" if !proposal.overtaken(case) => "pending",
        _ => "stale",
    }
}

/// Lists the proposals.
///
/// # Errors
/// A page.
pub async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let ctx = &desk.app.context;
    let refuse = |error| desk.refuse(&request, error, None);
    let all = list_proposals(ctx, &desk.caller).await.map_err(refuse)?;
    let decided = answered_proposals(ctx, &desk.caller).await.map_err(refuse)?;
    let page = ProposalsPage {
        t: desk.t,
        frame: desk.frame(Area::Proposals),
        waiting: all
            .iter()
            .filter(|listed| listed.part.waits())
            .map(|listed| line(listed, &desk.app.context))
            .collect(),
        others: all
            .iter()
            .filter(|listed| !listed.part.waits())
            .map(|listed| line(listed, &desk.app.context))
            .collect(),
        decided: decided.iter().map(|listed| line(listed, &desk.app.context)).collect(),
    };
    desk.shown(StatusCode::OK, &page)
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
    let id: ProposalId = path_id(request).map_err(|problem| desk.refuse(request, problem, None))?;
    let opened = open_proposal(&desk.app.context, &desk.caller, id)
        .await
        .map_err(|error| desk.refuse(request, error, None))?;
    let case = &opened.case.case;
    let line = line_of(&opened.proposal, (case, &opened.proposer), &desk.app.context);
    let (facts, messages, package) = told(&opened, desk.t);
    let page = ProposalPage {
        t: desk.t,
        frame: StaffFrame { once: !faults.0.is_empty(), ..desk.frame(Area::Proposals) },
        case_id: case.id.to_string(),
        from: opened.proposal.from_status.code(),
        to: opened.proposal.to_status.code(),
        readable: opened.proposed.is_some(),
        facts,
        messages,
        package,
        decided: decided(&opened, &desk.app.context),
        why_not: why_not(desk, &opened, line.state),
        line,
        draft,
        faults,
    };
    desk.shown(status, &page)
}

/// What the proposer says, what the reporter would read, and what another body would be sent.
fn told(opened: &OpenedProposal, t: Texts) -> (Vec<ProposalFact>, Vec<String>, Vec<(String, String)>) {
    let (mut facts, mut messages, mut package) = (Vec::new(), Vec::new(), Vec::new());
    for body in opened.proposed.iter().flatten() {
        match body {
            PieceBody::Step(given) => facts = step_facts(given, t, &opened.case.names),
            PieceBody::Words(_, text) => messages.push(text.clone()),
            PieceBody::Template(code) => messages.push(t.code("letter", code)),
            PieceBody::Package(sent) => package = sent.files().to_vec(),
            PieceBody::Report(_) | PieceBody::Subject(_) | PieceBody::Remedy(_) => {}
        }
    }
    (facts, messages, package)
}

fn decided(opened: &OpenedProposal, ctx: &Context) -> Option<Decided> {
    let zone = ctx.profile_of(&opened.case.case).zone();
    let (by, at) = (opened.answered.by.clone()?, opened.answered.at?);
    Some(Decided { by, at: zone.to_datetime(at), reasons: opened.reasons.clone() })
}

fn why_not(desk: &Desk, opened: &OpenedProposal, state: &str) -> Option<&'static str> {
    match state {
        "approved" | "refused" => None,
        "stale" if opened.case.case.epoch != opened.proposal.epoch => Some("stale_keys"),
        "stale" => Some("stale_moved"),
        _ if opened.part.decidable => None,
        _ if opened.part.attest_first => Some("attest"),
        _ if opened.proposal.proposer_id == desk.caller.id => Some("own"),
        _ => Some("reviewer"),
    }
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
    Ok(done("/staff/proposals", "approved"))
}

/// Refuses, with reasons.
///
/// # Errors
/// A page.
pub async fn refuse(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let id = path_id(&request).map_err(|problem| desk.refuse(&request, problem, None))?;
    let act = async |reasons: &Reasons| refuse_proposal(&desk.app.context, &desk.caller, id, reasons).await;
    let again = async |typed| draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
    refusal(&desk, &request, act, again, ("/staff/proposals", "refused")).await
}
