//! Whoever has the database, the configuration and the server's secrets has no content (DESIGN section 1, the first
//! two rows). Strings are planted through every input and searched for in everything; then everything that looks like
//! a key is tried on everything that is sealed; then a receipt, a password and the recovery sheets open it.

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};
use senim::{
    crypto::{
        envelope::{self, ContentKey},
        epoch::{EpochKeys, EpochSeed},
        kem::KemSecret,
        place::Place,
        receipt::Receipt,
        secret::{Secret, SecretText},
        server_keys::ServerKeys,
        session::{SessionSecret, open_session},
        staff_keys::StaffSecrets,
    },
    domain::{
        case::{status::Status, step::Step},
        ids::CaseId,
    },
    usecases::resume_session::resume_session,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::bytes,
    facts::{enough, with},
    grants::wrap_place,
    people::{ReporterActor, StaffActor},
    world::{World, in_world, password_of},
};

/// Stands in every text that anybody writes, in two alphabets.
pub const CANARIES: [&str; 2] = ["zqkanareika", "құпиясөз"];

fn planted(what: &str) -> String {
    format!("{} {what} {}", CANARIES[0], CANARIES[1])
}

/// A case into which something was written by every input there is; sessions are left open.
pub struct Full {
    pub reporter: ReporterActor,
    pub staff: Vec<StaffActor>,
}

/// Makes one.
pub async fn fill(world: &World) -> Full {
    let answers =
        json!({"when": planted("when"), "where": planted("where"), "risk": "high", "evidence": "yes"});
    let reporter = world.submit_report(world.report_with(&planted("narrative"), answers)).await;
    let case = reporter.case;
    let (triager, lead) = (world.sign_in("tri1").await, world.sign_in("inv1").await);
    let (one, two) = (world.sign_in("rev1").await, world.sign_in("rev2").await);
    let mark = planted("step");
    let given = async |step| enough(world.status(case).await, step, lead.id(), &mark);
    triager.attest(case).await;
    triager.take(case, Step::Open, json!({})).await;
    triager.take(case, Step::Ask, given(Step::Ask).await).await;
    reporter.write(&planted("answer")).await.unwrap();
    triager.note(case, &planted("note")).await.unwrap();
    triager.write(case, &planted("letter")).await.unwrap();
    let refused = triager.propose(case, Step::Reject, given(Step::Reject).await).await;
    two.attest(case).await;
    two.refuse(refused, &planted("refusal")).await.unwrap();
    let plan = with(given(Step::Assign).await, json!({"protection_plan": planted("protection")}));
    triager.take(case, Step::Assign, plan).await;
    lead.attest(case).await;
    one.attest(case).await;
    let start = lead.propose(case, Step::Start, given(Step::Start).await).await;
    one.approve(start).await.unwrap();
    let silent = with(given(Step::Pause).await, json!({"silence_reason": planted("silence")}));
    two.approve(lead.propose(case, Step::Pause, silent).await).await.unwrap();
    lead.take(case, Step::Resume, json!({})).await;
    lead.take(case, Step::Submit, given(Step::Submit).await).await;
    two.approve(one.propose(case, Step::Decide, given(Step::Decide).await).await).await.unwrap();
    lead.carry_out(case, &two, &planted("evidence")).await;
    lead.propose(case, Step::Complete, given(Step::Complete).await).await;
    assert_eq!(world.status(case).await, Status::Remediation);
    Full { reporter, staff: vec![triager, lead, one, two] }
}

/// The ways in which a text could stand somewhere: as it is, hexadecimal, base64 at any place in it, UTF-16.
pub fn disguises(text: &str) -> Vec<String> {
    let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut all = vec![text.to_owned(), text.to_uppercase(), text.to_lowercase()];
    for encoded in [text.as_bytes().to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        all.push(HEXLOWER.encode(&encoded));
        for shift in 0..3 {
            let shifted = [vec![0; shift], encoded.clone()].concat();
            let base = BASE64.encode(&shifted);
            // The first and the last group depend on what stands around.
            all.push(base[4..base.len() - 4].to_owned());
        }
    }
    let inner: Vec<String> = all.iter().map(|form| HEXLOWER.encode(form.as_bytes())).collect();
    all.into_iter().chain(inner).filter(|form| form.len() >= 8).collect()
}

/// What nobody may find: planted words and the receipt, in every disguise; passwords, second factors, the keys of people
/// and the tokens of sessions, as text and as bytes.
fn secrets(world: &World, full: &Full) -> Vec<String> {
    let bare = full.reporter.receipt.replace('-', "");
    let words = CANARIES.iter().copied().chain([full.reporter.receipt.as_str(), bare.as_str()]);
    let mut all: Vec<String> = words.flat_map(disguises).collect();
    for (password, totp) in world.secrets_of_people() {
        let raw = BASE32_NOPAD.decode(totp.as_bytes()).unwrap();
        all.extend([HEXLOWER.encode(password.as_bytes()), HEXLOWER.encode(totp.as_bytes())]);
        all.extend([password, HEXLOWER.encode(&raw), BASE64.encode(&raw), totp]);
    }
    let receipt = Receipt::parse(&full.reporter.receipt).unwrap();
    all.push(HEXLOWER.encode(receipt.entropy().expose()));
    for actor in &full.staff {
        all.push(HEXLOWER.encode(actor.caller.secrets.to_bytes().expose()));
        all.extend(actor.token.expose().split('.').skip(1).map(str::to_owned));
    }
    all
}

/// Everything a thief has, as one text: every row of every table, and the configuration with its secrets.
async fn loot(world: &World) -> String {
    let mut all = String::new();
    for (table, lines) in world.db.dump().await {
        all.push_str(&format!("{table}\n{}\n", lines.join("\n")));
    }
    let keys = &world.config.keys;
    all.push_str(&HEXLOWER.encode(keys.server_key.expose()));
    all.push_str(&HEXLOWER.encode(keys.pepper.expose()));
    all.push_str(&format!("{:?}", world.config));
    all
}

#[test]
fn no_planted_string_and_no_secret_stands_in_the_database_or_the_configuration() {
    in_world(async |world| {
        let full = fill(world).await;
        let text = full.staff[0].read(full.reporter.case).await;
        for what in
            ["narrative", "when", "where", "answer", "note", "letter", "refusal", "protection", "silence"]
        {
            assert!(text.contains(&planted(what)), "{what} was really planted");
        }
        let loot = loot(world).await;
        assert!(loot.contains(&full.reporter.reference), "the search works");
        assert!(loot.contains(&HEXLOWER.encode(b"\"acts\"")), "also inside of bytes");
        for secret in secrets(world, &full) {
            assert!(!loot.contains(&secret), "found: {secret}");
        }
    });
}

/// The sealed values of a database and the rows around them.
struct Sealed {
    items: Vec<Value>,
    wraps: Vec<Value>,
    staff: Vec<Value>,
    sessions: Vec<Value>,
}

async fn sealed(world: &World) -> Sealed {
    let mut owner = world.owner().await;
    Sealed {
        items: owner.rows("select id, case_id, epoch, sealed from case_items where sealed is not null").await,
        wraps: owner.rows("select case_id, epoch, holder_kind, holder_id, sealed from case_wraps").await,
        staff: owner.rows("select id, login, salt, sealed_secrets, sealed_totp from staff").await,
        sessions: owner.rows("select id, sealed from sessions").await,
    }
}

fn id(row: &Value, column: &str) -> Uuid {
    row[column].as_str().unwrap().parse().unwrap()
}

/// Whatever is 32 bytes long, or a part of something longer, might be a key: all of the server's secrets, and of every
/// `bytea` of every row. The first list is short: whole values only.
fn candidates(world: &World, loot: &str) -> (Vec<[u8; 32]>, Vec<[u8; 32]>) {
    let keys = ServerKeys::derive(&world.config.keys.server_key);
    let own =
        [&world.config.keys.server_key, &world.config.keys.pepper, &keys.jwt, &keys.session, &keys.form];
    let mut whole: Vec<[u8; 32]> =
        own.iter().chain(&[&keys.inbox, &keys.csrf]).map(|key| *key.expose()).collect();
    let mut parts = Vec::new();
    for value in loot.split("\\x").skip(1) {
        let hex: String = value.chars().take_while(char::is_ascii_hexdigit).collect();
        let Ok(value) = HEXLOWER.decode(&hex.as_bytes()[..hex.len() / 2 * 2]) else { continue };
        whole.extend(<[u8; 32]>::try_from(value.as_slice()));
        // A short value at every offset; a long one in pieces, counted from its beginning and from behind its header.
        let step = if value.len() <= 80 { 1 } else { 32 };
        for start in [0, 2] {
            let pieces = value.get(start..).unwrap_or_default().windows(32).step_by(step);
            parts.extend(pieces.map(|part| <[u8; 32]>::try_from(part).unwrap()));
        }
    }
    for list in [&mut whole, &mut parts] {
        list.sort_unstable();
        list.dedup();
    }
    (whole, parts)
}

/// Everything that is sealed under a symmetric key, with its place; sessions apart, whose key has two halves.
struct Locks {
    plain: Vec<(Place, Vec<u8>)>,
    sessions: Vec<(Place, Vec<u8>)>,
}

fn locks(world: &World, all: &Sealed) -> Locks {
    let lock = |table, column, row: &Value| {
        (world.ctx.store.place(table, id(row, "id").as_bytes(), column), bytes(&row[column]))
    };
    let mut plain: Vec<_> = all.items.iter().map(|row| lock("case_items", "sealed", row)).collect();
    plain.extend(all.staff.iter().map(|row| lock("staff", "sealed_secrets", row)));
    plain.extend(all.staff.iter().map(|row| lock("staff", "sealed_totp", row)));
    let sessions: Vec<_> = all.sessions.iter().map(|row| lock("sessions", "sealed", row)).collect();
    plain.extend(sessions.iter().cloned());
    Locks { plain, sessions }
}

/// Tries a key on all of them.
fn opens_content(world: &World, locks: &Locks, key: &[u8; 32]) -> bool {
    let content = ContentKey::new(Secret::new(*key));
    let half = SessionSecret::parse(Secret::new(*key).to_base64url().expose()).unwrap();
    let server = &world.ctx.keys.session;
    locks.plain.iter().any(|(place, sealed)| envelope::open(&content, place, sealed).is_ok())
        || locks.sessions.iter().any(|(place, sealed)| open_session(server, &half, place, sealed).is_ok())
}

/// Tries a seed on whatever is sealed to a public key.
fn opens_wraps(world: &World, all: &Sealed, seed: &[u8; 32]) -> bool {
    let secret = KemSecret::from_seed(Secret::new(*seed));
    all.wraps.iter().any(|row| unwrap(world, row, &secret).is_some())
}

fn unwrap(world: &World, row: &Value, secret: &KemSecret) -> Option<EpochSeed> {
    let epoch = i32::try_from(row["epoch"].as_i64().unwrap()).unwrap();
    let place = wrap_place(&world.ctx, CaseId(id(row, "case_id")), epoch, id(row, "holder_id"));
    EpochSeed::unwrap_with(secret, &place, &bytes(&row["sealed"])).ok()
}

/// Everything that a holder's secret key opens.
fn read_with(world: &World, all: &Sealed, kind: &str, secret: &KemSecret) -> String {
    let mut text = String::new();
    for wrap in all.wraps.iter().filter(|wrap| wrap["holder_kind"] == kind) {
        let Some(seed) = unwrap(world, wrap, secret) else { continue };
        let keys = EpochKeys::from_seed(&seed);
        let same = |item: &&Value| item["case_id"] == wrap["case_id"] && item["epoch"] == wrap["epoch"];
        for item in all.items.iter().filter(same) {
            let place = world.ctx.store.place("case_items", id(item, "id").as_bytes(), "sealed");
            let opened = keys.open(&place, &bytes(&item["sealed"])).unwrap();
            text.push_str(&String::from_utf8_lossy(opened.expose()));
        }
    }
    text
}

#[test]
fn nothing_the_thief_has_opens_anything() {
    in_world(async |world| {
        let full = fill(world).await;
        let (loot, all) = (loot(world).await, sealed(world).await);
        assert!(all.items.len() > 15 && all.wraps.len() > 5 && !all.sessions.is_empty());
        let (whole, parts) = candidates(world, &loot);
        let locks = locks(world, &all);
        assert!(whole.len() > 50 && parts.len() > 2000, "{} {}", whole.len(), parts.len());
        for key in &parts {
            assert!(!opens_content(world, &locks, key), "{}", HEXLOWER.encode(key));
        }
        for key in whole.iter() {
            assert!(
                !opens_content(world, &locks, key) && !opens_wraps(world, &all, key),
                "{}",
                HEXLOWER.encode(key)
            );
        }
        for row in &all.staff {
            let login = row["login"].as_str().unwrap();
            for guess in ["", login, "password"] {
                let salt = bytes(&row["salt"]).try_into().unwrap();
                let password = SecretText::from(guess.to_owned());
                let keys = world.ctx.passwords.derive(password, salt).await.unwrap();
                let place = world.ctx.store.place("staff", id(row, "id").as_bytes(), "sealed_secrets");
                assert!(StaffSecrets::open(&keys.sealing, &place, &bytes(&row["sealed_secrets"])).is_err());
            }
        }
        drop(full);
    });
}

#[test]
fn a_receipt_a_password_and_the_recovery_key_open_the_same_rows() {
    in_world(async |world| {
        let full = fill(world).await;
        let all = sealed(world).await;
        let everything = ["narrative", "answer", "note", "letter", "refusal", "protection"];
        let receipt = Receipt::parse(&full.reporter.receipt).unwrap();
        let (by_receipt, _) = receipt.key_pair(world.ctx.store.instance());
        let row = all.staff.iter().find(|row| row["login"] == "tri1").unwrap();
        let (salt, place) = (bytes(&row["salt"]).try_into().unwrap(), id(row, "id"));
        let password = SecretText::from(password_of("tri1"));
        let keys = world.ctx.passwords.derive(password, salt).await.unwrap();
        let place = world.ctx.store.place("staff", place.as_bytes(), "sealed_secrets");
        let by_password = StaffSecrets::open(&keys.sealing, &place, &bytes(&row["sealed_secrets"])).unwrap();
        let ways = [("reporter", &by_receipt), ("staff", &by_password.kem), ("recovery", &world.recovery)];
        for (kind, secret) in ways {
            let text = read_with(world, &all, kind, secret);
            for what in everything {
                assert!(text.contains(&planted(what)), "{kind} reads the {what}");
            }
        }
        let stranger = world.sign_in("inv2").await;
        assert_eq!(read_with(world, &all, "staff", &stranger.caller.secrets.kem), "");
        let resumed = resume_session(&world.ctx, full.staff[0].token.expose()).await.unwrap();
        assert_eq!(resumed.id, full.staff[0].id());
    });
}

/// Sizes show only as classes: two reports of different length within a class are stored alike.
#[test]
fn lengths_show_only_as_classes() {
    in_world(async |world| {
        for length in [1, 40, 150] {
            world.submit(&"x".repeat(length)).await;
        }
        let sizes = "select distinct octet_length(sealed) as size from case_items where kind = 'report'";
        assert_eq!(world.owner().await.rows(sizes).await.len(), 1);
    });
}
