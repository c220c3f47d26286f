//! Attacks on the record of a living system by the numbers of audit-log.md 7.1, where no other file has them.

use std::sync::Arc;

use jiff::SignedDuration;
use senim::{
    audit::verify::{Check, Outcome},
    crypto::random::Entropy,
    domain::case::step::Step,
    jobs::Runner,
    storage::{Store, StoreParts},
    usecases::{
        Context,
        take_pulse::{Pulse, take_pulse},
    },
};

use crate::{
    app::App,
    database::Database,
    kept::Kept,
    log_files::{Home, newest, pass, signer, worker},
    log_tree::{begin, next},
    reconcile_attacks::disarm,
    record::differences,
    world::{in_ruined_world, in_world},
};

/// A backup is restored behind everybody's back: the tree grows another way from there, and no head of it is signed.
#[test]
fn attack_13_a_restored_backup_grows_but_is_not_signed() {
    in_world(async |world| {
        let home = Home::new("restored");
        let (runner, config) = worker(world, &home);
        let _signer = signer(world, &home, &config);
        pass(world, &runner, 2).await;
        let backup = Database::create_from_living(world).await;
        pass(world, &runner, 2).await;
        let (honest, mut old) = (*newest(world).await.head(), backup.owner().await);
        let parts = StoreParts {
            url: &backup.app_url(),
            database: &config.database,
            log: &config.log,
            instance: &config.keys.instance,
            node: "restored",
            clock: world.clock.clone(),
            entropy: Arc::new(Entropy::seeded(13)),
        };
        let ctx = Arc::new(Context::new(&config, Store::open(parts).unwrap()).unwrap());
        let restored = Runner::new(ctx, Arc::clone(&config));
        let heads = old.count("audit.checkpoints").await;
        // Past the size that was signed, by other leaves.
        for _ in 0..4 {
            pass(world, &restored, 1).await;
        }
        let size = old.value("select size from audit.tree_state").await.as_u64().unwrap();
        assert!(size > honest.size, "{size}");
        assert_eq!(old.count("audit.checkpoints").await, heads, "nothing was signed");
        pass(world, &runner, 1).await;
        assert!(newest(world).await.head().size > honest.size, "the honest log goes on");
        drop((restored, old));
        backup.drop_for_good().await;
    });
}

/// Somebody stops the log from growing: operators are told by each way in which they look.
#[test]
fn attack_21_a_log_that_stands_still_is_told() {
    in_world(async |world| {
        begin(world).await;
        let app = App::start(world, &[]);
        assert_eq!(app.admin("/readyz").await, (200, "ready\n".to_owned()));
        world.sign_in("tri1").await;
        world.advance(SignedDuration::from_hours(5));
        assert!(matches!(take_pulse(&world.ctx).await.unwrap(), Pulse::Lagging(19 | 20)));
        let (status, words) = app.admin("/readyz").await;
        assert_eq!(status, 200, "reports are taken all the same");
        assert!(words.contains("has not grown for"), "{words}");
        next(world).await;
        assert_eq!(app.admin("/readyz").await, (200, "ready\n".to_owned()));
        app.stop().await;
    });
}

/// Content goes, as disposal will have it go: the log holds commitments only and verifies as before, and what went shows in
/// the tables.
#[test]
fn attack_24_erased_content_leaves_the_log_whole() {
    in_ruined_world(async |world| {
        begin(world).await;
        let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
        let case = world.submit("Something.").await.case;
        world.drive(case, &triager, Step::Open, &reviewer).await;
        world.advance_days(2);
        next(world).await;
        let mut owner = world.owner().await;
        disarm(&mut owner).await;
        let erase = format!(
            "update case_items set sealed = null where case_id = '{case}'; delete from case_wraps where case_id = '{case}'"
        );
        owner.run(&erase).await.unwrap();
        let now = world.clock.now().as_second();
        assert_eq!(Kept::of(&mut owner, now).await.faults(&world.config.keys.genesis), []);
        assert_eq!(differences(world).await.len(), 1, "an erasure without its entry is told");
    });
}

/// Bytes that are no canonical entry, put into the record with everything that follows from them.
#[test]
fn attack_25_an_entry_that_is_not_canonical() {
    in_ruined_world(async |world| {
        begin(world).await;
        let mut owner = world.owner().await;
        disarm(&mut owner).await;
        let last = "(select eid from audit.entries where obj_kind = 'instance' order by n desc limit 1)";
        let spaced = format!(
            "update audit.entries set body = body || ' ' where eid = {last}; \
             update audit.entries set commitment = sha256(convert_to(E'senim/audit-entry/v1\\n', 'UTF8') || body) \
             where eid = {last}; \
             update audit.leaves l set commitment = e.commitment from audit.entries e where e.eid = l.eid; \
             update instance set audit_head = (select commitment from audit.entries where eid = {last})"
        );
        owner.run(&spaced).await.unwrap();
        let found = differences(world).await;
        assert!(found.iter().any(|told| told.contains("is no entry of a record")), "{found:#?}");
        let now = world.clock.now().as_second();
        let faults = Kept::of(&mut owner, now).await.faults(&world.config.keys.genesis);
        let lint = |check: &&Check| check.name == "schema" && check.outcome == Outcome::Finding;
        assert!(faults.iter().any(|check| lint(&check)), "{faults:#?}");
    });
}
