//! The part of a case's page that says who has which part in it, and changes it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{
    Desk, PageRefusal,
    case::{Draft, back_to, case_id, draw},
};
use crate::{
    domain::{
        field_error::FieldError,
        ids::{CaseId, StaffId},
    },
    i18n::Texts,
    policy::Capacity,
    usecases::{
        Error,
        give_access::give_access,
        open_case::OpenedCase,
        part::{Colleague, GIVEN, Part, part_of},
        take_access::take_access,
    },
    web::{
        body::Form,
        pages::{
            Choice,
            staff::{GiveForm, HolderAlarm, Keepers, Reader},
        },
        problem::Problem,
    },
};

/// Gives a colleague a part; what cannot be is the case again, with what was chosen.
///
/// # Errors
/// A page.
pub async fn give(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    match try_give(&desk, id, &form).await {
        Ok(()) => Ok(back_to(id, "given")),
        Err(Error::Invalid(faults)) => {
            let draft = Draft { form, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
        Err(error) => Err(desk.refuse(&request, error, Some(&form))),
    }
}

async fn try_give(desk: &Desk, id: CaseId, form: &Form) -> Result<(), Error> {
    let staff = form.get("staff").and_then(|text| text.parse::<StaffId>().ok());
    let capacity = form.get("capacity").and_then(Capacity::parse);
    let mut faults = Vec::new();
    if staff.is_none() {
        faults.push(FieldError::new("staff", FieldError::REQUIRED));
    }
    if capacity.is_none() {
        faults.push(FieldError::new("capacity", FieldError::REQUIRED));
    }
    let (Some(staff), Some(capacity)) = (staff, capacity) else { return Err(Error::Invalid(faults)) };
    give_access(&desk.app.context, &desk.caller, id, Part { staff, capacity }).await
}

/// Takes a colleague's part.
///
/// # Errors
/// A page.
pub async fn take(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let id = case_id(&desk, &request)?;
    let staff = form.get("staff").and_then(|text| text.parse::<StaffId>().ok());
    let staff = staff.ok_or_else(|| desk.refuse(&request, Problem::not_found(), None))?;
    take_access(&desk.app.context, &desk.caller, id, staff)
        .await
        .map_err(|error| desk.refuse(&request, error, None))?;
    Ok(back_to(id, "taken"))
}

/// Who has which part in a case, and what the person may do about it.
pub(super) fn keepers(opened: &OpenedCase, t: Texts, form: &Form) -> Keepers {
    let living = opened.grants.iter().filter(|(grant, _)| grant.lives());
    let readers: Vec<Reader> = living
        .map(|(grant, login)| Reader {
            id: grant.staff_id.to_string(),
            login: login.clone(),
            capacity: part_of(grant, &opened.case).code(),
            since: grant.granted_on,
            attested: grant.attested_on.is_some(),
            removable: opened.removable.contains(&grant.staff_id),
        })
        .collect();
    let holders = i64::try_from(readers.len()).unwrap_or(i64::MAX);
    let alarm = opened.short_of_holders.then_some(HolderAlarm::TooFew { holders });
    Keepers {
        changes: i64::from(opened.case.epoch).saturating_sub(1),
        readers,
        alarm,
        leaderless: opened.leaderless,
        give: opened.may_give.then(|| give_form(opened, t, form)),
    }
}

fn give_form(opened: &OpenedCase, t: Texts, form: &Form) -> GiveForm {
    let stepped_back = |one: &&Colleague| {
        opened.grants.iter().any(|(grant, _)| grant.staff_id == one.staff && grant.recused_on.is_some())
    };
    let label = |one: &Colleague| {
        let roles: Vec<String> = one.roles.iter().map(|role| t.code("role", role.code())).collect();
        format!("{} ({})", one.login, roles.join(", "))
    };
    let colleagues = opened.colleagues.iter().filter(|one| !stepped_back(one));
    let parts = GIVEN.iter().filter(|part| **part != Capacity::Lead || opened.case.needs_lead());
    let codes: Vec<&str> = parts.map(|part| part.code()).collect();
    GiveForm {
        colleagues: colleagues
            .map(|one| Choice { value: one.staff.to_string(), label: label(one) })
            .collect(),
        parts: Choice::of_codes(t, "capacity", &codes),
        staff: form.text("staff"),
        capacity: form.text("capacity"),
    }
}
