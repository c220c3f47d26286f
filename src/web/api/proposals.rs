//! Proposals: what waits for a second pair of eyes.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Answer, path_id};
use crate::{
    crypto::secret::SecretText,
    domain::{field_error::FieldError, text::Reasons},
    usecases::{
        approve_proposal::approve_proposal,
        list_proposals::{ListedProposal, list_proposals},
        refuse_proposal::refuse_proposal,
    },
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// A waiting proposal.
#[derive(Serialize, ToSchema)]
pub struct ProposalView {
    /// Its id.
    pub id: uuid::Uuid,
    /// The case's id.
    pub case: uuid::Uuid,
    /// The case's reference.
    pub reference: String,
    /// What is proposed.
    pub step: &'static str,
    /// The state it was proposed in.
    pub from: &'static str,
    /// Where it leads.
    pub to: &'static str,
    /// By whom.
    pub proposer: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub proposed_at: Timestamp,
    /// Whether the caller may answer it now.
    pub decidable: bool,
    /// Whether the caller must attest first.
    pub attest_first: bool,
}

impl From<ListedProposal> for ProposalView {
    fn from(waiting: ListedProposal) -> Self {
        let ListedProposal { proposal, case, proposer, part } = waiting;
        Self {
            id: proposal.id.0,
            case: case.id.0,
            reference: case.reference,
            step: proposal.step.code(),
            from: proposal.from_status.code(),
            to: proposal.to_status.code(),
            proposer,
            proposed_at: proposal.proposed_at,
            decidable: part.decidable,
            attest_first: part.attest_first,
        }
    }
}

/// The proposals of my cases that wait, oldest first.
///
/// # Errors
/// 401, 403.
#[utoipa::path(get, path = "/proposals", security(("bearer" = [])), responses(
    (status = 200, body = [ProposalView]), (status = 401, body = ProblemView), (status = 403, body = ProblemView)))]
pub async fn list(app: Data<App>, caller: ApiCaller) -> Answer {
    let list = list_proposals(&app.context, &caller).await?;
    Ok(HttpResponse::Ok().json(list.into_iter().map(ProposalView::from).collect::<Vec<_>>()))
}

/// The state after an approval.
#[derive(Serialize, ToSchema)]
pub struct ApprovedView {
    /// The state's code.
    pub status: &'static str,
}

/// Approves: the step takes effect.
///
/// # Errors
/// 401, 403 (one's own), 404, 409 `proposal_stale`.
#[utoipa::path(post, path = "/proposals/{id}/approval", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = ApprovedView), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub async fn approve(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let status = approve_proposal(&app.context, &caller, path_id(&request)?).await?;
    Ok(HttpResponse::Ok().json(ApprovedView { status: status.code() }))
}

/// Why a proposal is refused.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reasons": "The witness was not heard."}))]
pub struct RefusalBody {
    /// Reasons in words.
    #[schema(value_type = String)]
    reasons: SecretText,
}

/// Refuses, with reasons.
///
/// # Errors
/// As for approving; 422 without reasons.
#[utoipa::path(post, path = "/proposals/{id}/refusal", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = RefusalBody, responses((status = 204), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 409, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn refuse(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let body: RefusalBody = app.json(&request, payload).await?;
    let reasons = Reasons::parse(body.reasons.expose(), app.context.limits.staff)
        .map_err(|error| Problem::invalid(vec![FieldError::from_text("reasons", &error)]))?;
    refuse_proposal(&app.context, &caller, path_id(&request)?, &reasons).await?;
    Ok(HttpResponse::NoContent().finish())
}
