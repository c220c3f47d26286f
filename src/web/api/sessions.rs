//! Staff sessions.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;
use crate::{
    crypto::secret::SecretText,
    usecases::{
        sign_in::{Credentials, sign_in_on},
        sign_out::sign_out,
    },
    web::{
        App,
        caller::{ApiCaller, device_token, sign_in_name},
        problem::ProblemView,
    },
};

/// What a member of staff signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "triage.one", "password": "correct horse battery staple", "totp": "492039"}))]
pub struct SignInBody {
    /// Their name.
    login: String,
    /// Their password.
    #[schema(value_type = String)]
    password: SecretText,
    /// The six digits of their second factor.
    totp: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// Bearer token.
    pub token: String,
    /// Makes this program known for 90 days: sent as the header `Senim-Device` with the next sign-in of this name, its
    /// tries count for themselves. It opens nothing.
    pub device: String,
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
}

/// Signs in. A code counts once. Wrong tries make a name wait; those of a known device make only that device wait, and
/// nobody else's make it wait.
///
/// # Errors
/// 401 `sign_in_failed`, one answer for every reason; 429 with `Retry-After`; 503.
#[utoipa::path(post, path = "/staff/sessions", request_body = SignInBody, params(
    ("Senim-Device" = Option<String>, Header, description = "`device` of an earlier sign-in of this name")), responses(
    (status = 201, body = SessionView), (status = 401, body = ProblemView), (status = 429, body = ProblemView),
    (status = 503, body = ProblemView)))]
pub async fn open(app: Data<App>, request: HttpRequest, payload: Payload) -> Answer {
    let SignInBody { login, password, totp } = app.json(&request, payload).await?;
    let login = sign_in_name(&login);
    let known = device_token(&request);
    let credentials = Credentials { login, password, totp };
    let signed_in = sign_in_on(&app.context, credentials, known.as_deref()).await?;
    let (token, device) = (signed_in.token.expose().to_owned(), signed_in.device.expose().to_owned());
    Ok(HttpResponse::Created().json(SessionView { token, device, expires_at: signed_in.expires_at }))
}

/// Signs out.
///
/// # Errors
/// 401.
#[utoipa::path(delete, path = "/staff/sessions/current", security(("bearer" = [])), responses(
    (status = 204), (status = 401, body = ProblemView)))]
pub async fn close(app: Data<App>, caller: ApiCaller) -> Answer {
    sign_out(&app.context, &caller).await?;
    Ok(HttpResponse::NoContent().finish())
}
