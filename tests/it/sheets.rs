//! The sheets of a desk open its cases for somebody, and for nobody else.

use senim::{
    crypto::{kem::KemSecret, secret::Secret},
    domain::{ids::CaseId, role::Role},
    policy::{Capacity, RoleAt},
    usecases::{
        Error,
        disable_staff::disable_staff,
        part::Part,
        recover_case::{Recovered, RecoveryKey, recover_case, recovery_key},
        reinvite_staff::reinvite_staff,
    },
};

use crate::{
    database::bytes,
    recovery::vouch,
    world::{World, in_world},
};

async fn key(world: &World) -> RecoveryKey {
    recovery_key(&world.ctx, world.recovery.seed().clone()).await.unwrap()
}

async fn recover(world: &World, case: CaseId, to: &str) -> Result<Recovered, Error> {
    let part = Part { staff: world.id(to), capacity: Capacity::Triager };
    recover_case(&world.ctx, &key(world).await, case, part).await
}

/// The last entry about a case.
async fn last_entry(world: &World, case: CaseId) -> serde_json::Value {
    let query = format!(
        "select e.body from audit.entries e join cases c on c.audit_id = e.obj_id and c.audit_n = e.n where c.id = '{case}'"
    );
    serde_json::from_slice(&bytes(&world.owner().await.value(&query).await)).unwrap()
}

#[test]
fn where_all_holders_are_gone_the_sheets_give_the_case_to_somebody_who_attests_and_reads() {
    in_world(async |world| {
        let reporter = world.submit("Something.").await;
        for login in ["tri1", "tri2"] {
            disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id(login)).await.unwrap();
        }
        reporter.write("Is anybody there?").await.unwrap();
        world.enrol("tri3", &[RoleAt { role: Role::Triager, desk: Some(world.desk) }]).await;
        let next = world.sign_in("tri3").await;
        assert!(matches!(next.open(reporter.case).await, Err(Error::NotFound)));
        assert_eq!(recover(world, reporter.case, "tri3").await.unwrap(), Recovered::Given);
        assert_eq!(recover(world, reporter.case, "tri3").await.unwrap(), Recovered::Held, "once");
        let entry = last_entry(world, reporter.case).await;
        assert_eq!(entry["acts"], serde_json::json!(["grant.added"]));
        assert_eq!((&entry["by"]["k"], &entry["codes"]["what"]), (&"system".into(), &"recovery".into()));
        let opened = next.open(reporter.case).await.unwrap();
        assert!(opened.content.is_none() && !opened.keys_awaited, "not before the attestation");
        next.attest(reporter.case).await;
        let text = next.read(reporter.case).await;
        assert!(text.contains("Something.") && text.contains("Is anybody there?"), "every epoch: {text}");
    });
}

/// Somebody with new keys, whom no colleague can give the case again, attests anew.
#[test]
fn whoever_lost_their_keys_gets_the_case_back_and_attests_anew() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let before = world.sign_in("tri1").await;
        before.attest(case).await;
        disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id("tri2")).await.unwrap();
        let id = before.id();
        let invitation = reinvite_staff(&world.ctx, Some(&world.admin(0).caller), id).await.unwrap();
        world.redeem("tri1", id, invitation.code.expose()).await.unwrap();
        assert!(matches!(recover(world, case, "tri1").await, Err(Error::Invalid(_))), "not signed in yet");
        vouch(world, "tri1").await;
        let after = world.sign_in("tri1").await;
        assert!(after.open(case).await.unwrap().keys_awaited);
        assert_eq!(recover(world, case, "tri1").await.unwrap(), Recovered::Restored);
        assert_eq!(last_entry(world, case).await["acts"], serde_json::json!(["grant.restored"]));
        assert!(after.open(case).await.unwrap().content.is_none());
        after.attest(case).await;
        assert!(after.read(case).await.contains("Something."));
    });
}

#[test]
fn the_sheets_give_nothing_to_whom_it_does_not_fit() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        world.sign_in("tri1").await.recuse(case).await.unwrap();
        let before = world.db.dump().await;
        for to in ["tri1", "inv1", "rev1", "admin1"] {
            assert!(matches!(recover(world, case, to).await, Err(Error::Invalid(_))), "{to}");
        }
        let lead = Part { staff: world.id("inv1"), capacity: Capacity::Lead };
        let early = recover_case(&world.ctx, &key(world).await, case, lead).await;
        assert!(matches!(early, Err(Error::Invalid(_))), "nobody leads it yet: {early:?}");
        assert!(world.db.dump().await == before, "something was written");
    });
}

/// Sheets of another desk open nothing, and a desk's row that somebody else wrote is not believed.
#[test]
fn other_sheets_and_a_forged_desk_open_nothing() {
    in_world(async |world| {
        let case = world.submit("Something.").await.case;
        let other = KemSecret::from_seed(Secret::generate(&mut world.ctx.store.entropy().rng()));
        let seed = other.seed().clone();
        let strange = recovery_key(&world.ctx, seed.clone()).await.unwrap();
        assert!(strange.desks.is_empty() && strange.forged.is_empty());
        let part = Part { staff: world.id("tri2"), capacity: Capacity::Triager };
        disable_staff(&world.ctx, Some(&world.admin(0).caller), world.id("tri1")).await.unwrap();
        world.enrol("tri3", &[RoleAt { role: Role::Triager, desk: Some(world.desk) }]).await;
        let fresh = Part { staff: world.id("tri3"), ..part };
        let nothing = recover_case(&world.ctx, &strange, case, fresh).await;
        assert!(matches!(nothing, Err(Error::NotFound)), "{nothing:?}");
        let forge = format!(
            "begin; alter table desks disable trigger all; update desks set recovery_key = '\\x{}' where id = '{}'; \
             alter table desks enable trigger all; commit",
            data_encoding::HEXLOWER.encode(&other.public().to_bytes()),
            world.desk
        );
        let kept = format!("create temp table kept as select * from desks where id = '{}'", world.desk);
        let mut owner = world.owner().await;
        owner.run(&kept).await.unwrap();
        owner.run(&forge).await.unwrap();
        let forged = recovery_key(&world.ctx, seed).await.unwrap();
        assert!(forged.desks.is_empty(), "the key in the row is somebody else's");
        assert_eq!(forged.forged.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [world.desk]);
        let mine = key(world).await;
        assert!(mine.desks.iter().all(|desk| desk.row.id != world.desk));
        let shut = recover_case(&world.ctx, &mine, case, fresh).await;
        assert!(matches!(shut, Err(Error::NotFound)), "{shut:?}");
        let back = "begin; alter table desks disable trigger all; update desks d set recovery_key = k.recovery_key \
                    from kept k where k.id = d.id; alter table desks enable trigger all; commit";
        owner.run(back).await.unwrap();
        assert_eq!(recover(world, case, "tri3").await.unwrap(), Recovered::Given);
    });
}
