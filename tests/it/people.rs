//! Who acts in tests. What they can do is what the use cases let them do.

use std::sync::Arc;

use senim::{
    crypto::secret::SecretText,
    domain::{
        case::{
            remedy::{RemedyState, Turned},
            status::Status,
            step::Step,
        },
        ids::{CaseId, ItemId, ProposalId, RemedyId, StaffId},
        text::{Message, Note, Reasons},
    },
    storage::case_lists::CaseFilter,
    usecases::{
        Caller, Context, Error,
        add_note::add_note,
        approve_proposal::approve_proposal,
        attest::attest,
        list_cases::list_cases,
        open_case::{OpenedCase, open_case},
        open_inbox::open_inbox,
        piece::PieceBody,
        read_inbox::{Inbox, LetterBody, read_inbox},
        recuse::recuse,
        refuse_proposal::refuse_proposal,
        remedies::turn_remedy,
        request_review::request_review,
        send_inbox_message::send_inbox_message,
        send_message::{Letter, send_message},
        take_step::{StepDone, take_step},
    },
};
use serde_json::Value;

use crate::facts::facts;

/// The longest text of a test.
const LONG: usize = 100_000;

/// A signed-in member of staff.
pub struct StaffActor {
    /// What they act in.
    pub ctx: Arc<Context>,
    /// Their session.
    pub caller: Caller,
    /// The token that carries it.
    pub token: SecretText,
}

impl StaffActor {
    /// Who.
    pub fn id(&self) -> StaffId {
        self.caller.id
    }

    /// Signs that there is no conflict.
    pub async fn attest(&self, case: CaseId) {
        attest(&self.ctx, &self.caller, case).await.unwrap();
    }

    /// Opens a case.
    pub async fn open(&self, case: CaseId) -> Result<OpenedCase, Error> {
        open_case(&self.ctx, &self.caller, case).await
    }

    /// Everything that is written in a case, as text.
    pub async fn read(&self, case: CaseId) -> String {
        let opened = self.open(case).await.unwrap();
        let pieces = opened.content.expect("it was attested");
        pieces.iter().map(|piece| said(&piece.body)).collect::<Vec<_>>().join("\n")
    }

    /// Takes or proposes a step.
    pub async fn step(&self, case: CaseId, step: Step, given: Value) -> Result<StepDone, Error> {
        take_step(&self.ctx, &self.caller, case, step, &facts(given)).await
    }

    /// Takes a step that must lead here.
    pub async fn take(&self, case: CaseId, step: Step, given: Value) -> Status {
        match self.step(case, step, given).await.unwrap() {
            StepDone::Taken(status) => status,
            StepDone::Proposed(_) => panic!("{} is only a proposal", step.code()),
        }
    }

    /// Proposes a step.
    pub async fn propose(&self, case: CaseId, step: Step, given: Value) -> ProposalId {
        match self.step(case, step, given).await.unwrap() {
            StepDone::Proposed(id) => id,
            StepDone::Taken(_) => panic!("{} needed nobody else", step.code()),
        }
    }

    /// Approves.
    pub async fn approve(&self, id: ProposalId) -> Result<Status, Error> {
        approve_proposal(&self.ctx, &self.caller, id).await
    }

    /// Refuses.
    pub async fn refuse(&self, id: ProposalId, reasons: &str) -> Result<(), Error> {
        refuse_proposal(&self.ctx, &self.caller, id, &Reasons::parse(reasons, LONG).unwrap()).await
    }

    /// Has everything done that was decided: it is accepted and done, and `second` verifies it.
    pub async fn carry_out(&self, case: CaseId, second: &Self, evidence: &str) {
        for remedy in self.open(case).await.unwrap().remedies {
            for (by, turn) in [(self, "accept"), (self, "finish"), (second, "verify")] {
                by.turn(case, remedy.row.id, turn, evidence).await.unwrap();
            }
        }
    }

    /// Records what happened to a measure.
    pub async fn turn(
        &self,
        case: CaseId,
        remedy: RemedyId,
        turn: &str,
        words: &str,
    ) -> Result<RemedyState, Error> {
        let turned = Turned::parse(Some(turn), Some(words), LONG).unwrap();
        turn_remedy(&self.ctx, &self.caller, (case, remedy), &turned).await
    }

    /// Writes to the reporter.
    pub async fn write(&self, case: CaseId, text: &str) -> Result<ItemId, Error> {
        let text = Message::parse(text, LONG).unwrap();
        send_message(&self.ctx, &self.caller, case, &Letter { text: &text, grounds: None }).await
    }

    /// Gives the reporter feedback: what is done, and on what grounds.
    pub async fn give_feedback(&self, case: CaseId, text: &str, grounds: &str) -> Result<ItemId, Error> {
        let (text, grounds) = (Message::parse(text, LONG).unwrap(), Reasons::parse(grounds, LONG).unwrap());
        send_message(&self.ctx, &self.caller, case, &Letter { text: &text, grounds: Some(&grounds) }).await
    }

    /// Writes a note.
    pub async fn note(&self, case: CaseId, text: &str) -> Result<ItemId, Error> {
        add_note(&self.ctx, &self.caller, case, &Note::parse(text, LONG).unwrap()).await
    }

    /// Steps back.
    pub async fn recuse(&self, case: CaseId) -> Result<(), Error> {
        recuse(&self.ctx, &self.caller, case).await
    }

    /// The cases in their list.
    pub async fn cases(&self) -> Vec<CaseId> {
        let filter = CaseFilter { limit: 100, ..CaseFilter::default() };
        let list = list_cases(&self.ctx, &self.caller, filter).await.unwrap();
        list.lines.iter().map(|line| line.case.id).collect()
    }
}

/// What a piece says, as one string.
pub fn said(body: &PieceBody) -> String {
    match body {
        PieceBody::Report(report) => String::from_utf8(report.to_sealed_json().to_vec()).unwrap(),
        PieceBody::Words(kind, text) => format!("{}: {text}", kind.code()),
        PieceBody::Step(facts) => String::from_utf8(facts.to_sealed_json().to_vec()).unwrap(),
        PieceBody::Template(code) => format!("template: {code}"),
        PieceBody::Remedy(remedy) => String::from_utf8(remedy.to_sealed_json().to_vec()).unwrap(),
        PieceBody::Subject(subject) => format!("subject: {subject:?}"),
        PieceBody::Package(package) => String::from_utf8(package.to_sealed_json().to_vec()).unwrap(),
    }
}

/// Somebody who reported and has the receipt.
pub struct ReporterActor {
    /// What they act in.
    pub ctx: Arc<Context>,
    /// Their receipt.
    pub receipt: String,
    /// The case's reference.
    pub reference: String,
    /// The case; they do not know it.
    pub case: CaseId,
}

impl ReporterActor {
    /// A token of the mailbox.
    pub async fn token(&self) -> String {
        open_inbox(&self.ctx, &self.receipt).await.unwrap().token
    }

    /// Reads the mailbox.
    pub async fn inbox(&self) -> Inbox {
        read_inbox(&self.ctx, &self.token().await).await.unwrap()
    }

    /// Everything in the mailbox, as text.
    pub async fn read(&self) -> String {
        let inbox = self.inbox().await;
        let line = |letter: &LetterBody| match letter {
            LetterBody::FromDesk(text) => format!("desk: {text}"),
            LetterBody::Question(text) => format!("question: {text}"),
            LetterBody::Template(code) => format!("template: {code}"),
            LetterBody::FromReporter => "reporter".to_owned(),
        };
        inbox.letters.iter().map(|letter| line(&letter.body)).collect::<Vec<_>>().join("\n")
    }

    /// Asks for a review of the decision.
    pub async fn ask_review(&self, text: &str) -> Result<(), Error> {
        let token = self.token().await;
        request_review(&self.ctx, &token, &Message::parse(text, LONG).unwrap()).await
    }

    /// Writes to the desk.
    pub async fn write(&self, text: &str) -> Result<(), Error> {
        let token = self.token().await;
        send_inbox_message(&self.ctx, &token, &Message::parse(text, LONG).unwrap()).await
    }
}
