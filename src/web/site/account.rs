//! `/staff/account`: where mails to the person go.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{Desk, PageRefusal, done::done};
use crate::{
    crypto::secret::SecretText,
    domain::{field_error::FieldError, mail_address::MailAddress, text::TextError},
    usecases::{
        Error,
        change_mail::{change_mail, own_mail},
    },
    web::{
        body::Form,
        pages::{Faults, StaffFrame, staff::AccountPage},
    },
};

/// Shows the account.
///
/// # Errors
/// A page.
pub async fn show(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    draw(&desk, &request, None, &[]).await
}

async fn draw(
    desk: &Desk,
    request: &HttpRequest,
    typed: Option<String>,
    faults: &[FieldError],
) -> Result<HttpResponse, PageRefusal> {
    let now = own_mail(&desk.app.context, &desk.caller).await;
    let now = now.map_err(|error| desk.refuse(request, error, None))?;
    let now = now.map(|address| address.expose().to_owned());
    let page = AccountPage {
        t: desk.t,
        frame: StaffFrame { once: typed.is_some(), ..desk.frame(None) },
        mail: typed.or_else(|| now.clone()).unwrap_or_default(),
        now,
        faults: Faults::from(faults),
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    desk.shown(status, &page)
}

/// Changes the address; an empty one where no mails are wanted.
///
/// # Errors
/// A page for everything but mistakes in the form, which is the form again.
pub async fn change(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    match try_change(&desk, &form).await {
        Ok(()) => Ok(done("/staff/account", "mail_changed")),
        Err(Error::Invalid(faults)) => draw(&desk, &request, Some(form.text("mail")), &faults).await,
        Err(error) => Err(desk.refuse(&request, error, Some(&form))),
    }
}

async fn try_change(desk: &Desk, form: &Form) -> Result<(), Error> {
    let mut faults = Vec::new();
    let mail = mail_of(form, &mut faults);
    let password = form.text("current_password");
    if password.is_empty() {
        faults.push(FieldError::new("current_password", FieldError::REQUIRED));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    change_mail(&desk.app.context, &desk.caller, SecretText::from(password), mail.as_ref()).await
}

/// The address in a form; none where the field is empty.
pub(super) fn mail_of(form: &Form, faults: &mut Vec<FieldError>) -> Option<MailAddress> {
    match MailAddress::parse(&form.text("mail")) {
        Ok(address) => Some(address),
        Err(TextError::Empty) => None,
        Err(error) => {
            faults.push(FieldError::from_text("mail", &error));
            None
        }
    }
}
