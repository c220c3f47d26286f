//! Who has which part in a case: given and taken.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Answer, path_id};
use crate::{
    domain::{field_error::FieldError, ids::StaffId},
    policy::Capacity,
    usecases::{give_access::give_access, part::Part, take_access::take_access},
    web::{
        App,
        caller::ApiCaller,
        problem::{Problem, ProblemView},
    },
};

/// A part in a case for a colleague.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"staff": "5c0e9a1f-2b7d-4c63-9e55-0f1d8a7b6c42", "capacity": "investigator"}))]
pub struct GrantBody {
    /// The colleague's id.
    staff: uuid::Uuid,
    /// `triager`, `lead`, `investigator` or `reviewer`.
    capacity: String,
}

/// Gives a colleague of the desk a part in the case. They read only once they have attested.
///
/// # Errors
/// 401, 403, 404; 422 `not_allowed_here` for `staff`, where they have a conflict of interest, stand on the other side of
/// the second pair of eyes or have the part already, and for `capacity`, where the case has no such part now.
#[utoipa::path(post, path = "/cases/{id}/grants", security(("bearer" = [])), params(("id" = uuid::Uuid, Path)),
    request_body = GrantBody, responses((status = 204), (status = 401, body = ProblemView),
    (status = 403, body = ProblemView), (status = 404, body = ProblemView), (status = 422, body = ProblemView)))]
pub async fn give(app: Data<App>, caller: ApiCaller, request: HttpRequest, payload: Payload) -> Answer {
    let id = path_id(&request)?;
    let body: GrantBody = app.json(&request, payload).await?;
    let capacity = Capacity::parse(&body.capacity)
        .ok_or_else(|| Problem::invalid(vec![FieldError::new("capacity", FieldError::UNKNOWN)]))?;
    give_access(&app.context, &caller, id, Part { staff: StaffId(body.staff), capacity }).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a colleague's part in the case: a new epoch of its keys begins without them.
///
/// # Errors
/// 401, 403, 404; 422 `not_allowed_here` for `staff`, where they have no part in the case, or it is the caller.
#[utoipa::path(delete, path = "/cases/{id}/grants/{staff}", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path), ("staff" = uuid::Uuid, Path)), responses((status = 204),
    (status = 401, body = ProblemView), (status = 403, body = ProblemView), (status = 404, body = ProblemView),
    (status = 422, body = ProblemView)))]
pub async fn take(app: Data<App>, caller: ApiCaller, request: HttpRequest) -> Answer {
    let id = path_id(&request)?;
    let staff = request.match_info().get("staff").and_then(|text| text.parse::<StaffId>().ok());
    let staff = staff.ok_or_else(Problem::not_found)?;
    take_access(&app.context, &caller, id, staff).await?;
    Ok(HttpResponse::NoContent().finish())
}
