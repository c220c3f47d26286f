//! Acts that lack what the table of acts asks for, each found by the check of the schema.

use serde_json::{Map, Value, json};

use senim::audit::{
    act::Act,
    entry::{By, Draft, ObjectKind},
    verify::Outcome,
};

use crate::{
    attacks::{assert_finds, edited, found},
    ground::Log,
};

/// An act without what it needs, on a wrong object or by a wrong cause: the operator's own hand, with the real keys.
#[test]
fn acts_that_lack_what_they_need() {
    type Spoil = fn(&mut Map<String, Value>);
    let spoils: [(&str, Spoil); 3] = [
        ("`config.changed` needs `codes.what`", |entry| drop(entry.remove("codes"))),
        ("`config.changed` does not stand on this kind of object", |entry| {
            let id = entry["obj"]["id"].clone();
            drop(entry.insert("obj".to_owned(), json!({"id": id, "k": "desk"})));
        }),
        ("`config.changed` is not caused so", |entry| {
            drop(entry.insert("by".to_owned(), json!({"k": "timer"})));
        }),
    ];
    for (sentence, spoil) in spoils {
        let log = Log::lived();
        let mut bundle = log.bundle();
        bundle.entries[650] = edited(&bundle.entries[650], spoil);
        let bodies = bundle.entries.clone();
        log.publish(&mut bundle, &bodies);
        assert_finds(&bundle, &log, "schema", Some(650));
        let report = bundle.verified(&log.policy(), |_| {});
        assert!(found(&report, "schema").iter().any(|found| found.contains(sentence)), "{report:#?}");
    }
}

/// Given out for the system's, an act needs no signature; but the system neither decides nor looks.
#[test]
fn a_look_that_nobody_signed() {
    let mut log = Log::lived();
    let case = log.entries.iter().find(|entry| entry.place.kind == ObjectKind::Case).unwrap().place.id;
    let index = u64::try_from(log.entries.len()).unwrap();
    let unsigned = log.seal(case, ObjectKind::Case, |when| Draft::new(Act::ContentRead, By::System, when));
    log.entries.push(unsigned);
    let report = log.bundle().verified(&log.policy(), |_| {});
    assert!(
        report.checks.iter().any(|check| check.index == Some(index) && check.outcome == Outcome::Finding),
        "{report:#?}"
    );
    assert!(
        report.checks.iter().any(|check| check.sentence.contains("no member of staff signed it")),
        "{report:#?}"
    );
}
