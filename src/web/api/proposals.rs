//! Proposals: what waits for a second pair of eyes. Of cases for those who handle them, of the configuration for
//! administrators; nobody is both.

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
    domain::{configuration::Kind, field_error::FieldError, role::Role, text::Reasons},
    policy::{Action, authorize},
    usecases::{
        Caller, Error,
        approve_change::approve_change,
        approve_proposal::approve_proposal,
        list_changes::{ListedChange, list_changes},
        list_proposals::{ListedProposal, list_proposals},
        propose_change::propose_change,
        refuse_change::refuse_change,
        refuse_proposal::refuse_proposal,
    },
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// A waiting proposal: a step of a case, or a change of the configuration.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ProposalView {
    /// Of a case.
    Case(CaseProposalView),
    /// Of the configuration.
    Change(ChangeView),
}

/// A change of the configuration that waits for people or for its time.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    /// Its id.
    pub id: uuid::Uuid,
    /// What is changed: `bodies`, `desks` or `routing`.
    pub kind: &'static str,
    /// `pending`, or `approved` while it waits for its time.
    pub state: &'static str,
    /// Whether it loosens, so that it waits after the approval.
    pub loosening: bool,
    /// SHA-256 of the file, as entries of the record name it.
    pub digest: String,
    /// By whom; none where the operator proposed.
    pub proposer: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub proposed_at: Timestamp,
    /// Who approved it so far.
    pub approvers: Vec<String>,
    /// When it takes effect; none while it waits for people.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub effective_at: Option<Timestamp>,
    /// Whether the caller may approve it now.
    pub decidable: bool,
}

impl From<ListedChange> for ChangeView {
    fn from(listed: ListedChange) -> Self {
        let ListedChange { row, proposer, approvers, may_approve, .. } = listed;
        Self {
            id: row.id.0,
            kind: row.kind.code(),
            state: row.state.code(),
            loosening: row.loosening,
            digest: data_encoding::HEXLOWER.encode(&row.digest),
            proposer,
            proposed_at: row.proposed_at,
            approvers,
            effective_at: row.effective_at,
            decidable: may_approve,
        }
    }
}

/// A step of a case that is proposed.
#[derive(Serialize, ToSchema)]
pub struct CaseProposalView {
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

impl From<ListedProposal> for CaseProposalView {
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

/// Whether the caller decides on the configuration, not on cases.
fn configures(caller: &Caller) -> bool {
    caller.has_role(Role::Administrator)
}

/// The proposals of my cases that wait; for administrators the changes of the configuration that do. Oldest first.
///
/// # Errors
/// 401, 403.
#[utoipa::path(get, path = "/proposals", security(("bearer" = [])), responses(
    (status = 200, body = [ProposalView]), (status = 401, body = ProblemView), (status = 403, body = ProblemView)))]
pub async fn list(app: Data<App>, caller: ApiCaller) -> Answer {
    let list: Vec<ProposalView> = if configures(&caller) {
        let all = list_changes(&app.context, &caller).await?;
        all.waiting.into_iter().chain(all.delayed).map(|one| ProposalView::Change(one.into())).collect()
    } else {
        let all = list_proposals(&app.context, &caller).await?;
        all.into_iter().map(|one| ProposalView::Case(one.into())).collect()
    };
    Ok(HttpResponse::Ok().json(list))
}

/// A file of the configuration.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "routing", "file": "position,body,category,region,desk\n10,,,,integrity\n"}))]
pub struct ChangeBody {
    /// What is changed: `bodies`, `desks` or `routing`.
    #[schema(value_type = String)]
    kind: Kind,
    /// The file: CSV.
    file: String,
}

/// A change that was proposed.
#[derive(Serialize, ToSchema)]
pub struct ProposedView {
    /// Its id.
    pub id: uuid::Uuid,
    /// Whether it loosens, so that it waits after the approval.
    pub loosening: bool,
}

/// Proposes a change of the configuration, which another administrator approves.
///
/// # Errors
/// 401, 403, 422 with every mistake by line.
#[utoipa::path(post, path = "/proposals", security(("bearer" = [])), request_body = ChangeBody,
    responses((status = 201, body = ProposedView), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn propose(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    authorize(&caller.actor(), Action::ConfigureDesk, None).map_err(Error::from)?;
    let body: ChangeBody = app.json(&request, payload).await?;
    let proposed = propose_change(&app.context, Some(&caller), (body.kind, &body.file)).await?;
    let view = ProposedView { id: proposed.id.0, loosening: proposed.difference.loosening };
    Ok(HttpResponse::Created().json(view))
}

/// The state after an approval.
#[derive(Serialize, ToSchema)]
pub struct ApprovedView {
    /// Of a case its state's code; of a change of the configuration `pending` where another administrator must approve,
    /// `approved` where it waits for its time, `in_force`.
    pub status: &'static str,
    /// When a change of the configuration takes effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime)]
    pub effective_at: Option<Timestamp>,
}

/// Approves: the step takes effect; a change of the configuration does at once, or after its delay where it loosens.
///
/// # Errors
/// 401, 403 (one's own), 404, 409 `proposal_stale`.
#[utoipa::path(post, path = "/proposals/{id}/approval", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = ApprovedView), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub async fn approve(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let view = if configures(&caller) {
        let done = approve_change(&app.context, &caller, path_id(&request)?).await?;
        ApprovedView { status: done.state.code(), effective_at: done.effective_at }
    } else {
        let status = approve_proposal(&app.context, &caller, path_id(&request)?).await?;
        ApprovedView { status: status.code(), effective_at: None }
    };
    Ok(HttpResponse::Ok().json(view))
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
    if configures(&caller) {
        refuse_change(&app.context, &caller, path_id(&request)?, &reasons).await?;
    } else {
        refuse_proposal(&app.context, &caller, path_id(&request)?, &reasons).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
