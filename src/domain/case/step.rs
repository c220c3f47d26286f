//! What can be done to a case: the *event* column of norms.md 8.3.

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// A step of the workflow. The event `submit` of norms.md 8.3 appears twice there: a report's arrival makes the case
    /// (see [`super::transition::ARRIVAL`]), [`Step::Submit`] hands in findings.
    pub enum Step {
        /// A triager opens the report.
        Open = "open",
        /// A question to the reporter.
        Ask = "ask",
        /// The reporter answered.
        Answer = "answer",
        /// No answer came in time.
        Timeout = "timeout",
        /// The report is not followed up.
        Reject = "reject",
        /// The report joins another case.
        Merge = "merge",
        /// The case goes to another body.
        Refer = "refer",
        /// A subject that was recorded in error counts no longer.
        StrikeSubject = "strike_subject",
        /// A part of it goes to another body; the case goes on.
        ReferPart = "refer_part",
        /// Handlers are named.
        Assign = "assign",
        /// The investigation starts on an approved plan.
        Start = "start",
        /// Back: from assignment to triage, from review of findings to investigation.
        Return = "return",
        /// Lawful pause.
        Pause = "pause",
        /// The pause ends.
        Resume = "resume",
        /// Findings are handed in.
        Submit = "submit",
        /// The preliminary decision was delivered to whom it would affect.
        NotifyHearing = "notify_hearing",
        /// The outcome is decided and measures follow.
        Decide = "decide",
        /// The outcome is decided and the case closed at once.
        DecideClose = "decide_close",
        /// The measures are done; the case is closed.
        Complete = "complete",
        /// The other body declined; the case comes back.
        Returned = "returned",
        /// The other body's outcome is known.
        OutcomeReceived = "outcome_received",
        /// The other body never answered.
        Lapse = "lapse",
        /// The reporter withdrew and nothing requires going on.
        Withdraw = "withdraw",
        /// An ended case is taken up again.
        Reopen = "reopen",
        /// An ended case is looked at again because its reporter asked.
        Review = "review",
        /// A due day is moved, as far as the profile allows.
        Extend = "extend",
        /// The case goes on under another profile, or a later version of its own.
        ChangeRules = "change_rules",
        /// The retention clock starts.
        Archive = "archive",
        /// The keys are destroyed.
        Dispose = "dispose",
    }
}

impl Step {
    /// Whether the step is a decision, which must carry a coded ground and non-empty reasons (control OI-11a-2).
    #[must_use]
    pub const fn is_decision(self) -> bool {
        match self {
            Self::Reject
            | Self::Merge
            | Self::Refer
            | Self::ReferPart
            | Self::Return
            | Self::Pause
            | Self::Decide
            | Self::DecideClose
            | Self::Complete
            | Self::OutcomeReceived
            | Self::Lapse
            | Self::Withdraw
            | Self::Reopen
            | Self::Review
            | Self::Extend
            | Self::ChangeRules => true,
            // `Start` is approved on its plan, `Dispose` on its due date; the rest decide nothing about the matter.
            Self::Open
            | Self::Ask
            | Self::Answer
            | Self::Timeout
            | Self::Assign
            | Self::Start
            | Self::Resume
            | Self::Submit
            | Self::NotifyHearing
            | Self::StrikeSubject
            | Self::Returned
            | Self::Archive
            | Self::Dispose => false,
        }
    }
}
