use askama::Template;
use jiff::civil::Date;

use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/staff/oversight`: what was missed and who waits. No content.
#[derive(Debug, Template)]
#[template(path = "pages/staff/oversight.html")]
pub struct OversightPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// What nobody has taken up, oldest first.
    pub open: Vec<MatterRow>,
    /// Reporters who wait for an answer, longest first.
    pub unanswered: Vec<SilenceRow>,
    /// Proposals that wait for a second person, oldest first.
    pub stuck: Vec<StuckRow>,
    /// What was taken up.
    pub taken_up: Vec<MatterRow>,
    /// Codes of the lists that have more than is shown: `open`, `taken_up`, `unanswered`, `proposals`.
    pub cut: Vec<&'static str>,
    /// The most lines of a list.
    pub shown: i64,
}

/// A matter.
#[derive(Debug, Clone)]
pub struct MatterRow {
    /// Id for the address.
    pub id: String,
    /// What happened, in words.
    pub what: String,
    /// What the case is called.
    pub reference: String,
    /// Code of its state.
    pub status: &'static str,
    /// The desk's name.
    pub desk: String,
    /// Since which day.
    pub arisen_on: Date,
    /// When it was taken up.
    pub taken_up_on: Option<Date>,
}

/// A reporter who waits.
#[derive(Debug, Clone)]
pub struct SilenceRow {
    /// What the case is called.
    pub reference: String,
    /// Code of its state.
    pub status: &'static str,
    /// The desk's name.
    pub desk: String,
    /// Since which day.
    pub since: Date,
    /// For how many days.
    pub days: i64,
}

/// A proposal that waits.
#[derive(Debug, Clone)]
pub struct StuckRow {
    /// What the case is called.
    pub reference: String,
    /// Code of the step.
    pub step: &'static str,
    /// The desk's name.
    pub desk: String,
    /// Since which day.
    pub since: Date,
    /// For how many days.
    pub days: i64,
}
