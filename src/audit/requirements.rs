//! Whether an entry has what its acts need: the right object, the right cause, the members that the table of acts names.
//!
//! An entry may hold several acts; it must satisfy every one of them.

use super::{
    act::{Act, Cause},
    entry::ObjectKind,
    node::Node,
    schema::SchemaFault,
};

/// What the acts of an entry lack, in the order of the acts.
pub(super) fn unmet(entry: &Node<'_>, acts: &[Act]) -> Vec<SchemaFault> {
    let word = |path| member(entry, path).and_then(Node::text);
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
    if entry.get("to").is_some() && !acts.iter().any(|act| act.needs().contains(&"to")) {
        found.push(SchemaFault::Misplaced("to".to_owned()));
    }
    found
}

/// The member at a path such as `codes.step`.
fn member<'n, 'b>(entry: &'n Node<'b>, path: &str) -> Option<&'n Node<'b>> {
    path.split('.').try_fold(entry, |node, step| node.get(step))
}

#[cfg(test)]
mod tests;
