//! The proof that one case's history is whole, of a living log: made by the operator or an auditor, checked by the program
//! without a database and by one that others wrote.

use std::{
    fs,
    path::{Path, PathBuf},
};

use senim::{
    audit::witness_policy::Policy,
    domain::{
        case::{status::Status, step::Step},
        role::Role,
    },
    policy::RoleAt,
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::App,
    browser::in_browser,
    browser_main_job::sign_in,
    installation::Done,
    log_export::{offline, senim, trust, unpacked},
    log_files::{Home, pass, signer, witness, worker},
    programs::by_python,
    reconcile_attacks::disarm,
    world::{World, in_ruined_world, in_world},
};

/// The cases of a world, by the ids under which the record knows them.
struct Cases {
    /// With entries that are later than the newest map.
    living: String,
    /// All of it in the map.
    still: String,
    /// In no tree yet.
    new: String,
}

async fn audit_id(world: &World, case: impl std::fmt::Display) -> String {
    let id = format!("select replace(audit_id::text, '-', '') from cases where id = '{case}'");
    world.owner().await.value(&id).await.as_str().unwrap().to_owned()
}

/// Two days and a bit, and three cases in them.
async fn lived(world: &World, runner: &senim::jobs::Runner) -> Cases {
    world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
    pass(world, runner, 2).await;
    let living = world.submit("The inspector asked for an envelope.").await.case;
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    triager.attest(living).await;
    assert_eq!(world.drive(living, &triager, Step::Open, &reviewer).await, Status::Triage);
    let still = world.submit("Another one.").await.case;
    pass(world, runner, 19 * 4 + 96 + 20).await;
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    assert_eq!(world.drive(living, &triager, Step::Reject, &reviewer).await, Status::Rejected);
    pass(world, runner, 2).await;
    let new = world.submit("A third one, which waits for its day.").await.case;
    let [living, still, new] =
        [audit_id(world, living).await, audit_id(world, still).await, audit_id(world, new).await];
    Cases { living, still, new }
}

/// A world with a signer and a witness whom the policy asks for.
fn in_witnessed_world(name: &str, test: impl AsyncFnOnce(&World, &Home, &Cases)) {
    in_world(async |world| {
        let home = Home::new(name);
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        let witness = witness(world, &home, 1);
        let text = fs::read_to_string(home.0.join("log/policy")).unwrap();
        fs::write(home.0.join("log/policy"), text.replace("quorum none", "quorum w1")).unwrap();
        let cases = lived(world, &runner).await;
        test(world, &home, &cases).await;
        witness.stop().await;
    });
}

/// Has the operator make the proof of a case.
#[track_caller]
fn made(world: &World, home: &Home, case: &str) -> (PathBuf, Done) {
    let file = home.0.join(format!("{case}.tar"));
    let done = senim(world, home, &["audit", "case", case, "--out", file.to_str().unwrap()]);
    assert_eq!(done.code, 0, "{}{}", done.out, done.err);
    (file, done)
}

/// Has an outsider check it.
fn checked(world: &World, home: &Home, file: &Path, more: &[&str]) -> Done {
    let trust = trust(world, home);
    let mut arguments = vec!["audit", "case", file.to_str().unwrap()];
    arguments.extend(trust.iter().map(String::as_str).chain(more.iter().copied()));
    offline(&arguments)
}

#[test]
fn the_operator_makes_a_proof_that_the_program_takes_without_a_database() {
    in_witnessed_world("case", async |world, home, cases| {
        let (file, _) = made(world, home, &cases.living);
        let done = checked(world, home, &file, &[]);
        assert_eq!(done.code, 0, "{}{}", done.out, done.err);
        for words in ["complete up to number", "entries are later than the map", "leads to", "rejected"] {
            assert!(done.out.contains(words), "{words}: {}", done.out);
        }
        assert!(!done.out.contains("envelope") && !done.out.contains("WRONG"), "{}", done.out);
        let json: Value = serde_json::from_str(&checked(world, home, &file, &["--json"]).out).unwrap();
        assert_eq!((&json["outcome"], &json["case"]), (&"good".into(), &cases.living.as_str().into()));
        let later = json["entries"].as_array().unwrap().iter().filter(|line| line["later_than_map"] == true);
        assert!(later.count() >= 2, "{json}");

        let (file, done) = made(world, home, &cases.still);
        assert!(!done.out.contains("newer"), "{}", done.out);
        assert!(done.out.contains("names all staff by sign-in name"), "{}", done.out);
        let done = checked(world, home, &file, &[]);
        assert!(done.code == 0 && done.out.contains("complete as of the map of heads"), "{}", done.out);

        let (file, done) = made(world, home, &cases.new);
        assert!(done.out.contains("1 newer entries are not in it"), "{}", done.out);
        let done = checked(world, home, &file, &[]);
        assert!(done.code == 0 && done.out.contains("There was no such case as of"), "{}", done.out);

        let (file, done) = made(world, home, &Uuid::nil().simple().to_string());
        assert!(done.out.contains("knows no such case"), "{}", done.out);
        assert_eq!(checked(world, home, &file, &[]).code, 0);

        // Without a policy of one's own nobody vouches for the head.
        assert_eq!(offline(&["audit", "case", file.to_str().unwrap()]).code, 3);
        let text = file.to_str().unwrap();
        assert_eq!(offline(&["audit", "case", text, "--out", "elsewhere.tar"]).code, 64);
        assert_eq!(offline(&["audit", "case", "nowhere.tar"]).code, 2);

        // Taken for a bundle of the whole log it accuses nobody.
        let verified = offline(&["audit", "verify", text]);
        let compared = senim(world, home, &["audit", "reconcile", "--bundle", text]);
        for done in [verified, compared] {
            assert_eq!(done.code, 2, "{}{}", done.out, done.err);
            assert!(done.out.contains("proof of one case") && !done.out.contains("WRONG"), "{}", done.out);
        }
    });
}

/// Attack 20, by a program that knows nothing of ours: what it takes, and what it refuses.
#[test]
fn attack_20_python_misses_the_newest_entry_of_a_case() {
    in_witnessed_world("case-python", async |world, home, cases| {
        let policy = Policy::parse(&fs::read(home.0.join("log/policy")).unwrap()).unwrap();
        let keys = policy.logs().iter().map(|log| log.key.to_string());
        let vkeys: Vec<String> =
            keys.chain(policy.witnesses().iter().map(|witness| witness.key.to_string())).collect();
        let fresh = |case: &str| {
            let directory = home.0.join("unpacked");
            let _ = fs::remove_dir_all(&directory);
            unpacked(&made(world, home, case).0, &directory);
            directory
        };
        for (case, words) in
            [(cases.living.as_str(), "entries of the case"), (cases.new.as_str(), "0 entries of the case")]
        {
            let answer = by_python(&fresh(case), &vkeys).unwrap();
            assert!(answer.contains(words), "{answer}");
        }
        let proof = |directory: &Path| -> Value {
            serde_json::from_slice(&fs::read(directory.join("map/proof")).unwrap()).unwrap()
        };
        let known = proof(&fresh(&cases.living))["leaves"][0]["n"].as_u64().unwrap();
        let cut = |directory: &Path| {
            for name in ["private/entries.jsonl", "inclusion.jsonl"] {
                let text = fs::read_to_string(directory.join(name)).unwrap();
                let kept = text.split_inclusive('\n').take(usize::try_from(known).unwrap() - 1);
                fs::write(directory.join(name), kept.collect::<String>()).unwrap();
            }
        };
        let directory = fresh(&cases.living);
        cut(&directory);
        assert!(by_python(&directory, &vkeys).unwrap_err().contains("not all here"));
        let mut lowered = proof(&directory);
        lowered["leaves"][0]["n"] = (known - 1).into();
        fs::write(directory.join("map/proof"), lowered.to_string()).unwrap();
        assert!(by_python(&directory, &vkeys).unwrap_err().contains("a leaf of the map is not in the tree"));
        // The case as a whole: none of its entries, and the leaves of another that is not there.
        let directory = fresh(&cases.living);
        for name in ["private/entries.jsonl", "inclusion.jsonl"] {
            fs::write(directory.join(name), "").unwrap();
        }
        let nobody = home.0.join("nobody");
        unpacked(&made(world, home, &Uuid::nil().simple().to_string()).0, &nobody);
        fs::copy(nobody.join("map/proof"), directory.join("map/proof")).unwrap();
        // Where the case happens to be the first of the map, the leaf beside nobody's place is its own.
        let why = by_python(&directory, &vkeys).unwrap_err();
        assert!(["do not show", "not all here"].iter().any(|words| why.contains(words)), "{why}");
    });
}

#[test]
fn an_auditor_sees_the_history_and_takes_the_same_proof() {
    in_witnessed_world("case-page", async |world, home, cases| {
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let actor = world.sign_in("aud1").await;
        let pages = app.staff_pages(&actor);
        let recorded = |what: &str| {
            format!(
                "audit.entries where acts = '{{audit.queried}}' and \
                 convert_from(body, 'UTF8') like '%\"query\":\"{what}\"%'"
            )
        };
        let mut owner = world.owner().await;
        let path = format!("/audit/cases/{}", cases.living);
        let page = pages.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("class=\"notice\"") && page.body.contains(&format!("{path}/proof")));
        let entries = owner.count(&format!("audit.entries where obj_id = '{}'", cases.living)).await;
        assert_eq!(page.body.matches("<tr>").count() - 1, usize::try_from(entries).unwrap());
        let still = pages.get(&format!("/audit/cases/{}", cases.still)).await;
        assert!(still.body.contains("class=\"good\""), "{}", still.body);
        assert_eq!(owner.count(&recorded("case")).await, 2);

        let sent = app
            .request("GET", &format!("{path}/proof"))
            .header("cookie", format!("__Host-senim-staff={}", actor.token.expose()))
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), 200);
        assert_eq!(sent.headers()["content-type"], "application/x-tar");
        let name = sent.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(name.contains(&format!("case-{}.tar", cases.living)), "{name}");
        let (file, _) = made(world, home, &cases.living);
        assert!(sent.bytes().await.unwrap() == fs::read(file).unwrap(), "other bytes than the operator's");
        assert_eq!(owner.count(&recorded("completeness")).await, 1, "the operator's is not recorded");

        assert_eq!(pages.get(&format!("/audit/cases/{}", Uuid::nil())).await.status, 404);
        assert_eq!(pages.get("/audit/cases/x").await.status, 404);
        for login in ["tri1", "rev1", "admin1"] {
            let others = app.staff_pages(&world.sign_in(login).await);
            for path in [path.clone(), format!("{path}/proof")] {
                assert_eq!(others.get(&path).await.status, 403, "{login} {path}");
            }
        }
        app.stop().await;
    });
}

/// Whoever has all rights over the database takes out a case's newest entry, or one in the middle.
#[test]
fn a_history_with_entries_taken_out_is_not_shown_as_one() {
    in_ruined_world(async |world| {
        let home = Home::new("case-broken");
        world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let pages = app.staff_pages(&world.sign_in("aud1").await);
        let mut cases = Vec::new();
        for _ in 0..2 {
            let case = world.submit("Something.").await.case;
            world.drive(case, &triager, Step::Open, &reviewer).await;
            cases.push(audit_id(world, case).await);
            let page = pages.get(&format!("/audit/cases/{}", cases[cases.len() - 1])).await;
            assert!(page.status == 200 && !page.body.contains("class=\"bad\""), "{}", page.body);
        }
        let mut owner = world.owner().await;
        disarm(&mut owner).await;
        let newest = "(select max(n) from audit.entries o where o.obj_id = e.obj_id)";
        for (case, taken) in cases.iter().zip([newest, "2"]) {
            let take = format!("delete from audit.entries e where obj_id = '{case}' and n = {taken}");
            owner.run(&take).await.unwrap();
            let page = pages.get(&format!("/audit/cases/{case}")).await;
            assert!(page.body.contains("class=\"bad\""), "{taken}: {}", page.body);
        }
        app.stop().await;
    });
}

#[test]
fn before_a_signed_head_or_a_map_it_is_said_what_is_missing() {
    in_world(async |world| {
        let home = Home::new("case-early");
        let (runner, config) = worker(world, &home);
        world.enrol("aud1", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        let case = audit_id(world, world.submit("Too early.").await.case).await;
        let out = home.0.join("early.tar");
        let arguments = ["audit", "case", case.as_str(), "--out", out.to_str().unwrap()];
        let done = senim(world, &home, &arguments);
        assert!(done.code == 2 && done.err.contains("no signed head yet") && !out.exists(), "{}", done.err);
        let app = App::start(world, &[("SENIM_HOME", home.text())]);
        let pages = app.staff_pages(&world.sign_in("aud1").await);
        assert!(!pages.get(&format!("/audit/cases/{case}")).await.body.contains("/proof"));
        assert_eq!(pages.get(&format!("/audit/cases/{case}/proof")).await.status, 409);
        let _signer = signer(world, &home, &config);
        pass(world, &runner, 2).await;
        assert_eq!(senim(world, &home, &arguments).code, 0);
        let done = checked(world, &home, &out, &[]);
        assert_eq!(done.code, 2, "{}", done.out);
        assert!(done.out.contains("There is no map of heads"), "{}", done.out);
        app.stop().await;
    });
}

#[test]
fn browser_an_auditor_reads_a_case_and_whether_it_is_complete() {
    in_browser("ru", async |world, _, browser| {
        let home = Home::new("case-browser");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        let cases = lived(world, &runner).await;
        sign_in(world, browser, "aud1").await;
        browser.open(&format!("/audit/entries?case={}", cases.living)).await;
        browser.press("main p > a[href^='/audit/cases/']").await;
        assert!(browser.text().await.contains("История полная до записи № "), "{}", browser.text().await);
        browser.look_at_record("case-some").await;
        browser.press("table.list tbody tr:last-child th a").await;
        browser.press("main p > a[href^='/audit/cases/']").await;
        assert_eq!(browser.path().await.replace('-', ""), format!("/audit/cases/{}", cases.living));
        browser.open(&format!("/audit/cases/{}", cases.still)).await;
        assert!(browser.text().await.contains("История полная по ежедневной карте"));
        browser.look_at_record("case-all").await;
        browser.open(&format!("/audit/cases/{}", cases.new)).await;
        browser.look_at_record("case-newer").await;
    });
}

/// Whoever holds a part in a case finds on its page the number by which the record, and so the proof for a court, knows it.
#[test]
fn a_case_tells_its_number_in_the_record_to_whom_it_was_given() {
    in_world(async |world| {
        let app = App::start(world, &[]);
        let case = world.submit("The inspector asked for an envelope.").await.case;
        let number: Uuid = audit_id(world, case).await.parse().unwrap();
        let triager = world.sign_in("tri1").await;
        let pages = app.staff_pages(&triager);
        let path = format!("/staff/cases/{case}");
        assert!(!pages.get(&path).await.body.contains(&number.to_string()), "before the attestation");
        triager.attest(case).await;
        assert!(pages.get(&path).await.body.contains(&number.to_string()));
        app.stop().await;
    });
}
