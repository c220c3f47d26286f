//! Every row of the endpoints' table, called by whoever may not: nobody, every wrong role, and the right person with
//! the wrong kind of proof.

use reqwest::RequestBuilder;
use senim::{
    domain::role::Role,
    policy::RoleAt,
    web::endpoints::{Audience, ENDPOINTS, Endpoint},
};

use crate::{
    app::{Answer, App, STAFF_COOKIE, in_app},
    people::StaffActor,
    world::World,
};

/// No case, proposal, entry or person has this id.
const NOBODYS: &str = "11111111-1111-4111-8111-111111111111";

fn is_api(row: &Endpoint) -> bool {
    row.path.starts_with("/api/")
}

fn name(row: &Endpoint) -> String {
    format!("{} {}", row.method, row.path)
}

fn request(app: &App, row: &Endpoint) -> RequestBuilder {
    let path = row.path.replace("{id}", NOBODYS).replace("{lang:kk|ru|en}", "ru");
    app.request(row.method.as_str(), &path)
}

/// The roles that a row is for; none where it is not only for some.
fn roles(row: &Endpoint) -> Option<&'static [Role]> {
    match row.who {
        Audience::Roles(roles) => Some(roles),
        Audience::Public | Audience::Reporter | Audience::Staff => None,
    }
}

fn asks_to_sign_in(answer: &Answer) -> bool {
    answer.status == 303 && answer.header("location").starts_with("/staff/sign-in")
}

async fn expect_closed(app: &App, row: &Endpoint, by: RequestBuilder) {
    let answer = Answer::to(by).await;
    match row.who {
        Audience::Public => {}
        Audience::Reporter if !is_api(row) => assert_eq!(answer.status, 401, "{}", name(row)),
        _ if is_api(row) => assert_eq!(answer.refused(401), "unauthenticated", "{}", name(row)),
        _ => assert!(asks_to_sign_in(&answer), "{}: {}", name(row), answer.status),
    }
    assert!(!app.url.is_empty());
}

#[test]
fn without_a_session_nothing_but_the_public_is_open() {
    in_app(async |_, app| {
        for row in ENDPOINTS {
            expect_closed(app, row, request(app, row)).await;
        }
    });
}

#[test]
fn what_is_public_answers_without_a_session() {
    in_app(async |_, app| {
        for row in ENDPOINTS.iter().filter(|row| row.who == Audience::Public && row.method == "GET") {
            let path = row.path.replace("{lang:kk|ru|en}", "kk");
            let path =
                path.replace("{file}", senim::web::pages::assets::STYLE_PATH.rsplit('/').next().unwrap());
            let answer = Answer::to(app.request("GET", &path)).await;
            // Nothing is published here.
            let wanted = match row.path {
                "/" => 303,
                log if log.starts_with("/log/") => 404,
                _ => 200,
            };
            assert_eq!(answer.status, wanted, "{}", name(row));
        }
    });
}

#[test]
fn a_broken_or_foreign_token_is_no_session() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let inbox = reporter.token().await;
        let staff = world.sign_in("tri1").await;
        let cut = &staff.token.expose()[1..];
        for token in [inbox.as_str(), cut, "a", "Basic"] {
            for row in ENDPOINTS.iter().filter(|row| row.who != Audience::Reporter) {
                let by = request(app, row);
                let by = if is_api(row) {
                    by.bearer_auth(token)
                } else {
                    by.header("cookie", format!("{STAFF_COOKIE}={token}"))
                };
                expect_closed(app, row, by).await;
            }
        }
        for token in [staff.token.expose(), "a"] {
            for row in ENDPOINTS.iter().filter(|row| row.who == Audience::Reporter && is_api(row)) {
                let by = request(app, row).bearer_auth(token).body(sound_body(row));
                expect_closed(app, row, by).await;
            }
        }
    });
}

/// A cookie never authorizes the API, so that no other site can call it; a token never opens a page.
#[test]
fn the_right_proof_in_the_wrong_place_is_none() {
    in_app(async |world, app| {
        for login in ["tri1", "admin1"] {
            let actor = world.sign_in(login).await;
            let token = actor.token.expose();
            for row in ENDPOINTS.iter().filter(|row| row.who != Audience::Reporter) {
                let by = request(app, row);
                let by = if is_api(row) {
                    by.header("cookie", format!("{STAFF_COOKIE}={token}; senim={token}"))
                } else {
                    by.bearer_auth(token)
                };
                expect_closed(app, row, by).await;
            }
        }
    });
}

/// One person of every role, who holds nothing else.
async fn one_of_each(world: &World) -> Vec<(Role, StaffActor)> {
    let mut people = Vec::new();
    for role in Role::ALL {
        let login = match role {
            Role::Triager => "tri1".to_owned(),
            Role::Investigator => "inv1".to_owned(),
            Role::Reviewer => "rev1".to_owned(),
            Role::Administrator => "admin2".to_owned(),
            other => {
                let login = format!("one.{}", other.code());
                let at_desk = matches!(other, Role::ProtectionOfficer | Role::Registrar);
                let desk = at_desk.then_some(world.desk);
                world.enrol(&login, &[RoleAt { role: *other, desk }]).await;
                login
            }
        };
        people.push((*role, world.sign_in(&login).await));
    }
    people
}

/// A document that this row takes.
fn sound_body(row: &Endpoint) -> &'static str {
    match row.path.rsplit('/').next().unwrap_or_default() {
        "steps" => r#"{"step":"open"}"#,
        "refusal" => r#"{"reasons":"No."}"#,
        "course" => r#"{"state":"acknowledged"}"#,
        "interim" => r#"{"interim":"not_needed","reasons":"No."}"#,
        "retaliation" => r#"{"narrative":"Hello","forms":["other"]}"#,
        "tasks" => {
            r#"{"action_kind":"recommendation","measure":"It","addressee":"They","action_due":"2099-01-01"}"#
        }
        "turns" => r#"{"turn":"accept"}"#,
        "subjects" => r#"{"name":"Somebody"}"#,
        "grants" => r#"{"staff":"11111111-1111-4111-8111-111111111111","capacity":"lead"}"#,
        _ => r#"{"text":"Hello"}"#,
    }
}

/// A request as this person would send it, with a form's token where it is a page.
fn as_person(app: &App, row: &Endpoint, by: RequestBuilder, actor: &StaffActor) -> RequestBuilder {
    let token = actor.token.expose();
    match (is_api(row), row.method == "POST") {
        (true, true) => by.bearer_auth(token).body(sound_body(row)),
        (true, false) => by.bearer_auth(token),
        (false, posts) => {
            let by = by.header("cookie", format!("{STAFF_COOKIE}={token}"));
            let csrf = app.csrf(actor);
            if posts {
                let form =
                    [("csrf", csrf.as_str()), ("message", "Hello"), ("note", "Hello"), ("step", "open")];
                let more = [
                    ("reasons", "No."),
                    ("no_conflict", "on"),
                    ("login", "somebody"),
                    ("role_auditor", "on"),
                ];
                by.form(&[form, more].concat())
            } else {
                by
            }
        }
    }
}

#[test]
fn every_wrong_role_is_refused_everywhere() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let people = one_of_each(world).await;
        let changes = "audit.entries where acts <> array['access.denied']";
        let before = world.owner().await.count(changes).await;
        for row in ENDPOINTS {
            let Some(right) = roles(row) else { continue };
            for (role, actor) in people.iter().filter(|(role, _)| !right.contains(role)) {
                for id in [NOBODYS.to_owned(), reporter.case.to_string()] {
                    let path = row.path.replace("{id}", &id);
                    let by = as_person(app, row, app.request(row.method.as_str(), &path), actor);
                    let answer = Answer::to(by).await;
                    assert!(
                        matches!(answer.status, 403 | 404),
                        "{} answers {} to a {}: {}",
                        name(row),
                        answer.status,
                        role.code(),
                        answer.body
                    );
                    assert!(!answer.body.contains(&reporter.reference), "{}", name(row));
                }
            }
        }
        assert_eq!(world.owner().await.count(changes).await, before, "a refusal changed something");
    });
}

/// Who has the role but no part in the case learns nothing of it: the same answer as for a case that is none.
#[test]
fn a_case_without_a_grant_and_no_case_are_one_answer() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let actor = world.sign_in("inv1").await;
        for row in
            ENDPOINTS.iter().filter(|row| row.path.contains("/cases/{id}") && !row.path.contains("audit"))
        {
            let mut answers = Vec::new();
            for id in [NOBODYS.to_owned(), reporter.case.to_string(), "no-id".to_owned()] {
                let path = row.path.replace("{id}", &id);
                let by = as_person(app, row, app.request(row.method.as_str(), &path), &actor);
                let answer = Answer::to(by).await;
                assert_eq!(answer.status, 404, "{}: {}", name(row), answer.body);
                let body = answer.body.replace(&id, "ID");
                answers.push(without_number(&body));
            }
            assert_eq!(answers[0], answers[1], "{}", name(row));
            assert!(!is_api(row) || answers[0] == answers[2], "{}", name(row));
        }
    });
}

/// A page without the random number of its refusal, but as long.
pub fn without_number(body: &str) -> String {
    let start = "<p class=\"hint\">";
    let Some(at) = body.rfind(start).map(|at| at + start.len()) else { return body.to_owned() };
    let end = at + body[at..].find("</p>").unwrap();
    format!("{}{}{}", &body[..at], "#".repeat(end - at), &body[end..])
}

const TYPED: &str = "What I typed, <b>and</b> would not like to lose.";

/// A form that did not come from the person's own page changes nothing, and what was typed is not lost.
#[test]
fn a_form_without_its_token_is_refused_and_the_text_kept() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let people = [world.sign_in("tri1").await, world.sign_in("admin1").await];
        people[0].attest(reporter.case).await;
        let before = world.db.dump().await;
        let foreign = app.csrf(&people[1]);
        for row in ENDPOINTS.iter().filter(|row| {
            row.method == "POST" && !is_api(row) && matches!(row.who, Audience::Staff | Audience::Roles(_))
        }) {
            let actor = if row.path.starts_with("/admin") { &people[1] } else { &people[0] };
            for token in [None, Some("abc"), Some(foreign.as_str())] {
                if token == Some(foreign.as_str()) && row.path.starts_with("/admin") {
                    continue;
                }
                let pages = app.staff_pages(actor);
                let field = match row.path.rsplit('/').next().unwrap() {
                    "messages" => "message",
                    "notes" => "note",
                    _ => "reasons",
                };
                let mut form = vec![(field, TYPED), ("step", "open"), ("no_conflict", "on")];
                form.extend(token.map(|token| ("csrf", token)));
                let answer = pages.post(&row.path.replace("{id}", &reporter.case.to_string()), &form).await;
                assert_eq!(answer.status, 403, "{}", name(row));
                assert!(
                    answer.body.contains("What I typed, &#60;b&#62;and&#60;/b&#62;"),
                    "{}: {}",
                    name(row),
                    answer.body
                );
            }
        }
        let after = world.db.dump().await;
        let changed: Vec<&str> = before
            .iter()
            .zip(&after)
            .filter(|(one, other)| one != other && one.0 != "public.sessions")
            .map(|(one, _)| one.0.as_str())
            .collect();
        assert!(changed.is_empty(), "{changed:?}");
    });
}

/// A session that ended while somebody was writing costs them the sign-in, not the text.
#[test]
fn what_was_typed_outlives_the_session() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let actor = world.sign_in("tri1").await;
        let (pages, csrf) = (app.staff_pages(&actor), app.csrf(&actor));
        world.advance(jiff::SignedDuration::from_mins(31));
        let path = format!("/staff/cases/{}/notes", reporter.case);
        let answer = pages.post(&path, &[("csrf", &csrf), ("note", TYPED)]).await;
        assert_eq!(answer.status, 401);
        assert!(answer.body.contains("What I typed, &#60;b&#62;and&#60;/b&#62;"), "{}", answer.body);
        assert!(answer.body.contains("class=\"button\" href=\"/staff\""));
        assert!(asks_to_sign_in(&pages.post(&path, &[("csrf", &csrf)]).await), "nothing to be lost");
        assert!(asks_to_sign_in(&pages.get("/staff/cases").await));
    });
}

/// Another site can have nobody work under a name, or write into a mailbox, that is the site's own.
#[test]
fn another_site_signs_nobody_in() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let pages = app.pages();
        let receipt = [("receipt", reporter.receipt.as_str())];
        let answer = pages.post_from("cross-site", "/ru/inbox", &receipt).await;
        assert_eq!(answer.status, 403);
        assert!(answer.body.contains("id=\"receipt\"") && answer.body.contains("отправьте ещё раз"));
        let wrong = [("login", "tri1"), ("password", "wrong password"), ("totp", "123456")];
        for _ in 0..7 {
            let answer = pages.post_from("cross-site", "/staff/sign-in", &wrong).await;
            assert_eq!(answer.status, 403, "and locks no name");
            assert!(answer.body.contains("id=\"password\"") && answer.body.contains("отправьте ещё раз"));
        }
        assert!(pages.jar.borrow().is_empty());
        assert_eq!(pages.post_from("same-origin", "/staff/sign-in", &wrong).await.status, 401);
        assert_eq!(pages.post_from("same-origin", "/ru/inbox", &receipt).await.status, 303);
    });
}
