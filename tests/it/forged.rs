//! Keys put into the database by somebody who can write there, with well-formed entries of the record, but who does not
//! have the server's secrets: nothing is sealed to them.

use senim::{
    audit::{act::Act, entry::commitment_of},
    crypto::{
        epoch::EpochSeed,
        kem::{KemPublic, KemSecret},
    },
    domain::{
        case::{status::Status, step::Step},
        ids::{CaseId, DeskId},
    },
    usecases::{
        Error,
        authentic::forged_cases,
        disable_staff::disable_staff,
        finish_departures::finish_departures,
        registry::{Fault, Registry},
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    database::{Sql, bytes},
    grants::wrap_place,
    people::ReporterActor,
    world::{World, in_planted_world, in_world},
};

fn hex(bytes: &[u8]) -> String {
    format!("'\\x{}'", data_encoding::HEXLOWER.encode(bytes))
}

/// SQL of the application's role that appends a further entry of this act, copied from a true one, and moves the row to
/// it, setting something besides.
pub async fn moved(sql: &mut Sql, of: (&str, &str), which: &str, act: &str, set: &str) -> String {
    moved_as(sql, of, (which, set), &[act], |_| {}).await
}

/// The same with these acts, of which the copied entry has the last, and with other members.
async fn moved_as(
    sql: &mut Sql,
    (kind, table): (&str, &str),
    (which, set): (&str, &str),
    acts: &[&str],
    amend: impl FnOnce(&mut Value),
) -> String {
    let act = acts.last().unwrap();
    let row = sql.rows(&format!("select audit_id, audit_n, audit_head from {table} where {which}")).await;
    let (object, n) = (row[0]["audit_id"].as_str().unwrap(), row[0]["audit_n"].as_i64().unwrap() + 1);
    let prev = bytes(&row[0]["audit_head"]);
    let model = format!(
        "select body from audit.entries where obj_kind = '{kind}' and '{act}' = any(acts) order by n desc limit 1"
    );
    let mut body: Value = serde_json::from_slice(&bytes(&sql.value(&model).await)).unwrap();
    body.as_object_mut().unwrap().remove("sig");
    // Nobody can sign it anew, so it says that act alone and none that only a person does.
    body["acts"] = json!(acts);
    body["oecd"] = json!(Act::parse(act).unwrap().clauses());
    amend(&mut body);
    body["n"] = json!(n);
    body["prev"] = json!(data_encoding::HEXLOWER.encode(&prev));
    body["obj"]["id"] = json!(object.replace('-', ""));
    let body = serde_json_canonicalizer::to_vec(&body).unwrap();
    format!(
        "select audit.append(gen_random_uuid(), '{kind}', '{object}', {n}, {}, {}, now()); \
         update {table} set audit_n = {n}, audit_head = {}{set} where {which}",
        hex(&prev),
        hex(&body),
        hex(&commitment_of(&body)),
    )
}

/// Does this as the application's role, with an entry that the configuration changed, and with a change of this kind that
/// says that two administrators agreed; every process looks again.
async fn configure(world: &World, kind: &str, more: &str) {
    let mut app = world.app().await;
    let file = Uuid::from_u128(u128::from(world.ctx.store.entropy().uuid().as_u64_pair().0)).to_string();
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(file.as_bytes()));
    let of = ("instance", "instance");
    let acts = ["config.proposed", "config.changed"];
    let entry = moved_as(&mut app, of, ("true", ", version = version + 1"), &acts, |body| {
        body["codes"] = json!({"what": kind});
        body["cm"] = json!({"config": digest});
    });
    let (entry, one, two) = (entry.await, world.id("admin1"), world.id("admin2"));
    let change = format!(
        "insert into config_changes (id, kind, payload, digest, base, loosening, state, proposer_id, proposed_at, \
         proposed_n, mac) select '{file}', '{kind}', '{file}', '\\x{digest}', count(*), false, 'pending', '{one}', now(), \
         1, sha256('x') from config_changes where kind = '{kind}' and state = 'in_force'; \
         update config_changes set state = 'in_force', approver_id = '{two}', approved_at = now(), \
         effective_at = now(), ended_at = now() where id = '{file}'"
    );
    app.run(&format!("begin; {entry}; {change}; {more}; commit")).await.unwrap();
}

/// Does this as the application's role, with an entry that the case's keys changed.
async fn rekey(world: &World, case: CaseId, set: &str, more: &str) {
    let mut app = world.app().await;
    let entry = moved(&mut app, ("case", "cases"), &format!("id = '{case}'"), "epoch.rotated", set).await;
    app.run(&format!("begin; {entry}; {more}; commit")).await.unwrap();
}

/// A case of which somebody stepped aside, so that there is a true entry of a new epoch to copy.
async fn rotated(world: &World) -> ReporterActor {
    let reporter = world.submit("Something else.").await;
    let leaver = world.sign_in("tri2").await;
    leaver.recuse(reporter.case).await.unwrap();
    reporter.write("To the second epoch.").await.unwrap();
    reporter
}

/// How many of a case's wraps the attacker's key opens.
async fn opened_by(world: &World, case: CaseId, mole: &KemSecret) -> usize {
    let query = format!("select epoch, holder_id, sealed from case_wraps where case_id = '{case}'");
    let rows = world.owner().await.rows(&query).await;
    assert!(!rows.is_empty());
    let opens = |row: &&Value| {
        let holder: Uuid = row["holder_id"].as_str().unwrap().parse().unwrap();
        let epoch = i32::try_from(row["epoch"].as_i64().unwrap()).unwrap();
        let place = wrap_place(&world.ctx, case, epoch, holder);
        EpochSeed::unwrap_with(mole, &place, &bytes(&row["sealed"])).is_ok()
    };
    rows.iter().filter(opens).count()
}

fn mole(world: &World) -> KemSecret {
    KemSecret::generate(&mut world.ctx.store.entropy().rng())
}

fn desk_faults(registry: &Registry) -> Vec<DeskId> {
    let desk = |fault: &Fault| match fault {
        Fault::Desk { id, .. } => Some(*id),
        Fault::Rule { .. } | Fault::Rules { .. } | Fault::Bodies => None,
    };
    registry.faults.iter().filter_map(desk).collect()
}

async fn desk_of(world: &World, case: CaseId) -> DeskId {
    let desk = world.owner().await.value(&format!("select desk_id from cases where id = '{case}'")).await;
    desk.as_str().unwrap().parse().unwrap()
}

#[test]
fn a_forged_recovery_key_gets_no_report() {
    in_planted_world(async |world| {
        let (mole, mut app) = (mole(world), world.app().await);
        let set = format!(", recovery_key = {}", hex(&mole.public().to_bytes()));
        let which = format!("id = '{}'", world.desk);
        let entry = moved(&mut app, ("desk", "desks"), &which, "desk.opened", &set).await;
        configure(world, "desks", &entry).await;
        let reporter = world.submit("Something.").await;
        assert_eq!(opened_by(world, reporter.case, &mole).await, 0);
        assert_eq!(desk_of(world, reporter.case).await, world.independent, "the forged desk gets nothing");
        let registry = world.ctx.current_registry().await.unwrap();
        assert_eq!(desk_faults(&registry), [world.desk]);
    });
}

/// Without any desk that holds, a report is refused; the person keeps their text.
#[test]
fn no_report_is_taken_while_every_desk_is_forged() {
    in_world(async |world| {
        let (mole, mut owner) = (mole(world), world.owner().await);
        let key = hex(&mole.public().to_bytes());
        let change = |set: &str| {
            format!(
                "begin; alter table desks disable trigger all; update desks d set {set}; \
                 alter table desks enable trigger all; commit"
            )
        };
        owner.run("create temp table kept as select * from desks").await.unwrap();
        owner.run(&change(&format!("recovery_key = {key}"))).await.unwrap();
        world.ctx.fresh_registry().await.unwrap();
        let submission = senim::usecases::submit_report::Submission {
            report: world.report("Something."),
            form_token: None,
            channel: "web",
        };
        let done = senim::usecases::submit_report::submit_report(&world.ctx, &submission).await;
        assert!(matches!(done, Err(Error::NotReady(_))));
        assert_eq!(owner.count("cases").await, 0);
        let back = "recovery_key = k.recovery_key, mac = k.mac, independent = k.independent, profile = k.profile, \
                    recovery_threshold = k.recovery_threshold, recovery_shares = k.recovery_shares \
                    from kept k where k.id = d.id";
        for set in [
            "profile = 'iso_default'",
            "independent = not d.independent",
            "recovery_threshold = d.recovery_threshold + 1",
            "recovery_shares = d.recovery_shares + 1",
            "mac = sha256('x')",
            "mac = (select o.mac from kept o where o.id <> d.id)",
        ] {
            owner.run(&change(set)).await.unwrap();
            assert_eq!(desk_faults(&world.ctx.fresh_registry().await.unwrap()).len(), 2, "{set}");
            owner.run(&change(back)).await.unwrap();
            assert!(world.ctx.fresh_registry().await.unwrap().faults.is_empty(), "{set}, put back");
        }
    });
}

#[test]
fn a_forged_rule_is_not_followed() {
    in_planted_world(async |world| {
        let planted = format!(
            "insert into routing_rules (position, desk_id, mac) values (1, '{}', sha256('x'))",
            world.independent
        );
        configure(world, "routing", &planted).await;
        let reporter = world.submit("Something.").await;
        assert_eq!(desk_of(world, reporter.case).await, world.desk);
        let registry = world.ctx.current_registry().await.unwrap();
        assert_eq!(registry.faults, [Fault::Rule { position: 1 }]);
        // A true proof is of its own place and columns.
        configure(world, "routing", "delete from routing_rules where position = 1").await;
        for set in ["position = 2", "category = 'bribery'", "region = '71'"] {
            configure(world, "routing", &format!("update routing_rules set {set}")).await;
            assert_eq!(world.ctx.current_registry().await.unwrap().faults.len(), 1, "{set}");
        }
    });
}

/// Plants a further epoch in a case, whose seed the attacker knows and hands to the triager.
async fn plant(world: &World, case: CaseId, mac: &str, triager: (Uuid, &KemPublic)) {
    let mut rng = world.ctx.store.entropy().rng();
    let seed = EpochSeed::generate(&mut rng);
    let wrap = seed.wrap(triager.1, &wrap_place(&world.ctx, case, 2, triager.0), &mut rng).unwrap();
    let more = format!(
        "insert into case_epochs (case_id, epoch, public_key, mac) values ('{case}', 2, {}, {mac}); \
         insert into case_wraps (case_id, epoch, holder_kind, holder_id, sealed) \
         values ('{case}', 2, 'staff', '{}', {})",
        hex(&seed.public().to_bytes()),
        triager.0,
        hex(&wrap),
    );
    rekey(world, case, ", epoch = 2", &more).await;
}

fn sealed<T>(done: Result<T, Error>) -> bool {
    matches!(done, Err(Error::Sealed(_)))
}

#[test]
fn nobody_writes_to_a_forged_epoch() {
    in_planted_world(async |world| {
        rotated(world).await;
        for stolen in [false, true] {
            let reporter = world.submit("Something.").await;
            let case = reporter.case;
            let (triager, reviewer) = (world.sign_in("tri1").await, world.sign_in("rev1").await);
            let colleague = world.sign_in("tri2").await;
            world.drive(case, &triager, Step::Open, &reviewer).await;
            let mut owner = world.owner().await;
            let first = format!("select mac from case_epochs where case_id = '{case}' and epoch = 1");
            let mac = if stolen { hex(&bytes(&owner.value(&first).await)) } else { "sha256('x')".to_owned() };
            let public = triager.caller.secrets.kem.public();
            plant(world, case, &mac, (triager.id().0, &public)).await;
            let before = owner.count("case_items").await;
            assert!(sealed(reporter.write("This is for the desk alone.").await));
            assert!(sealed(colleague.note(case, "So is this.").await));
            assert!(sealed(triager.note(case, "And this.").await));
            let question = json!({"question": "Where?", "expected_on": "2026-12-10"});
            let asked = triager.step(case, Step::Ask, question).await;
            assert!(sealed(asked), "a holder seals to no seed that somebody else knows");
            assert!(sealed(colleague.recuse(case).await), "nor is a further epoch made upon it");
            assert_eq!(owner.count("case_items").await, before);
            assert_eq!(world.status(case).await, Status::Triage);
            assert_eq!(owner.count(&format!("case_epochs where case_id = '{case}'")).await, 2);
        }
        let open: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.is_open()).collect();
        assert_eq!(forged_cases(&world.ctx, &open, 100).await.unwrap(), 2);
    });
}

/// Who has left holds the first epoch: the case is not put back to it.
#[test]
fn a_case_is_not_put_back_to_an_epoch_that_a_leaver_holds() {
    in_world(async |world| {
        let reporter = rotated(world).await;
        rekey(world, reporter.case, ", epoch = 1", "select 1").await;
        assert!(sealed(reporter.write("To whom?").await));
        rekey(world, reporter.case, ", epoch = 2", "select 1").await;
        reporter.write("To those who are here.").await.unwrap();
    });
}

#[test]
fn an_exchanged_reporters_key_is_not_wrapped_to() {
    in_planted_world(async |world| {
        let (reporter, mole) = (world.submit("Something.").await, mole(world));
        let case = reporter.case;
        let leaver = world.sign_in("tri2").await;
        let set = format!("reporter_key = {}", hex(&mole.public().to_bytes()));
        let (mut app, which) = (world.app().await, format!("id = '{case}'"));
        let besides = format!(", {set}");
        let entry = moved(&mut app, ("case", "cases"), &which, "report.received", &besides).await;
        let refused = app.refused(&format!("begin; {entry}; commit")).await;
        assert!(refused.contains("never changes"), "{refused}");
        // The database's own guard is the owner's to switch off.
        let sql = format!(
            "begin; alter table cases disable trigger all; update cases set {set} where {which}; \
             alter table cases enable trigger all; commit"
        );
        world.owner().await.run(&sql).await.unwrap();
        assert!(sealed(leaver.recuse(case).await));
        assert_eq!(world.owner().await.count(&format!("case_epochs where case_id = '{case}'")).await, 1);
        assert_eq!(opened_by(world, case, &mole).await, 0);
        let open: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.is_open()).collect();
        assert_eq!(forged_cases(&world.ctx, &open, 100).await.unwrap(), 1);
    });
}

/// The next epoch would be wrapped to the other desk's recovery key, and the other profile's days would run.
#[test]
fn a_case_that_is_moved_to_another_desk_or_profile_is_not_sealed_to_it() {
    in_world(async |world| {
        let reporter = rotated(world).await;
        let (case, leaver) = (reporter.case, world.sign_in("tri1").await);
        let (mut app, which) = (world.app().await, format!("id = '{case}'"));
        let away = format!(", desk_id = '{}'", world.independent);
        let moving = moved(&mut app, ("case", "cases"), &which, "epoch.rotated", &away).await;
        assert!(app.refused(&format!("begin; {moving}; commit")).await.contains("only with a new epoch"));
        // Whoever owns the database can switch its own guard off.
        world.owner().await.run("alter table cases disable trigger keys_must_turn").await.unwrap();
        let back = format!(", desk_id = '{}', profile = 'kz'", world.desk);
        let open: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.is_open()).collect();
        for moved in [format!(", desk_id = '{}'", world.independent), ", profile = 'iso_default'".to_owned()]
        {
            rekey(world, case, &moved, "select 1").await;
            assert!(sealed(reporter.write("To whom?").await), "{moved}");
            assert!(leaver.recuse(case).await.is_err(), "{moved}");
            assert_eq!(forged_cases(&world.ctx, &open, 100).await.unwrap(), 1, "{moved}");
            rekey(world, case, &back, "select 1").await;
            assert_eq!(forged_cases(&world.ctx, &open, 100).await.unwrap(), 0);
        }
        reporter.write("To those who are here.").await.unwrap();
        // Somebody leaves while the case stands elsewhere: no epoch is begun before it is back.
        rekey(world, case, &format!(", desk_id = '{}'", world.independent), "select 1").await;
        let (admin, count) = (&world.admin(0).caller, format!("case_epochs where case_id = '{case}'"));
        assert!(sealed(disable_staff(&world.ctx, Some(admin), leaver.id()).await));
        assert_eq!(world.owner().await.count(&count).await, 2);
        rekey(world, case, &back, "select 1").await;
        assert_eq!(finish_departures(&world.ctx).await.unwrap(), 1);
        assert_eq!(world.owner().await.count(&count).await, 3);
        let wraps = format!("case_wraps where case_id = '{case}' and holder_id = '{}'", world.independent);
        assert_eq!(world.owner().await.count(&wraps).await, 0);
    });
}
