//! Too much at once, connections that break, and stopping: honest answers, nothing half written.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    app::{App, in_app, in_app_with},
    http_input::rows,
    world::in_world,
};

fn report() -> serde_json::Value {
    json!({"language": "en", "category": "bribery", "narrative": "Something."})
}

/// A request whose head announces a body of so many bytes.
async fn announce(app: &App, path: &str, length: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: senim\r\nContent-Type: application/json\r\n{length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// A report whose head announces so many bytes and of whose body the first came.
async fn begin(app: &App, bytes: usize, first: usize) -> TcpStream {
    let mut stream = announce(app, "/api/v1/reports", &format!("Content-Length: {bytes}")).await;
    let body = format!("{{\"narrative\": \"{}", "x".repeat(first));
    stream.write_all(&body.as_bytes()[..first]).await.unwrap();
    stream.flush().await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream
}

#[test]
fn when_too_much_is_under_way_the_answer_is_503() {
    let settings = [("SENIM_BODY_BYTES", "65536"), ("SENIM_IN_FLIGHT_BYTES", "131072")];
    in_app_with(&settings, async |world, app| {
        let triager = world.sign_in("tri1").await;
        let before = rows(world).await;
        let slow = (begin(app, 65_000, 64_000).await, begin(app, 65_000, 16_384).await);
        let answer = app.api(None).post("/reports", &report()).await;
        assert_eq!(answer.refused(503), "busy");
        assert_eq!(answer.header("retry-after"), "5");
        let long = "Инспектор ".repeat(50);
        let page = app.pages().post("/ru/report", &[("narrative", &long)]).await;
        assert_eq!((page.status, page.header("retry-after")), (503, "5"));
        assert_eq!(app.pages().get("/ru/report").await.status, 200, "who only reads is served");
        let wrong = json!({"login": "tri1", "password": "wrong password", "totp": "123456"});
        assert_eq!(app.api(None).post("/staff/sessions", &wrong).await.refused(401), "sign_in_failed");
        let broken = app.staff(&triager).post_raw(&format!("/cases/{}/notes", uuid::Uuid::nil()), "{").await;
        assert_eq!(broken.refused(422), "malformed", "the staff's part is read");
        drop(slow);
        assert_eq!(rows(world).await, before, "a broken upload left something");
        for _ in 0..100 {
            if app.api(None).post("/reports", &report()).await.status == 201 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the broken upload still counts");
    });
}

/// A length that is announced and not sent, or sent and not announced, stores nothing.
#[test]
fn a_body_that_is_not_as_long_as_announced_stores_nothing() {
    in_app(async |world, app| {
        let before = rows(world).await;
        let mut broken = begin(app, 500, 17).await;
        broken.shutdown().await.unwrap();
        let mut rest = String::new();
        let _ = broken.read_to_string(&mut rest).await;
        assert!(!rest.contains(" 201 "), "{rest}");
        let whole = report().to_string();
        let mut short = TcpStream::connect(app.url.strip_prefix("http://").unwrap()).await.unwrap();
        let cut = whole.len() - 5;
        let head = format!(
            "POST /api/v1/reports HTTP/1.1\r\nHost: senim\r\nConnection: close\r\nContent-Length: {cut}\r\n\r\n"
        );
        short.write_all(format!("{head}{whole}").as_bytes()).await.unwrap();
        let mut said = String::new();
        let _ = short.read_to_string(&mut said).await;
        assert!(said.starts_with("HTTP/1.1 422"), "{said}");
        assert_eq!(rows(world).await, before);
    });
}

/// What is announced and does not come keeps nobody out, whatever it announces.
#[test]
fn idle_connections_hold_nothing() {
    in_app(async |_, app| {
        let mut idle = Vec::new();
        for path in ["/api/v1/reports", "/ru/report", "/staff/sign-in", "/api/v1/staff/sessions"] {
            let lengths = ["Content-Length: 2097152", "Content-Length: 60000", "Transfer-Encoding: chunked"];
            for length in lengths.iter().cycle().take(60) {
                idle.push(announce(app, path, length).await);
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        app.api(None).post("/reports", &report()).await.expect(201);
        let form = [("narrative", "Something."), ("category", "bribery")];
        assert_eq!(app.pages().post("/en/report", &form).await.status, 201);
        let wrong = [("login", "tri1"), ("password", "wrong password"), ("totp", "123456")];
        assert_eq!(app.pages().post("/staff/sign-in", &wrong).await.status, 401);
        drop(idle);
    });
}

/// A body that only drips is ended in time, in the form of the page or of the API.
#[test]
fn a_body_that_comes_too_slowly_is_answered_408() {
    in_app_with(&[("SENIM_BODY_SECONDS", "1")], async |world, app| {
        let before = rows(world).await;
        for (path, kind) in [("/api/v1/reports", "application/problem+json"), ("/ru/report", "text/html")] {
            for length in ["Content-Length: 60000", "Transfer-Encoding: chunked"] {
                let (mut read, mut write) = announce(app, path, length).await.into_split();
                let drip = tokio::task::spawn_local(async move {
                    while write.write_all(b"1\r\nx\r\n").await.is_ok() {
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                });
                let mut said = String::new();
                let told = async {
                    let mut bytes = [0; 4096];
                    while !said.contains("\r\n\r\n") {
                        let length = read.read(&mut bytes).await.unwrap();
                        assert_ne!(length, 0, "closed without an answer: {said}");
                        said.push_str(&String::from_utf8_lossy(&bytes[..length]));
                    }
                };
                tokio::time::timeout(Duration::from_secs(10), told).await.expect("an answer in time");
                drip.abort();
                assert!(said.starts_with("HTTP/1.1 408 ") && said.contains(kind), "{path} {length}: {said}");
            }
        }
        let mut refused = announce(app, "/api/v1/reports", "Content-Length: 3000000").await;
        let mut said = [0; 12];
        let answer = tokio::time::timeout(Duration::from_secs(5), refused.read_exact(&mut said));
        answer.await.expect("what is refused is not waited for either").unwrap();
        assert_eq!(&said, b"HTTP/1.1 413");
        assert_eq!(rows(world).await, before);
    });
}

/// Who has only a receipt or a name to send cannot send a book.
#[test]
fn short_forms_have_a_small_limit() {
    in_app(async |_, app| {
        let book = "x".repeat(100_000);
        for path in ["/ru/inbox", "/staff/sign-in", "/staff/join"] {
            assert_eq!(app.pages().post(path, &[("login", book.as_str())]).await.status, 413, "{path}");
        }
        for path in ["/inbox/sessions", "/staff/sessions"] {
            let answer = app.api(None).post_raw(path, book.clone()).await;
            assert_eq!(answer.refused(413), "too_large", "{path}");
        }
    });
}

#[test]
fn without_a_free_connection_the_answer_is_503() {
    in_app_with(&[("SENIM_POOL_SIZE", "1"), ("SENIM_POOL_WAIT", "1")], async |world, app| {
        app.api(None).post("/reports", &report()).await.expect(201);
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run("lock table cases in access exclusive mode").await.unwrap();
        let one = app.api(None);
        let body = report();
        let held = async { one.post("/reports", &body).await };
        let refused = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let answer = app.api(None).post("/reports", &body).await;
            assert_eq!(answer.refused(503), "busy");
            assert!(!answer.header("retry-after").is_empty());
            let page =
                app.pages().post("/ru/report", &[("narrative", "Слова"), ("category", "bribery")]).await;
            assert_eq!(page.status, 503);
            assert!(page.body.contains("Слова"), "the words are kept: {}", page.body);
            assert_eq!(app.admin("/readyz").await.0, 503);
            assert_eq!(app.admin("/healthz").await.0, 200);
            owner.run("rollback").await.unwrap();
        };
        let (taken, ()) = tokio::join!(held, refused);
        taken.expect(201);
        assert_eq!(app.admin("/readyz").await.0, 200);
        assert_eq!(world.owner().await.count("cases").await, 2);
    });
}

/// Sign-ins beyond the queue of the expensive hash are told to come back.
#[test]
fn too_many_sign_ins_at_once_are_told_to_wait() {
    let settings =
        [("SENIM_PASSWORD_QUEUE", "0"), ("SENIM_PASSWORD_PERMITS", "1"), ("SENIM_PASSWORD_PASSES", "10")];
    in_app_with(&settings, async |_, app| {
        let body = |login: &str| json!({"login": login, "password": "wrong password", "totp": "123456"});
        let (api, one, two) = (app.api(None), body("one"), body("two"));
        let (one, two) = tokio::join!(api.post("/staff/sessions", &one), api.post("/staff/sessions", &two));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [401, 503]);
        let busy = if one.status == 503 { one } else { two };
        assert_eq!((busy.refused(503).as_str(), busy.header("retry-after")), ("busy", "5"));
        for _ in 0..5 {
            api.post("/staff/sessions", &body("three")).await.refused(401);
        }
        let answer = api.post("/staff/sessions", &body("three")).await;
        assert_eq!(answer.refused(429), "too_many_attempts");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
        let form = [("login", "three"), ("password", "wrong password"), ("totp", "123456")];
        let page = app.pages().post("/staff/sign-in", &form).await;
        assert_eq!(page.status, 429);
        assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
    });
}

#[test]
fn a_stop_finishes_what_is_running() {
    in_world(async |world| {
        let app = App::start(world, &[]);
        let url = app.url.clone();
        let mut owner = world.owner().await;
        owner.run("begin; lock table cases in access exclusive mode").await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent =
            tokio::task::spawn_local(client.post(format!("{url}/api/v1/reports")).json(&report()).send());
        tokio::time::sleep(Duration::from_millis(300)).await;
        let stopped = tokio::task::spawn_local(app.stop());
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!sent.is_finished() && !stopped.is_finished(), "it waits for the request");
        owner.run("rollback").await.unwrap();
        assert_eq!(sent.await.unwrap().unwrap().status().as_u16(), 201);
        stopped.await.unwrap();
        assert!(client.get(format!("{url}/ru/")).send().await.is_err(), "nobody answers any more");
        assert_eq!(world.owner().await.count("cases").await, 1);
    });
}
