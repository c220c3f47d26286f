//! Parts that every form shares.

use crate::domain::field_error::FieldError;
use crate::i18n::Texts;

/// One thing wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Name of the field, which is also its `id` in the page; `"form"` where no single field is at fault.
    pub field: &'static str,
    /// Stable code (`required`, `too_long`, `unknown_value` …); its words have the key `fault-{field}-{code}` where a
    /// field has its own, else `fault-{code}`.
    pub code: &'static str,
    /// The limit that was passed, for `too_long`.
    pub max: Option<u64>,
}

impl Fault {
    /// The fault as a sentence, without the field's name.
    #[must_use]
    pub fn sentence(&self, t: Texts) -> String {
        let own = t.find_code("fault", &format!("{}-{}", self.field, self.code));
        own.unwrap_or_else(|| t.fault(self.code, self.max))
    }

    /// The fault as the summary shows it: "What happened: please fill this in."
    #[must_use]
    pub fn in_summary(&self, t: Texts) -> String {
        match t.find_code("field", self.field).or_else(|| t.find_code("fact", self.field)) {
            Some(name) => format!("{name}: {}", self.sentence(t)),
            None => self.sentence(t),
        }
    }
}

impl From<&FieldError> for Fault {
    fn from(error: &FieldError) -> Self {
        Self { field: error.field, code: error.code, max: error.max }
    }
}

/// Everything wrong with one form; empty when it is shown for the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl From<&[FieldError]> for Faults {
    fn from(errors: &[FieldError]) -> Self {
        Self(errors.iter().map(Fault::from).collect())
    }
}

impl Faults {
    /// The first fault of this field, as a sentence.
    #[must_use]
    pub fn of(&self, t: Texts, field: &str) -> Option<String> {
        self.0.iter().find(|fault| fault.field == field).map(|fault| fault.sentence(t))
    }
}

/// A field that was typed into a form which could not be taken: shown on the page of refusal, so that nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What the field is called.
    pub name: String,
    /// What was typed, or the word of the answer chosen.
    pub text: String,
}

/// One possible answer of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
}

impl Choice {
    /// True where this is the answer given.
    pub(super) fn is(&self, value: impl AsRef<str>) -> bool {
        self.value == value.as_ref()
    }

    /// True where this is one of the answers given, a line each.
    pub(super) fn is_among(&self, values: impl AsRef<str>) -> bool {
        values.as_ref().lines().any(|value| self.value == value)
    }

    /// Choices for codes of a vocabulary, in the order given.
    #[must_use]
    pub fn of_codes(t: Texts, vocabulary: &str, codes: &[&str]) -> Vec<Self> {
        codes.iter().map(|code| Self { value: (*code).to_owned(), label: t.code(vocabulary, code) }).collect()
    }
}
