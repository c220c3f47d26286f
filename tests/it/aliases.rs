//! Who an alias of the record is: bound when somebody is signed in, checked by the verifier (attack 23).

use senim::{
    audit::verify::{Outcome, Report},
    domain::{case::step::Step, role::Role},
    policy::RoleAt,
    usecases::{
        compare_directory::compare_directory, disable_staff::disable_staff, open_actors::open_actors,
        reinvite_staff::reinvite_staff, sequence_log::sequence_log,
    },
};

use crate::{
    kept::Kept,
    recovery::{admin, vouch},
    world::{World, in_planted_world, in_world},
};

/// People come, act, lose their keys, come back and leave.
async fn live(world: &World) {
    let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
    let reporter = world.submit("Something.").await;
    world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
    let id = world.id("inv1");
    let invitation = reinvite_staff(&world.ctx, Some(admin(world, 0)), id).await.unwrap();
    world.redeem("inv1", id, invitation.code.expose()).await.unwrap();
    vouch(world, "inv1").await;
    world.recover(world.id("tri2"), &world.recovery_code("tri2"), "quite another sentence").await.unwrap();
    world.invite("new1", &[RoleAt { role: Role::Triager, desk: Some(world.desk) }]).await;
    disable_staff(&world.ctx, Some(admin(world, 0)), world.id("rev4")).await.unwrap();
    disable_staff(&world.ctx, None, world.id("rev3")).await.unwrap();
}

/// Everything that is due is put into the tree; then the record with the openings.
async fn bundle(world: &World) -> Kept {
    // What a reporter caused enters on the following day.
    let mut owner = world.owner().await;
    while owner.count("audit.pending").await > 0 {
        world.advance_days(1);
        sequence_log(&world.ctx).await.unwrap();
    }
    as_it_stands(world).await
}

/// The tree as it is; the directory may be ahead of it.
async fn as_it_stands(world: &World) -> Kept {
    let mut kept = Kept::of(&mut world.owner().await, world.clock.now().as_second()).await;
    let openings = open_actors(&world.ctx).await.unwrap();
    let lines: String = openings.iter().map(|one| serde_json::to_string(one).unwrap() + "\n").collect();
    kept.files.insert("openings/actors.jsonl".to_owned(), lines.into_bytes());
    kept
}

fn verified(world: &World, bundle: &Kept) -> Report {
    bundle.verified(&world.config.keys.genesis)
}

/// What the verifier finds wrong, of this check, with the first index of the log.
fn wrong(world: &World, bundle: &Kept, check: &str) -> Vec<(String, Option<u64>)> {
    let checks = verified(world, bundle).checks.into_iter();
    let found = checks.filter(|one| one.outcome == Outcome::Finding && one.name == check);
    found.map(|one| (one.sentence, one.index)).collect()
}

#[test]
fn an_untouched_record_is_good_with_openings_and_without() {
    in_world(async |world| {
        live(world).await;
        let mut bundle = bundle(world).await;
        let said = |bundle: &Kept| {
            let report = verified(world, bundle);
            let bad: Vec<_> = report.checks.iter().filter(|one| one.outcome == Outcome::Finding).collect();
            assert!(bad.is_empty(), "{bad:#?}");
            report.checks.iter().map(|one| one.sentence.clone()).collect::<Vec<_>>().join("\n")
        };
        let text = said(&bundle);
        assert!(text.contains("that the log committed to, and no other."), "{text}");
        assert!(text.contains("Who 10 of them are is shown."), "{text}");
        bundle.files.remove("openings/actors.jsonl");
        assert!(said(&bundle).contains("there are 10 aliases."), "{text}");
        // Who is signed in after the head is ahead of the log, and nothing is wrong with that.
        vouch(world, "new1").await;
        let text = said(&as_it_stands(world).await);
        assert!(text.contains("1 more are not in the log yet"), "{text}");
    });
}

#[test]
fn a_directory_that_is_not_the_one_of_the_log_is_found_at_its_entry() {
    in_world(async |world| {
        live(world).await;
        let bundle = bundle(world).await;
        let text = String::from_utf8(bundle.files["directory.jsonl"].clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let with = |lines: &[&str]| {
            let mut changed = bundle.clone();
            changed.files.insert("directory.jsonl".to_owned(), (lines.join("\n") + "\n").into_bytes());
            let wrong = wrong(world, &changed, "directory");
            wrong.into_iter().filter_map(|(sentence, index)| Some((sentence, index?))).collect::<Vec<_>>()
        };
        assert!(with(&lines).is_empty());
        let entry_of = |line: &str| {
            let digest = digest_of(line);
            let names = |body: &Vec<u8>| String::from_utf8_lossy(body).contains(&digest);
            u64::try_from(bundle.entries.iter().position(names).unwrap()).unwrap()
        };
        for at in [0, 5, lines.len() - 1] {
            let mut missing = lines.clone();
            missing.remove(at);
            assert_eq!(with(&missing)[0].1, entry_of(lines[at]), "{at}");
            assert!(with(&missing)[0].0.contains("missing here, or was exchanged"));
        }
        let mut exchanged = lines.clone();
        let other = lines[5].replacen("\"first\":\"", "\"first\":\"00", 1).replacen("\",\"second\"", "", 0);
        exchanged[5] = &other;
        assert_eq!(with(&exchanged)[0].1, entry_of(lines[5]));
        let mut added = lines.clone();
        let invented = lines[5].replacen("\"serial\":1", "\"serial\":7", 1);
        added.insert(6, &invented);
        assert!(
            !with(&added).is_empty() || !bundle_faults(world, &bundle, &added).is_empty(),
            "an added entry"
        );
    });
}

/// What the verifier says of a directory of these lines, with an index or without.
fn bundle_faults(world: &World, bundle: &Kept, lines: &[&str]) -> Vec<(String, Option<u64>)> {
    let mut changed = bundle.clone();
    changed.files.insert("directory.jsonl".to_owned(), (lines.join("\n") + "\n").into_bytes());
    wrong(world, &changed, "directory")
}

fn digest_of(line: &str) -> String {
    let line: senim::audit::verify::DirectoryLine = serde_json::from_str(line).unwrap();
    let bytes = |hex: &str| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
    let (body, first) = (bytes(&line.body), bytes(&line.first));
    let second = line.second.as_deref().map(bytes);
    let entry = senim::audit::directory::DirectoryEntry {
        staff: line.staff,
        serial: line.serial,
        body: &body,
        first_signature: &first,
        second_signature: second.as_deref(),
    };
    data_encoding::HEXLOWER.encode(&entry.digest())
}

/// Attack 23: two people's aliases swapped in the database, with every trigger off.
#[test]
fn attack_23_two_peoples_aliases_swapped_in_the_database() {
    in_world(async |world| {
        live(world).await;
        let before = open_actors(&world.ctx).await.unwrap();
        let swap = "begin; alter table staff disable trigger all; create temp table kept as select * from staff; \
             update staff set alias = substr(sha256(alias), 1, 8) where login in ('tri1', 'tri2'); \
             update staff s set alias = k.alias from kept k where (s.login, k.login) in (('tri1', 'tri2'), ('tri2', 'tri1')); \
             alter table staff enable trigger all; commit";
        world.owner().await.run(swap).await.unwrap();
        assert_ne!(open_actors(&world.ctx).await.unwrap(), before);
        let registry = world.ctx.fresh_registry().await.unwrap();
        let remapped = compare_directory(&world.ctx, &registry).await.unwrap().remapped;
        assert_eq!(remapped, ["tri1", "tri2"]);
        let bundle = bundle(world).await;
        let wrong = wrong(world, &bundle, "actors");
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(
            wrong.iter().all(|(sentence, index)| sentence.contains("somebody else than the openings say")
                && index.is_some())
        );
        world.owner().await.run(swap).await.unwrap();
    });
}

/// An alias that nobody enrolled, and one that acts before it is enrolled.
#[test]
fn whoever_acts_without_being_enrolled_is_found() {
    in_planted_world(async |world| {
        live(world).await;
        let alias = "update staff set alias = '\\x0909090909090909' where login = 'tri1'";
        let sql = format!(
            "begin; alter table staff disable trigger all; {alias}; alter table staff enable trigger all; commit"
        );
        let mut owner = world.owner().await;
        owner.run("create table kept as select id, alias from staff").await.unwrap();
        owner.run(&sql).await.unwrap();
        world.sign_in("tri1").await;
        let bundle = bundle(world).await;
        let wrong = wrong(world, &bundle, "actors");
        assert!(wrong[0].0.contains("never enrolled") && wrong[0].1.is_some(), "{wrong:?}");
        let back = sql.replace(alias, "update staff s set alias = k.alias from kept k where k.id = s.id");
        owner.run(&back).await.unwrap();
        owner.run("drop table kept").await.unwrap();
    });
}
