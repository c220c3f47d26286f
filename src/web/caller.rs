//! Who calls. Pages take only the cookie, the API takes only the bearer token: a cookie never authorizes an API call,
//! so no other site can make one, and a page's form must carry the token bound to its session as well.

use std::{future::Future, ops::Deref, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::header::{self, HeaderValue},
    web::Data,
};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{App, problem::Problem};
use crate::{
    crypto::secret::SecretText,
    usecases::{Caller, Error, device::DEVICE_DAYS, resume_session::resume_session},
};

/// The longest name of a member of staff, in bytes (`domain::text::Login`).
const LOGIN_BYTES: usize = 64;
/// The staff's session cookie.
pub(super) const STAFF_COOKIE: &str = "__Host-senim-staff";
/// The reporter's mailbox cookie.
pub(super) const INBOX_COOKIE: &str = "__Host-senim-inbox";

/// The cookie of a browser in which somebody of the staff signed in before.
pub(super) const DEVICE_COOKIE: &str = "__Host-senim-device";
/// The same for programs, as a header.
const DEVICE_HEADER: &str = "senim-device";

/// The nonce of the browser that a report's form was given to.
pub(super) const FORM_COOKIE: &str = "__Host-senim-form";

type Extracting<T, E> = Pin<Box<dyn Future<Output = Result<T, E>>>>;

fn app(request: &HttpRequest) -> Result<Data<App>, Problem> {
    request.app_data::<Data<App>>().cloned().ok_or_else(Problem::busy)
}

/// A signed-in caller of the API.
pub struct ApiCaller(Caller);

impl Deref for ApiCaller {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequest for ApiCaller {
    type Error = Problem;
    type Future = Extracting<Self, Problem>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = app(request).and_then(|app| Ok((app, bearer(request)?)));
        Box::pin(async move {
            let (app, token) = parts?;
            Ok(Self(resume_session(&app.context, token.expose()).await?))
        })
    }
}

/// A reporter's token on the API.
pub struct InboxToken(SecretText);

impl InboxToken {
    /// The token.
    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromRequest for InboxToken {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(bearer(request).map(Self))
    }
}

/// The token of a known device: of a browser in its cookie, of a program in its header.
pub(super) fn device_token(request: &HttpRequest) -> Option<String> {
    if request.path().starts_with("/api/") {
        let value = request.headers().get(DEVICE_HEADER).and_then(|value| value.to_str().ok());
        return value.map(str::to_owned);
    }
    request.cookie(DEVICE_COOKIE).map(|cookie| cookie.value().to_owned())
}

/// The cookie that makes a browser known. It opens nothing, and outlives the browser's window.
pub(super) fn device_cookie(token: &str) -> Cookie<'static> {
    let mut known = cookie(DEVICE_COOKIE, token);
    known.set_max_age(Duration::days(i64::try_from(DEVICE_DAYS).unwrap_or(0)));
    known
}

fn bearer(request: &HttpRequest) -> Result<SecretText, Problem> {
    let value = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|text| text.strip_prefix("Bearer ")).map(str::trim);
    token.map(|text| SecretText::from(text.to_owned())).ok_or_else(Problem::unauthenticated)
}

/// Who is signed in on the pages; none is for the page to answer, by the way to the sign-in.
pub(super) async fn page_caller(app: &App, request: &HttpRequest) -> Result<Option<Caller>, Problem> {
    let Some(cookie) = request.cookie(STAFF_COOKIE) else { return Ok(None) };
    match resume_session(&app.context, cookie.value()).await {
        Ok(caller) => Ok(Some(caller)),
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What the browser says of who made the request: this site, a page of another one, nobody but the person (Fetch
/// Metadata, `Sec-Fetch-Site`). Browsers send it to every address that they trust; old ones do not.
fn made_by(request: &HttpRequest) -> Option<&[u8]> {
    request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes)
}

/// Whether the browser says that the request was not made by a page of this very site.
pub(super) fn made_elsewhere(request: &HttpRequest) -> bool {
    made_by(request).is_some_and(|site| site != b"same-origin" && site != b"none")
}

/// Whether the browser says that the request was made by a page of another site.
pub(super) fn made_by_other_site(request: &HttpRequest) -> bool {
    made_by(request) == Some(b"cross-site")
}

/// A name as the sign-in can look for it. What cannot be a name is exchanged for one that nobody has and nobody can
/// choose, so that it costs the same work and gets the same answer as a name that nobody has.
pub(super) fn sign_in_name(typed: &str) -> String {
    if typed.len() <= LOGIN_BYTES && !typed.contains('\0') {
        return typed.to_owned();
    }
    format!("!{}", HEXLOWER.encode(&Sha256::digest(typed.as_bytes())))
}

/// A session cookie: gone with the browser, for this host only, not for scripts, not for other sites.
pub(super) fn cookie(name: &'static str, value: &str) -> Cookie<'static> {
    Cookie::build(name, value.to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .finish()
}

/// The same cookie, taken away.
pub(super) fn no_cookie(name: &'static str) -> Cookie<'static> {
    let mut gone = cookie(name, "");
    gone.make_removal();
    gone
}

/// A cookie that says nothing and is gone after a second. A browser keeps pages that were left for the way back, also
/// those it was told not to store, but not across a change of a site's cookies that scripts cannot see.
pub(super) fn forget_pages() -> Cookie<'static> {
    let mut left = cookie("__Host-senim-left", "1");
    left.set_max_age(Duration::seconds(1));
    left
}
