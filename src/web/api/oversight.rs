//! What oversight sees: missed due days, unanswered reporters, returned referrals, waiting proposals. No content.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, path_id};
use crate::{
    usecases::oversee::{MatterLine, Oversight, OversightList, oversee, take_up},
    web::{App, caller::ApiCaller, problem::ProblemView},
};

/// A matter of oversight.
#[derive(Serialize, ToSchema)]
pub struct MatterView {
    /// Its id.
    pub id: uuid::Uuid,
    /// `deadline_missed`, `no_response`, `referral_returned`, `review_unstaffed`, `holder_barred` or `action_overdue`.
    pub kind: String,
    /// The clock that was missed.
    pub clock: Option<&'static str>,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub arisen_on: Date,
    /// When somebody of oversight took it up.
    #[schema(value_type = Option<String>, format = Date)]
    pub taken_up_on: Option<Date>,
    /// What the case is called.
    pub reference: String,
    /// Where it stands.
    pub status: &'static str,
    /// The desk.
    pub desk: uuid::Uuid,
}

impl From<MatterLine> for MatterView {
    fn from(line: MatterLine) -> Self {
        Self {
            id: line.id.0,
            kind: line.kind,
            clock: line.clock.map(|clock| clock.code()),
            arisen_on: line.arisen_on,
            taken_up_on: line.taken_up_on,
            reference: line.reference,
            status: line.status.code(),
            desk: line.desk.0,
        }
    }
}

/// A reporter who waits for an answer.
#[derive(Serialize, ToSchema)]
pub struct UnansweredView {
    /// What the case is called.
    pub reference: String,
    /// Where it stands.
    pub status: &'static str,
    /// Since which day.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
}

/// A proposal that waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct PendingView {
    /// What the case is called.
    pub reference: String,
    /// The step that is proposed.
    pub step: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// Everything that waits for oversight.
#[derive(Serialize, ToSchema)]
pub struct OversightView {
    /// What nobody has taken up, oldest first.
    pub open: Vec<MatterView>,
    /// What was taken up.
    pub taken_up: Vec<MatterView>,
    /// Reporters who wait for an answer, longest first.
    pub unanswered: Vec<UnansweredView>,
    /// Proposals that wait, oldest first.
    pub proposals: Vec<PendingView>,
    /// Which of these lists have more than the 500 lines that are shown: `open`, `taken_up`, `unanswered`, `proposals`.
    pub cut: Vec<&'static str>,
}

impl From<Oversight> for OversightView {
    fn from(seen: Oversight) -> Self {
        let unanswered = seen.unanswered.into_iter().map(|line| UnansweredView {
            reference: line.reference,
            status: line.status.code(),
            since: line.since,
        });
        let proposals = seen.proposals.into_iter().map(|line| PendingView {
            reference: line.reference,
            step: line.step.code(),
            since: line.since,
        });
        Self {
            open: seen.open.into_iter().map(MatterView::from).collect(),
            taken_up: seen.taken_up.into_iter().map(MatterView::from).collect(),
            unanswered: unanswered.collect(),
            proposals: proposals.collect(),
            cut: seen.cut.into_iter().map(OversightList::code).collect(),
        }
    }
}

/// What waits for oversight. No content.
///
/// # Errors
/// 401, 403.
#[utoipa::path(get, path = "/oversight", security(("bearer" = [])), responses(
    (status = 200, body = OversightView), (status = 401, body = ProblemView), (status = 403, body = ProblemView)))]
pub async fn show(app: Data<App>, caller: ApiCaller) -> Answer {
    let seen = oversee(&app.context, &caller).await?;
    Ok(HttpResponse::Ok().json(OversightView::from(seen)))
}

/// Takes a matter up: it stands among those that somebody looks after from now on.
///
/// # Errors
/// 401, 403, 404; 409 where somebody was first.
#[utoipa::path(post, path = "/oversight/{id}/uptake", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemView), (status = 403, body = ProblemView),
    (status = 404, body = ProblemView), (status = 409, body = ProblemView)))]
pub async fn uptake(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    take_up(&app.context, &caller, path_id(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}
