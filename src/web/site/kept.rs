//! What was typed into a form that could not be taken: every field of it, named as the form names it.

use crate::{
    domain::{case::raw_facts::RawFacts, role::Role},
    i18n::Texts,
    web::{
        body::Form,
        pages::{Kept, staff::fact_vocabulary},
    },
};

/// Fields of ids, which a form offers as names: nobody could read them, and choosing again costs one look.
const IDS: [&str; 2] = ["lead", "investigators"];

/// The fields of the staff's forms: of steps, messages, notes, refusals, parts in a case, invitations, addresses, roles.
pub(super) fn kept(form: &Form, t: Texts) -> Vec<Kept> {
    let facts = RawFacts::FIELDS.iter().copied().filter(|name| !IDS.contains(name));
    let fields = facts.chain(["note", "capacity", "login", "mail", "file"]).filter_map(|name| {
        let typed: Vec<&str> = form.all(name).filter(|value| !value.is_empty()).collect();
        let text = typed.into_iter().map(|value| word(t, name, value)).collect::<Vec<_>>().join("\n");
        (!text.is_empty()).then(|| Kept { name: label(t, name), text })
    });
    fields.chain(roles(form, t)).collect()
}

/// The roles that were ticked, as one answer.
fn roles(form: &Form, t: Texts) -> Option<Kept> {
    let ticked = Role::ALL.iter().filter(|role| form.get(&format!("role_{role}")).is_some());
    let words: Vec<String> = ticked.map(|role| t.code("role", role.code())).collect();
    (!words.is_empty()).then(|| Kept { name: t.code("field", "roles"), text: words.join("\n") })
}

fn label(t: Texts, name: &str) -> String {
    t.find_code("fact", name).unwrap_or_else(|| t.code("field", name))
}

/// The word of an answer that was chosen; what was typed stays as it is.
fn word(t: Texts, name: &'static str, value: &str) -> String {
    let ticked = value == "on" && ["evidence_verified", "reporter_asked"].contains(&name);
    if ticked { t.code("answer", "yes") } else { t.code(fact_vocabulary(name), value) }
}
