//! The application and PostgreSQL are killed with -9 under load, at moments that a seed chooses. What was answered 201
//! is there afterwards, nothing is half there, and the log is whole (DESIGN section 10, "Faults").

use std::{
    cell::{Cell, RefCell},
    fs,
    time::Duration,
};

use futures_util::future::join_all;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rand::{RngExt, rngs::StdRng};
use senim::crypto::random::Entropy;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    living::{Living, Said, Visitor, long, until},
    record,
};

/// What decides the moments.
const SEED: u64 = 0x0c4a_5b00;
/// Rounds, and in the long form.
const ROUNDS: (u32, u32) = (3, 50);
/// Reporters at once.
const REPORTERS: u64 = 6;
/// Reports taken before a kill, at most.
const MOST: usize = 25;
/// Microseconds from the last report counted to the kill, at most: several of the next are under way then.
const JITTER: u64 = 20_000;

/// Rows of which there must be none: what a case cannot be without.
const HALVES: &[(&str, &str)] = &[
    (
        "a case lacks an epoch",
        "cases c where (select count(*) from case_epochs e where e.case_id = c.id) <> c.epoch",
    ),
    (
        "a case lacks its report",
        "cases c where (select count(*) from case_items i where i.case_id = c.id and i.kind = 'report' \
         and i.sealed is not null) <> 1",
    ),
    (
        "a case lacks its acknowledgement",
        "cases c where (select count(*) from case_items i where i.case_id = c.id and i.template = 'acknowledged') <> 1",
    ),
    ("nobody may open a case", "cases c where not exists (select from case_grants g where g.case_id = c.id)"),
    (
        "an epoch is not wrapped to reporter and recovery",
        "case_epochs e where (select count(*) from case_wraps w where w.case_id = e.case_id and w.epoch = e.epoch \
         and w.holder_kind in ('reporter', 'recovery')) <> 2",
    ),
    (
        "a grant lacks its wrap",
        "case_grants g join cases c on c.id = g.case_id where g.revoked_on is null and g.recused_on is null \
         and not exists (select from case_wraps w where w.case_id = c.id and w.epoch = c.epoch \
         and w.holder_id = g.staff_id)",
    ),
    (
        "a case does not stand at its last entry",
        "cases c where (select count(*) from audit.entries e where e.obj_kind = 'case' and e.obj_id = c.audit_id) \
         <> c.audit_n",
    ),
    (
        "a piece lacks its entry",
        "case_items i join cases c on c.id = i.case_id where not exists (select from audit.entries e \
         where e.obj_kind = 'case' and e.obj_id = c.audit_id and e.n = i.n)",
    ),
    (
        "an entry of a message lacks its piece",
        "audit.entries e join cases c on e.obj_kind = 'case' and e.obj_id = c.audit_id \
         where 'mailbox.message' = any (e.acts) and not exists (select from case_items i \
         where i.case_id = c.id and i.n = e.n)",
    ),
];

/// What dies.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// The server.
    App,
    /// PostgreSQL's first process: the others end when they notice. The server starts it again.
    Postgres,
    /// Both at the same time.
    Both,
    /// One session of PostgreSQL, which then throws out all others and recovers.
    Session,
}

const FAULTS: [Fault; 4] = [Fault::App, Fault::Postgres, Fault::Both, Fault::Session];

/// What somebody was told is done.
struct Told {
    receipt: String,
    reference: String,
    /// Messages of theirs that were taken.
    written: usize,
    /// What the desk wrote and was told is sent.
    heard: Vec<String>,
}

struct Scene {
    living: Living,
    rng: StdRng,
    told: RefCell<Vec<Told>>,
    stop: Cell<bool>,
}

/// A report, and now and then a message after it, until it is over.
async fn report_again_and_again(scene: &Scene, mut rng: StdRng) {
    let visitor = scene.living.visitor();
    let mut number = 0;
    while !scene.stop.get() {
        number += 1;
        let body = json!({"language": "en", "category": "bribery", "narrative": format!("Story {number}.")});
        let Some(said) = visitor.post("/reports", None, &body).await else {
            sleep(Duration::from_millis(5)).await;
            continue;
        };
        if !said.is(&[201]) {
            sleep(Duration::from_millis(5)).await;
            continue;
        }
        let (receipt, reference) = (said.text("receipt"), said.text("reference"));
        let told = Told { receipt: receipt.clone(), reference, written: 0, heard: Vec::new() };
        let place = scene.told.borrow().len();
        scene.told.borrow_mut().push(told);
        if rng.random_ratio(1, 3) && write(&visitor, &receipt).await.is_some() {
            scene.told.borrow_mut()[place].written += 1;
        }
    }
}

/// A message of a reporter's, if it was taken.
async fn write(visitor: &Visitor, receipt: &str) -> Option<()> {
    let token = visitor.open_inbox(receipt).await?;
    let said = visitor.post("/inbox/messages", Some(&token), &json!({"text": "More."})).await?;
    said.is(&[201]).then_some(())
}

/// The mailbox of a receipt. The first request on each connection that the kill broke is told to come back.
async fn read(visitor: &Visitor, receipt: &str) -> Said {
    let inbox = RefCell::new(None);
    until("the mailbox opens", async || {
        let Some(token) = visitor.open_inbox(receipt).await else { return false };
        let said = visitor.get("/inbox", &token).await.filter(|said| said.is(&[200]));
        inbox.replace(said);
        inbox.borrow().is_some()
    })
    .await;
    inbox.into_inner().unwrap()
}

/// A triager attests and writes to reporters until it is over, or the session is gone with the database.
async fn answer_again_and_again(scene: &Scene, login: &str, mut rng: StdRng) -> Option<()> {
    let visitor = scene.living.visitor();
    let token = scene.living.sign_in(&visitor, login).await?;
    let mut number = 0;
    while !scene.stop.get() {
        let list = visitor.get("/cases?state=received&limit=100", &token).await?;
        if !list.is(&[200, 401]) || list.status == 401 {
            return None;
        }
        let known = |line: &&serde_json::Value| {
            scene.told.borrow().iter().any(|told| line["reference"] == told.reference.as_str())
        };
        let lines: Vec<_> = list.body["cases"].as_array().unwrap().iter().filter(known).collect();
        if lines.is_empty() {
            sleep(Duration::from_millis(5)).await;
            continue;
        }
        let line = lines[rng.random_range(0..lines.len())];
        let case = format!("/cases/{}", line["id"].as_str().unwrap());
        if line["attested"] == false {
            let said = visitor.post(&format!("{case}/attestation"), Some(&token), &json!({})).await?;
            if !said.is(&[204, 401]) || said.status == 401 {
                return None;
            }
        }
        number += 1;
        let text = format!("Letter {number} of {login}.");
        let said = visitor.post(&format!("{case}/messages"), Some(&token), &json!({"text": text})).await?;
        if !said.is(&[201, 401]) || said.status == 401 {
            return None;
        }
        let mut all = scene.told.borrow_mut();
        let told = all.iter_mut().find(|told| line["reference"] == told.reference.as_str());
        told.unwrap().heard.push(text);
    }
    Some(())
}

impl Scene {
    /// Load, a kill, and everything running again.
    async fn round(&mut self, number: u32, fault: Fault) {
        let goal = self.told.borrow().len() + self.rng.random_range(1..=MOST);
        let moment = Duration::from_micros(self.rng.random_range(0..JITTER));
        let base = SEED ^ (u64::from(number) << 8);
        self.stop.set(false);
        let scene = &*self;
        let reporters =
            (0..REPORTERS).map(|one| report_again_and_again(scene, Entropy::seeded(base ^ one).rng()));
        let triager = ["triager1", "triager2"][usize::from(number % 2 == 1)];
        let staff = answer_again_and_again(scene, triager, Entropy::seeded(base ^ REPORTERS).rng());
        let killer = async {
            until("enough reports are taken", async || scene.told.borrow().len() >= goal).await;
            sleep(moment).await;
            scene.strike(fault).await;
            if matches!(fault, Fault::Postgres | Fault::Session) {
                let goal = scene.told.borrow().len() + 3;
                until("reports are taken again", async || scene.told.borrow().len() >= goal).await;
            }
            scene.stop.set(true);
        };
        tokio::join!(join_all(reporters), staff, killer);
        if matches!(fault, Fault::App | Fault::Both) {
            self.living.restart();
        }
    }

    async fn strike(&self, fault: Fault) {
        let app = self.living.server.process.pid();
        let postgres = || {
            let text = fs::read_to_string(self.living.cluster.join("data/postmaster.pid")).unwrap();
            Pid::from_raw(text.lines().next().unwrap().trim().parse().unwrap())
        };
        match fault {
            Fault::App => kill(app, Signal::SIGKILL).unwrap(),
            Fault::Postgres => kill(postgres(), Signal::SIGKILL).unwrap(),
            Fault::Both => {
                // Stopped first, so that it does not start the database again in between.
                kill(app, Signal::SIGSTOP).unwrap();
                kill(postgres(), Signal::SIGKILL).unwrap();
                kill(app, Signal::SIGKILL).unwrap();
            }
            Fault::Session => {
                let mut owner = self.living.owner().await;
                let of_the_app = "select min(pid) from pg_stat_activity where usename = 'senim_app'";
                let pid = owner.value(of_the_app).await.as_i64().unwrap();
                kill(Pid::from_raw(pid.try_into().unwrap()), Signal::SIGKILL).unwrap();
            }
        }
    }

    /// Every answered report from this one on opens by its receipt and holds what was taken; nothing is half there.
    async fn check(&mut self, from: usize) {
        let visitor = self.living.visitor();
        for told in self.told.get_mut().iter().skip(from) {
            let inbox = read(&visitor, &told.receipt).await;
            assert_eq!(inbox.text("reference"), told.reference);
            let letters = inbox.body["messages"].as_array().unwrap();
            let from = |who: &str| letters.iter().filter(|letter| letter["from"] == who).count();
            assert!(from("system") >= 1 && from("reporter") >= told.written, "{inbox:?}");
            for text in &told.heard {
                assert!(letters.iter().any(|letter| letter["text"] == text.as_str()), "{text}: {inbox:?}");
            }
        }
        let mut owner = self.living.owner().await;
        for (what, rows) in HALVES {
            assert_eq!(owner.count(rows).await, 0, "{what}");
        }
        record::check_log(&mut owner).await;
    }
}

#[test]
fn what_was_answered_survives_kills_and_nothing_is_half_there() {
    let rounds = if long() { ROUNDS.1 } else { ROUNDS.0 };
    let mut scene = Scene {
        living: Living::start("crash"),
        rng: Entropy::seeded(SEED).rng(),
        told: RefCell::default(),
        stop: Cell::new(false),
    };
    actix_web::rt::System::new().block_on(async {
        for (number, fault) in (0..rounds).zip(FAULTS.into_iter().cycle()) {
            let before = scene.told.borrow().len();
            scene.round(number, fault).await;
            scene.check(before).await;
        }
        scene.check(0).await;
        scene.living.finish_tasks().await;
    });
    scene.living.end();
}
