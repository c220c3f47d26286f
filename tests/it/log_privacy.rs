//! What the log shows of reporters: nothing that they wrote, no time of theirs, and the same growth whether nobody reported
//! or sixty did.

use std::{collections::BTreeMap, fs, path::Path};

use jiff::SignedDuration;
use senim::{audit::tile::changed_tiles, jobs::Runner};
use serde_json::{Value, json};

use crate::{
    database::{Sql, bytes},
    kept::Kept,
    living::{Beside, Living, until},
    log_crash::PACE,
    log_files::{Home, newest, pass, signer, worker},
    log_tree::next,
    theft::{CANARIES, disguises, fill},
    world::{World, in_world},
};

/// Every file below a directory, by path.
fn files(dir: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for inside in fs::read_dir(dir).unwrap() {
        let path = inside.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
}

/// Controls AUD-3 and EU-16.1-2: entries, the auditors' bundle and the public files.
#[test]
fn the_log_holds_no_planted_word_and_no_time_of_a_reporter() {
    in_world(async |world| {
        let home = Home::new("private");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        pass(world, &runner, 1).await;
        let full = fill(world).await;
        full.reporter.write(&format!("{} once more", CANARIES[0])).await.unwrap();
        days(world, &runner, 3).await;
        let mut owner = world.owner().await;
        assert_eq!(of_reporters(&mut owner).await.len(), 3, "they are in the tree");
        let kept = Kept::of(&mut owner, world.clock.now().as_second()).await;
        let mut all = kept.files;
        all.extend((0..).map(|index: u32| format!("entry {index}")).zip(kept.entries));
        files(&home.0.join("log/public"), &mut all);
        assert!(all.keys().any(|path| path.contains("public/tile/entries")), "{:?}", all.keys());
        let bare = full.reporter.receipt.replace('-', "");
        let (receipt, reference) = (full.reporter.receipt.as_str(), full.reporter.reference.as_str());
        let case = full.reporter.case.to_string();
        let planted = CANARIES.iter().copied().chain([receipt, bare.as_str(), reference, case.as_str()]);
        let forms: Vec<String> = planted.flat_map(disguises).collect();
        for (path, bytes) in &all {
            let text = String::from_utf8_lossy(bytes);
            for form in &forms {
                assert!(!text.contains(form), "{form} in {path}");
            }
        }
        for body in of_reporters(&mut owner).await {
            for finer in ["at", "epoch", "node"] {
                assert!(body.get(finer).is_none(), "{finer} in {body}");
            }
            assert_eq!(body["by"], json!({"k": "reporter"}));
        }
    });
}

/// So many days pass; every fourth epoch of them is closed, and the last head of each day signed and published.
async fn days(world: &World, runner: &Runner, days: usize) {
    for _ in 0..days {
        for _ in 1..24 {
            world.advance(SignedDuration::from_mins(45));
            next(world).await;
        }
        world.advance(SignedDuration::from_mins(45));
        pass(world, runner, 1).await;
    }
}

/// The bodies in the tree that reporters caused.
async fn of_reporters(owner: &mut Sql) -> Vec<Value> {
    let query = "select e.body from audit.leaves l join audit.entries e using (eid) \
                 where convert_from(e.body, 'UTF8') like '%\"k\":\"reporter\"%'";
    let body = |row: &Value| serde_json::from_slice(&bytes(&row["body"])).unwrap();
    owner.rows(query).await.iter().map(body).collect()
}

/// The tree's public head says how many leaves there are and nothing else; nobody's report moves it.
#[test]
fn the_public_tree_has_the_same_sizes_whatever_comes() {
    let grown = |reports: usize| {
        let mut sizes = Vec::new();
        in_world(async |world| {
            let home = Home::new(&format!("sizes-{reports}"));
            let (runner, config) = worker(world, &home);
            let _signer = signer(world, &home, &config);
            pass(world, &runner, 4).await;
            for number in 0..reports {
                world.submit(&format!("Report {number}.")).await;
            }
            for _ in 0..3 {
                days(world, &runner, 1).await;
                let size = newest(world).await.head().size;
                sizes.push((size, changed_tiles(0, size).count()));
            }
        });
        sizes
    };
    assert_eq!(grown(0), grown(60));
}

/// End to end on a server whose tree grows every second: by the quantum in each epoch, before sixty reports, while they come,
/// and while they enter.
#[test]
fn a_living_tree_grows_by_the_quantum_before_while_and_after_sixty_reports_come() {
    let living = Living::start_with("growth", PACE);
    living.home.good(&["signer", "keygen"]);
    let signer = Beside::start(&living.home, &["signer"]);
    actix_web::rt::System::new().block_on(async {
        let heads = async || living.owner().await.count("audit.checkpoints").await;
        let more = async |count: i64| {
            let goal = heads().await + count;
            until("the tree grows", async || heads().await >= goal).await;
        };
        // What the demo's people did is in.
        until("everything is in the tree", async || living.owner().await.count("audit.pending").await == 0).await;
        more(2).await;
        let first = living.owner().await.value("select max(epoch) from audit.checkpoints").await;
        more(2).await;
        let visitor = living.visitor();
        let body = json!({"language": "kk", "category": "bribery", "narrative": "They asked for money."});
        let mut taken = 0;
        while taken < 60 {
            let said = visitor.post("/reports", None, &body).await.expect("an answer");
            taken += u32::from(said.is(&[201]));
        }
        more(6).await;
        let query = format!(
            "select size - lag(size) over (order by size) as grown, epoch from audit.checkpoints where epoch > {first}"
        );
        let rows = living.owner().await.rows(&query).await;
        let grown: Vec<i64> = rows.iter().filter_map(|row| row["grown"].as_i64()).collect();
        assert!(grown.len() > 6 && grown.iter().all(|grown| grown % 64 == 0), "{grown:?}");
        // A head may be signed after two epochs at once; a leaf more or less it never is.
        let entered = "audit.leaves l join audit.entries e using (eid) where 'report.received' = any (e.acts)";
        assert!(living.owner().await.count(entered).await > 0);
        drop(visitor);
    });
    drop(signer);
    living.end();
}
