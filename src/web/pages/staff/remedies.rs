use jiff::civil::Date;

use super::CasePage;
use crate::web::pages::Choice;

/// What is to be done after the outcome, and the form to add to it.
#[derive(Debug, Clone, Default)]
pub struct Remedies {
    /// Corrective actions and recommendations, by due day.
    pub lines: Vec<RemedyLine>,
    /// The form; none where I may not.
    pub form: Option<RemedyForm>,
}

/// A corrective action or recommendation.
#[derive(Debug, Clone)]
pub struct RemedyLine {
    /// Its id.
    pub id: String,
    /// Code of its kind.
    pub kind: &'static str,
    /// Code of its state.
    pub state: &'static str,
    /// What is to be done.
    pub what: String,
    /// By whom: in words, and the body where it is one of the registry.
    pub addressee: String,
    /// Until when.
    pub due_on: Date,
    /// On which day it was found overdue.
    pub overdue_on: Option<Date>,
    /// What happened to it, first first.
    pub turns: Vec<TurnedLine>,
    /// The form for what happens next; none where nothing can, or I may not.
    pub form: Option<TurnForm>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct TurnedLine {
    /// Code of what.
    pub turn: &'static str,
    /// Login of who recorded it.
    pub by: String,
    /// On which day.
    pub on: Date,
    /// Reasons or evidence.
    pub words: Option<String>,
}

/// The form for what happens next: fields `turn` and `words`.
#[derive(Debug, Clone)]
pub struct TurnForm {
    /// What can happen now.
    pub turns: Vec<Choice>,
    /// What was chosen.
    pub turn: String,
    /// What was typed.
    pub words: String,
    /// True where this form is the one that was refused.
    pub refused: bool,
}

/// The form to add one: fields `measure`, `action_kind`, `addressee`, `addressee_body` (a code of the registry of bodies) and
/// `action_due`.
#[derive(Debug, Clone, Default)]
pub struct RemedyForm {
    /// The kinds.
    pub kinds: Vec<Choice>,
    /// What was typed.
    pub measure: String,
    /// What was chosen.
    pub kind: String,
    /// What was typed.
    pub addressee: String,
    /// What was typed.
    pub addressee_body: String,
    /// What was typed.
    pub due_on: String,
}

impl TurnForm {
    /// Id of a field in the page: the bare name in the form that was refused, to which the summary leads.
    pub(super) fn id(&self, remedy: &str, name: &str) -> String {
        if self.refused { name.to_owned() } else { format!("{name}-{remedy}") }
    }
}

impl CasePage {
    /// Fault of a form that adds a remedy.
    pub(super) fn remedy_fault(&self, field: &str) -> Option<String> {
        let turned =
            self.remedies.lines.iter().filter_map(|line| line.form.as_ref()).any(|form| form.refused);
        if turned { None } else { self.free_fault(field) }
    }

    /// Fault of a remedy's own form.
    pub(super) fn turn_fault(&self, form: &TurnForm, field: &str) -> Option<String> {
        if form.refused { self.free_fault(field) } else { None }
    }

    /// Whether the form that adds a remedy was refused.
    pub(super) fn remedy_refused(&self) -> bool {
        ["measure", "action_kind", "addressee", "addressee_body", "action_due"]
            .iter()
            .any(|field| self.remedy_fault(field).is_some())
    }
}
