//! What outsiders check of a package, by the commands of the README, and what is refused of it here.

use std::{fs, io::Read as _, path::Path, process::Command};

use senim::{
    domain::{
        case::{referral::ReferralState, status::Status, step::Step},
        ids::{CaseId, ReferralId},
    },
    usecases::{
        Error,
        track_referral::{fetch_package, track_referral},
    },
};
use serde_json::{Value, json};

use crate::{
    conflicts::concerning,
    facts::{enough, none, with},
    observed::faults,
    people::StaffActor,
    referrals,
    world::{World, in_ruined_world, in_world},
};

async fn opened(world: &World, case: CaseId) -> (StaffActor, StaffActor) {
    let (by, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    by.attest(case).await;
    by.take(case, Step::Open, none()).await;
    (by, second)
}

fn given(by: &StaffActor, more: Value) -> Value {
    with(enough(Status::Triage, Step::ReferPart, by.id(), "some"), more)
}

async fn send(case: CaseId, (by, second): (&StaffActor, &StaffActor)) -> ReferralId {
    let proposal = by.propose(case, Step::ReferPart, given(by, json!({}))).await;
    second.attest(case).await;
    second.approve(proposal).await.unwrap();
    by.open(case).await.unwrap().referrals.last().unwrap().id
}

/// The commands of the README: the fenced block that checks signatures of a package.
fn commands() -> String {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mut blocks = readme.split("```sh\n").map(|rest| rest.split("```").next().unwrap());
    blocks.find(|block| block.contains("signatures/1.sig")).unwrap().to_owned()
}

/// Whether the commands of the README accept an archive.
fn accepted(name: &str, archive: &[u8]) -> bool {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    tar::Archive::new(archive).unpack(&folder).unwrap();
    let commands = commands();
    let done = Command::new("bash").args(["-euo", "pipefail", "-c", &commands]).current_dir(&folder).output();
    done.unwrap().status.success()
}

/// The archive with one of its files changed.
fn changed(archive: &[u8], name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let (mut old, mut new) = (tar::Archive::new(archive), tar::Builder::new(Vec::new()));
    let mut found = false;
    for entry in old.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        if path == Path::new(name) {
            let before = bytes.clone();
            bytes = change(bytes);
            found = bytes != before;
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(bytes.len()).unwrap());
        header.set_mode(0o600);
        new.append_data(&mut header, path, bytes.as_slice()).unwrap();
    }
    assert!(found, "{name} was changed");
    new.into_inner().unwrap()
}

fn put(text: &'static str, other: &'static str) -> impl Fn(Vec<u8>) -> Vec<u8> {
    move |bytes| String::from_utf8(bytes).unwrap().replace(text, other).into_bytes()
}

#[test]
fn eu_11_6_1_the_commands_of_the_readme_tell_a_changed_package() {
    in_world(async |world| {
        let case = world.submit("The account itself.").await.case;
        let (by, second) = opened(world, case).await;
        let id = send(case, (&by, &second)).await;
        let archive = fetch_package(&world.ctx, &by.caller, (case, id)).await.unwrap();
        assert_eq!(
            archive,
            fetch_package(&world.ctx, &second.caller, (case, id)).await.unwrap(),
            "the same bytes"
        );
        assert!(accepted("whole", &archive));
        let text = changed(&archive, "statement.txt", put("some", "none"));
        assert!(!accepted("text", &text));
        let recipient = changed(&archive, "manifest.json", put("prosecutor", "court"));
        assert!(!accepted("recipient", &recipient));
        let both = changed(&recipient, "signatures/signed", |bytes| {
            // The length before the manifest stays: what was signed begins with it.
            String::from_utf8_lossy(&bytes).replace("prosecutor", "court").into_bytes()
        });
        assert!(!accepted("both", &both));
        let signer = changed(&archive, "signatures/1.sig", |bytes| bytes.iter().rev().copied().collect());
        assert!(!accepted("signer", &signer));
    });
}

#[test]
fn eu_11_6_1_only_what_its_maker_and_its_approver_signed_is_sent_and_handed_over() {
    in_ruined_world(async |world| {
        let case = world.submit("Something.").await.case;
        let (by, second) = opened(world, case).await;
        let id = send(case, (&by, &second)).await;
        let mut owner = world.owner().await;
        let proposal = by.propose(case, Step::ReferPart, given(&by, json!({"target": "court"}))).await;
        let other = world.sign_in("tri2").await.id();
        let past = |table: &str, set: &str| {
            format!(
                "begin; alter table {table} disable trigger all; update {table} set {set}; \
                 alter table {table} enable trigger all; commit"
            )
        };
        owner
            .run(&past("proposals", &format!("proposer_id = '{other}' where id = '{proposal}'")))
            .await
            .unwrap();
        assert!(matches!(second.approve(proposal).await, Err(Error::ProposalStale)));
        assert_eq!(by.open(case).await.unwrap().referrals.len(), 1, "nothing was sent");
        assert!(fetch_package(&world.ctx, &by.caller, (case, id)).await.is_ok());
        let flipped =
            format!("signature = set_byte(signature, 0, get_byte(signature, 0) # 1) where id = '{id}'");
        owner.run(&past("referrals", &flipped)).await.unwrap();
        let fetched = fetch_package(&world.ctx, &by.caller, (case, id)).await;
        assert!(matches!(fetched, Err(Error::Sealed(_))), "{fetched:?}");
    });
}

#[test]
fn kz_65_2_a_refused_target_is_recorded_where_auditors_see_it() {
    in_world(async |world| {
        let body = world.body.to_string();
        let case = concerning(world, json!({"body": body})).await.case;
        let (by, _) = opened(world, case).await;
        let blocked = format!(
            "select 1 as one from audit.entries e join cases c on c.audit_id = e.obj_id where c.id = '{case}' \
             and e.acts = array['coi.blocked']"
        );
        assert!(world.owner().await.rows(&blocked).await.is_empty());
        let outcome = by.step(case, Step::ReferPart, given(&by, json!({"target": body}))).await;
        assert_eq!(faults(outcome), [("target", "not_allowed_here")]);
        assert_eq!(world.owner().await.rows(&blocked).await.len(), 1);
        let unknown = by.step(case, Step::ReferPart, given(&by, json!({"target": "police"}))).await;
        assert_eq!(faults(unknown), [("target", "unknown_value")]);
        assert_eq!(world.owner().await.rows(&blocked).await.len(), 1, "a mistake is no conflict");
        let history = by.open(case).await.unwrap().history;
        assert!(!history.iter().any(|line| line.acts.iter().any(|act| act == "coi.blocked")));
    });
}

#[test]
fn oi_11b_1_the_course_of_a_referral_does_not_run_backwards() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let (by, second) = opened(world, case).await;
        let id = send(case, (&by, &second)).await;
        let sent_on = by.open(case).await.unwrap().referrals[0].sent_on;
        world.advance_days(5);
        let by = world.sign_in("tri1").await;
        let track = async |state, on| track_referral(&world.ctx, &by.caller, (case, id), (state, on)).await;
        track(ReferralState::Acknowledged, None).await.unwrap();
        let earlier = track(ReferralState::Accepted, Some(sent_on)).await;
        assert_eq!(faults(earlier), [("on", "not_allowed_here")]);
        track(ReferralState::Accepted, None).await.unwrap();
    });
}

/// What a withdrawn case had sent is awaited no longer; taken up again, it can be sent again.
#[test]
fn a_withdrawal_ends_what_was_sent() {
    in_world(async |world| {
        let (reporter, by, second) = referrals::opened(world).await;
        let case = reporter.case;
        referrals::send(case, Step::Refer, (&by, &second), json!({})).await;
        world.drive(case, &by, Step::Withdraw, &second).await;
        world.drive(case, &by, Step::Reopen, &second).await;
        referrals::send(case, Step::Refer, (&by, &second), json!({})).await;
        world.drive(case, &by, Step::OutcomeReceived, &second).await;
        let states: Vec<_> = by.open(case).await.unwrap().referrals.iter().map(|row| row.state).collect();
        assert_eq!(states, [ReferralState::Lapsed, ReferralState::Concluded]);
    });
}
