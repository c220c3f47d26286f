//! What all staff pages share: who is signed in, the frame, forms bound to the session, refusals.

use std::{cell::Cell, fmt, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError, dev,
    http::{StatusCode, header},
    web::{Data, Payload},
};
use askama::Template;
use jiff::tz::TimeZone;

use super::{
    done::{forget, told},
    html,
    kept::kept,
    preferred, public_refusal, see_other,
};
use crate::{
    domain::role::Role,
    i18n::{LANGUAGES, Texts},
    usecases::{Caller, Error},
    web::{
        App,
        body::Form,
        caller::page_caller,
        pages::{Area, StaffFrame, Who, staff::StaffErrorPage},
        problem::Problem,
    },
};

/// The staff's language cookie. It holds a code of three, nothing secret.
pub(in crate::web) const LANGUAGE_COOKIE: &str = "senim-language";

/// A signed-in person on a page. Without one the handler does not run: the answer is the way to the sign-in.
pub struct Desk {
    /// What was sent, until [`Desk::form`] reads it.
    sent: Cell<Option<Payload>>,
    pub(super) app: Data<App>,
    pub(super) caller: Caller,
    pub(super) t: Texts,
    pub(super) path: String,
    /// What was done just now, to be told with the next page.
    done: Option<&'static str>,
}

/// A staff page that is refused: a page with the problem's code, or the way to the sign-in.
#[derive(Debug)]
pub struct PageRefusal {
    status: StatusCode,
    page: Option<String>,
    location: Option<String>,
    retry_after: Option<u32>,
}

impl fmt::Display for PageRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status.as_u16())
    }
}

impl ResponseError for PageRefusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        if let Some(location) = &self.location {
            return see_other(location);
        }
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        response.content_type("text/html; charset=utf-8").body(self.page.clone().unwrap_or_default())
    }
}

/// The words for staff: of their cookie, or of what the browser asks for.
pub(in crate::web) fn staff_texts(request: &HttpRequest) -> Texts {
    let chosen = request.cookie(LANGUAGE_COOKIE).map(|cookie| cookie.value().to_owned());
    let known = LANGUAGES.into_iter().find(|language| chosen.as_deref() == Some(language));
    Texts::of(known.unwrap_or_else(|| preferred(request)))
}

/// A refusal on a staff page for somebody who may not even be signed in.
pub(super) fn refusal_page(
    request: &HttpRequest,
    frame: StaffFrame,
    problem: &Problem,
    form: Option<&Form>,
) -> PageRefusal {
    let t = staff_texts(request);
    let kept = form.map(|form| kept(form, t)).unwrap_or_default();
    let area = frame.who.as_ref().and_then(|who| who.areas.first());
    let back = Some(area.map_or("/staff", |area| area.path()).to_owned());
    let page = StaffErrorPage {
        t,
        frame: StaffFrame { once: !kept.is_empty(), done: None, ..frame },
        code: problem.code,
        legal: problem.legal.clone(),
        kept,
        retry_after: problem.retry_after.map(i64::from),
        back,
        request_id: format!("{:08X}", problem.id),
    };
    PageRefusal {
        status: problem.status,
        page: page.render().ok(),
        location: None,
        retry_after: problem.retry_after,
    }
}

impl FromRequest for Desk {
    type Error = PageRefusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageRefusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        let sent = Payload::from_request(&request, payload);
        Box::pin(async move {
            let sent = sent.await.ok();
            let refuse = |problem| refusal_page(&request, StaffFrame::default(), &problem, None);
            let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| refuse(Problem::busy()))?;
            let path = page_of(&request);
            match page_caller(&app, &request).await.map_err(refuse)? {
                Some(caller) => {
                    let (sent, t, done) = (Cell::new(sent), staff_texts(&request), told(&request));
                    Ok(Self { sent, app, caller, t, path, done })
                }
                None => Err(ended(&app, &request, sent, &path).await),
            }
        })
    }
}

/// The page that a request stands on, for coming back to it: its own path, or of a form the page that the form is on.
fn page_of(request: &HttpRequest) -> String {
    if request.method().is_safe() {
        return request.uri().path_and_query().map(|path| path.as_str().to_owned()).unwrap_or_default();
    }
    match request.path() {
        path if path.starts_with("/admin/staff/") => "/admin/staff".to_owned(),
        path if path == "/admin/changes" => path.to_owned(),
        path if path.starts_with("/staff/colleagues/") => "/staff/cases".to_owned(),
        path => path.rsplit_once('/').map(|(page, _)| page.to_owned()).unwrap_or_default(),
    }
}

/// The answer where nobody is signed in: the way to the sign-in; where words were sent, a page that keeps them.
async fn ended(app: &App, request: &HttpRequest, sent: Option<Payload>, path: &str) -> PageRefusal {
    let form = match sent {
        Some(sent) if !request.method().is_safe() => app.form_of_nobody(request, sent).await.ok(),
        _ => None,
    };
    if let Some(form) = form.filter(|form| !kept(form, staff_texts(request)).is_empty()) {
        return refusal_page(request, StaffFrame::default(), &Problem::unauthenticated(), Some(&form));
    }
    PageRefusal {
        status: StatusCode::SEE_OTHER,
        page: None,
        location: Some(to_sign_in(request, path)),
        retry_after: None,
    }
}

/// The sign-in, and back here afterwards where that is a page to be looked at.
fn to_sign_in(request: &HttpRequest, path: &str) -> String {
    if request.method().is_safe() {
        let back: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        format!("/staff/sign-in?notice=ended&back={back}")
    } else {
        "/staff/sign-in?notice=ended".to_owned()
    }
}

impl Desk {
    /// What stands around a page.
    pub(super) fn frame(&self, here: impl Into<Option<Area>>) -> StaffFrame {
        StaffFrame {
            csrf: self.app.context.csrf_token(&self.caller.session.0),
            path: self.path.clone(),
            here: here.into(),
            done: self.done,
            once: false,
            who: Some(Who { login: self.caller.login.clone(), areas: self.areas() }),
        }
    }

    /// The areas that the person's roles open.
    pub(super) fn areas(&self) -> Vec<Area> {
        let has = |roles: &[Role]| roles.iter().any(|role| self.caller.has_role(*role));
        let mut areas = Vec::new();
        if has(&[Role::Triager, Role::Investigator, Role::Reviewer, Role::ProtectionOfficer]) {
            areas.push(Area::Cases);
            areas.push(Area::Proposals);
        }
        if has(&[Role::Oversight]) {
            areas.push(Area::Oversight);
        }
        if has(&[Role::Auditor]) {
            areas.push(Area::Audit);
        }
        if has(&[Role::Administrator]) {
            areas.push(Area::Staff);
            areas.push(Area::Changes);
        }
        if has(&[Role::Oversight]) {
            areas.push(Area::Delayed);
        }
        areas
    }

    /// Reads a form of this session. A form without the session's token is refused, with what was typed kept.
    pub(super) async fn form(&self, request: &HttpRequest) -> Result<Form, PageRefusal> {
        let refuse = |problem| self.refuse(request, problem, None);
        let sent = self.sent.take().ok_or_else(|| refuse(Problem::malformed("The form was read before.")))?;
        let form = self.app.form(request, sent).await.map_err(refuse)?;
        if self.app.context.csrf_holds(&self.caller.session.0, form.get("csrf").unwrap_or_default()) {
            return Ok(form);
        }
        Err(self.refuse(request, Problem::expired(), Some(&form)))
    }

    /// The refusal of a page.
    pub(super) fn refuse(
        &self,
        request: &HttpRequest,
        problem: impl Into<Problem>,
        form: Option<&Form>,
    ) -> PageRefusal {
        refusal_page(request, self.frame(self.areas().first().copied()), &problem.into(), form)
    }

    /// The zone in which administrators read times: that of the first desk.
    pub(super) async fn zone(&self) -> Result<TimeZone, Error> {
        let registry = self.app.context.registry().await?;
        let first = registry.desks.values().min_by_key(|desk| desk.row.id);
        Ok(first.map_or(TimeZone::UTC, |desk| self.app.context.current_profile(desk.row.profile).zone()))
    }

    /// A page of the person's. What was done just now stands on it, and on no later one.
    pub(super) fn shown(
        &self,
        status: StatusCode,
        page: &impl Template,
    ) -> Result<HttpResponse, PageRefusal> {
        let mut response = html(status, page);
        if self.done.is_some() {
            // Where the cookie cannot be taken away, the same is told once more; nothing else depends on it.
            let _ = response.add_cookie(&forget());
        }
        Ok(response)
    }
}

/// A refusal outside of any handler, where nobody is known: in the look of the part of the site that was asked for.
pub(in crate::web) fn refused_outside(request: &HttpRequest, problem: Problem) -> HttpResponse {
    let staff = ["/staff", "/audit", "/admin"].iter().any(|start| request.path().starts_with(start));
    if staff {
        refusal_page(request, StaffFrame::default(), &problem, None).error_response()
    } else {
        public_refusal(request, problem.into())
    }
}
