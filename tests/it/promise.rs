//! The promise that a reporter may be given: kept, broken, altered, too early; where it is to be had; and that asking for
//! it leaves nothing behind.

use std::{fs, path::Path, process::Command};

use jiff::SignedDuration;
use senim::{
    audit::{
        checkpoint::SignedCheckpoint,
        tile::{BundleId, changed_bundles},
    },
    domain::ids::DeskId,
    jobs::Runner,
    witness::Server,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, App, Pages, in_app},
    database::bytes,
    log_files::{Home, signer, witness, worker},
    people::ReporterActor,
    world::{World, in_world},
};

/// Routes everything to a desk whose profile gives promises.
async fn give_promises(world: &World) -> DeskId {
    world.route_all_to("iso", "iso_default").await
}

/// A log with one witness, whose cosignature is the quorum.
struct Ground {
    home: Home,
    runner: Runner,
    witness: Server,
    _signer: tokio::sync::oneshot::Sender<()>,
}

impl Ground {
    async fn lay(world: &World, name: &str) -> Self {
        let home = Home::new(name);
        let (runner, config) = worker(world, &home);
        let signer = signer(world, &home, &config);
        let witness = witness(world, &home, 1);
        let policy = home.0.join("log/policy");
        let text = fs::read_to_string(&policy).unwrap().replace("quorum none", "quorum w1");
        fs::write(&policy, text).unwrap();
        let ground = Self { home, runner, witness, _signer: signer };
        ground.pass_hours(world, 3).await;
        ground
    }

    async fn pass_hours(&self, world: &World, hours: usize) {
        for _ in 0..hours {
            world.advance(SignedDuration::from_hours(1));
            self.runner.run_due().await;
        }
    }

    fn public(&self) -> std::path::PathBuf {
        self.home.0.join("log/public")
    }

    fn promise(&self, text: &str) -> std::path::PathBuf {
        let path = self.home.0.join("note.txt");
        fs::write(&path, text).unwrap();
        path
    }

    /// What an outsider is told with the public files alone.
    fn check(&self, text: &str, more: &[&str]) -> (i32, Value) {
        let promise = self.promise(text);
        check(&promise, &self.public(), more)
    }
}

fn check(promise: &Path, files: &Path, more: &[&str]) -> (i32, Value) {
    let mut senim = Command::new(env!("CARGO_BIN_EXE_senim"));
    senim.args(["audit", "receipt", "--json"]).arg(promise).arg("--files").arg(files).args(more);
    let done = senim.env_clear().output().unwrap();
    let line = String::from_utf8(done.stdout).unwrap();
    (done.status.code().unwrap(), serde_json::from_str(&line).unwrap())
}

#[track_caller]
fn says(told: &(i32, Value), code: i32, words: &str) {
    assert_eq!(told.0, code, "{}", told.1);
    assert!(told.1.to_string().contains(words), "{words} in {}", told.1);
}

async fn mailbox<'a>(app: &'a App, receipt: &str) -> Pages<'a> {
    let pages = app.pages();
    assert_eq!(pages.post("/en/inbox", &[("receipt", receipt)]).await.status, 303);
    pages
}

async fn ask_page(pages: &Pages<'_>) -> Answer {
    let csrf = pages.get("/en/inbox/proof").await.input("csrf");
    pages.post("/en/inbox/proof", &[("csrf", &csrf)]).await
}

async fn promise_of(app: &App, reporter: &ReporterActor) -> String {
    let given = ask_page(&mailbox(app, &reporter.receipt).await).await;
    assert_eq!(given.status, 200, "{}", given.body);
    given.body
}

#[test]
fn a_promise_is_checked_with_the_public_files_alone() {
    in_world(async |world| {
        give_promises(world).await;
        let ground = Ground::lay(world, "promise").await;
        let app = App::start(world, &[("SENIM_HOME", ground.home.text())]);
        let reporter = world.submit("Something.").await;
        let promise = promise_of(&app, &reporter).await;
        says(&ground.check(&promise, &[]), 2, "checkpoint");
        ground.pass_hours(world, 20).await;
        says(&ground.check(&promise, &[]), 2, "too early");
        ground.pass_hours(world, 24).await;
        let told = ground.check(&promise, &[]);
        says(&told, 0, "The promise is kept");
        let place = "select l.idx from audit.leaves l join audit.entries e using (eid) \
                     where 'report.received' = any(e.acts)";
        assert_eq!(told.1["index"], world.owner().await.value(place).await);
        assert_eq!(promise_of(&app, &reporter).await, promise, "on every day the same");
        altered_promises_are_refused(&ground, &promise);
        altered_files_are_noticed(&ground, &promise);
        ground.witness.stop().await;
        app.stop().await;
    });
}

fn altered_promises_are_refused(ground: &Ground, promise: &str) {
    let lines: Vec<&str> = promise.lines().collect();
    let other_day = promise.replace(lines[3], "2026-11-20");
    let other_record =
        promise.replacen(&lines[2][..4], if lines[2].starts_with("AAAA") { "BBBB" } else { "AAAA" }, 1);
    let other_log = promise.replacen(lines[1], "other.example/log", 1);
    for altered in [&other_day, &other_record] {
        says(&ground.check(altered, &[]), 3, "signature is false");
    }
    says(&ground.check(&other_log, &[]), 3, "no key other.example/log/receipts");
    says(&ground.check("nothing", &[]), 2, "no promise");
    // The key that signs heads does not sign promises.
    let keys = ground.home.0.join("other-keys");
    let own = fs::read_to_string(ground.public().join("keys")).unwrap();
    fs::write(&keys, own.lines().next().unwrap()).unwrap();
    says(&ground.check(promise, &["--keys", keys.to_str().unwrap()]), 3, "There is no key");
    let policy = ground.home.0.join("other-policy");
    let text = fs::read_to_string(ground.public().join("policy")).unwrap();
    fs::write(&policy, text.lines().filter(|line| !line.starts_with("log ")).collect::<Vec<_>>().join("\n"))
        .unwrap();
    says(&ground.check(promise, &["--policy", policy.to_str().unwrap()]), 3, "not signed by a log key");
}

fn altered_files_are_noticed(ground: &Ground, promise: &str) {
    let public = ground.public();
    let head = SignedCheckpoint::parse(&fs::read(public.join("checkpoint")).unwrap()).unwrap();
    let first: BundleId = changed_bundles(0, head.head().size).next().unwrap();
    let path = public.join(first.to_string());
    let good = fs::read(&path).unwrap();
    let mut bad = good.clone();
    bad[40] ^= 1;
    fs::write(&path, &bad).unwrap();
    says(&ground.check(promise, &[]), 1, "say nothing about the promise");
    fs::remove_file(&path).unwrap();
    says(&ground.check(promise, &[]), 2, "is missing");
    fs::write(&path, good).unwrap();
    says(&ground.check(promise, &[]), 0, "kept");
}

/// Attack 18 of audit-log.md 7.1, on a living database: an entry and its place in the queue are deleted before they are in
/// the tree, with the triggers off. The log itself is whole afterwards; only the promise finds it.
#[test]
fn attack_18_a_deleted_entry_is_found_by_the_promise() {
    in_world(async |world| {
        give_promises(world).await;
        let ground = Ground::lay(world, "attack18").await;
        let app = App::start(world, &[("SENIM_HOME", ground.home.text())]);
        let (victim, other) = (world.submit("Something.").await, world.submit("Another.").await);
        let promise = promise_of(&app, &victim).await;
        let spared = promise_of(&app, &other).await;
        let mut owner = world.owner().await;
        let entry = format!("(select audit_id from cases where id = '{}')", victim.case);
        owner
            .run(&format!(
                "create table kept as select * from audit.entries where obj_id = {entry};
                 delete from audit.pending where eid in (select eid from kept);
                 alter table audit.entries disable trigger user;
                 delete from audit.entries where eid in (select eid from kept);
                 alter table audit.entries enable always trigger no_change"
            ))
            .await
            .unwrap();
        ground.pass_hours(world, 44).await;
        says(&ground.check(&promise, &[]), 2, "too early");
        says(&ground.check(&spared, &[]), 0, "kept");
        ground.pass_hours(world, 24).await;
        let told = ground.check(&promise, &[]);
        says(&told, 1, "The promise is broken");
        assert_eq!(told.1["index"], Value::Null);
        says(&ground.check(&spared, &[]), 0, "kept");
        // What the record does not hold is not promised again.
        let refused = ask_page(&mailbox(&app, &victim.receipt).await).await;
        assert_eq!(refused.status, 500, "{}", refused.body);
        owner
            .run(
                "insert into audit.entries (eid, obj_kind, obj_id, n, prev, body, commitment, acts, day, moment, status_from, status_to) select eid, obj_kind, obj_id, n, prev, body, commitment, acts, day, moment, status_from, status_to from kept;
                 insert into audit.pending select eid, now() from kept; drop table kept",
            )
            .await
            .unwrap();
        ground.witness.stop().await;
        app.stop().await;
    });
}

#[test]
fn without_witnesses_nobody_can_say_that_a_promise_is_broken() {
    in_world(async |world| {
        give_promises(world).await;
        let home = Home::new("promise-alone");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let early = world.submit("Something.").await;
        let promise = promise_of(&app, &early).await;
        for _ in 0..24 {
            world.advance(SignedDuration::from_hours(1));
            runner.run_due().await;
        }
        fs::write(home.0.join("note.txt"), &promise).unwrap();
        let told = check(&home.0.join("note.txt"), &home.0.join("log/public"), &[]);
        says(&told, 2, "no witness says when");
        app.stop().await;
    });
}

#[test]
fn a_profile_that_gives_no_promises_shows_nothing_of_them() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let pages = mailbox(app, &reporter.receipt).await;
        assert!(!pages.get("/en/inbox").await.body.contains("/inbox/proof"));
        assert_eq!(pages.get("/en/inbox/proof").await.status, 404);
        let csrf = pages.get("/en/inbox").await.input("csrf");
        assert_eq!(pages.post("/en/inbox/proof", &[("csrf", &csrf)]).await.status, 404);
        let token = session(app, &reporter.receipt).await;
        assert_eq!(app.api(Some(&token)).order("/inbox/proof").await.refused(404), "not_found");
    });
}

async fn session(app: &App, receipt: &str) -> String {
    let opened = app.api(None).post("/inbox/sessions", &json!({"receipt": receipt})).await.expect(201);
    opened["token"].as_str().unwrap().to_owned()
}

/// Stands in what is reported here.
const CANARY: &str = "zqpromisekanareika";

#[test]
fn asking_for_a_promise_leaves_no_trace_and_tells_nothing_of_the_case() {
    in_app(async |world, app| {
        give_promises(world).await;
        let reporter = world.submit(CANARY).await;
        let (before, figures) = (world.db.dump().await, app.admin("/metrics").await.1);
        let pages = mailbox(app, &reporter.receipt).await;
        assert!(pages.get("/en/inbox").await.body.contains("/en/inbox/proof"));
        let explained = pages.get("/en/inbox/proof").await;
        assert!(explained.body.contains("learns that you reported"), "before, not after");
        assert!(!explained.body.contains("senim/promise"), "nothing is given unasked");
        let given = ask_page(&pages).await;
        assert_eq!(given.header("content-disposition"), "attachment; filename=\"note.txt\"");
        assert_eq!(given.header("content-type"), "text/plain; charset=utf-8");
        let by_api =
            app.api(Some(&session(app, &reporter.receipt).await)).order("/inbox/proof").await.expect(200);
        assert_eq!(by_api["promise"], given.body.as_str());
        assert_eq!(given.body.lines().nth(3), by_api["by"].as_str());
        assert_eq!(by_api["by"], "2026-11-25", "the report is of the 23rd");
        assert_eq!(world.db.dump().await, before, "a trace in a table");
        assert_eq!(moving(&app.admin("/metrics").await.1), moving(&figures), "a trace in the figures");
        let commitment = "select commitment from audit.entries where 'report.received' = any(acts)";
        let commitment = bytes(&world.owner().await.value(commitment).await);
        assert_eq!(given.body.lines().nth(2), Some(data_encoding::BASE64.encode(&commitment).as_str()));
        let case =
            world.owner().await.rows("select reference, id::text, audit_id::text, category from cases").await;
        let case = case[0].as_object().unwrap().values().map(|value| value.as_str().unwrap());
        for secret in case.chain([CANARY, reporter.receipt.as_str()]) {
            assert!(!given.body.contains(secret), "{secret} in {}", given.body);
        }
    });
}

/// What the figures say of the public.
fn moving(figures: &str) -> Vec<&str> {
    figures.lines().filter(|line| !line.starts_with("senim_resident_memory_bytes ")).collect()
}

#[test]
fn a_promise_is_given_to_nobody_without_the_open_mailbox_and_its_form() {
    in_app(async |world, app| {
        give_promises(world).await;
        let reporter = world.submit("Something.").await;
        app.api(None).order("/inbox/proof").await.refused(401);
        app.api(Some("nothing")).order("/inbox/proof").await.refused(401);
        let stranger = app.pages();
        assert!(stranger.get("/ru/inbox/proof").await.body.contains("name=\"receipt\""));
        assert_eq!(stranger.post("/ru/inbox/proof", &[("csrf", "x")]).await.status, 401);
        let pages = mailbox(app, &reporter.receipt).await;
        let forged = pages.post("/en/inbox/proof", &[("csrf", "x")]).await;
        assert_eq!(forged.status, 403, "{}", forged.body);
        let csrf = pages.get("/en/inbox").await.input("csrf");
        world.advance(SignedDuration::from_mins(31));
        let late = pages.post("/en/inbox/proof", &[("csrf", &csrf)]).await;
        assert_eq!(late.status, 401);
        assert!(late.body.contains("name=\"receipt\""));
    });
}
