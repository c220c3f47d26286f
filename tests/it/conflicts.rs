//! Conflicts of interest (norms.md 8.5): whom a case concerns is given no key of it and finds no trace.

use senim::{
    domain::{
        case::{
            status::Status,
            step::Step,
            subject::{RawSubject, Subject},
        },
        configuration::Kind,
        ids::{BodyId, CaseId, DeskId, StaffId},
        role::Role,
    },
    policy::{Capacity, RoleAt},
    usecases::{
        Error,
        give_access::give_access,
        invite_staff::StaffIdentity,
        list_cases::{CaseFilter, list_cases},
        oversee::{oversee, take_up},
        part::Part,
        propose_roles::{Wanted, propose_roles},
        raise_no_response::raise_no_response,
        record_subject::record_subject,
        watch_deadlines::watch_deadlines,
    },
};
use serde_json::{Value, json};

use crate::{
    app::in_app,
    facts::{enough, with},
    people::{ReporterActor, StaffActor},
    world::{World, in_world},
};

pub const NAME: &str = "Ахметов Болат";

pub fn named() -> StaffIdentity {
    StaffIdentity { name: Some(NAME.to_owned()), unit: None }
}

pub fn at(role: Role, desk: DeskId) -> [RoleAt; 1] {
    [RoleAt { role, desk: Some(desk) }]
}

/// Somebody reports with these ticks and names.
pub async fn concerning(world: &World, answers: Value) -> ReporterActor {
    world.submit_report(world.report_with("It concerns somebody here.", answers)).await
}

/// Two triagers of the independent desk, which belongs to the body of the other one.
pub async fn staff_the_independent_desk(world: &World) -> [StaffActor; 2] {
    for login in ["ind1", "ind2"] {
        world.enrol(login, &at(Role::Triager, world.independent)).await;
    }
    [world.sign_in("ind1").await, world.sign_in("ind2").await]
}

/// A second body, with a unit under it, that no desk belongs to.
pub async fn another_body(world: &World) -> (BodyId, BodyId) {
    let file = "code,parent,region,name_kk,name_ru,name_en\nbody,,,Орган,Орган,Body\n\
                other,,,Басқа,Другой,Other\nunit,other,,Бөлім,Отдел,Unit\n";
    world.configure(Kind::Bodies, file).await;
    let id = async |code: &str| {
        let row = world.ctx.store.read(async |db| db.body_of_code(code).await).await.unwrap();
        row.unwrap().id
    };
    (id("other").await, id("unit").await)
}

pub async fn holders(world: &World, case: CaseId) -> Vec<StaffId> {
    let query = format!(
        "select holder_id from case_wraps w join cases c on c.id = w.case_id and c.epoch = w.epoch \
         where c.id = '{case}' and holder_kind = 'staff'"
    );
    let rows = world.owner().await.rows(&query).await;
    rows.iter().map(|row| row["holder_id"].as_str().unwrap().parse().unwrap()).collect()
}

/// Nothing that somebody can ask tells them of a case.
pub async fn finds_nothing(world: &World, who: &StaffActor, case: CaseId) {
    assert!(!holders(world, case).await.contains(&who.id()), "no key");
    assert!(!who.cases().await.contains(&case), "no line");
    let filter = CaseFilter { limit: 50, ..CaseFilter::default() };
    let list = list_cases(&world.ctx, &who.caller, filter).await.unwrap();
    let listed = list.lines.iter().filter(|line| line.case.id == case).count();
    assert_eq!(listed, 0, "no count");
    assert!(matches!(who.open(case).await, Err(Error::NotFound)));
    assert!(matches!(who.note(case, "I was here.").await, Err(Error::NotFound)));
    assert!(matches!(who.step(case, Step::Open, json!({})).await, Err(Error::NotFound)));
}

pub async fn record(by: &StaffActor, case: CaseId, subject: RawSubject) -> Result<bool, Error> {
    record_subject(&by.ctx, &by.caller, case, &Subject::parse(&subject).unwrap()).await
}

pub fn colleague(login: &str) -> RawSubject {
    RawSubject { login: Some(login.to_owned()), ..RawSubject::default() }
}

fn field(outcome: Result<impl Sized, Error>) -> (&'static str, &'static str) {
    match outcome {
        Err(Error::Invalid(fields)) => (fields[0].field, fields[0].code),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[test]
fn eu_9_1c_2_whom_the_reporter_names_is_given_no_key_and_finds_no_trace() {
    in_world(async |world| {
        let subject = world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let free = world.submit("It concerns nobody here.").await;
        assert!(subject.cases().await.contains(&free.case), "they work here");
        let reporter = concerning(world, json!({"people": ["начальник отдела Ахметов Б."]})).await;
        finds_nothing(world, &subject, reporter.case).await;
        let colleague = world.sign_in("tri1").await;
        colleague.attest(reporter.case).await;
        let opened = colleague.open(reporter.case).await.unwrap();
        assert!(opened.colleagues.iter().all(|one| one.login != "akhmetov"), "nobody is offered them");
        let part = Part { staff: subject.id(), capacity: Capacity::Triager };
        let given = give_access(&world.ctx, &colleague.caller, reporter.case, part).await;
        assert_eq!(field(given), ("staff", "not_allowed_here"));
    });
}

#[test]
fn rule_2_a_unit_that_is_ticked_gets_nothing() {
    in_world(async |world| {
        let (other, unit) = another_body(world).await;
        let within = StaffIdentity { name: None, unit: Some(unit) };
        let subject = world.known("within", within, &at(Role::Triager, world.desk)).await;
        let answers = json!({"body": other.to_string(), "concerns": ["unit"]});
        let reporter = concerning(world, answers.clone()).await;
        finds_nothing(world, &subject, reporter.case).await;
        assert_eq!(holders(world, reporter.case).await.len(), 2, "the others have it");
        let untold = concerning(world, with(answers, json!({"concerns": []}))).await;
        assert!(subject.cases().await.contains(&untold.case), "without the tick they do");
    });
}

#[test]
fn rule_2_and_5_what_concerns_the_desk_or_the_head_goes_to_an_independent_one() {
    in_world(async |world| {
        let [one, _] = staff_the_independent_desk(world).await;
        let (other, _) = another_body(world).await;
        for concern in ["desk", "head", "senior_official", "unit"] {
            let body = (concern != "unit").then(|| other.to_string());
            let reporter = concerning(world, json!({"body": body, "concerns": [concern]})).await;
            assert!(one.cases().await.contains(&reporter.case), "{concern}");
            finds_nothing(world, &world.sign_in("tri1").await, reporter.case).await;
        }
        // The independent desk belongs to the body itself: nobody inside is given it.
        let inside = concerning(world, json!({"body": world.body.to_string(), "concerns": ["head"]})).await;
        assert_eq!(holders(world, inside.case).await, Vec::<StaffId>::new());
    });
}

#[test]
fn rule_4_a_subject_recorded_later_loses_the_case_at_once() {
    in_world(async |world| {
        world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (by, subject) = (world.sign_in("tri1").await, world.sign_in("akhmetov").await);
        by.attest(case).await;
        subject.attest(case).await;
        assert!(subject.open(case).await.unwrap().content.is_some());
        let person = RawSubject { name: Some("Б. Ахметов".to_owned()), ..RawSubject::default() };
        assert!(record(&by, case, person).await.unwrap());
        finds_nothing(world, &subject, case).await;
        let recorded = format!(
            "select 1 as one from audit.entries e join cases c on c.audit_id = e.obj_id where c.id = '{case}' and \
             e.acts @> array['subject.recorded', 'coi.blocked', 'grant.removed', 'epoch.rotated']"
        );
        assert_eq!(world.owner().await.rows(&recorded).await.len(), 1);
        reporter.write("A letter under the new key.").await.unwrap();
        assert!(by.read(case).await.contains("A letter under the new key."));
        // Of somebody who does not work here nothing changes but what is known.
        let epoch = by.open(case).await.unwrap().case.epoch;
        let stranger = RawSubject { name: Some("Омаров".to_owned()), ..RawSubject::default() };
        assert!(record(&by, case, stranger).await.unwrap());
        assert_eq!(by.open(case).await.unwrap().case.epoch, epoch);
    });
}

#[test]
fn rule_5_a_case_that_too_few_may_see_moves_to_the_independent_desk() {
    in_world(async |world| {
        let [one, two] = staff_the_independent_desk(world).await;
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (by, subject) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        by.attest(case).await;
        assert!(!record(&by, case, colleague("tri2")).await.unwrap(), "who recorded it has it no longer");
        finds_nothing(world, &subject, case).await;
        finds_nothing(world, &by, case).await;
        one.attest(case).await;
        let opened = one.open(case).await.unwrap();
        assert_eq!(opened.case.desk_id, world.independent);
        assert!(opened.content.is_some(), "all that was written before");
        let moved = opened.history.iter().find(|line| line.acts.iter().any(|act| act == "coi.escalated"));
        assert_eq!(moved.unwrap().acts[0], "subject.recorded");
        two.attest(case).await;
        assert_eq!(one.take(case, Step::Open, json!({})).await, Status::Triage);
        reporter.write("Is somebody there?").await.unwrap();
        assert!(two.read(case).await.contains("Is somebody there?"));
    });
}

/// Control KZ-65-2 and rule 1.
#[test]
fn kz_65_2_nothing_is_assigned_to_or_approved_by_whom_the_report_concerns() {
    in_world(async |world| {
        let lead = world.known("lead", named(), &at(Role::Investigator, world.desk)).await;
        let judge = StaffIdentity { name: Some("Омарова Әлия".to_owned()), unit: None };
        let reviewer = world.known("judge", judge, &at(Role::Reviewer, world.desk)).await;
        let reporter = concerning(world, json!({"people": ["Akhmetov", "судья Омарова"]})).await;
        let (case, triager) = (reporter.case, world.sign_in("tri1").await);
        triager.attest(case).await;
        triager.take(case, Step::Open, json!({})).await;
        let given = enough(Status::Triage, Step::Assign, lead.id(), "lead");
        assert_eq!(field(triager.step(case, Step::Assign, given).await), ("lead", "not_allowed_here"));
        let given = enough(Status::Triage, Step::Reject, lead.id(), "reject");
        triager.propose(case, Step::Reject, given).await;
        finds_nothing(world, &reviewer, case).await;
        let colleague = world.sign_in("rev1").await;
        assert!(colleague.cases().await.contains(&case), "the others are asked");
    });
}

#[test]
fn whoever_joins_later_is_known_by_the_names_in_the_case() {
    in_world(async |world| {
        let reporter = concerning(world, json!({"people": [NAME]})).await;
        let subject = world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let colleague = world.sign_in("tri1").await;
        colleague.attest(reporter.case).await;
        let part = Part { staff: subject.id(), capacity: Capacity::Triager };
        let given = give_access(&world.ctx, &colleague.caller, reporter.case, part).await;
        assert_eq!(field(given), ("staff", "not_allowed_here"));
        finds_nothing(world, &subject, reporter.case).await;
    });
}

#[test]
fn who_moves_into_a_unit_loses_the_cases_that_concern_it() {
    in_world(async |world| {
        let (other, unit) = another_body(world).await;
        world.enrol("tri3", &at(Role::Triager, world.desk)).await;
        let reporter = concerning(world, json!({"body": other.to_string(), "concerns": ["unit"]})).await;
        let moving = world.sign_in("tri3").await;
        assert!(moving.cases().await.contains(&reporter.case));
        let identity = StaffIdentity { name: None, unit: Some(unit) };
        let wanted = Wanted { roles: at(Role::Triager, world.desk).to_vec(), identity };
        propose_roles(&world.ctx, &world.admin(0).caller, moving.id(), &wanted).await.unwrap();
        world.countersign(moving.id()).await;
        finds_nothing(world, &world.sign_in("tri3").await, reporter.case).await;
    });
}

#[test]
fn oversight_sees_nothing_of_a_case_that_concerns_it() {
    in_world(async |world| {
        let free = [RoleAt { role: Role::Oversight, desk: None }];
        let subject = world.known("over1", named(), &free).await;
        let other = world.known("over2", StaffIdentity::default(), &free).await;
        let reporter = concerning(world, json!({"people": [NAME]})).await;
        reporter.write("Nobody answers.").await.unwrap();
        for _ in 0..14 {
            world.advance_days(1);
            watch_deadlines(&world.ctx).await.unwrap();
        }
        raise_no_response(&world.ctx, &reporter.token().await).await.unwrap();
        let (subject, other) =
            (world.sign_in(&subject.caller.login).await, world.sign_in(&other.caller.login).await);
        let seen = oversee(&world.ctx, &other.caller).await.unwrap();
        assert!(!seen.open.is_empty() && !seen.unanswered.is_empty());
        let hidden = oversee(&world.ctx, &subject.caller).await.unwrap();
        assert_eq!((hidden.open.len(), hidden.unanswered.len(), hidden.proposals.len()), (0, 0, 0));
        let id = seen.open[0].id;
        assert!(matches!(take_up(&world.ctx, &subject.caller, id).await, Err(Error::NotFound)));
        take_up(&world.ctx, &other.caller, id).await.unwrap();
        assert!(oversee(&world.ctx, &subject.caller).await.unwrap().taken_up.is_empty());
    });
}

#[test]
fn the_api_records_a_subject_and_refuses_what_is_none() {
    in_app(async |world, app| {
        let reporter = world.submit("Something.").await;
        let (case, by) = (reporter.case, world.sign_in("tri1").await);
        let path = format!("/cases/{case}/subjects");
        app.staff(&by).post(&path, &json!({"name": NAME})).await.refused(403);
        by.attest(case).await;
        for (body, fault) in [
            (json!({}), "subject"),
            (json!({"login": "nobody.here"}), "login"),
            (json!({"unit": "5c0e9a1f-2b7d-4c63-9e55-0f1d8a7b6c42"}), "unit"),
        ] {
            let refused = app.staff(&by).post(&path, &body).await;
            assert_eq!(refused.status, 422);
            assert!(
                refused.faults().iter().any(|one| one.starts_with(fault)),
                "{fault}: {:?}",
                refused.faults()
            );
        }
        assert_eq!(app.staff(&by).post(&path, &json!({"name": NAME})).await.status, 204);
        let view = app.staff(&by).get(&format!("/cases/{case}")).await.expect(200);
        let kinds: Vec<_> = view["content"].as_array().unwrap().iter().map(|piece| &piece["kind"]).collect();
        assert!(kinds.contains(&&json!("subject")), "{kinds:?}");
        assert_eq!(app.staff(&by).post(&path, &json!({"login": "tri2"})).await.status, 204);
        let other = world.sign_in("tri2").await;
        app.staff(&other).get(&format!("/cases/{case}")).await.refused(404);
    });
}

/// A review asks nobody whom the report concerns, and does not count them.
#[test]
fn a_review_is_given_to_nobody_whom_the_report_concerns() {
    in_world(async |world| {
        let marked = world.known("judge", named(), &at(Role::Reviewer, world.desk)).await;
        let reporter = concerning(world, json!({"people": [NAME, "Омарова"]})).await;
        let later = StaffIdentity { name: Some("Омарова Әлия".to_owned()), unit: None };
        let later = world.known("later", later, &at(Role::Reviewer, world.desk)).await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        assert_eq!(world.drive(reporter.case, &triager, Step::Reject, &reviewer).await, Status::Rejected);
        reporter.ask_review("Look again.").await.unwrap();
        finds_nothing(world, &marked, reporter.case).await;
        finds_nothing(world, &later, reporter.case).await;
        assert!(world.sign_in("rev2").await.cases().await.contains(&reporter.case), "the others are asked");
    });
}

/// Nobody makes a case nobody's: without a desk that could take it, a subject that all belong to is refused.
#[test]
fn a_subject_that_would_leave_nobody_is_refused() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let by = world.sign_in("tri1").await;
        by.attest(reporter.case).await;
        let before = holders(world, reporter.case).await;
        let everybody = RawSubject { unit: Some(world.body.to_string()), ..RawSubject::default() };
        assert_eq!(field(record(&by, reporter.case, everybody).await), ("subject", "not_allowed_here"));
        assert_eq!(holders(world, reporter.case).await, before);
    });
}
