//! Reports about the same: hinted by body, category and time, joined by two people (control OI-11b-2).

use jiff::civil::Date;
use senim::domain::{
    case::{clocks::Clocks, status::Status, step::Step},
    ids::CaseId,
    profile::ClockName,
};
use serde_json::{Value, json};

use crate::{
    facts::{enough, none, with},
    people::StaffActor,
    world::{World, in_world},
};

/// The day on which a case's feedback is due, where that clock runs.
async fn feedback_due(world: &World, case: CaseId) -> Option<Date> {
    let text = world.owner().await.value(&format!("select clocks from cases where id = '{case}'")).await;
    let clocks = Clocks::from_json(text.as_str().unwrap()).unwrap();
    clocks.get(ClockName::Feedback).filter(|clock| clock.runs()).and_then(|clock| clock.due)
}

async fn about(world: &World, answers: Value) -> CaseId {
    world.submit_report(world.report_with("The road is thinner than paid for.", answers)).await.case
}

async fn hints(by: &StaffActor, case: CaseId) -> Vec<CaseId> {
    by.open(case).await.unwrap().alike.iter().map(|line| line.id).collect()
}

#[test]
fn oi_11b_2_what_may_be_the_same_is_hinted_never_by_the_reporter_and_two_people_join_it() {
    in_world(async |world| {
        let body = world.body.to_string();
        let old = about(world, json!({"body": body})).await;
        world.advance_days(200);
        let triager = world.sign_in("tri1").await;
        let reporter = world.submit_report(world.report_with("The first.", json!({"body": body}))).await;
        let second = world.submit_report(world.report_with("The second.", json!({"body": body}))).await;
        let hidden = about(world, json!({"body": body})).await;
        let other = about(world, json!({"body": body, "category": "merit"})).await;
        let nowhere = about(world, json!({})).await;
        triager.recuse(hidden).await.unwrap();
        let (one, two) = (reporter.case, second.case);
        triager.attest(two).await;
        assert_eq!(hints(&triager, two).await, Vec::<CaseId>::new(), "nothing can be joined before triage");
        triager.take(two, Step::Open, none()).await;
        assert_eq!(hints(&triager, two).await, [one], "not {old}, {hidden}, {other} or {nowhere}");

        let due = (feedback_due(world, one).await, feedback_due(world, two).await);
        assert!(due.0.is_some() && due.1.is_some());
        triager.attest(one).await;
        triager.take(one, Step::Open, none()).await;
        let given = with(
            enough(Status::Triage, Step::Merge, triager.id(), "some"),
            json!({"master": one.to_string()}),
        );
        let proposal = triager.propose(two, Step::Merge, given).await;
        assert_eq!(world.status(two).await, Status::Triage, "not by one person");
        let reviewer = world.sign_in("rev1").await;
        reviewer.attest(two).await;
        assert_eq!(reviewer.approve(proposal).await.unwrap(), Status::Merged);
        assert!(second.read().await.contains("template: merged"));
        assert!(!reporter.read().await.contains("template: merged"));
        assert_eq!((feedback_due(world, one).await, feedback_due(world, two).await), due, "the timers stay");
    });
}
