//! Each attack on a bundle, and the check that finds it.

use senim::{
    audit::{
        act::Act,
        entry::{By, Draft, ObjectKind, When, commitment_of},
        note_key::Kind,
        tree::TreeHead,
        verify::{Outcome, Report, founding_keys},
    },
    crypto::random::{Entropy, uuid_v4},
};
use serde_json::{Map, Value, json};

use crate::ground::{BEGIN, Bundle, Log, note_key};

pub fn found<'r>(report: &'r Report, check: &str) -> Vec<&'r str> {
    let wrong = report.checks.iter().filter(|one| one.outcome == Outcome::Finding && one.name == check);
    wrong.map(|one| one.sentence.as_str()).collect()
}

/// That exactly this outcome came out, by this check, first at this place.
pub fn assert_finds(bundle: &Bundle, log: &Log, check: &str, index: Option<u64>) {
    let report = bundle.verified(&log.policy(), |_| {});
    assert_eq!(report.outcome(), Outcome::Finding, "{check}: {report:#?}");
    assert!(!found(&report, check).is_empty(), "{check}: {report:#?}");
    if index.is_some() {
        assert_eq!(report.first_divergent(), index, "{report:#?}");
    }
}

/// Changes members of an entry and writes it canonically again.
pub fn edited(body: &[u8], edit: impl FnOnce(&mut Map<String, Value>)) -> Vec<u8> {
    let mut members: Map<String, Value> = serde_json::from_slice(body).unwrap();
    edit(&mut members);
    serde_json_canonicalizer::to_vec(&members).unwrap()
}

fn index_of(bundle: &Bundle, act: &str) -> usize {
    let wanted = format!("\"{act}\"");
    bundle.entries.iter().position(|body| String::from_utf8_lossy(body).contains(&wanted)).unwrap()
}

#[test]
fn an_untouched_log_is_good_and_says_what_was_checked() {
    let log = Log::lived();
    let genesis = founding_keys(&log.genesis());
    let report = log.bundle().verified(&log.policy(), |asked| asked.genesis = Some(&genesis));
    assert_eq!(report.outcome(), Outcome::Good, "{report:#?}");
    let names: Vec<&str> = report.checks.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        ["signatures", "tree", "consistency", "schema", "histories", "acts", "directory", "actors", "times"]
    );
    assert!(report.checks[2].sentence.contains("entries were added since"), "{:?}", report.checks[2]);
    assert_eq!(report.outcome().exit_code(), 0);
    assert_eq!(report.to_json()["outcome"], "good");
    assert_eq!(report.head.as_ref().unwrap().size, u64::try_from(log.entries.len()).unwrap());
}

#[test]
fn attack_01_an_edited_entry() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    bundle.entries[100] = edited(&bundle.entries[100], |entry| {
        entry.insert("codes".to_owned(), json!({"what": "desk"}));
    });
    assert_finds(&bundle, &log, "entries", Some(100));
}

#[test]
fn attack_02_a_deleted_entry() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    bundle.entries.remove(100);
    assert_finds(&bundle, &log, "entries", Some(100));
    assert_finds(&bundle, &log, "count", None);
}

#[test]
fn attack_03_reordered_entries() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    bundle.entries.swap(100, 101);
    assert_finds(&bundle, &log, "entries", Some(100));
}

#[test]
fn attack_04_an_inserted_entry() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    let copy = bundle.entries[50].clone();
    bundle.entries.insert(100, copy);
    assert_finds(&bundle, &log, "entries", Some(100));
    let mut longer = Log::lived().bundle();
    longer.entries.push(bundle.entries[50].clone());
    assert_finds(&longer, &log, "count", None);
}

#[test]
fn attack_05_a_truncated_tail() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    bundle.entries.truncate(650);
    assert_finds(&bundle, &log, "count", Some(650));
}

#[test]
fn attack_06_an_edited_tile() {
    let (log, bundle) = (Log::lived(), Log::lived().bundle());
    let tiles: Vec<_> =
        bundle.files.keys().filter(|path| path.starts_with("tile/") && !path.contains("entries")).collect();
    assert!(tiles.len() >= 4, "{tiles:?}");
    for path in tiles {
        let mut bundle = bundle.clone();
        bundle.files.get_mut(path).unwrap()[5] ^= 1;
        assert_finds(&bundle, &log, "tiles", None);
    }
}

#[test]
fn attack_07_an_edited_record() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    bundle.files.get_mut("tile/entries/001").unwrap()[34 * 10 + 7] ^= 1;
    assert_finds(&bundle, &log, "entries", Some(266));
    bundle.files.get_mut("tile/entries/001").unwrap().pop();
    assert_finds(&bundle, &log, "records", None);
    bundle.files.remove("tile/entries/001");
    let report = bundle.verified(&log.policy(), |_| {});
    assert_eq!(report.outcome(), Outcome::CannotTell, "{report:#?}");
}

#[test]
fn attack_08_an_entry_back_dated_after_it_was_logged() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    bundle.entries[120] = edited(&bundle.entries[120], |entry| {
        entry.insert("at".to_owned(), json!(BEGIN - 1000));
    });
    assert_finds(&bundle, &log, "entries", Some(120));
}

#[test]
fn attack_09_an_entry_back_dated_when_it_was_made() {
    for (shift, excused) in [(-3 * 86_400, false), (-3 * 86_400, true), (3600, false)] {
        let mut log = Log::lived();
        let id = uuid_v4(&mut log.rng);
        let at = jiff::Timestamp::from_second(BEGIN + 800 + shift).unwrap();
        let entry = log.seal(id, ObjectKind::Desk, |_| {
            Draft::new(Act::DeskOpened, By::System, When::At(at)).code("profile", "kz")
        });
        let commitment = entry.commitment;
        if excused {
            // An epoch is shuffled: the excuse may stand before what it excuses.
            let own = uuid_v4(&mut log.rng);
            let late = log.seal(own, ObjectKind::Log, |when| {
                Draft::new(Act::LogLate, By::System, when).answering(commitment)
            });
            log.entries.push(late);
            log.entries.push(entry);
            let report = log.bundle().verified(&log.policy(), |_| {});
            assert_eq!(found(&report, "times"), Vec::<&str>::new(), "{report:#?}");
            let told = report.checks.iter().find(|check| check.name == "times").unwrap();
            assert!(
                told.sentence.contains("Of 1 the log says itself that they came long after"),
                "{told:#?}"
            );
        } else {
            log.entries.push(entry);
            assert_finds(&log.bundle(), &log, "times", None);
        }
    }
}

/// The same keys sign another history; whoever kept a head sees it.
#[test]
fn attack_10_a_fork_signed_with_the_real_keys() {
    let log = Log::lived();
    let kept = *log.checkpoint(&log.bundle().entries[..500], BEGIN + 510).head();
    let mut forked = Log::lived();
    forked.entries.remove(420);
    let bundle = forked.bundle();
    let alone = bundle.verified(&log.policy(), |_| {});
    assert!(found(&alone, "consistency").is_empty(), "{alone:#?}");
    let report = bundle.verified(&log.policy(), |asked| asked.remembered = Some(kept));
    assert!(found(&report, "consistency")[0].contains("kept from before"), "{report:#?}");
    let honest = log.bundle().verified(&log.policy(), |asked| asked.remembered = Some(kept));
    assert_eq!(honest.outcome(), Outcome::Good, "{honest:#?}");
}

#[test]
fn attack_11_a_replaced_log_key() {
    let log = Log::lived();
    let mut thief = Log::lived();
    thief.key = note_key(crate::ground::ORIGIN, Kind::Note, &mut Entropy::seeded(9).rng());
    let report = thief.bundle().verified(&log.policy(), |_| {});
    assert_ne!(report.outcome(), Outcome::Good);
    assert!(
        report
            .checks
            .iter()
            .any(|check| check.name == "signatures" && check.outcome == Outcome::PolicyNotMet)
    );
    let own = thief.bundle();
    let trusting = senim::audit::verify::verify(&own, &senim::audit::verify::Asked::default(), &mut |_| {});
    assert_eq!(trusting.outcome(), Outcome::PolicyNotMet, "a policy out of the bundle is not enough");
    assert_eq!(trusting.outcome().exit_code(), 3);
}

#[test]
fn attack_12_a_dropped_or_altered_cosignature() {
    let (log, bundle) = (Log::lived(), Log::lived().bundle());
    let text = String::from_utf8(bundle.files["checkpoint"].clone()).unwrap();
    let mut dropped = bundle.clone();
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("w2.test")).collect();
    dropped.files.insert("checkpoint".to_owned(), (lines.join("\n") + "\n").into_bytes());
    let report = dropped.verified(&log.policy(), |_| {});
    assert_eq!(report.outcome(), Outcome::PolicyNotMet, "{report:#?}");
    assert!(report.checks.iter().any(|check| check.name == "quorum"));

    // The time stands behind the key's id, as the fifth to twelfth byte of the line's base64.
    let mut altered = bundle.clone();
    let changed: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix("— w2.test ") {
            Some(base64) => {
                let mut bytes = data_encoding::BASE64.decode(base64.as_bytes()).unwrap();
                bytes[11] ^= 1;
                format!("— w2.test {}", data_encoding::BASE64.encode(&bytes))
            }
            None => line.to_owned(),
        })
        .collect();
    altered.files.insert("checkpoint".to_owned(), (changed.join("\n") + "\n").into_bytes());
    assert_finds(&altered, &log, "signatures", None);
}

#[test]
fn attack_13_an_old_head_served_again() {
    let log = Log::lived();
    let kept = *log.checkpoint(&log.bundle().entries, BEGIN + 900).head();
    let mut old = Log::lived();
    old.entries.truncate(600);
    let report = old.bundle().verified(&log.policy(), |asked| asked.remembered = Some(kept));
    assert!(found(&report, "remembered")[0].contains("old copy"), "{report:#?}");
}

/// Entry and record changed together: the leaf is not the tile's.
#[test]
fn attack_14_an_entry_and_its_commitment_changed_together() {
    let (log, mut bundle) = (Log::lived(), Log::lived().bundle());
    bundle.entries[270] = edited(&bundle.entries[270], |entry| {
        entry.insert("at".to_owned(), json!(BEGIN + 5));
    });
    let commitment = commitment_of(&bundle.entries[270]);
    let at = 34 * (270 - 256) + 2;
    bundle.files.get_mut("tile/entries/001").unwrap()[at..at + 32].copy_from_slice(&commitment);
    assert_finds(&bundle, &log, "tiles", Some(270));
    assert_finds(&bundle, &log, "consistency", None);
}

/// Everything rebuilt and signed by the real keys is good by itself; a head kept outside finds it. This is why there are
/// witnesses.
#[test]
fn attack_15_everything_rebuilt_with_the_real_keys() {
    let log = Log::lived();
    let kept: TreeHead = *log.checkpoint(&log.bundle().entries, BEGIN + 900).head();
    let mut forger = Log::new(1);
    let id = uuid_v4(&mut forger.rng);
    for _ in 0..log.entries.len() {
        forger.system(id);
    }
    let bundle = forger.bundle();
    let alone = bundle.verified(&log.policy(), |_| {});
    assert_eq!(alone.outcome(), Outcome::Good, "{alone:#?}");
    let report = bundle.verified(&log.policy(), |asked| asked.remembered = Some(kept));
    assert_eq!(report.outcome(), Outcome::Finding, "{report:#?}");
}

/// What a superuser invents passes the tree, and fails at the case.
#[test]
fn attack_19_a_history_that_is_not_legal() {
    type Invent = fn(&mut Log, uuid::Uuid);
    let invented: [(&str, Invent); 5] = [
        ("not legal in this state", |log, case| {
            log.staff(case, 0, |draft| draft.moved(Some("rejected"), "triage").code("step", "open"));
        }),
        ("was in another state", |log, case| {
            log.staff(case, 0, |draft| draft.moved(Some("received"), "triage").code("step", "open"));
        }),
        ("needs a second person", |log, case| {
            log.staff(case, 1, |draft| draft.moved(Some("rejected"), "triage").code("step", "reopen"));
        }),
        ("who proposed it approved it", |log, case| {
            let made = log.staff(case, 1, |draft| draft.and(Act::ProposalMade).code("step", "reopen"));
            log.staff(case, 1, move |draft| {
                draft.moved(Some("rejected"), "triage").code("step", "reopen").answering(made)
            });
        }),
        ("a proposal of another step", |log, case| {
            let made = log.staff(case, 0, |draft| draft.and(Act::ProposalMade).code("step", "review"));
            log.staff(case, 1, move |draft| {
                draft.moved(Some("rejected"), "triage").code("step", "reopen").answering(made)
            });
        }),
    ];
    for (wanted, invent) in invented {
        let mut log = Log::lived();
        let case = log.entries[0].place.id;
        invent(&mut log, case);
        let report = log.bundle().verified(&log.policy(), |_| {});
        let said = found(&report, "histories");
        assert!(said.iter().any(|sentence| sentence.contains(wanted)), "{wanted}: {report:#?}");
    }
}

/// What only the agency's own hand wrote carries nobody's signature.
#[test]
fn attack_23_acts_under_another_name() {
    let mut log = Log::lived();
    let case = log.entries[0].place.id;
    log.people[0].alias = [9; 8];
    log.staff(case, 0, |draft| draft.and(Act::ContentRead));
    let report = log.bundle().verified(&log.policy(), |_| {});
    assert!(found(&report, "acts")[0].contains("second alias"), "{report:#?}");

    let mut log = Log::lived();
    log.people[0].alias = log.people[1].alias;
    log.staff(case, 0, |draft| draft.and(Act::ContentRead));
    let report = log.bundle().verified(&log.policy(), |_| {});
    assert!(found(&report, "acts")[0].contains("not that of whom it names"), "{report:#?}");

    let mut log = Log::lived();
    let unsigned = log.seal(case, ObjectKind::Case, |when| {
        Draft::new(Act::ContentRead, By::Staff { alias: [1; 8], role: "triager" }, when)
    });
    log.entries.push(unsigned);
    let report = log.bundle().verified(&log.policy(), |_| {});
    assert!(found(&report, "acts")[0].contains("no signature"), "{report:#?}");

    let (log, stranger) = (Log::lived(), Log::new(2));
    let genesis = founding_keys(&stranger.genesis());
    let report = log.bundle().verified(&log.policy(), |asked| asked.genesis = Some(&genesis));
    assert!(found(&report, "directory").len() == 2, "{report:#?}");
}

#[test]
fn attack_25_entries_that_are_not_canonical() {
    type Spoil = fn(&mut Vec<u8>);
    let spoils: [Spoil; 4] = [
        |body| body.insert(1, b' '),
        |body| *body = edited(body, |entry| drop(entry.insert("note".to_owned(), json!("free text")))),
        |body| {
            let text = String::from_utf8(body.clone()).unwrap();
            *body = text.replacen("\"v\":1", "\"v\":1,\"v\":1", 1).into_bytes();
        },
        |body| *body = edited(body, |entry| drop(entry.insert("at".to_owned(), json!(1.5)))),
    ];
    for spoil in spoils {
        let log = Log::lived();
        let mut bundle = log.bundle();
        spoil(&mut bundle.entries[650]);
        let bodies = bundle.entries.clone();
        log.publish(&mut bundle, &bodies);
        assert_finds(&bundle, &log, "schema", Some(650));
    }
}

/// An entry that others follow was taken out before it was ever published.
#[test]
fn attack_18_an_entry_taken_out_before_it_was_in_the_tree() {
    let mut log = Log::lived();
    let received = index_of(&log.bundle(), "report.received");
    log.entries.remove(received);
    // At once it may still wait for its day; three days later nothing explains it.
    let report = log.bundle().verified(&log.policy(), |_| {});
    assert!(found(&report, "histories").is_empty(), "{report:#?}");
    let bodies: Vec<_> = log.bundle().entries;
    let mut bundle = log.bundle();
    let later = log.checkpoint(&bodies, BEGIN + 4 * 86_400);
    bundle.files.insert("checkpoint".to_owned(), later.note().to_string().into_bytes());
    assert_finds(&bundle, &log, "histories", None);
}

#[test]
fn what_cannot_be_read_is_not_called_good() {
    let log = Log::lived();
    for file in ["checkpoint", "directory.jsonl", "genesis", "tile/0/000", "tile/entries/000"] {
        let mut bundle = log.bundle();
        bundle.files.remove(file);
        let report = bundle.verified(&log.policy(), |_| {});
        assert_eq!(report.outcome(), Outcome::CannotTell, "{file}: {report:#?}");
        assert_eq!(report.outcome().exit_code(), 2);
    }
    for (file, bytes) in
        [("checkpoint", "x"), ("checkpoints/300", "x"), ("directory.jsonl", "{"), ("tile/0/000", "x")]
    {
        let mut bundle = log.bundle();
        bundle.files.insert(file.to_owned(), bytes.as_bytes().to_vec());
        let report = bundle.verified(&log.policy(), |_| {});
        assert!(report.outcome() >= Outcome::CannotTell, "{file}: {report:#?}");
    }
    let report = log.bundle().verified("log nonsense", |_| {});
    assert_eq!(report.outcome(), Outcome::CannotTell);
}
