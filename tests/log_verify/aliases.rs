//! Whoever acts was enrolled before, as the person that the directory and the openings name.

use senim::{
    audit::{
        act::Act,
        entry::{By, Draft, ObjectKind},
        verify::Outcome,
    },
    crypto::random::uuid_v4,
};

use crate::{
    attacks::found,
    ground::{Log, Person, line_of},
};

#[test]
fn attack_23_aliases_that_are_bound_late_or_twice() {
    let acted = |log: &mut Log| {
        let case = uuid_v4(&mut log.rng);
        log.staff(case, 0, |draft| draft.and(Act::ContentRead));
        let id = uuid_v4(&mut log.rng);
        for _ in 0..310 {
            log.system(id);
        }
    };
    let mut late = Log::new(1);
    acted(&mut late);
    let enrolments = late.enrolments();
    late.entries.extend(enrolments);
    let report = late.bundle().verified(&late.policy(), |_| {});
    assert!(found(&report, "actors")[0].contains("enrolled only later"), "{report:#?}");
    assert_eq!(report.first_divergent(), Some(0));

    let mut twice = Log::new(1);
    let enrolments = twice.enrolments();
    twice.entries.extend(enrolments);
    acted(&mut twice);
    let again = twice.enrolments();
    twice.entries.extend(again);
    let report = twice.bundle().verified(&twice.policy(), |_| {});
    // Each of the two is found by its enrolment and by the act in it.
    assert_eq!(found(&report, "actors").len(), 4, "{report:#?}");
    assert!(found(&report, "actors")[0].contains("to a second person"), "{report:#?}");
}

/// Somebody left, and their alias acts on; whoever is signed in again acts rightly.
#[test]
fn attack_23_an_alias_that_acts_after_it_left() {
    let lived = |back: bool| {
        let mut log = Log::new(1);
        let (case, instance) = (uuid_v4(&mut log.rng), uuid_v4(&mut log.rng));
        let enrolments = log.enrolments();
        let history = enrolments[0].place.id;
        log.entries.extend(enrolments);
        log.staff(case, 0, |draft| draft.and(Act::ContentRead));
        let retired =
            log.seal(history, ObjectKind::Staff, |when| Draft::new(Act::ActorRetired, By::System, when));
        log.entries.push(retired);
        if back {
            let (alias, commitment) = (log.people[0].alias, log.people[0].opening().commitment().unwrap());
            let enrolled = log.seal(history, ObjectKind::Staff, |when| {
                Draft::new(Act::StaffEnrolled, By::Staff { alias, role: "none" }, when)
                    .enrolling(alias, commitment)
            });
            log.entries.push(enrolled);
        }
        for _ in 0..70 {
            log.system(instance);
        }
        let index = u64::try_from(log.entries.len()).unwrap();
        log.staff(case, 0, |draft| draft.and(Act::ContentRead));
        for _ in 0..310 {
            log.system(instance);
        }
        (log.bundle().verified(&log.policy(), |_| {}), index)
    };
    let (report, index) = lived(false);
    assert!(found(&report, "actors")[0].contains("an alias that had left"), "{report:#?}");
    assert_eq!(report.first_divergent(), Some(index));
    assert!(found(&lived(true).0, "actors").is_empty());
}

/// Openings show who an alias is, and that nobody else is given out for them.
#[test]
fn attack_23_openings_that_name_somebody_else() {
    let log = Log::lived();
    let openings = |swap: bool| {
        let mut all: Vec<_> = log.people.iter().map(Person::opening).collect();
        if swap {
            let first = all[0].alias.clone();
            all[0].alias = std::mem::replace(&mut all[1].alias, first);
        }
        let mut bundle = log.bundle();
        let lines: String = all.iter().map(line_of).collect();
        bundle.files.insert("openings/actors.jsonl".to_owned(), lines.into_bytes());
        bundle.verified(&log.policy(), |_| {})
    };
    assert_eq!(openings(false).outcome(), Outcome::Good, "{:#?}", openings(false));
    assert_eq!(found(&openings(true), "actors").len(), 2);
    assert!(found(&openings(true), "actors")[0].contains("somebody else than the openings say"));
    let mut bundle = log.bundle();
    bundle.files.insert("openings/actors.jsonl".to_owned(), b"nonsense".to_vec());
    assert_eq!(bundle.verified(&log.policy(), |_| {}).outcome(), Outcome::CannotTell);
}

#[test]
fn a_directory_that_lacks_an_entry_of_the_log() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    let lines = String::from_utf8(bundle.files["directory.jsonl"].clone()).unwrap();
    let first = lines.lines().next().unwrap().to_owned() + "\n";
    bundle.files.insert("directory.jsonl".to_owned(), first.into_bytes());
    let report = bundle.verified(&log.policy(), |_| {});
    assert!(found(&report, "directory")[0].contains("missing here, or was exchanged"), "{report:#?}");
    assert!(report.checks.iter().any(|one| one.name == "directory" && one.index.is_some()), "{report:#?}");
}
