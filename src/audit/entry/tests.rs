//! Entries as they are sealed.

use jiff::civil::date;

use super::*;

const WRITER: Writer<'_> = Writer { node: "a", rhythm: Rhythm::PLAIN };

fn draft() -> Draft<'static> {
    Draft::new(Act::ReportReceived, By::Reporter, When::Day(date(2026, 9, 21))).moved(None, "received")
}

#[test]
fn canonical_bytes_of_a_reporters_entry_are_pinned() {
    let head = Head::new(ObjectKind::Case, Uuid::from_bytes([0x11; 16]));
    let entry = draft().code("profile", "kz/1").seal(&head, &WRITER, [0x22; 32]).unwrap();
    let expected = format!(
        concat!(
            r#"{{"acts":["report.received"],"by":{{"k":"reporter"}},"codes":{{"profile":"kz/1"}},"#,
            r#""day":"2026-09-21","n":1,"obj":{{"id":"{}","k":"case"}},"oecd":["12b","9b","9c"],"#,
            r#""r":"{}","to":"received","v":1}}"#
        ),
        "11".repeat(16),
        "22".repeat(32)
    );
    assert_eq!(String::from_utf8(entry.body).unwrap(), expected);
}

#[test]
fn text_that_a_person_typed_is_refused() {
    let head = Head::new(ObjectKind::Case, Uuid::nil());
    for open in ["He took 500", "", "ПАРА", &"a".repeat(65)] {
        let sealed = draft().code("reason", open).seal(&head, &WRITER, [0; 32]);
        assert!(matches!(sealed, Err(EntryError::OpenCode("reason"))), "{open}");
    }
}

#[test]
fn a_reporters_entry_tells_no_time_and_no_node() {
    let head = Head::new(ObjectKind::Case, Uuid::nil());
    let entry = draft().seal(&head, &Writer { node: "node-7", ..WRITER }, [0; 32]).unwrap();
    let body: Value = serde_json::from_slice(&entry.body).unwrap();
    assert!(body.get("at").is_none() && body.get("node").is_none() && body.get("epoch").is_none());
}

#[test]
fn a_signed_entry_verifies_without_its_signature_member() {
    let key = SigningKey::from_seed(&crate::crypto::secret::Secret::new([7; 32]));
    let head = Head::new(ObjectKind::Case, Uuid::nil());
    let by = By::Staff { alias: [1; 8], role: "triager" };
    let at = When::At(Timestamp::from_second(1_790_001_763).unwrap());
    let entry = Draft::new(Act::CoiAttested, by, at).signed_by(&key).seal(&head, &WRITER, [0; 32]).unwrap();
    let mut body: Map<String, Value> = serde_json::from_slice(&entry.body).unwrap();
    let signature = body.remove("sig").unwrap();
    let unsigned = serde_json_canonicalizer::to_vec(&body).unwrap();
    assert_eq!(signature, json!(hex(&key.sign(SIGNATURE_DOMAIN, &unsigned))));
}
