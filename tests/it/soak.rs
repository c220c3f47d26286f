//! The real server under mixed load for a while: nothing grows without bound, nothing is refused but honestly, nothing
//! is left behind.

use std::{cell::RefCell, fs};

use futures_util::future::join_all;
use rand::{RngExt, rngs::StdRng};
use senim::crypto::random::Entropy;
use serde_json::{Value, json};

use crate::{
    living::{Living, Visitor, long, until},
    record,
};

/// What decides who does what.
const SEED: u64 = 0x50a4;
/// Acts of one reporter, and in the long form. The others do a tenth of that: who reads a case opens every letter in it.
const ACTS: (u32, u32) = (60, 3000);
/// Reporters at once.
const REPORTERS: u64 = 4;
/// Triagers at once.
const TRIAGERS: [&str; 2] = ["triager1", "triager2"];
/// What memory may grow by after the warm-up, KiB. What grows lawfully is bounded and small: the parts of the heap that
/// each thread keeps, statements cached by database connections made later, and the buffer of another password. In the
/// long form, of more than 20,000 requests, 24 MiB are about 1 KiB for each: whatever stays behind of a request shows.
const GROWTH: u64 = 24 * 1024;

/// The acts of one part of the run: the warm-up and the rest differ only in number.
struct Part<'a> {
    living: &'a Living,
    acts: u32,
    round: u64,
    /// Receipts of reports that were taken.
    receipts: &'a RefCell<Vec<String>>,
}

impl Part<'_> {
    async fn run(&self, sessions: &[String]) {
        let rng = |who: u64| Entropy::seeded(SEED ^ (self.round << 32) ^ who).rng();
        let reporters = (0..REPORTERS).map(|one| self.report(rng(one)));
        let staff = (REPORTERS..).zip(sessions).map(|(one, token)| self.work(token, rng(one)));
        tokio::join!(join_all(reporters), join_all(staff), self.guess());
    }

    /// A reporter: reports, looks into the mailbox, writes.
    async fn report(&self, mut rng: StdRng) {
        let visitor = self.living.visitor();
        for number in 0..self.acts {
            let known = self.receipts.borrow().len();
            if known == 0 || rng.random_ratio(1, 2) {
                let narrative = "They asked for money. ".repeat(rng.random_range(1..200));
                let body = json!({"language": "kk", "category": "bribery", "narrative": narrative});
                let said = visitor.post("/reports", None, &body).await.expect("an answer");
                if said.is(&[201]) {
                    self.receipts.borrow_mut().push(said.text("receipt"));
                }
                continue;
            }
            let receipt = self.receipts.borrow()[rng.random_range(0..known)].clone();
            let Some(token) = visitor.open_inbox(&receipt).await else { continue };
            visitor.get("/inbox", &token).await.expect("an answer").is(&[200]);
            if rng.random_ratio(1, 2) {
                let body = json!({"text": format!("More, {number}.")});
                visitor.post("/inbox/messages", Some(&token), &body).await.expect("an answer").is(&[201]);
            }
        }
    }

    /// A triager: looks through the list, attests, reads, writes.
    async fn work(&self, token: &str, mut rng: StdRng) {
        let visitor = self.living.visitor();
        for number in 0..self.acts / 10 {
            let list = visitor.get("/cases?limit=50", token).await.expect("an answer");
            if !list.is(&[200]) {
                continue;
            }
            let open = |line: &&Value| line["status"] == "received";
            let lines: Vec<&Value> = list.body["cases"].as_array().unwrap().iter().filter(open).collect();
            if lines.is_empty() {
                continue;
            }
            let line = lines[rng.random_range(0..lines.len())];
            let case = format!("/cases/{}", line["id"].as_str().unwrap());
            self.handle(&visitor, token, &case, number).await;
        }
    }

    async fn handle(&self, visitor: &Visitor, token: &str, case: &str, number: u32) {
        let attestation = format!("{case}/attestation");
        visitor.post(&attestation, Some(token), &json!({})).await.expect("an answer").is(&[204]);
        visitor.get(case, token).await.expect("an answer").is(&[200]);
        let body = json!({"text": format!("We look into it, {number}.")});
        let messages = format!("{case}/messages");
        visitor.post(&messages, Some(token), &body).await.expect("an answer").is(&[201]);
    }

    /// Somebody who guesses at names and passwords.
    async fn guess(&self) {
        let visitor = self.living.visitor();
        for number in 0..self.acts / 10 {
            let login = format!("nobody.{}.{number}", self.round);
            let body = json!({"login": login, "password": "wrong password", "totp": "000000"});
            visitor.post("/staff/sessions", None, &body).await.expect("an answer").is(&[401]);
        }
    }
}

/// Resident memory of the server, KiB.
fn resident(living: &Living) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", living.server.process.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Everything that the server gave out came back: connections to the database and from clients.
async fn nothing_is_held(living: &Living) {
    let admin = living.server.printed.split_once("Operators: ").unwrap().1.trim();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    until("the pool has every connection back", async || {
        let answer = http.get(format!("{admin}/metrics")).send().await.unwrap();
        answer.text().await.unwrap().contains("\nsenim_pool_used 0\n")
    })
    .await;
    let mut owner = living.owner().await;
    let busy = "pg_stat_activity where usename = 'senim_app' and state <> 'idle'";
    assert_eq!(owner.count(busy).await, 0, "a session does not rest");
    let port = living.server.address.rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    let here = format!(":{port:04X} ");
    until("every client's connection is closed", async || {
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        // State 01 is an established connection (proc(5)).
        !table.lines().any(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            fields.len() > 3 && fields[1].ends_with(here.trim()) && fields[3] == "01"
        })
    })
    .await;
}

#[test]
fn mixed_load_leaves_nothing_behind() {
    let living = Living::start("soak");
    let acts = if long() { ACTS.1 } else { ACTS.0 };
    actix_web::rt::System::new().block_on(async {
        let visitor = living.visitor();
        let mut sessions = Vec::new();
        for login in TRIAGERS {
            sessions.push(living.sign_in(&visitor, login).await.expect("a session"));
        }
        drop(visitor);
        let receipts = RefCell::default();
        let part = |acts, round| Part { living: &living, acts, round, receipts: &receipts };
        part(acts / 4, 1).run(&sessions).await;
        let warm = resident(&living);
        part(acts, 2).run(&sessions).await;
        nothing_is_held(&living).await;
        let end = resident(&living);
        assert!(end < warm + GROWTH, "memory grew from {warm} KiB to {end} KiB");
        living.finish_tasks().await;
        record::check_log(&mut living.owner().await).await;
    });
    living.end();
}
