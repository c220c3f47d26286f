//! Refusing something with reasons: the same form wherever two people decide.

use actix_web::{HttpRequest, HttpResponse};

use super::{Desk, PageRefusal, done::done};
use crate::{
    domain::{field_error::FieldError, text::Reasons},
    usecases::Error,
    web::pages::Faults,
};

/// Reads the reasons and refuses with them; without good ones `again` draws the page with what was typed.
pub(super) async fn refusal(
    desk: &Desk,
    request: &HttpRequest,
    refuse: impl AsyncFnOnce(&Reasons) -> Result<(), Error>,
    again: impl AsyncFnOnce((String, Faults)) -> Result<HttpResponse, PageRefusal>,
    (back, told): (&'static str, &'static str),
) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(request).await?;
    let typed = form.text("reasons");
    let reasons = match Reasons::parse(&typed, desk.app.context.limits.staff) {
        Ok(reasons) => reasons,
        Err(error) => {
            let faults = Faults::from([FieldError::from_text("reasons", &error)].as_slice());
            return again((typed, faults)).await;
        }
    };
    refuse(&reasons).await.map_err(|error| desk.refuse(request, error, Some(&form)))?;
    Ok(done(back, told))
}
