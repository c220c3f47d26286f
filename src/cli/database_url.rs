//! Which role a connection acts as.

use crate::{cluster::APP_ROLE, crypto::secret::SecretText};

/// The URL by which the application connects: as the role `senim_app`, which may append to the record and do nothing
/// else to it.
///
/// An application that connects as the owner of the tables could switch off the triggers that guard the record. So
/// where `DATABASE_URL` names another user, the connection asks at its start to act as `senim_app` (`options=-c
/// role=senim_app`). That user must be allowed to: a superuser, or a member (`grant senim_app to "user"`). Better is a
/// URL whose user is `senim_app` itself, because the login of such a connection cannot go back to being more; it is
/// also what PgBouncer needs, which does not pass `options` on.
pub(super) fn as_application(url: &SecretText) -> SecretText {
    let text = url.expose();
    if user(text) == Some(APP_ROLE) {
        return url.clone();
    }
    let role = format!("-c%20role%3D{APP_ROLE}");
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let mut options = false;
    let mut parameters: Vec<String> = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        if parameter.starts_with("options=") {
            options = true;
            parameters.push(format!("{parameter}%20{role}"));
        } else {
            parameters.push(parameter.to_owned());
        }
    }
    if !options {
        parameters.push(format!("options={role}"));
    }
    SecretText::from(format!("{base}?{}", parameters.join("&")))
}

/// Whether a URL's user is the application's role, which may not migrate.
pub(super) fn is_application(url: &SecretText) -> bool {
    user(url.expose()) == Some(APP_ROLE)
}

/// The user of a URL, as written.
fn user(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let (account, _) = authority.rsplit_once('@')?;
    account.split(':').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn becomes(url: &str) -> String {
        as_application(&SecretText::from(url.to_owned())).expose().to_owned()
    }

    #[test]
    fn another_user_acts_as_the_application() {
        assert_eq!(
            becomes("postgres://owner:p%40ss@db.example/senim"),
            "postgres://owner:p%40ss@db.example/senim?options=-c%20role%3Dsenim_app"
        );
        assert_eq!(
            becomes("postgres://db/senim?sslmode=require"),
            "postgres://db/senim?sslmode=require&options=-c%20role%3Dsenim_app"
        );
        assert_eq!(
            becomes("postgres:///senim?options=-c%20jit%3Doff&sslmode=require"),
            "postgres:///senim?options=-c%20jit%3Doff%20-c%20role%3Dsenim_app&sslmode=require"
        );
    }

    #[test]
    fn the_application_itself_is_left_alone() {
        for url in ["postgres://senim_app@db/senim", "postgresql://senim_app:x@db:6432/senim?sslmode=require"]
        {
            assert_eq!(becomes(url), url);
        }
        assert!(becomes("postgres://senim_application@db/senim").contains("role"));
        assert!(becomes("postgres://x:senim_app@db/senim").contains("role"));
    }
}
