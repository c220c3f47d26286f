use crate::domain::profile::TriageQuestion;
use crate::i18n::Texts;
use crate::web::pages::{Choice, Faults};

/// A step that is legal now, drawn as one form which posts to `/staff/cases/{id}/steps` with the hidden field `step`.
#[derive(Debug, Clone)]
pub struct StepForm {
    /// Code of the step (event column of norms.md 8.3).
    pub step: &'static str,
    /// What the button says; empty = the word for the step's code.
    pub label: String,
    /// True where it becomes a proposal for a second pair of eyes.
    pub four_eyes: bool,
    /// The assessment of the report, where it leaves triage with it; asked apart.
    pub assessment: Option<AssessmentFields>,
    /// The other facts that its guard needs.
    pub facts: Vec<FactField>,
}

/// The fields of an assessment: the answers given before stand in them.
#[derive(Debug, Clone)]
pub struct AssessmentFields {
    /// The fields.
    pub facts: Vec<FactField>,
    /// True where something is still to be answered: then they are shown at once.
    pub open: bool,
}

/// One fact, named as the step's API names it.
#[derive(Debug, Clone)]
pub struct FactField {
    /// Name of the field; its label has the key `fact-{name}`.
    pub name: &'static str,
    /// How it is asked.
    pub kind: FactKind,
    /// True where the step is refused without it.
    pub required: bool,
    /// What was typed before, if the form was refused; `on` for a ticked box, a line for each of several.
    pub value: String,
}

/// How a fact is asked.
#[derive(Debug, Clone)]
pub enum FactKind {
    /// One line.
    Text,
    /// Several lines.
    Long,
    /// One of these.
    Choice(Vec<Choice>),
    /// Any number of these.
    Several(Vec<Choice>),
    /// A day (`YYYY-MM-DD`).
    Date,
    /// Yes if ticked.
    Checkbox,
}

/// The vocabulary of a fact's codes, for `Texts::code` and `Choice::of_codes`.
#[must_use]
pub fn fact_vocabulary(fact: &'static str) -> &'static str {
    match fact {
        "reason_code" => "reason",
        "detriment_level" | "reassessed_detriment" => "level",
        "anon_crime" | "anon_security" | "public_interest" => "answer",
        "likelihood" | "impact" => "grade",
        "red_flags" => "red_flag",
        "weaknesses" => "weakness",
        "target" => "outside",
        question if TriageQuestion::parse(question).is_some() => "answer",
        _ => fact,
    }
}

impl StepForm {
    pub(super) fn title(&self, t: Texts) -> String {
        if self.label.is_empty() { t.code("step", self.step) } else { self.label.clone() }
    }
}

impl FactField {
    /// Id in the page: the same fact may be asked by several steps.
    pub(super) fn id(&self, step: &str) -> String {
        format!("{step}-{}", self.name)
    }

    /// What else the person should know about it: when it is needed, what it leads to. A step's own words (the key
    /// `fact_hint-{step}-{name}`) go before those that hold for every step.
    pub(super) fn hint(&self, t: Texts, step: &str) -> String {
        let own = t.find_code("fact_hint", &format!("{step}-{}", self.name));
        own.or_else(|| t.find_code("fact_hint", self.name)).unwrap_or_default()
    }

    pub(super) fn fault(&self, t: Texts, faults: &Faults, here: bool) -> Option<String> {
        if here { faults.of(t, self.name) } else { None }
    }
}
