//! What is not told: nothing of a reporter's request reaches the log or the figures, and no text reaches anybody who
//! has no part in the case. Strings are planted through every input of the server and searched for everywhere.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use serde_json::json;

use crate::{
    app::{App, in_app},
    facts::{assessed, with},
    http_main_job::{attest, only_case, report_of, sign_in},
    world::World,
};

/// Stands in everything that is typed here.
const CANARY: &str = "zqhttpkanareika";

/// Says that a test has its process for itself.
const ALONE: &str = "SENIM_TEST_ALONE";

/// Everything that the process logs, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        let log = Self::default();
        let lines = log.clone();
        let writer = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        let _ = tracing::subscriber::set_global_default(writer.with_writer(move || lines.clone()).finish());
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// The lines of the server's own code; libraries trace their bytes only where somebody asks them to.
    fn own(&self) -> Vec<String> {
        self.text().lines().filter(|line| line.contains(" senim::")).map(str::to_owned).collect()
    }
}

fn planted(what: &str) -> String {
    format!("{CANARY} {what}")
}

async fn as_reporter(app: &App) -> (String, String) {
    let pages = app.pages();
    let _ = pages.get(&format!("/ru/report?from={CANARY}")).await;
    let _ = pages.post("/ru/report", &[("narrative", &planted("refused"))]).await;
    let bad = json!({"language": CANARY, "category": CANARY, "narrative": planted("bad"), CANARY: CANARY});
    let _ = app.api(None).post("/reports", &bad).await;
    let _ = app.api(None).post_raw("/reports", planted("no json")).await;
    let _ = pages.post("/ru/inbox", &[("receipt", CANARY)]).await;
    let _ = pages.get(&format!("/ru/{CANARY}")).await;
    let (receipt, reference) = report_of(app, &planted("narrative")).await;
    pages.post("/ru/inbox", &[("receipt", &receipt)]).await;
    let csrf = pages.get("/ru/inbox").await.input("csrf");
    let message = planted("message");
    let sent = pages.post("/ru/inbox/messages", &[("csrf", &csrf), ("message", &message)]).await;
    assert_eq!(sent.status, 303);
    (receipt, reference)
}

async fn as_staff(world: &World, app: &App) {
    let wrong = json!({"login": CANARY, "password": planted("password"), "totp": "123456"});
    app.api(None).post("/staff/sessions", &wrong).await.refused(401);
    let triager = sign_in(world, app, "tri1").await;
    let case = only_case(&triager).await;
    attest(&triager, &case).await;
    let text = json!({"text": planted("letter")});
    triager.post(&format!("/cases/{case}/messages"), &text).await.expect(201);
    triager.post(&format!("/cases/{case}/notes"), &text).await.expect(201);
    let steps = format!("/cases/{case}/steps");
    triager.post(&steps, &json!({"step": "open"})).await.expect(200);
    triager.post(&steps, &json!({"step": CANARY})).await.refused(422);
    let reject = json!({"step": "reject", "reason_code": "no_substance", "reasons": planted("reasons"),
        "message": planted("verdict"), "anon_crime": "no", "anon_security": "no"});
    let reject = with(assessed(), reject);
    triager.post(&steps, &reject).await.expect(202);
    assert!(triager.get(&format!("/cases/{case}")).await.body.contains(CANARY));
}

/// The log belongs to the whole process, so this test is run in one of its own.
#[test]
fn what_is_typed_reaches_no_log_no_figure_no_table_and_nobody_else() {
    if std::env::var_os(ALONE).is_none() {
        let name = "http_silence::what_is_typed_reaches_no_log_no_figure_no_table_and_nobody_else";
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        let ended = alone.args(["--exact", name, "--nocapture"]).env(ALONE, "1").status().unwrap();
        assert!(ended.success());
        return;
    }
    let log = Log::start();
    in_app(async |world, app| {
        let (receipt, reference) = as_reporter(app).await;
        assert_eq!(log.own(), Vec::<String>::new(), "a reporter's request leaves a line");
        as_staff(world, app).await;
        let figures = app.admin("/metrics").await.1;
        let lines = log.own().join("\n");
        let bare = receipt.replace('-', "");
        for secret in [CANARY, receipt.as_str(), bare.as_str(), reference.as_str(), "127.0.0.1"] {
            assert!(!lines.contains(secret), "{secret} is in the log");
            assert!(!figures.contains(secret), "{secret} is in the figures");
        }
        for (table, rows) in world.db.dump().await {
            let hex = data_encoding::HEXLOWER.encode(CANARY.as_bytes());
            let found =
                rows.iter().any(|row| row.contains(CANARY) || row.contains(&hex) || row.contains(&receipt));
            assert!(!found, "{table} holds what was typed");
        }
        for login in ["inv1", "rev1", "admin1"] {
            let other = world.sign_in(login).await;
            let (api, pages) = (app.staff(&other), app.staff_pages(&other));
            for path in ["/cases", "/proposals", "/audit/entries"] {
                let answer = api.get(path).await;
                assert!(!answer.body.contains(CANARY), "{login} {path}");
            }
            for path in ["/staff/cases", "/staff/proposals", "/admin/staff", "/audit/entries"] {
                assert!(!pages.get(path).await.body.contains(CANARY), "{login} {path}");
            }
        }
    });
}

/// A scrape every few seconds must not tell when somebody reported.
#[test]
fn the_figures_do_not_move_when_somebody_reports() {
    in_app(async |world, app| {
        app.api(None).get("/taxonomy").await.expect(200);
        let figures = async || {
            let (status, text) = app.admin("/metrics").await;
            assert_eq!(status, 200);
            let moving = ["senim_resident_memory_bytes "];
            text.lines()
                .filter(|line| !moving.iter().any(|name| line.starts_with(name)))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let before = figures().await;
        assert!(before.contains("senim_pool_size"), "{before}");
        as_reporter(app).await;
        assert_eq!(figures().await, before);
        world.sign_in("tri1").await;
        app.api(None).get("/cases").await.refused(401);
        assert_ne!(figures().await, before, "staff are counted");
        for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/nothing", 404)] {
            assert_eq!(app.admin(path).await.0, status, "{path}");
        }
        for path in ["/metrics", "/healthz", "/readyz"] {
            assert_eq!(app.pages().get(path).await.status, 404, "{path} is for operators only");
        }
    });
}
