//! Bad input on the API: each refusal has its status and its code, says everything at once, and leaves nothing behind.

use senim::web::endpoints::ENDPOINTS;
use serde_json::{Value, json};

use crate::{
    app::{Answer, App, STAFF_COOKIE, in_app, in_app_with},
    facts::with,
    world::World,
};

/// How many rows there are, by table; sessions apart.
pub async fn rows(world: &World) -> Vec<(String, usize)> {
    let dump = world.db.dump().await;
    let counts = dump.into_iter().map(|(table, lines)| (table, lines.len()));
    counts.filter(|(table, _)| !table.ends_with("sessions") && !table.ends_with("throttles")).collect()
}

fn sound() -> Value {
    json!({"language": "en", "category": "bribery", "narrative": "Something."})
}

#[test]
fn what_is_not_the_expected_json_is_malformed() {
    in_app(async |world, app| {
        let before = rows(world).await;
        let api = app.api(None);
        for body in [
            "",
            "{",
            "[]",
            "null",
            "\"text\"",
            "{\"language\":",
            "{\"narrative\": 5}",
            "\u{feff}{}",
            "language=en",
        ] {
            let answer = api.post_raw("/reports", body).await;
            assert_eq!(answer.refused(422), "malformed", "{body}");
        }
        let unknown = with(sound(), json!({"name": "CANARY-NAME"}));
        let answer = api.post("/reports", &unknown).await;
        assert_eq!(answer.refused(422), "malformed");
        assert!(!answer.body.contains("CANARY"), "what was sent is not sent back: {}", answer.body);
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(api.post_raw("/reports", deep).await.refused(422), "malformed");
        let bytes = b"{\"narrative\": \"\xff\xfe\"}".to_vec();
        assert_eq!(api.post_raw("/reports", bytes).await.refused(422), "malformed");
        for path in ["/inbox/sessions", "/staff/sessions"] {
            assert_eq!(api.post_raw(path, "{}").await.refused(422), "malformed", "{path}");
        }
        assert_eq!(rows(world).await, before);
    });
}

#[test]
fn every_mistake_of_a_report_is_named_at_once() {
    in_app(async |world, app| {
        let before = rows(world).await;
        let api = app.api(None);
        let answer = api.post("/reports", &json!({})).await;
        assert_eq!(answer.refused(422), "invalid");
        assert_eq!(answer.faults(), ["narrative required", "category required", "language required"]);
        let wrong = json!({"language": "de", "category": "weather", "narrative": "\0", "region": "99", "body": "x",
            "when": "x".repeat(10_000), "where": "\0", "first_hand": "maybe", "ongoing": "maybe",
            "evidence": "maybe", "risk": "maybe"});
        let answer = api.post("/reports", &wrong).await;
        assert_eq!(answer.refused(422), "invalid");
        let mut faults = answer.faults();
        faults.sort();
        let wanted = [
            "body unknown_value",
            "category unknown_value",
            "evidence unknown_value",
            "first_hand unknown_value",
            "language unknown_value",
            "narrative forbidden_characters",
            "ongoing unknown_value",
            "region unknown_value",
            "risk unknown_value",
            "when too_long",
            "where forbidden_characters",
        ];
        assert_eq!(faults, wanted);
        let long = with(sound(), json!({"narrative": "ы".repeat(100_001)}));
        let answer = api.post("/reports", &long).await;
        assert_eq!(answer.faults(), ["narrative too_long"]);
        assert_eq!(answer.json()["errors"][0]["max"], 100_000);
        let foreign = with(sound(), json!({"body": "11111111-1111-4111-8111-111111111111"}));
        assert_eq!(api.post("/reports", &foreign).await.faults(), ["body unknown_value"]);
        assert_eq!(rows(world).await, before, "something was half written");
        let longest = with(sound(), json!({"narrative": "ы".repeat(100_000)}));
        api.post("/reports", &longest).await.expect(201);
        for blank in [" \n\t", ""] {
            let answer = api.post("/reports", &with(sound(), json!({"narrative": blank}))).await;
            assert_eq!(answer.faults(), ["narrative required"]);
        }
    });
}

#[test]
fn a_step_says_what_is_missing_and_what_would_be_legal() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let actor = world.sign_in("tri1").await;
        actor.attest(reporter.case).await;
        let (api, path) = (app.staff(&actor), format!("/cases/{}/steps", reporter.case));
        let answer = api.post(&path, &json!({"step": "assign", "detriment_level": "low"})).await;
        assert_eq!(answer.refused(409), "illegal_step");
        assert_eq!(answer.json()["legal"], json!(["open", "withdraw"]));
        let answer = api.post(&path, &json!({"step": "dance"})).await;
        assert_eq!(
            (answer.refused(422).as_str(), answer.faults()),
            ("invalid", vec!["step unknown_value".to_owned()])
        );
        api.post(&path, &json!({"step": "open"})).await.expect(200);
        let answer = api.post(&path, &json!({"step": "reject"})).await;
        let faults = answer.faults();
        assert_eq!(faults[..2], ["detriment_level required", "in_scope required"]);
        assert_eq!(
            faults[faults.len() - 3..],
            ["reason_code required", "reasons required", "message required"]
        );
        let wrong = json!({"step": "assign", "detriment_level": "huge", "lead": "x", "expected_on": "soon"});
        let answer = api.post(&path, &wrong).await;
        let mut faults = answer.faults();
        faults.sort();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert_eq!(api.post(&path, &json!({"step": "open", "color": "red"})).await.refused(422), "malformed");
        for (path, field) in [("messages", "text"), ("notes", "text")] {
            let path = format!("/cases/{}/{path}", reporter.case);
            assert_eq!(api.post(&path, &json!({"text": " "})).await.faults(), [format!("{field} required")]);
            let long = json!({"text": "ы".repeat(20_001)});
            assert_eq!(api.post(&path, &long).await.faults(), [format!("{field} too_long")]);
        }
        assert_eq!(world.status(reporter.case).await.code(), "triage");
    });
}

#[test]
fn queries_that_make_no_sense_are_refused() {
    in_app(async |world, app| {
        let actor = world.sign_in("tri1").await;
        let api = app.staff(&actor);
        for query in
            ["state=sleeping", "desk=x", "due=soon", "cursor=abc", "limit=many", "cursor=2026-01-01_x"]
        {
            let answer = api.get(&format!("/cases?{query}")).await;
            assert!(["invalid", "malformed"].contains(&answer.refused(422).as_str()), "{query}");
        }
        for limit in ["0", "-5", "100000000"] {
            api.get(&format!("/cases?limit={limit}")).await.expect(200);
        }
        app.api(None).get("/bodies?q=%25%27%3B--").await.expect(200);
        app.api(None).get("/bodies?q=%2500").await.expect(200);
        for query in ["/bodies?q=%00", "/bodies?q=a%00b", "/bodies?q=a&%00=b"] {
            assert_eq!(app.api(None).get(query).await.refused(422), "malformed", "{query}");
        }
        assert_eq!(api.get("/cases?cursor=%00").await.refused(422), "malformed");
    });
}

/// What cannot be a name is answered as a name that nobody has.
#[test]
fn a_sign_in_under_an_impossible_name_is_a_failed_one() {
    in_app(async |_, app| {
        let body = |login: &str| json!({"login": login, "password": "wrong password", "totp": "123456"});
        let api = app.api(None);
        let nobody = api.post("/staff/sessions", &body("nobody")).await;
        assert_eq!(nobody.refused(401), "sign_in_failed");
        for login in ["\0".to_owned(), "tri1\0".to_owned(), "x".repeat(65), "x".repeat(60_000)] {
            let answer = api.post("/staff/sessions", &body(&login)).await;
            assert_eq!((answer.status, &answer.body), (401, &nobody.body));
            let form = [("login", login.as_str()), ("password", "wrong password"), ("totp", "123456")];
            assert_eq!(app.pages().post("/staff/sign-in", &form).await.status, 401);
        }
        for _ in 0..3 {
            api.post("/staff/sessions", &body("\0")).await.refused(401);
        }
        let locked = api.post("/staff/sessions", &body("\0")).await;
        assert_eq!(locked.refused(429), "too_many_attempts", "each is counted for itself");
        api.post("/staff/sessions", &body("\0\0")).await.refused(401);
    });
}

#[test]
fn a_wrong_method_and_a_wrong_path_are_told_apart() {
    in_app(async |world, app| {
        let api = app.api(None);
        assert_eq!(api.delete("/reports").await.refused(405), "method_not_allowed");
        assert_eq!(api.get("/reports").await.header("allow"), "POST");
        assert_eq!(api.get("/nothing").await.refused(404), "not_found");
        let pages = app.pages();
        for path in
            ["/ru/nothing", "/nothing", "/staff/nothing", "/admin", "/assets/nothing.css", "/de/report"]
        {
            let answer = pages.get(path).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (404, "text/html; charset=utf-8"),
                "{path}"
            );
            assert_eq!(
                answer.body.contains("/staff"),
                path.starts_with("/staff") || path.starts_with("/admin"),
                "{path}"
            );
        }
        assert_eq!(pages.get("/kk/nothing").await.body.matches("lang=\"kk\"").count(), 1);
        let answer = pages.post("/kk/promises", &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
        let actor = world.sign_in("tri1").await;
        let answer = app.staff_pages(&actor).get(&format!("/staff/cases/{}/steps", actor.id())).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    });
}

/// RFC 9110 section 9.3.2: the head of the answer to GET, without its body.
async fn answers_head_like_get(app: &App, path: &str, cookie: &str) {
    let ask = async |method: &str| Answer::to(app.request(method, path).header("cookie", cookie)).await;
    let (get, head) = (ask("GET").await, ask("HEAD").await);
    assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
    for name in ["content-type", "content-length", "location", "allow", "retry-after"] {
        assert_eq!(head.header(name), get.header(name), "{name} of {path}");
    }
}

#[test]
fn head_is_answered_like_get_without_a_body() {
    in_app(async |world, app| {
        let actor = world.sign_in("tri1").await;
        let case = world.submit("The inspector asked for an envelope.").await.case;
        let session = format!("{STAFF_COOKIE}={}", actor.token.expose());
        for row in ENDPOINTS.iter().filter(|row| row.method == "GET") {
            let path = row.path.replace("{id}", &case.to_string()).replace("{lang:kk|ru|en}", "kk");
            answers_head_like_get(app, &path, "").await;
            answers_head_like_get(app, &path, &session).await;
        }
        let answer = Answer::to(app.request("HEAD", "/staff/cases")).await;
        assert!(answer.header("location").contains("back=%2Fstaff%2Fcases"), "{answer:?}");
        let answer = Answer::to(app.request("HEAD", "/api/v1/reports")).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
        answers_head_like_get(app, "/ru/nothing", "").await;
    });
}

async fn too_large(app: &App, request: reqwest::RequestBuilder) {
    let answer = Answer::to(request.header("content-type", "application/json")).await;
    assert_eq!(answer.refused(413), "too_large");
    assert!(!app.url.is_empty());
}

#[test]
fn what_is_too_large_is_refused_however_it_is_sent() {
    in_app_with(&[("SENIM_BODY_BYTES", "65536")], async |world, app| {
        let actor = world.sign_in("tri1").await;
        let before = rows(world).await;
        let big = "x".repeat(70_000);
        too_large(app, app.request("POST", "/api/v1/reports").body(big.clone())).await;
        let chunks = big.as_bytes().chunks(1000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
        let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks.collect::<Vec<_>>()));
        too_large(app, app.request("POST", "/api/v1/reports").body(stream)).await;
        for path in ["/ru/report", "/ru/inbox", "/staff/sign-in", "/staff/join"] {
            let answer = app.pages().post(path, &[("narrative", &big)]).await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (413, "text/html; charset=utf-8"),
                "{path}"
            );
        }
        let answer = app.staff_pages(&actor).post("/staff/cases/x/notes", &[("note", &big)]).await;
        assert_eq!(answer.status, 413);
        assert!(answer.body.contains("class=\"staff\"") && !answer.body.contains(&big[..1000]));
        assert!(
            answer.header("set-cookie").is_empty() || answer.header("set-cookie").starts_with(STAFF_COOKIE)
        );
        assert_eq!(rows(world).await, before);
    });
}
