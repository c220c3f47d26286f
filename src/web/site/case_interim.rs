//! The part of a case's page where it is decided what is done against retaliation for the time being.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{
    Desk, PageRefusal,
    case::{Draft, back_to, case_id, draw},
};
use crate::{
    domain::{field_error::FieldError, profile::ClockName, retaliation::Interim, text::Reasons},
    policy::{Action, authorize},
    usecases::{decide_interim::decide_interim, open_case::OpenedCase},
    web::{
        body::Form,
        pages::{Choice, staff::InterimForm},
    },
};

/// Records the decision; what cannot be taken is the case again, with what was typed.
///
/// # Errors
/// A page.
pub async fn decide(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    match decision_of(&form, &desk) {
        Ok((decision, reasons)) => decide_interim(&desk.app.context, &desk.caller, id, (decision, &reasons))
            .await
            .map(|()| back_to(id, "interim"))
            .map_err(|error| desk.refuse(&request, error, Some(&form))),
        Err(faults) => {
            let draft = Draft { form, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
    }
}

/// Every mistake at once.
fn decision_of(form: &Form, desk: &Desk) -> Result<(Interim, Reasons), Vec<FieldError>> {
    let code = form.text("interim");
    let fault = if code.is_empty() { FieldError::REQUIRED } else { FieldError::UNKNOWN };
    let decision = Interim::parse(&code).ok_or_else(|| FieldError::new("interim", fault));
    let reasons = Reasons::parse(&form.text("interim_reasons"), desk.app.context.limits.staff)
        .map_err(|error| FieldError::from_text("interim_reasons", &error));
    match (decision, reasons) {
        (Ok(decision), Ok(reasons)) => Ok((decision, reasons)),
        (decision, reasons) => Err(decision.err().into_iter().chain(reasons.err()).collect()),
    }
}

/// The form, where a decision is open and mine to make.
pub(super) fn interim(desk: &Desk, opened: &OpenedCase, form: &Form) -> Option<InterimForm> {
    let open = opened.case.clocks.runs(ClockName::RetaliationInterim);
    let may = authorize(&desk.caller.actor(), Action::DecideInterim, Some(&opened.situation)).is_ok();
    let codes: Vec<&str> = Interim::ALL.iter().map(|decision| decision.code()).collect();
    (open && may).then(|| InterimForm {
        decisions: Choice::of_codes(desk.t, "interim", &codes),
        decision: form.text("interim"),
        reasons: form.text("interim_reasons"),
    })
}
