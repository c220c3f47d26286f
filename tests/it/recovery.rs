//! Coming back after a loss (DESIGN section 4): with the printed code and a colleague, or with new keys.

use jiff::SignedDuration;
use senim::{
    domain::{
        case::step::Step,
        ids::{CaseId, StaffId},
        role::Role,
    },
    policy::RoleAt,
    usecases::{
        Caller, Error,
        approve_recovery::approve_recovery,
        confirm_member::confirm_member,
        disable_staff::disable_staff,
        finish_departures::finish_departures,
        list_staff::list_staff,
        propose_member::{propose_member, what_is_signed},
        recover_account::open_recovery,
        refuse_recovery::refuse_recovery,
        reinvite_staff::reinvite_staff,
        restore_access::list_waiting,
        restore_access::restore_access,
        resume_session::resume_session,
    },
};

use crate::{
    facts::none,
    world::{World, in_world, password_of},
};

pub const NEW: &str = "quite another sentence";

pub fn admin(world: &World, which: usize) -> &Caller {
    &world.admin(which).caller
}

/// The number that an administrator's page shows of somebody's recovery.
pub async fn number(world: &World, id: StaffId) -> String {
    let people = list_staff(&world.ctx, Some(admin(world, 0))).await.unwrap();
    let line = people.lines.into_iter().find(|line| line.id == id).unwrap();
    line.recovery_asked.map(|(_, number)| number).unwrap_or_default()
}

/// Whether somebody gets in with what they know now.
pub async fn gets_in(world: &World, login: &str, password: &str) -> bool {
    world.advance(SignedDuration::from_secs(60));
    world.try_sign_in(login, password, &world.code(login)).await.is_ok()
}

/// The epochs that somebody has a wrapped key of.
async fn epochs_held(world: &World, case: CaseId, login: &str) -> i64 {
    let table = format!("case_wraps where case_id = '{case}' and holder_id = '{}'", world.id(login));
    world.owner().await.count(&table).await
}

/// Two administrators sign somebody's keys.
pub async fn vouch(world: &World, login: &str) {
    propose_member(
        &world.ctx,
        admin(world, 0),
        world.id(login),
        &what_is_signed(&world.ctx, world.id(login)).await.unwrap(),
    )
    .await
    .unwrap();
    confirm_member(
        &world.ctx,
        admin(world, 1),
        world.id(login),
        &what_is_signed(&world.ctx, world.id(login)).await.unwrap(),
    )
    .await
    .unwrap();
}

#[test]
fn the_printed_code_and_a_colleague_bring_a_person_back_to_the_same_keys() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        let before = world.sign_in("tri1").await;
        before.attest(reporter.case).await;
        let (id, code) = (world.id("tri1"), world.recovery_code("tri1"));
        let prepared = world.recover(id, &code, NEW).await.unwrap();
        let prepared_code = prepared.recovery.clone();
        assert!(gets_in(world, "tri1", &password_of("tri1")).await, "nothing changed before the approval");
        assert!(open_recovery(&world.ctx, &code, None).await.is_ok());
        assert!(matches!(open_recovery(&world.ctx, &prepared_code, None).await, Err(Error::NotFound)));
        approve_recovery(&world.ctx, admin(world, 0), id, &number(world, id).await).await.unwrap();
        let ended = resume_session(&world.ctx, before.token.expose()).await;
        assert!(matches!(ended, Err(Error::Unauthenticated)), "sessions end");
        assert!(!gets_in(world, "tri1", &password_of("tri1")).await, "the old password and factor");
        world.remember("tri1", prepared);
        let after = world.sign_in("tri1").await;
        assert_eq!(after.caller.secrets.public(), before.caller.secrets.public());
        assert!(after.read(reporter.case).await.contains("Something."));
        assert!(matches!(open_recovery(&world.ctx, &code, None).await, Err(Error::NotFound)), "used");
        assert!(open_recovery(&world.ctx, &prepared_code, None).await.is_ok());
        let again = approve_recovery(&world.ctx, admin(world, 0), id, &number(world, id).await).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    });
}

#[test]
fn nobody_recovers_with_a_wrong_code_or_approves_for_themselves() {
    in_world(async |world| {
        let code = world.recovery_code("admin1");
        let slip = format!("{}{}", if code.starts_with('A') { "B" } else { "A" }, &code[1..]);
        for wrong in [String::new(), slip, world.recovery_code("tri1").replace('-', "").repeat(2)] {
            assert!(matches!(open_recovery(&world.ctx, &wrong, None).await, Err(Error::NotFound)), "{wrong}");
        }
        let id = world.id("admin1");
        world.recover(id, &code.to_lowercase().replace('-', " "), NEW).await.unwrap();
        for (who, wanted) in [(admin(world, 0), "himself"), (&world.sign_in("rev1").await.caller, "no right")]
        {
            let refused = approve_recovery(&world.ctx, who, id, &number(world, id).await).await;
            assert!(matches!(refused, Err(Error::Forbidden)), "{wanted}: {refused:?}");
        }
        approve_recovery(&world.ctx, admin(world, 1), id, &number(world, id).await).await.unwrap();
    });
}

#[test]
fn a_refused_or_forgotten_recovery_changes_nothing() {
    in_world(async |world| {
        let (id, code) = (world.id("tri1"), world.recovery_code("tri1"));
        world.recover(id, &code, NEW).await.unwrap();
        refuse_recovery(&world.ctx, admin(world, 0), id).await.unwrap();
        let gone = approve_recovery(&world.ctx, admin(world, 0), id, &number(world, id).await).await;
        assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
        world.recover(id, &code, NEW).await.unwrap();
        world.advance_days(8);
        let late =
            approve_recovery(&world.ctx, &world.sign_in("admin1").await.caller, id, &number(world, id).await)
                .await;
        assert!(matches!(late, Err(Error::NotFound)), "{late:?}");
        assert!(gets_in(world, "tri1", &password_of("tri1")).await);
    });
}

#[test]
fn new_keys_read_again_only_once_a_colleague_gave_the_cases_back() {
    in_world(async |world| {
        let reporters = [world.submit("First.").await, world.submit("Second.").await];
        let (before, colleague) = (world.sign_in("tri1").await, world.sign_in("tri2").await);
        for reporter in &reporters {
            before.attest(reporter.case).await;
        }
        colleague.attest(reporters[0].case).await;
        let id = before.id();
        let invitation = reinvite_staff(&world.ctx, Some(admin(world, 0)), id).await.unwrap();
        let ended = resume_session(&world.ctx, before.token.expose()).await;
        assert!(matches!(ended, Err(Error::Unauthenticated)), "sessions end");
        assert!(!gets_in(world, "tri1", &password_of("tri1")).await, "the old keys count no longer");
        let late = world.submit("Third.").await;
        assert_eq!(epochs_held(world, late.case, "tri1").await, 0, "out of the directory, no key");

        world.redeem("tri1", id, invitation.code.expose()).await.unwrap();
        assert!(!gets_in(world, "tri1", &password_of("tri1")).await, "not before two have signed");
        vouch(world, "tri1").await;
        let after = world.sign_in("tri1").await;
        assert_ne!(after.caller.secrets.public(), before.caller.secrets.public());
        let [both, mine] = reporters.map(|reporter| reporter.case);
        let opened = after.open(both).await.unwrap();
        assert!(opened.keys_awaited && opened.content.is_none() && opened.steps.iter().all(|(_, may)| !may));
        let step = after.step(both, Step::Open, none()).await;
        assert!(matches!(step, Err(Error::KeysAwaited)), "{step:?}");

        // Nobody's leaving gives the new keys anything either.
        disable_staff(&world.ctx, Some(admin(world, 0)), world.id("inv1")).await.unwrap();
        let waiting = list_waiting(&world.ctx, &colleague.caller).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(
            (waiting[0].staff, waiting[0].cases.as_slice()),
            (id, [both].as_slice()),
            "only attested ones"
        );
        assert_eq!(restore_access(&world.ctx, &colleague.caller, id).await.unwrap(), 1);
        assert!(after.read(both).await.contains("First."));
        assert!(after.open(mine).await.unwrap().keys_awaited);
        colleague.attest(mine).await;
        assert_eq!(restore_access(&world.ctx, &colleague.caller, id).await.unwrap(), 1);
        assert!(after.read(mine).await.contains("Second."));
        let none_left = restore_access(&world.ctx, &colleague.caller, id).await;
        assert!(matches!(none_left, Err(Error::NotFound)), "{none_left:?}");
        let next = world.submit("Fourth.").await;
        assert!(epochs_held(world, next.case, "tri1").await > 0);
    });
}

/// While somebody waits, the epochs that begin are not wrapped to their new keys.
#[test]
fn a_new_epoch_gives_nothing_to_whoever_waits() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let third = world.enrol("tri3", &[RoleAt { role: Role::Triager, desk: Some(world.desk) }]).await;
        let late = world.submit("Something.").await.case;
        let id = world.id("tri1");
        let invitation = reinvite_staff(&world.ctx, Some(admin(world, 0)), id).await.unwrap();
        world.redeem("tri1", id, invitation.code.expose()).await.unwrap();
        vouch(world, "tri1").await;
        disable_staff(&world.ctx, Some(admin(world, 0)), third).await.unwrap();
        world.sign_in("tri2").await.recuse(case).await.unwrap();
        for case in [case, late] {
            assert_eq!(epochs_held(world, case, "tri1").await, 0);
        }
    });
}

#[test]
fn a_lost_invitation_is_made_anew_and_the_old_one_and_its_signature_count_no_longer() {
    in_world(async |world| {
        let id = world.invite("newcomer", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        propose_member(&world.ctx, admin(world, 0), id, &what_is_signed(&world.ctx, id).await.unwrap())
            .await
            .unwrap();
        let first = reinvite_staff(&world.ctx, Some(admin(world, 1)), id).await.unwrap();
        let second = reinvite_staff(&world.ctx, None, id).await.unwrap();
        let old = world.redeem("newcomer", id, first.code.expose()).await;
        assert!(matches!(old, Err(Error::NotFound)), "{old:?}");
        world.redeem("newcomer", id, second.code.expose()).await.unwrap();
        let stale =
            confirm_member(&world.ctx, admin(world, 1), id, &what_is_signed(&world.ctx, id).await.unwrap())
                .await;
        assert!(matches!(stale, Err(Error::NotFound)), "the signature was for the old keys: {stale:?}");
        vouch(world, "newcomer").await;
        assert!(gets_in(world, "newcomer", &password_of("newcomer")).await);
        let own = reinvite_staff(&world.ctx, Some(admin(world, 0)), world.id("admin1")).await;
        assert!(matches!(own, Err(Error::Forbidden)));
    });
}

/// Losing one's place can be cut short; a timer finishes it.
#[test]
fn a_departure_that_was_cut_short_is_finished_by_a_timer() {
    in_world(async |world| {
        let case = world.submit("First.").await.case;
        for (login, ends) in [("tri1", true), ("tri2", false)] {
            let id = world.id(login);
            let mut owner = world.owner().await;
            owner.run("begin").await.unwrap();
            owner.run(&format!("select from cases where id = '{case}' for update")).await.unwrap();
            let patience = std::time::Duration::from_millis(500);
            let by = Some(admin(world, 0));
            if ends {
                tokio::time::timeout(patience, disable_staff(&world.ctx, by, id)).await.unwrap_err();
            } else {
                assert!(tokio::time::timeout(patience, reinvite_staff(&world.ctx, by, id)).await.is_err());
            }
            owner.run("rollback").await.unwrap();
            assert_eq!(epochs_held(world, case, login).await, if ends { 1 } else { 2 }, "cut short");
            assert_eq!(finish_departures(&world.ctx).await.unwrap(), 1);
            assert_eq!(epochs_held(world, case, login).await, 0);
            assert_eq!(finish_departures(&world.ctx).await.unwrap(), 0, "once");
            let living = format!("case_grants where staff_id = '{id}' and revoked_on is null");
            assert_eq!(world.owner().await.count(&living).await, i64::from(!ends));
        }
    });
}

/// What the operator took away unsigned, an administrator signs afterwards.
#[test]
fn an_administrator_signs_afterwards_what_the_operator_disabled() {
    in_world(async |world| {
        let id = world.id("inv1");
        disable_staff(&world.ctx, None, id).await.unwrap();
        assert_eq!(world.ctx.current_registry().await.unwrap().lingering, [id]);
        disable_staff(&world.ctx, Some(admin(world, 0)), id).await.unwrap();
        assert!(world.ctx.current_registry().await.unwrap().lingering.is_empty());
        let again = disable_staff(&world.ctx, Some(admin(world, 0)), id).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
    });
}
