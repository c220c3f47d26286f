use askama::Template;
use jiff::civil::{Date, DateTime};

use super::{CaseHead, ClosingList, FactKind, ReferralLine, Remedies, StepForm, Subjects};
use crate::i18n::Texts;
use crate::web::pages::public::Speaker;
use crate::web::pages::{Choice, Faults, StaffFrame};

/// `/staff/cases/{id}` after attestation.
#[derive(Debug, Template)]
#[template(path = "pages/staff/case.html")]
pub struct CasePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The case.
    pub head: CaseHead,
    /// The reporter's account.
    pub narrative: String,
    /// The structured answers that were given.
    pub answers: Vec<Answer>,
    /// The correspondence, oldest first.
    pub messages: Vec<CaseMessage>,
    /// Notes of staff, oldest first; never shown to the reporter.
    pub notes: Vec<CaseNote>,
    /// What happened to the case, newest first.
    pub timeline: Vec<TimelineLine>,
    /// The case's number in the record, by which auditors find it.
    pub record: String,
    /// Who holds the key.
    pub keepers: Keepers,
    /// Cases that may be about the same.
    pub alike: Vec<AlikeLine>,
    /// Whom the case concerns.
    pub subjects: Subjects,
    /// What was sent to other bodies, oldest first.
    pub referrals: Vec<ReferralLine>,
    /// The decision on interim measures against retaliation; none where it is not open or not mine.
    pub interim: Option<InterimForm>,
    /// What is to be done after the outcome.
    pub remedies: Remedies,
    /// What the end of the case needs, once it is near.
    pub closing: Option<ClosingList>,
    /// Signs of a crime that are still to be referred.
    pub referral: Option<ReferralDue>,
    /// Proposals of this case that wait for a decision.
    pub pending: Vec<PendingStep>,
    /// Steps that are legal for me now.
    pub steps: Vec<StepForm>,
    /// Steps that are not, and why.
    pub closed_steps: Vec<ClosedStep>,
    /// True where messages to the reporter are possible (a mailbox exists and is open).
    pub may_write: bool,
    /// The step whose form was refused: it is shown open, with `faults`.
    pub refused_step: Option<&'static str>,
    /// A message that was refused; empty otherwise (field `message`).
    pub message_draft: String,
    /// Grounds that were refused with it.
    pub grounds_draft: String,
    /// A note that was refused; empty otherwise (field `note`).
    pub note_draft: String,
    /// What was wrong with the form that was refused.
    pub faults: Faults,
}

/// The form of a decision on interim measures: fields `interim` and `interim_reasons`.
#[derive(Debug, Clone)]
pub struct InterimForm {
    /// What can be decided.
    pub decisions: Vec<Choice>,
    /// Code of what was chosen.
    pub decision: String,
    /// The reasons typed.
    pub reasons: String,
}

/// A structured answer of the report.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Name of the report's field (`when`, `where`, `forms` and so on).
    pub field: &'static str,
    /// What was answered, in words: free text, or the word for the code.
    pub text: String,
}

/// One message of the correspondence, as staff see it.
#[derive(Debug, Clone)]
pub struct CaseMessage {
    /// Which side wrote.
    pub from: Speaker,
    /// Login of the colleague who wrote; `None` for the reporter and the system.
    pub who: Option<String>,
    /// On which day (of a reporter's act a day is all there is).
    pub on: Date,
    /// The words.
    pub text: String,
}

/// One note.
#[derive(Debug, Clone)]
pub struct CaseNote {
    /// Login of who wrote it.
    pub who: String,
    /// When, in the desk's local time.
    pub at: DateTime,
    /// The words.
    pub text: String,
}

/// A case that may be about the same.
#[derive(Debug, Clone)]
pub struct AlikeLine {
    /// Id for the address.
    pub id: String,
    /// What it is called.
    pub reference: String,
    /// Code of its state.
    pub status: &'static str,
    /// The day of receipt.
    pub received_on: Date,
}

/// One entry of the record, as the case page shows it.
#[derive(Debug, Clone)]
pub struct TimelineLine {
    /// On which day.
    pub on: Date,
    /// Local time of day (`14:05`), for acts of staff only.
    pub time: Option<String>,
    /// Code of the act (`report.received`).
    pub act: String,
    /// Login, or `None` for the reporter and the system.
    pub who: Option<String>,
    /// More, in words (the new state, the reason).
    pub detail: Option<String>,
}

/// Who holds the key of the case.
#[derive(Debug, Clone)]
pub struct Keepers {
    /// How often the key was changed: whenever somebody loses access.
    pub changes: i64,
    /// Everyone granted, the reporter and the recovery key not counted.
    pub readers: Vec<Reader>,
    /// What is wrong with it.
    pub alarm: Option<HolderAlarm>,
    /// True where the case needs a lead and has none.
    pub leaderless: bool,
    /// The form to give a colleague a part; none where I may not.
    pub give: Option<GiveForm>,
}

/// The form to give a colleague a part: fields `staff` and `capacity`.
#[derive(Debug, Clone)]
pub struct GiveForm {
    /// Colleagues of the desk who have not stepped back, with their roles.
    pub colleagues: Vec<Choice>,
    /// The parts that the case has now.
    pub parts: Vec<Choice>,
    /// Id of the colleague chosen.
    pub staff: String,
    /// Code of the part chosen.
    pub capacity: String,
}

/// A person with a grant.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Id for the form that takes their part.
    pub id: String,
    /// Their login.
    pub login: String,
    /// Code of their capacity.
    pub capacity: &'static str,
    /// Day of the grant.
    pub since: Date,
    /// True once they have attested; before, they see no content.
    pub attested: bool,
    /// True where I may take their part.
    pub removable: bool,
}

/// Why a case may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderAlarm {
    /// Fewer than two living holders.
    TooFew {
        /// How many there are.
        holders: i64,
    },
}

/// Signs of a crime that are still to be referred.
#[derive(Debug, Clone)]
pub struct ReferralDue {
    /// The bodies to which they go, best first, in words.
    pub targets: String,
    /// Until when.
    pub on: Option<Date>,
}

/// A step that waits for a second pair of eyes.
#[derive(Debug, Clone)]
pub struct PendingStep {
    /// Id of the proposal.
    pub proposal: String,
    /// Code of the step.
    pub step: &'static str,
    /// Login of who proposed it.
    pub by: String,
    /// When, in the desk's local time.
    pub at: DateTime,
}

/// A step that is not possible, and why.
#[derive(Debug, Clone)]
pub struct ClosedStep {
    /// Code of the step.
    pub step: &'static str,
    /// Code of the reason (`why-…`): `state`, `role`, `pending`, `reporter_only`, `timer_only`.
    pub why: &'static str,
}

impl CasePage {
    /// Fault of the message's or the note's form, which belong to no step.
    pub(super) fn free_fault(&self, field: &str) -> Option<String> {
        if self.refused_step.is_none() { self.faults.of(self.t, field) } else { None }
    }

    /// Fault of the form that says how far something sent elsewhere is.
    fn referral_fault(&self, line: &ReferralLine, field: &str) -> Option<String> {
        line.refused.as_ref().and_then(|_| self.free_fault(field))
    }

    /// What stands before a field's name in its id, in the form that was refused.
    fn fault_prefix(&self) -> String {
        self.refused_step.map(|step| format!("{step}-")).unwrap_or_default()
    }

    /// True where this step's form is the one that was refused.
    fn refused(&self, step: &str) -> bool {
        self.refused_step == Some(step)
    }
}
