//! A code counts once, of the factor that made it; a recovery that nobody decided on does not lie about.

use jiff::SignedDuration;
use senim::usecases::{
    Error, approve_recovery::approve_recovery, expire_recoveries::expire_recoveries,
    recover_account::open_recovery,
};

use crate::{
    recovery::{NEW, admin, gets_in, number},
    world::{in_world, password_of},
};

/// Whoever just used the old factor and now has a new one is not sent away until its next code.
#[test]
fn the_steps_of_an_old_factor_do_not_count_for_a_new_one() {
    in_world(async |world| {
        let (id, code) = (world.id("tri1"), world.recovery_code("tri1"));
        let prepared = world.recover(id, &code, NEW).await.unwrap();
        world.advance(SignedDuration::from_secs(60));
        let old = world.code("tri1");
        world.try_sign_in("tri1", &password_of("tri1"), &old).await.unwrap();
        approve_recovery(&world.ctx, admin(world, 0), id, &number(world, id).await).await.unwrap();
        world.remember("tri1", prepared);
        let new = world.code("tri1");
        assert_ne!(new, old);
        world.try_sign_in("tri1", NEW, &new).await.unwrap();
        let again = world.try_sign_in("tri1", NEW, &new).await;
        assert!(matches!(again, Err(Error::SignInFailed)), "and its own codes count once");
        let kept = "staff_factors f join staff s on s.id = f.staff_id where s.login = 'tri1'";
        assert_eq!(world.owner().await.count(kept).await, 2);
    });
}

#[test]
fn a_recovery_that_nobody_decided_on_ends_with_an_entry() {
    in_world(async |world| {
        let (id, code) = (world.id("tri1"), world.recovery_code("tri1"));
        world.recover(id, &code, NEW).await.unwrap();
        world.advance_days(4);
        world.recover(world.id("tri2"), &world.recovery_code("tri2"), NEW).await.unwrap();
        assert_eq!(expire_recoveries(&world.ctx).await.unwrap(), 0, "neither waited long enough");
        world.advance_days(4);
        assert_eq!(expire_recoveries(&world.ctx).await.unwrap(), 1);
        assert_eq!(expire_recoveries(&world.ctx).await.unwrap(), 0, "once");
        let mut owner = world.owner().await;
        assert_eq!(owner.count("staff_recoveries").await, 1, "the other still waits");
        let told = format!(
            "audit.entries e join staff s on s.audit_id = e.obj_id where s.id = '{id}' and acts = array['recovery.expired']"
        );
        assert_eq!(owner.count(&told).await, 1);
        assert!(gets_in(world, "tri1", &password_of("tri1")).await, "nothing else changed");
        assert!(open_recovery(&world.ctx, &code, None).await.is_ok(), "the printed code stays good");
    });
}
