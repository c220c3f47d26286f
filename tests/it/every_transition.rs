//! Every transition of the table that a person, or the one timer there is, can take is really taken, through the use
//! cases; the record says which were.

use std::collections::BTreeSet;

use senim::{
    domain::{
        case::{status::Status, step::Step, transition::moves},
        ids::CaseId,
    },
    usecases::{
        expire_questions::expire_questions,
        track_referral::{ReferralState, track_referral},
    },
};
use serde_json::json;

use crate::{
    barred::{person, strike},
    conflicts::record,
    database::{Database, bytes},
    facts::{enough, with},
    people::{ReporterActor, StaffActor},
    world::{World, in_world},
};

/// Steps that only later work can take: the check-ins after closing, retention.
const LATER: &[Step] = &[Step::Archive, Step::Dispose];

/// Everybody of the desk.
struct Desk<'w> {
    world: &'w World,
    triager: StaffActor,
    lead: StaffActor,
    reviewers: [StaffActor; 4],
}

impl<'w> Desk<'w> {
    async fn of(world: &'w World) -> Self {
        let [one, two, three, four] = ["rev1", "rev2", "rev3", "rev4"];
        let reviewers = [
            world.sign_in(one).await,
            world.sign_in(two).await,
            world.sign_in(three).await,
            world.sign_in(four).await,
        ];
        Self { world, triager: world.sign_in("tri1").await, lead: world.sign_in("inv1").await, reviewers }
    }

    /// A case taken through these steps by whoever takes them usually.
    async fn case(&self, steps: &[Step]) -> ReporterActor {
        let reporter = self.world.submit("Something happened.").await;
        self.go(reporter.case, steps).await;
        reporter
    }

    async fn go(&self, case: CaseId, steps: &[Step]) {
        for step in steps {
            let [first, second, ..] = &self.reviewers;
            let status = self.world.status(case).await;
            let by = match (status, step) {
                (Status::FindingsReview, Step::Return | Step::Decide | Step::DecideClose) => first,
                (Status::Investigation | Status::Suspended | Status::Remediation, _)
                | (Status::Assigned, Step::Start | Step::Return)
                | (Status::FindingsReview, Step::Extend | Step::NotifyHearing | Step::ChangeRules)
                | (_, Step::Submit) => &self.lead,
                _ => &self.triager,
            };
            self.world.drive(case, by, *step, second).await;
        }
    }

    /// A review by the two reviewers who had no part so far.
    async fn review(&self, reporter: &ReporterActor) {
        let [.., third, fourth] = &self.reviewers;
        reporter.ask_review("Look again.").await.unwrap();
        self.world.drive(reporter.case, third, Step::Review, fourth).await;
    }

    /// A question that nobody answers in time.
    async fn time_out(&self, case: CaseId) {
        self.go(case, &[Step::Ask]).await;
        self.world.advance_days(60);
        assert_eq!(expire_questions(&self.world.ctx).await.unwrap(), 1);
    }
}

const INVESTIGATE: &[Step] = &[Step::Open, Step::Assign, Step::Start];

async fn investigations(desk: &Desk<'_>) {
    let full = desk.case(INVESTIGATE).await;
    desk.go(full.case, &[Step::NotifyHearing, Step::Submit, Step::Return, Step::Submit]).await;
    let found = [Step::NotifyHearing, Step::Decide, Step::Complete];
    desk.go(full.case, &found).await;
    desk.review(&full).await;
    desk.go(full.case, &[Step::Reopen, Step::Reject]).await;
    desk.review_rejection().await;
    desk.go(full.case, &[Step::Reopen, Step::Withdraw, Step::Reopen]).await;
    let short = desk.case(INVESTIGATE).await;
    desk.go(short.case, &[Step::Pause, Step::Resume, Step::Submit, Step::DecideClose]).await;
    let merged = desk.case(&[Step::Open]).await;
    let master = json!({"master": short.case.to_string()});
    desk.triager.attest(merged.case).await;
    let given = with(enough(Status::Triage, Step::Merge, desk.lead.id(), "some"), master);
    let proposal = desk.triager.propose(merged.case, Step::Merge, given).await;
    desk.reviewers[0].attest(merged.case).await;
    assert_eq!(desk.reviewers[0].approve(proposal).await.unwrap(), Status::Merged);
}

impl Desk<'_> {
    async fn review_rejection(&self) {
        let rejected = self.case(&[Step::Open, Step::Reject]).await;
        self.review(&rejected).await;
    }
}

async fn questions(desk: &Desk<'_>) {
    let asked = desk.case(&[Step::Open, Step::Ask]).await;
    asked.write("An answer.").await.unwrap();
    assert_eq!(desk.world.status(asked.case).await, Status::Triage);
    desk.time_out(asked.case).await;
    desk.go(asked.case, &[Step::Assign, Step::Return, Step::Assign, Step::Start, Step::Ask]).await;
    asked.write("Another answer.").await.unwrap();
    assert_eq!(desk.world.status(asked.case).await, Status::Investigation);
    desk.time_out(asked.case).await;
    assert_eq!(desk.world.status(asked.case).await, Status::Investigation);
}

async fn referrals(desk: &Desk<'_>) {
    let referred = desk.case(&[Step::Open, Step::Refer, Step::Returned, Step::Refer]).await;
    desk.go(referred.case, &[Step::OutcomeReceived]).await;
    let lapsed = desk.case(INVESTIGATE).await;
    desk.go(lapsed.case, &[Step::ReferPart, Step::Refer, Step::Lapse]).await;
    let partly = desk.case(&[Step::Open, Step::ReferPart]).await;
    let row = desk.triager.open(partly.case).await.unwrap().referrals[0].id;
    for state in [ReferralState::Acknowledged, ReferralState::Accepted, ReferralState::Concluded] {
        track_referral(&desk.world.ctx, &desk.triager.caller, (partly.case, row), (state, None))
            .await
            .unwrap();
    }
    let criminal = desk.case(&[Step::Open]).await.case;
    let signs = json!({"criminal_signs": "yes", "red_flags": "cash_request", "weaknesses": "permits"});
    let assign = with(enough(Status::Triage, Step::Assign, desk.lead.id(), "some"), signs);
    desk.triager.take(criminal, Step::Assign, assign).await;
}

async fn extensions(desk: &Desk<'_>) {
    let ways: &[&[Step]] = &[
        &[Step::Open],
        &[Step::Open, Step::Assign],
        INVESTIGATE,
        &[Step::Open, Step::Assign, Step::Start, Step::Pause],
        &[Step::Open, Step::Assign, Step::Start, Step::Submit],
    ];
    for way in ways {
        let case = desk.case(way).await.case;
        desk.go(case, &[Step::Extend, Step::ChangeRules]).await;
    }
}

/// Somebody recorded in error, in every state in which a case is worked on.
async fn strikes(desk: &Desk<'_>) {
    let ways: &[&[Step]] = &[
        &[Step::Open],
        &[Step::Open, Step::Assign],
        INVESTIGATE,
        &[Step::Open, Step::Assign, Step::Start, Step::Pause],
        &[Step::Open, Step::Assign, Step::Start, Step::Submit],
        &[Step::Open, Step::Assign, Step::Start, Step::Submit, Step::Decide],
        &[Step::Open, Step::Refer],
    ];
    for way in ways {
        let case = desk.case(way).await.case;
        desk.triager.attest(case).await;
        record(&desk.triager, case, person("Сторонний")).await.unwrap();
        strike(desk.world, case, &desk.triager, &desk.reviewers[0]).await;
    }
}

async fn withdrawals(desk: &Desk<'_>) {
    let ways: &[&[Step]] = &[
        &[],
        &[Step::Open, Step::Ask],
        &[Step::Open, Step::Assign],
        INVESTIGATE,
        &[Step::Open, Step::Assign, Step::Start, Step::Pause],
        &[Step::Open, Step::Assign, Step::Start, Step::Submit],
        &[Step::Open, Step::Assign, Step::Start, Step::Submit, Step::Decide],
        &[Step::Open, Step::Refer],
    ];
    for way in ways {
        let case = desk.case(way).await.case;
        desk.go(case, &[Step::Withdraw]).await;
        assert_eq!(desk.world.status(case).await, Status::Withdrawn);
    }
}

/// Takes every one of them.
pub async fn take_all(world: &World) {
    let desk = Desk::of(world).await;
    extensions(&desk).await;
    strikes(&desk).await;
    investigations(&desk).await;
    questions(&desk).await;
    referrals(&desk).await;
    withdrawals(&desk).await;
}

/// The moves that the record tells.
async fn taken(db: &Database) -> BTreeSet<(String, String, String)> {
    let mut owner = db.owner().await;
    let mut all = BTreeSet::new();
    for row in owner.rows("select body from audit.entries where status_from is not null").await {
        let body: serde_json::Value = serde_json::from_slice(&bytes(&row["body"])).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        all.insert((text(&body["from"]), text(&body["codes"]["step"]), text(&body["to"])));
    }
    all
}

/// Controls OI-11a-1, OI-11a-3.
#[test]
fn every_transition_a_person_can_take_is_taken() {
    in_world(async |world| {
        take_all(world).await;
        let table: BTreeSet<_> = moves()
            .into_iter()
            .filter(|(_, step, _)| !LATER.contains(step))
            .map(|(from, step, to)| (from.code().to_owned(), step.code().to_owned(), to.code().to_owned()))
            .collect();
        assert_eq!(taken(&world.db).await, table);
    });
}

/// Control ISO-8.1-1: every change of the stage puts one closed text into the mailbox, never none and never two.
#[test]
fn iso_8_1_1_every_stage_is_told_once() {
    in_world(async |world| {
        take_all(world).await;
        let query = "select e.n, convert_from(e.body, 'UTF8')::jsonb #>> '{codes,step}' as step, \
             (select count(*) from case_items i where i.case_id = c.id and i.n = e.n and i.template is not null \
             and i.proposal_id is null) as told \
             from audit.entries e join cases c on c.audit_id = e.obj_id where e.acts @> array['state.changed']";
        let rows = world.owner().await.rows(query).await;
        // A hearing, or who was recorded in error, is nobody's stage.
        let staged =
            rows.iter().filter(|row| row["step"] != "notify_hearing" && row["step"] != "strike_subject");
        let other: Vec<_> = staged.filter(|row| row["told"] != 1).collect();
        assert!(rows.len() > 50 && other.is_empty(), "{other:?}");
    });
}
