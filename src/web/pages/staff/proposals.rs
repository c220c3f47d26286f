use askama::Template;
use jiff::civil::DateTime;

use crate::i18n::Texts;
use crate::web::pages::{Faults, StaffFrame};

/// `/staff/proposals`: what I may decide, what waits for others, what was decided.
#[derive(Debug, Template)]
#[template(path = "pages/staff/proposals.html")]
pub struct ProposalsPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// Proposals that wait for my decision, oldest first.
    pub waiting: Vec<ProposalLine>,
    /// My own open proposals, and others that wait but not for me.
    pub others: Vec<ProposalLine>,
    /// The latest that were decided or went out of date.
    pub decided: Vec<ProposalLine>,
}

/// One proposal in a list.
#[derive(Debug, Clone)]
pub struct ProposalLine {
    /// Id for the address.
    pub id: String,
    /// Public reference of the case.
    pub reference: String,
    /// Code of the step proposed.
    pub step: &'static str,
    /// Login of who proposed it.
    pub by: String,
    /// When, in the desk's local time.
    pub at: DateTime,
    /// Code of its state: `pending`, `approved`, `refused`, `stale`.
    pub state: &'static str,
}

impl ProposalLine {
    /// Shape of the state's word, as for cases.
    pub(super) fn phase(&self) -> &'static str {
        if self.state == "pending" { "waiting" } else { "ended" }
    }
}

/// `/staff/proposals/{id}`: what is proposed, and the decision.
#[derive(Debug, Template)]
#[template(path = "pages/staff/proposal.html")]
pub struct ProposalPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// The proposal.
    pub line: ProposalLine,
    /// Id of the case, for the link.
    pub case_id: String,
    /// State the case is in, and the one it would have; equal where the step keeps it.
    pub from: &'static str,
    /// See `from`.
    pub to: &'static str,
    /// False before the attestation: then `facts` and `messages` are empty because I may not read them.
    pub readable: bool,
    /// The facts as the proposer gave them.
    pub facts: Vec<ProposalFact>,
    /// What the reporter would be sent: the proposer's words, then the closed text of the step.
    pub messages: Vec<String>,
    /// What another body would be sent: files with their names.
    pub package: Vec<(String, String)>,
    /// What was decided; `None` while it waits, and where it went out of date.
    pub decided: Option<Decided>,
    /// `None` where I may decide or it was decided; else the code of why not (`why-own`, `why-reviewer`, `why-attest`,
    /// `why-stale_moved`, `why-stale_keys`).
    pub why_not: Option<&'static str>,
    /// Reasons as typed before, if the form was refused (field `reasons`).
    pub draft: String,
    /// What was wrong with it.
    pub faults: Faults,
}

/// How a proposal was answered.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Login of who answered.
    pub by: String,
    /// When, in the desk's local time.
    pub at: DateTime,
    /// Why it was refused.
    pub reasons: Option<String>,
}

/// One fact of a proposal.
#[derive(Debug, Clone)]
pub struct ProposalFact {
    /// Name of the fact (`fact-{name}`).
    pub name: &'static str,
    /// What was given, in words.
    pub text: String,
}
