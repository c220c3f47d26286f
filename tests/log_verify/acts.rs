//! Acts that lack what the table of acts asks for, each found by the check of the schema.

use jiff::{Timestamp, tz::TimeZone};
use senim::{
    audit::{
        act::Act,
        entry::{By, Draft, ObjectKind, When},
        verify::{Check, Outcome},
    },
    crypto::random::uuid_v4,
};
use serde_json::{Map, Value, json};

use crate::{
    attacks::{assert_finds, edited, found},
    ground::{BEGIN, Log},
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
        ("`log.genesis` is not caused so", |entry| {
            entry.insert("acts".to_owned(), json!(["log.genesis"]));
            entry.insert("oecd".to_owned(), json!(["12a"]));
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

/// What was refused is not approved later, and what was approved not a second time.
#[test]
fn attack_19_a_proposal_that_was_answered_before() {
    for first in [Act::ApprovalRefused, Act::ApprovalGiven] {
        let mut log = Log::lived();
        let case = log.entries[0].place.id;
        let made = log.staff(case, 0, |draft| draft.and(Act::ProposalMade).code("step", "reopen"));
        log.staff(case, 1, move |draft| draft.and(first).code("step", "reopen").answering(made));
        let reopened = u64::try_from(log.entries.len()).unwrap();
        log.staff(case, 1, move |draft| {
            let draft = draft.and(Act::ApprovalGiven).and(Act::StateChanged).code("step", "reopen");
            draft.moved(Some("rejected"), "triage").answering(made)
        });
        let report = log.bundle().verified(&log.policy(), |_| {});
        let told = report.checks.iter().find(|check| check.name == "histories");
        assert_eq!(told.map(|check| check.index), Some(Some(reopened)), "{report:#?}");
        assert!(found(&report, "histories")[0].contains("answers no open proposal"), "{report:#?}");
    }
}

/// No day is too long ago to be late.
#[test]
fn attack_09_a_report_of_a_day_before_all_counting() {
    let mut log = Log::new(1);
    let (case, instance) = (uuid_v4(&mut log.rng), uuid_v4(&mut log.rng));
    for _ in 0..310 {
        log.system(instance);
    }
    let received = log.seal(case, ObjectKind::Case, |_| {
        let day = When::Day(jiff::civil::date(1969, 12, 30));
        Draft::new(Act::ReportReceived, By::Reporter, day).moved(None, "received")
    });
    log.entries.push(received);
    assert_finds(&log.bundle(), &log, "times", Some(310));
}

/// A reporter's day is that of the place: it may have begun there before it begins by UTC, by no more than 14 hours.
#[test]
fn a_day_that_begins_early_in_the_east() {
    let of_tomorrow = |hour: i64| {
        let mut log = Log::new(1);
        let (case, instance) = (uuid_v4(&mut log.rng), uuid_v4(&mut log.rng));
        let today = Timestamp::from_second(BEGIN).unwrap().to_zoned(TimeZone::UTC).date();
        log.clock =
            today.at(0, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp().as_second() + hour * 3600;
        for _ in 0..310 {
            log.system(instance);
        }
        let received = log.seal(case, ObjectKind::Case, |_| {
            Draft::new(Act::ReportReceived, By::Reporter, When::Day(today.tomorrow().unwrap()))
                .moved(None, "received")
                .code("category", "bribery")
                .code("mode", "anonymous")
                .code("notice", "0123456789abcdef")
                .code("profile", "kz/1")
        });
        log.entries.push(received);
        let mut bundle = log.bundle();
        // Seen hours before.
        bundle.files.remove("checkpoints/300");
        let report = bundle.verified(&log.policy(), |_| {});
        let of_it = |check: &&Check| check.name == "times" && check.index == Some(310);
        report.checks.iter().filter(of_it).count()
    };
    for (hour, findings) in [(9, 1), (10, 0), (19, 0), (23, 0)] {
        assert_eq!(of_tomorrow(hour), findings, "{hour}");
    }
}

/// A reporter who writes twice on one day: each entry enters at its own moment of the day after, the second one perhaps
/// first. And a report of a day that has begun only in the east, which staff open at once.
#[test]
fn an_entry_that_waits_for_its_day_is_not_called_missing() {
    let findings = |by_staff: bool, hours: i64| {
        let mut log = Log::new(1);
        let (case, instance) = (uuid_v4(&mut log.rng), uuid_v4(&mut log.rng));
        let today = Timestamp::from_second(BEGIN).unwrap().to_zoned(TimeZone::UTC).date();
        let noon = today.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp().as_second();
        log.clock = noon;
        for _ in 0..310 {
            log.system(instance);
        }
        let day = When::Day(if by_staff { today.tomorrow().unwrap() } else { today });
        log.seal(case, ObjectKind::Case, |_| {
            Draft::new(Act::ReportReceived, By::Reporter, day).moved(None, "received")
        });
        if by_staff {
            log.staff(case, 0, |draft| draft);
        } else {
            let more =
                log.seal(case, ObjectKind::Case, |_| Draft::new(Act::MailboxMessage, By::Reporter, day));
            log.entries.push(more);
        }
        let bodies: Vec<_> = log.entries.iter().map(|entry| entry.body.clone()).collect();
        let mut bundle = log.bundle();
        let head = log.checkpoint(&bodies, noon + hours * 3600);
        bundle.files.insert("checkpoint".to_owned(), head.note().to_string().into_bytes());
        let report = bundle.verified(&log.policy(), |_| {});
        found(&report, "histories").iter().filter(|told| told.contains("is missing")).count()
    };
    for (by_staff, hours, missing) in
        [(false, 20, 0), (false, 36, 0), (false, 72, 1), (true, 20, 0), (true, 58, 0), (true, 72, 1)]
    {
        assert_eq!(findings(by_staff, hours), missing, "by staff: {by_staff}, after {hours} hours");
    }
}
