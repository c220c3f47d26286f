//! `/admin/staff`: people, invitations, the directory's signatures.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use jiff::{ToSpan, tz::TimeZone};

use super::{Desk, PageRefusal, account::mail_of, done::done};
use crate::{
    domain::{
        field_error::FieldError,
        ids::{DeskId, StaffId},
        role::Role,
        text::{Login, ShortText},
    },
    policy::RoleAt,
    usecases::{
        Error,
        approve_recovery::approve_recovery,
        confirm_member::confirm_member,
        disable_staff::disable_staff,
        find_bodies::find_code,
        invite_staff::{INVITATION_DAYS, Invitation, Invitee, StaffIdentity, invite_staff},
        list_staff::{StaffLine as Person, StaffList, list_staff},
        propose_member::propose_member,
        refuse_recovery::refuse_recovery,
        reinvite_staff::reinvite_staff,
    },
    web::{
        api::path_id,
        body::Form,
        pages::{
            Area, Choice, Faults, StaffFrame,
            admin::{InvitationShown, Invite, RecoveryLine, RolesForm, StaffLine, StaffPage},
        },
    },
};

#[derive(Default)]
pub(super) struct Draft {
    pub(super) invite: Invite,
    pub(super) change: RolesForm,
    pub(super) changing: bool,
    pub(super) faults: Vec<FieldError>,
    pub(super) invitation: Option<InvitationShown>,
}

impl Draft {
    /// Whether the page holds what is shown or was typed only now.
    fn once(&self) -> bool {
        self.invitation.is_some() || !self.faults.is_empty()
    }
}

/// Lists the people.
///
/// # Errors
/// A page.
pub async fn list(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    draw(&desk, &request, StatusCode::OK, Draft::default()).await
}

pub(super) async fn draw(
    desk: &Desk,
    request: &HttpRequest,
    status: StatusCode,
    draft: Draft,
) -> Result<HttpResponse, PageRefusal> {
    let once = draft.once();
    let people = list_staff(&desk.app.context, Some(&desk.caller))
        .await
        .map_err(|error| desk.refuse(request, error, None))?;
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    let desks = people.desks.iter().map(|place| Choice {
        value: place.row.id.to_string(),
        label: desk_name(&people, place.row.id, desk.t.language()),
    });
    let (roles, desks): (_, Vec<Choice>) = (Choice::of_codes(desk.t, "role", &roles), desks.collect());
    let members = people.lines.iter().filter(|one| one.state == "active" && one.id != desk.caller.id);
    let change = RolesForm {
        people: members.map(|one| Choice { value: one.id.to_string(), label: one.login.clone() }).collect(),
        roles: roles.clone(),
        desks: desks.clone(),
        ..draft.change
    };
    let invite = Invite { roles, desks, ..draft.invite };
    let waits = |person: &&Person| person.state == "enrolled" || person.proposed.is_some();
    let joined = |person: &&Person| person.state != "enrolled";
    let zone = people
        .desks
        .first()
        .map_or(TimeZone::UTC, |place| desk.app.context.current_profile(place.row.profile).zone());
    let unsigned = people.lines.iter().filter(waits).map(|person| line(desk, &people, &zone, (person, true)));
    let rows = people.lines.iter().filter(joined).map(|person| line(desk, &people, &zone, (person, false)));
    let recoveries = people.lines.iter().filter_map(|person| {
        let (asked, number) = person.recovery_asked.clone()?;
        Some(RecoveryLine {
            id: person.id.to_string(),
            login: person.login.clone(),
            asked: zone.to_datetime(asked),
            number,
            may_decide: person.id != desk.caller.id,
        })
    });
    let page = StaffPage {
        t: desk.t,
        frame: StaffFrame { once, ..desk.frame(Area::Staff) },
        invitation: draft.invitation,
        recoveries: recoveries.collect(),
        unsigned: unsigned.collect(),
        rows: rows.collect(),
        invite,
        change,
        changing: draft.changing,
        faults: Faults::from(draft.faults.as_slice()),
    };
    desk.shown(status, &page)
}

fn desk_name(people: &StaffList, id: DeskId, language: &str) -> String {
    let desk = people.desks.iter().find(|desk| desk.row.id == id);
    desk.map(|desk| desk.row.name(language).to_owned()).unwrap_or_default()
}

/// A person, as what waits for signatures would have them or as they are.
fn line(desk: &Desk, people: &StaffList, zone: &TimeZone, (person, waiting): (&Person, bool)) -> StaffLine {
    let state = match person.state.as_str() {
        "invited" => "invited",
        "enrolled" => "enrolled",
        "active" => "active",
        _ => "disabled",
    };
    let proposed = person.proposed.as_ref().filter(|_| waiting);
    let changing = proposed.is_some();
    let wanted = proposed.unwrap_or(&person.roles);
    let at = |roles: &[RoleAt]| {
        let at = roles.iter().find_map(|held| held.desk);
        at.map(|id| desk_name(people, id, desk.t.language()))
    };
    let codes = |roles: &[RoleAt]| roles.iter().map(|held| held.role.code()).collect();
    let second = i64::from(person.waits_for_second);
    StaffLine {
        id: person.id.to_string(),
        login: person.login.clone(),
        mail: person.mail.as_ref().map(|address| address.expose().to_owned()),
        name: person.name.clone(),
        unit: person.unit.clone(),
        roles: codes(wanted),
        desk: at(wanted),
        counts_from: person.counts_from.map(|at| zone.to_datetime(at)),
        before: if changing { codes(&person.roles) } else { Vec::new() },
        changing,
        state,
        fingerprint: person.fingerprint.clone(),
        signatures: if state == "active" && !changing { 2 } else { second },
        may_sign: person.signable,
        may_refuse: person.refusable,
        to_sign: person.to_sign.clone().unwrap_or_default(),
        may_reinvite: person.id != desk.caller.id,
        may_disable: state != "disabled" && person.id != desk.caller.id,
    }
}

/// Invites a person; the invitation is shown this once.
///
/// # Errors
/// A page.
pub async fn invite(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let form = desk.form(&request).await?;
    let ticked = ticked(&form);
    let login = form.text("login");
    match try_invite(&desk, &form, &ticked, &login).await {
        Ok(invitation) => show_once(&desk, &request, login, &invitation).await,
        Err(Error::Invalid(faults)) => {
            let invite = Invite {
                mail: form.text("mail"),
                name: form.text("name"),
                unit: form.text("unit"),
                ticked: ticked.iter().map(|role| role.code().to_owned()).collect(),
                desk: form.text("desk"),
                login,
                ..Invite::default()
            };
            let draft = Draft { invite, faults, ..Draft::default() };
            draw(&desk, &request, StatusCode::UNPROCESSABLE_ENTITY, draft).await
        }
        Err(error) => Err(desk.refuse(&request, error, Some(&form))),
    }
}

/// The list with an invitation that is shown this once.
pub(super) async fn show_once(
    desk: &Desk,
    request: &HttpRequest,
    login: String,
    invitation: &Invitation,
) -> Result<HttpResponse, PageRefusal> {
    let today = desk.app.context.store.today();
    let shown = InvitationShown {
        login,
        code: invitation.code.expose().to_owned(),
        until: today.saturating_add(INVITATION_DAYS.days()),
    };
    let draft = Draft { invitation: Some(shown), ..Draft::default() };
    draw(desk, request, StatusCode::CREATED, draft).await
}

async fn try_invite(desk: &Desk, form: &Form, ticked: &[Role], login: &str) -> Result<Invitation, Error> {
    let mut faults = Vec::new();
    let login = Login::parse(login).map_err(|error| faults.push(FieldError::from_text("login", &error))).ok();
    let mail = mail_of(form, &mut faults);
    let identity = identity(desk, form, &mut faults).await?;
    let roles = wanted(form, ticked, &mut faults);
    let (Some(login), true) = (login, faults.is_empty()) else { return Err(Error::Invalid(faults)) };
    invite_staff(&desk.app.context, Some(&desk.caller), &Invitee { login, mail, identity, roles }).await
}

/// Name and unit as typed, the unit by its code in the registry of bodies.
pub(super) async fn identity(
    desk: &Desk,
    form: &Form,
    faults: &mut Vec<FieldError>,
) -> Result<StaffIdentity, Error> {
    let name = form.get("name").and_then(|text| {
        let name = ShortText::<200>::parse(text);
        name.map_err(|error| faults.push(FieldError::from_text("name", &error))).ok()
    });
    let unit = match form.get("unit") {
        None => None,
        Some(code) => find_code(&desk.app.context, code.trim()).await?.map(|body| body.id).or_else(|| {
            faults.push(FieldError::new("unit", FieldError::UNKNOWN));
            None
        }),
    };
    Ok(StaffIdentity { name: name.map(|name| name.expose().to_owned()), unit })
}

/// The roles that were ticked.
pub(super) fn ticked(form: &Form) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| form.get(&format!("role_{role}")).is_some()).collect()
}

/// The roles of a form, each at the desk chosen where it is held at one.
pub(super) fn wanted(form: &Form, ticked: &[Role], faults: &mut Vec<FieldError>) -> Vec<RoleAt> {
    if ticked.is_empty() {
        faults.push(FieldError::new("roles", FieldError::REQUIRED));
    }
    let at = form.get("desk").map(str::parse::<DeskId>);
    if let Some(Err(_)) = at {
        faults.push(FieldError::new("desk", FieldError::UNKNOWN));
    }
    let at = at.and_then(Result::ok);
    ticked.iter().map(|role| RoleAt { role: *role, desk: at.filter(|_| role.at_desk()) }).collect()
}

/// The person that a form is about, and the form.
pub(super) async fn person(desk: &Desk, request: &HttpRequest) -> Result<(StaffId, Form), PageRefusal> {
    let form = desk.form(request).await?;
    let id = path_id(request).map_err(|problem| desk.refuse(request, problem, None))?;
    Ok((id, form))
}

/// Back to the list, where it is told what was done.
fn back(
    desk: &Desk,
    request: &HttpRequest,
    outcome: Result<(), Error>,
    code: &'static str,
) -> Result<HttpResponse, PageRefusal> {
    outcome.map_err(|error| desk.refuse(request, error, None))?;
    Ok(done("/admin/staff", code))
}

/// Signs a person into the directory: the first signature, or the second one. The form carries what the page showed.
///
/// # Errors
/// A page.
pub async fn sign(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let (id, form) = person(&desk, &request).await?;
    let (ctx, shown) = (&desk.app.context, form.text("shown"));
    let signed = match form.get("signature") {
        Some("second") => confirm_member(ctx, &desk.caller, id, &shown).await,
        _ => propose_member(ctx, &desk.caller, id, &shown).await,
    };
    back(&desk, &request, signed, "signed")
}

/// Invites a person anew; the invitation is shown this once.
///
/// # Errors
/// A page.
pub async fn reinvite(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let (id, _) = person(&desk, &request).await?;
    let refuse = |error| desk.refuse(&request, error, None);
    let ctx = &desk.app.context;
    let invitation = reinvite_staff(ctx, Some(&desk.caller), id).await.map_err(refuse)?;
    let login = login_of(&desk, id).await.map_err(refuse)?;
    show_once(&desk, &request, login, &invitation).await
}

pub(super) async fn login_of(desk: &Desk, id: StaffId) -> Result<String, Error> {
    let people = list_staff(&desk.app.context, Some(&desk.caller)).await?;
    let login = people.lines.into_iter().find(|line| line.id == id).map(|line| line.login);
    Ok(login.unwrap_or_default())
}

/// Approves a recovery.
///
/// # Errors
/// A page.
pub async fn approve(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let (id, form) = person(&desk, &request).await?;
    let shown = form.text("shown");
    let outcome = approve_recovery(&desk.app.context, &desk.caller, id, &shown).await;
    back(&desk, &request, outcome, "recovery_approved")
}

/// Refuses a recovery.
///
/// # Errors
/// A page.
pub async fn refuse(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let (id, _) = person(&desk, &request).await?;
    let outcome = refuse_recovery(&desk.app.context, &desk.caller, id).await;
    back(&desk, &request, outcome, "recovery_refused")
}

/// Ends a person's access.
///
/// # Errors
/// A page.
pub async fn disable(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    let (id, _) = person(&desk, &request).await?;
    let outcome = disable_staff(&desk.app.context, Some(&desk.caller), id).await;
    back(&desk, &request, outcome.map(|_cases| ()), "disabled")
}
