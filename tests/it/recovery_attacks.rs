//! Coming back, attacked: by a thief of the printed code, by whoever writes to the database, by an administrator alone.

use jiff::SignedDuration;
use senim::{
    domain::{
        case::{status::Status, step::Step},
        role::Role,
    },
    policy::RoleAt,
    usecases::{
        Error,
        approve_recovery::approve_recovery,
        confirm_member::confirm_member,
        disable_staff::disable_staff,
        propose_member::{propose_member, what_is_signed},
        reinvite_staff::reinvite_staff,
        restore_access::list_waiting,
        restore_access::restore_access,
    },
};
use serde_json::json;

use crate::{
    contention::somebody_waits,
    facts::{enough, with},
    world::{in_world, password_of},
};

use crate::recovery::{NEW, admin, gets_in, number, vouch};

/// Whoever else has the printed code cannot slip their own recovery in after the person spoke to the administrator.
#[test]
fn only_the_recovery_whose_number_was_read_out_is_approved() {
    in_world(async |world| {
        let (id, code) = (world.id("tri1"), world.recovery_code("tri1"));
        let mine = world.recover(id, &code, NEW).await.unwrap();
        let read_out = number(world, id).await;
        world.advance(SignedDuration::from_secs(5));
        world.recover(id, &code, "what a thief would choose").await.unwrap();
        let refused = approve_recovery(&world.ctx, admin(world, 0), id, &read_out).await;
        assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
        assert_ne!(number(world, id).await, read_out);
        world.remember("tri1", mine);
        assert!(!gets_in(world, "tri1", NEW).await);
    });
}

/// A session whose password was proven before the recovery does not open after it.
#[test]
fn a_sign_in_that_waited_does_not_outlive_a_recovery() {
    in_world(async |world| {
        let id = world.id("tri1");
        world.recover(id, &world.recovery_code("tri1"), NEW).await.unwrap();
        let shown = number(world, id).await;
        let mut owner = world.owner().await;
        owner.run("begin").await.unwrap();
        owner.run(&format!("select from staff where id = '{id}' for update")).await.unwrap();
        let (code, password) = (world.code("tri1"), password_of("tri1"));
        let (late, ()) = tokio::join!(world.try_sign_in("tri1", &password, &code), async {
            somebody_waits(&mut world.owner().await).await;
            let approval = approve_recovery(&world.ctx, admin(world, 0), id, &shown);
            let ((), approved) = tokio::join!(
                async {
                    tokio::task::yield_now().await;
                    owner.run("commit").await.unwrap();
                },
                approval
            );
            approved.unwrap();
        });
        let open = world.owner().await.count(&format!("sessions where staff_id = '{id}'")).await;
        assert_eq!(open, 0, "whichever came first: {}", late.is_ok());
    });
}

/// Whoever can write to the database cannot make somebody's secrets be replaced.
#[test]
fn a_recovery_that_somebody_else_prepared_is_not_approved() {
    in_world(async |world| {
        let id = world.id("tri1");
        world.recover(world.id("tri2"), &world.recovery_code("tri2"), NEW).await.unwrap();
        world.recover(id, &world.recovery_code("tri1"), NEW).await.unwrap();
        let mut owner = world.owner().await;
        owner.run("alter table staff_recoveries disable trigger must_mention").await.unwrap();
        let other = world.id("tri2");
        for forged in [
            format!("keys = (select keys from staff_recoveries where staff_id = '{other}')"),
            format!(
                "(keys, signature) = (select keys, signature from staff_recoveries where staff_id = '{other}')"
            ),
        ] {
            owner
                .run(&format!("update staff_recoveries set {forged} where staff_id = '{id}'"))
                .await
                .unwrap();
            let refused = approve_recovery(&world.ctx, admin(world, 0), id, &number(world, id).await).await;
            assert!(matches!(refused, Err(Error::Sealed(_))), "{refused:?}");
        }
        owner.run("alter table staff_recoveries enable always trigger must_mention").await.unwrap();
        assert!(gets_in(world, "tri1", &password_of("tri1")).await);
    });
}

/// An old attestation does not come back with a new grant.
#[test]
fn whoever_is_granted_a_case_anew_attests_anew() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        let id = world.id("inv1");
        world.drive(case, &triager, Step::Open, &reviewer).await;
        let lead = world.sign_in("inv2").await;
        let team = json!({"investigators": [id]});
        let given = || with(enough(Status::Triage, Step::Assign, lead.id(), "some"), team.clone());
        triager.take(case, Step::Assign, given()).await;
        world.sign_in("inv1").await.attest(case).await;
        disable_staff(&world.ctx, Some(admin(world, 0)), id).await.unwrap();
        let invitation = reinvite_staff(&world.ctx, Some(admin(world, 0)), id).await.unwrap();
        world.redeem("inv1", id, invitation.code.expose()).await.unwrap();
        vouch(world, "inv1").await;
        world.drive(case, &lead, Step::Return, &reviewer).await;
        triager.take(case, Step::Assign, given()).await;
        world.advance(SignedDuration::from_secs(60));
        let back = world.sign_in("inv1").await;
        assert!(back.open(case).await.unwrap().content.is_none(), "attested anew first");
        back.attest(case).await;
        assert!(back.open(case).await.unwrap().content.is_some());
    });
}

/// A grant that somebody wrote into the database is no grant that waits for new keys.
#[test]
fn only_who_made_new_keys_is_given_cases_again() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let colleague = world.sign_in("tri1").await;
        colleague.attest(case).await;
        let id = world.id("inv2");
        let mut owner = world.owner().await;
        owner.run("alter table case_grants disable trigger must_mention").await.unwrap();
        let planted = format!(
            "insert into case_grants (case_id, staff_id, capacity, granted_on) values ('{case}', '{id}', 'triager', '2026-11-23')"
        );
        owner.run(&planted).await.unwrap();
        assert_eq!(list_waiting(&world.ctx, &colleague.caller).await.unwrap(), []);
        let refused = restore_access(&world.ctx, &colleague.caller, id).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        owner.run(&format!("delete from case_grants where staff_id = '{id}'")).await.unwrap();
        owner.run("alter table case_grants enable always trigger must_mention").await.unwrap();
    });
}

/// What was signed is what was shown, also when rows are exchanged in between.
#[test]
fn an_administrator_signs_what_the_page_showed() {
    in_world(async |world| {
        let id = world.invite("newcomer", &[RoleAt { role: Role::Auditor, desk: None }]).await;
        let shown = what_is_signed(&world.ctx, id).await.unwrap();
        let invitation = reinvite_staff(&world.ctx, None, id).await.unwrap();
        world.redeem("newcomer", id, invitation.code.expose()).await.unwrap();
        let exchanged = propose_member(&world.ctx, admin(world, 0), id, &shown).await;
        assert!(matches!(exchanged, Err(Error::Conflict)), "{exchanged:?}");
        let seen = what_is_signed(&world.ctx, id).await.unwrap();
        propose_member(&world.ctx, admin(world, 0), id, &seen).await.unwrap();
        let other = confirm_member(&world.ctx, admin(world, 1), id, &shown).await;
        assert!(matches!(other, Err(Error::Conflict)), "{other:?}");
        confirm_member(&world.ctx, admin(world, 1), id, &seen).await.unwrap();
    });
}

/// One administrator cannot take the instance from everybody.
#[test]
fn two_administrators_remain() {
    in_world(async |world| {
        let other = world.id("admin2");
        let refused = disable_staff(&world.ctx, Some(admin(world, 0)), other).await;
        assert!(matches!(refused, Err(Error::TooFewAdministrators)), "{refused:?}");
        let refused = reinvite_staff(&world.ctx, Some(admin(world, 0)), other).await;
        assert!(matches!(refused, Err(Error::TooFewAdministrators)));
        world.enrol("admin3", &[RoleAt { role: Role::Administrator, desk: None }]).await;
        disable_staff(&world.ctx, Some(admin(world, 0)), other).await.unwrap();
    });
}
