//! What a report must go through before it leaves triage: questions, severity, risk of detriment, signs of a crime.

use jiff::SignedDuration;
use senim::{
    domain::{
        case::{status::Status, step::Step},
        field_error::FieldError,
        ids::CaseId,
        profile::{ClockName, TriageQuestion},
    },
    policy::Capacity,
    usecases::{give_access::give_access, part::Part, take_step::StepDone, watch_deadlines::watch_deadlines},
};
use serde_json::{Value, json};

use crate::{
    app::in_app,
    deadlines::{clocks, entries, overseer},
    facts::{assessed, enough, with},
    observed::{agreed, codes, column, faults},
    people::StaffActor,
    world::{World, in_world},
};

/// A report that was opened, with its triager and a reviewer.
async fn opened(world: &World) -> (CaseId, StaffActor, StaffActor) {
    let case = world.submit("Something.").await.case;
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    world.drive(case, &triager, Step::Open, &reviewer).await;
    (case, triager, reviewer)
}

fn given(step: Step, triager: &StaffActor, more: Value) -> Value {
    with(enough(Status::Triage, step, triager.id(), "some"), more)
}

fn assignment(world: &World, more: Value) -> Value {
    with(with(assessed(), json!({"lead": world.id("inv1").to_string()})), more)
}

/// Control ISO-8.3.1-1.
#[test]
fn iso_8_3_1_1_triage_ends_only_with_every_answer_and_the_computed_severity_is_kept() {
    in_world(async |world| {
        let (case, triager, _) = opened(world).await;
        let required: Vec<_> = TriageQuestion::ALL
            .iter()
            .map(|question| question.code())
            .chain(["likelihood", "impact"])
            .map(|field| (field, FieldError::REQUIRED))
            .collect();
        for step in [Step::Assign, Step::Reject, Step::Merge, Step::Refer] {
            let mut bare = given(step, &triager, json!({"master": case.to_string()}));
            for (field, _) in &required {
                bare.as_object_mut().unwrap().remove(*field);
            }
            assert_eq!(faults(triager.step(case, step, bare).await), required, "{step}");
        }
        let graded = json!({"impact": "3", "likelihood": "4", "first_hand": "unsure"});
        triager.take(case, Step::Assign, assignment(world, graded)).await;
        assert_eq!(column(world, case, "severity || severity_formula").await, "critical1");
        let told = codes(world, case, "triage.completed").await;
        assert_eq!((&told["severity"], &told["formula"]), (&json!("critical"), &json!("1")));
        assert_eq!((&told["first_hand"], &told["impact"]), (&json!("unsure"), &json!("3")));
        assert_eq!(codes(world, case, "triage.answered").await, told);
        // Back in triage the answers stand, and are given anew where somebody knows better.
        let lead = world.sign_in("inv1").await;
        let reviewer = world.sign_in("rev1").await;
        world.drive(case, &lead, Step::Return, &reviewer).await;
        let anew = json!({"lead": world.id("inv2").to_string(), "impact": "1", "likelihood": "1"});
        triager.take(case, Step::Assign, anew).await;
        assert_eq!(column(world, case, "severity").await, "low");
        let kept = column(world, case, "assessment").await;
        assert!(kept.as_str().unwrap().contains("\"first_hand\":\"unsure\""), "{kept}");
    });
}

/// Control ISO-8.3.1-1: the answers of a proposal are known at once, and stay when it is refused.
#[test]
fn iso_8_3_1_1_what_was_answered_with_a_refused_proposal_stays_answered() {
    in_world(async |world| {
        let (case, triager, reviewer) = opened(world).await;
        let alarming = given(Step::Reject, &triager, json!({"health_risk": "yes"}));
        let proposal = triager.propose(case, Step::Reject, alarming).await;
        assert_eq!(column(world, case, "severity").await, "critical", "life is at risk");
        assert_eq!(entries(world, case, "triage.answered").await, 1);
        assert_eq!(entries(world, case, "triage.completed").await, 0);
        reviewer.attest(case).await;
        reviewer.refuse(proposal, "Look into it.").await.unwrap();
        triager.take(case, Step::Assign, json!({"lead": world.id("inv1").to_string()})).await;
        assert_eq!(entries(world, case, "triage.completed").await, 1);
        assert_eq!(column(world, case, "severity").await, "critical");
    });
}

/// Control ISO-8.3.1-1: the desk's list tells the severity, on the page and by the API.
#[test]
fn iso_8_3_1_1_the_list_tells_how_urgent_a_case_is() {
    in_app(async |world, app| {
        let (case, triager, _) = opened(world).await;
        let line = || async { app.staff(&triager).get("/cases").await.expect(200)["cases"][0].clone() };
        assert_eq!(line().await["severity"], Value::Null);
        let page = app.staff(&triager).get(&format!("/cases/{case}")).await.expect(200);
        assert_eq!(page["questions"].as_array().unwrap().len(), TriageQuestion::ALL.len());
        triager.take(case, Step::Assign, assignment(world, json!({"senior_official": "yes"}))).await;
        assert_eq!(line().await["severity"], "critical");
        let list = app.staff_pages(&triager).get("/staff/cases").await;
        assert!(list.body.contains("class=\"severity critical\""), "{}", list.body);
    });
}

/// Control KZ-ANON-1.
#[test]
fn kz_anon_1_an_anonymous_report_is_put_aside_after_two_noes_by_two_people() {
    in_world(async |world| {
        let (case, triager, reviewer) = opened(world).await;
        let aside =
            |more| given(Step::Reject, &triager, with(json!({"reason_code": "anon_not_considerable"}), more));
        for (more, expected) in [
            (json!({"anon_crime": ""}), ("anon_crime", FieldError::REQUIRED)),
            (json!({"anon_crime": "unsure"}), ("anon_crime", FieldError::NOT_ALLOWED)),
        ] {
            assert_eq!(faults(triager.step(case, Step::Reject, aside(more)).await), [expected]);
        }
        let danger = faults(triager.step(case, Step::Reject, aside(json!({"anon_security": "yes"}))).await);
        assert!(danger.contains(&("anon_security", FieldError::NOT_ALLOWED)), "{danger:?}");
        let proposal = triager.propose(case, Step::Reject, aside(json!({}))).await;
        assert_eq!(world.status(case).await, Status::Triage, "not by one person");
        assert!(triager.approve(proposal).await.is_err());
        reviewer.attest(case).await;
        assert_eq!(reviewer.approve(proposal).await.unwrap(), Status::Rejected);
        let told = codes(world, case, "case.closed").await;
        assert_eq!(told["reason_code"], "anon_not_considerable");
        assert_eq!((&told["anon_crime"], &told["anon_security"]), (&json!("no"), &json!("no")));
    });
}

/// Control KZ-ANON-1: a yes starts the referral with its clock of 24 hours.
#[test]
fn kz_anon_1_a_yes_starts_the_referral() {
    in_world(async |world| {
        let (case, triager, _) = opened(world).await;
        let yes = json!({"reason_code": "no_substance", "anon_security": "yes"});
        let refused =
            faults(triager.step(case, Step::Reject, given(Step::Reject, &triager, yes.clone())).await);
        assert_eq!(refused, [("unreferred", FieldError::REQUIRED)]);
        let explained = with(yes, json!({"unreferred": "known_there"}));
        triager.propose(case, Step::Reject, given(Step::Reject, &triager, explained)).await;
        let clock = clocks(world, case).await.get(ClockName::CriminalReferral).unwrap().clone();
        let today = world.ctx.latest_today();
        assert!(clock.runs() && clock.due.unwrap() <= today.tomorrow().unwrap(), "{clock:?} on {today}");
        assert_eq!(entries(world, case, "referral.required").await, 1);
    });
}

/// Control KZ-ANON-1: other profiles have no such branch.
#[test]
fn kz_anon_1_elsewhere_nothing_is_put_aside_for_being_anonymous() {
    in_world(async |world| {
        world.route_all_to("iso", "iso_default").await;
        let case = world.submit("Something.").await.case;
        let triager = world.sign_in("iso1").await;
        world.drive(case, &triager, Step::Open, &triager).await;
        let aside = given(Step::Reject, &triager, json!({"reason_code": "anon_not_considerable"}));
        let refused = faults(triager.step(case, Step::Reject, aside).await);
        assert_eq!(refused, [("reason_code", FieldError::NOT_ALLOWED)]);
    });
}

/// Control OI-10c-1.
#[test]
fn oi_10c_1_signs_of_a_crime_start_a_clock_that_no_end_passes_by_without_a_reason() {
    in_world(async |world| {
        let overseer = overseer(world).await;
        let (case, triager, reviewer) = opened(world).await;
        let crime = json!({"criminal_signs": "yes"});
        triager.take(case, Step::Assign, assignment(world, crime)).await;
        assert_eq!(entries(world, case, "referral.required").await, 1);
        assert!(clocks(world, case).await.runs(ClockName::CriminalReferral));
        // After the day is over oversight sees it, whatever else was done.
        let (lead, second) = (world.sign_in("inv1").await, world.sign_in("rev2").await);
        world.drive(case, &lead, Step::Start, &reviewer).await;
        world.advance(SignedDuration::from_hours(72));
        assert_eq!(watch_deadlines(&world.ctx).await.unwrap(), 1);
        assert_eq!(codes(world, case, "deadline.missed").await["missed"], "criminal_referral");
        let seen = senim::usecases::oversee::oversee(&world.ctx, &overseer.caller).await.unwrap();
        assert_eq!(seen.open.iter().filter_map(|matter| matter.clock).count(), 1);
        let (lead, reviewer) = (world.sign_in("inv1").await, world.sign_in("rev1").await);
        world.drive(case, &lead, Step::Submit, &reviewer).await;
        let close = enough(Status::FindingsReview, Step::DecideClose, lead.id(), "some");
        let withdraw = enough(Status::FindingsReview, Step::Withdraw, lead.id(), "some");
        for (by, step, given) in [(&reviewer, Step::DecideClose, &close), (&lead, Step::Withdraw, &withdraw)]
        {
            let refused = faults(by.step(case, step, given.clone()).await);
            assert_eq!(refused, [("unreferred", FieldError::REQUIRED)], "{step}");
        }
        let closing = with(close, json!({"unreferred": "not_confirmed"}));
        assert_eq!(agreed(case, &reviewer, &second, (Step::DecideClose, closing)).await, Status::Closed);
        assert_eq!(codes(world, case, "case.closed").await["unreferred"], "not_confirmed");
        assert!(!clocks(world, case).await.runs(ClockName::CriminalReferral));
    });
}

/// Control OI-10c-1: the referral itself is what the clock waits for.
#[test]
fn oi_10c_1_a_referral_for_signs_of_a_crime_meets_the_clock() {
    in_world(async |world| {
        let (case, triager, reviewer) = opened(world).await;
        let refer = json!({"criminal_signs": "yes", "reason_code": "criminal_signs"});
        let refer = (Step::Refer, given(Step::Refer, &triager, refer));
        assert_eq!(agreed(case, &triager, &reviewer, refer).await, Status::Referred);
        let clock = clocks(world, case).await.get(ClockName::CriminalReferral).unwrap().clone();
        assert!(!clock.runs() && clock.missed_on.is_none());
        assert!(codes(world, case, "deadline.met").await["met"].as_str().unwrap().contains("criminal"));
        // It comes back, and ends without another word about it.
        triager
            .take(case, Step::Returned, enough(Status::Referred, Step::Returned, triager.id(), "some"))
            .await;
        let reject = (Step::Reject, given(Step::Reject, &triager, json!({"criminal_signs": "yes"})));
        assert_eq!(agreed(case, &triager, &reviewer, reject).await, Status::Rejected);
    });
}

/// Control KZ-65-1: a late referral for lack of competence is flagged, and the reporter is told with it.
#[test]
fn kz_65_1_a_late_referral_is_flagged_and_the_reporter_is_told_with_it() {
    in_world(async |world| {
        let overseer = overseer(world).await;
        let reporter = world.submit("Something.").await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        let early = world.submit("Something else.").await;
        world.drive(early.case, &triager, Step::Open, &reviewer).await;
        let refer = || (Step::Refer, given(Step::Refer, &triager, json!({"in_scope": "no"})));
        agreed(early.case, &triager, &reviewer, refer()).await;
        assert_eq!(entries(world, early.case, "deadline.missed").await, 0);
        world.advance_days(4);
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        let proposal = triager.propose(reporter.case, Step::Refer, refer().1).await;
        assert!(!reporter.read().await.contains("destination"));
        reviewer.attest(reporter.case).await;
        reviewer.approve(proposal).await.unwrap();
        let told = codes(world, reporter.case, "referral.sent").await;
        assert!(told["missed"].as_str().unwrap().contains("forward"), "{told}");
        let both = "audit.entries where acts @> array['referral.sent', 'notice.sent', 'deadline.missed']";
        assert_eq!(world.owner().await.count(both).await, 1);
        assert!(reporter.read().await.contains("template: destination"));
        let seen = senim::usecases::oversee::oversee(&world.ctx, &overseer.caller).await.unwrap();
        assert!(seen.open.iter().any(|matter| matter.clock == Some(ClockName::Forward)));
    });
}

/// Control ISO-8.3.2-1.
#[test]
fn iso_8_3_2_1_nobody_outside_triage_is_given_a_case_before_the_risk_is_known() {
    in_world(async |world| {
        let (case, triager, reviewer) = opened(world).await;
        let part = |login: &str, capacity| Part { staff: world.id(login), capacity };
        let give = async |part| give_access(&world.ctx, &triager.caller, case, part).await;
        for (login, capacity) in [("rev2", Capacity::Reviewer), ("inv2", Capacity::Investigator)] {
            let refused = faults(give(part(login, capacity)).await);
            assert_eq!(refused, [("capacity", FieldError::ASSESS_FIRST)], "{login}");
        }
        let unknown = |step| given(step, &triager, json!({"detriment_level": "", "protection_plan": ""}));
        for step in [Step::Assign, Step::Reject, Step::Refer, Step::Withdraw, Step::Extend] {
            let refused = faults(triager.step(case, step, unknown(step)).await);
            assert_eq!(refused, [("detriment_level", FieldError::REQUIRED)], "{step}");
        }
        let bare = json!({"detriment_level": "high"});
        for step in [Step::Assign, Step::Reject] {
            let high = with(unknown(step), bare.clone());
            let refused = faults(triager.step(case, step, high).await);
            assert_eq!(refused, [("protection_plan", FieldError::REQUIRED)], "{step}");
        }
        let outside = format!("case_grants where case_id = '{case}' and capacity <> 'triager'");
        assert_eq!(world.owner().await.count(&outside).await, 0);
        let plan = json!({"detriment_level": "high", "protection_plan": "Ask nobody at work."});
        triager.take(case, Step::Assign, assignment(world, plan)).await;
        give(part("rev2", Capacity::Reviewer)).await.unwrap();
        assert_eq!(codes(world, case, "detriment.assessed").await["detriment_level"], "high");
        // It is looked at again at the start, with the findings and at the end.
        let lead = world.sign_in("inv1").await;
        lead.attest(case).await;
        let again =
            |from, step| with(enough(from, step, lead.id(), "some"), json!({"reassessed_detriment": ""}));
        let anew = [("reassessed_detriment", FieldError::REQUIRED)];
        let start = again(Status::Assigned, Step::Start);
        assert_eq!(faults(lead.step(case, Step::Start, start).await), anew);
        world.drive(case, &lead, Step::Start, &reviewer).await;
        let submit = again(Status::Investigation, Step::Submit);
        assert_eq!(faults(lead.step(case, Step::Submit, submit).await), anew);
        world.drive(case, &lead, Step::Submit, &reviewer).await;
        let close = again(Status::FindingsReview, Step::DecideClose);
        assert_eq!(faults(reviewer.step(case, Step::DecideClose, close).await), anew);
        assert_eq!(entries(world, case, "detriment.assessed").await, 3);
    });
}

/// Control EU-11.3-1.
#[test]
fn eu_11_3_1_minor_and_repetitive_need_reasons_two_people_a_message_and_the_concluded_case() {
    in_world(async |world| {
        let (first, triager, reviewer) = opened(world).await;
        let reporter = world.submit("The same again.").await;
        let case = reporter.case;
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let reject =
            |code: &str, more| given(Step::Reject, &triager, with(json!({"reason_code": code}), more));
        for code in ["minor", "repetitive"] {
            let silent = reject(code, json!({"reasons": " ", "message": "", "master": first.to_string()}));
            let expected = [("reasons", FieldError::REQUIRED), ("message", FieldError::REQUIRED)];
            assert_eq!(faults(triager.step(case, Step::Reject, silent).await), expected, "{code}");
        }
        let nobody = uuid::Uuid::from_u128(7).to_string();
        let named = |master: String| reject("repetitive", json!({"master": master}));
        for (master, code) in [
            (String::new(), FieldError::REQUIRED),
            (nobody, FieldError::UNKNOWN),
            (case.to_string(), FieldError::NOT_ALLOWED),
            (first.to_string(), FieldError::NOT_ALLOWED),
        ] {
            let refused = faults(triager.step(case, Step::Reject, named(master)).await);
            assert_eq!(refused, [("master", code)]);
        }
        let minor = (Step::Reject, reject("minor", json!({})));
        assert_eq!(agreed(first, &triager, &reviewer, minor).await, Status::Rejected);
        let hidden = world.sign_in("tri2").await;
        hidden.attest(case).await;
        hidden.recuse(first).await.unwrap();
        let blind = faults(hidden.step(case, Step::Reject, named(first.to_string())).await);
        assert_eq!(blind, [("master", FieldError::UNKNOWN)], "whoever does not see it does not name it");
        let StepDone::Proposed(proposal) =
            triager.step(case, Step::Reject, named(first.to_string())).await.unwrap()
        else {
            panic!("it needs a second person");
        };
        reviewer.attest(case).await;
        reviewer.approve(proposal).await.unwrap();
        assert_eq!(column(world, case, "master_id").await, first.to_string());
        assert!(reporter.read().await.contains("desk: some message"));
    });
}

/// Control OI-10b-1: its first half; warning signs and weak controls are told in triage and at the end.
#[test]
fn warning_signs_and_weak_controls_are_recorded_in_triage_and_at_the_end() {
    in_world(async |world| {
        let (case, triager, reviewer) = opened(world).await;
        let signs = json!({"red_flags": ["split_contract", "single_bidder"], "weaknesses": "procurement"});
        triager.take(case, Step::Assign, assignment(world, signs)).await;
        let told = codes(world, case, "redflag.set").await;
        assert_eq!(told["red_flags"], "single_bidder.split_contract");
        assert_eq!(codes(world, case, "weakness.found").await["weaknesses"], "procurement");
        let (lead, second) = (world.sign_in("inv1").await, world.sign_in("rev2").await);
        world.drive(case, &lead, Step::Start, &reviewer).await;
        world.drive(case, &lead, Step::Submit, &reviewer).await;
        let close = enough(Status::FindingsReview, Step::DecideClose, lead.id(), "some");
        let close = with(close, json!({"red_flags": "cash_request", "weaknesses": ["supervision"]}));
        agreed(case, &reviewer, &second, (Step::DecideClose, close)).await;
        assert_eq!(entries(world, case, "redflag.set").await, 2);
        let kept: Value =
            serde_json::from_str(column(world, case, "assessment").await.as_str().unwrap()).unwrap();
        assert_eq!(kept["red_flags"], json!(["single_bidder", "split_contract", "cash_request"]));
        assert_eq!(kept["weaknesses"], json!(["procurement", "supervision"]));
    });
}
