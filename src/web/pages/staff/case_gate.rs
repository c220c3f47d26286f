use askama::Template;
use jiff::civil::Date;

use super::Due;
use crate::i18n::Texts;
use crate::web::pages::{Faults, StaffFrame};

/// `/staff/cases/{id}` before attestation, or while the case's keys are awaited: no content, only what is needed to know
/// whether one may look.
#[derive(Debug, Template)]
#[template(path = "pages/staff/case_gate.html")]
pub struct CaseGatePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The case.
    pub head: CaseHead,
    /// True where I attested, but have new keys and was not given the case again.
    pub keys_awaited: bool,
    /// What was wrong (field `no_conflict`). The recusal asks for nothing: why is nobody's business (control EU-9.1c-1).
    pub faults: Faults,
}

/// What anyone with a grant sees of a case, attested or not.
#[derive(Debug, Clone)]
pub struct CaseHead {
    /// Id for addresses.
    pub id: String,
    /// Public reference.
    pub reference: String,
    /// Code of the state.
    pub status: &'static str,
    /// Code of the category.
    pub category: &'static str,
    /// Name of the body concerned; empty = not told.
    pub body: String,
    /// Code of the region; empty = not told.
    pub region: &'static str,
    /// Language of the reporter.
    pub language: &'static str,
    /// Day of receipt.
    pub received_on: Date,
    /// Days since receipt.
    pub age_days: i64,
    /// The next deadline, if one runs.
    pub due: Option<Due>,
    /// Code of its severity; none before the assessment.
    pub severity: Option<&'static str>,
    /// In which capacity I was granted the case (code of `capacity`: triager, lead, investigator …).
    pub capacity: &'static str,
}
