//! The table of transitions (norms.md 8.3): who may take which step from which state, where it leads, what it needs.
//!
//! Only what stands here can happen to a case (control OI-11a-1); the database holds the same table. The guard
//! "competence" of `assign` waits for training records.

use super::facts::Fact;
use super::reason::ReasonCode;
use super::status::Status;
use super::step::Step;
use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// Who takes a step, in relation to the case.
    pub enum Doer {
        /// A triager of the desk.
        Triager = "triager",
        /// The investigator in charge.
        Lead = "lead",
        /// A reviewer; norms.md's *decider* is a reviewer whose decision another reviewer approves.
        Reviewer = "reviewer",
        /// Triager or lead, whoever has the case.
        ReferralOfficer = "referral_officer",
        /// The reporter, by receipt.
        Reporter = "reporter",
        /// A timer.
        Timer = "timer",
        /// The retention job.
        Retention = "retention",
    }
}

impl Doer {
    /// Whether `actual` may take what this entry of the table offers.
    #[must_use]
    pub fn covers(self, actual: Self) -> bool {
        self == actual || (self == Self::ReferralOfficer && matches!(actual, Self::Triager | Self::Lead))
    }

    /// Whether this is a member of staff.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Triager | Self::Lead | Self::Reviewer | Self::ReferralOfficer)
    }
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// To this state.
    Fixed(Status),
    /// Back to where the question was asked.
    Origin,
    /// Nowhere: the state is kept.
    Same,
}

impl To {
    /// The state reached from `from`. `origin` is where the question was asked, needed for [`To::Origin`] only.
    /// `None` if the origin is missing or cannot be one: then the row is damaged and the step must not be taken.
    #[must_use]
    pub fn status(self, from: Status, origin: Option<Status>) -> Option<Status> {
        match self {
            Self::Fixed(status) => Some(status),
            Self::Same => Some(from),
            Self::Origin => origin.filter(|origin| origin.can_be_origin()),
        }
    }

    /// Every state that may be reached from `from`.
    #[must_use]
    pub fn possible(self, from: Status) -> Vec<Status> {
        match self {
            Self::Fixed(status) => vec![status],
            Self::Same => vec![from],
            Self::Origin => Status::ALL.iter().copied().filter(|status| status.can_be_origin()).collect(),
        }
    }
}

vocabulary! {
    /// What the reporter is told with a step.
    pub enum MessageKind {
        /// Somebody looks at the report now.
        Opened = "opened",
        /// The question itself.
        Question = "question",
        /// The answer arrived, and the work goes on.
        Answered = "answered",
        /// No answer came, and the work goes on without it.
        AnswerExpired = "answer_expired",
        /// Not followed up: reasons and the way to a review.
        Rejection = "rejection",
        /// Joined to another case.
        Merged = "merged",
        /// To which body the case went, and when.
        Destination = "destination",
        /// To which body a part of the case went, and when.
        PartSent = "part_sent",
        /// People were named who will look into it.
        Assigned = "assigned",
        /// It is looked at again from the beginning.
        HandedBack = "handed_back",
        /// The next stage has begun.
        Stage = "stage",
        /// The decision is being prepared.
        Submitted = "submitted",
        /// More is to be found out before a decision.
        SentBack = "sent_back",
        /// Paused, and why.
        Paused = "paused",
        /// Going on again.
        Resumed = "resumed",
        /// The outcome, limited where the law says so.
        Outcome = "outcome",
        /// The feedback at the end.
        Feedback = "feedback",
        /// The other body sent the case back.
        Returned = "returned",
        /// The withdrawal took effect.
        Withdrawn = "withdrawn",
        /// A due day is later than was said, and why.
        Extended = "extended",
        /// The case goes on under other rules, so that its days are others.
        Rescheduled = "rescheduled",
        /// The case is taken up again.
        Reopened = "reopened",
        /// The result of the review, and the next route.
        ReviewResult = "review_result",
        /// The case is put away.
        Archived = "archived",
    }
}

vocabulary! {
    /// Why a step tells the reporter nothing (control ISO-8.1-1).
    pub enum Silence {
        /// The keys of the mailbox are destroyed with the case.
        NoMailbox = "no_mailbox",
        /// The case stays where it is, and what is done concerns somebody else.
        SameStage = "same_stage",
    }
}

/// Whether the reporter is told, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageRule {
    /// Nothing is told, for this reason.
    Silent(Silence),
    /// Always told.
    Tell(MessageKind),
    /// Told, or `silence_reason` is given.
    TellOrExplain(MessageKind),
}

impl MessageRule {
    /// What is told, if anything.
    #[must_use]
    pub const fn kind(self) -> Option<MessageKind> {
        match self {
            Self::Silent(_) => None,
            Self::Tell(kind) | Self::TellOrExplain(kind) => Some(kind),
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The state in which the step can be taken.
    pub from: Status,
    /// The step.
    pub step: Step,
    /// Where it leads.
    pub to: To,
    /// Who may take it, or propose it where it is under four eyes.
    pub by: &'static [Doer],
    /// Whether it becomes a proposal that another, conflict-free person must approve.
    pub four_eyes: bool,
    /// What the reporter is told.
    pub message: MessageRule,
    /// What must be given with it.
    pub facts: &'static [Fact],
    /// The reason codes it may carry; empty where [`Fact::ReasonCode`] is not asked for.
    pub reasons: &'static [ReasonCode],
}

impl Transition {
    /// Whether somebody who stands to the case as `doer` may take the step.
    #[must_use]
    pub fn offered_to(&self, doer: Doer) -> bool {
        self.by.iter().any(|offered| offered.covers(doer))
    }

    /// How many people must approve: none for a direct step, one under four eyes, two where a job proposes, since then
    /// the proposal itself is nobody's eyes (control EU-18.1-1, "dual approval").
    #[must_use]
    pub fn approvals(&self) -> u8 {
        match (self.four_eyes, self.by.iter().any(|doer| doer.is_staff())) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => 2,
        }
    }
}

/// The state of a case at its arrival: "– → received, submit" of norms.md 8.3. Whoever may submit is a matter of
/// `policy`; what must be given is a well-formed [`crate::domain::report::Report`].
pub const ARRIVAL: Status = Status::Received;

/// The row for a step taken in a state; `None` if the step is illegal there.
#[must_use]
pub fn find(from: Status, step: Step) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|row| row.from == from && row.step == step)
}

/// The steps that are legal in a state, in the order of the table.
#[must_use]
pub fn legal_from(status: Status) -> Vec<Step> {
    TRANSITIONS.iter().filter(|row| row.from == status).map(|row| row.step).collect()
}

/// Every (from, step, to) of the table with origins spelt out: what the database's own table must hold.
#[must_use]
pub fn moves() -> Vec<(Status, Step, Status)> {
    TRANSITIONS
        .iter()
        .flat_map(|row| row.to.possible(row.from).into_iter().map(|to| (row.from, row.step, to)))
        .collect()
}

const OFFICER: &[Doer] = &[Doer::ReferralOfficer];
const TRIAGER: &[Doer] = &[Doer::Triager];
const LEAD: &[Doer] = &[Doer::Lead];
const REVIEWER: &[Doer] = &[Doer::Reviewer];
const REPORTER: &[Doer] = &[Doer::Reporter];
const TIMER: &[Doer] = &[Doer::Timer];
const RETENTION: &[Doer] = &[Doer::Retention];
const HOLDERS: &[Doer] = &[Doer::Triager, Doer::Lead];
const DECIDING: &[Doer] = &[Doer::Lead, Doer::Reviewer];
const STAFF: &[Doer] = &[Doer::Triager, Doer::Lead, Doer::Reviewer];

const DIRECT: bool = false;
const FOUR_EYES: bool = true;

const REJECTING: &[ReasonCode] = &[
    ReasonCode::OutOfScope,
    ReasonCode::Minor,
    ReasonCode::Repetitive,
    ReasonCode::NoSubstance,
    ReasonCode::AnonNotConsiderable,
    ReasonCode::Spam,
];
const MERGING: &[ReasonCode] = &[ReasonCode::SameFacts, ReasonCode::SameMatter];
const REFERRING: &[ReasonCode] = &[ReasonCode::NotCompetent, ReasonCode::CriminalSigns];
const HANDING_BACK: &[ReasonCode] = &[ReasonCode::Recusal, ReasonCode::WrongCompetence];
const SENDING_BACK: &[ReasonCode] =
    &[ReasonCode::FactsMissing, ReasonCode::EvidenceUnsound, ReasonCode::SubjectNotHeard];
const COMPLETING: &[ReasonCode] = &[ReasonCode::ActionsVerified, ReasonCode::ActionsHandedOver];
const EXTENDING: &[ReasonCode] = &[ReasonCode::Complexity, ReasonCode::AwaitsOthers, ReasonCode::Expertise];
const MOVING: &[ReasonCode] = &[ReasonCode::OtherRules, ReasonCode::LaterVersion];
const LAPSING: &[ReasonCode] = &[ReasonCode::RemindersUnanswered];

const REJECTED: &[Fact] = &[
    Fact::Assessment,
    Fact::AnonymousBranch,
    Fact::ReasonCode,
    Fact::Unreferred,
    Fact::Reasons,
    Fact::Message,
];
const MERGED: &[Fact] = &[Fact::Assessment, Fact::ReasonCode, Fact::Unreferred, Fact::Reasons, Fact::Master];
const ASSESSED_PACKAGE: &[Fact] = &[
    Fact::Assessment,
    Fact::ReasonCode,
    Fact::Reasons,
    Fact::Target,
    Fact::Statement,
    Fact::IdentityRemoved,
];
const PACKAGE: &[Fact] =
    &[Fact::ReasonCode, Fact::Reasons, Fact::Target, Fact::Statement, Fact::IdentityRemoved];
const NO_INTEREST: &[Fact] = &[Fact::ReporterAsked, Fact::PublicInterest, Fact::Unreferred, Fact::Reasons];
const GROUND: &[Fact] = &[Fact::NewGround, Fact::Reasons];
const LATER: &[Fact] = &[Fact::Clock, Fact::ExpectedOn, Fact::ReasonCode, Fact::Reasons, Fact::Message];
const NOTIFIED: &[Fact] = &[Fact::Preliminary, Fact::DoneOn];
const STRUCK: &[Fact] = &[Fact::Struck, Fact::Reasons];
const RULES: &[Fact] = &[Fact::Profile, Fact::ReasonCode, Fact::Reasons, Fact::Message];
const REVIEWED: &[Fact] = &[Fact::ReviewResult, Fact::Reasons, Fact::Message];

use self::To::{Fixed, Origin, Same};
use MessageKind as Kind;
use MessageRule::{Silent, Tell, TellOrExplain};
use Silence::{NoMailbox, SameStage};
use Status as S;

/// One row, so that the table below reads as a table.
macro_rules! rows {
    ($( $from:ident $step:ident => $to:expr, $by:expr, $eyes:expr, $message:expr, $facts:expr $(, $reasons:expr)? ; )+) => {
        &[$( Transition {
            from: S::$from, step: Step::$step, to: $to, by: $by, four_eyes: $eyes, message: $message, facts: $facts,
            reasons: { let codes: &[ReasonCode] = &[]; $( let _ = codes; let codes: &[ReasonCode] = $reasons; )? codes },
        } ),+]
    };
}

/// All transitions of norms.md 8.3.
///
/// `notify_hearing` is the guard "KZ hearing done" of 8.3 as an act of its own: it must come days before the decision.
///
/// Three rows say more than the norms: `ask` from an investigation (8.3 only says that the answer goes back there);
/// `outcome_received` and `lapse` by triager or lead (a case referred from triage has no lead); the reporter withdraws by
/// a message, and the step of whoever has the case carries that fact. What the case already tells is not asked again
/// ([`super::known::Known::asked`]).
#[rustfmt::skip]
pub const TRANSITIONS: &[Transition] = rows! {
    // from         step               to                          by         eyes       message                            facts, reason codes
    Received        Open            => Fixed(S::Triage),           TRIAGER,   DIRECT,    Tell(Kind::Opened),                &[];
    Triage          Ask             => Fixed(S::AwaitingInfo),     TRIAGER,   DIRECT,    Tell(Kind::Question),              &[Fact::Question];
    Investigation   Ask             => Fixed(S::AwaitingInfo),     LEAD,      DIRECT,    Tell(Kind::Question),              &[Fact::Question];
    AwaitingInfo    Answer          => Origin,                     REPORTER,  DIRECT,    Tell(Kind::Answered),              &[];
    AwaitingInfo    Timeout         => Origin,                     TIMER,     DIRECT,    Tell(Kind::AnswerExpired),         &[];
    Triage          Reject          => Fixed(S::Rejected),         TRIAGER,   FOUR_EYES, Tell(Kind::Rejection),             REJECTED, REJECTING;
    Triage          Merge           => Fixed(S::Merged),           TRIAGER,   FOUR_EYES, Tell(Kind::Merged),                MERGED, MERGING;
    Triage          Refer           => Fixed(S::Referred),         OFFICER,   FOUR_EYES, Tell(Kind::Destination),           ASSESSED_PACKAGE, REFERRING;
    Triage          ReferPart       => Same,                       OFFICER,   FOUR_EYES, Tell(Kind::PartSent),              ASSESSED_PACKAGE, REFERRING;
    Triage          Assign          => Fixed(S::Assigned),         TRIAGER,   DIRECT,    Tell(Kind::Assigned),              &[Fact::Assessment, Fact::DetrimentLevel, Fact::Assignees];
    Assigned        Start           => Fixed(S::Investigation),    LEAD,      FOUR_EYES, Tell(Kind::Stage),                 &[Fact::Plan, Fact::ReassessedDetriment];
    Assigned        Return          => Fixed(S::Triage),           LEAD,      DIRECT,    Tell(Kind::HandedBack),            &[Fact::ReasonCode, Fact::Reasons], HANDING_BACK;
    Investigation   Pause           => Fixed(S::Suspended),        LEAD,      FOUR_EYES, TellOrExplain(Kind::Paused),       &[Fact::PauseReason, Fact::Reasons, Fact::ExpectedOn];
    Suspended       Resume          => Fixed(S::Investigation),    LEAD,      DIRECT,    TellOrExplain(Kind::Resumed),      &[];
    Investigation   Refer           => Fixed(S::Referred),         OFFICER,   FOUR_EYES, TellOrExplain(Kind::Destination),  PACKAGE, REFERRING;
    Investigation   ReferPart       => Same,                       OFFICER,   FOUR_EYES, TellOrExplain(Kind::PartSent),     PACKAGE, REFERRING;
    Investigation   Submit          => Fixed(S::FindingsReview),   LEAD,      DIRECT,    Tell(Kind::Submitted),             &[Fact::SubjectHeard, Fact::EvidenceVerified, Fact::ReassessedDetriment];
    Investigation   NotifyHearing   => Same,                       LEAD,      DIRECT,    Silent(SameStage),                  NOTIFIED;
    FindingsReview  NotifyHearing   => Same,                       DECIDING,  DIRECT,    Silent(SameStage),                  NOTIFIED;
    FindingsReview  Return          => Fixed(S::Investigation),    REVIEWER,  DIRECT,    Tell(Kind::SentBack),              &[Fact::ReasonCode, Fact::Reasons], SENDING_BACK;
    FindingsReview  Decide          => Fixed(S::Remediation),      REVIEWER,  FOUR_EYES, Tell(Kind::Outcome),               &[Fact::Outcome, Fact::Reasons, Fact::Actions, Fact::Hearing, Fact::Message];
    FindingsReview  DecideClose     => Fixed(S::Closed),           REVIEWER,  FOUR_EYES, Tell(Kind::Feedback),              &[Fact::Outcome, Fact::Reasons, Fact::NoActions, Fact::Hearing, Fact::ReassessedDetriment, Fact::Unreferred, Fact::FeedbackSent, Fact::RetentionClass];
    Remediation     Complete        => Fixed(S::Closed),           LEAD,      FOUR_EYES, Tell(Kind::Feedback),              &[Fact::ReasonCode, Fact::Reasons, Fact::Proceedings, Fact::ReassessedDetriment, Fact::Unreferred, Fact::FeedbackSent, Fact::RetentionClass], COMPLETING;
    Referred        Returned        => Fixed(S::Triage),           OFFICER,   DIRECT,    Tell(Kind::Returned),              &[Fact::Reasons];
    Referred        OutcomeReceived => Fixed(S::Closed),           OFFICER,   FOUR_EYES, Tell(Kind::Feedback),              &[Fact::Outcome, Fact::Reasons, Fact::NoActions, Fact::ReassessedDetriment, Fact::Unreferred, Fact::FeedbackSent, Fact::RetentionClass];
    Referred        Lapse           => Fixed(S::Closed),           OFFICER,   FOUR_EYES, Tell(Kind::Feedback),              &[Fact::ReasonCode, Fact::Outcome, Fact::Reasons, Fact::Reminders, Fact::NoActions, Fact::ReassessedDetriment, Fact::Unreferred, Fact::FeedbackSent, Fact::RetentionClass], LAPSING;
    Triage          Extend          => Same,                       TRIAGER,   FOUR_EYES, Tell(Kind::Extended),              LATER, EXTENDING;
    Assigned        Extend          => Same,                       HOLDERS,   FOUR_EYES, Tell(Kind::Extended),              LATER, EXTENDING;
    Investigation   Extend          => Same,                       LEAD,      FOUR_EYES, Tell(Kind::Extended),              LATER, EXTENDING;
    Suspended       Extend          => Same,                       LEAD,      FOUR_EYES, Tell(Kind::Extended),              LATER, EXTENDING;
    FindingsReview  Extend          => Same,                       LEAD,      FOUR_EYES, Tell(Kind::Extended),              LATER, EXTENDING;
    Triage          ChangeRules     => Same,                       TRIAGER,   FOUR_EYES, Tell(Kind::Rescheduled),           RULES, MOVING;
    Assigned        ChangeRules     => Same,                       HOLDERS,   FOUR_EYES, Tell(Kind::Rescheduled),           RULES, MOVING;
    Investigation   ChangeRules     => Same,                       LEAD,      FOUR_EYES, Tell(Kind::Rescheduled),           RULES, MOVING;
    Suspended       ChangeRules     => Same,                       LEAD,      FOUR_EYES, Tell(Kind::Rescheduled),           RULES, MOVING;
    FindingsReview  ChangeRules     => Same,                       LEAD,      FOUR_EYES, Tell(Kind::Rescheduled),           RULES, MOVING;
    Triage          StrikeSubject   => Same,                       HOLDERS,   FOUR_EYES, Silent(SameStage),                  STRUCK;
    Assigned        StrikeSubject   => Same,                       HOLDERS,   FOUR_EYES, Silent(SameStage),                  STRUCK;
    Investigation   StrikeSubject   => Same,                       HOLDERS,   FOUR_EYES, Silent(SameStage),                  STRUCK;
    Suspended       StrikeSubject   => Same,                       HOLDERS,   FOUR_EYES, Silent(SameStage),                  STRUCK;
    FindingsReview  StrikeSubject   => Same,                       HOLDERS,   FOUR_EYES, Silent(SameStage),                  STRUCK;
    Remediation     StrikeSubject   => Same,                       HOLDERS,   FOUR_EYES, Silent(SameStage),                  STRUCK;
    Referred        StrikeSubject   => Same,                       HOLDERS,   FOUR_EYES, Silent(SameStage),                  STRUCK;
    Received        Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    Triage          Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    AwaitingInfo    Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    Assigned        Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    Investigation   Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    Suspended       Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    FindingsReview  Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    Remediation     Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    Referred        Withdraw        => Fixed(S::Withdrawn),        HOLDERS,   FOUR_EYES, Tell(Kind::Withdrawn),             NO_INTEREST;
    Closed          Reopen          => Fixed(S::Triage),           STAFF,     FOUR_EYES, Tell(Kind::Reopened),              GROUND;
    Rejected        Reopen          => Fixed(S::Triage),           STAFF,     FOUR_EYES, Tell(Kind::Reopened),              GROUND;
    Withdrawn       Reopen          => Fixed(S::Triage),           STAFF,     FOUR_EYES, Tell(Kind::Reopened),              GROUND;
    Closed          Review          => Same,                       REVIEWER,  FOUR_EYES, Tell(Kind::ReviewResult),          REVIEWED;
    Rejected        Review          => Same,                       REVIEWER,  FOUR_EYES, Tell(Kind::ReviewResult),          REVIEWED;
    Closed          Archive         => Fixed(S::Archived),         TIMER,     DIRECT,    Tell(Kind::Archived),              &[Fact::CheckinsDone];
    Rejected        Archive         => Fixed(S::Archived),         TIMER,     DIRECT,    Tell(Kind::Archived),              &[Fact::CheckinsDone];
    Withdrawn       Archive         => Fixed(S::Archived),         TIMER,     DIRECT,    Tell(Kind::Archived),              &[Fact::CheckinsDone];
    Merged          Archive         => Fixed(S::Archived),         TIMER,     DIRECT,    Tell(Kind::Archived),              &[Fact::CheckinsDone];
    Archived        Dispose         => Fixed(S::Disposed),         RETENTION, FOUR_EYES, Silent(NoMailbox),                 &[Fact::RetentionDue, Fact::NoHold];
};
