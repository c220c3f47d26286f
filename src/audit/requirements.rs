//! Whether an entry has what its acts need: the right object, the right cause, the members that the table of acts names.
//!
//! An entry may hold several acts; it must satisfy every one of them.

use serde_json::{Map, Value};

use super::{
    act::{Act, Cause},
    entry::ObjectKind,
    schema::SchemaFault,
};

/// What the acts of an entry lack, in the order of the acts.
pub(super) fn unmet(entry: &Map<String, Value>, acts: &[Act]) -> Vec<SchemaFault> {
    let word = |path| member(entry, path).and_then(Value::as_str);
    let object = word("obj.k").and_then(ObjectKind::parse);
    let cause = word("by.k").and_then(Cause::parse);
    let mut found = Vec::new();
    for act in acts {
        if object.is_some_and(|kind| !act.on().contains(&kind)) {
            found.push(SchemaFault::WrongObject(act.code()));
        }
        if cause.is_some_and(|cause| !act.causes().contains(&cause)) {
            found.push(SchemaFault::WrongCause(act.code()));
        }
        let lacking =
            act.needs().iter().filter(|need| need.split('|').all(|path| member(entry, path).is_none()));
        found.extend(lacking.map(|need| SchemaFault::Needed(act.code(), need)));
    }
    // A change of state stands with the act that says so, and with no other.
    if entry.contains_key("to") && !acts.iter().any(|act| act.needs().contains(&"to")) {
        found.push(SchemaFault::Misplaced("to".to_owned()));
    }
    found
}

/// The member at a path such as `codes.step`.
fn member<'v>(entry: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    let mut steps = path.split('.');
    let first = entry.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

#[cfg(test)]
mod tests;
