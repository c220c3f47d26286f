//! `/staff/join` and `/staff/recover`: a person makes their own password, second factor and recovery code, with an
//! invitation or with the recovery code of before.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};

use super::{
    PageRefusal,
    desk::{refusal_page, staff_texts},
    html,
};
use crate::{
    crypto::secret::SecretText,
    domain::field_error::FieldError,
    usecases::{
        Error,
        credentials::{ChosenCredentials, CredentialsForm, NewCredentials},
        recover_account::{open_recovery, recover_account},
        redeem_invitation::{open_invitation, redeem_invitation},
    },
    web::{
        App,
        body::Form,
        pages::{
            Faults, StaffFrame,
            staff::{CredentialsPage, CredentialsStage, Door},
        },
    },
};

fn page(
    request: &HttpRequest,
    door: Door,
    stage: CredentialsStage,
    faults: &[FieldError],
) -> CredentialsPage {
    let once = !matches!(stage, CredentialsStage::Code);
    let frame = StaffFrame { path: door.path().to_owned(), once, ..StaffFrame::default() };
    CredentialsPage { t: staff_texts(request), frame, door, stage, faults: Faults::from(faults) }
}

fn keys(code: &str, opened: CredentialsForm) -> CredentialsStage {
    CredentialsStage::Keys {
        code: code.to_owned(),
        form_token: opened.form_token,
        login: opened.login,
        seed: opened.totp_secret.expose().to_owned(),
        uri: opened.totp_uri.expose().to_owned(),
    }
}

/// Asks for the invitation.
pub async fn show_join(request: HttpRequest) -> HttpResponse {
    html(StatusCode::OK, &page(&request, Door::Join, CredentialsStage::Code, &[]))
}

/// Asks for the recovery code.
pub async fn show_recover(request: HttpRequest) -> HttpResponse {
    html(StatusCode::OK, &page(&request, Door::Recover, CredentialsStage::Code, &[]))
}

/// Takes either form of joining: the invitation, or password and second factor.
///
/// # Errors
/// A page for everything but mistakes in the form, which is the form again.
pub async fn submit_join(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, PageRefusal> {
    submit(&app, &request, payload, Door::Join).await
}

/// Takes either form of recovering.
///
/// # Errors
/// As for joining.
pub async fn submit_recover(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, PageRefusal> {
    submit(&app, &request, payload, Door::Recover).await
}

async fn submit(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
    door: Door,
) -> Result<HttpResponse, PageRefusal> {
    let refuse = |problem| refusal_page(request, StaffFrame::default(), &problem, None);
    let form = app.form(request, payload).await.map_err(refuse)?;
    let code = form.text("code");
    let outcome = if form.get("stage") == Some("keys") {
        make(app, request, &form, door).await
    } else {
        open(app, door, &code, None)
            .await
            .map(|opened| html(StatusCode::OK, &page(request, door, keys(&code, opened), &[])))
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(Error::NotFound) => {
            let faults = [FieldError::new("code", FieldError::UNKNOWN)];
            let again = page(request, door, CredentialsStage::Code, &faults);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        Err(error) => Err(refuse(error.into())),
    }
}

async fn open(app: &App, door: Door, code: &str, form_token: Option<&str>) -> Result<CredentialsForm, Error> {
    match door {
        Door::Join => open_invitation(&app.context, code, form_token).await,
        Door::Recover => open_recovery(&app.context, code, form_token).await,
    }
}

async fn make(app: &App, request: &HttpRequest, form: &Form, door: Door) -> Result<HttpResponse, Error> {
    let (code, form_token) = (form.text("code"), form.text("form_token"));
    let chosen = ChosenCredentials {
        form_token: form_token.clone(),
        password: SecretText::from(form.text("password")),
        totp: form.text("totp").chars().filter(char::is_ascii_digit).collect(),
    };
    let outcome = if form.get("password") != form.get("password_again") {
        Err(Error::Invalid(vec![FieldError::new("password_again", FieldError::NOT_THE_SAME)]))
    } else {
        match door {
            Door::Join => redeem_invitation(&app.context, &code, chosen).await,
            Door::Recover => recover_account(&app.context, &code, chosen).await,
        }
    };
    match outcome {
        Ok(NewCredentials { login, recovery, fingerprint }) => {
            let done = CredentialsStage::Done { login, recovery: recovery.reveal(), fingerprint };
            Ok(html(StatusCode::CREATED, &page(request, door, done, &[])))
        }
        Err(Error::Invalid(faults)) => {
            let opened = open(app, door, &code, Some(&form_token)).await?;
            let again = page(request, door, keys(&code, opened), &faults);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &again))
        }
        Err(error) => Err(error),
    }
}
