//! Facts as they are sent and as they are sealed.

use super::*;
use crate::domain::case::raw_facts::RawFacts;
use crate::domain::report::UnknownFormat;
use crate::domain::text::TextLimits;

/// Reads facts from a JSON object.
fn raw(json: &str) -> RawFacts {
    serde_json::from_str(json).unwrap()
}

#[test]
fn facts_are_read_from_json_and_forms_alike() {
    let id = staff(5);
    let json = raw(&format!(
        r#"{{"evidence_verified":true,"reminders":3,"actions":["a","b"],"investigators":["{id}"],"plan":null,"outcome":""}}"#
    ));
    let mut form = RawFacts::default();
    form.evidence_verified = Some("on".to_owned());
    form.reminders = Some(" 3 ".to_owned());
    form.actions = Some("a\r\n\r\n b ".to_owned());
    form.investigators = Some(format!("{id}\r\n"));
    let facts = json.parse(TextLimits::default()).unwrap();
    assert_eq!(facts, form.parse(TextLimits::default()).unwrap());
    assert!(facts.evidence_verified && facts.outcome.is_none());
    assert_eq!((facts.reminders, facts.investigators), (Some(3), vec![id]));
    assert!(matches!(facts.actions, Some(Actions::Listed(list)) if list.len() == 2));
    assert_eq!(
        raw(r#"{"actions":"none"}"#).parse(TextLimits::default()).unwrap().actions,
        Some(Actions::None)
    );
}

#[test]
fn unreadable_facts_are_named_all_at_once() {
    let many = vec!["x"; MOST_ENTRIES + 1].join("\\n");
    let json = raw(&format!(
        r#"{{"reason_code":"nope","reasons":"{}","evidence_verified":"maybe","expected_on":"soon","lead":"x","actions":"{many}"}}"#,
        "r".repeat(11)
    ));
    let limits = TextLimits { staff: 10, ..TextLimits::default() };
    let told: Vec<_> = json.parse(limits).unwrap_err().iter().map(|e| (e.field, e.code, e.max)).collect();
    assert_eq!(
        told,
        [
            ("reason_code", FieldError::UNKNOWN, None),
            ("reasons", FieldError::TOO_LONG, Some(10)),
            ("evidence_verified", FieldError::UNKNOWN, None),
            ("actions", FieldError::TOO_LONG, Some(50)),
            ("expected_on", FieldError::UNKNOWN, None),
            ("lead", FieldError::UNKNOWN, None),
        ]
    );
}

#[test]
fn what_jobs_state_cannot_be_sent() {
    for field in ["checkins_done", "retention_due", "no_hold"] {
        assert!(!RawFacts::FIELDS.contains(&field));
    }
    let facts = raw(r#"{"checkins_done":true,"retention_due":true,"no_hold":true}"#)
        .parse(TextLimits::default())
        .unwrap();
    assert_eq!(facts, StepFacts::default());
}

#[test]
fn every_fact_reads_back_from_its_sealed_form() {
    for row in TRANSITIONS {
        let mut facts = enough(row);
        facts.silence_reason = Reasons::parse("Quiet,\nplease.", 100).ok();
        (facts.checkins_done, facts.retention_due, facts.no_hold) = (false, false, false);
        assert_eq!(StepFacts::from_sealed_json(&facts.to_sealed_json()), Ok(facts));
    }
    for bytes in [&b""[..], b"{}", b"{\"v\":2,\"facts\":{}}", b"{\"v\":1,\"facts\":{\"lead\":\"x\"}}"] {
        assert_eq!(StepFacts::from_sealed_json(bytes), Err(UnknownFormat));
    }
}

#[test]
fn the_sealed_form_is_pinned() {
    let facts = StepFacts {
        reason_code: Some(ReasonCode::Minor),
        reasons: Reasons::parse("Small.", 10).ok(),
        reporter_asked: true,
        ..StepFacts::default()
    };
    let expected = r#"{"v":1,"facts":{"reason_code":"minor","reasons":"Small.","reporter_asked":"yes"}}"#;
    assert_eq!(std::str::from_utf8(&facts.to_sealed_json()).unwrap(), expected);
    assert_eq!(facts.codes(), [("reason_code", "minor")]);
}

#[test]
fn facts_do_not_print_words() {
    let row = find(Status::FindingsReview, Step::Decide).unwrap();
    let facts = StepFacts { reasons: Reasons::parse("planted", 10).ok(), ..enough(row) };
    assert!(!format!("{facts:?}").contains("planted"));
}
