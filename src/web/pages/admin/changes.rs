use askama::Template;
use jiff::civil::DateTime;

use crate::i18n::Texts;
use crate::web::pages::{Choice, Faults, StaffFrame};

/// `/admin/changes`: changes of the configuration that wait for people, that wait for their time, that ended.
#[derive(Debug, Template)]
#[template(path = "pages/admin/changes.html")]
pub struct ChangesPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// Those that wait for people.
    pub waiting: Vec<ChangeLine>,
    /// Those that wait for their time.
    pub delayed: Vec<ChangeLine>,
    /// The latest that ended.
    pub ended: Vec<ChangeLine>,
    /// The form for a proposal.
    pub form: ChangeForm,
    /// What was wrong with the form (fields `kind`, `file`).
    pub faults: Faults,
    /// What is wrong with which line of the file.
    pub mistakes: Vec<ShownMistake>,
    /// How many mistakes more there are.
    pub more: i64,
    /// The profiles and calendars in force.
    pub in_force: Vec<FileInForce>,
}

/// A file in force, to make the next version of.
#[derive(Debug, Clone)]
pub struct FileInForce {
    /// Code of its kind.
    pub kind: &'static str,
    /// The name of the profile or calendar.
    pub name: String,
    /// The file.
    pub text: String,
}

/// The form for a proposal: fields `kind` and `file`.
#[derive(Debug, Clone, Default)]
pub struct ChangeForm {
    /// Kinds to choose from.
    pub kinds: Vec<Choice>,
    /// The kind chosen.
    pub kind: String,
    /// The text of the file.
    pub file: String,
}

/// A mistake in a line.
#[derive(Debug, Clone)]
pub struct ShownMistake {
    /// The line.
    pub line: i64,
    /// Code of the mistake.
    pub code: &'static str,
    /// What stands there.
    pub text: String,
}

/// A change in a list.
#[derive(Debug, Clone)]
pub struct ChangeLine {
    /// Id for the address.
    pub id: String,
    /// Code of the kind.
    pub kind: &'static str,
    /// Code of the state.
    pub state: &'static str,
    /// Whether it loosens.
    pub loosening: bool,
    /// Login of who proposed it; none where the operator did.
    pub by: Option<String>,
    /// When it was proposed, in the instance's local time.
    pub at: DateTime,
    /// Logins of those who approved it.
    pub approvers: Vec<String>,
    /// How many more must approve.
    pub lacking: i64,
    /// When it takes effect.
    pub effective: Option<DateTime>,
    /// When it ended.
    pub ended: Option<DateTime>,
}

impl ChangeLine {
    /// Shape of the state's word, as for cases.
    fn phase(&self) -> &'static str {
        match self.state {
            "pending" | "approved" => "waiting",
            "in_force" => "open",
            _ => "ended",
        }
    }
}

/// What a change touches in one way.
#[derive(Debug, Clone)]
pub struct Touching {
    /// Code of the way: `added`, `removed`, `renamed`, `moved`, `changed`.
    pub how: &'static str,
    /// How many.
    pub count: i64,
    /// Those that are told one by one.
    pub told: Vec<Shown>,
    /// How many more there are.
    pub more: i64,
}

/// One thing that is touched.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What: a code and a name, or a rule in words.
    pub what: String,
    /// What it was; empty where that is not told.
    pub from: String,
    /// What it will be.
    pub to: String,
}

/// `/admin/changes/{id}`: what a change changes, and the decision.
#[derive(Debug, Template)]
#[template(path = "pages/admin/change.html")]
pub struct ChangePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The change.
    pub line: ChangeLine,
    /// SHA-256 of the file, as the record names it.
    pub digest: String,
    /// What it touches; none where it no longer fits.
    pub touches: Option<Vec<Touching>>,
    /// Login of who refused or stopped it.
    pub refuser: Option<String>,
    /// The reasons for that.
    pub reasons: Option<String>,
    /// Code of why it no longer fits.
    pub why: Option<&'static str>,
    /// Whether I may approve it.
    pub may_approve: bool,
    /// Whether I may refuse or stop it.
    pub may_refuse: bool,
    /// Reasons as typed before.
    pub draft: String,
    /// What was wrong with them.
    pub faults: Faults,
}

/// `/staff/changes`: what waits for its time, as oversight sees it.
#[derive(Debug, Template)]
#[template(path = "pages/staff/changes.html")]
pub struct DelayedPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// Each change with what it touches; none where it no longer fits.
    pub changes: Vec<(ChangeLine, Option<Vec<Touching>>)>,
    /// Who comes to cases soon, the next first.
    pub newcomers: Vec<NewcomerLine>,
}

/// Somebody who comes to cases from a moment on.
#[derive(Debug, Clone)]
pub struct NewcomerLine {
    /// Login.
    pub login: String,
    /// Roles, each with its desk, in words.
    pub roles: Vec<String>,
    /// From when.
    pub from: DateTime,
}
