//! The facts that guards of the workflow ask for (norms.md 8.3), as fields of the step.

mod words;

use jiff::civil::Date;

use super::assessment::{Assessment, Grade};
use super::outcome::Outcome;
use super::reason::ReasonCode;
use super::referral::Target;
use super::remedy::{Addressee, RemedyKind};
use crate::domain::ids::{BodyId, CaseId, ItemId, StaffId};
use crate::domain::profile::{ClockName, ProfileVersion};
use crate::domain::text::{Message, Note, Reasons, ShortText};
use crate::domain::vocabulary::vocabulary;

pub use super::guard::missing;
pub use words::*;

/// Most measures or investigators of one step.
pub const MOST_ENTRIES: usize = 50;

vocabulary! {
    /// A fact that a guard needs. The code is the name of the field that carries it, except for the groups, which say so.
    pub enum Fact {
        /// One of the codes that the transition lists.
        ReasonCode = "reason_code",
        /// Reasons in words.
        Reasons = "reasons",
        /// The outcome.
        Outcome = "outcome",
        /// Group: the profile's questions, `likelihood` and `impact`; earlier answers stand (control ISO-8.3.1-1).
        Assessment = "assessment",
        /// Group: `anon_crime` and `anon_security`, where the profile has a branch for anonymous reports (control
        /// KZ-ANON-1).
        AnonymousBranch = "anonymous_branch",
        /// Why the case ends while signs of a crime are still to be referred (control OI-10c-1).
        Unreferred = "unreferred",
        /// The risk of detriment, unless it was assessed before; when high, `protection_plan` as well (control
        /// ISO-8.3.2-1).
        DetrimentLevel = "detriment_level",
        /// Terms of reference and plan.
        Plan = "plan",
        /// The risk of detriment looked at again; when high, `protection_plan` as well.
        ReassessedDetriment = "reassessed_detriment",
        /// Whether the subject was heard; when deferred, `deferral_reason` as well (control EU-22-1).
        SubjectHeard = "subject_heard",
        /// The hashes of the evidence were verified.
        EvidenceVerified = "evidence_verified",
        /// The hearing before an adverse decision, where the profile asks for one (APPC art. 73; control KZ-73-1).
        Hearing = "hearing",
        /// To whom the preliminary decision was delivered, and what it says.
        Preliminary = "preliminary",
        /// The subject that is struck out: the id of the piece in which it was recorded.
        Struck = "struck",
        /// The day of an act that is recorded afterwards.
        DoneOn = "done_on",
        /// Group: at least one measure, in the field `actions`, and for all of them `action_kind`, `addressee` and
        /// `action_due` (control OI-12a-1).
        Actions = "actions",
        /// Group: the field `actions` says `none`.
        NoActions = "no_actions",
        /// Whether proceedings were recorded.
        Proceedings = "proceedings",
        /// Whether the reporter has feedback; when sent, `message` as well, and `feedback_impossible` when not.
        FeedbackSent = "feedback_sent",
        /// The retention class (control EU-18.1-1).
        RetentionClass = "retention_class",
        /// The body that the case, or a part of it, goes to: the code of a route of the profile, or the id of a body.
        Target = "target",
        /// What that body is told, free of whatever points to the reporter (control EU-11.6-1).
        Statement = "statement",
        /// On what footing the package is free of the reporter's identity (control EU-11.6-1).
        IdentityRemoved = "identity_removed",
        /// The master case.
        Master = "master",
        /// The question to the reporter.
        Question = "question",
        /// The clock that is extended.
        Clock = "clock",
        /// The profile under which the case goes on, with its version.
        Profile = "profile",
        /// The day on which the pause is expected to end, or to which a clock is extended.
        ExpectedOn = "expected_on",
        /// Why the case is paused.
        PauseReason = "pause_reason",
        /// The reporter asked for the withdrawal.
        ReporterAsked = "reporter_asked",
        /// Whether the public interest requires going on; must be `no`.
        PublicInterest = "public_interest",
        /// On what ground the case is taken up again.
        NewGround = "new_ground",
        /// What the review came to.
        ReviewResult = "review_result",
        /// Group: the fields `lead` and, if any, `investigators`.
        Assignees = "assignees",
        /// How many reminders were sent; at least one.
        Reminders = "reminders",
        /// The check-ins after closing are done.
        CheckinsDone = "checkins_done",
        /// The retention period has ended.
        RetentionDue = "retention_due",
        /// No legal hold stands in the way.
        NoHold = "no_hold",
        /// Words for the reporter.
        Message = "message",
    }
}

/// A measure that follows from an outcome.
pub type Measure = ShortText<500>;

/// What is to be done after the outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actions {
    /// Nothing, said expressly.
    None,
    /// These measures; never empty.
    Listed(Vec<Measure>),
}

/// The facts given with a step. Which of them a step needs stands in the table; the others are ignored there.
/// Words are content: they are sealed with the case and never stand in a column or a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepFacts {
    /// See [`Fact::ReasonCode`].
    pub reason_code: Option<ReasonCode>,
    /// See [`Fact::Reasons`].
    pub reasons: Option<Reasons>,
    /// See [`Fact::Outcome`].
    pub outcome: Option<Outcome>,
    /// See [`Fact::Assessment`]; with it the warning signs and weaknesses that were found.
    pub assessment: Assessment,
    /// See [`Fact::Unreferred`].
    pub unreferred: Option<Unreferred>,
    /// See [`Fact::DetrimentLevel`].
    pub detriment_level: Option<DetrimentLevel>,
    /// What protects the reporter; needed where a risk level is high.
    pub protection_plan: Option<Note>,
    /// See [`Fact::Plan`].
    pub plan: Option<Note>,
    /// See [`Fact::ReassessedDetriment`].
    pub reassessed_detriment: Option<DetrimentLevel>,
    /// See [`Fact::SubjectHeard`].
    pub subject_heard: Option<SubjectHeard>,
    /// Why hearing the subject is deferred.
    pub deferral_reason: Option<Reasons>,
    /// See [`Fact::EvidenceVerified`].
    pub evidence_verified: bool,
    /// See [`Fact::Hearing`].
    pub hearing: Option<Hearing>,
    /// Why the law allows to decide without a hearing.
    pub hearing_reason: Option<Reasons>,
    /// See [`Fact::Preliminary`].
    pub preliminary: Option<Note>,
    /// See [`Fact::Struck`].
    pub struck: Option<ItemId>,
    /// See [`Fact::DoneOn`].
    pub done_on: Option<Date>,
    /// See [`Fact::Actions`].
    pub actions: Option<Actions>,
    /// What the measures are.
    pub action_kind: Option<RemedyKind>,
    /// To whom they are addressed.
    pub addressee: Option<Addressee>,
    /// The same, where it is a body of the registry.
    pub addressee_body: Option<BodyId>,
    /// Until when they are to be done.
    pub action_due: Option<Date>,
    /// See [`Fact::Proceedings`].
    pub proceedings: Option<Proceedings>,
    /// See [`Fact::FeedbackSent`].
    pub feedback_sent: Option<FeedbackSent>,
    /// Why it is impossible, where it is.
    pub feedback_impossible: Option<FeedbackImpossible>,
    /// See [`Fact::RetentionClass`].
    pub retention_class: Option<RetentionClass>,
    /// See [`Fact::Target`].
    pub target: Option<Target>,
    /// See [`Fact::Statement`].
    pub statement: Option<Note>,
    /// Pieces of the case that go with the statement as they are.
    pub enclosed: Vec<ItemId>,
    /// See [`Fact::IdentityRemoved`].
    pub identity_removed: Option<IdentityRemoved>,
    /// See [`Fact::Master`]; also the concluded case that a rejection as repetitive must name.
    pub master: Option<CaseId>,
    /// See [`Fact::Question`].
    pub question: Option<Message>,
    /// See [`Fact::ExpectedOn`]; for a question, the day until which an answer is awaited (the profile's, if none).
    pub expected_on: Option<Date>,
    /// See [`Fact::Clock`].
    pub clock: Option<ClockName>,
    /// See [`Fact::Profile`].
    pub profile: Option<ProfileVersion>,
    /// See [`Fact::PauseReason`].
    pub pause_reason: Option<PauseReason>,
    /// Is a crime prepared or committed? See [`Fact::AnonymousBranch`].
    pub anon_crime: Option<Answer>,
    /// Is state or public security at stake?
    pub anon_security: Option<Answer>,
    /// See [`Fact::ReporterAsked`].
    pub reporter_asked: bool,
    /// See [`Fact::PublicInterest`].
    pub public_interest: Option<Answer>,
    /// See [`Fact::NewGround`].
    pub new_ground: Option<NewGround>,
    /// See [`Fact::ReviewResult`].
    pub review_result: Option<ReviewResult>,
    /// The investigator in charge.
    pub lead: Option<StaffId>,
    /// Further investigators.
    pub investigators: Vec<StaffId>,
    /// See [`Fact::Reminders`].
    pub reminders: Option<u32>,
    /// See [`Fact::CheckinsDone`]. Set by the timer, never read from a request.
    pub checkins_done: bool,
    /// See [`Fact::RetentionDue`]. Set by the retention job, never read from a request.
    pub retention_due: bool,
    /// See [`Fact::NoHold`]. Set by the retention job, never read from a request.
    pub no_hold: bool,
    /// See [`Fact::Message`].
    pub message: Option<Message>,
    /// Why the reporter is told nothing, where the table allows reasoned silence.
    pub silence_reason: Option<Reasons>,
}

impl StepFacts {
    /// The closed codes among the facts, as (field, code): what an audit entry may hold (control AUD-3).
    #[must_use]
    pub fn codes(&self) -> Vec<(&'static str, &'static str)> {
        let assessment = &self.assessment;
        let answers = assessment.answers.iter().map(|(question, answer)| (question.code(), answer.code()));
        let rest = [
            ("likelihood", assessment.likelihood.map(Grade::code)),
            ("impact", assessment.impact.map(Grade::code)),
            ("unreferred", self.unreferred.map(Unreferred::code)),
            ("reason_code", self.reason_code.map(ReasonCode::code)),
            ("outcome", self.outcome.map(Outcome::code)),
            ("detriment_level", self.detriment_level.map(DetrimentLevel::code)),
            ("reassessed_detriment", self.reassessed_detriment.map(DetrimentLevel::code)),
            ("subject_heard", self.subject_heard.map(SubjectHeard::code)),
            ("hearing", self.hearing.map(Hearing::code)),
            ("action_kind", self.action_kind.map(RemedyKind::code)),
            ("proceedings", self.proceedings.map(Proceedings::code)),
            ("feedback_sent", self.feedback_sent.map(FeedbackSent::code)),
            ("feedback_impossible", self.feedback_impossible.map(FeedbackImpossible::code)),
            ("retention_class", self.retention_class.map(RetentionClass::code)),
            ("target", self.target.map(Target::code)),
            ("identity_removed", self.identity_removed.map(IdentityRemoved::code)),
            ("clock", self.clock.map(ClockName::code)),
            ("pause_reason", self.pause_reason.map(PauseReason::code)),
            ("anon_crime", self.anon_crime.map(Answer::code)),
            ("anon_security", self.anon_security.map(Answer::code)),
            ("public_interest", self.public_interest.map(Answer::code)),
            ("new_ground", self.new_ground.map(NewGround::code)),
            ("review_result", self.review_result.map(ReviewResult::code)),
        ];
        answers.chain(rest.into_iter().filter_map(|(field, code)| Some((field, code?)))).collect()
    }

    /// The facts that are several closed codes each.
    #[must_use]
    pub fn lists(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let flags = self.assessment.red_flags.iter().map(|flag| flag.code()).collect();
        let weaknesses = self.assessment.weaknesses.iter().map(|weakness| weakness.code()).collect();
        let lists: [(_, Vec<_>); 2] = [("red_flags", flags), ("weaknesses", weaknesses)];
        lists.into_iter().filter(|(_, codes)| !codes.is_empty()).collect()
    }
}
