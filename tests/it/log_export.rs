//! The whole log as a file: what the operator and an auditor are given, and that everybody's verifier takes it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use senim::{
    audit::{tree::TreeHead, witness_policy::Policy},
    domain::{
        case::{status::Status, step::Step},
        role::Role,
    },
    policy::RoleAt,
    usecases::export_log::{Asker, ExportError, export_log},
};
use serde_json::Value;

use crate::{
    app::App,
    installation::Done,
    log_files::{Home, newest, pass, signer, witness, worker},
    log_tree::rewrite,
    programs::{by_go, by_python, go_program},
    world::{World, in_world},
};

/// A world in which people work for two days, with a signer and a witness, and its files.
pub async fn lived(world: &World, home: &Home) {
    let (runner, config) = worker(world, home);
    let _signer = signer(world, home, &config);
    let witness = witness(world, home, 1);
    let text = fs::read_to_string(home.0.join("log/policy")).unwrap();
    fs::write(home.0.join("log/policy"), text.replace("quorum none", "quorum w1")).unwrap();
    world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
    pass(world, &runner, 2).await;
    let reporter = world.submit("The inspector asked for an envelope.").await;
    let [triager, one, two] =
        [world.sign_in("tri1").await, world.sign_in("rev1").await, world.sign_in("rev2").await];
    triager.attest(reporter.case).await;
    assert_eq!(world.drive(reporter.case, &triager, Step::Open, &one).await, Status::Triage);
    pass(world, &runner, 3).await;
    assert_eq!(world.drive(reporter.case, &triager, Step::Reject, &two).await, Status::Rejected);
    world.submit("Another one.").await;
    pass(world, &runner, 19 * 4 + 96 + 20).await;
    world.submit("A third one, which waits for its day.").await;
    pass(world, &runner, 2).await;
    witness.stop().await;
}

/// The program as the operator runs it, on this world's database.
pub fn senim(world: &World, home: &Home, arguments: &[&str]) -> Done {
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    let genesis: Vec<String> = world.config.keys.genesis.iter().map(|key| hex(key)).collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_senim"));
    command
        .args(arguments)
        .env_clear()
        .env("SENIM_HOME", home.text())
        .env("DATABASE_URL", world.db.app_url())
        .env("SENIM_SERVER_KEY", hex(&[0x5e; 32]))
        .env("SENIM_PEPPER", hex(&[0x9e; 32]))
        .env("SENIM_GENESIS", genesis.join(","));
    Done::of(command.output().unwrap())
}

/// As an outsider runs it: no database, no setting.
pub fn offline(arguments: &[&str]) -> Done {
    Done::of(Command::new(env!("CARGO_BIN_EXE_senim")).args(arguments).env_clear().output().unwrap())
}

/// Writes the bundle into the home directory.
pub fn exported(world: &World, home: &Home, name: &str) -> PathBuf {
    let out = home.0.join(name);
    let done = senim(world, home, &["audit", "export", "--out", out.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    out
}

/// What an outsider trusts: the policy, and the founding keys.
pub fn trust(world: &World, home: &Home) -> [String; 4] {
    let genesis = home.0.join("founders");
    let hex = |key: &[u8; 32]| data_encoding::HEXLOWER.encode(key) + "\n";
    fs::write(&genesis, world.config.keys.genesis.iter().map(hex).collect::<String>()).unwrap();
    let policy = home.0.join("log/policy");
    ["--policy", policy.to_str().unwrap(), "--genesis", genesis.to_str().unwrap()].map(str::to_owned)
}

/// Takes the files out of a tar file.
pub fn unpacked(bundle: &Path, into: &Path) {
    let mut archive = tar::Archive::new(fs::File::open(bundle).unwrap());
    archive.set_preserve_mtime(false);
    archive.unpack(into).unwrap();
}

#[test]
fn a_living_log_is_exported_and_everybodys_verifier_takes_it() {
    in_world(async |world| {
        let home = Home::new("exported");
        lived(world, &home).await;
        let bundle = exported(world, &home, "log.tar");
        assert_eq!(fs::metadata(&bundle).unwrap().permissions().mode() & 0o777, 0o600);
        let beside = fs::read_dir(&home.0).unwrap().map(|file| file.unwrap().file_name());
        assert!(!beside.into_iter().any(|name| name.to_str().unwrap().contains("unfinished")));

        let trust = trust(world, &home);
        let mut arguments = vec!["audit", "verify", bundle.to_str().unwrap()];
        arguments.extend(trust.iter().map(String::as_str));
        let done = offline(&arguments);
        assert_eq!(done.code, 0, "{}{}", done.out, done.err);
        let signed = newest(world).await;
        let said = format!("All {} entries give the signed root.", signed.head().size);
        assert!(done.out.contains(&said) && !done.out.contains("not trusted"), "{}", done.out);
        assert!(done.out.contains("entries were added since the checkpoint of"), "{}", done.out);

        let directory = home.0.join("unpacked");
        unpacked(&bundle, &directory);
        let policy = Policy::parse(&fs::read(home.0.join("log/policy")).unwrap()).unwrap();
        let keys = policy.logs().iter().map(|log| log.key.to_string());
        let vkeys: Vec<String> =
            keys.chain(policy.witnesses().iter().map(|witness| witness.key.to_string())).collect();
        let answer =
            format!("{}: {} records, 2 signatures", signed.checkpoint().origin(), signed.head().size);
        let older = fs::read_dir(directory.join("checkpoints")).unwrap().next().unwrap().unwrap().path();
        let program = go_program("living");
        assert_eq!(by_go(&program, &directory, &vkeys, Some(&older)), Ok(answer.clone()));
        assert_eq!(by_python(&directory, &vkeys), Ok(answer));
        let manifest: Value = serde_json::from_slice(&fs::read(directory.join("manifest")).unwrap()).unwrap();
        assert_eq!(manifest["root"], signed.head().root.hex().as_str());
        assert_eq!(manifest["pace"]["quantum"], 64);
    });
}

/// Attack 23: who is behind an alias is shown on request, and that it is not somebody else.
#[test]
fn attack_23_openings_are_exported_and_compared_with_the_log() {
    in_world(async |world| {
        let home = Home::new("opened");
        lived(world, &home).await;
        let file = home.0.join("opened.tar");
        let arguments = ["audit", "export", "--open-actors", "--out", file.to_str().unwrap()];
        let done = senim(world, &home, &arguments);
        assert!(done.code == 0 && done.out.contains("names the people"), "{}{}", done.out, done.err);
        let trust = trust(world, &home);
        let verify = |file: &Path| {
            let mut arguments = vec!["audit", "verify", file.to_str().unwrap()];
            arguments.extend(trust.iter().map(String::as_str));
            offline(&arguments)
        };
        let done = verify(&file);
        assert!(done.code == 0 && done.out.contains("of them are is shown"), "{}{}", done.out, done.err);
        assert!(!verify(&exported(world, &home, "closed.tar")).out.contains("is shown"));
        // Two people change places: the first two names of the file, which are of one length.
        let mut bytes = fs::read(&file).unwrap();
        let place = |bytes: &[u8], name: &str| {
            let wanted = format!("\"login\":\"{name}\"").into_bytes();
            bytes.windows(wanted.len()).position(|window| window == wanted).unwrap() + 9
        };
        let [one, two] = ["rev1", "tri1"].map(|name| place(&bytes, name));
        bytes[one..one + 4].copy_from_slice(b"tri1");
        bytes[two..two + 4].copy_from_slice(b"rev1");
        fs::write(&file, bytes).unwrap();
        let done = verify(&file);
        assert_eq!(done.code, 1, "{}", done.out);
        assert!(done.out.contains("somebody else than the openings say"), "{}", done.out);
    });
}

#[test]
fn an_auditor_is_sent_the_same_bytes_and_that_is_recorded() {
    in_world(async |world| {
        let home = Home::new("sent");
        lived(world, &home).await;
        let written = fs::read(exported(world, &home, "log.tar")).unwrap();
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let auditor = world.sign_in("aud1").await;
        let get = |path: &str| {
            app.request("GET", &format!("/api/v1/audit/{path}")).bearer_auth(auditor.token.expose()).send()
        };
        let sent = get("bundle").await.unwrap();
        assert_eq!(sent.status(), 200);
        assert_eq!(sent.headers()["content-type"], "application/x-tar");
        assert_eq!(sent.headers()["content-length"], written.len().to_string().as_str());
        let name = sent.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(name.contains("senim-log-") && name.ends_with(".tar\""), "{name}");
        assert!(sent.bytes().await.unwrap() == written.as_slice(), "other bytes");
        let recorded = "audit.entries where acts = '{audit.queried}' and convert_from(body, 'UTF8')::jsonb \
                        #>> '{codes,query}' = 'bundle'";
        assert_eq!(world.owner().await.count(recorded).await, 1);

        let older = "select size from audit.checkpoints order by size limit 1 offset 5";
        let older = world.owner().await.value(older).await.as_u64().unwrap();
        let sent = get(&format!("bundle?size={older}")).await.unwrap();
        let small = sent.bytes().await.unwrap();
        assert!(small.len() < written.len());
        let again = get(&format!("bundle?size={older}")).await.unwrap().bytes().await.unwrap();
        assert!(small == again, "the same size is the same file");
        assert_eq!(get("bundle?size=1").await.unwrap().status(), 404);
        assert_eq!(get("bundle?size=18446744073709551615").await.unwrap().status(), 404);
        assert_eq!(get("bundle?size=x").await.unwrap().status(), 422);
        app.stop().await;
    });
}

#[test]
fn without_a_signed_head_there_is_a_sentence_and_no_file() {
    in_world(async |world| {
        let home = Home::new("unsigned");
        let (runner, _config) = worker(world, &home);
        pass(world, &runner, 2).await;
        let out = home.0.join("log.tar");
        let done = senim(world, &home, &["audit", "export", "--out", out.to_str().unwrap()]);
        assert_eq!(done.code, 2, "{}{}", done.out, done.err);
        assert!(done.err.contains("no signed head yet"), "{}", done.err);
        assert!(!out.exists());
        assert_eq!(senim(world, &home, &["audit", "export"]).code, 64);
        world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let auditor = world.sign_in("aud1").await;
        assert_eq!(app.staff(&auditor).get("/audit/bundle").await.refused(409), "no_head");
        app.stop().await;
    });
}

/// What is below a signed head never changes. Where it did, nobody is given a file as if nothing had happened.
#[test]
fn a_log_that_changes_while_it_is_read_is_not_a_file() {
    in_world(async |world| {
        let home = Home::new("changed");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        pass(world, &runner, 40).await;
        let TreeHead { size, .. } = *newest(world).await.head();
        assert!(size > 2048, "more than one batch: {size}");
        let mut export = export_log(&world.ctx, &config.log, Asker::Operator, None).await.unwrap();
        let mut read = 0;
        while let Some(bytes) = export.next(&world.ctx).await.unwrap() {
            read += u64::try_from(bytes.len()).unwrap();
        }
        assert_eq!(read, export.length());
        let mut export = export_log(&world.ctx, &config.log, Asker::Operator, None).await.unwrap();
        export.next(&world.ctx).await.unwrap();
        let honest = "select data from audit.tiles where level = 0 and idx = 3";
        let mut owner = world.owner().await;
        let honest = owner.value(honest).await;
        rewrite(&mut owner, "tiles", "set data = substr(data, 1, 32) where level = 0 and idx = 3").await;
        let broken = loop {
            match export.next(&world.ctx).await {
                Ok(piece) => assert!(piece.is_some(), "it ended as if all were well"),
                Err(error) => break error,
            }
        };
        assert!(matches!(broken, ExportError::Act(_)), "{broken}");
        assert!(broken.to_string().contains("tile"), "{broken}");
        let back = format!("set data = '{}' where level = 0 and idx = 3", honest.as_str().unwrap());
        rewrite(&mut owner, "tiles", &back).await;
    });
}
