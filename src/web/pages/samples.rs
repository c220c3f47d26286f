//! Every page with sample data, for the tests. Texts carry markup, so that a missing escape shows.

mod audit;
mod case;
mod configuration;
mod log;
mod oversight;
mod parts;
mod people;
mod public;
mod staff;

use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::{Choice, Fault, Faults};

/// A text that would break the page if it were not escaped.
pub(super) const HOSTILE: &str = "<script>\"'&</textarea>\nsecond line";

/// One page: a name for the file, and the HTML.
pub(super) struct Sample {
    pub name: &'static str,
    pub html: String,
}

impl Sample {
    fn of(name: &'static str, page: &impl Template) -> Self {
        Self { name, html: page.render().unwrap() }
    }
}

/// Every page, and each page with faults, in this language.
pub(super) fn all(t: Texts) -> Vec<Sample> {
    [
        public::all(t),
        staff::all(t),
        people::all(t),
        configuration::all(t),
        audit::all(t),
        log::all(t),
        oversight::all(t),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn faults(pairs: &[(&'static str, &'static str, Option<u64>)]) -> Faults {
    Faults(pairs.iter().map(|&(field, code, max)| Fault { field, code, max }).collect())
}

fn choices(t: Texts, vocabulary: &str) -> Vec<Choice> {
    let codes: &[&str] = match vocabulary {
        "category" => &["bribery", "merit", "procurement", "other"],
        "region" => &["10", "62", "71", "79"],
        "status" => &["received", "triage", "investigation", "closed"],
        "act" => &["report.received", "grant.added", "state.changed"],
        "oecd" => &["1", "9", "11", "13"],
        "cause" => &["staff", "reporter"],
        "profile" => &["kz", "iso_default"],
        "role" => &["triager", "investigator", "reviewer", "auditor", "administrator"],
        _ => &[],
    };
    Choice::of_codes(t, vocabulary, codes)
}
