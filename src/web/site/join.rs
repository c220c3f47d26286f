//! `/staff/join`: a person redeems an invitation.

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
        redeem_invitation::{
            OpenedInvitation, Redemption, open_invitation, redeem_invitation, reopen_invitation,
        },
    },
    web::{
        App,
        body::Form,
        pages::{
            Faults, StaffFrame,
            staff::{JoinPage, JoinStage},
        },
    },
};

fn page(request: &HttpRequest, stage: JoinStage, faults: &[FieldError]) -> JoinPage {
    let frame = StaffFrame { path: "/staff/join".to_owned(), ..StaffFrame::default() };
    JoinPage { t: staff_texts(request), frame, stage, faults: Faults::from(faults) }
}

fn keys(invitation: &str, opened: OpenedInvitation) -> JoinStage {
    JoinStage::Keys {
        invitation: invitation.to_owned(),
        form_token: opened.form_token,
        login: opened.login,
        seed: opened.totp_secret.expose().to_owned(),
        uri: opened.totp_uri.expose().to_owned(),
    }
}

/// Asks for the invitation.
pub async fn show(request: HttpRequest) -> HttpResponse {
    html(StatusCode::OK, &page(&request, JoinStage::Invitation, &[]))
}

/// Takes either form: the invitation, or password and second factor.
///
/// # Errors
/// A page for everything but mistakes in the form, which is the form again.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, PageRefusal> {
    let refuse = |problem| refusal_page(&request, StaffFrame::default(), &problem, None);
    let form = app.form(&request, payload).await.map_err(refuse)?;
    let invitation = form.text("invitation");
    let outcome = if form.get("stage") == Some("keys") {
        redeem(&app, &request, &form, &invitation).await
    } else {
        open_invitation(&app.context, &invitation)
            .await
            .map(|opened| html(StatusCode::OK, &page(&request, keys(&invitation, opened), &[])))
    };
    match outcome {
        Ok(response) => Ok(response),
        Err(Error::NotFound) => {
            let faults = [FieldError::new("invitation", FieldError::UNKNOWN)];
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(&request, JoinStage::Invitation, &faults)))
        }
        Err(error) => Err(refuse(error.into())),
    }
}

async fn redeem(
    app: &App,
    request: &HttpRequest,
    form: &Form,
    invitation: &str,
) -> Result<HttpResponse, Error> {
    let form_token = form.text("form_token");
    let redemption = Redemption {
        code: invitation.to_owned(),
        form_token: form_token.clone(),
        password: SecretText::from(form.text("password")),
        totp: form.text("totp").chars().filter(char::is_ascii_digit).collect(),
    };
    let outcome = if form.get("password") == form.get("password_again") {
        redeem_invitation(&app.context, redemption).await
    } else {
        Err(Error::Invalid(vec![FieldError::new("password_again", FieldError::NOT_THE_SAME)]))
    };
    match outcome {
        Ok(login) => Ok(html(StatusCode::CREATED, &page(request, JoinStage::Done { login }, &[]))),
        Err(Error::Invalid(faults)) => {
            let opened = reopen_invitation(&app.context, invitation, &form_token).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(request, keys(invitation, opened), &faults)))
        }
        Err(error) => Err(error),
    }
}
