//! For every act: an entry with all that it needs is good; without any one of them, on another object or by another cause
//! it is not.

use serde_json::{Map, Value, json};

use super::*;
use crate::audit::{
    entry::clauses,
    schema::{BY, CM, CODES, ENTRY, Member, OBJECT, faults},
};

/// A value that each needed member may have.
fn value_of(path: &str) -> Value {
    match path {
        "from" => json!("received"),
        "to" => json!("triage"),
        "ok" => json!(["03".repeat(32)]),
        "sig" => json!("0".repeat(128)),
        "alias" => json!("0".repeat(16)),
        "cm.config" | "cm.directory" | "cm.head" | "cm.heads" | "cm.identity" | "cm.package" => {
            json!("0".repeat(64))
        }
        "codes.notice" => json!("0".repeat(16)),
        "codes.anon_crime" | "codes.anon_security" | "codes.public_interest" => json!("no"),
        "codes.started" | "codes.met" | "codes.missed" | "codes.reminded" => json!("feedback.triage"),
        "codes.clock" => json!("feedback"),
        "codes.waiver" => json!("identity_risk"),
        "codes.category" => json!("bribery"),
        "codes.detriment_level" | "codes.reassessed_detriment" => json!("low"),
        "codes.feedback_sent" => json!("sent"),
        "codes.formula" => json!("1"),
        "codes.red_flags" => json!("single_bidder"),
        "codes.weaknesses" => json!("procurement"),
        "codes.identity_removed" => json!("removed"),
        "codes.mode" => json!("anonymous"),
        "codes.new_ground" => json!("new_facts"),
        "codes.outcome" => json!("substantiated"),
        "codes.pause_reason" => json!("court"),
        "codes.profile" => json!("kz/1"),
        "codes.query" => json!("page"),
        "codes.reason_code" => json!("minor"),
        "codes.retention_class" => json!("short"),
        "codes.review_result" => json!("upheld"),
        "codes.step" => json!("open"),
        "codes.subject_heard" => json!("given"),
        "codes.interim" => json!("granted"),
        "codes.target" => json!("prosecutor"),
        "codes.what" => json!("case"),
        "codes.why" => json!("illegal"),
        other => panic!("{other} has no sample here: add one"),
    }
}

fn put(entry: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(entry.insert(path.to_owned(), value)),
        Some((outer, inner)) => {
            let object = entry.entry(outer).or_insert_with(|| json!({}));
            object.as_object_mut().unwrap().insert(inner.to_owned(), value);
        }
    }
}

fn take(entry: &mut Map<String, Value>, path: &str) {
    let Some((outer, inner)) = path.split_once('.') else { return drop(entry.remove(path)) };
    let object = entry.get_mut(outer).and_then(Value::as_object_mut).unwrap();
    object.remove(inner);
    if object.is_empty() {
        entry.remove(outer);
    }
}

/// An entry by this cause on this kind of object, with all that the acts need.
fn entry_of(acts: &[Act], (kind, cause): (ObjectKind, Cause)) -> Map<String, Value> {
    let mut entry = Map::new();
    put(&mut entry, "acts", acts.iter().map(|act| act.code()).collect());
    put(&mut entry, "by.k", json!(cause.code()));
    if cause == Cause::Staff {
        put(&mut entry, "by.id", json!("0101010101010101"));
        put(&mut entry, "by.role", json!("triager"));
    }
    if cause == Cause::Reporter {
        put(&mut entry, "day", json!("2026-09-21"));
    } else {
        put(&mut entry, "at", json!(1_790_001_763));
        put(&mut entry, "epoch", json!(1));
        put(&mut entry, "node", json!("server"));
    }
    put(&mut entry, "n", json!(1));
    put(&mut entry, "obj", json!({"id": "0".repeat(32), "k": kind.code()}));
    put(&mut entry, "oecd", json!(clauses(acts)));
    put(&mut entry, "r", json!("0".repeat(64)));
    put(&mut entry, "v", json!(1));
    for need in acts.iter().flat_map(|act| act.needs()) {
        let path = need.split('|').next().unwrap();
        put(&mut entry, path, value_of(path));
    }
    entry
}

fn faults_of(entry: &Map<String, Value>) -> Vec<SchemaFault> {
    faults(&serde_json_canonicalizer::to_vec(entry).unwrap())
}

/// Every place in which an act may stand.
fn places(act: Act) -> Vec<(ObjectKind, Cause)> {
    act.on().iter().flat_map(|kind| act.causes().iter().map(|cause| (*kind, *cause))).collect()
}

#[test]
fn every_member_that_an_act_needs_is_one_of_the_schema() {
    let tables: [(&str, &[Member]); 4] = [("", ENTRY), ("by.", BY), ("codes.", CODES), ("cm.", CM)];
    let known: Vec<String> = tables
        .iter()
        .flat_map(|(before, table)| table.iter().map(move |member| format!("{before}{}", member.name)))
        .chain(OBJECT.iter().map(|member| format!("obj.{}", member.name)))
        .collect();
    for act in Act::ALL {
        for path in act.needs().iter().flat_map(|need| need.split('|')) {
            assert!(known.iter().any(|name| name == path), "{act:?} needs {path}, which no entry can have");
        }
    }
}

#[test]
fn an_entry_with_all_that_its_act_needs_is_good_and_without_any_of_it_is_not() {
    for act in Act::ALL {
        for place in places(*act) {
            let entry = entry_of(&[*act], place);
            assert_eq!(faults_of(&entry), [], "{act:?} {place:?}");
            for need in act.needs() {
                let mut lacking = entry.clone();
                take(&mut lacking, need.split('|').next().unwrap());
                let found = faults_of(&lacking);
                assert!(found.contains(&SchemaFault::Needed(act.code(), need)), "{act:?} {need}: {found:?}");
            }
        }
    }
}

#[test]
fn of_alternatives_any_one_is_enough() {
    let place = (ObjectKind::Case, Cause::Staff);
    let need = Act::DecisionMade.needs().iter().find(|need| need.contains('|')).unwrap();
    for path in need.split('|') {
        let mut entry = entry_of(&[Act::DecisionMade], place);
        take(&mut entry, need.split('|').next().unwrap());
        put(&mut entry, path, value_of(path));
        assert_eq!(faults_of(&entry), [], "{path}");
    }
}

#[test]
fn an_act_on_a_wrong_object_or_by_a_wrong_cause_is_a_fault() {
    for act in Act::ALL {
        for kind in ObjectKind::ALL {
            for cause in Cause::ALL {
                let found = faults_of(&entry_of(&[*act], (*kind, *cause)));
                let (object, caused) =
                    (SchemaFault::WrongObject(act.code()), SchemaFault::WrongCause(act.code()));
                assert_eq!(found.contains(&object), !act.on().contains(kind), "{act:?} on {kind:?}");
                assert_eq!(found.contains(&caused), !act.causes().contains(cause), "{act:?} by {cause:?}");
            }
        }
    }
}

#[test]
fn several_acts_need_all_that_each_of_them_needs() {
    let place = (ObjectKind::Case, Cause::Staff);
    let acts = [Act::ApprovalGiven, Act::StateChanged, Act::DecisionMade, Act::CaseClosed, Act::RetentionSet];
    let entry = entry_of(&acts, place);
    assert_eq!(faults_of(&entry), []);
    let mut without = entry;
    take(&mut without, "codes.step");
    let lacking = acts.iter().filter(|act| act.needs().contains(&"codes.step")).count();
    assert_eq!(faults_of(&without).len(), lacking);
}

#[test]
fn a_change_of_state_stands_only_with_an_act_that_says_so() {
    let mut entry = entry_of(&[Act::NoteAdded], (ObjectKind::Case, Cause::Staff));
    put(&mut entry, "from", json!("received"));
    put(&mut entry, "to", json!("triage"));
    assert_eq!(faults_of(&entry), [SchemaFault::Misplaced("to".to_owned())]);
}
