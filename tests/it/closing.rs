//! What the end of a case needs (ISO 37002, 8.5; control ISO-8.5-1).

use senim::{
    domain::{
        case::{
            facts::FeedbackSent,
            outcome::Outcome,
            status::Status,
            step::Step,
            transition::{TRANSITIONS, To},
        },
        ids::CaseId,
    },
    usecases::{
        closing::{Closing, Measures},
        take_step::StepDone,
    },
};
use serde_json::{Value, json};

use crate::{
    app::in_app,
    facts::{enough, with},
    observed::{codes, faults},
    people::StaffActor,
    world::{World, in_world},
};

/// A case at the door of each way into `closed`, with who goes through it.
struct Door {
    case: CaseId,
    step: Step,
}

struct Team {
    triager: StaffActor,
    lead: StaffActor,
    one: StaffActor,
    two: StaffActor,
}

impl Team {
    async fn of(world: &World) -> Self {
        Self {
            triager: world.sign_in("tri1").await,
            lead: world.sign_in("inv1").await,
            one: world.sign_in("rev1").await,
            two: world.sign_in("rev2").await,
        }
    }

    async fn lead_to(&self, world: &World, step: Step) -> Door {
        let case = world.submit("Something.").await.case;
        let mut way = vec![(&self.triager, Step::Open)];
        match step {
            Step::OutcomeReceived | Step::Lapse => way.push((&self.triager, Step::Refer)),
            _ => way.extend([
                (&self.triager, Step::Assign),
                (&self.lead, Step::Start),
                (&self.lead, Step::Submit),
            ]),
        }
        if step == Step::Complete {
            way.push((&self.one, Step::Decide));
        }
        for (by, step) in way {
            world.drive(case, by, step, &self.two).await;
        }
        Door { case, step }
    }

    fn closes(&self, step: Step) -> &StaffActor {
        match step {
            Step::DecideClose => &self.one,
            Step::Complete => &self.lead,
            _ => &self.triager,
        }
    }
}

const DOORS: &[Step] = &[Step::DecideClose, Step::Complete, Step::OutcomeReceived, Step::Lapse];

async fn checklist(by: &StaffActor, case: CaseId) -> Closing {
    by.open(case).await.unwrap().closing.unwrap()
}

/// Control ISO-8.5-1.
#[test]
fn iso_8_5_1_every_way_into_closed_lists_at_once_all_that_is_missing() {
    let mut ways: Vec<Step> =
        TRANSITIONS.iter().filter(|row| row.to == To::Fixed(Status::Closed)).map(|row| row.step).collect();
    ways.sort_unstable();
    let mut doors = DOORS.to_vec();
    doors.sort_unstable();
    assert_eq!(ways, doors, "each is tried below");
    assert!(
        TRANSITIONS.iter().all(|row| row.to != To::Fixed(Status::Closed) || row.four_eyes),
        "an approver"
    );
    in_world(async |world| {
        let team = Team::of(world).await;
        for step in DOORS {
            let Door { case, step } = team.lead_to(world, *step).await;
            let by = team.closes(step);
            by.attest(case).await;
            let missing = faults(by.step(case, step, json!({})).await);
            let mut needed = vec!["reasons", "reassessed_detriment", "feedback_sent", "retention_class"];
            // A decision brought outcome and measures along.
            if step == Step::Complete {
                needed.extend(["reason_code", "proceedings"]);
            } else {
                needed.extend(["outcome", "actions"]);
            }
            for field in needed {
                assert!(missing.contains(&(field, "required")), "{}: {field} in {missing:?}", step.code());
            }
            let why = with(
                enough(world.status(case).await, step, by.id(), "some"),
                json!({"feedback_sent": "impossible"}),
            );
            let why = faults(by.step(case, step, why).await);
            assert!(why.contains(&("feedback_impossible", "required")), "{}: {why:?}", step.code());
            if step == Step::Complete {
                assert!(why.contains(&("remedies", "unfinished")), "told together: {why:?}");
            }
        }
    });
}

/// Control ISO-8.5-1.
#[test]
fn iso_8_5_1_the_checklist_says_what_is_there_and_the_record_keeps_it() {
    in_world(async |world| {
        let team = Team::of(world).await;
        for step in DOORS {
            let Door { case, step } = team.lead_to(world, *step).await;
            let by = team.closes(step);
            by.attest(case).await;
            let before = checklist(by, case).await;
            assert!(!before.whole() && before.closed_on.is_none() && !before.reasons);
            assert_eq!(before.outcome.is_some(), step == Step::Complete);
            if step == Step::Complete {
                assert_eq!(before.measures, Some(Measures::Ended(0, 1)));
                by.carry_out(case, &team.two, "It is there.").await;
                assert_eq!(checklist(by, case).await.measures, Some(Measures::Ended(1, 1)));
            }
            let given = enough(world.status(case).await, step, by.id(), "some");
            let StepDone::Proposed(proposal) = by.step(case, step, given).await.unwrap() else {
                panic!("{} needs a second person", step.code())
            };
            let waiting = checklist(by, case).await;
            assert!(waiting.reasons && waiting.approver.is_none() && !waiting.whole());
            team.two.attest(case).await;
            assert_eq!(team.two.approve(proposal).await.unwrap(), Status::Closed);

            let after = checklist(by, case).await;
            assert!(after.whole(), "{}: {after:?}", step.code());
            assert_eq!(after.approver.as_deref(), Some("rev2"));
            assert_eq!(after.feedback, Some((FeedbackSent::Sent, None)));
            let days: Vec<String> = after.follow_up.iter().map(ToString::to_string).collect();
            assert_eq!(after.closed_on.unwrap().to_string(), "2026-11-23");
            assert_eq!(days, ["2026-12-23", "2027-02-21", "2027-05-22"], "30, 90 and 180 days");
            let told = codes(world, case, "case.closed").await;
            assert_eq!(told["checkins"], "30.90.180");
            assert_eq!(told["actions"], if step == Step::Complete { Value::Null } else { json!("none") });
            for code in ["feedback_sent", "retention_class"] {
                assert!(told[code].is_string(), "{code}: {told}");
            }
            assert!(after.outcome.is_some_and(|outcome| outcome != Outcome::KnowinglyFalse));
        }
    });
}

#[test]
fn the_checklist_stands_on_the_page_and_in_the_api() {
    in_app(async |world, app| {
        let team = Team::of(world).await;
        let Door { case, .. } = team.lead_to(world, Step::Lapse).await;
        let by = &team.triager;
        let pages = app.staff_pages(by);
        let page = pages.get(&format!("/staff/cases/{case}")).await;
        assert!(page.body.contains("id=\"closing\""), "{}", page.body);
        let shown = app.staff(by).get(&format!("/cases/{case}")).await.expect(200);
        assert_eq!(shown["closing"]["whole"], false);
        world.drive(case, by, Step::Lapse, &team.two).await;
        let shown = app.staff(by).get(&format!("/cases/{case}")).await.expect(200);
        assert_eq!(
            (&shown["closing"]["whole"], &shown["closing"]["measures"]),
            (&json!(true), &json!("none"))
        );
        assert_eq!(shown["closing"]["approver"], "rev2");
    });
}
