//! A complaint of retaliation is a case of its own, of which those who handle the first learn nothing (controls OI-9b-2
//! and EU-19-1).

use jiff::civil::date;
use senim::{
    domain::{
        case::{status::Status, step::Step},
        field_error::FieldError,
        profile::ClockName,
        retaliation::{Interim, RawRetaliation},
        role::Role,
        text::Reasons,
    },
    policy::RoleAt,
    usecases::{
        Error,
        decide_interim::decide_interim,
        invite_staff::StaffIdentity,
        oversee::oversee,
        report_retaliation::{Complaint, Way, report_retaliation},
        submit_report::{FormOrigin, FormToken},
        watch_deadlines::watch_deadlines,
    },
};
use serde_json::json;

use crate::{
    app::{Answer, INBOX_COOKIE, in_app},
    conflicts::{at, finds_nothing, named},
    deadlines::{clocks, entries, overseer},
    facts::{enough, none, with},
    http_desk::{english, send, told},
    people::{ReporterActor, StaffActor},
    world::{World, in_world},
};

fn complaint(people: &[&str]) -> Complaint {
    let mut retaliation = RawRetaliation::default();
    retaliation.forms = vec!["transfer".to_owned(), "intimidation".to_owned()];
    retaliation.from = Some("2026-11-02".to_owned());
    Complaint {
        retaliation,
        narrative: Some("I was sent to another town.".to_owned()),
        people: people.iter().map(|name| (*name).to_owned()).collect(),
        ongoing: Some("yes".to_owned()),
    }
}

/// The independent desk, with two triagers.
async fn independent(world: &World) -> (StaffActor, StaffActor) {
    for login in ["ret1", "ret2"] {
        world.enrol(login, &[RoleAt { role: Role::Triager, desk: Some(world.independent) }]).await;
    }
    (world.sign_in("ret1").await, world.sign_in("ret2").await)
}

impl ReporterActor {
    /// Complains from the mailbox.
    async fn complain(&self, world: &World, complaint: &Complaint) -> Result<ReporterActor, Error> {
        let token = self.token().await;
        let way = Way { form_token: None, channel: "api" };
        let submitted = report_retaliation(&self.ctx, &token, complaint, way).await?;
        Ok(ReporterActor {
            ctx: self.ctx.clone(),
            receipt: submitted.receipt.reveal(),
            case: world.case_of(&submitted.reference).await,
            reference: submitted.reference,
        })
    }
}

/// A complaint, on which it is decided what is done for the time being.
pub async fn complaint_decided(world: &World) {
    let (handler, _) = independent(world).await;
    let reporter = world.submit("Something.").await.complain(world, &complaint(&[])).await.unwrap();
    handler.attest(reporter.case).await;
    decide(&handler, &reporter, Interim::Granted).await.unwrap();
}

async fn decide(by: &StaffActor, of: &ReporterActor, decision: Interim) -> Result<(), Error> {
    let reasons = Reasons::parse("The transfer is suspended.", 100).unwrap();
    decide_interim(&by.ctx, &by.caller, of.case, (decision, &reasons)).await
}

#[test]
fn oi_9b_2_a_complaint_from_the_mailbox_is_a_case_of_its_own_with_other_handlers_and_its_own_clock() {
    in_world(async |world| {
        let (handler, _) = independent(world).await;
        let first = world.submit("Something happened.").await;
        let one = world.sign_in("tri1").await;
        one.attest(first.case).await;
        let before = one.read(first.case).await;
        let second = first.complain(world, &complaint(&[])).await.unwrap();
        assert!(second.receipt != first.receipt && second.case != first.case);
        let clock = clocks(world, second.case).await.get(ClockName::RetaliationInterim).unwrap().clone();
        assert!(clock.runs() && clock.due == Some(date(2026, 11, 26)), "{clock:?}");
        assert_eq!(entries(world, second.case, "retaliation.reported").await, 1);
        handler.attest(second.case).await;
        let read = handler.read(second.case).await;
        for told in ["I was sent to another town.", &first.reference, "transfer", "2026-11-02"] {
            assert!(read.contains(told), "{read}");
        }
        assert!(!read.contains("Something happened."), "not what the first says");
        for login in ["tri1", "tri2"] {
            let who = world.sign_in(login).await;
            assert_eq!(who.cases().await, [first.case], "{login} sees the first alone");
            assert!(matches!(who.open(second.case).await, Err(Error::NotFound)));
        }
        assert_eq!(one.read(first.case).await, before, "nothing came into the first case");
        assert_eq!(entries(world, first.case, "retaliation.reported").await, 0);
        assert!(matches!(handler.open(first.case).await, Err(Error::NotFound)));
    });
}

/// Whoever had a part in the first case gets none of the complaint later either: not by a colleague's hand.
#[test]
fn oi_9b_2_whoever_held_the_first_case_is_kept_from_the_complaint_for_good() {
    in_world(async |world| {
        let both =
            [Some(world.desk), Some(world.independent)].map(|desk| RoleAt { role: Role::Triager, desk });
        world.enrol("both1", &both).await;
        independent(world).await;
        let first = world.submit("Something.").await;
        world.sign_in("both1").await.recuse(first.case).await.unwrap();
        let second = first.complain(world, &complaint(&[])).await.unwrap();
        let both = world.sign_in("both1").await;
        assert!(both.cases().await.is_empty());
        assert!(matches!(both.open(second.case).await, Err(Error::NotFound)));
        let handler = world.sign_in("ret1").await;
        assert_eq!(handler.cases().await, [second.case], "the others have it");
    });
}

/// Whom the complaint names, and whom the first report named, is given none of it and finds no trace.
#[test]
fn eu_19_1_neither_whom_the_complaint_names_nor_whom_the_first_report_names_is_given_it() {
    in_world(async |world| {
        let actor = world.known("akhmetov", named(), &at(Role::Triager, world.independent)).await;
        let name = StaffIdentity { name: Some("Omarova Aliya".to_owned()), unit: None };
        let judged = world.known("omarova", name, &at(Role::Triager, world.independent)).await;
        independent(world).await;
        let first = world.report_with("Something.", json!({"people": ["Omarova"]}));
        let first = world.submit_report(first).await;
        let second = first.complain(world, &complaint(&["Akhmetov, the head of the section"])).await.unwrap();
        for who in [&actor, &judged, &world.sign_in("tri1").await] {
            finds_nothing(world, who, second.case).await;
        }
        assert_eq!(world.sign_in("ret1").await.cases().await, [second.case]);
    });
}

/// Without an independent desk that is staffed nobody is given it rather than the wrong people, and it waits.
#[test]
fn oi_9b_2_where_nobody_is_left_a_complaint_waits_instead_of_going_to_those_it_may_be_about() {
    in_world(async |world| {
        let first = world.submit("Something.").await;
        let second = first.complain(world, &complaint(&[])).await.unwrap();
        for login in ["tri1", "tri2"] {
            assert_eq!(world.sign_in(login).await.cases().await, [first.case]);
        }
        assert_eq!(entries(world, second.case, "holders.short").await, 1);
    });
}

#[test]
fn eu_19_1_an_interim_measure_is_decided_with_reasons_once_and_stops_the_clock() {
    in_world(async |world| {
        let (handler, other) = independent(world).await;
        let second = world.submit("Something.").await.complain(world, &complaint(&[])).await.unwrap();
        assert!(matches!(decide(&handler, &second, Interim::Granted).await, Err(Error::Forbidden)));
        for who in [&handler, &other] {
            who.attest(second.case).await;
        }
        handler.take(second.case, Step::Open, json!({})).await;
        assert!(
            clocks(world, second.case).await.runs(ClockName::RetaliationInterim),
            "only the decision stops it"
        );
        decide(&handler, &second, Interim::Granted).await.unwrap();
        assert!(!clocks(world, second.case).await.runs(ClockName::RetaliationInterim));
        assert_eq!(entries(world, second.case, "retaliation.decided").await, 1);
        assert!(matches!(decide(&other, &second, Interim::Refused).await, Err(Error::Conflict)), "once");
        assert!(other.read(second.case).await.contains("note: The transfer is suspended."));
        let told = second.read().await;
        assert!(told.contains("template: interim_granted") && !told.contains("suspended"), "{told}");
    });
}

#[test]
fn eu_19_1_a_missed_interim_decision_stands_before_oversight() {
    in_world(async |world| {
        independent(world).await;
        let second = world.submit("Something.").await.complain(world, &complaint(&[])).await.unwrap();
        let overseer = overseer(world).await;
        world.advance_days(5);
        watch_deadlines(&world.ctx).await.unwrap();
        let seen = oversee(&world.ctx, &overseer.caller).await.unwrap();
        let kinds: Vec<&str> = seen.open.iter().map(|matter| matter.kind.as_str()).collect();
        assert!(kinds.iter().any(|kind| kind.contains("missed")), "{kinds:?}");
        let clock = clocks(world, second.case).await.get(ClockName::RetaliationInterim).unwrap().clone();
        assert!(clock.missed_on.is_some());
    });
}

/// What is reported through the public form under this category is as urgent.
#[test]
fn oi_9b_2_a_report_of_retaliation_has_the_same_clock_and_urgency() {
    in_app(async |world, app| {
        let report = world.report_with("They dismissed me.", json!({"category": "retaliation"}));
        let reporter = world.submit_report(report).await;
        assert!(clocks(world, reporter.case).await.runs(ClockName::RetaliationInterim));
        let triager = world.sign_in("tri1").await;
        let listed = app.staff(&triager).get("/cases").await.expect(200);
        assert_eq!(listed["cases"][0]["severity"], "high", "{listed}");
    });
}

#[test]
fn eu_19_1_mistakes_of_a_complaint_are_told_and_nothing_is_stored() {
    in_world(async |world| {
        let first = world.submit("Something.").await;
        let Err(Error::Invalid(errors)) = first.complain(world, &Complaint::default()).await else {
            panic!("it is empty")
        };
        let told: Vec<_> = errors.iter().map(|error| (error.field, error.code)).collect();
        assert_eq!(told, [("narrative", FieldError::REQUIRED), ("forms", FieldError::REQUIRED)]);
        assert_eq!(world.owner().await.count("cases").await, 1);
    });
}

/// A form sent twice is one complaint.
#[test]
fn a_complaint_sent_twice_is_one_case() {
    in_world(async |world| {
        let first = world.submit("Something.").await;
        let token = first.token().await;
        let text = world.ctx.form_token(&FormOrigin::Api).unwrap();
        let mut receipts = Vec::new();
        for _ in 0..2 {
            let form_token = Some(FormToken { text: text.clone(), origin: FormOrigin::Api });
            let way = Way { form_token, channel: "api" };
            let sent = report_retaliation(&world.ctx, &token, &complaint(&[]), way).await.unwrap();
            receipts.push(sent.receipt.reveal());
        }
        assert_eq!(receipts[0], receipts[1]);
        assert_eq!(world.owner().await.count("cases").await, 2);
    });
}

#[test]
fn a_complaint_is_made_and_decided_on_pages_and_by_the_api() {
    in_app(async |world, app| {
        let (handler, _) = independent(world).await;
        let first = world.submit("Something.").await;
        let token = first.token().await;
        let body = json!({"narrative": "A threat.", "forms": ["intimidation"]});
        let api = app.api(Some(&token)).post("/inbox/retaliation", &body).await.expect(201);
        assert!(api["receipt"].as_str().unwrap().len() > 20, "{api}");
        let case = world.case_of(api["reference"].as_str().unwrap()).await;
        handler.attest(case).await;
        let pages = english(app, &handler);
        let shown = pages.get(&format!("/staff/cases/{case}")).await;
        assert!(shown.body.contains("Pressure, threats, harassment, exclusion"), "{}", shown.body);
        assert!(shown.body.contains(&first.reference) && shown.body.contains("Record the decision"));
        let decision = format!("/staff/cases/{case}/interim");
        let csrf = app.csrf(&handler);
        let kept = pages.post(&decision, &[("csrf", &csrf), ("interim_reasons", "Typed.")]).await;
        assert!(kept.status == 422 && kept.body.contains("Typed."), "{}", kept.body);
        let form = [("csrf", csrf.as_str()), ("interim", "not_needed"), ("interim_reasons", "It has ended.")];
        let done = send(&pages, &decision, &form).await;
        assert_eq!(told(&done), Some("The decision is recorded. The reporter finds it in the mailbox."));
        let again = json!({"interim": "granted", "reasons": "Twice."});
        assert_eq!(app.staff(&handler).post(&format!("/cases/{case}/interim"), &again).await.status, 409);
        assert!(!pages.get(&format!("/staff/cases/{case}")).await.body.contains("Record the decision"));
        let cookie = format!("{INBOX_COOKIE}={token}");
        let form = app.request("GET", "/en/inbox/retaliation").header("cookie", cookie);
        let form = Answer::to(form).await;
        assert!(form.status == 200 && form.body.contains("Sent to a psychiatrist"), "{}", form.body);
    });
}

/// Where the first case was joined to another one, those who have that one are kept from the complaint as well.
#[test]
fn oi_9b_2_whoever_has_the_case_that_the_first_one_joined_is_not_given_the_complaint() {
    in_world(async |world| {
        let both =
            [Some(world.desk), Some(world.independent)].map(|desk| RoleAt { role: Role::Triager, desk });
        let (handler, _) = independent(world).await;
        let first = world.submit("Something.").await;
        world.enrol("both1", &both).await;
        let master = world.submit("The same.").await.case;
        let (by, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        for case in [master, first.case] {
            by.attest(case).await;
            by.take(case, Step::Open, none()).await;
        }
        assert!(world.sign_in("both1").await.cases().await.contains(&master));
        let given =
            with(enough(Status::Triage, Step::Merge, by.id(), "some"), json!({"master": master.to_string()}));
        let proposal = by.propose(first.case, Step::Merge, given).await;
        second.attest(first.case).await;
        second.approve(proposal).await.unwrap();
        let complaint = first.complain(world, &complaint(&[])).await.unwrap();
        assert!(!world.sign_in("both1").await.cases().await.contains(&complaint.case));
        assert!(handler.cases().await.contains(&complaint.case));
    });
}
