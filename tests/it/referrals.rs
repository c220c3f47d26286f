//! What is sent to other bodies: to whom, what, signed by whom, and what becomes of it.

use std::{fs, path::Path, process::Command};

use senim::{
    domain::{
        case::{referral::ReferralState, status::Status, step::Step, subject::RawSubject},
        configuration::Kind,
        ids::{CaseId, ReferralId},
        role::Role,
    },
    policy::RoleAt,
    usecases::{
        Error,
        oversee::oversee,
        piece::{Piece, PieceBody},
        read_inbox::SentTo,
        track_referral::{fetch_package, track_referral},
        watch_deadlines::watch_deadlines,
        watch_referrals::watch_referrals,
    },
};
use serde_json::{Value, json};

use crate::{
    app::in_app,
    barred::person,
    conflicts::{another_body, concerning, record},
    database::bytes,
    facts::{enough, none, with},
    observed::{codes, faults},
    people::{ReporterActor, StaffActor},
    world::{World, in_ruined_world, in_world},
};

/// A case that a triager opened and attested.
pub async fn opened(world: &World) -> (ReporterActor, StaffActor, StaffActor) {
    let reporter = world.submit("The account itself.").await;
    let (by, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    by.attest(reporter.case).await;
    by.take(reporter.case, Step::Open, none()).await;
    (reporter, by, second)
}

fn given(step: Step, by: &StaffActor, more: Value) -> Value {
    with(enough(Status::Triage, step, by.id(), "some"), more)
}

/// Two people send a case, or a part of it.
pub async fn send(
    case: CaseId,
    step: Step,
    (by, second): (&StaffActor, &StaffActor),
    more: Value,
) -> ReferralId {
    let proposal = by.propose(case, step, given(step, by, more)).await;
    second.attest(case).await;
    second.approve(proposal).await.unwrap();
    by.open(case).await.unwrap().referrals.last().unwrap().id
}

/// The files of an archive.
fn unpack(archive: &[u8], into: &Path) {
    let _ = fs::remove_dir_all(into);
    fs::create_dir_all(into).unwrap();
    tar::Archive::new(archive).unpack(into).unwrap();
}

fn runs(folder: &Path, program: &str, line: &str) -> bool {
    let done = Command::new(program).args(line.split(' ')).current_dir(folder).output().unwrap();
    done.status.success()
}

fn verified_by_openssl(folder: &Path, which: u8) -> bool {
    let line = format!(
        "pkeyutl -verify -pubin -inkey signatures/{which}.pem -rawin -in signatures/signed -sigfile signatures/{which}.sig"
    );
    runs(folder, "openssl", &line)
}

#[test]
fn eu_11_6_1_a_package_is_sealed_signed_by_two_and_checked_by_others() {
    in_world(async |world| {
        let (reporter, by, second) = opened(world).await;
        reporter.write("A letter that stays here.").await.unwrap();
        let case = reporter.case;
        let pieces = by.open(case).await.unwrap().content.unwrap();
        let report = pieces.iter().find(|piece| matches!(piece.body, PieceBody::Report(_))).unwrap();
        let report = report.id.to_string();
        let id = send(case, Step::Refer, (&by, &second), json!({"enclosed": [report]})).await;
        assert_eq!(world.status(case).await, Status::Referred);

        let archive = fetch_package(&world.ctx, &by.caller, (case, id)).await.unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("package-{id}"));
        unpack(&archive, &folder);
        let text = fs::read_to_string(folder.join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["recipient"], "prosecutor");
        assert_eq!((&manifest["basis"], &manifest["identity"]), (&json!("not_competent"), &json!("removed")));
        assert_eq!((&manifest["extent"], &manifest["profile"]), (&json!("whole"), &json!("kz/1")));
        let files = manifest["files"].as_array().unwrap();
        assert_eq!(files.len(), 2, "the statement and what was ticked");
        let sums: String = files
            .iter()
            .map(|file| format!("{}  {}\n", file["sha256"].as_str().unwrap(), file["name"].as_str().unwrap()))
            .collect();
        fs::write(folder.join("sums"), sums).unwrap();
        assert!(runs(&folder, "sha256sum", "--strict -c sums"));
        let signed = fs::read(folder.join("signatures/signed")).unwrap();
        assert!(signed.ends_with(text.as_bytes()), "what is signed is the manifest");
        assert!(verified_by_openssl(&folder, 1) && verified_by_openssl(&folder, 2));
        let keys = [1, 2].map(|which| fs::read(folder.join(format!("signatures/{which}.pem"))).unwrap());
        assert_ne!(keys[0], keys[1], "two people");
        fs::write(folder.join("signatures/signed"), text.replace("prosecutor", "court")).unwrap();
        assert!(!verified_by_openssl(&folder, 1), "another recipient");
        let body = fs::read_to_string(folder.join("enclosed/01-report.txt")).unwrap();
        assert!(body.contains("The account itself."));

        // Its hash stands in the record, and nothing of it in clear anywhere.
        let query = format!(
            "select e.body from audit.entries e join cases c on c.audit_id = e.obj_id where c.id = '{case}' \
             and e.acts @> array['referral.sent']"
        );
        let entry: Value = serde_json::from_slice(&bytes(&world.owner().await.value(&query).await)).unwrap();
        let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
        assert_eq!(entry["cm"]["package"], data_encoding::HEXLOWER.encode(&digest));
        assert_eq!(entry["codes"]["target"], "prosecutor");
        for (table, lines) in world.db.dump().await {
            assert!(!lines.iter().any(|line| line.contains("some statement")), "{table}");
        }
        let other = world.sign_in("tri2").await;
        assert!(matches!(fetch_package(&world.ctx, &other.caller, (case, id)).await, Err(Error::Forbidden)));
        let nobody = world.sign_in("inv1").await;
        assert!(matches!(fetch_package(&world.ctx, &nobody.caller, (case, id)).await, Err(Error::NotFound)));
    });
}

#[test]
fn kz_65_1_a_part_is_sent_on_while_the_rest_goes_on_and_the_reporter_is_told_with_it() {
    in_world(async |world| {
        let (reporter, by, second) = opened(world).await;
        let case = reporter.case;
        let id = send(case, Step::ReferPart, (&by, &second), json!({})).await;
        assert_eq!(world.status(case).await, Status::Triage, "the rest goes on here");
        let inbox = reporter.inbox().await;
        let told = inbox.letters.iter().find(|letter| letter.sent_to.is_some()).unwrap();
        assert!(matches!(&told.sent_to, Some(SentTo::Outside(route)) if route.code() == "prosecutor"));
        let query = format!(
            "select 1 as one from audit.entries e join cases c on c.audit_id = e.obj_id where c.id = '{case}' \
             and e.acts @> array['referral.sent', 'notice.sent']"
        );
        assert_eq!(world.owner().await.rows(&query).await.len(), 1, "in one transaction");
        let second_part = send(case, Step::ReferPart, (&by, &second), json!({"target": "court"})).await;
        assert_ne!(id, second_part);
        assert_eq!(by.open(case).await.unwrap().referrals.len(), 2, "to two bodies");
    });
}

#[test]
fn kz_65_2_nothing_is_sent_to_the_body_that_it_is_about() {
    in_world(async |world| {
        let bodies = "code,parent,region,name_kk,name_ru,name_en\nbody,,,Орган,Орган,Body\n\
                      civil_service_agency,,,А,А,Agency\nunit,civil_service_agency,,Б,Б,Unit\nother,,,Б,Б,Other\n";
        world.configure(Kind::Bodies, bodies).await;
        let id = async |code: &str| {
            world
                .ctx
                .store
                .read(async |db| db.body_of_code(code).await)
                .await
                .unwrap()
                .unwrap()
                .id
                .to_string()
        };
        let agency = id("civil_service_agency").await;
        let reporter = concerning(world, json!({"body": agency})).await;
        let (case, by) = (reporter.case, world.sign_in("tri1").await);
        by.attest(case).await;
        by.take(case, Step::Open, none()).await;
        let offered: Vec<_> = by.open(case).await.unwrap().targets.iter().map(|route| route.code()).collect();
        assert_eq!(offered[..2], ["prosecutor", "knb_anticorruption"], "the next one stands first");
        for target in ["civil_service_agency".to_owned(), agency, id("unit").await] {
            let outcome =
                by.step(case, Step::Refer, given(Step::Refer, &by, json!({"target": target}))).await;
            assert_eq!(faults(outcome), [("target", "not_allowed_here")], "{target}");
        }
        let unknown = given(Step::Refer, &by, json!({"target": "police"}));
        assert_eq!(faults(by.step(case, Step::Refer, unknown).await), [("target", "unknown_value")]);
        // A unit that is marked later takes the target away as well, also from what was proposed.
        let other = id("other").await;
        let proposal = by.propose(case, Step::Refer, given(Step::Refer, &by, json!({"target": other}))).await;
        let second = world.sign_in("rev1").await;
        second.attest(case).await;
        record(&by, case, RawSubject { unit: Some(other.clone()), ..RawSubject::default() }).await.unwrap();
        assert!(matches!(second.approve(proposal).await, Err(Error::ProposalStale)));
        let again = by.step(case, Step::Refer, given(Step::Refer, &by, json!({"target": other}))).await;
        assert_eq!(faults(again), [("target", "not_allowed_here")]);
    });
}

#[test]
fn oi_11b_1_a_referral_is_followed_to_its_outcome_and_silence_stands_before_oversight() {
    in_world(async |world| {
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let (reporter, by, second) = opened(world).await;
        let case = reporter.case;
        let id = send(case, Step::ReferPart, (&by, &second), json!({})).await;
        let track = async |state, on: Option<&str>| {
            let on = on.map(|day| day.parse().unwrap());
            track_referral(&world.ctx, &by.caller, (case, id), (state, on)).await
        };
        let state = async || by.open(case).await.unwrap().referrals[0].state;
        assert_eq!(state().await, ReferralState::Sent);
        assert_eq!(
            faults(track(ReferralState::Accepted, Some("2020-01-01")).await),
            [("on", "not_allowed_here")]
        );
        assert_eq!(faults(track(ReferralState::Lapsed, None).await), [("state", "not_allowed_here")]);
        world.advance_days(31);
        assert_eq!(watch_referrals(&world.ctx).await.unwrap(), 1);
        assert_eq!(watch_referrals(&world.ctx).await.unwrap(), 0, "once");
        let overseer = world.sign_in("over1").await;
        let seen = oversee(&world.ctx, &overseer.caller).await.unwrap().open;
        assert!(seen.iter().any(|line| line.clock.is_some_and(|clock| clock.code() == "referral_answer")));
        for next in [ReferralState::Acknowledged, ReferralState::Accepted, ReferralState::Returned] {
            track(next, None).await.unwrap();
            assert_eq!(state().await, next);
        }
        assert_eq!(faults(track(ReferralState::Concluded, None).await), [("state", "not_allowed_here")]);

        // Of a whole case the end is a step of the case.
        let by = world.sign_in("tri1").await;
        let second = world.sign_in("rev1").await;
        let whole = send(case, Step::Refer, (&by, &second), json!({})).await;
        let ends =
            track_referral(&world.ctx, &by.caller, (case, whole), (ReferralState::Concluded, None)).await;
        assert_eq!(faults(ends), [("state", "not_allowed_here")]);
        world.drive(case, &by, Step::OutcomeReceived, &second).await;
        let states: Vec<_> = by.open(case).await.unwrap().referrals.iter().map(|row| row.state).collect();
        assert_eq!(states, [ReferralState::Returned, ReferralState::Concluded]);
    });
}

/// What was changed in the database is not handed over, and what is no text of the case is not enclosed.
#[test]
fn a_package_that_somebody_changed_is_not_handed_over() {
    in_ruined_world(async |world| {
        let (reporter, by, second) = opened(world).await;
        let case = reporter.case;
        record(&by, case, person("Сторонний")).await.unwrap();
        let pieces = by.open(case).await.unwrap().content.unwrap();
        let none = |piece: &&Piece| !matches!(piece.body, PieceBody::Report(_));
        for piece in pieces.iter().filter(none) {
            let enclosed = given(Step::Refer, &by, json!({"enclosed": [piece.id.to_string()]}));
            assert_eq!(faults(by.step(case, Step::Refer, enclosed).await), [("enclosed", "unknown_value")]);
        }
        let first = send(case, Step::ReferPart, (&by, &second), json!({})).await;
        let other = send(case, Step::ReferPart, (&by, &second), json!({"target": "court"})).await;
        let exchanged = format!(
            "begin; alter table referrals disable trigger all; update referrals set item_id = \
             (select item_id from referrals where id = '{other}') where id = '{first}'; \
             alter table referrals enable trigger all; commit"
        );
        world.owner().await.run(&exchanged).await.unwrap();
        let fetched = fetch_package(&world.ctx, &by.caller, (case, first)).await;
        assert!(matches!(fetched, Err(Error::Sealed(_))), "{fetched:?}");
        assert!(fetch_package(&world.ctx, &by.caller, (case, other)).await.is_ok());
    });
}

#[test]
fn a_referral_is_proposed_followed_and_fetched_by_api_and_page() {
    in_app(async |world, app| {
        let (other, _) = another_body(world).await;
        let (reporter, by, second) = opened(world).await;
        let case = reporter.case;
        let pages = app.staff_pages(&by);
        let shown = pages.get(&format!("/staff/cases/{case}")).await;
        assert!(shown.body.contains("name=\"target_body\""), "{}", shown.body);
        let mut form: Vec<(String, String)> = vec![
            ("csrf".to_owned(), app.csrf(&by)),
            ("step".to_owned(), "refer_part".to_owned()),
            ("target_body".to_owned(), "nowhere".to_owned()),
        ];
        let facts = given(Step::ReferPart, &by, json!({}));
        for (name, value) in facts.as_object().unwrap().iter().filter(|(name, _)| *name != "target") {
            form.push((name.clone(), value.as_str().unwrap().to_owned()));
        }
        let post = async |form: &[(String, String)]| {
            let form: Vec<(&str, &str)> =
                form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            pages.post(&format!("/staff/cases/{case}/steps"), &form).await
        };
        let refused = post(&form).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("Органа с таким кодом нет"), "{}", refused.body);
        form[2].1 = "other".to_owned();
        assert_eq!(post(&form).await.status, 303);
        let proposal = by.open(case).await.unwrap().proposal.unwrap().0.id;
        second.attest(case).await;
        let seen = app.staff_pages(&second).get(&format!("/staff/proposals/{proposal}")).await;
        assert!(
            seen.body.contains("statement.txt") && seen.body.contains("some statement"),
            "what would be sent"
        );
        app.staff(&second).order(&format!("/proposals/{proposal}/approval")).await.expect(200);

        let view = app.staff(&by).get(&format!("/cases/{case}")).await.expect(200);
        let sent = &view["referrals"][0];
        assert_eq!((&sent["target"], &sent["state"]), (&json!(other.to_string()), &json!("sent")));
        let id = sent["id"].as_str().unwrap();
        let course = format!("/cases/{case}/referrals/{id}/course");
        let ahead = app.staff(&by).post(&course, &json!({"state": "accepted", "on": "2099-01-01"})).await;
        assert_eq!(ahead.faults(), ["on not_allowed_here"]);
        assert_eq!(app.staff(&by).post(&course, &json!({"state": "acknowledged"})).await.status, 204);
        let track = [("csrf", app.csrf(&by)), ("state", "accepted".to_owned()), ("on", String::new())];
        let track: Vec<(&str, &str)> = track.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(pages.post(&format!("/staff/cases/{case}/referrals/{id}"), &track).await.status, 303);
        let shown = pages.get(&format!("/staff/cases/{case}")).await;
        assert!(shown.body.contains("там рассматривается"), "{}", shown.body);
        let fetched = app.staff(&by).get(&format!("/cases/{case}/referrals/{id}/package")).await;
        assert_eq!((fetched.status, fetched.header("content-type")), (200, "application/x-tar"));
        let inbox = app.pages();
        let opened = inbox.post("/ru/inbox", &[("receipt", reporter.receipt.as_str())]).await;
        assert_eq!(opened.status, 303);
        let mailbox = inbox.get("/ru/inbox").await;
        assert!(mailbox.body.contains("Куда: Другой."), "{}", mailbox.body);
    });
}

/// Who has the whole case, and says so in time, is not told to oversight as silent.
#[test]
fn oi_11b_1_an_acknowledged_case_is_not_said_to_be_unanswered() {
    in_world(async |world| {
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let (answered, by, second) = opened(world).await;
        let id = send(answered.case, Step::Refer, (&by, &second), json!({})).await;
        let (silent, ..) = opened(world).await;
        let other = send(silent.case, Step::Refer, (&by, &second), json!({})).await;
        world.advance_days(10);
        let by = world.sign_in("tri1").await;
        let acknowledged = ReferralState::Acknowledged;
        track_referral(&world.ctx, &by.caller, (answered.case, id), (acknowledged, None)).await.unwrap();
        assert!(
            codes(world, answered.case, "referral.ack").await["met"]
                .as_str()
                .unwrap()
                .contains("referral_answer")
        );
        world.advance_days(21);
        watch_deadlines(&world.ctx).await.unwrap();
        let overseer = world.sign_in("over1").await;
        let late = async || {
            let mut open = oversee(&world.ctx, &overseer.caller).await.unwrap().open;
            open.retain(|line| line.clock.is_some_and(|clock| clock.code() == "referral_answer"));
            open.into_iter().map(|line| line.reference).collect::<Vec<_>>()
        };
        assert_eq!(late().await, [silent.reference.as_str()]);
        let by = world.sign_in("tri1").await;
        track_referral(&world.ctx, &by.caller, (silent.case, other), (acknowledged, None)).await.unwrap();
        assert!(codes(world, silent.case, "referral.ack").await.get("met").is_none(), "late is late");
        assert_eq!(late().await, [silent.reference.as_str()], "once, and nobody cleared it");
    });
}

/// Each form is of its own referral, keeps what was typed, and the package can be fetched after the end too.
#[test]
fn every_referral_of_a_page_has_its_own_form_and_its_package_to_the_end() {
    in_app(async |world, app| {
        let (reporter, by, second) = opened(world).await;
        let case = reporter.case;
        let one = send(case, Step::ReferPart, (&by, &second), json!({})).await;
        let two = send(case, Step::ReferPart, (&by, &second), json!({"target": "court"})).await;
        let pages = app.staff_pages(&by);
        let address = format!("/staff/cases/{case}");
        let token = app.csrf(&by);
        let post = async |id: ReferralId, state: &str, on: &str| {
            let form = [("csrf", token.as_str()), ("state", state), ("on", on)];
            pages.post(&format!("{address}/referrals/{id}"), &form).await
        };
        let refused = post(two, "accepted", "2099-01-01").await;
        assert_eq!(refused.status, 422);
        let body = &refused.body;
        assert_eq!(body.matches("id=\"on-fault\"").count(), 1, "{body}");
        assert_eq!(body.matches("value=\"2099-01-01\"").count(), 1, "what was typed stays");
        assert!(body.contains("<option value=\"accepted\" selected>"), "what was chosen stays");
        let form = |id: ReferralId| format!("action=\"{address}/referrals/{id}\"");
        let fault = body.find("id=\"on-fault\"").unwrap();
        assert!(body.find(&form(one)).unwrap() < body.find(&form(two)).unwrap());
        assert!(body.find(&form(two)).unwrap() < fault, "below its own form");
        assert_eq!(post(one, "concluded", "").await.status, 303);
        let shown = pages.get(&address).await;
        assert!(!shown.body.contains(&form(one)), "nothing more to say of it");
        let package = format!("{address}/referrals/{one}/package");
        assert!(shown.body.contains(&package), "{}", shown.body);
        assert_eq!(pages.get(&package).await.status, 200);
    });
}
