//! The sequencer, the signer and PostgreSQL are killed with -9 while the tree grows every second and people report, at moments
//! that a seed chooses (attack 26 of audit-log.md 7.1). Afterwards there is no gap, no leaf twice, no entry lost; the signer
//! went only forwards and signed one root for each size; what was answered is there, and the log verifies.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fs,
    time::Duration,
};

use futures_util::future::join_all;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rand::{RngExt, rngs::StdRng};
use senim::{
    audit::{checkpoint::SignedCheckpoint, tree, tree::Hash, verify::Pace},
    crypto::{random::Entropy, staff_keys::StaffPublic},
    signer::State,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    database::{Sql, bytes},
    kept::Kept,
    living::{Beside, Living, long, until},
    record,
};

const SEED: u64 = 0x0c4a_5b26;
/// Rounds, and in the long form.
const ROUNDS: (u32, u32) = (3, 50);
const REPORTERS: u64 = 3;
/// Milliseconds under load before the kill, at most: more than an epoch.
const MOST: u64 = 1_500;
/// The pace of the log, as a bundle of it is verified too: an epoch each second; what a reporter caused enters within four.
pub const PACE: &str = "log_epoch_seconds = 1\nlog_quantum = 64\nlog_day_seconds = 2\n";

/// What dies.
#[derive(Debug, Clone, Copy)]
enum Victim {
    Sequencer,
    Signer,
    Postgres,
}

const VICTIMS: [Victim; 3] = [Victim::Sequencer, Victim::Signer, Victim::Postgres];

struct Scene {
    living: Living,
    worker: Beside,
    signer: Beside,
    rng: StdRng,
    references: RefCell<Vec<String>>,
    stop: Cell<bool>,
    /// Every root that was ever seen signed, by size.
    signed: BTreeMap<u64, Hash>,
    /// The size that the signer's state last held.
    last: u64,
}

impl Scene {
    fn begin() -> Self {
        let living = Living::start_with("log-crash", PACE);
        living.home.good(&["signer", "keygen"]);
        let signer = Beside::start(&living.home, &["signer"]);
        let worker = Beside::start(&living.home, &["work"]);
        Self {
            living,
            worker,
            signer,
            rng: Entropy::seeded(SEED).rng(),
            references: RefCell::default(),
            stop: Cell::new(false),
            signed: BTreeMap::new(),
            last: 0,
        }
    }

    /// Reports one after the other until it is over.
    async fn report(&self, number: u64) {
        let visitor = self.living.visitor();
        while !self.stop.get() {
            let body =
                json!({"language": "en", "category": "bribery", "narrative": format!("Story {number}.")});
            match visitor.post("/reports", None, &body).await {
                Some(said) if said.is(&[201]) => self.references.borrow_mut().push(said.text("reference")),
                _ => sleep(Duration::from_millis(20)).await,
            }
            sleep(Duration::from_millis(30)).await;
        }
    }

    async fn round(&mut self, victim: Victim) {
        let moment = Duration::from_millis(self.rng.random_range(0..MOST));
        self.stop.set(false);
        let scene = &*self;
        let victim_pid = match victim {
            Victim::Sequencer => scene.worker.pid(),
            Victim::Signer => scene.signer.pid(),
            Victim::Postgres => scene.postgres(),
        };
        let killer = async {
            sleep(moment).await;
            kill(victim_pid, Signal::SIGKILL).unwrap();
            // As many as are under way may have been taken before.
            let goal = scene.references.borrow().len() + 9;
            until("reports are taken again", async || scene.references.borrow().len() >= goal).await;
            scene.stop.set(true);
        };
        tokio::join!(join_all((0..REPORTERS).map(|one| scene.report(one))), killer);
        match victim {
            Victim::Sequencer => self.worker = Beside::start(&self.living.home, &["work"]),
            Victim::Signer => self.signer = Beside::start(&self.living.home, &["signer"]),
            Victim::Postgres => {}
        }
    }

    fn postgres(&self) -> Pid {
        let text = fs::read_to_string(self.living.cluster.join("data/postmaster.pid")).unwrap();
        Pid::from_raw(text.lines().next().unwrap().trim().parse().unwrap())
    }

    /// The log goes on, and everything in it fits together while it does.
    async fn check(&mut self) {
        let living = &self.living;
        let newest = "select coalesce(max(size), 0) from audit.checkpoints";
        let before = living.owner().await.value(newest).await.as_i64().unwrap();
        until("another head is signed", async || {
            living.owner().await.value(newest).await.as_i64().unwrap() > before
        })
        .await;
        let mut owner = living.owner().await;
        let said = self.living.home.good(&["audit", "reconcile"]);
        assert!(said.contains("signed heads"), "{said}");
        self.one_root_for_each_size(&mut owner).await;
        let answered = self.references.borrow().clone();
        for reference in answered {
            let there = format!(
                "cases c join audit.entries e on e.obj_id = c.audit_id and e.n = 1 where c.reference = '{reference}'"
            );
            assert_eq!(owner.count(&there).await, 1, "{reference} was answered");
        }
    }

    async fn one_root_for_each_size(&mut self, owner: &mut Sql) {
        for row in owner.rows("select note from audit.checkpoints").await {
            let signed = SignedCheckpoint::parse(row["note"].as_str().unwrap().as_bytes()).unwrap();
            let (size, root) = (signed.head().size, signed.head().root);
            assert_eq!(*self.signed.entry(size).or_insert(root), root, "two roots of {size} leaves");
        }
        let state = State::parse(&fs::read(self.living.home.path("signer/state")).unwrap()).unwrap();
        let head = *state.head();
        assert!(head.size >= self.last, "the signer went back from {} to {}", self.last, head.size);
        self.last = head.size;
        let leaves = format!("select commitment from audit.leaves where idx < {} order by idx", head.size);
        let leaves: Vec<Hash> =
            owner.rows(&leaves).await.iter().map(|row| tree::leaf(&bytes(&row["commitment"]))).collect();
        assert_eq!(tree::root(&leaves), head.root, "what the signer signed last is in the tree");
    }

    /// Nothing moves any more: what reporters caused is in the tree, and the whole log verifies.
    async fn end(self) {
        let Self { living, worker, signer, .. } = self;
        until("everything is in the tree", async || living.owner().await.count("audit.pending").await == 0)
            .await;
        drop((worker, signer));
        kill(living.server.process.pid(), Signal::SIGSTOP).unwrap();
        let mut owner = living.owner().await;
        record::check_log(&mut owner).await;
        let now = senim::domain::clock::Clock::system().now().as_second();
        let mut kept = Kept::of(&mut owner, now).await;
        kept.pace = Pace { epoch: 1, day: 2, ..Pace::default() };
        let faults = kept.faults(&founders(&mut owner).await);
        assert_eq!(faults, []);
        kill(living.server.process.pid(), Signal::SIGCONT).unwrap();
        living.finish_tasks().await;
        living.end();
    }
}

/// The keys of the two who founded the instance, which signed each other in.
async fn founders(owner: &mut Sql) -> Vec<[u8; 32]> {
    let rows =
        owner.rows("select body from directory_entries where version in (1, 2) order by version").await;
    let key = |row: &Value| {
        let body: Value = serde_json::from_slice(&bytes(&row["body"])).unwrap();
        let keys = data_encoding::HEXLOWER.decode(body["keys"].as_str().unwrap().as_bytes()).unwrap();
        StaffPublic::parse(&keys).unwrap().sign.to_bytes()
    };
    rows.iter().map(key).collect()
}

#[test]
fn attack_26_kills_of_sequencer_signer_and_database_leave_the_log_whole() {
    let rounds = if long() { ROUNDS.1 } else { ROUNDS.0 };
    let mut scene = Scene::begin();
    actix_web::rt::System::new().block_on(async {
        for (_, victim) in (0..rounds).zip(VICTIMS.into_iter().cycle()) {
            scene.round(victim).await;
            scene.check().await;
        }
        assert!(scene.signed.len() > 3, "heads were signed all along");
        scene.end().await;
    });
}
