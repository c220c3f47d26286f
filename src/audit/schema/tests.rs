//! Entries as they are written pass; whatever is put into one, taken out or changed is found.

use jiff::{Timestamp, civil::date};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    audit::{
        entry::{By, Draft, Head, ObjectKind, When, Writer},
        rhythm::Rhythm,
    },
    crypto::{secret::Secret, sign::SigningKey},
};

const WRITER: Writer<'_> = Writer { node: "server", rhythm: Rhythm::PLAIN };

fn of_reporter() -> Value {
    let draft = Draft::new(Act::ReportReceived, By::Reporter, When::Day(date(2026, 9, 21)))
        .and(Act::AckSent)
        .moved(None, Status::Received.code())
        .code("category", "bribery")
        .code("mode", "anonymous")
        .code("notice", "0123456789abcdef")
        .code("profile", "kz/1");
    let head = Head::new(ObjectKind::Case, Uuid::from_bytes([0x11; 16]));
    serde_json::from_slice(&draft.seal(&head, &WRITER, [0x22; 32]).unwrap().body).unwrap()
}

fn of_staff() -> Value {
    let key = SigningKey::from_seed(&Secret::new([7; 32]));
    let by = By::Staff { alias: [1; 8], role: "lead" };
    let at = When::At(Timestamp::from_second(1_790_001_763).unwrap());
    let draft = Draft::new(Act::ApprovalGiven, by, at)
        .and(Act::StateChanged)
        .moved(Some("triage"), "rejected")
        .code("step", "reject")
        .code("reason_code", "no_substance")
        .answering([3; 32])
        .signed_by(&key);
    let head = Head { n: 6, commitment: Some([4; 32]), ..Head::new(ObjectKind::Case, Uuid::nil()) };
    serde_json::from_slice(&draft.seal(&head, &WRITER, [0x22; 32]).unwrap().body).unwrap()
}

fn of_system() -> Value {
    let at = When::At(Timestamp::from_second(1_790_001_763).unwrap());
    let draft = Draft::new(Act::LogHeadmap, By::System, at).committing("heads", [5; 32]);
    let head = Head { n: 6, commitment: Some([4; 32]), ..Head::new(ObjectKind::Log, Uuid::nil()) };
    serde_json::from_slice(&draft.seal(&head, &WRITER, [0x22; 32]).unwrap().body).unwrap()
}

fn faults_of(entry: &Value) -> Vec<SchemaFault> {
    faults(&serde_json_canonicalizer::to_vec(entry).unwrap())
}

/// The faults of an entry in which the value at this path is another, or is gone where it is null.
fn with(mut entry: Value, path: &[&str], value: Value) -> Vec<SchemaFault> {
    let (name, way) = path.split_last().unwrap();
    let mut object = entry.as_object_mut().unwrap();
    for step in way {
        object = object[*step].as_object_mut().unwrap();
    }
    if value.is_null() {
        object.remove(*name);
    } else {
        object.insert((*name).to_owned(), value);
    }
    faults_of(&entry)
}

#[test]
fn entries_as_they_are_written_have_no_fault() {
    assert_eq!(faults_of(&of_reporter()), []);
    assert_eq!(faults_of(&of_staff()), []);
    assert_eq!(faults_of(&of_system()), []);
}

fn of_enrolment() -> Value {
    let key = SigningKey::from_seed(&Secret::new([7; 32]));
    let by = By::Staff { alias: [1; 8], role: "administrator" };
    let at = When::At(Timestamp::from_second(1_790_001_763).unwrap());
    let draft = Draft::new(Act::DirectorySigned, by, at)
        .committing("directory", [5; 32])
        .enrolling([2; 8], [6; 32])
        .signed_by(&key);
    let head = Head { n: 6, commitment: Some([4; 32]), ..Head::new(ObjectKind::Staff, Uuid::nil()) };
    serde_json::from_slice(&draft.seal(&head, &WRITER, [0x22; 32]).unwrap().body).unwrap()
}

/// Each commitment stands with its act, always, and nowhere else.
#[test]
fn what_is_committed_to_goes_by_the_acts() {
    let entry = of_enrolment();
    assert_eq!(faults_of(&entry), []);
    let (missing, misplaced) = (
        |name: &str| [SchemaFault::Missing(name.to_owned())],
        |name: &str| SchemaFault::Misplaced(name.to_owned()),
    );
    for path in [&["alias"][..], &["cm"], &["cm", "directory"], &["cm", "identity"]] {
        let mut found = with(entry.clone(), path, Value::Null);
        found.retain(|fault| !matches!(fault, SchemaFault::Needed(..)));
        assert_eq!(found, missing(&path.join(".")), "{path:?}");
    }
    assert_eq!(with(entry.clone(), &["cm", "heads"], json!("a".repeat(64))), [misplaced("cm.heads")]);
    assert_eq!(with(entry.clone(), &["alias"], json!("Aigul")), [SchemaFault::Shape("alias".to_owned())]);
    let retired = with(entry.clone(), &["acts"], json!(["actor.retired"]));
    assert_eq!(retired, [misplaced("alias"), misplaced("cm.identity")], "a retirement enrols nobody");
    let mut alone = entry;
    for name in ["alias", "cm"] {
        alone.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(
        with(alone, &["acts"], json!(["actor.retired"])),
        [],
        "the operator retires without a signature"
    );
    assert_eq!(with(of_staff(), &["alias"], json!("02".repeat(8))), [misplaced("alias")]);
}

#[test]
fn an_epoch_is_never_told_of_a_reporter_and_commitments_are_of_the_system() {
    assert_eq!(of_staff()["epoch"], json!(1_790_001_763 / 900));
    let misplaced = |name: &str| [SchemaFault::Misplaced(name.to_owned())];
    assert_eq!(with(of_reporter(), &["epoch"], json!(7)), misplaced("epoch"));
    assert_eq!(with(of_staff(), &["epoch"], Value::Null), [SchemaFault::Missing("epoch".to_owned())]);
    let heads = json!({"heads": "a".repeat(64)});
    assert_eq!(with(of_reporter(), &["cm"], heads.clone()), misplaced("cm"));
    assert_eq!(with(of_staff(), &["cm"], heads), misplaced("cm"));
    assert_eq!(with(of_system(), &["cm", "note"], json!("a")), [SchemaFault::Unknown("cm.note".to_owned())]);
}

#[test]
fn what_tells_of_a_reporter_is_refused_in_every_place() {
    let misplaced = |name: &str| vec![SchemaFault::Misplaced(name.to_owned())];
    assert_eq!(with(of_reporter(), &["at"], json!(1_790_001_763)), misplaced("at"));
    assert_eq!(with(of_reporter(), &["node"], json!("server")), misplaced("node"));
    assert_eq!(with(of_reporter(), &["sig"], json!("0".repeat(128))), misplaced("sig"));
    assert_eq!(with(of_reporter(), &["by", "id"], json!("0101010101010101")), misplaced("by.id"));
    assert_eq!(with(of_reporter(), &["by", "role"], json!("triager")), misplaced("by.role"));
    assert_eq!(with(of_staff(), &["day"], json!("2026-09-21")), misplaced("day"));
    for name in ["ip", "agent", "session", "receipt", "language", "text"] {
        let unknown = |path: &str| vec![SchemaFault::Unknown(path.to_owned())];
        assert_eq!(with(of_reporter(), &[name], json!("x")), unknown(name));
        assert_eq!(with(of_reporter(), &["by", name], json!("x")), unknown(&format!("by.{name}")));
        assert_eq!(with(of_reporter(), &["obj", name], json!("x")), unknown(&format!("obj.{name}")));
        assert_eq!(with(of_reporter(), &["codes", name], json!("x")), unknown(&format!("codes.{name}")));
    }
}

#[test]
fn every_value_outside_its_shape_is_found() {
    let cases: &[(&[&str], &[Value])] = &[
        (&["r"], &[json!("22"), json!("G".repeat(64)), json!("A".repeat(64)), json!(22), json!(["22"])]),
        (&["v"], &[json!(2), json!("1"), json!(true)]),
        (&["n"], &[json!(0), json!(-1), json!(1.5), json!(0x8000_0000_u32)]),
        (&["at"], &[json!(-1), json!(1_u64 << 53), json!("2026-09-21"), json!(1.5)]),
        (&["node"], &[json!(""), json!("10.0.0.1"), json!("Server"), json!("n".repeat(33))]),
        (&["prev"], &[json!("04"), json!({})]),
        (&["sig"], &[json!("00")]),
        (&["ok"], &[json!([]), json!("03"), json!(["03"]), json!(["03".repeat(32), "03".repeat(32)])]),
        (&["from"], &[json!("nowhere"), json!("Triage")]),
        (&["to"], &[json!("")]),
        (&["obj"], &[json!("case"), json!({}), json!([])]),
        (&["obj", "k"], &[json!("reporter")]),
        (&["obj", "id"], &[json!("00000000-0000-0000-0000-000000000000")]),
        (&["by", "k"], &[json!("operator")]),
        (&["by", "role"], &[json!("king")]),
        (&["codes"], &[json!({}), json!("reject")]),
        (&["codes", "step"], &[json!("vanish"), json!(7)]),
        (&["codes", "reason_code"], &[json!("He took 500 tenge.")]),
        (
            &["codes", "profile"],
            &[json!("kz/"), json!("kz/0"), json!("kz/01"), json!("xx/1"), json!("kz/+1")],
        ),
    ];
    for (path, values) in cases {
        for value in *values {
            let found = with(of_staff(), path, value.clone());
            let named = path.join(".");
            let told = |fault: &SchemaFault| matches!(fault, SchemaFault::Shape(at) if *at == named);
            assert!(found.iter().any(told), "{named} = {value}: {found:?}");
        }
    }
    for bad in ["2026-9-21", "2026-02-30", "2026-09-21T00:00:00", "20260921"] {
        let found = with(of_reporter(), &["day"], json!(bad));
        assert_eq!(found, [SchemaFault::Shape("day".to_owned())], "{bad}");
    }
}

#[test]
fn every_member_that_must_stand_is_missed() {
    let missing = |name: &str| SchemaFault::Missing(name.to_owned());
    for name in ["v", "r", "acts", "n", "obj", "oecd", "by", "at", "node", "prev", "to"] {
        assert!(with(of_staff(), &[name], Value::Null).contains(&missing(name)), "{name}");
    }
    for (of, name) in [("by", "id"), ("by", "role"), ("by", "k"), ("obj", "id"), ("obj", "k")] {
        assert!(with(of_staff(), &[of, name], Value::Null).contains(&missing(&format!("{of}.{name}"))));
    }
    assert_eq!(with(of_reporter(), &["day"], Value::Null), [missing("day")]);
    for (name, need) in [("codes", "codes.step"), ("ok", "ok"), ("sig", "sig"), ("from", "from")] {
        let found = with(of_staff(), &[name], Value::Null);
        let by_an_act =
            |fault: &SchemaFault| matches!(fault, SchemaFault::Needed(_, member) if *member == need);
        assert!(!found.is_empty() && found.iter().all(by_an_act), "{name}: {found:?}");
    }
}

#[test]
fn acts_and_their_clauses_are_closed() {
    let unknown = with(of_staff(), &["acts"], json!(["approval.given", "state.changed", "approval.bought"]));
    assert_eq!(unknown, [SchemaFault::Shape("acts".to_owned())]);
    assert!(with(of_staff(), &["acts"], json!([])).contains(&SchemaFault::Shape("acts".to_owned())));
    for wrong in [json!(["9b"]), json!(["11a", "9b"]), json!("11a")] {
        assert!(with(of_staff(), &["oecd"], wrong).contains(&SchemaFault::Clauses));
    }
    let order = with(of_reporter(), &["oecd"], json!(["9a", "9b", "9c", "12b"]));
    assert_eq!(order, [SchemaFault::Clauses], "they are sorted");
}

#[test]
fn only_canonical_bytes_are_good() {
    let good = serde_json_canonicalizer::to_string(&of_reporter()).unwrap();
    assert_eq!(faults(good.as_bytes()), []);
    let bad = [
        good.replacen(':', ": ", 1),
        format!("{good}\n"),
        good.replacen("\"v\":1", "\"v\":1,\"v\":1", 1),
        good.replacen("\"v\":1", "\"v\":1.0", 1),
        good.replacen("bribery", "\\u0062ribery", 1),
        good.replacen("{\"acts\":[\"report.received\",\"ack.sent\"],", "{", 1).replacen(
            "\"v\":1",
            "\"v\":1,\"acts\":[\"report.received\",\"ack.sent\"]",
            1,
        ),
    ];
    for bytes in bad {
        assert_ne!(bytes, good);
        assert!(faults(bytes.as_bytes()).contains(&SchemaFault::NotCanonical), "{bytes}");
    }
    for bytes in ["", "[]", "null", "{", "\"text\""] {
        assert_eq!(faults(bytes.as_bytes()), [SchemaFault::NotAnObject], "{bytes}");
    }
    let long = vec![b' '; MAX_BYTES + 1];
    assert_eq!(faults(&long), [SchemaFault::TooLong(MAX_BYTES + 1)]);
}
