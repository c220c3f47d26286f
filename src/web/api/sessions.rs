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
        sign_in::{Credentials, sign_in},
        sign_out::sign_out,
    },
    web::{
        App,
        caller::{ApiCaller, sign_in_name},
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
    /// When it ends at the latest.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
}

/// Signs in. A code counts once.
///
/// # Errors
/// 401 `sign_in_failed`, one answer for every reason; 429 with `Retry-After`; 503.
#[utoipa::path(post, path = "/staff/sessions", request_body = SignInBody, responses(
    (status = 201, body = SessionView), (status = 401, body = ProblemView), (status = 429, body = ProblemView),
    (status = 503, body = ProblemView)))]
pub async fn open(app: Data<App>, request: HttpRequest, payload: Payload) -> Answer {
    let SignInBody { login, password, totp } = app.json(&request, payload).await?;
    let login = sign_in_name(&login);
    let signed_in = sign_in(&app.context, Credentials { login, password, totp }).await?;
    let token = signed_in.token.expose().to_owned();
    Ok(HttpResponse::Created().json(SessionView { token, expires_at: signed_in.expires_at }))
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
