//! Reason codes of decisions; which of them a step may carry stands in the table of transitions.

use crate::domain::vocabulary::vocabulary;

vocabulary! {
    /// The coded ground of a decision. Rejections: norms.md 8.1, `rejected`; the others name the guards of 8.3.
    pub enum ReasonCode {
        /// Reject: the matter is not one of this service.
        OutOfScope = "out_of_scope",
        /// Reject: a clearly minor breach (EU 2019/1937 art. 11(3)).
        Minor = "minor",
        /// Reject: nothing new against a concluded case, which must be named (EU 2019/1937 art. 11(4)).
        Repetitive = "repetitive",
        /// Reject: nothing that could be looked into.
        NoSubstance = "no_substance",
        /// Reject, profile `kz`: anonymous, and neither a crime nor state or public security is at stake.
        AnonNotConsiderable = "anon_not_considerable",
        /// Reject: unsolicited mass content.
        Spam = "spam",
        /// Merge: the same facts as the master case.
        SameFacts = "same_facts",
        /// Merge: further facts on the matter of the master case.
        SameMatter = "same_matter",
        /// Refer: another body is competent (EU 2019/1937 art. 11(6); APPC art. 65).
        NotCompetent = "not_competent",
        /// Refer: signs of a crime; the pre-trial body must have it (OECD 10(c)).
        CriminalSigns = "criminal_signs",
        /// Return to triage: the lead stepped back.
        Recusal = "recusal",
        /// Return to triage: other skills or another unit are needed.
        WrongCompetence = "wrong_competence",
        /// Return to investigation: facts are missing.
        FactsMissing = "facts_missing",
        /// Return to investigation: the evidence does not carry the findings.
        EvidenceUnsound = "evidence_unsound",
        /// Return to investigation: the subject was not properly heard.
        SubjectNotHeard = "subject_not_heard",
        /// Complete: the measures were carried out and verified.
        ActionsVerified = "actions_verified",
        /// Complete: the measures were handed to the register of recommendations.
        ActionsHandedOver = "actions_handed_over",
        /// Extend: the matter is unusually complex (EU 2019/1937 art. 11(2)(d), "duly justified").
        Complexity = "complexity",
        /// Extend: others must answer or deliver first.
        AwaitsOthers = "awaits_others",
        /// Extend: an expert opinion is needed.
        Expertise = "expertise",
        /// Change of rules: the body or the matter comes under another profile.
        OtherRules = "other_rules",
        /// Change of rules: the rules themselves changed, and the later version is to hold for this case.
        LaterVersion = "later_version",
        /// Lapse: the other body answered none of the reminders.
        RemindersUnanswered = "reminders_unanswered",
    }
}
