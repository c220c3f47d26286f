//! `senim audit verify` as an outsider runs it: files, sentences, exit codes, the head that is kept.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use senim::audit::case_proof::CaseProof;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    attacks::edited,
    case_ground::Court,
    ground::{Bundle, Log},
};

/// A directory of one test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("audit-verify-{name}"));
        fs::remove_dir_all(&path).ok();
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn tar(&self, name: &str, bundle: &Bundle) -> PathBuf {
        self.write(name, tar_of(bundle))
    }
}

fn tar_of(bundle: &Bundle) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut put = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(bytes.len()).unwrap());
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, path, bytes).unwrap();
    };
    for (path, bytes) in &bundle.files {
        put(path, bytes);
    }
    put(
        "private/entries.jsonl",
        &bundle.entries.iter().flat_map(|line| [line, b"\n".as_slice()].concat()).collect::<Vec<_>>(),
    );
    tar.into_inner().unwrap()
}

/// Exit code, what was printed, what was complained about.
fn verify(bundle: &Path, more: &[&str]) -> (i32, String, String) {
    audit("verify", &[&[bundle.to_str().unwrap()], more].concat())
}

fn audit(what: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_senim"));
    let done = command.args(["audit", what]).args(arguments).env_clear().output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (done.status.code().unwrap(), text(&done.stdout), text(&done.stderr))
}

#[test]
fn the_command_says_what_it_checked_and_ends_with_the_code_of_the_worst() {
    let (place, log) = (Place::new("codes"), Log::lived());
    let policy = place.write("policy", log.policy());
    let genesis = place.write("genesis", log.genesis());
    let trust = ["--policy", policy.to_str().unwrap(), "--genesis", genesis.to_str().unwrap()];
    let good = place.tar("good.tar", &log.bundle());
    let (code, out, _) = verify(&good, &trust);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("All 707 entries give the signed root.") && !out.contains("WRONG"), "{out}");

    let mut bundle = log.bundle();
    bundle.entries.swap(100, 101);
    let (code, out, err) = verify(&place.tar("wrong.tar", &bundle), &trust);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("The first entry concerned is number 100") && err.contains("not good"),
        "{out}{err}"
    );

    let mut bundle = log.bundle();
    bundle.files.remove("tile/0/000");
    assert_eq!(verify(&place.tar("missing.tar", &bundle), &trust).0, 2);
    let (code, out, _) = verify(&good, &[]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("whoever made the bundle chose the keys"), "{out}");
    assert_eq!(verify(&place.0.join("nowhere.tar"), &trust).0, 2);
    assert_eq!(verify(&place.write("broken.tar", "not a tar file at all"), &trust).0, 2);
    assert_eq!(verify(&good, &["--nonsense"]).0, 64);
}

/// What is told of a file quotes it: whoever made it must not paint a better answer over ours.
#[test]
fn a_hostile_file_does_not_write_on_the_terminal() {
    const PAINT: &str = "\u{1b}[2J\u{9b}H\r\n  good         All is well.\u{202e}";
    let painted = |out: &str| {
        out.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
            || out.lines().any(|line| line.trim_start().starts_with("good         All is well"))
    };
    let (place, log) = (Place::new("terminal"), Log::lived());
    let policy = place.write("policy", log.policy());
    let mut bundle = log.bundle();
    bundle.entries[650] =
        edited(&bundle.entries[650], |entry| drop(entry.insert(PAINT.to_owned(), json!(1))));
    let (code, out, err) = verify(&place.tar("verify.tar", &bundle), &["--policy", policy.to_str().unwrap()]);
    assert!(code == 1 && out.contains("is no member of an entry"), "{out}");
    assert!(!painted(&out) && !painted(&err), "{out:?}{err:?}");

    let court = Court::new();
    let policy = place.write("court", court.log.policy());
    let mut proof = court.honest();
    proof.entries[1].0 = edited(&proof.entries[1].0, |entry| {
        entry["by"]["role"] = json!(PAINT);
        entry["acts"] = json!([PAINT]);
    });
    let file = place.tar("case.tar", &court.file(&proof));
    let (code, out, err) = audit("case", &[file.to_str().unwrap(), "--policy", policy.to_str().unwrap()]);
    assert!(code == 1 && out.contains("All is well"), "{out}");
    assert!(!painted(&out) && !painted(&err), "{out:?}{err:?}");
}

/// A proof that there is no such case says of which: it would be taken for one about another.
#[test]
fn a_proof_says_which_case_it_is_about() {
    let (place, court) = (Place::new("which"), Court::new());
    let policy = place.write("policy", court.log.policy());
    let case = Uuid::nil();
    let map = Some(court.map_proof(court.maps[1], &[0]));
    let file = place.tar("case.tar", &court.file(&CaseProof { case, entries: Vec::new(), map }));
    let (code, out, _) = audit("case", &[file.to_str().unwrap(), "--policy", policy.to_str().unwrap()]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("There was no such case") && out.contains(&case.simple().to_string()), "{out}");
}

#[test]
fn the_answer_for_programs_names_the_first_divergent_index() {
    let (place, log) = (Place::new("json"), Log::lived());
    let policy = place.write("policy", log.policy());
    let mut bundle = log.bundle();
    bundle.entries.remove(650);
    let tar = place.tar("bundle.tar", &bundle);
    let (code, out, _) = verify(&tar, &["--json", "--policy", policy.to_str().unwrap()]);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 1);
    assert_eq!((&answer["outcome"], &answer["first_divergent_index"]), (&"finding".into(), &650.into()));
    assert_eq!(answer["size"], 707);
    assert_eq!(answer["checks"][0]["name"], "signatures");
}

#[test]
fn a_kept_head_finds_what_the_bundle_alone_does_not_show() {
    let (place, log) = (Place::new("remember"), Log::lived());
    let policy = place.write("policy", log.policy());
    let kept = place.0.join("kept");
    let trust = ["--policy", policy.to_str().unwrap(), "--remember", kept.to_str().unwrap()];
    let mut early = Log::lived();
    early.entries.truncate(500);
    assert_eq!(verify(&place.tar("early.tar", &early.bundle()), &trust).0, 0);
    let after_early = fs::read_to_string(&kept).unwrap();

    let mut forked = Log::lived();
    forked.entries.remove(420);
    let forked = place.tar("forked.tar", &forked.bundle());
    let (code, out, _) = verify(&forked, &trust);
    assert_eq!(code, 1);
    assert!(out.contains("the head kept from before"), "{out}");
    assert_eq!(fs::read_to_string(&kept).unwrap(), after_early, "what is wrong is not kept");

    let (code, out, _) = verify(&place.tar("late.tar", &log.bundle()), &trust);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains("207 entries were added since the head kept from before; none was changed."),
        "{out}"
    );
    assert_ne!(fs::read_to_string(&kept).unwrap(), after_early);
    let (code, out, _) = verify(&place.tar("early.tar", &early.bundle()), &trust);
    assert_eq!(code, 1, "an old copy");
    assert!(out.contains("old copy"), "{out}");

    fs::write(&kept, "{}").unwrap();
    assert_eq!(verify(&forked, &trust).0, 64, "a file that is not ours is not overwritten");
    assert_eq!(fs::read_to_string(&kept).unwrap(), "{}");
}

/// A tar file may hold a name twice, and readers differ in which they take.
#[test]
fn a_bundle_that_holds_a_file_twice_is_not_read() {
    let (place, log) = (Place::new("twice"), Log::lived());
    let bundle = log.bundle();
    let mut first = tar_of(&bundle);
    first.truncate(first.len() - 1024);
    first.extend(tar_of(&bundle));
    let (code, _, err) = verify(&place.write("twice.tar", first), &[]);
    assert_eq!(code, 2);
    assert!(err.contains("twice"), "{err}");
}

/// Whoever mistypes an id, saves a page instead of the file or loses half of it, reads what they gave.
#[test]
fn what_is_no_bundle_is_said_to_be_none() {
    let (place, log) = (Place::new("no-bundle"), Log::lived());
    let mut half = tar_of(&log.bundle());
    half.truncate(700);
    let page = place.write("page.html", "<!doctype html>\n".repeat(100));
    let half = place.write("half.tar", half);
    for file in [&page, &half] {
        let name = file.to_str().unwrap();
        for what in ["verify", "case"] {
            let (code, _, err) = audit(what, &[name]);
            assert_eq!(code, 2, "{err}");
            assert!(err.contains(name) && err.contains("no whole tar file"), "{err}");
        }
    }
    let (code, _, err) = audit("case", &["0123abcd"]);
    assert!(code == 2 && err.contains("0123abcd") && err.contains("32 hexadecimal digits"), "{err}");
    let folder = place.0.to_str().unwrap();
    let (code, _, err) = audit("receipt", &[page.to_str().unwrap(), "--files", folder]);
    assert!(code == 2 && err.contains("whether the promise is kept"), "{err}");
}

#[test]
fn a_newer_head_extends_an_older_one_or_the_command_says_no() {
    let (place, log) = (Place::new("consistency"), Log::lived());
    let policy = place.write("policy", log.policy());
    let bundle = log.bundle();
    let new = place.tar("new.tar", &bundle);
    let older = place.write("older", &bundle.files["checkpoints/300"]);
    let alone = place.write("alone", &bundle.files["checkpoint"]);
    let mut forked = Log::lived();
    forked.entries.remove(100);
    forked.entries.truncate(400);
    let forked = place.tar("forked.tar", &forked.bundle());
    let compare = |old: &Path, new: &Path| {
        let policy = policy.to_str().unwrap();
        audit("consistency", &[old.to_str().unwrap(), new.to_str().unwrap(), "--policy", policy])
    };
    let (code, out, err) = compare(&older, &new);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("407 entries were added; none was changed."), "{out}");
    assert_eq!(compare(&new, &new).0, 0);
    assert_eq!(compare(&alone, &alone).0, 0);
    let (code, out, _) = compare(&forked, &new);
    assert_eq!(code, 1);
    assert!(out.contains("history was rewritten"), "{out}");
    let (code, out, _) = compare(&new, &older);
    assert_eq!(code, 1);
    assert!(out.contains("entries were taken out") && out.contains("number 300"), "{out}");
    assert_eq!(compare(&older, &alone).0, 2, "no tiles");
    let names = [older.to_str().unwrap(), new.to_str().unwrap(), "--json"];
    let (code, out, _) = audit("consistency", &names);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &answer["outcome"]), (3, &"policy_not_met".into()));
    assert_eq!(audit("consistency", &names[..1]).0, 64);
}

/// The three lines of a printed sheet, as a code reads them or as somebody copies them.
#[test]
fn a_printed_head_is_compared_with_a_newer_bundle() {
    let (place, log) = (Place::new("sheet"), Log::lived());
    let (policy, bundle) = (place.write("policy", log.policy()), log.bundle());
    let new = place.tar("new.tar", &bundle);
    let note = String::from_utf8(bundle.files["checkpoints/300"].clone()).unwrap();
    let scanned: String = note.split_inclusive('\n').take(3).collect();
    let lines: Vec<&str> = scanned.lines().collect();
    let hex = data_encoding::HEXLOWER.encode(&data_encoding::BASE64.decode(lines[2].as_bytes()).unwrap());
    let grouped =
        hex.as_bytes().chunks(8).map(|part| str::from_utf8(part).unwrap()).collect::<Vec<_>>().join(" ");
    let copied = format!("{}\n 300 \n{grouped}", lines[0]);
    let compare = |text: &str| {
        let old = place.write("old", text);
        let names = [old.to_str().unwrap(), new.to_str().unwrap(), "--policy", policy.to_str().unwrap()];
        audit("consistency", &names)
    };
    for text in [&scanned, &copied] {
        let (code, out, err) = compare(text);
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains("as on a printed sheet") && out.contains("none was changed"), "{out}");
    }
    let other: String = hex.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    let (code, out, _) = compare(&copied.replace(&grouped, &other));
    assert!(code == 1 && out.contains("history was rewritten"), "{out}");
    let (words, short) = (copied.replace(" 300 ", "three"), copied.replace(&grouped, "0123"));
    for unclear in [words, short, format!("{copied}\nmore")] {
        assert_eq!(compare(&unclear).0, 2, "{unclear}");
    }
}
