//! Two people on one case at once: exactly one wins, and nothing is half written.

use senim::{
    domain::{
        case::{status::Status, step::Step},
        ids::StaffId,
        role::Role,
    },
    policy::RoleAt,
    usecases::{Error, disable_staff::disable_staff, take_step::StepDone},
};

use crate::{
    database::Sql,
    facts::{enough, none},
    world::{World, in_world},
};

/// What the loser of a race may be told.
fn lost(error: &Error) -> bool {
    matches!(
        error,
        Error::IllegalStep { .. } | Error::Conflict | Error::ProposalWaiting | Error::ProposalStale
    )
}

/// That exactly one of two came through, and the other was told so.
fn one_wins<T: std::fmt::Debug>(one: Result<T, Error>, two: Result<T, Error>) -> T {
    match (one, two) {
        (Ok(won), Err(error)) | (Err(error), Ok(won)) => {
            assert!(lost(&error), "{error:?}");
            won
        }
        both => panic!("{both:?}"),
    }
}

#[test]
fn of_two_steps_at_once_one_is_taken() {
    in_world(async |world| {
        let (one, two) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        let reviewer = world.sign_in("rev1").await;
        for _ in 0..4 {
            let case = world.submit("Something.").await.case;
            one.attest(case).await;
            two.attest(case).await;
            let (a, b) = tokio::join!(one.step(case, Step::Open, none()), two.step(case, Step::Open, none()));
            assert_eq!(one_wins(a, b), StepDone::Taken(Status::Triage));
            let ask = enough(Status::Triage, Step::Ask, one.id(), "some");
            let reject = enough(Status::Triage, Step::Reject, one.id(), "some");
            let (a, b) = tokio::join!(one.step(case, Step::Reject, reject), two.step(case, Step::Ask, ask));
            let records = format!("case_items where case_id = '{case}' and kind = 'step_record'");
            assert_eq!(world.owner().await.count(&records).await, 2, "the opening and the winner's");
            if let StepDone::Proposed(proposal) = one_wins(a, b) {
                reviewer.attest(case).await;
                assert_eq!(reviewer.approve(proposal).await.unwrap(), Status::Rejected);
            } else {
                assert_eq!(world.status(case).await, Status::AwaitingInfo);
            }
        }
    });
}

#[test]
fn of_two_answers_to_a_proposal_one_counts() {
    in_world(async |world| {
        let triager = world.sign_in("tri1").await;
        let (one, two) = (world.sign_in("rev1").await, world.sign_in("rev2").await);
        for round in 0..6 {
            let reporter = world.submit("Something.").await;
            let case = reporter.case;
            world.drive(case, &triager, Step::Open, &one).await;
            let given = enough(Status::Triage, Step::Reject, triager.id(), "some");
            let proposal = triager.propose(case, Step::Reject, given).await;
            one.attest(case).await;
            two.attest(case).await;
            if round % 2 == 0 {
                let (a, b) = tokio::join!(one.approve(proposal), two.approve(proposal));
                assert_eq!(one_wins(a, b), Status::Rejected);
            } else {
                let (a, b) = tokio::join!(one.approve(proposal), two.refuse(proposal, "No."));
                let approved = a.is_ok();
                one_wins(a.map(drop), b);
                let wanted = if approved { Status::Rejected } else { Status::Triage };
                assert_eq!(world.status(case).await, wanted);
                assert_eq!(reporter.read().await.contains("template: rejection"), approved);
            }
        }
    });
}

/// An approval and a recusal at once: either the step was taken under the old epoch, or the proposal is stale.
#[test]
fn an_approval_and_a_new_epoch_at_once_leave_one_order() {
    in_world(async |world| {
        let (triager, leaver) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        let reviewer = world.sign_in("rev1").await;
        for _ in 0..4 {
            let case = world.submit("Something.").await.case;
            world.drive(case, &triager, Step::Open, &reviewer).await;
            let given = enough(Status::Triage, Step::Reject, triager.id(), "some");
            let proposal = triager.propose(case, Step::Reject, given).await;
            reviewer.attest(case).await;
            let (approved, gone) = tokio::join!(reviewer.approve(proposal), leaver.recuse(case));
            gone.unwrap();
            let wanted = if approved.is_ok() { Status::Rejected } else { Status::Triage };
            assert!(approved.as_ref().err().is_none_or(lost), "{approved:?}");
            assert_eq!(world.status(case).await, wanted);
            triager.read(case).await;
        }
    });
}

/// Different people write to one case at once; every word of everybody is there, in one order.
#[test]
fn writing_at_once_loses_nothing() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let case = reporter.case;
        let (one, two) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        one.attest(case).await;
        let (a, b, c, d) = tokio::join!(
            one.note(case, "first note"),
            two.note(case, "second note"),
            reporter.write("from outside"),
            one.write(case, "from inside"),
        );
        assert!(a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok());
        let text = one.read(case).await;
        for word in ["first note", "second note", "from outside", "from inside"] {
            assert!(text.contains(word), "{word} in {text}");
        }
    });
}

/// Whoever goes away in the middle of an act leaves nothing of it, and no connection that is stuck in it.
#[test]
fn an_act_that_is_cut_short_leaves_nothing() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let triager = world.sign_in("tri1").await;
        triager.attest(reporter.case).await;
        let before = world.db.dump().await;
        let mut owner = world.owner().await;
        for _ in 0..20 {
            owner.run("begin; lock table case_items in exclusive mode").await.unwrap();
            let patience = std::time::Duration::from_millis(40);
            let cut = tokio::time::timeout(patience, triager.note(reporter.case, "half a note")).await;
            assert!(cut.is_err(), "it waits for the table");
            owner.run("rollback").await.unwrap();
        }
        assert!(world.db.dump().await == before, "something was half written");
        triager.note(reporter.case, "a whole note").await.unwrap();
        assert!(triager.read(reporter.case).await.contains("a whole note"));
    });
}

/// Waits until somebody waits for a lock.
pub async fn somebody_waits(sql: &mut Sql) {
    let waiting = "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while sql.count(waiting).await == 0 {
        tokio::task::yield_now().await;
    }
}

/// Waits until so many wait for a lock.
async fn many_wait(sql: &mut Sql, many: i64) {
    let waiting = "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while sql.count(waiting).await < many {
        tokio::task::yield_now().await;
    }
}

/// Two administrators remain, also where of three two take each other's place at the same moment.
#[test]
fn of_two_administrators_who_disable_each_other_at_once_one_remains() {
    in_world(async |world| {
        let third = [RoleAt { role: Role::Administrator, desk: None }];
        world.enrol("admin3", &third).await;
        let other = world.sign_in("admin3").await;
        let (one, two) = (&world.admin(0).caller, &other.caller);
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run("select from instance for update").await.unwrap();
        let (a, b, ()) = tokio::join!(
            disable_staff(&world.ctx, Some(one), two.id),
            disable_staff(&world.ctx, Some(two), one.id),
            async {
                many_wait(&mut world.owner().await, 2).await;
                owner.run("commit").await.unwrap();
            }
        );
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1, "{a:?} {b:?}");
        let loser = a.err().or(b.err()).unwrap();
        assert!(matches!(loser, Error::Unauthenticated), "who was taken out takes nobody out: {loser:?}");
        let registry = world.ctx.current_registry().await.unwrap();
        let left = registry.directory.members.values();
        let administrators =
            left.filter(|member| member.roles.iter().any(|held| held.role == Role::Administrator));
        assert_eq!(administrators.count(), 2);
        assert!(registry.directory.faults.is_empty());
    });
}

/// The same where each takes another's place: of four, two remain.
#[test]
fn administrators_who_take_out_others_at_once_leave_two() {
    in_world(async |world| {
        let admin = [RoleAt { role: Role::Administrator, desk: None }];
        let third = world.enrol("admin3", &admin).await;
        let (one, two) = (&world.admin(0).caller, &world.admin(1).caller);
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run("select from instance for update").await.unwrap();
        let (a, b, ()) = tokio::join!(
            disable_staff(&world.ctx, Some(one), third),
            disable_staff(&world.ctx, Some(two), one.id),
            async {
                many_wait(&mut world.owner().await, 2).await;
                owner.run("commit").await.unwrap();
            }
        );
        let outcomes = [a.err(), b.err()];
        let refused = outcomes.iter().flatten().collect::<Vec<_>>();
        let told = |error: &&&Error| matches!(error, Error::TooFewAdministrators | Error::Unauthenticated);
        assert!(refused.len() == 1 && refused.iter().all(|error| told(&error)), "{outcomes:?}");
    });
}

/// A report that was sealed before somebody left, and stored after it, is sealed again without them.
#[test]
fn a_report_on_its_way_gives_no_key_to_whoever_leaves_meanwhile() {
    in_world(async |world| {
        let (leaving, staying) = (world.id("tri1"), world.sign_in("tri2").await);
        world.ctx.registry().await.unwrap();
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run(&format!("select from desks where id = '{}' for update", world.desk)).await.unwrap();
        let (reporter, ()) = tokio::join!(world.submit("Something."), async {
            somebody_waits(&mut world.owner().await).await;
            disable_staff(&world.ctx, Some(&world.admin(0).caller), leaving).await.unwrap();
            owner.run("commit").await.unwrap();
        });
        for table in ["case_grants where staff_id", "case_wraps where holder_id"] {
            assert_eq!(world.owner().await.count(&format!("{table} = '{leaving}'")).await, 0, "{table}");
        }
        staying.attest(reporter.case).await;
        assert!(staying.read(reporter.case).await.contains("Something."));
        assert_eq!(reporter.inbox().await.case.id, reporter.case);
    });
}

/// How many keys and living grants somebody has.
async fn held_by(world: &World, who: StaffId) -> i64 {
    let grants = format!("case_grants where staff_id = '{who}' and revoked_on is null");
    let mut owner = world.owner().await;
    owner.count(&format!("case_wraps where holder_id = '{who}'")).await + owner.count(&grants).await
}

/// A report that is being committed when somebody leaves is committed first, and taken away from them after.
#[test]
fn a_report_that_is_ahead_of_a_leaver_is_taken_from_them() {
    in_world(async |world| {
        let leaving = world.id("tri1");
        let mut owner = world.owner().await;
        owner
            .run(
                "create function hold() returns trigger language plpgsql security definer as $$ begin \
                 perform pg_advisory_xact_lock(42); return null; end $$; \
                 create constraint trigger zz_hold after insert on cases deferrable initially deferred \
                 for each row execute function hold(); \
                 select pg_advisory_lock(42)",
            )
            .await
            .unwrap();
        let (reporter, (), ()) = tokio::join!(
            world.submit("Something."),
            async {
                somebody_waits(&mut world.owner().await).await;
                disable_staff(&world.ctx, Some(&world.admin(0).caller), leaving).await.unwrap();
            },
            async {
                let waiting =
                    "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
                let mut other = world.owner().await;
                while other.count(waiting).await < 2 {
                    tokio::task::yield_now().await;
                }
                owner.run("select pg_advisory_unlock(42)").await.unwrap();
            },
        );
        assert_eq!(held_by(world, leaving).await, 0);
        let epoch = format!("select epoch from cases where id = '{}'", reporter.case);
        assert_eq!(owner.value(&epoch).await, 2, "what is written next is not theirs either");
        owner.run("drop trigger zz_hold on cases; drop function hold()").await.unwrap();
    });
}

/// In whatever order they come: who leaves while reports come in has no key of any of them.
#[test]
fn of_reports_at_once_with_a_leaving_none_stays_with_the_leaver() {
    in_world(async |world| {
        let leaver = |login| disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id(login));
        world.submit("Before.").await;
        let (_, _, _, gone, _, _) = tokio::join!(
            world.submit("One."),
            world.submit("Two."),
            world.submit("Three."),
            leaver("tri1"),
            world.submit("Four."),
            world.submit("Five."),
        );
        gone.unwrap();
        assert_eq!(held_by(world, world.id("tri1")).await, 0);
        let (_, gone, _) = tokio::join!(world.submit("Six."), leaver("tri2"), world.submit("Seven."));
        gone.unwrap();
        assert_eq!(held_by(world, world.id("tri2")).await, 0);
    });
}

/// The trigger at commit looks at the version, not only at who has left: whatever changed meanwhile, it is sealed again.
#[test]
fn a_report_on_its_way_is_given_to_whoever_was_signed_in_meanwhile() {
    in_world(async |world| {
        let roles = [RoleAt { role: Role::Triager, desk: Some(world.desk) }];
        world.ctx.registry().await.unwrap();
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run(&format!("select from desks where id = '{}' for update", world.desk)).await.unwrap();
        let (_reporter, comer) = tokio::join!(world.submit("Something."), async {
            somebody_waits(&mut world.owner().await).await;
            let comer = world.enrol("tri3", &roles).await;
            owner.run("commit").await.unwrap();
            comer
        });
        assert_eq!(held_by(world, comer).await, 2, "a key and a grant");
    });
}
