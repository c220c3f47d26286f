//! The closed list of acts and the OECD clauses that each evidences.
//!
//! To add an act: one row in the table below, and its word in `templates/locales/*/codes.ftl` (`act-…`).
//! Clauses are those of the OECD Recommendation on Public Integrity (OECD/LEGAL/0435): "9b" is principle 9, clause (b).
//! It is an *evidence mapping*: which recorded acts an auditor may look at for a clause, not a claim of compliance.

macro_rules! acts {
    ($($variant:ident = $code:literal: $($clause:literal)+;)*) => {
        /// Something that happened, in the past tense; the vocabulary of norms.md 8.6 and of the log itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Act {
            $(#[doc = concat!("`", $code, "`")] $variant,)*
        }

        impl Act {
            /// Every act, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code that stands in entries, such as `report.received`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The clauses of the OECD Recommendation for which this act is evidence.
            #[must_use]
            pub const fn clauses(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($clause),+],)* }
            }
        }
    };
}

impl Act {
    /// The act with this code, if there is one.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.code() == code)
    }

    /// The acts that evidence a principle (1–13) of the Recommendation.
    #[must_use]
    pub fn of_principle(principle: u8) -> Vec<Self> {
        let prefix = principle.to_string();
        let belongs = |clause: &str| clause.trim_end_matches(|c: char| c.is_ascii_lowercase()) == prefix;
        Self::ALL.iter().copied().filter(|act| act.clauses().iter().any(|clause| belongs(clause))).collect()
    }
}

acts! {
    ReportReceived = "report.received": "9b" "9c" "12b";
    ReceiptIssued = "receipt.issued": "9a" "9c";
    AckSent = "ack.sent": "9a" "9b";
    AckWaived = "ack.waived": "9b";
    CaseRegistered = "case.registered": "2c" "12b";
    ProfileAssigned = "profile.assigned": "2a" "11a";
    ProfileChanged = "profile.changed": "2a" "11a";
    NoticeSent = "notice.sent": "9b";
    MailboxMessage = "mailbox.message": "9a" "12b";
    TriageAnswered = "triage.answered": "10c" "11a";
    TriageCompleted = "triage.completed": "10c" "11a";
    DetrimentAssessed = "detriment.assessed": "9b";
    SubjectRecorded = "subject.recorded": "11a";
    CoiAttested = "coi.attested": "4c" "11a";
    CoiRecused = "coi.recused": "4c" "11a";
    CoiBlocked = "coi.blocked": "4c" "11a";
    GrantAdded = "grant.added": "2a" "9b";
    GrantRemoved = "grant.removed": "2a" "9b";
    GrantSuspended = "grant.suspended": "2a" "9b";
    GrantRestored = "grant.restored": "2a" "9b";
    NdaSigned = "nda.signed": "9b";
    StateChanged = "state.changed": "11a";
    TransitionDenied = "transition.denied": "11a";
    DecisionMade = "decision.made": "11a" "11c";
    ProposalMade = "proposal.made": "11a";
    ProposalStale = "proposal.stale": "11a";
    ApprovalGiven = "approval.given": "11a";
    ApprovalRefused = "approval.refused": "11a";
    DeadlineStarted = "deadline.started": "11a";
    DeadlineExtended = "deadline.extended": "11a";
    DeadlineMet = "deadline.met": "11a";
    DeadlineMissed = "deadline.missed": "11a" "12b";
    FeedbackSent = "feedback.sent": "9a" "12b";
    HearingNotified = "hearing.notified": "11a";
    SubjectHeard = "subject.heard": "11a";
    PlanApproved = "plan.approved": "11a";
    ActionLogged = "action.logged": "11a";
    NoteAdded = "note.added": "11a";
    EvidenceAdded = "evidence.added": "11a";
    EvidenceAccessed = "evidence.accessed": "9b" "12a";
    EvidenceExported = "evidence.exported": "9b" "12a";
    ReferralRequired = "referral.required": "10c" "11b";
    ReferralSent = "referral.sent": "11b";
    ReferralAck = "referral.ack": "11b";
    ReferralReturned = "referral.returned": "11b";
    ReferralOutcome = "referral.outcome": "11b" "11c";
    ProceedingOpened = "proceeding.opened": "11a" "11c";
    ProceedingConcluded = "proceeding.concluded": "11a" "11c";
    ProceedingAppealed = "proceeding.appealed": "11a" "11c";
    SanctionImposed = "sanction.imposed": "11a" "11c";
    HarmEstimated = "harm.estimated": "11c";
    AmountRecovered = "amount.recovered": "11c";
    CaseMerged = "case.merged": "11b";
    CaseClosed = "case.closed": "11a" "11c";
    CaseReopened = "case.reopened": "11a" "12a";
    ReviewRequested = "review.requested": "11a";
    ReviewDecided = "review.decided": "11a";
    RetaliationReported = "retaliation.reported": "9b";
    RetaliationDecided = "retaliation.decided": "9b";
    CheckinSent = "checkin.sent": "9b";
    CheckinAnswered = "checkin.answered": "9b";
    IdentityRequested = "identity.requested": "9b";
    IdentityApproved = "identity.approved": "9b";
    IdentityNotified = "identity.notified": "9b";
    IdentityOpened = "identity.opened": "9b";
    ConsentGiven = "consent.given": "9b";
    ConsentWithdrawn = "consent.withdrawn": "9b";
    AuthorshipClaimed = "authorship.claimed": "9b";
    RewardDecided = "reward.decided": "9b";
    CertificateIssued = "certificate.issued": "9b";
    ContentRead = "content.read": "9b" "12a";
    ContentErased = "content.erased": "9b";
    AccessDenied = "access.denied": "9b" "12a";
    DataPurged = "data.purged": "9b";
    RetentionSet = "retention.set": "12a";
    HoldSet = "hold.set": "12a";
    HoldReleased = "hold.released": "12a";
    CaseDisposed = "case.disposed": "12a";
    ActionCreated = "action.created": "10b" "12a";
    ActionResponded = "action.responded": "10b" "12a";
    ActionVerified = "action.verified": "10b" "12a";
    RedflagSet = "redflag.set": "10b";
    WeaknessFound = "weakness.found": "10b";
    AdviceAsked = "advice.asked": "8c" "9a";
    AdviceAnswered = "advice.answered": "8c" "9a";
    NoresponseRaised = "noresponse.raised": "12b";
    ConfigChanged = "config.changed": "2a" "3b";
    DeskOpened = "desk.opened": "2a" "9c";
    SessionOpened = "session.opened": "12a";
    SessionClosed = "session.closed": "12a";
    StaffInvited = "staff.invited": "2a";
    StaffEnrolled = "staff.enrolled": "2a";
    RecoveryAsked = "recovery.asked": "2a";
    RecoveryApproved = "recovery.approved": "2a";
    RecoveryRefused = "recovery.refused": "2a";
    RecoveryExpired = "recovery.expired": "2a";
    DirectoryProposed = "directory.proposed": "2a";
    DirectorySigned = "directory.signed": "2a";
    DirectoryRefused = "directory.refused": "2a";
    ActorEnrolled = "actor.enrolled": "2a";
    ActorRetired = "actor.retired": "2a";
    EpochRotated = "epoch.rotated": "9b";
    HoldersShort = "holders.short": "2b" "9b";
    AuditQueried = "audit.queried": "12a";
    ChainAnchored = "chain.anchored": "12a";
    StatsPublished = "stats.published": "3b" "11c" "13a";
    IncidentDetected = "incident.detected": "9b" "10b";
    IncidentNotified = "incident.notified": "9b" "10b";
    ReviewHeld = "review.held": "3b" "12a";
    QaSampled = "qa.sampled": "10b";
    LogGenesis = "log.genesis": "12a";
    LogPad = "log.pad": "12a";
    LogKeyRotated = "log.key.rotated": "12a";
    LogHeadmap = "log.headmap": "12a";
    LogSchema = "log.schema": "12a";
    LogAnchor = "log.anchor": "12a";
    LogLate = "log.late": "12a";
    LogGap = "log.gap": "12a";
}

#[cfg(test)]
mod tests {
    use super::Act;

    #[test]
    fn codes_are_unique_and_parse_back() {
        let mut codes: Vec<_> = Act::ALL.iter().map(|act| act.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Act::ALL.len());
        assert!(Act::ALL.iter().all(|act| Act::parse(act.code()) == Some(*act)));
    }

    #[test]
    fn a_principle_is_not_confused_with_another_of_the_same_first_digit() {
        assert!(Act::of_principle(1).is_empty(), "no act evidences principle 1 (commitment) yet");
        assert!(Act::of_principle(11).contains(&Act::StateChanged));
        assert!(!Act::of_principle(11).contains(&Act::ContentRead));
    }

    #[test]
    fn every_clause_belongs_to_one_of_the_thirteen_principles() {
        for clause in Act::ALL.iter().flat_map(|act| act.clauses()) {
            let digits: String = clause.chars().take_while(char::is_ascii_digit).collect();
            assert!((1..=13).contains(&digits.parse::<u8>().unwrap()), "{clause}");
        }
    }
}
