//! The pieces that a case is made of.

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// What a piece of a case is.
    pub enum ItemKind {
        /// The report as it came.
        Report = "report",
        /// A message of the reporter.
        ReporterMessage = "reporter_message",
        /// A message of the desk to the reporter.
        DeskMessage = "desk_message",
        /// A question of the desk to the reporter.
        Question = "question",
        /// A closed text of the catalogue to the reporter: an acknowledgement, a stage.
        SystemMessage = "system_message",
        /// A note among those who work on the case.
        Note = "note",
        /// The facts and words of a step: reasons, plans, measures.
        StepRecord = "step_record",
        /// Whom the case concerns, as somebody who works on it recorded it.
        Subject = "subject",
        /// What was made to be sent to another body.
        Package = "package",
        /// A corrective action or recommendation, and what happened to it.
        Remedy = "remedy",
    }
}

impl ItemKind {
    /// Whether the reporter sees it in the mailbox. Never their own words: whoever finds the receipt must not read
    /// what was reported.
    #[must_use]
    pub const fn shown_to_reporter(self) -> bool {
        matches!(self, Self::DeskMessage | Self::Question | Self::SystemMessage)
    }
}
