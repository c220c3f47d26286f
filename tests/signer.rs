//! The signer as its operator has it: the built program, its socket, its directory. What it refuses is what makes a
//! rewritten or restored database an alarm (attacks 10 and 13 of audit-log.md 7.1).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test panics in order to fail"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use rand::RngExt as _;
use senim::audit::checkpoint::SignedCheckpoint;
use senim::audit::cosignature::cosign;
use senim::audit::note::NoteSignature;
use senim::audit::note_key::{KeyName, Kind, SignerKey, VerifierKey};
use senim::audit::tree::Hash;
use senim::crypto::note_key::NoteKey;
use senim::crypto::random::Entropy;
use senim::crypto::secret::Secret;
use senim::signer::State;
use senim::signer::client::{SignerError, sign};

use processes::{Home, ORIGIN, Process, Tree, rounds};

mod processes;

fn start(home: &Home) -> Process {
    Process::start(home, "signer.log", &["signer"])
}

fn founded(name: &str) -> (Home, VerifierKey) {
    let home = Home::new(name);
    let key = VerifierKey::parse(&home.first_line(&["signer", "keygen"])).unwrap();
    (home, key)
}

/// Asks for the signature of `tree`, with the proof from `old`.
fn ask(home: &Home, tree: &Tree, old: u64) -> Result<Vec<NoteSignature>, SignerError> {
    sign(&home.path("signer/socket"), old, &tree.proof(old), &tree.checkpoint())
}

fn state(home: &Home) -> State {
    State::parse(&fs::read(home.path("signer/state")).unwrap()).unwrap()
}

fn under(tree: &Tree, lines: &[NoteSignature]) -> SignedCheckpoint {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    SignedCheckpoint::parse(format!("{}\n{lines}", tree.checkpoint()).as_bytes()).unwrap()
}

#[test]
fn it_signs_a_growing_log_and_stops_on_ctrl_c() {
    let (home, key) = founded("grows");
    assert_eq!((key.name().as_str(), key.kind()), (ORIGIN, Kind::Note));
    let signer = start(&home);
    assert!(signer.line.contains("Signed so far: 0 leaves"), "{}", signer.line);
    let socket = home.path("signer/socket");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o660);
    let (small, large) = (Tree::new("a", 64), Tree::new("a", 192));
    let lines = ask(&home, &small, 0).unwrap();
    under(&small, &lines).note().verify(&key).unwrap().unwrap();
    assert_eq!(ask(&home, &small, 0).unwrap(), lines);
    under(&large, &ask(&home, &large, 64).unwrap()).note().verify(&key).unwrap().unwrap();
    assert!(matches!(
        ask(&home, &large.clone().grown("a", 1), 64),
        Err(SignerError::Conflict { signed: 192 })
    ));
    assert_eq!(signer.interrupt(), Some(0));
    assert!(!socket.exists());
    assert!(matches!(ask(&home, &large, 64), Err(SignerError::Unreachable { .. })));
    assert!(start(&home).line.contains("Signed so far: 192 leaves"));
    assert!(!home.path("secrets.toml").exists(), "it needs no secret of the server");
}

#[test]
fn attack_10_fork_a_rewritten_history_is_not_signed() {
    let (home, _) = founded("fork");
    let signer = start(&home);
    let told = Tree::new("told", 100);
    ask(&home, &told, 0).unwrap();
    let same_size = told.first(60).grown("rewritten", 40);
    let larger = same_size.clone().grown("told", 64);
    for (tree, old) in [(&same_size, 100), (&same_size, 0), (&larger, 100)] {
        let Err(SignerError::Refused(why)) = ask(&home, tree, old) else { panic!("it is refused") };
        assert!(why.contains("rewritten") && why.contains("Nothing was signed"), "{why}");
    }
    signer.says("refused to sign");
    ask(&home, &told.grown("told", 64), 100).unwrap();
}

#[test]
fn attack_13_restore_an_old_database_is_told_what_to_do() {
    let (home, _) = founded("restore");
    let signer = start(&home);
    let published = Tree::new("a", 300);
    ask(&home, &published.first(100), 0).unwrap();
    ask(&home, &published, 100).unwrap();
    // The database is back at 100, and goes on.
    let restored = published.first(100);
    for tree in [restored.clone(), restored.clone().grown("b", 64)] {
        let Err(SignerError::Refused(why)) = ask(&home, &tree, 100) else { panic!("it is refused") };
        assert!(why.starts_with("The database is older than what was signed"), "{why}");
        assert!(why.contains("reload audit.* from the published files") && why.contains("open a new origin"));
    }
    // Unnoticed it grew beyond what was signed.
    let grown = restored.grown("b", 300);
    assert!(matches!(ask(&home, &grown, 100), Err(SignerError::Conflict { signed: 300 })));
    assert!(matches!(ask(&home, &grown, 300), Err(SignerError::Refused(why)) if why.contains("new origin")));
    assert_eq!(*state(&home).head(), published.head());
    // What was published is loaded again: the same bytes, the same root.
    ask(&home, &published, 100).unwrap();
    ask(&home, &published.grown("a", 64), 300).unwrap();
    assert_eq!(signer.interrupt(), Some(0));
}

#[test]
fn killed_at_any_moment_it_never_signs_two_trees_of_one_size() {
    let (home, _) = founded("killed");
    let signed: Mutex<BTreeMap<u64, (Hash, Vec<NoteSignature>)>> = Mutex::default();
    let mut tree = Tree::new("base", 0);
    for round in 0..rounds() {
        let mut rng = Entropy::seeded(round).rng();
        let mut signer = start(&home);
        let moment = Duration::from_millis(rng.random_range(1..120));
        // Two databases that both think they go on with the log.
        let rivals = ["left", "right"].map(|name| tree.clone().grown(&format!("{name} {round}"), 400));
        thread::scope(|scope| {
            for rival in &rivals {
                scope.spawn(|| press(&home, rival, &signed));
            }
            thread::sleep(moment);
            signer.crash();
        });
        let (kept, seen) = (*state(&home).head(), signed.lock().unwrap());
        let last = seen.last_key_value().map_or(0, |(size, _)| *size);
        assert!(kept.size >= last, "what left is in the state: {last} left, {} is kept", kept.size);
        let winner = rivals.iter().map(|rival| rival.first(kept.size)).find(|rival| rival.head() == kept);
        tree = winner.expect("the state is of one of the two");
    }
    let _signer = start(&home);
    let lines = ask(&home, &tree, 0).unwrap();
    let seen = signed.lock().unwrap();
    assert!(!seen.is_empty(), "something was signed at all");
    assert!(
        seen.get(&tree.head().size)
            .is_none_or(|(root, before)| *root == tree.head().root && *before == lines)
    );
}

/// Asks for ever larger trees until nobody answers; notes what was signed.
fn press(home: &Home, tree: &Tree, signed: &Mutex<BTreeMap<u64, (Hash, Vec<NoteSignature>)>>) {
    let most = tree.head().size;
    let (mut old, mut new) = (0, 1);
    while new <= most {
        let part = tree.first(new);
        match ask(home, &part, old) {
            Ok(lines) => {
                let kept = (part.head().root, lines);
                let before = signed.lock().unwrap().insert(new, kept.clone());
                assert!(before.is_none_or(|before| before == kept), "two trees of {new} leaves were signed");
                (old, new) = (new, new + 1);
            }
            Err(SignerError::Conflict { signed }) => (old, new) = (signed, new.max(signed + 1)),
            Err(SignerError::Refused(_)) if new < most => new += 1,
            Err(_) => return,
        }
    }
}

/// What comes back for these bytes.
fn raw(home: &Home, bytes: &[u8]) -> String {
    let mut stream = UnixStream::connect(home.path("signer/socket")).unwrap();
    // It may hang up on what is too long before all of it was written.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn hostile_bytes_are_answered_and_change_nothing() {
    let (home, _) = founded("hostile");
    let _signer = start(&home);
    let tree = Tree::new("a", 8);
    let good = format!("old 0\n\n{}", tree.checkpoint());
    for cut in 0..good.len() {
        assert!(raw(&home, &good.as_bytes()[..cut]).starts_with("400 "), "cut at {cut}");
    }
    let hashes = format!("{}\n", tree.head().root).repeat(64);
    for bytes in [
        b"\xff\xfe\x00".to_vec(),
        b"\n".repeat(9000),
        vec![b'x'; 16 * 1024],
        format!("old 0\n{hashes}\n{}", tree.checkpoint()).into_bytes(),
        good.replace("old 0", "old 9").into_bytes(),
        good.replace("\n8\n", "\n08\n").into_bytes(),
        good.replace("\n8\n", "\n9223372036854775808\n").into_bytes(),
        format!("{good}extension\n").into_bytes(),
    ] {
        let answer = raw(&home, &bytes);
        assert!(answer.starts_with("400 "), "{answer}: {}", String::from_utf8_lossy(&bytes));
    }
    let other = good.replace(ORIGIN, "other/log");
    assert!(raw(&home, other.as_bytes()).starts_with("422 this signer signs"));
    // Whoever sends a megabyte is hung up on, answered or not.
    assert!(!raw(&home, &vec![b'x'; 1 << 20]).starts_with("200"));
    assert_eq!(state(&home).at(), None);
    assert!(raw(&home, good.as_bytes()).starts_with("200\n— senim/log "));
}

#[test]
fn those_who_never_finish_keep_nobody_waiting() {
    let (home, _) = founded("silent");
    let _signer = start(&home);
    let silent: Vec<_> = (0..15)
        .map(|_| {
            let mut stream = UnixStream::connect(home.path("signer/socket")).unwrap();
            stream.write_all(b"old 0\n").unwrap();
            stream
        })
        .collect();
    ask(&home, &Tree::new("a", 8), 0).unwrap();
    for mut stream in silent {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("400 "), "{answer}");
    }
}

#[test]
fn keys_are_rotated_without_a_stop() {
    let (home, first) = founded("rotation");
    let _signer = start(&home);
    let tree = Tree::new("a", 8);
    assert_eq!(ask(&home, &tree, 0).unwrap().len(), 1);
    home.run(&["signer", "retire"]).ends(1, "there is one key only");
    let second = VerifierKey::parse(&home.first_line(&["signer", "rotate"])).unwrap();
    home.run(&["signer", "rotate"]).ends(1, "two keys already");
    home.run(&["signer", "keys"]).ends(0, &format!("{first}\n{second}\n"));
    let both = under(&tree, &ask(&home, &tree, 0).unwrap());
    assert_eq!(both.note().verify_any(&[first.clone(), second.clone()]).unwrap().len(), 2);
    home.run(&["signer", "retire"]).ends(0, &first.to_string());
    home.run(&["signer", "keys"]).ends(0, &second.to_string());
    home.run(&["signer", "keys", "--retired"]).ends(0, &format!(" {first}\n"));
    let lines = ask(&home, &tree.clone().grown("a", 8), 8).unwrap();
    assert_eq!((lines.len(), lines[0].key_id()), (1, second.id()));
}

#[test]
fn it_does_not_start_where_it_could_be_deceived() {
    let (home, _) = founded("deceived");
    home.run(&["signer", "keygen"]).ends(1, "there is a key");
    let signer = start(&home);
    home.run(&["signer"]).ends(2, "another signer works with");
    assert_eq!(signer.interrupt(), Some(0));
    let mut other = home.command(&["signer"]);
    other.env("SENIM_INSTANCE", "elsewhere");
    assert_eq!(other.output().unwrap().status.code(), Some(1));
    fs::create_dir_all(home.path("pg/data")).unwrap();
    fs::write(home.path("pg/data/PG_VERSION"), "15").unwrap();
    let mut inside = home.command(&["signer", "keygen"]);
    let done = inside.env("SENIM_SIGNER_STATE", home.path("pg/data/signer")).output().unwrap();
    assert_eq!(done.status.code(), Some(64));
    assert!(String::from_utf8(done.stderr).unwrap().contains("SENIM_SIGNER_STATE"));
    let file = home.path("file");
    fs::write(&file, "").unwrap();
    let mut no_socket = home.command(&["signer"]);
    assert_eq!(no_socket.env("SENIM_SIGNER_SOCKET", &file).output().unwrap().status.code(), Some(2));
    fs::set_permissions(home.path("signer/key"), fs::Permissions::from_mode(0o644)).unwrap();
    home.run(&["signer"]).ends(1, "others may read");
    fs::remove_file(home.path("signer/key")).unwrap();
    home.run(&["signer"]).ends(1, "senim signer keygen");
}

fn key(name: &str, kind: Kind, seed: u8) -> SignerKey {
    SignerKey::new(KeyName::parse(name).unwrap(), kind, NoteKey::from_seed(&Secret::new([seed; 32])))
}

#[test]
fn a_lost_state_comes_back_from_the_witnesses_only() {
    let (home, log) = founded("lost");
    let witnesses = [key("court", Kind::Cosignature, 1), key("ngo", Kind::Cosignature, 2)];
    let [court, ngo] = witnesses.each_ref().map(SignerKey::verifier);
    fs::create_dir_all(home.path("log")).unwrap();
    let policy =
        format!("log {log}\nwitness court {court}\nwitness ngo {ngo}\ngroup g all court ngo\nquorum g\n");
    fs::write(home.path("log/policy"), policy).unwrap();
    let signer = start(&home);
    let tree = Tree::new("a", 100);
    let mut checkpoint = under(&tree, &ask(&home, &tree, 0).unwrap());
    assert_eq!(signer.interrupt(), Some(0));
    let file = home.path("checkpoint");
    let adopt = || home.run(&["signer", "adopt", file.to_str().unwrap()]);
    for witness in &witnesses {
        fs::write(&file, checkpoint.to_string()).unwrap();
        adopt().ends(64, "quorum");
        checkpoint.add(cosign(&checkpoint, witness, 1_800_000_000).unwrap()).unwrap();
    }
    fs::write(&file, checkpoint.to_string()).unwrap();
    adopt().ends(1, "only where it is lost");
    fs::remove_file(home.path("signer/state")).unwrap();
    home.run(&["signer"]).ends(1, "senim signer adopt");
    adopt().ends(0, "100 leaves");
    let _signer = start(&home);
    assert!(matches!(ask(&home, &tree.first(50), 0), Err(SignerError::Refused(_))));
    ask(&home, &tree.clone().grown("a", 28), 100).unwrap();
}
