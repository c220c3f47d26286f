use jiff::civil::Date;

/// Whom a case concerns, and the form to record more.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// Persons, units and ticks, as the report and those who work on the case name them.
    pub lines: Vec<SubjectLine>,
    /// The form; none where I may not.
    pub form: Option<SubjectForm>,
}

/// A person or a unit.
#[derive(Debug, Clone)]
pub struct SubjectLine {
    /// Who or what, in words.
    pub who: String,
    /// Login of who recorded it; none for the reporter.
    pub by: Option<String>,
    /// On which day.
    pub on: Date,
    /// Two people struck it out: it counts no longer.
    pub struck: bool,
}

/// The form: fields `subject_name`, `login` and `unit` (a code of the registry of bodies).
#[derive(Debug, Clone, Default)]
pub struct SubjectForm {
    /// The name typed.
    pub name: String,
    /// The login typed.
    pub login: String,
    /// The unit's code typed.
    pub unit: String,
}
