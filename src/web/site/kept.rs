//! What was typed into a form that could not be taken: every field of it, named as the form names it.

use crate::{
    domain::case::raw_facts::RawFacts,
    i18n::Texts,
    web::{
        body::Form,
        pages::{Kept, staff::fact_vocabulary},
    },
};

/// Fields of ids, which a form offers as names: nobody could read them, and choosing again costs one look.
const IDS: [&str; 2] = ["lead", "investigators"];

/// The fields of the staff's forms: of steps, messages, notes, refusals.
pub(super) fn kept(form: &Form, t: Texts) -> Vec<Kept> {
    let names = RawFacts::FIELDS.iter().copied().chain(["note"]).filter(|name| !IDS.contains(name));
    names
        .filter_map(|name| {
            let typed: Vec<&str> = form.all(name).filter(|value| !value.is_empty()).collect();
            let text = typed.into_iter().map(|value| word(t, name, value)).collect::<Vec<_>>().join("\n");
            (!text.is_empty()).then(|| Kept { name: label(t, name), text })
        })
        .collect()
}

fn label(t: Texts, name: &str) -> String {
    t.find_code("fact", name).unwrap_or_else(|| t.code("field", name))
}

/// The word of an answer that was chosen; what was typed stays as it is.
fn word(t: Texts, name: &'static str, value: &str) -> String {
    let ticked = value == "on" && ["evidence_verified", "reporter_asked"].contains(&name);
    if ticked { t.code("answer", "yes") } else { t.code(fact_vocabulary(name), value) }
}
