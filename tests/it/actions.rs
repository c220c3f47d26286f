//! What is to be done after an outcome, and who says that it was done (control OI-12a-1).

use senim::{
    domain::{
        case::{
            remedy::{NewRemedy, RawRemedy, RemedyState},
            status::Status,
            step::Step,
        },
        ids::{CaseId, RemedyId},
        role::Role,
    },
    policy::RoleAt,
    usecases::{
        Error,
        invite_staff::StaffIdentity,
        oversee::{oversee, take_up},
        remedies::record_remedy,
        watch_remedies::watch_remedies,
    },
};
use serde_json::{Value, json};

use crate::{
    app::in_app,
    conflicts::at,
    facts::{enough, with},
    observed::faults,
    people::StaffActor,
    world::{World, in_world},
};

/// A case in which measures were decided, its lead and its two reviewers.
struct Decided {
    case: CaseId,
    lead: StaffActor,
    reviewers: [StaffActor; 2],
}

impl Decided {
    async fn of(world: &World, decision: Value) -> Self {
        let triager = world.sign_in("tri1").await;
        let reviewers = [world.sign_in("rev1").await, world.sign_in("rev2").await];
        let lead = world.sign_in("inv1").await;
        let case = world.submit("Something.").await.case;
        let [one, two] = &reviewers;
        for (by, step) in
            [(&triager, Step::Open), (&triager, Step::Assign), (&lead, Step::Start), (&lead, Step::Submit)]
        {
            world.drive(case, by, step, one).await;
        }
        one.attest(case).await;
        let given = with(enough(Status::FindingsReview, Step::Decide, lead.id(), "some"), decision);
        let proposal = one.propose(case, Step::Decide, given).await;
        two.attest(case).await;
        assert_eq!(two.approve(proposal).await.unwrap(), Status::Remediation);
        Self { case, lead, reviewers }
    }

    async fn complete(&self, code: &str) -> Vec<(&'static str, &'static str)> {
        let given = enough(Status::Remediation, Step::Complete, self.lead.id(), "some");
        let given = with(given, json!({"reason_code": code}));
        match self.lead.step(self.case, Step::Complete, given).await {
            Ok(_) => Vec::new(),
            refused => faults(refused),
        }
    }

    async fn first(&self) -> RemedyId {
        self.lead.open(self.case).await.unwrap().remedies[0].row.id
    }
}

/// A measure that nobody does in time, and that goes over to the register.
pub async fn neglect(world: &World) {
    let due = world.ctx.store.today().tomorrow().unwrap().tomorrow().unwrap();
    let decided = Decided::of(world, json!({"action_due": due.to_string()})).await;
    world.advance_days(4);
    assert_eq!(watch_remedies(&world.ctx).await.unwrap(), 1);
    decided.lead.turn(decided.case, decided.first().await, "hand_over", "To the register.").await.unwrap();
}

fn remedy(given: Value) -> NewRemedy {
    let usual = json!({"action_kind": "recommendation", "measure": "Publish the plan of purchases.",
        "addressee": "The department of purchases", "action_due": "2027-03-01"});
    let raw: RawRemedy = serde_json::from_value(with(usual, given)).unwrap();
    NewRemedy::parse(&raw).unwrap()
}

/// Control OI-12a-1.
#[test]
fn oi_12a_1_a_measure_has_an_addressee_a_due_day_a_response_evidence_and_another_verifier() {
    in_world(async |world| {
        let body = json!({"addressee_body": world.body.to_string(), "actions": ["Tender anew.", "Recover the money."]});
        let decided = Decided::of(world, body).await;
        let (case, lead, [one, _]) = (decided.case, &decided.lead, &decided.reviewers);
        let remedies = lead.open(case).await.unwrap().remedies;
        let mut said: Vec<&str> = remedies.iter().map(|remedy| remedy.what.as_str()).collect();
        said.sort_unstable();
        assert_eq!(said, ["Recover the money.", "Tender anew."]);
        for remedy in &remedies {
            assert_eq!(remedy.addressee, "some addressee");
            assert_eq!((remedy.row.state, remedy.row.body_id), (RemedyState::Open, Some(world.body)));
            assert_eq!(remedy.row.due_on.to_string(), "2099-01-15");
        }
        assert_eq!(decided.complete("actions_verified").await, [("remedies", "unfinished")]);

        let (done, over) = (remedies[0].row.id, remedies[1].row.id);
        let early = faults(lead.turn(case, done, "finish", "At once.").await);
        assert_eq!(early, [("turn", "not_allowed_here")], "nobody answered yet");
        assert_eq!(lead.turn(case, done, "accept", "").await.unwrap(), RemedyState::Accepted);
        assert_eq!(lead.turn(case, done, "finish", "Order 17.").await.unwrap(), RemedyState::Done);
        let own = faults(lead.turn(case, done, "verify", "").await);
        assert_eq!(own, [("verifier", "not_allowed_here")], "who recorded it as done");
        assert_eq!(one.turn(case, done, "verify", "I saw it.").await.unwrap(), RemedyState::Verified);
        assert!(
            matches!(one.turn(case, over, "accept", "").await, Err(Error::Forbidden)),
            "reviewers only verify"
        );

        assert_eq!(lead.turn(case, over, "reject", "No such money.").await.unwrap(), RemedyState::Rejected);
        assert_eq!(decided.complete("actions_handed_over").await, [("remedies", "unfinished")]);
        assert_eq!(
            lead.turn(case, over, "hand_over", "To the ministry.").await.unwrap(),
            RemedyState::HandedOver
        );
        assert_eq!(decided.complete("actions_verified").await, [("reason_code", "not_allowed_here")]);
        assert_eq!(decided.complete("actions_handed_over").await, []);

        let read = lead.read(case).await;
        for words in ["Order 17.", "I saw it.", "No such money.", "To the ministry."] {
            assert!(read.contains(words), "{words}");
        }
        let acts =
            ["action.created", "action.responded", "action.done", "action.verified", "action.handed_over"];
        for act in acts {
            let entries = format!("audit.entries where '{act}' = any (acts)");
            assert!(world.owner().await.count(&entries).await > 0, "{act}");
        }
    });
}

/// Control OI-12a-1: the addressee, or somebody of the body that it is, does not verify.
#[test]
fn oi_12a_1_the_addressee_does_not_verify() {
    in_world(async |world| {
        let named = StaffIdentity { name: Some("Ахметов Болат".to_owned()), unit: None };
        let of_body = StaffIdentity { name: None, unit: Some(world.body) };
        let at_desk = at(Role::Reviewer, world.desk);
        let named = world.known("akhmetov", named, &at_desk).await;
        let of_body = world.known("insider", of_body, &at_desk).await;
        let decided = Decided::of(world, json!({"addressee": "Ахметов Б., отдел закупок"})).await;
        let (case, lead) = (decided.case, &decided.lead);
        let to_body = json!({"addressee_body": world.body.to_string()});
        record_remedy(&world.ctx, &lead.caller, case, &remedy(to_body)).await.unwrap();
        for remedy in lead.open(case).await.unwrap().remedies {
            lead.turn(case, remedy.row.id, "accept", "").await.unwrap();
            lead.turn(case, remedy.row.id, "finish", "Order 17.").await.unwrap();
            let [by_name, by_body] = [&named, &of_body];
            let wrong = if remedy.row.body_id.is_some() { by_body } else { by_name };
            wrong.attest(case).await;
            let refused = faults(wrong.turn(case, remedy.row.id, "verify", "").await);
            assert_eq!(refused, [("verifier", "not_allowed_here")]);
            let other = if remedy.row.body_id.is_some() { by_name } else { by_body };
            other.attest(case).await;
            assert_eq!(other.turn(case, remedy.row.id, "verify", "").await.unwrap(), RemedyState::Verified);
        }
        assert_eq!(decided.complete("actions_verified").await, []);
    });
}

/// Control OI-12a-1: what is late is marked once, stands before oversight without content, and stays marked.
#[test]
fn oi_12a_1_what_is_late_stands_before_oversight_and_no_handler_clears_it() {
    in_world(async |world| {
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let decided = Decided::of(world, json!({"action_due": "2026-11-25"})).await;
        let case = decided.case;
        assert_eq!(watch_remedies(&world.ctx).await.unwrap(), 0);
        world.advance_days(3);
        assert_eq!(watch_remedies(&world.ctx).await.unwrap(), 1);
        assert_eq!(watch_remedies(&world.ctx).await.unwrap(), 0, "told once");
        let lead = world.sign_in("inv1").await;
        let remedy = decided_of(&lead, case).await;
        assert!(remedy.1.is_some());
        let overseer = world.sign_in("over1").await;
        let open = oversee(&world.ctx, &overseer.caller).await.unwrap().open;
        let matter = open.iter().find(|line| line.kind == "action_overdue").unwrap();
        take_up(&world.ctx, &overseer.caller, matter.id).await.unwrap();
        lead.turn(case, remedy.0, "accept", "").await.unwrap();
        lead.turn(case, remedy.0, "finish", "Late.").await.unwrap();
        assert_eq!(decided_of(&lead, case).await, remedy, "still marked");
        let clear = format!("update case_remedies set overdue_on = null where case_id = '{case}'");
        assert!(world.app().await.run(&clear).await.is_err());
        world.advance_days(3);
        assert_eq!(watch_remedies(&world.ctx).await.unwrap(), 0);
    });
}

async fn decided_of(lead: &StaffActor, case: CaseId) -> (RemedyId, Option<jiff::civil::Date>) {
    let remedies = lead.open(case).await.unwrap().remedies;
    (remedies[0].row.id, remedies[0].row.overdue_on)
}

#[test]
fn measures_are_added_while_they_are_seen_to_and_not_while_the_end_waits_for_a_second_person() {
    in_world(async |world| {
        let decided = Decided::of(world, json!({})).await;
        let (case, lead, [one, _]) = (decided.case, &decided.lead, &decided.reviewers);
        let record = async |given: Value| {
            record_remedy(&world.ctx, &lead.caller, case, &remedy(given)).await.map(|_| ())
        };
        let past = record(json!({"action_due": "2026-11-23"})).await;
        assert_eq!(faults(past), [("action_due", "not_allowed_here")]);
        let nowhere = record(json!({"addressee_body": uuid::Uuid::from_u128(7).to_string()})).await;
        assert_eq!(faults(nowhere), [("addressee_body", "unknown_value")]);
        record(json!({})).await.unwrap();
        assert_eq!(lead.open(case).await.unwrap().remedies.len(), 2);
        lead.carry_out(case, one, "It is there.").await;
        assert_eq!(decided.complete("actions_verified").await, []);
        assert!(matches!(record(json!({})).await, Err(Error::ProposalWaiting)));
        let raw = format!("update case_remedies set state = 'open' where case_id = '{case}'");
        assert!(world.app().await.run(&raw).await.is_err(), "no entry says so");
    });
}

#[test]
fn a_decision_tells_all_that_its_measures_lack() {
    in_world(async |world| {
        let triager = world.sign_in("tri1").await;
        let [one, two] = [world.sign_in("rev1").await, world.sign_in("rev2").await];
        let lead = world.sign_in("inv1").await;
        let case = world.submit("Something.").await.case;
        for (by, step) in
            [(&triager, Step::Open), (&triager, Step::Assign), (&lead, Step::Start), (&lead, Step::Submit)]
        {
            world.drive(case, by, step, &two).await;
        }
        one.attest(case).await;
        let decide = async |more: Value| {
            let given = enough(Status::FindingsReview, Step::Decide, lead.id(), "some");
            faults(one.step(case, Step::Decide, with(given, more)).await)
        };
        let bare = json!({"action_kind": null, "addressee": null, "action_due": null});
        let required = ["action_kind", "addressee", "action_due"].map(|field| (field, "required"));
        assert_eq!(decide(bare).await, required);
        assert_eq!(decide(json!({"action_due": "2026-11-23"})).await, [("action_due", "not_allowed_here")]);
        let nowhere = json!({"addressee_body": uuid::Uuid::from_u128(7).to_string()});
        assert_eq!(decide(nowhere).await, [("addressee_body", "unknown_value")]);
    });
}

#[test]
fn measures_go_their_way_by_the_api_and_by_pages_alone() {
    in_app(async |world, app| {
        let decided = Decided::of(world, json!({})).await;
        let (case, lead) = (decided.case, &decided.lead);
        let pages = app.staff_pages(lead);
        let at = format!("/staff/cases/{case}");
        let csrf = app.csrf(lead);
        let form = |more: &[(&'static str, &'static str)]| [&[("csrf", csrf.as_str())], more].concat();
        let refused = pages.post(&format!("{at}/tasks"), &form(&[("measure", "A register of gifts")])).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("A register of gifts"), "nothing typed is lost");
        let sound = [
            ("measure", "A register of gifts"),
            ("action_kind", "recommendation"),
            ("addressee", "The office"),
            ("addressee_body", "body"),
            ("action_due", "2027-01-15"),
        ];
        assert_eq!(pages.post(&format!("{at}/tasks"), &form(&sound)).await.status, 303);
        let first = decided.first().await;
        let turns = format!("{at}/tasks/{first}/turns");
        let bare = pages.post(&turns, &form(&[("turn", "reject")])).await;
        assert_eq!(bare.status, 422);
        assert_eq!(pages.post(&turns, &form(&[("turn", "accept")])).await.status, 303);
        let page = pages.get(&at).await;
        assert!(
            page.body.contains("A register of gifts") && page.body.contains("some measure"),
            "{}",
            page.body
        );

        let api = app.staff(lead);
        let tasks = format!("/cases/{case}/tasks");
        let mistakes = api.post(&tasks, &json!({"measure": "Train the buyers."})).await;
        assert_eq!(mistakes.status, 422);
        assert_eq!(mistakes.faults().len(), 3, "{}", mistakes.body);
        let sound = json!({"action_kind": "recommendation", "measure": "Train the buyers.",
            "addressee": "The academy", "action_due": "2027-06-01"});
        let new = api.post(&tasks, &sound).await.expect(201)["id"].as_str().unwrap().to_owned();
        let turns = format!("{tasks}/{new}/turns");
        api.post(&turns, &json!({"turn": "hand_over", "words": "To the register."})).await.expect(204);
        let shown = api.get(&format!("/cases/{case}")).await.expect(200);
        let shown = shown["tasks"].as_array().unwrap();
        assert_eq!(shown.len(), 3);
        let ours = shown.iter().find(|task| task["id"] == new.as_str()).unwrap();
        assert_eq!(
            (ours["state"].as_str(), ours["addressee"].as_str()),
            (Some("handed_over"), Some("The academy"))
        );
    });
}
