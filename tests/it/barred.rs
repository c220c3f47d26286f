//! What is done about a conflict that shows later, or that somebody recorded in error (norms.md 8.5, rules 1, 4 and 5).

use std::sync::Arc;

use senim::{
    domain::{
        case::{status::Status, step::Step, subject::RawSubject},
        configuration::Kind,
        ids::{CaseId, ItemId, StaffId},
        role::Role,
    },
    policy::{Capacity, RoleAt},
    usecases::{
        Error,
        disable_staff::disable_staff,
        finish_departures::finish_departures,
        give_access::give_access,
        invite_staff::StaffIdentity,
        list_cases::{CaseFilter, list_cases},
        oversee::oversee,
        part::Part,
        piece::PieceBody,
        propose_roles::{Wanted, propose_roles},
        recover_case::{Recovered, recover_case, recovery_key},
        resume_session::resume_session,
        submit_report::{Submission, submit_report},
    },
};
use serde_json::json;

use crate::{
    app::in_app,
    conflicts::{NAME, another_body, at, colleague, concerning, finds_nothing, holders, named, record},
    facts::{enough, none, with},
    observed::faults,
    people::StaffActor,
    world::{DESKS, World, in_ruined_world, in_world},
};

/// The piece of a case in which its last subject stands.
async fn last_subject(by: &StaffActor, case: CaseId) -> ItemId {
    let pieces = by.open(case).await.unwrap().content.unwrap();
    let subject = pieces.iter().rev().find(|piece| matches!(piece.body, PieceBody::Subject(_)));
    subject.unwrap().id
}

/// Two people strike out the last subject of a case.
pub async fn strike(world: &World, case: CaseId, by: &StaffActor, second: &StaffActor) {
    let struck = json!({"struck": last_subject(by, case).await.to_string()});
    let given = with(enough(world.status(case).await, Step::StrikeSubject, by.id(), "some"), struck);
    let proposal = by.propose(case, Step::StrikeSubject, given).await;
    second.attest(case).await;
    second.approve(proposal).await.unwrap();
}

/// A person in words.
pub fn person(name: &str) -> RawSubject {
    RawSubject { name: Some(name.to_owned()), ..RawSubject::default() }
}

async fn name(world: &World, id: StaffId) {
    let wanted = Wanted { roles: at(Role::Triager, world.desk).to_vec(), identity: named() };
    propose_roles(&world.ctx, &world.admin(0).caller, id, &wanted).await.unwrap();
    world.countersign(id).await;
}

#[test]
fn a_subject_recorded_in_error_stands_before_oversight_and_two_people_strike_it_out() {
    in_world(async |world| {
        world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        world.enrol("over1", &[RoleAt { role: Role::Oversight, desk: None }]).await;
        let case = world.submit("Something.").await.case;
        let (by, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        by.attest(case).await;
        by.take(case, Step::Open, none()).await;
        record(&by, case, person("Ахметов Б.")).await.unwrap();
        let mistaken = world.sign_in("akhmetov").await;
        finds_nothing(world, &mistaken, case).await;
        let overseer = world.sign_in("over1").await;
        let kinds: Vec<String> = oversee(&world.ctx, &overseer.caller)
            .await
            .unwrap()
            .open
            .into_iter()
            .map(|line| line.kind)
            .collect();
        assert_eq!(kinds, ["holder_barred"]);

        let other = json!({"struck": ItemId(uuid::Uuid::from_u128(7)).to_string()});
        let given = with(enough(Status::Triage, Step::StrikeSubject, by.id(), "some"), other);
        assert_eq!(faults(by.step(case, Step::StrikeSubject, given).await), [("struck", "unknown_value")]);
        let struck = last_subject(&by, case).await;
        strike(world, case, &by, &second).await;
        assert_eq!(world.status(case).await, Status::Triage);
        finds_nothing(world, &mistaken, case).await;
        let part = Part { staff: mistaken.id(), capacity: Capacity::Triager };
        give_access(&world.ctx, &by.caller, case, part).await.unwrap();
        mistaken.attest(case).await;
        assert!(mistaken.read(case).await.contains("Something."));
        let again = with(
            enough(Status::Triage, Step::StrikeSubject, by.id(), "some"),
            json!({"struck": struck.to_string()}),
        );
        assert_eq!(faults(by.step(case, Step::StrikeSubject, again).await), [("struck", "unknown_value")]);
    });
}

#[test]
fn what_the_reporter_or_another_subject_says_stays_when_one_is_struck_out() {
    in_world(async |world| {
        let kept = world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let case = concerning(world, json!({"people": [NAME]})).await.case;
        let (by, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        by.attest(case).await;
        by.take(case, Step::Open, none()).await;
        record(&by, case, colleague("akhmetov")).await.unwrap();
        let before = by.open(case).await.unwrap().case.epoch;
        strike(world, case, &by, &second).await;
        assert_eq!(by.open(case).await.unwrap().case.epoch, before, "nobody is let in, so no keys turn");
        let part = Part { staff: kept.id(), capacity: Capacity::Triager };
        let given = give_access(&world.ctx, &by.caller, case, part).await;
        assert_eq!(faults(given), [("staff", "not_allowed_here")]);
    });
}

/// A strike counts where two people agreed to one, and for what a colleague recorded.
#[test]
fn nobody_strikes_out_alone_or_by_another_step() {
    in_world(async |world| {
        let kept = world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let case = concerning(world, json!({"people": [NAME]})).await.case;
        let (by, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        by.attest(case).await;
        by.take(case, Step::Open, none()).await;
        record(&by, case, colleague("akhmetov")).await.unwrap();
        let pieces = by.open(case).await.unwrap().content.unwrap();
        for piece in &pieces {
            let asks = json!({"question": "What time?", "struck": piece.id.to_string()});
            let refused = faults(by.step(case, Step::Ask, asks).await);
            assert_eq!(refused, [("struck", "not_allowed_here")]);
        }
        let report = pieces.iter().find(|piece| matches!(piece.body, PieceBody::Report(_))).unwrap();
        let given = with(
            enough(Status::Triage, Step::StrikeSubject, by.id(), "some"),
            json!({"struck": report.id.to_string()}),
        );
        assert_eq!(faults(by.step(case, Step::StrikeSubject, given).await), [("struck", "unknown_value")]);
        // Twice the same: one of them keeps the other's mark, whoever is in the directory by then.
        record(&by, case, person("Омарова")).await.unwrap();
        world
            .known(
                "omarova",
                StaffIdentity { name: Some("Омарова Әлия".to_owned()), unit: None },
                &at(Role::Triager, world.desk),
            )
            .await;
        record(&by, case, colleague("omarova")).await.unwrap();
        record(&by, case, colleague("omarova")).await.unwrap();
        disable_staff(&world.ctx, Some(&world.admin(0).caller), kept.id()).await.unwrap();
        strike(world, case, &by, &second).await;
        let part = Part { staff: world.id("omarova"), capacity: Capacity::Triager };
        let still = give_access(&world.ctx, &by.caller, case, part).await;
        assert_eq!(faults(still), [("staff", "not_allowed_here")]);
    });
}

/// A case is given before the directory knows the name: whoever it names loses it with their first look.
#[test]
fn whoever_turns_out_to_be_named_loses_the_case_when_they_open_it() {
    in_world(async |world| {
        let id = world.enrol("tri3", &at(Role::Triager, world.desk)).await;
        let reporter = concerning(world, json!({"people": [NAME]})).await;
        let case = reporter.case;
        let before = world.sign_in("tri3").await;
        before.attest(case).await;
        assert!(before.read(case).await.contains("It concerns somebody here."), "nobody could know");
        name(world, id).await;
        let subject = world.sign_in("tri3").await;
        assert!(matches!(subject.step(case, Step::Open, none()).await, Err(Error::NotFound)), "by the API");
        assert!(matches!(subject.open(case).await, Err(Error::NotFound)));
        finds_nothing(world, &subject, case).await;
        reporter.write("Under the new key.").await.unwrap();
        let colleague = world.sign_in("tri1").await;
        colleague.attest(case).await;
        assert!(colleague.read(case).await.contains("Under the new key."));
        let recorded = format!(
            "select 1 as one from audit.entries e join cases c on c.audit_id = e.obj_id where c.id = '{case}' \
             and e.acts @> array['coi.blocked', 'grant.removed', 'epoch.rotated']"
        );
        assert_eq!(world.owner().await.rows(&recorded).await.len(), 1);
    });
}

const MOVED: &str = "code,parent,region,name_kk,name_ru,name_en\nbody,other,,Орган,Орган,Body\n\
                     other,,,Басқа,Другой,Other\nunit,other,,Бөлім,Отдел,Unit\n";

/// A body moves under one that a case concerns: whoever belongs there now loses it without anybody's help.
#[test]
fn a_move_of_bodies_takes_cases_from_whom_they_concern_by_it() {
    in_world(async |world| {
        let (other, _) = another_body(world).await;
        finish_departures(&world.ctx).await.unwrap();
        let reporter = concerning(world, json!({"body": other.to_string(), "concerns": ["unit"]})).await;
        let free = world.submit("It concerns nobody.").await.case;
        world.configure(Kind::Bodies, MOVED).await;
        let triager = world.sign_in("tri1").await;
        assert!(matches!(triager.open(reporter.case).await, Err(Error::NotFound)), "at once");
        assert_eq!(finish_departures(&world.ctx).await.unwrap(), 2);
        finds_nothing(world, &triager, reporter.case).await;
        assert!(triager.cases().await.contains(&free));
        assert_eq!(finish_departures(&world.ctx).await.unwrap(), 0, "once for each change");
    });
}

/// While the tree is not as the server wrote it, no key changes hands, none is lost, and nobody opens anything.
#[test]
fn a_tree_that_somebody_else_wrote_opens_nothing_and_takes_nothing() {
    in_ruined_world(async |world| {
        let (other, unit) = another_body(world).await;
        let case = world.submit("Something.").await.case;
        world.sign_in("tri1").await.attest(case).await;
        let cut = format!(
            "begin; alter table bodies disable trigger all; update bodies set parent_id = null where id = '{unit}'; \
             alter table bodies enable trigger all; commit"
        );
        world.owner().await.run(&cut).await.unwrap();
        let known = world.sign_in("tri1").await;
        let ctx = Arc::new(world.another_process());
        let caller = resume_session(&ctx, known.token.expose()).await.unwrap();
        let triager = StaffActor { ctx: Arc::clone(&ctx), caller, token: known.token };
        assert!(matches!(triager.open(case).await, Err(Error::NotReady(_))));
        assert!(matches!(triager.recuse(case).await, Err(Error::NotReady(_))));
        let listed =
            list_cases(&ctx, &triager.caller, CaseFilter { limit: 5, ..CaseFilter::default() }).await;
        assert!(matches!(listed, Err(Error::NotReady(_))));
        finish_departures(&ctx).await.unwrap();
        assert_eq!(holders(world, case).await.len(), 2);
        let answers = json!({"body": other.to_string(), "concerns": ["unit"]});
        let report = world.report_with("It concerns somebody there.", answers);
        let ticked =
            submit_report(&ctx, &Submission { report, form_token: None, channel: "api" }).await.unwrap();
        let ticked = world.case_of(&ticked.reference).await;
        assert_eq!(holders(world, ticked).await, Vec::<StaffId>::new(), "taken in, and given to nobody");
        let file = "code,parent,region,name_kk,name_ru,name_en\nbody,,,Орган,Орган,Body\n\
                    other,,,Басқа,Другой,Other\nunit,other,,Бөлім,Отдел,Unit\n";
        world.configure(Kind::Bodies, file).await;
        assert!(world.sign_in("tri1").await.read(case).await.contains("Something."));
    });
}

/// Rule 5 by the sheets: what nobody of the desk may have goes to the independent one.
#[test]
fn the_sheets_move_a_case_that_nobody_of_its_desk_may_have() {
    in_world(async |world| {
        let everybody = world.body.to_string();
        let case = concerning(world, json!({"body": everybody, "concerns": ["unit"]})).await.case;
        assert_eq!(holders(world, case).await, Vec::<StaffId>::new());
        another_body(world).await;
        let line = world.desk_line("outside", "kz", "yes").replace("outside,body", "outside,other");
        world.configure(Kind::Desks, &format!("{DESKS}{line}")).await;
        let desk = world.desk_of("outside").await;
        for login in ["out1", "out2"] {
            world.enrol(login, &at(Role::Triager, desk)).await;
        }
        let key = recovery_key(&world.ctx, world.recovery.seed().clone()).await.unwrap();
        let to = |login: &str| Part { staff: world.id(login), capacity: Capacity::Triager };
        let own = recover_case(&world.ctx, &key, case, to("tri1")).await;
        assert_eq!(faults(own), [("staff", "not_allowed_here")]);
        assert_eq!(recover_case(&world.ctx, &key, case, to("out1")).await.unwrap(), Recovered::Given);
        let (one, two) = (world.sign_in("out1").await, world.sign_in("out2").await);
        one.attest(case).await;
        assert_eq!(one.open(case).await.unwrap().case.desk_id, desk);
        two.attest(case).await;
        assert!(two.read(case).await.contains("It concerns somebody here."));
    });
}

#[test]
fn a_case_joins_none_that_somebody_whom_it_concerns_has() {
    in_world(async |world| {
        world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let master = world.submit("The first.").await.case;
        let case = concerning(world, json!({"people": [NAME]})).await.case;
        let by = world.sign_in("tri1").await;
        for case in [master, case] {
            by.attest(case).await;
            by.take(case, Step::Open, none()).await;
        }
        let given =
            with(enough(Status::Triage, Step::Merge, by.id(), "some"), json!({"master": master.to_string()}));
        let outcome = by.step(case, Step::Merge, given).await;
        assert_eq!(faults(outcome), [("master", "not_allowed_here")]);
    });
}

/// Whom another case concerns does not learn what it is called from the history of one that they have.
#[test]
fn a_history_names_another_case_to_nobody_whom_that_one_concerns() {
    in_world(async |world| {
        let subject = world.known("akhmetov", named(), &at(Role::Triager, world.desk)).await;
        let master = concerning(world, json!({"people": [NAME]})).await.case;
        let case = world.submit("The second.").await.case;
        let (by, other) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        for case in [master, case] {
            by.attest(case).await;
            by.take(case, Step::Open, none()).await;
        }
        let given =
            with(enough(Status::Triage, Step::Merge, by.id(), "some"), json!({"master": master.to_string()}));
        by.propose(case, Step::Merge, given).await;
        for (who, told) in [(&by, true), (&other, true), (&subject, false)] {
            who.attest(case).await;
            assert_eq!(who.open(case).await.unwrap().names.cases.contains_key(&master), told);
        }
    });
}

#[test]
fn the_form_says_when_ticks_leave_nobody_and_sends_it_all_the_same() {
    in_app(async |world, app| {
        let pages = app.pages();
        let shown = pages.get("/en/report").await;
        let (body, token) = (world.body.to_string(), shown.input("form_token"));
        let form = [
            ("form_token", token.as_str()),
            ("narrative", "The head takes envelopes."),
            ("category", "bribery"),
            ("body", body.as_str()),
            ("concerns", "unit"),
        ];
        let warned = pages.post("/en/report", &form).await;
        assert_eq!(warned.status, 422);
        assert!(warned.body.contains("nobody here could look at your report"), "{}", warned.body);
        assert_eq!(world.owner().await.count("cases").await, 0);
        let all_the_same = [form.as_slice(), &[("unread", "on")]].concat();
        assert_eq!(pages.post("/en/report", &all_the_same).await.status, 201);
        assert_eq!(world.owner().await.count("cases").await, 1);
    });
}

/// The database refuses a review for which no reporter asked.
#[test]
fn the_database_refuses_a_review_that_nobody_asked_for() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let (by, second) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        world.drive(case, &by, Step::Open, &second).await;
        world.drive(case, &by, Step::Reject, &second).await;
        let copied = format!(
            "insert into proposals select gen_random_uuid(), case_id, 'review', 'rejected', 'rejected', epoch, facts, \
             proposer_id, proposed_at, proposed_n, 'pending', null, null from proposals where case_id = '{case}'"
        );
        let refused = world.app().await.refused(&copied).await;
        assert!(refused.contains("nobody asked for a review"), "{refused}");
    });
}
