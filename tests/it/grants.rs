//! Who leaves a case is out of it: a new epoch begins that they never held.

use senim::{
    crypto::{epoch::EpochSeed, place::Place},
    domain::{
        case::{status::Status, step::Step},
        ids::{CaseId, StaffId},
    },
    usecases::{Context, Error, disable_staff::disable_staff},
};
use serde_json::json;

use crate::{
    database::bytes,
    facts::{assessed, enough, with},
    people::StaffActor,
    world::{World, in_world},
};

/// The place that a wrap is bound to.
pub fn wrap_place(ctx: &Context, case: CaseId, epoch: i32, holder: uuid::Uuid) -> Place {
    let mut row = case.0.as_bytes().to_vec();
    row.extend_from_slice(&epoch.to_be_bytes());
    row.extend_from_slice(holder.as_bytes());
    ctx.store.place("case_wraps", &row, "sealed")
}

async fn epochs_held(world: &World, case: CaseId, staff: StaffId) -> Vec<i64> {
    let query =
        format!("select epoch from case_wraps where case_id = '{case}' and holder_id = '{staff}' order by 1");
    world.owner().await.rows(&query).await.iter().map(|row| row["epoch"].as_i64().unwrap()).collect()
}

async fn epoch(world: &World, case: CaseId) -> i64 {
    let query = format!("select epoch from cases where id = '{case}'");
    world.owner().await.value(&query).await.as_i64().unwrap()
}

/// The epoch seed that somebody's wraps, copied earlier, open; none where none opens.
async fn copied_seed(world: &World, case: CaseId, who: &StaffActor) -> EpochSeed {
    let query =
        format!("select sealed from case_wraps where case_id = '{case}' and holder_id = '{}'", who.id());
    let sealed = bytes(&world.owner().await.value(&query).await);
    let place = wrap_place(&world.ctx, case, 1, who.id().0);
    EpochSeed::unwrap_with(&who.caller.secrets.kem, &place, &sealed).unwrap()
}

/// What the leaver copied before leaving opens nothing that was written afterwards.
async fn assert_shut_out(world: &World, case: CaseId, seed: &EpochSeed, first_new: i64) {
    let keys = senim::crypto::epoch::EpochKeys::from_seed(seed);
    let query =
        format!("select id, epoch, sealed from case_items where case_id = '{case}' and sealed is not null");
    let (mut old, mut new) = (0, 0);
    for row in world.owner().await.rows(&query).await {
        let id: uuid::Uuid = row["id"].as_str().unwrap().parse().unwrap();
        let place = world.ctx.store.place("case_items", id.as_bytes(), "sealed");
        let opens = keys.open(&place, &bytes(&row["sealed"])).is_ok();
        assert_eq!(opens, row["epoch"].as_i64().unwrap() < first_new, "{row}");
        if opens { old += 1 } else { new += 1 }
    }
    assert!(old > 0 && new > 0, "{old} {new}");
}

/// Control EU-9.1c-1: a recusal removes access.
#[test]
fn a_recusal_takes_the_wraps_and_begins_an_epoch_the_leaver_never_held() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (leaver, stays) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        let reviewer = world.sign_in("rev1").await;
        world.drive(case, &leaver, Step::Open, &reviewer).await;
        let seed = copied_seed(world, case, &leaver).await;
        leaver.recuse(case).await.unwrap();
        assert_eq!(epoch(world, case).await, 2);
        assert!(epochs_held(world, case, leaver.id()).await.is_empty());
        assert_eq!(epochs_held(world, case, stays.id()).await, [1, 2]);
        assert!(leaver.cases().await.is_empty());
        for outcome in [leaver.open(case).await.err(), leaver.note(case, "x").await.err()] {
            assert!(matches!(outcome, Some(Error::NotFound)));
        }
        assert!(matches!(leaver.recuse(case).await, Err(Error::NotFound)), "once");
        stays.attest(case).await;
        stays.write(case, "A message.").await.unwrap();
        reporter.write("An answer.").await.unwrap();
        stays.note(case, "A note.").await.unwrap();
        assert_shut_out(world, case, &seed, 2).await;
        let text = stays.read(case).await;
        assert!(text.contains("Something.") && text.contains("A note."), "old and new: {text}");
        assert!(reporter.read().await.contains("desk: A message."), "the reporter reads both epochs");
        let short = "audit.entries where acts @> array['epoch.rotated', 'holders.short']";
        assert_eq!(world.owner().await.count(short).await, 1, "one holder is an alarm");
    });
}

/// A person who stepped back is never given the case again.
#[test]
fn who_stepped_back_is_not_assigned_again() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let reviewer = world.sign_in("rev1").await;
        world.drive(case, &triager, Step::Open, &reviewer).await;
        world.drive(case, &triager, Step::Assign, &reviewer).await;
        world.drive(case, &lead, Step::Return, &reviewer).await;
        lead.recuse(case).await.unwrap();
        let given = enough(Status::Triage, Step::Assign, lead.id(), "some");
        let again = triager.step(case, Step::Assign, given).await;
        let Err(Error::Invalid(fields)) = again else { panic!("they have a conflict") };
        assert_eq!(fields[0].field, "lead");
    });
}

/// Whoever handed a case back leads it no longer, also when somebody else does.
#[test]
fn who_handed_a_case_back_leads_it_no_longer() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (triager, first) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let (second, reviewer) = (world.sign_in("inv2").await, world.sign_in("rev1").await);
        world.drive(case, &triager, Step::Open, &reviewer).await;
        world.drive(case, &triager, Step::Assign, &reviewer).await;
        world.drive(case, &first, Step::Return, &reviewer).await;
        let withdraw = enough(Status::Triage, Step::Withdraw, first.id(), "some");
        let by_former = first.step(case, Step::Withdraw, withdraw).await;
        assert!(matches!(by_former, Err(Error::Forbidden)), "{by_former:?}");
        let given = with(assessed(), json!({"lead": second.id().to_string()}));
        triager.take(case, Step::Assign, given).await;
        let start = enough(Status::Assigned, Step::Start, first.id(), "some");
        let by_former = first.step(case, Step::Start, start.clone()).await;
        assert!(matches!(by_former, Err(Error::Forbidden)), "{by_former:?}");
        second.attest(case).await;
        second.propose(case, Step::Start, start).await;
    });
}

/// A recusal makes a waiting proposal stale: its sealed effects are of an epoch that has ended.
#[test]
fn a_new_epoch_makes_a_waiting_proposal_stale() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (triager, other) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        let reviewer = world.sign_in("rev1").await;
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let given = enough(Status::Triage, Step::Reject, triager.id(), "some");
        let proposal = triager.propose(case, Step::Reject, given.clone()).await;
        reviewer.attest(case).await;
        other.recuse(case).await.unwrap();
        assert!(matches!(reviewer.approve(proposal).await, Err(Error::ProposalStale)));
        assert!(matches!(reviewer.refuse(proposal, "No.").await, Err(Error::ProposalStale)));
        assert_eq!(world.status(case).await, Status::Triage);
        assert!(!reporter.read().await.contains("rejection"), "nothing prepared was sent");
        let again = triager.propose(case, Step::Reject, given).await;
        assert_eq!(reviewer.approve(again).await.unwrap(), Status::Rejected);
        assert!(reporter.read().await.contains("template: rejection"));
    });
}

#[test]
fn a_disabled_person_loses_every_case_and_is_given_no_new_one() {
    in_world(async |world| {
        let reporters = [world.submit("First.").await, world.submit("Second.").await];
        let (leaver, stays) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        for reporter in &reporters {
            leaver.attest(reporter.case).await;
        }
        let seed = copied_seed(world, reporters[0].case, &leaver).await;
        let by = Some(&world.admin(0).caller);
        assert_eq!(disable_staff(&world.ctx, by, leaver.id()).await.unwrap(), 2);
        assert!(matches!(disable_staff(&world.ctx, by, leaver.id()).await, Err(Error::NotFound)));
        let late = world.submit("Third.").await;
        for (reporter, wanted) in [(&reporters[0], 2), (&reporters[1], 2), (&late, 1)] {
            assert!(epochs_held(world, reporter.case, leaver.id()).await.is_empty());
            assert_eq!(epoch(world, reporter.case).await, wanted);
            assert!(matches!(leaver.open(reporter.case).await, Err(Error::NotFound)));
        }
        stays.attest(reporters[0].case).await;
        stays.write(reporters[0].case, "After.").await.unwrap();
        assert_shut_out(world, reporters[0].case, &seed, 2).await;
    });
}

/// The operator's command line has no signature, but what it takes away is taken.
#[test]
fn who_the_operator_disabled_is_given_no_new_key() {
    in_world(async |world| {
        let reporter = world.submit("First.").await;
        let id = world.id("tri1");
        assert_eq!(disable_staff(&world.ctx, None, id).await.unwrap(), 1);
        assert!(epochs_held(world, reporter.case, id).await.is_empty());
        let late = world.submit("Second.").await;
        assert!(epochs_held(world, late.case, id).await.is_empty(), "a row's state keeps a person out");
        let triager = world.sign_in("tri2").await;
        let reviewer = world.sign_in("rev1").await;
        disable_staff(&world.ctx, None, world.id("rev2")).await.unwrap();
        world.drive(late.case, &triager, Step::Open, &reviewer).await;
        world.drive(late.case, &triager, Step::Reject, &reviewer).await;
        assert!(epochs_held(world, late.case, world.id("rev2")).await.is_empty());
    });
}

/// Taking somebody out of everything can be cut short; doing it again finishes it.
#[test]
fn disabling_that_was_cut_short_is_finished_by_doing_it_again() {
    in_world(async |world| {
        let reporter = world.submit("First.").await;
        let id = world.id("tri1");
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run(&format!("select from cases where id = '{}' for update", reporter.case)).await.unwrap();
        let by = Some(&world.admin(0).caller);
        let patience = std::time::Duration::from_millis(500);
        let cut = tokio::time::timeout(patience, disable_staff(&world.ctx, by, id)).await;
        assert!(cut.is_err(), "it waits for the case");
        owner.run("rollback").await.unwrap();
        assert_eq!(epochs_held(world, reporter.case, id).await, [1], "it was cut short");
        assert_eq!(disable_staff(&world.ctx, by, id).await.unwrap(), 1);
        assert!(epochs_held(world, reporter.case, id).await.is_empty());
        assert!(matches!(disable_staff(&world.ctx, by, id).await, Err(Error::NotFound)), "all is done");
    });
}
