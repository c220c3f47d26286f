//! The auditors' page on the log, its sheet, and the entry that records a day's head once a quorum has cosigned it.

use std::fs;

use jiff::SignedDuration;
use senim::{
    audit::checkpoint::SignedCheckpoint,
    domain::role::Role,
    jobs::Runner,
    policy::RoleAt,
    usecases::{
        Error,
        export_log::ExportError,
        publish_log::publish_log,
        sequence_log::sequence_log,
        verify_log::{Outcome, VerifyError, verify_log},
    },
};
use serde_json::Value;

use crate::{
    app::{App, Pages},
    database::bytes,
    log_files::{Home, pass, signer, witness, worker},
    world::{World, in_world},
};

const ANCHORED: &str = "audit.entries where acts = '{chain.anchored}'";

/// Asks of the home's policy that the first witness cosigns.
fn ask_for_witness(home: &Home) {
    let policy = home.0.join("log/policy");
    let text = fs::read_to_string(&policy).unwrap().replace("quorum none", "quorum w1");
    fs::write(&policy, text).unwrap();
}

async fn pass_hours(world: &World, runner: &Runner, hours: usize) {
    for _ in 0..hours {
        world.advance(SignedDuration::from_hours(1));
        runner.run_due().await;
    }
}

async fn auditor<'a>(world: &World, app: &'a App) -> Pages<'a> {
    if !world.people.borrow().contains_key("aud1") {
        world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
    }
    app.staff_pages(&world.sign_in("aud1").await)
}

/// Where the page says that something is wrong, the sentences.
fn alarms(body: &str) -> Vec<&str> {
    body.split("class=\"alarm\">").skip(1).map(|rest| rest.split("</").next().unwrap()).collect()
}

#[test]
fn a_days_head_that_reached_the_quorum_is_recorded_once() {
    in_world(async |world| {
        let home = Home::new("anchored");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        let witness = witness(world, &home, 1);
        let mut owner = world.owner().await;
        // The day ends; the policy asks for no witness, so the head is public but anchored nowhere.
        pass_hours(world, &runner, 21).await;
        assert_eq!(owner.count("audit.checkpoints where public").await, 1);
        assert_eq!(owner.count("audit.anchors").await, 0);
        ask_for_witness(&home);
        // Several processes at once: the head is noted once, and the next epoch records it once.
        let others = [world.another_process(), world.another_process()];
        for other in &others {
            publish_log(other, &config.log).await.unwrap();
        }
        assert_eq!((owner.count("audit.anchors").await, owner.count(ANCHORED).await), (1, 0));
        for _ in 0..3 {
            world.advance(SignedDuration::from_mins(15));
            for other in &others {
                sequence_log(other).await.unwrap();
                publish_log(other, &config.log).await.unwrap();
            }
        }
        assert_eq!(owner.count(ANCHORED).await, 1);
        let entry = owner.rows(&format!("select n, body from {ANCHORED}")).await.remove(0);
        let body: Value = serde_json::from_slice(&bytes(&entry["body"])).unwrap();
        let public =
            SignedCheckpoint::parse(&fs::read(home.0.join("log/public/checkpoint")).unwrap()).unwrap();
        assert_eq!(body["cm"]["head"], public.head().root.hex());
        assert_eq!((&body["obj"]["k"], &body["by"]["k"]), (&"log".into(), &"system".into()));
        assert_eq!(owner.value("select n from audit.anchors").await, entry["n"]);
        // The next day's head is another one.
        pass_hours(world, &runner, 24).await;
        assert_eq!(owner.count(ANCHORED).await, 2);
        witness.stop().await;
        pass_hours(world, &runner, 24).await;
        assert_eq!(owner.count(ANCHORED).await, 2, "without its witness a head is not anchored");
        let changed = owner.refused("update audit.anchors set n = n + 1").await;
        assert!(changed.contains("recorded once"), "{changed}");
    });
}

#[test]
fn the_page_says_who_holds_the_newest_head_and_since_when_nobody_does() {
    in_world(async |world| {
        let home = Home::new("watched");
        let (runner, config) = worker(world, &home);
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let page = async || auditor(world, &app).await.get("/audit/log").await.body;
        assert!(
            page().await.contains("No head has been signed yet") || page().await.contains("ещё не подписана")
        );
        let signer_runs = signer(world, &home, &config);
        pass(world, &runner, 2).await;
        let english = async || {
            let pages = auditor(world, &app).await;
            pages.jar.borrow_mut().insert("senim-language".to_owned(), "en".to_owned());
            pages.get("/audit/log").await.body
        };
        assert!(alarms(&english().await)[0].contains("asks for no witness"));
        let policy = fs::read(home.0.join("log/policy")).unwrap();
        fs::remove_file(home.0.join("log/policy")).unwrap();
        assert!(alarms(&english().await)[0].contains("No policy is set up"));
        fs::write(home.0.join("log/policy"), policy).unwrap();
        let witness = witness(world, &home, 1);
        ask_for_witness(&home);
        assert!(alarms(&english().await)[0].contains("no head that is kept here"));
        pass(world, &runner, 1).await;
        let last = world.clock.now();
        let good = english().await;
        assert_eq!(alarms(&good), Vec::<&str>::new());
        assert!(good.contains("cosigned by the quorum") && good.contains("✓ quorum") && good.contains("w1 "));
        witness.stop().await;
        pass(world, &runner, 1).await;
        let since = format!("Unwitnessed since Mon 23 Nov 2026, {}", last.strftime("%H:%M"));
        assert!(alarms(&english().await)[0].starts_with(&since), "{since}");
        drop(signer_runs);
        app.stop().await;
    });
}

#[test]
fn epochs_without_growth_are_told_also_the_last_ones() {
    in_world(async |world| {
        let home = Home::new("gaps");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let gaps = async || {
            let pages = auditor(world, &app).await;
            pages.jar.borrow_mut().insert("senim-language".to_owned(), "en".to_owned());
            let body = pages.get("/audit/log").await.body;
            let lines = body
                .split("<li>")
                .filter(|line| line.contains("epoch, from") || line.contains("epochs, from"));
            lines.map(|line| line.split("</li>").next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        pass(world, &runner, 3).await;
        assert_eq!(gaps().await, Vec::<String>::new());
        // An epoch is skipped between two that are closed.
        world.advance(SignedDuration::from_mins(15));
        pass(world, &runner, 2).await;
        let skipped = gaps().await;
        assert_eq!(skipped.len(), 1, "{skipped:?}");
        assert!(skipped[0].starts_with("one epoch, from Mon 23 Nov 2026, "), "{skipped:?}");
        // And nothing has come since.
        world.advance(SignedDuration::from_mins(60));
        let both = gaps().await;
        assert_eq!((both.len(), &both[1]), (2, &skipped[0]), "{both:?}");
        assert!(both[0].starts_with("4 epochs, from"), "{both:?}");
        app.stop().await;
    });
}

#[test]
fn the_sheet_has_the_public_head_and_every_look_is_recorded() {
    in_world(async |world| {
        let home = Home::new("sheet");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        let witness = witness(world, &home, 1);
        ask_for_witness(&home);
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let pages = auditor(world, &app).await;
        assert!(!pages.get("/audit/log/sheet").await.body.contains("class=\"qr\""), "no day has ended");
        pass_hours(world, &runner, 21).await;
        let pages = auditor(world, &app).await;
        let sheet = pages.get("/audit/log/sheet").await;
        assert_eq!(sheet.status, 200);
        let public = fs::read_to_string(home.0.join("log/public/checkpoint")).unwrap();
        let head = *SignedCheckpoint::parse(public.as_bytes()).unwrap().head();
        let root = head.root.hex();
        assert!(sheet.body.contains(&format!("{} {}", &root[..8], &root[8..16])), "{}", sheet.body);
        // The base64 of a signature holds nothing that a page escapes but the plus sign.
        let shown = sheet.body.replace("&#43;", "+");
        assert!(public.lines().all(|line| shown.contains(line)), "{}", sheet.body);
        assert!(sheet.body.contains("class=\"qr\""));
        let log = pages.get("/audit/log").await.body;
        assert!(
            log.contains("<svg class=\"growth\"") && log.matches("class=\"bar\"").count() == 2,
            "two days"
        );
        let looks = "audit.entries where acts = '{audit.queried}' and convert_from(body, 'UTF8') like";
        let mut owner = world.owner().await;
        assert_eq!(owner.count(&format!("{looks} '%\"query\":\"sheet\"%'")).await, 2);
        assert_eq!(owner.count(&format!("{looks} '%\"query\":\"heads\"%'")).await, 1);
        let other = world.sign_in("tri1").await;
        for path in ["/audit/log", "/audit/log/sheet"] {
            assert_eq!(app.staff_pages(&other).get(path).await.status, 403, "{path}");
        }
        witness.stop().await;
        app.stop().await;
    });
}

/// The real verifier runs over the real log; one at a time; and the file that it reads is gone afterwards.
#[test]
fn the_log_is_verified_here_and_taken_along() {
    in_world(async |world| {
        let home = Home::new("verified");
        let (runner, config) = worker(world, &home);
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let pages = auditor(world, &app).await;
        let csrf = pages.get("/audit/log").await.input("csrf");
        let early = pages.post("/audit/log/verification", &[("csrf", &csrf)]).await;
        assert_eq!(early.status, 409, "no head: {}", early.body);
        assert!(early.body.contains("Ни одна вершина ещё не подписана"), "{}", early.body);
        let _signer = signer(world, &home, &config);
        let witness = witness(world, &home, 1);
        ask_for_witness(&home);
        pass(world, &runner, 4).await;
        let aud = world.sign_in("aud1").await;
        let both = (0..2).map(|_| verify_log(&world.ctx, &aud.caller, &config.log));
        let mut both = futures_util::future::join_all(both).await.into_iter();
        let (one, two) = (both.next().unwrap(), both.next().unwrap());
        let report = one.unwrap();
        assert_eq!(report.outcome(), Outcome::Good, "{:?}", report.checks);
        assert!(report.checks.iter().any(|check| check.name == "tree"), "{:?}", report.checks);
        assert!(matches!(two, Err(VerifyError::Export(ExportError::Act(Error::Busy)))));
        let pages = auditor(world, &app).await;
        let csrf = pages.get("/audit/log").await.input("csrf");
        let shown = pages.post("/audit/log/verification", &[("csrf", &csrf)]).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        assert!(
            shown.body.contains("class=\"good\" role=\"status\"")
                && shown.body.contains("give the signed root")
        );
        assert!(!shown.body.contains("/staff/language"), "another language would need it verified again");
        assert_eq!(pages.post("/audit/log/verification", &[("csrf", "x")]).await.status, 403);
        let left = fs::read_dir(home.0.join("log")).unwrap().map(|file| file.unwrap().file_name());
        assert!(left.map(|name| name.into_string().unwrap()).all(|name| !name.starts_with("verification")));
        let taken = pages.get("/audit/log/bundle").await;
        assert_eq!((taken.status, taken.header("content-type")), (200, "application/x-tar"));
        let looks = "audit.entries where acts = '{audit.queried}' and convert_from(body, 'UTF8') like";
        let mut owner = world.owner().await;
        assert_eq!(owner.count(&format!("{looks} '%\"query\":\"verification\"%'")).await, 3);
        assert_eq!(owner.count(&format!("{looks} '%\"query\":\"bundle\"%'")).await, 1);
        let other = world.sign_in("tri1").await;
        assert_eq!(app.staff_pages(&other).get("/audit/log/bundle").await.status, 403);
        witness.stop().await;
        app.stop().await;
    });
}
