use askama::Template;
use jiff::civil::Date;

use crate::i18n::Texts;
use crate::web::pages::{Faults, PublicFrame};

/// `/{lang}/inbox` without a session: the receipt is asked for. What was typed is shown again only where its check symbol
/// does not fit, so that one symbol can be mended: then it opens nothing.
#[derive(Debug, Template)]
#[template(path = "pages/public/inbox_open.html")]
pub struct InboxOpenPage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: PublicFrame,
    /// Why the mailbox did not open.
    pub fault: Option<OpenFault>,
    /// The mistyped receipt; empty for every other fault.
    pub typed: String,
}

/// Why a mailbox did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFault {
    /// The check symbol is wrong: told before any look-up.
    Mistyped,
    /// Everything else: one answer.
    NotOpened,
    /// The session of 30 minutes has ended.
    Ended,
    /// The form was sent by another site.
    Expired,
}

impl OpenFault {
    fn code(self) -> &'static str {
        match self {
            Self::Mistyped => "mistyped",
            Self::NotOpened => "not_opened",
            Self::Ended => "ended",
            Self::Expired => "expired",
        }
    }
}

/// `/{lang}/inbox` with a session.
#[derive(Debug, Template)]
#[template(path = "pages/public/inbox.html")]
pub struct InboxPage {
    /// Words.
    pub t: Texts,
    /// What stands around; `csrf` is set.
    pub frame: PublicFrame,
    /// The case's public reference.
    pub reference: String,
    /// Code of the case's state; shown in the words for reporters.
    pub status: &'static str,
    /// More about the state in the page's language: reasons, outcome, the body it was sent to.
    pub detail: Option<String>,
    /// Day by which the reporter hears next.
    pub next_by: Option<Date>,
    /// Day by which the reporter is asked to answer, while a question waits.
    pub question_until: Option<Date>,
    /// The correspondence, oldest first.
    pub messages: Vec<InboxMessage>,
    /// Whether the proof that the report is in the log is to be had here.
    pub proof: bool,
    /// False once the mailbox is closed.
    pub may_write: bool,
    /// True right after a message was sent.
    pub sent: bool,
    /// True right after oversight was told that nobody answers.
    pub told: bool,
    /// Codes of the bodies outside to turn to, once a due day has passed.
    pub routes: Vec<&'static str>,
    /// Whether oversight may be told now that nobody answers.
    pub may_complain: bool,
    /// Whether a review of the decision may be asked for.
    pub may_ask_review: bool,
    /// A request for it that was refused and not stored; empty otherwise.
    pub review: String,
    /// A message that was refused and not stored; empty otherwise.
    pub draft: String,
    /// Why it was refused (fields `message`, `review`).
    pub faults: Faults,
}

/// One line of the correspondence, as the reporter sees it.
#[derive(Debug, Clone)]
pub struct InboxMessage {
    /// Who wrote.
    pub from: Speaker,
    /// On which day.
    pub on: Date,
    /// The words; `None` for the reporter's own, which are never shown again.
    pub text: Option<String>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The person who reported.
    Reporter,
    /// Somebody of the desk.
    Desk,
    /// Senim itself: an acknowledgement, a change of state.
    System,
}

impl Speaker {
    /// Code for the speaker's name (`speaker-desk`).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Desk => "desk",
            Self::System => "system",
        }
    }
}

impl InboxOpenPage {
    fn fault_words(&self) -> Option<String> {
        self.fault.map(|fault| self.t.code("open", fault.code()))
    }
}
