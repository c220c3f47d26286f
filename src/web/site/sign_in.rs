//! `/staff/sign-in`, `/staff/sign-out`, `/staff/language`.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::StatusCode,
    web::{Data, Payload},
};

use super::{
    Desk, PageRefusal,
    desk::{LANGUAGE_COOKIE, refusal_page, staff_texts},
    html, see_other_with,
};
use crate::{
    crypto::secret::SecretText,
    i18n::LANGUAGES,
    usecases::{
        Error,
        sign_in::{Credentials, sign_in_on},
        sign_out::sign_out,
    },
    web::{
        App,
        caller::{
            STAFF_COOKIE, cookie, device_cookie, device_token, made_by_other_site, no_cookie, sign_in_name,
        },
        pages::{StaffFrame, staff::SignInPage},
    },
};

const NOTICES: [&str; 3] = ["ended", "signed_out", "joined"];

fn page(request: &HttpRequest, login: String, notice: Option<&'static str>, back: String) -> SignInPage {
    let frame = StaffFrame { path: "/staff/sign-in".to_owned(), ..StaffFrame::default() };
    SignInPage { t: staff_texts(request), frame, login, notice, back }
}

/// A path of this site's staff pages; anything else is dropped, so that a link cannot lead elsewhere.
fn local(path: &str) -> Option<&str> {
    let ours = ["/staff/", "/audit/", "/admin/"].iter().any(|start| path.starts_with(start));
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (ours && plain && !path.contains("//")).then_some(path)
}

/// Shows the form.
pub async fn show(request: HttpRequest) -> HttpResponse {
    let mut notice = None;
    let mut back = String::new();
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        match name.as_ref() {
            "notice" => notice = NOTICES.into_iter().find(|known| *known == value),
            "back" => back = local(&value).unwrap_or_default().to_owned(),
            _ => {}
        }
    }
    html(StatusCode::OK, &page(&request, String::new(), notice, back))
}

/// Signs in.
///
/// # Errors
/// A page for everything but a wrong sign-in, which is the form again.
pub async fn submit(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, PageRefusal> {
    let refuse = |problem| refusal_page(&request, StaffFrame::default(), &problem, None);
    let form = app.form(&request, payload).await.map_err(refuse)?;
    let back = form.get("back").and_then(local).unwrap_or("/staff").to_owned();
    let login = form.text("login").trim().to_owned();
    if made_by_other_site(&request) {
        // Otherwise another site could have the person work under a name of its choice.
        return Ok(html(StatusCode::FORBIDDEN, &page(&request, String::new(), Some("expired"), back)));
    }
    let credentials = Credentials {
        login: sign_in_name(&login),
        password: SecretText::from(form.text("password")),
        totp: form.text("totp").chars().filter(char::is_ascii_digit).collect(),
    };
    let device = device_token(&request);
    match sign_in_on(&app.context, credentials, device.as_deref()).await {
        Ok(signed_in) => {
            let session = cookie(STAFF_COOKIE, signed_in.token.expose());
            Ok(see_other_with(&back, [session, device_cookie(signed_in.device.expose())]))
        }
        Err(Error::SignInFailed) => {
            Ok(html(StatusCode::UNAUTHORIZED, &page(&request, login, Some("failed"), back)))
        }
        Err(Error::Busy) => {
            Ok(html(StatusCode::SERVICE_UNAVAILABLE, &page(&request, login, Some("busy"), back)))
        }
        Err(error) => Err(refuse(error.into())),
    }
}

/// Signs out.
///
/// # Errors
/// A page.
pub async fn leave(desk: Desk, request: HttpRequest) -> Result<HttpResponse, PageRefusal> {
    desk.form(&request).await?;
    sign_out(&desk.app.context, &desk.caller).await.map_err(|error| desk.refuse(&request, error, None))?;
    Ok(see_other_with("/staff/sign-in?notice=signed_out", [no_cookie(STAFF_COOKIE)]))
}

/// Chooses the language of the staff pages, signed in or not.
///
/// # Errors
/// A page.
pub async fn language(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, PageRefusal> {
    let refuse = |problem| refusal_page(&request, StaffFrame::default(), &problem, None);
    let form = app.form(&request, payload).await.map_err(refuse)?;
    let back = form.get("back").and_then(local).unwrap_or("/staff");
    let wanted = LANGUAGES.into_iter().find(|code| form.get("language") == Some(code)).unwrap_or("ru");
    let chosen =
        Cookie::build(LANGUAGE_COOKIE, wanted).path("/").same_site(SameSite::Strict).http_only(true).finish();
    Ok(see_other_with(back, [chosen]))
}
