//! Witnesses as their operators have them: the built program over HTTP, several of them, and what asks them. They make a
//! log that two people see differently impossible to publish (attacks 10, 12, 13, 21 and 22 of audit-log.md 7.1).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test panics in order to fail"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;
use senim::audit::add_checkpoint;
use senim::audit::checkpoint::SignedCheckpoint;
use senim::audit::note::NoteSignature;
use senim::audit::note_key::{KeyName, Kind, SignerKey, VerifierKey};
use senim::audit::witness_policy::{Finding, Policy};
use senim::crypto::note_key::NoteKey;
use senim::crypto::random::Entropy;
use senim::crypto::secret::Secret;
use senim::domain::clock::Clock;
use senim::witness::client::{WitnessAddress, WitnessError, add_checkpoint, submit};
use senim::witness::freshness::{Freshness, freshness};

use processes::{Home, ORIGIN, Process, Tree, rounds};

#[path = "witness/client.rs"]
mod client;
mod processes;

/// The log's key; here it is in the hands of whoever rewrites the log.
fn log() -> SignerKey {
    let secret = NoteKey::from_seed(&Secret::new([1; 32]));
    SignerKey::new(KeyName::parse(ORIGIN).unwrap(), Kind::Note, secret)
}

fn signed(tree: &Tree) -> SignedCheckpoint {
    tree.checkpoint().sign(&log()).unwrap()
}

/// A witness: its process and how it is asked.
struct Running {
    name: String,
    process: Process,
    address: WitnessAddress,
}

impl Running {
    /// Makes the key, writes the policy and starts the process.
    fn founded(home: &Home, name: &str) -> Self {
        fs::write(home.path("policy"), format!("log {}\nquorum none\n", log().verifier())).unwrap();
        let state = home.path(name);
        let made = ["witness", "keygen", "--name", name, "--state", state.to_str().unwrap()];
        let key = VerifierKey::parse(&home.first_line(&made)).unwrap();
        Self::start(home, name, key)
    }

    fn start(home: &Home, name: &str, key: VerifierKey) -> Self {
        let (state, policy) = (home.path(name), home.path("policy"));
        let arguments = [
            "witness",
            "--listen",
            "127.0.0.1:0",
            "--state",
            state.to_str().unwrap(),
            "--policy",
            policy.to_str().unwrap(),
            "--stale-after",
            "1",
        ];
        let process = Process::start(home, &format!("{name}.log"), &arguments);
        let rest = process.line.split_once("http://").unwrap().1;
        let url = format!("http://{}", rest.split(". ").next().unwrap());
        Self { name: name.to_owned(), process, address: WitnessAddress { url, key } }
    }

    /// Crashes and comes back, elsewhere.
    fn again(&mut self, home: &Home) {
        self.process.crash();
        *self = Self::start(home, &self.name, self.address.key.clone());
    }

    fn submit(&self, tree: &Tree, old: u64) -> Result<NoteSignature, WitnessError> {
        submit(&self.address, old, &signed(tree), |old| Ok(tree.proof(old)))
    }

    /// Sends these bytes as the body; the whole answer.
    fn raw(&self, head: &str, body: &[u8]) -> String {
        let host = self.address.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let length = body.len();
        let head = format!(
            "{head} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        // It may hang up on what is too long before all of it was written.
        let _ = stream.write_all(&[head.as_bytes(), body].concat());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }
}

fn three(home: &Home) -> [Running; 3] {
    ["court", "ngo", "peer"].map(|name| Running::founded(home, name))
}

/// Two of three are a quorum.
fn policy(witnesses: &[Running]) -> Policy {
    let mut text = format!("log {}\n", log().verifier());
    for one in witnesses {
        text.push_str(&format!("witness {} {}\n", one.name, one.address.key));
    }
    Policy::parse(format!("{text}group g 2 court ngo peer\nquorum g\n").as_bytes()).unwrap()
}

/// The checkpoint of `tree` with every cosignature that can be had.
fn cosigned(witnesses: &[Running], tree: &Tree) -> SignedCheckpoint {
    let mut checkpoint = signed(tree);
    for line in witnesses.iter().filter_map(|one| one.submit(tree, 0).ok()) {
        checkpoint.add(line).unwrap();
    }
    checkpoint
}

#[test]
fn several_witnesses_follow_a_growing_log() {
    let home = Home::new("several");
    let witnesses = three(&home);
    let policy = policy(&witnesses);
    let tree = Tree::new("a", 200);
    for size in [64, 128, 200] {
        // Each is asked from 0, tells where it stands, and is asked again.
        let checkpoint = cosigned(&witnesses, &tree.first(size));
        assert!(policy.check(&checkpoint).accepted());
        assert_eq!(checkpoint.note().signatures().len(), 4);
    }
    let [mut court, ngo, peer] = witnesses;
    court.again(&home);
    court.submit(&tree, 200).expect("what was cosigned is known after a crash");
    let answer = court.raw("GET /", b"");
    assert!(answer.contains("This is a witness") && answer.contains("senim/log: 200 leaves"), "{answer}");
    assert_eq!(ngo.process.interrupt(), Some(0));
    assert!(matches!(
        add_checkpoint(&ngo.address, 0, &[], &signed(&tree)),
        Err(WitnessError::Unreachable { .. })
    ));
    let mut two = signed(&tree);
    for one in [&court, &peer] {
        two.add(one.submit(&tree, 200).unwrap()).unwrap();
    }
    assert!(policy.check(&two).accepted(), "two of three are enough");
}

#[test]
fn every_status_is_that_of_the_specification() {
    let home = Home::new("status");
    let witness = Running::founded(&home, "court");
    let tree = Tree::new("a", 100);
    witness.submit(&tree.first(60), 0).unwrap();
    let body = |old: u64, tree: &Tree| {
        let proof = if old == 60 { tree.proof(old) } else { Vec::new() };
        add_checkpoint::write(old, &proof, &signed(tree).to_string())
    };
    let post = |body: &str| witness.raw("POST /add-checkpoint", body.as_bytes());
    let good = body(60, &tree);
    let unproven = add_checkpoint::write(60, &tree.proof(50), &signed(&tree).to_string());
    for (status, body) in [
        ("400", String::new()),
        ("400", good.replace("old 60", "old 060")),
        ("400", body(101, &tree)),
        ("404", good.replace(ORIGIN, "other/log")),
        ("403", good.replace("\n100\n", "\n101\n")),
        ("422", unproven),
        ("422", body(60, &tree.first(30).grown("b", 90))),
    ] {
        let answer = post(&body);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}\n{body}");
    }
    let conflict = post(&body(0, &tree)).to_lowercase();
    assert!(conflict.starts_with("http/1.1 409 "), "{conflict}");
    assert!(conflict.contains("\r\ncontent-type: text/x.tlog.size\r\n"), "{conflict}");
    assert!(conflict.ends_with("\r\n\r\n60\n"), "{conflict}");
    assert!(witness.raw("GET /add-checkpoint", b"").starts_with("HTTP/1.1 4"));
    assert!(witness.raw("POST /other", good.as_bytes()).starts_with("HTTP/1.1 404"));
    let answer = post(&good);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\r\n\r\n— court "), "{answer}");
}

#[test]
fn hostile_requests_change_nothing() {
    let home = Home::new("hostile");
    let witness = Running::founded(&home, "court");
    let good = add_checkpoint::write(0, &[], &signed(&Tree::new("a", 64)).to_string());
    let post = |body: &[u8]| witness.raw("POST /add-checkpoint", body);
    for cut in (0..good.len()).step_by(7) {
        let answer = post(&good.as_bytes()[..cut]);
        assert!(answer.starts_with("HTTP/1.1 400"), "cut at {cut}: {answer}");
    }
    assert!(post(b"\xff\xfe").starts_with("HTTP/1.1 400"));
    let line = good.lines().last().unwrap();
    let many = format!("{good}{}", format!("{line}\n").repeat(100));
    assert!(post(many.as_bytes()).starts_with("HTTP/1.1 400"));
    assert!(!post(&vec![b'x'; 1 << 20]).starts_with("HTTP/1.1 200"));
    // One that never comes to its end keeps nobody waiting.
    let host = witness.address.url.strip_prefix("http://").unwrap();
    let mut silent = TcpStream::connect(host).unwrap();
    write!(silent, "POST /add-checkpoint HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n\r\nold 0\n")
        .unwrap();
    assert_eq!(fs::read_dir(home.path("court/logs")).unwrap().count(), 0);
    assert!(post(good.as_bytes()).starts_with("HTTP/1.1 200"));
}

#[test]
fn attack_10_fork_a_history_signed_again_is_refused_and_kept() {
    let home = Home::new("fork");
    let witness = Running::founded(&home, "court");
    let told = Tree::new("told", 100);
    witness.submit(&told, 0).unwrap();
    let same_size = told.first(60).grown("rewritten", 40);
    let larger = same_size.clone().grown("told", 64);
    for (tree, old) in [(&same_size, 0), (&same_size, 100), (&larger, 100), (&larger, 0)] {
        let refused = witness.submit(tree, old);
        assert!(matches!(refused, Err(WitnessError::Forked(100))), "{refused:?}");
    }
    witness.process.says("the log signed two trees of one size");
    let forks: Vec<_> = fs::read_dir(home.path("court/forks")).unwrap().collect();
    assert_eq!(forks.len(), 1);
    let evidence = fs::read(forks[0].as_ref().unwrap().path()).unwrap();
    let evidence = SignedCheckpoint::open(&evidence, ORIGIN, &[log().verifier().clone()]).unwrap();
    assert_eq!(*evidence.head(), same_size.head());
    witness.submit(&told.grown("told", 64), 100).unwrap();
}

#[test]
fn attack_12_cosignature_dropped_or_altered() {
    let home = Home::new("cosignature");
    let witnesses = three(&home);
    let policy = policy(&witnesses);
    let mut whole = signed(&Tree::new("a", 64));
    let bare = whole.clone();
    let lines: Vec<_> =
        witnesses[..2].iter().map(|one| one.submit(&Tree::new("a", 64), 0).unwrap()).collect();
    lines.iter().for_each(|line| whole.add(line.clone()).unwrap());
    assert!(policy.check(&whole).accepted());
    let mut dropped = bare.clone();
    dropped.add(lines[0].clone()).unwrap();
    assert!(!policy.check(&dropped).accepted());
    // The last byte of the time, and the first of the signature.
    for place in [11, 12] {
        let (prefix, encoded) =
            whole.to_string().trim_end().rsplit_once(' ').map(|(p, e)| (p.to_owned(), e.to_owned())).unwrap();
        let mut bytes = data_encoding::BASE64.decode(encoded.as_bytes()).unwrap();
        bytes[place] ^= 1;
        let altered = format!("{prefix} {}\n", data_encoding::BASE64.encode(&bytes));
        let verdict = policy.check(&SignedCheckpoint::parse(altered.as_bytes()).unwrap());
        assert!(!verdict.accepted() && verdict.witnesses.contains(&Finding::Forged));
    }
}

#[test]
fn attack_13_old_head_or_restored_log_is_told_how_far_it_was() {
    let home = Home::new("old");
    let witness = Running::founded(&home, "court");
    let tree = Tree::new("a", 300);
    witness.submit(&tree, 0).unwrap();
    for old in [0, 100] {
        let refused = witness.submit(&tree.first(200), old).unwrap_err();
        assert!(matches!(refused, WitnessError::Ahead { seen: 300, offered: 200 }), "{refused:?}");
        assert!(refused.to_string().contains("the database is older than what was published"));
    }
    let grown = tree.first(200).grown("b", 164);
    assert!(matches!(witness.submit(&grown, 200), Err(WitnessError::Forked(300))));
}

#[test]
fn attack_21_freeze_is_noticed_by_the_witness_and_by_whoever_reads_the_times() {
    let home = Home::new("freeze");
    let witnesses = three(&home);
    let policy = policy(&witnesses);
    let tree = Tree::new("a", 64);
    let frozen = cosigned(&witnesses, &tree);
    let judge = |now: Timestamp| freshness(&policy, &frozen, now, SignedDuration::from_secs(1800));
    let now = Clock::system().now();
    assert!(matches!(judge(now), Freshness::Fresh { .. }));
    let stale = judge(now.checked_add(SignedDuration::from_secs(1861)).unwrap());
    assert!(matches!(stale, Freshness::Stale { .. }), "{stale:?}");
    assert_eq!(
        freshness(&policy, &signed(&tree), now, SignedDuration::from_secs(1800)),
        Freshness::Unwitnessed
    );
    witnesses[0].process.says("no longer grows");
    witnesses[0].submit(&tree.grown("a", 64), 64).unwrap();
    witnesses[0].process.says("grows again");
}

#[test]
fn attack_22_split_view_finds_no_quorum_for_the_second_view() {
    let home = Home::new("split");
    let witnesses = three(&home);
    let policy = policy(&witnesses);
    let base = Tree::new("a", 64);
    cosigned(&witnesses, &base);
    let for_one = base.clone().grown("for one", 64);
    let for_another = base.grown("for another", 64);
    let shown_to_one = cosigned(&witnesses[..2], &for_one);
    let shown_to_another = cosigned(&witnesses, &for_another);
    assert!(policy.check(&shown_to_one).accepted());
    assert_eq!(shown_to_another.note().signatures().len(), 2, "the third witness alone");
    assert!(policy.check(&shown_to_another).log_signed() && !policy.check(&shown_to_another).accepted());
    assert!(
        witnesses[..2]
            .iter()
            .all(|one| fs::read_dir(home.path(&one.name).join("forks")).unwrap().count() == 1)
    );
}

#[test]
fn killed_at_any_moment_it_never_cosigns_two_trees_of_one_size() {
    let home = Home::new("killed");
    let mut witness = Running::founded(&home, "court");
    let mut tree = Tree::new("base", 0);
    for round in 0..rounds() {
        let mut rng = Entropy::seeded(round).rng();
        let moment = Duration::from_millis(rng.random_range(1..120));
        let rivals = ["left", "right"].map(|name| tree.clone().grown(&format!("{name} {round}"), 300));
        let (address, start) = (witness.address.clone(), tree.head().size);
        let reached = thread::scope(|scope| {
            let handles = rivals.each_ref().map(|rival| scope.spawn(|| press(&address, rival, start)));
            thread::sleep(moment);
            witness.again(&home);
            handles.map(|handle| handle.join().unwrap())
        });
        assert!(reached.iter().filter(|reached| **reached > start).count() <= 1, "{reached:?}");
        // Whoever was cosigned is still at least as far; the other one has lost.
        let mut sizes = [0, 0];
        for (rival, size) in rivals.iter().zip(&mut sizes) {
            *size = match witness.submit(rival, 0) {
                Ok(_) => rival.head().size,
                Err(WitnessError::Forked(seen)) => seen,
                Err(other) => panic!("{other}"),
            };
        }
        let winner = usize::from(reached[1] > start || sizes[1] > sizes[0]);
        tree = rivals[winner].clone();
        assert!(sizes[winner] == tree.head().size, "{sizes:?} {reached:?}");
    }
}

/// Asks for ever larger trees until it is refused or nobody answers; the largest that was cosigned.
fn press(address: &WitnessAddress, tree: &Tree, start: u64) -> u64 {
    let mut reached = start;
    for size in start + 1..tree.head().size {
        let part = tree.first(size);
        match add_checkpoint(address, size - 1, &part.proof(size - 1), &signed(&part)) {
            Ok(_) => reached = size,
            Err(_) => break,
        }
    }
    reached
}

#[test]
fn it_does_not_start_without_key_or_log() {
    let home = Home::new("start");
    let (state, policy) = (home.path("w"), home.path("policy"));
    let (state, policy) = (state.to_str().unwrap(), policy.to_str().unwrap());
    let run = || home.run(&["witness", "--listen", "127.0.0.1:0", "--state", state, "--policy", policy]);
    home.run(&["witness"]).ends(64, "--policy");
    run().ends(2, "policy");
    fs::write(policy, "quorum none\n").unwrap();
    run().ends(64, "no `log` line");
    fs::write(policy, format!("log {}\nquorum none\n", log().verifier())).unwrap();
    run().ends(1, "senim witness keygen");
    home.run(&["witness", "keygen", "--name", "a name", "--state", state]).ends(64, "no key's name");
    home.first_line(&["witness", "keygen", "--name", "w", "--state", state]);
    home.run(&["witness", "keygen", "--name", "w", "--state", state]).ends(1, "a key in");
}
