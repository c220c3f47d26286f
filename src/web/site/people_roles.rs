//! `/admin/staff`: other roles for somebody who works here, and refusing what waits for signatures.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};

use super::{
    Desk, PageRefusal,
    done::done,
    people::{Draft, draw, identity, login_of, person, show_once, ticked, wanted},
};
use crate::{
    domain::{field_error::FieldError, ids::StaffId, role::Role},
    usecases::{
        Error,
        propose_roles::{Wanted, propose_roles},
        refuse_member::refuse_member,
    },
    web::{body::Form, pages::admin::RolesForm},
};

/// Proposes other roles; what cannot be is the list again, with what was chosen.
///
/// # Errors
/// A page.
pub async fn propose(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let ticked = ticked(&form);
    match try_propose(&desk, &form, &ticked).await {
        Err(Error::Invalid(faults)) => {
            let change = RolesForm {
                person: form.text("person"),
                ticked: ticked.iter().map(|role| role.code().to_owned()).collect(),
                desk: form.text("desk"),
                name: form.text("name"),
                unit: form.text("unit"),
                ..RolesForm::default()
            };
            let draft = Draft { change, changing: true, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
        Err(error) => Err(desk.refuse(&request, error, Some(&form))),
        Ok(()) => Ok(done("/admin/staff", "roles_proposed")),
    }
}

async fn try_propose(desk: &Desk, form: &Form, ticked: &[Role]) -> Result<(), Error> {
    let mut faults = Vec::new();
    let person = form.get("person").and_then(|text| text.parse::<StaffId>().ok());
    if person.is_none() {
        faults.push(FieldError::new("person", FieldError::REQUIRED));
    }
    let mut identity = identity(desk, form, &mut faults).await?;
    let roles = wanted(form, ticked, &mut faults);
    let (Some(person), true) = (person, faults.is_empty()) else { return Err(Error::Invalid(faults)) };
    // What is left empty stays as it is.
    let registry = desk.app.context.current_registry().await?;
    if let Some(member) = registry.directory.members.get(&person) {
        identity.name = identity.name.or_else(|| member.name.clone());
        identity.unit = identity.unit.or(member.unit);
    }
    propose_roles(&desk.app.context, &desk.caller, person, &Wanted { roles, identity }).await
}

/// Refuses keys or roles that wait. Whose keys are refused is invited anew; the invitation is shown this once.
///
/// # Errors
/// A page.
pub async fn refuse(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let (id, form) = person(&desk, &request).await?;
    let refuse = |error| desk.refuse(&request, error, None);
    let refused = refuse_member(&desk.app.context, &desk.caller, id, &form.text("shown")).await;
    match refused.map_err(refuse)? {
        Some(invitation) => {
            let login = login_of(&desk, id).await.map_err(refuse)?;
            show_once(&desk, &request, login, &invitation).await
        }
        None => Ok(done("/admin/staff", "roles_refused")),
    }
}
