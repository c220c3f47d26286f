//! The proof of one case: what it shows, and every way in which somebody may try to show less, or something else.

use std::cell::Cell;

use senim::audit::{
    case_proof::CaseProof,
    note_key::Kind,
    verify::{Asked, Entries, Outcome, Source, Unreadable, founding_keys, verify_case},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    attacks::edited,
    case_ground::{Court, STAGES, commitment, leaves, place},
    ground::{Bundle, note_key},
};

/// The sentence of a check that came out so.
#[track_caller]
fn told(court: &Court, proof: &CaseProof, check: &str, outcome: Outcome) -> String {
    let report = court.judged(proof).report;
    let mut found = report.checks.iter().filter(|one| one.name == check && one.outcome == outcome);
    found.next().unwrap_or_else(|| panic!("{check}: {report:#?}")).sentence.clone()
}

#[test]
fn a_history_is_shown_whole_with_what_is_later_than_the_map() {
    let court = Court::new();
    let verified = court.judged(&court.honest());
    assert_eq!(verified.report.outcome(), Outcome::Good, "{:#?}", verified.report);
    let names: Vec<&str> = verified.report.checks.iter().map(|check| check.name).collect();
    assert_eq!(names, ["signatures", "log", "schema", "histories", "acts", "times", "map"]);
    let map = &verified.report.checks[6].sentence;
    assert!(map.contains("complete up to number 5") && map.contains("1 entries are later"), "{map}");
    let later: Vec<bool> = verified.lines.iter().map(|line| line.later).collect();
    assert_eq!(later, [false, false, false, false, false, true]);
    assert_eq!(verified.lines[0].by, "reporter");
    assert_eq!(verified.lines[4].to.as_deref(), Some("rejected"));
    assert_eq!(verified.lines.len(), STAGES[2]);
    let json = verified.to_json();
    assert_eq!((&json["outcome"], &json["entries"][4]["to"]), (&"good".into(), &"rejected".into()));
    assert_eq!(json["case"], court.case.simple().to_string());
    // Nothing of other cases but hashes.
    let file = court.file(&court.honest());
    let text: String = file.files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    assert!(court.others.iter().all(|other| !text.contains(&other.simple().to_string())));

    let mut court = Court::new();
    court.map();
    court.maps[1] = court.log.entries.len() - 1;
    let map = told(&court, &court.honest(), "map", Outcome::Good);
    assert!(map.contains("complete as of the map") && map.contains("6 entries, and all are here"), "{map}");
}

/// Who counts as staff hangs on the founding keys; whoever takes those of the file is told.
#[test]
fn founding_keys_of_the_file_itself_are_told_from_those_that_were_given() {
    let court = Court::new();
    let told = told(&court, &court.honest(), "acts", Outcome::Good);
    assert!(told.contains("founding keys come out of the file itself"), "{told}");
    let (policy, genesis) = (court.log.policy(), founding_keys(&court.log.genesis()));
    let asked = Asked { policy: Some(policy.as_bytes()), genesis: Some(&genesis), ..Asked::default() };
    let report = verify_case(&court.file(&court.honest()), &asked).report;
    assert_eq!(report.outcome(), Outcome::Good, "{report:#?}");
    assert!(report.checks.iter().all(|check| !check.sentence.contains("out of the file itself")));
}

#[test]
fn attack_20_the_newest_entry_of_a_case_hidden_from_a_court() {
    let court = Court::new();
    let mut hidden = court.honest();
    hidden.entries.truncate(STAGES[1] - 1);
    court.refuses(&hidden, "map", "an entry was kept back, or exchanged");

    // The number lowered, with the commitment of the entry that is now the last.
    let mut lowered = hidden.clone();
    let last = commitment(&hidden, STAGES[1] - 1);
    let leaf = &mut lowered.map.as_mut().unwrap().1.leaves[0];
    (leaf.n, leaf.commitment) = (4, last);
    court.refuses(&lowered, "map", "or the number of the last one is false");
    let mut only = hidden.clone();
    only.map.as_mut().unwrap().1.leaves[0].n = 4;
    court.refuses(&only, "map", "or the number of the last one is false");

    // An older map, which knows less, under the new head.
    let mut older = court.honest();
    older.entries.truncate(STAGES[0]);
    older.map = Some(court.map_proof(court.maps[0], &[court.in_map(court.maps[0], court.case).unwrap()]));
    assert!(told(&court, &older, "map", Outcome::CannotTell).contains("a newer map must be in the log"));
    assert_eq!(court.judged(&older).report.outcome(), Outcome::CannotTell);

    // No map at all.
    older.map = None;
    assert_eq!(court.judged(&older).report.outcome(), Outcome::CannotTell);
}

#[test]
fn attack_20_an_entry_edited_dropped_or_put_in() {
    let court = Court::new();
    let honest = court.honest();
    let mut changed = honest.clone();
    changed.entries[1].0 =
        edited(&honest.entries[1].0, |entry| drop(entry.insert("at".to_owned(), json!(1))));
    court.refuses(&changed, "log", "It was altered, or is of another log");
    court.refuses(&changed, "acts", "its signature is not that of whom it names");

    let mut changed = honest.clone();
    changed.entries.remove(2);
    court.refuses(&changed, "histories", "one is missing");
    court.refuses(&changed, "map", "an entry was kept back, or exchanged");

    let mut changed = honest.clone();
    let stranger = court.log.entries.iter().position(|entry| entry.place.id == court.others[0]).unwrap();
    changed.entries[0] = (court.log.entries[stranger].body.clone(), Some(court.place(stranger)));
    court.refuses(&changed, "histories", "of something else than this case");

    let mut changed = honest.clone();
    changed.entries.swap(3, 4);
    court.refuses(&changed, "histories", "one is missing");

    // The last before the map exchanged for another that was never logged.
    let mut changed = honest;
    let forged = edited(&changed.entries[4].0, |entry| drop(entry.insert("to".to_owned(), json!("closed"))));
    changed.entries[4] = (forged, None);
    court.refuses(&changed, "map", "an entry was kept back, or exchanged");
}

/// Every pair and every single leaf is tried, under every number of leaves.
#[test]
fn attack_20_a_whole_case_hidden_between_wrong_neighbours() {
    let court = Court::new();
    let (map, objects) = (court.maps[1], u64::try_from(court.heads(court.maps[1]).len()).unwrap());
    let own = court.in_map(map, court.case).unwrap();
    let mut hidden = CaseProof { entries: Vec::new(), ..court.honest() };
    hidden.map = Some(court.map_proof(map, &[own - 1, own + 1]));
    court.refuses(&hidden, "map", "do not prove it");
    court.refuses(&CaseProof { entries: Vec::new(), ..court.honest() }, "map", "an entry was kept back");
    let heads = court.heads(map);
    let hashes = leaves(&heads);
    let mut shown: Vec<Vec<usize>> = (0..heads.len()).map(|at| vec![at]).filter(|at| at[0] != own).collect();
    shown.push(vec![own - 1, own + 1]);
    shown.push(vec![own + 1, own - 1]);
    shown.push(Vec::new());
    let mut file = court.file(&hidden);
    for shown in shown {
        for objects in 0..objects + 4 {
            let (_, mut proof) = court.map_proof(map, &shown);
            for first in 0..objects.max(1) {
                proof.objects = objects;
                for (at, leaf) in (first..).zip(&mut proof.leaves) {
                    leaf.place.index = at;
                }
                file.files.insert("map/proof".to_owned(), serde_json::to_vec(&proof).unwrap());
                let report = court.verified(&file).report;
                assert_eq!(report.outcome(), Outcome::Finding, "{shown:?} of {objects} at {first}");
            }
        }
    }
    // A leaf of a false tree that has no such case.
    let mut without = hashes.clone();
    without.remove(own);
    let (body, mut proof) = court.map_proof(map, &[own - 1, own + 1]);
    for (leaf, at) in proof.leaves.iter_mut().zip([own - 1, own]) {
        leaf.place = place(&without, at);
    }
    proof.objects = objects - 1;
    hidden.map = Some((body, proof));
    court.refuses(&hidden, "map", "not in the map");
}

#[test]
fn attack_20_a_map_or_an_entry_of_another_log() {
    let (court, other) = (Court::new(), Court::of(2));
    let mut strange = court.honest();
    strange.map = Some(other.map_proof(other.maps[1], &[0]));
    court.refuses(&strange, "map", "is not entry");
    let mut strange = court.honest();
    strange.entries = other.honest().entries;
    court.refuses(&strange, "log", "or is of another log");
    // What is no map, though it is in the log.
    let mut strange = court.honest();
    let (body, proof) = strange.map.as_mut().unwrap();
    let case = court.places()[1];
    (*body, proof.place) = (court.log.entries[case].body.clone(), court.place(case));
    court.refuses(&strange, "map", "is no map of heads");
    // A whole proof of the other log, judged by the policy for this one.
    let report = court.verified(&other.file(&other.honest())).report;
    assert_eq!(report.outcome(), Outcome::PolicyNotMet, "{report:#?}");
}

#[test]
fn attack_20_a_head_without_its_quorum_or_with_a_false_line() {
    let court = Court::new();
    let mut file = court.file(&court.honest());
    let note = String::from_utf8(file.files["checkpoint"].clone()).unwrap();
    let (rest, line) = note.trim_end().rsplit_once('\n').unwrap();
    file.files.insert("checkpoint".to_owned(), format!("{rest}\n").into_bytes());
    assert_eq!(court.verified(&file).report.outcome(), Outcome::PolicyNotMet);
    let (name, signature) = line.rsplit_once(' ').unwrap();
    let mut signature = data_encoding::BASE64.decode(signature.as_bytes()).unwrap();
    signature[20] ^= 1;
    let forged = format!("{rest}\n{name} {}\n", data_encoding::BASE64.encode(&signature));
    file.files.insert("checkpoint".to_owned(), forged.into_bytes());
    assert_eq!(court.verified(&file).report.outcome(), Outcome::Finding);

    let file = court.file(&court.honest());
    let mut rng = senim::crypto::random::Entropy::seeded(9).rng();
    let other = note_key("senim.test/log", Kind::Note, &mut rng);
    let policy =
        court.log.policy().replace(&court.log.key.verifier().to_string(), &other.verifier().to_string());
    let report = verify_case(&file, &Asked { policy: Some(policy.as_bytes()), ..Asked::default() }).report;
    assert_eq!(report.outcome(), Outcome::PolicyNotMet, "{report:#?}");
}

#[test]
fn a_case_that_is_not_there_lies_between_its_neighbours() {
    let court = Court::new();
    let map = court.maps[1];
    for (case, end) in
        [(Uuid::from_u128(court.case.as_u128() + 1), false), (Uuid::nil(), true), (Uuid::max(), false)]
    {
        let after = court.in_map(map, case).unwrap_err();
        let shown: Vec<usize> = if end { vec![0] } else { vec![after - 1, after] };
        let proof = CaseProof { case, entries: Vec::new(), map: Some(court.map_proof(map, &shown)) };
        let verified = court.judged(&proof);
        assert_eq!(verified.report.outcome(), Outcome::Good, "{case}: {:#?}", verified.report);
        let map = &verified.report.checks.last().unwrap().sentence;
        assert!(map.contains("There was no such case as of the map of heads of 20"), "{map}");
    }
}

/// Without witnesses nobody knows how old a map is, so an old one could hide a whole case.
#[test]
fn attack_20_a_case_hidden_by_an_old_map_that_no_witness_dates() {
    let mut court = Court::new();
    court.case = Uuid::from_u128(court.others[2].as_u128() + 1);
    let (case, map) = (court.case, court.maps[0]);
    court.log.staff(case, 0, |draft| draft);
    let after = court.in_map(map, case).unwrap_err();
    let proof = CaseProof { case, entries: Vec::new(), map: Some(court.map_proof(map, &[after - 1, after])) };
    assert_eq!(court.judged(&proof).report.outcome(), Outcome::CannotTell);
    let policy = format!("log {}\nquorum none\n", court.log.key.verifier());
    let asked = Asked { policy: Some(policy.as_bytes()), ..Asked::default() };
    let report = verify_case(&court.file(&proof), &asked).report;
    assert_eq!(report.outcome(), Outcome::PolicyNotMet, "{report:#?}");
}

/// A case that came after the map: all of it is later, and that is said.
#[test]
fn a_case_that_is_newer_than_the_map_says_so() {
    let court = Court::new();
    let mut early = court.honest();
    let after = court.in_map(court.maps[1], Uuid::from_u128(court.case.as_u128() + 1)).unwrap_err();
    early.map = Some(court.map_proof(court.maps[1], &[after - 2, after]));
    court.refuses(&early, "map", "do not prove it");
    // The map of a log in which the case is not yet.
    let mut court = Court::of(5);
    let case = Uuid::from_u128(court.others[2].as_u128() + 1);
    court.case = case;
    court.log.staff(case, 0, |draft| draft);
    let after = court.in_map(court.maps[1], case).unwrap_err();
    let place = court.places()[0];
    let proof = CaseProof {
        case,
        entries: vec![(court.log.entries[place].body.clone(), Some(court.place(place)))],
        map: Some(court.map_proof(court.maps[1], &[after - 1, after])),
    };
    assert!(told(&court, &proof, "map", Outcome::Good).contains("all 1 entries are later than the map"));
}

/// What a reporter wrote waits for the following day, and staff who answer do not.
#[test]
fn an_entry_that_waits_is_bound_by_the_one_behind_it() {
    let mut court = Court::new();
    let (case, message) = (court.case, court.message());
    court.log.staff(case, 0, |draft| draft);
    let waiting = |court: &Court| {
        let mut proof = court.honest();
        proof.entries.insert(STAGES[2], (message.body.clone(), None));
        proof
    };
    let verified = court.judged(&waiting(&court));
    assert_eq!(verified.report.outcome(), Outcome::Good, "{:#?}", verified.report);
    assert!(told(&court, &waiting(&court), "log", Outcome::Good).contains("1 wait for their place"));
    assert_eq!(verified.lines[STAGES[2]].index, None);
    let mut exchanged = waiting(&court);
    exchanged.entries[STAGES[2]].0 = edited(&message.body, |entry| {
        drop(entry.insert("r".to_owned(), json!("00".repeat(32))));
    });
    court.refuses(&exchanged, "histories", "does not follow the entry before it");
    let mut last = court.honest();
    last.entries.truncate(STAGES[2]);
    last.entries.push((message.body.clone(), None));
    court.refuses(&last, "log", "has no place in the log, and should have one");
    court.log.clock += 3 * 86_400;
    court.refuses(&waiting(&court), "log", "has no place in the log, and should have one");
}

/// Of two messages of one day the second may have its place first.
#[test]
fn a_reporters_entry_that_waits_is_bound_by_a_later_one_of_the_same_day() {
    let mut court = Court::new();
    let (first, second) = (court.message(), court.message());
    court.log.entries.push(second);
    let waiting = |court: &Court| {
        let mut proof = court.honest();
        proof.entries.insert(STAGES[2], (first.body.clone(), None));
        proof
    };
    let verified = court.judged(&waiting(&court));
    assert_eq!(verified.report.outcome(), Outcome::Good, "{:#?}", verified.report);
    court.refuses(&court.honest(), "histories", "one is missing");
    court.log.clock += 3 * 86_400;
    court.refuses(&waiting(&court), "log", "has no place in the log, and should have one");
}

#[test]
fn files_that_are_malformed_or_something_else_prove_nothing() {
    let court = Court::new();
    let good = court.file(&court.honest());
    let manifest: Value = serde_json::from_slice(&good.files["manifest"]).unwrap();
    let with = |name: &str, value: Value| {
        let mut manifest = manifest.clone();
        manifest[name] = value;
        Some(manifest.to_string().into_bytes())
    };
    for (name, bytes) in [
        ("manifest", None),
        ("manifest", with("format", json!("senim/log-bundle/v1"))),
        ("manifest", with("case", json!(court.case.to_string()))),
        ("inclusion.jsonl", None),
        ("inclusion.jsonl", Some(Vec::new())),
        ("inclusion.jsonl", Some(b"null\n".repeat(7))),
        ("inclusion.jsonl", Some(b"nonsense\n".repeat(6))),
        ("map/entry", None),
        ("map/proof", None),
        ("map/proof", Some(b"{}".to_vec())),
        ("checkpoint", None),
    ] {
        let mut file = good.clone();
        match bytes {
            Some(bytes) => drop(file.files.insert(name.to_owned(), bytes)),
            None => drop(file.files.remove(name)),
        }
        let report = court.verified(&file).report;
        assert_eq!(report.outcome(), Outcome::CannotTell, "{name}: {report:#?}");
    }
    let mut other = good.clone();
    other.files.insert("manifest".to_owned(), with("root", json!("00")).unwrap());
    assert_eq!(court.verified(&other).report.outcome(), Outcome::Finding);
    let mut without = good;
    without.files.remove("directory.jsonl");
    let report = court.verified(&without).report;
    assert_eq!(report.outcome(), Outcome::CannotTell, "who signed cannot be told");
}

/// A file with lines without end, of which it is counted how many were read.
struct Endless {
    file: Bundle,
    read: Cell<usize>,
}

impl Source for Endless {
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        self.file.file(path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.file.list(folder)
    }

    fn entries(&self) -> Result<Entries<'_>, Unreadable> {
        Ok(Box::new((0..1000).map(|read| {
            self.read.set(read + 1);
            Ok(Vec::new())
        })))
    }
}

/// Whoever checks a file has not made it: it takes no more memory or time than its size explains.
#[test]
fn a_hostile_file_is_read_no_further_than_it_makes_sense() {
    let court = Court::new();
    let endless = Endless { file: court.file(&court.honest()), read: Cell::new(0) };
    let policy = court.log.policy();
    let asked = Asked { policy: Some(policy.as_bytes()), ..Asked::default() };
    assert_eq!(verify_case(&endless, &asked).report.outcome(), Outcome::CannotTell);
    assert_eq!(endless.read.get(), STAGES[2] + 1);

    // So many entries without a place that looking through all for each would never end.
    let mut many = court.honest();
    many.entries = vec![(b"{}".to_vec(), None); 100_000];
    assert_eq!(court.judged(&many).report.outcome(), Outcome::Finding);
}
