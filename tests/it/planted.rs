//! Whoever is planted in the database gets no key and cannot sign in (control AUD-6 as far as the directory goes).

use senim::{
    audit::directory::{Directory, DirectoryBody, SIGNATURE_DOMAIN},
    crypto::{
        envelope, random::Rng, secret::SecretText, sign::SigningKey, staff_keys::StaffSecrets, totp::TotpSeed,
    },
    domain::{case::step::Step, ids::StaffId, role::Role},
    policy::RoleAt,
    storage::directory::DirectoryRow,
    usecases::disable_staff::disable_staff,
};

use crate::{
    facts::{assessed, with},
    world::{World, in_planted_world, in_world, password_of},
};

/// A person with keys of their own, known to nobody.
struct Planted {
    id: StaffId,
    secrets: StaffSecrets,
    seed: TotpSeed,
    columns: String,
}

fn hex(bytes: &[u8]) -> String {
    format!("'\\x{}'", data_encoding::HEXLOWER.encode(bytes))
}

async fn forge(world: &World, login: &str) -> Planted {
    let mut rng: Rng = world.ctx.store.entropy().rng();
    let id = StaffId(world.ctx.store.entropy().uuid());
    let (secrets, seed) = (StaffSecrets::generate(&mut rng), TotpSeed::generate(&mut rng));
    let salt = [7; 16];
    let keys = world.ctx.passwords.derive(SecretText::from(password_of(login)), salt).await.unwrap();
    let place = |column| world.ctx.store.place("staff", id.0.as_bytes(), column);
    let sealed = secrets.seal_under(&keys.sealing, &place("sealed_secrets"), &mut rng).unwrap();
    let totp = envelope::seal(&secrets.own_key(), &place("sealed_totp"), seed.secret().expose(), &mut rng);
    let columns = format!(
        "'{id}', gen_random_uuid(), {}, '{login}', 'active', '[]', {}, {}, {}, {}, {}, 1, '\\x00'",
        hex(&id.0.as_bytes()[..8]),
        hex(&salt),
        hex(&keys.verifier),
        hex(&secrets.public().to_bytes()),
        hex(&sealed),
        hex(&totp.unwrap()),
    );
    Planted { id, secrets, seed, columns }
}

fn insert(planted: &Planted) -> String {
    format!(
        "insert into staff (id, audit_id, alias, login, state, invited_roles, salt, verifier, public_keys, \
         sealed_secrets, sealed_totp, audit_n, audit_head) values ({})",
        planted.columns
    )
}

/// What the directory would say about a planted triager or reviewer.
fn body(world: &World, planted: &Planted, login: &str, role: Role) -> Vec<u8> {
    let body = DirectoryBody {
        v: 1,
        instance: world.ctx.store.instance().to_owned(),
        staff: planted.id,
        login: login.to_owned(),
        name: None,
        unit: None,
        serial: 1,
        keys: data_encoding::HEXLOWER.encode(&planted.secrets.public().to_bytes()),
        prev: None,
        from: None,
        roles: vec![RoleAt { role, desk: Some(world.desk) }],
    };
    body.to_bytes().unwrap()
}

/// A database administrator switches every trigger off, plants a triager and a reviewer with an entry of the directory
/// that they signed themselves, and raises the version so that everybody looks again.
async fn plant(world: &World) -> Vec<(Planted, &'static str)> {
    let mut owner = world.owner().await;
    let mut all = Vec::new();
    for (login, role) in
        [("mole-t", Role::Triager), ("mole-r", Role::Reviewer), ("mole-i", Role::Investigator)]
    {
        let planted = forge(world, login).await;
        let refused = owner.refused(&insert(&planted)).await;
        assert!(refused.contains("without an entry"), "with triggers on: {refused}");
        let body = body(world, &planted, login, role);
        let signature = planted.secrets.sign.sign(SIGNATURE_DOMAIN, &body);
        let entry = format!(
            "insert into directory_entries values ('{}', 1, {}, '{}', {}, '{}', {}, {})",
            planted.id,
            hex(&body),
            planted.id,
            hex(&signature),
            world.id("admin1"),
            hex(&signature),
            1000 + all.len(),
        );
        let sql = format!(
            "begin; alter table staff disable trigger all; alter table directory_entries disable trigger all; \
             alter table instance disable trigger all; {}; {entry}; update instance set version = version + 1; \
             alter table staff enable trigger all; alter table directory_entries enable trigger all; \
             alter table instance enable trigger all; commit",
            insert(&planted)
        );
        owner.run(&sql).await.unwrap();
        all.push((planted, login));
    }
    all
}

/// Leaves the record as it was: the check at a test's end would rightly complain.
async fn weed(world: &World, planted: &[(Planted, &'static str)]) {
    let mut sql =
        "begin; alter table staff disable trigger all; alter table directory_entries disable trigger all;"
            .to_owned();
    for (one, _) in planted {
        sql.push_str(&format!("delete from directory_entries where staff_id = '{}';", one.id));
        sql.push_str(&format!("delete from staff where id = '{}';", one.id));
    }
    world.owner().await.run(&format!("{sql} commit")).await.unwrap();
}

/// DESIGN section 1: a staff row they plant gets no key, because keys go only to members of the signed directory.
#[test]
fn a_planted_row_gets_no_key_and_cannot_sign_in() {
    in_planted_world(async |world| {
        let planted = plant(world).await;
        let registry = world.ctx.current_registry().await.unwrap();
        assert_eq!(registry.directory.faults.len(), planted.len(), "the faults are told");
        let reporter = world.submit("Something.").await;
        let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
        let reviewer = world.sign_in("rev1").await;
        world.drive(reporter.case, &triager, Step::Open, &reviewer).await;
        let mole = with(assessed(), serde_json::json!({"lead": planted[2].0.id.to_string()}));
        assert!(triager.step(reporter.case, Step::Assign, mole).await.is_err(), "nobody assigns a stranger");
        world.drive(reporter.case, &triager, Step::Assign, &reviewer).await;
        world.drive(reporter.case, &lead, Step::Start, &reviewer).await;
        let mut owner = world.owner().await;
        for (one, login) in &planted {
            assert!(!registry.directory.members.contains_key(&one.id));
            for table in ["case_wraps where holder_id", "case_grants where staff_id"] {
                assert_eq!(owner.count(&format!("{table} = '{}'", one.id)).await, 0, "{login}");
            }
            let code = one.seed.code_at(world.clock.now().as_second());
            let entered = world.try_sign_in(login, &password_of(login), &code).await;
            assert!(matches!(entered, Err(senim::usecases::Error::SignInFailed)), "{login}");
        }
        weed(world, &planted).await;
    });
}

/// The same by the replication role, under which ordinary triggers sleep: the important ones do not.
#[test]
fn the_replication_role_wakes_no_planted_row() {
    in_world(async |world| {
        let planted = forge(world, "mole").await;
        let mut owner = world.owner().await;
        let asleep =
            |sql: &str| format!("begin; set local session_replication_role = replica; {sql}; commit");
        let refused = owner.refused(&asleep(&insert(&planted))).await;
        assert!(refused.contains("without an entry"), "{refused}");
        let keys = format!("update staff set public_keys = {} where login = 'tri1'", hex(&[1; 1248]));
        assert!(owner.refused(&asleep(&keys)).await.contains("without an entry"));
    });
}

/// Exchanged keys of a member count no more than a planted member's.
#[test]
fn exchanged_keys_of_a_member_sign_nobody_in_and_get_no_key() {
    in_planted_world(async |world| {
        let planted = forge(world, "tri1").await;
        let id = world.id("tri1");
        let place = |column| world.ctx.store.place("staff", id.0.as_bytes(), column);
        let mut rng = world.ctx.store.entropy().rng();
        let keys = world.ctx.passwords.derive(SecretText::from(password_of("tri1")), [7; 16]).await.unwrap();
        let sealed = planted.secrets.seal_under(&keys.sealing, &place("sealed_secrets"), &mut rng).unwrap();
        let own = planted.secrets.own_key();
        let totp =
            envelope::seal(&own, &place("sealed_totp"), planted.seed.secret().expose(), &mut rng).unwrap();
        let mut owner = world.owner().await;
        let sql = format!(
            "begin; alter table staff disable trigger all; create temp table kept as select * from staff; \
             update staff set salt = {}, verifier = {}, public_keys = {}, sealed_secrets = {}, sealed_totp = {} \
             where login = 'tri1'; commit",
            hex(&[7; 16]),
            hex(&keys.verifier),
            hex(&planted.secrets.public().to_bytes()),
            hex(&sealed),
            hex(&totp),
        );
        owner.run(&sql).await.unwrap();
        let code = planted.seed.code_at(world.clock.now().as_second());
        assert!(world.try_sign_in("tri1", &password_of("tri1"), &code).await.is_err());
        let case = world.submit("Something.").await.case;
        let wrap = format!("select sealed from case_wraps where case_id = '{case}' and holder_id = '{id}'");
        let wrap = crate::database::bytes(&owner.value(&wrap).await);
        let place = crate::grants::wrap_place(&world.ctx, case, 1, id.0);
        let opened = senim::crypto::epoch::EpochSeed::unwrap_with(&planted.secrets.kem, &place, &wrap);
        assert!(opened.is_err(), "the wrap is for the keys of the directory");
        owner
            .run("update staff s set public_keys = k.public_keys from kept k where k.id = s.id")
            .await
            .unwrap();
    });
}

/// Entries of the directory as rows, for the verifier alone.
pub async fn rows(world: &World) -> Vec<DirectoryRow> {
    world
        .ctx
        .store
        .read(async |db| db.directory_rows().await)
        .await
        .map_err(|error: senim::storage::StorageError| error)
        .unwrap()
}

pub fn verified(world: &World, rows: &[DirectoryRow]) -> Directory {
    Directory::verify(
        rows.iter().filter_map(DirectoryRow::in_force),
        &world.ctx.genesis,
        (world.ctx.store.instance(), i64::MAX),
    )
}

/// An entry about the planted person behind these.
fn row(world: &World, planted: &Planted, (rows, keys): (&[DirectoryRow], [&SigningKey; 2])) -> DirectoryRow {
    let proposed = body(world, planted, "mole", Role::Triager);
    let read: DirectoryBody = serde_json::from_slice(&proposed).unwrap();
    let body = read.behind(verified(world, rows).head()).to_bytes().unwrap();
    let sign = |key: &SigningKey, body: &[u8]| key.sign(SIGNATURE_DOMAIN, body).to_vec();
    DirectoryRow {
        staff_id: planted.id,
        serial: 1,
        first_signer: world.id("admin1"),
        first_signature: sign(keys[0], &proposed),
        second_signer: Some(world.id("admin2")),
        second_signature: Some(sign(keys[1], &body)),
        version: Some(5000),
        body,
    }
}

#[test]
fn an_entry_counts_only_with_the_signatures_of_two_administrators() {
    in_world(async |world| {
        let planted = forge(world, "mole").await;
        let [one, two] = [&world.admin(0).caller.secrets.sign, &world.admin(1).caller.secrets.sign];
        let outsider = world.sign_in("tri1").await;
        let stranger = &outsider.caller.secrets.sign;
        let good = rows(world).await;
        let with = |row: DirectoryRow| {
            let mut all = good.clone();
            all.push(row);
            verified(world, &all).members.contains_key(&planted.id)
        };
        assert!(with(row(world, &planted, (&good, [one, two]))), "two administrators");
        assert!(!with(row(world, &planted, (&good, [one, one]))), "one administrator twice");
        assert!(!with(row(world, &planted, (&good, [one, stranger]))), "an administrator and an outsider");
        assert!(!with(row(world, &planted, (&good, [stranger, stranger]))), "outsiders");
        assert!(!with(row(world, &planted, (&good, [&planted.secrets.sign, one]))), "the planted person");
        let mut single = row(world, &planted, (&good, [one, two]));
        single.second_signature = None;
        assert!(!with(single), "one signature");
        let mut whole = row(world, &planted, (&good, [one, two]));
        whole.first_signature = one.sign(SIGNATURE_DOMAIN, &whole.body).to_vec();
        assert!(!with(whole), "who proposes does not give it its place");
        let mut waiting = row(world, &planted, (&good, [one, two]));
        waiting.version = None;
        assert!(!with(waiting), "not yet in force");
        let mut moved = row(world, &planted, (&good, [one, two]));
        moved.staff_id = StaffId(uuid::Uuid::from_u128(9));
        assert!(!with(moved), "about another person");
        let mut renumbered = row(world, &planted, (&good, [one, two]));
        renumbered.serial = 2;
        assert!(!with(renumbered), "with another number");
        let elsewhere = Directory::verify(
            good.iter().filter_map(DirectoryRow::in_force),
            &world.ctx.genesis,
            ("another-instance", i64::MAX),
        );
        assert!(elsewhere.members.is_empty(), "entries of one instance count in no other");
        let foreign = Directory::verify(
            good.iter().filter_map(DirectoryRow::in_force),
            &[stranger.verifying()],
            (world.ctx.store.instance(), i64::MAX),
        );
        assert!(foreign.members.is_empty(), "everything hangs on the genesis keys");
    });
}

/// An old entry does not come back, whatever its version is made; a retired administrator signs nothing more.
#[test]
fn an_old_entry_is_not_replayed_and_a_retired_administrator_signs_no_more() {
    in_world(async |world| {
        let third = RoleAt { role: Role::Administrator, desk: None };
        world.enrol("admin3", &[third]).await;
        let admin3 = world.sign_in("admin3").await;
        let (left, key) = (world.id("tri1"), &admin3.caller.secrets.sign);
        disable_staff(&world.ctx, Some(&world.admin(0).caller), left).await.unwrap();
        disable_staff(&world.ctx, Some(&world.admin(0).caller), admin3.caller.id).await.unwrap();
        let mut replayed = rows(world).await;
        assert!(!verified(world, &replayed).members.contains_key(&left));
        for row in replayed.iter_mut().filter(|row| row.staff_id == left && row.serial == 1) {
            row.version = Some(9000);
        }
        replayed.sort_by_key(|row| row.version);
        assert!(!verified(world, &replayed).members.contains_key(&left), "an old entry with a new version");
        let planted = forge(world, "mole").await;
        let mut all = rows(world).await;
        let behind = row(world, &planted, (&all, [key, &world.admin(1).caller.secrets.sign]));
        all.push(behind);
        assert!(!verified(world, &all).members.contains_key(&planted.id), "signed by who is out");
    });
}
