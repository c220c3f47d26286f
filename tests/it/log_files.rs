//! The signer, the public files and who reads them: what an outsider has of the record.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use jiff::SignedDuration;
use senim::{
    audit::{
        bundle,
        checkpoint::SignedCheckpoint,
        note_key::{KeyName, Kind, SignerKey},
        stored,
        tile::{TileId, TilePath, changed_bundles, changed_tiles},
        tlog_proof::TlogProof,
        tree::{self, TreeHead},
        witness_policy::Policy,
    },
    config::Config,
    crypto::{note_key::NoteKey, secret::Secret},
    domain::role::Role,
    jobs::Runner,
    policy::RoleAt,
    signer::{Directory, Server, Signer},
    witness::{self, Witness},
};
use tokio::sync::oneshot;

use crate::{
    app::{Answer, App, configure, in_app},
    database::bytes,
    world::{World, in_world},
};

const EPOCH: SignedDuration = SignedDuration::from_secs(900);

/// A home directory with a policy and a signer's key, removed at the end.
pub struct Home(pub PathBuf);

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Home {
    /// A new one.
    pub fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("senim-log-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("log")).unwrap();
        Self(dir)
    }

    /// Its path.
    pub fn text(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

/// A process that works, with a home of its own.
pub fn worker(world: &World, home: &Home) -> (Runner, Arc<Config>) {
    let config = Arc::new(configure(world, &[("SENIM_HOME", home.text())]));
    (Runner::new(Arc::clone(&world.ctx), Arc::clone(&config)), config)
}

/// A signer that answers until the sender is gone; its key is in the home's policy.
pub fn signer(world: &World, home: &Home, config: &Config) -> oneshot::Sender<()> {
    let name = KeyName::parse(&config.log.origin).unwrap();
    let key = SignerKey::new(name, Kind::Note, NoteKey::from_seed(&Secret::new([9; 32])));
    let directory = Directory::new(&config.log.signer_state, &config.log.origin).unwrap();
    if directory.keys().is_err() {
        directory.found(&key).unwrap();
    }
    fs::write(home.0.join("log/policy"), format!("log {}\nquorum none\n", key.verifier())).unwrap();
    let signer = Signer::open(directory, world.clock.clone()).unwrap();
    let server = Server::bind(&config.log.signer_socket, signer).unwrap();
    let (stop, stopped) = oneshot::channel();
    actix_web::rt::spawn(server.run(async { _ = stopped.await }));
    stop
}

/// So many epochs pass, each closed, signed and published.
pub async fn pass(world: &World, runner: &Runner, epochs: usize) {
    for _ in 0..epochs {
        world.advance(EPOCH);
        runner.run_due().await;
    }
}

/// The newest head that was signed.
pub async fn newest(world: &World) -> SignedCheckpoint {
    let note = "select note from audit.checkpoints order by size desc limit 1";
    SignedCheckpoint::parse(world.owner().await.value(note).await.as_str().unwrap().as_bytes()).unwrap()
}

#[test]
fn every_head_is_signed_and_the_last_of_a_day_is_public() {
    in_world(async |world| {
        let home = Home::new("public");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        let mut owner = world.owner().await;
        // From five in the morning to midnight.
        pass(world, &runner, 19 * 4 - 1).await;
        let signed = owner.count("audit.checkpoints").await;
        assert!(signed > 19 * 4 - 3, "{signed}");
        assert_eq!(owner.count("audit.checkpoints where public").await, 0);
        assert!(!home.0.join("log/public/checkpoint").exists());
        pass(world, &runner, 3).await;
        assert_eq!(owner.count("audit.checkpoints where public").await, 1);
        let public = fs::read(home.0.join("log/public/checkpoint")).unwrap();
        let first = SignedCheckpoint::parse(&public).unwrap();
        assert!(first.head().size < newest(world).await.head().size);
        let day = "(select epoch / 96 as day from audit.checkpoints where public) p join audit.tree_state s on s.day = p.day + 1";
        assert_eq!(owner.count(day).await, 1, "the head of yesterday");
        files_give(world, &home, first.head()).await;
        pass(world, &runner, 96).await;
        let second =
            SignedCheckpoint::parse(&fs::read(home.0.join("log/public/checkpoint")).unwrap()).unwrap();
        assert!(second.head().size > first.head().size);
        files_give(world, &home, second.head()).await;
    });
}

/// The files hold the tree of this head, all of it, and nothing beyond; the entries behind them are the database's.
async fn files_give(world: &World, home: &Home, head: &TreeHead) {
    let public = home.0.join("log/public");
    let read = |tile: TileId| {
        fs::read(public.join(tile.to_string())).map_err(|_absent| stored::TileError::Missing(tile))
    };
    let mut leaves = Vec::new();
    for tile in changed_tiles(0, head.size) {
        let hashes = stored::hashes(&read, tile).unwrap();
        if tile.level() == 0 {
            leaves.extend(hashes);
        }
    }
    assert_eq!(tree::root(&leaves), head.root);
    let mut records = Vec::new();
    for part in changed_bundles(0, head.size) {
        records.extend(bundle::parse(&fs::read(public.join(part.to_string())).unwrap()).unwrap());
    }
    assert_eq!(records.iter().map(|record| tree::leaf(record)).collect::<Vec<_>>(), leaves);
    let query = format!("select commitment from audit.leaves where idx < {} order by idx", head.size);
    let stored = world.owner().await.rows(&query).await;
    assert_eq!(stored.iter().map(|row| bytes(&row["commitment"])).collect::<Vec<_>>(), records);
    assert!(
        fs::read_dir(&public)
            .unwrap()
            .all(|file| { !file.unwrap().file_name().to_str().unwrap().starts_with("unfinished") })
    );
}

/// A witness that follows the log of the home's policy, and its own line there.
pub fn witness(world: &World, home: &Home, number: u8) -> witness::Server {
    let policy = home.0.join("log/policy");
    let followed = Policy::parse(&fs::read(&policy).unwrap()).unwrap();
    let name = KeyName::parse(&format!("witness{number}.example")).unwrap();
    let key = SignerKey::new(name, Kind::Cosignature, NoteKey::from_seed(&Secret::new([number; 32])));
    let directory = witness::Directory::new(&home.0.join(format!("witness{number}")));
    directory.found(&key).unwrap();
    let witness = Witness::open(directory, &followed, world.clock.clone()).unwrap();
    let server =
        witness::Server::start("127.0.0.1:0".parse().unwrap(), Arc::new(Mutex::new(witness))).unwrap();
    let line = format!("witness w{number} {} http://{}", key.verifier(), server.address);
    let text = fs::read_to_string(&policy).unwrap();
    let (logs, quorum) = text.split_at(text.find("quorum").unwrap());
    fs::write(&policy, format!("{logs}{line}\n{quorum}")).unwrap();
    server
}

#[test]
fn witnesses_cosign_every_head_and_a_late_one_catches_up() {
    in_world(async |world| {
        let home = Home::new("cosigned");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        pass(world, &runner, 2).await;
        let one = witness(world, &home, 1);
        pass(world, &runner, 3).await;
        let two = witness(world, &home, 2);
        pass(world, &runner, 19 * 4).await;
        let mut owner = world.owner().await;
        let missing = "audit.checkpoints c where size >= (select min(size) from audit.cosignatures where witness = $w) \
                       and not exists (select from audit.cosignatures s where s.size = c.size and witness = $w)";
        for name in ["'w1'", "'w2'"] {
            assert_eq!(owner.count(&missing.replace("$w", name)).await, 0, "{name}");
        }
        let text = fs::read_to_string(home.0.join("log/policy")).unwrap();
        let both = text.replace("quorum none", "group both all w1 w2\nquorum both");
        let policy = Policy::parse(both.as_bytes()).unwrap();
        let public = fs::read(home.0.join("log/public/checkpoint")).unwrap();
        assert!(policy.check(&SignedCheckpoint::parse(&public).unwrap()).accepted(), "{both}");
        one.stop().await;
        let before = owner.count("audit.cosignatures where witness = 'w1'").await;
        pass(world, &runner, 1).await;
        assert_eq!(owner.count("audit.cosignatures where witness = 'w1'").await, before);
        assert_eq!(
            owner.count("audit.cosignatures s where size = (select max(size) from audit.checkpoints)").await,
            1
        );
        two.stop().await;
    });
}

#[test]
fn without_a_signer_entries_go_on_and_are_signed_later() {
    in_world(async |world| {
        let home = Home::new("away");
        let (runner, config) = worker(world, &home);
        pass(world, &runner, 3).await;
        let mut owner = world.owner().await;
        assert_eq!(owner.count("audit.checkpoints").await, 0);
        assert_eq!(owner.count("audit.tree_state").await, 1);
        let stop = signer(world, &home, &config);
        pass(world, &runner, 1).await;
        assert_eq!(owner.count("audit.checkpoints").await, 1);
        // A process that lost what the signer signed asks again from there.
        owner
            .run(
                "alter table audit.checkpoints disable trigger user; delete from audit.checkpoints; \
                  alter table audit.checkpoints enable always trigger is_published; \
                  alter table audit.checkpoints enable always trigger no_removal",
            )
            .await
            .unwrap();
        pass(world, &runner, 1).await;
        assert_eq!(owner.count("audit.checkpoints").await, 1);
        drop(stop);
    });
}

#[test]
fn the_files_are_served_to_everybody_and_nothing_else_is() {
    in_world(async |world| {
        let home = Home::new("served");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        pass(world, &runner, 20 * 4).await;
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let mut kinds = BTreeMap::new();
        let head = *SignedCheckpoint::parse(&fs::read(home.0.join("log/public/checkpoint")).unwrap())
            .unwrap()
            .head();
        let tiles = changed_tiles(0, head.size).map(|tile| tile.to_string());
        let parts = changed_bundles(0, head.size).map(|part| part.to_string());
        let named = ["checkpoint", "files", "keys", "policy"].map(str::to_owned);
        for name in tiles.chain(parts).chain(named) {
            let path = format!("/log/{name}");
            let answer = app.request("GET", &path).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            let lasting = answer.headers()["cache-control"].to_str().unwrap().contains("immutable");
            assert_eq!(lasting, TilePath::parse(&name).is_ok(), "{path}");
            let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
            *kinds.entry(kind).or_insert(0) += 1;
            assert_eq!(
                answer.bytes().await.unwrap(),
                fs::read(home.0.join("log/public").join(&name)).unwrap()
            );
            let asked = app.request("HEAD", &path).send().await.unwrap();
            assert_eq!((asked.status().as_u16(), asked.bytes().await.unwrap().len()), (200, 0));
        }
        assert_eq!(kinds["text/plain; charset=utf-8"], 4);
        assert_eq!(kinds.len(), 2);
        for path in
            ["tile/0/999", "tile/..%2fpolicy", "tile/0/0", "tile/", "tile/0/..%2f..%2f..%2f..%2fsecrets.toml"]
        {
            assert_eq!(Answer::to(app.request("GET", &format!("/log/{path}"))).await.status, 404, "{path}");
        }
        app.stop().await;
    });
}

/// An auditor takes away the proof that an entry is in the log, and it holds without the server.
#[test]
fn the_proof_of_an_entry_checks_offline() {
    in_app(async |world, app| {
        let home = Home::new("inclusion");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        pass(world, &runner, 2).await;
        world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        let pages = app.staff_pages(&world.sign_in("aud1").await);
        let mut owner = world.owner().await;
        let query = "select l.idx, e.eid, e.commitment from audit.leaves l join audit.entries e using (eid) \
                     where e.acts = '{log.genesis}' and e.obj_kind = 'instance'";
        let leaf = owner.rows(query).await.remove(0);
        let path = format!("/audit/entries/{}", leaf["eid"].as_str().unwrap());
        assert!(pages.get(&path).await.body.contains(&format!("href=\"{path}/proof\"")));
        let answer = pages.get(&format!("{path}/proof")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-disposition").contains(".tlog-proof"));
        let proof = TlogProof::parse(answer.body.as_bytes()).unwrap();
        assert_eq!(Some(proof.index), leaf["idx"].as_u64());
        let policy = Policy::parse(&fs::read(home.0.join("log/policy")).unwrap()).unwrap();
        let commitment = bytes(&leaf["commitment"]);
        assert!(proof.verify(&commitment, &policy).unwrap().accepted());
        assert!(proof.verify(&[0; 32], &policy).is_err());
    });
}
