//! The closed list of acts: what each needs, on what and by whom it happens, who may see it, and the OECD clauses that it
//! evidences.
//!
//! To add an act: one row in the table below, and its word in `templates/locales/*/codes.ftl` (`act-…`). The page
//! `/audit/acts` is made from the table, and an entry that breaks it is neither written nor verified (`requirements`).
//! Clauses are those of the OECD Recommendation on Public Integrity (OECD/LEGAL/0435): "9b" is principle 9, clause (b).
//! It is an *evidence mapping*: which recorded acts an auditor may look at for a clause, not a claim of compliance.

use super::entry::ObjectKind;

/// Who caused an entry: `by.k`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// A member of staff.
    Staff,
    /// A reporter.
    Reporter,
    /// A deadline or another clock.
    Timer,
    /// The instance itself or its operator at the command line.
    System,
}

impl Cause {
    /// Every cause.
    pub const ALL: &'static [Self] = &[Self::Staff, Self::Reporter, Self::Timer, Self::System];

    /// The code in entries.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Reporter => "reporter",
            Self::Timer => "timer",
            Self::System => "system",
        }
    }

    /// The cause with this code, if there is one.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|cause| cause.code() == code)
    }
}

/// Who may see that an act happened. What they see is the entry's ids and codes; content is another matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Viewer {
    /// Auditors, who see every act of every object.
    Auditor,
    /// People with a part in the case: its history on the case's page.
    Case,
    /// Administrators: people and configuration.
    Administrator,
    /// Oversight: what was missed.
    Oversight,
    /// Everybody: what the public log or a publication tells anyway.
    Everyone,
}

impl Viewer {
    /// Every viewer.
    pub const ALL: &'static [Self] =
        &[Self::Auditor, Self::Case, Self::Administrator, Self::Oversight, Self::Everyone];

    /// The code, for its word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Case => "case",
            Self::Administrator => "administrator",
            Self::Oversight => "oversight",
            Self::Everyone => "everyone",
        }
    }
}

macro_rules! acts {
    ($($variant:ident = $code:literal, $on:expr, $by:expr, $seen:expr, $($clause:literal)+, [$($need:expr),*] $($later:ident)?;)*) => {
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

            /// The kinds of objects in whose history it may stand.
            #[must_use]
            pub const fn on(self) -> &'static [ObjectKind] {
                match self { $(Self::$variant => $on,)* }
            }

            /// Who may cause it.
            #[must_use]
            pub const fn causes(self) -> &'static [Cause] {
                match self { $(Self::$variant => $by,)* }
            }

            /// Who may see it.
            #[must_use]
            pub const fn seen_by(self) -> &'static [Viewer] {
                match self { $(Self::$variant => $seen,)* }
            }

            /// The clauses of the OECD Recommendation for which this act is evidence.
            #[must_use]
            pub const fn clauses(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($clause),+],)* }
            }

            /// The members that an entry with this act must have, by their paths (`codes.step`); of members with `|`
            /// between them at least one.
            #[must_use]
            pub const fn needs(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($need),*],)* }
            }

            /// Whether the vocabulary has it, but nothing here writes it yet.
            #[must_use]
            pub const fn later(self) -> bool {
                match self { $(Self::$variant => !matches!(stringify!($($later)?).len(), 0),)* }
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

    /// The acts that evidence a clause of the Recommendation, such as `9b`.
    #[must_use]
    pub fn of_clause(clause: &str) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|act| act.clauses().contains(&clause)).collect()
    }
}

/// Every clause of the thirteen principles, in their order. Their words are `clause-…` in `codes.ftl`.
#[rustfmt::skip]
pub const CLAUSES: &[&str] = &[
    "1a", "1b", "1c",  "2a", "2b", "2c",  "3a", "3b",  "4a", "4b", "4c", "4d",
    "5a", "5b", "5c", "5d",  "6a", "6b", "6c",  "7a", "7b",  "8a", "8b", "8c",
    "9a", "9b", "9c",  "10a", "10b", "10c",  "11a", "11b", "11c",  "12a", "12b", "12c",
    "13a", "13b", "13c", "13d",
];

const CASE: &[ObjectKind] = &[ObjectKind::Case];
const STAFF: &[ObjectKind] = &[ObjectKind::Staff];
const DESK: &[ObjectKind] = &[ObjectKind::Desk];
const INSTANCE: &[ObjectKind] = &[ObjectKind::Instance];
const LOG: &[ObjectKind] = &[ObjectKind::Log];
const SITE_OR_LOG: &[ObjectKind] = &[ObjectKind::Instance, ObjectKind::Log];

const ANYBODY: &[Cause] = Cause::ALL;
const PERSON: &[Cause] = &[Cause::Staff];
const ALL_BUT_TIMER: &[Cause] = &[Cause::Staff, Cause::Reporter, Cause::System];
const ALL_BUT_SYSTEM: &[Cause] = &[Cause::Staff, Cause::Reporter, Cause::Timer];
const PERSON_OR_REPORTER: &[Cause] = &[Cause::Staff, Cause::Reporter];
const PERSON_OR_TIMER: &[Cause] = &[Cause::Staff, Cause::Timer];
const PERSON_OR_SYSTEM: &[Cause] = &[Cause::Staff, Cause::System];
const ALL_BUT_REPORTER: &[Cause] = &[Cause::Staff, Cause::Timer, Cause::System];
const REPORTER: &[Cause] = &[Cause::Reporter];
const TIMER: &[Cause] = &[Cause::Timer];
const SYSTEM: &[Cause] = &[Cause::System];

const AUDITORS: &[Viewer] = &[Viewer::Auditor];
const HANDLERS: &[Viewer] = &[Viewer::Auditor, Viewer::Case];
const ADMINISTRATORS: &[Viewer] = &[Viewer::Auditor, Viewer::Administrator];
const OVERSEERS: &[Viewer] = &[Viewer::Auditor, Viewer::Case, Viewer::Oversight];
const STEWARDS: &[Viewer] = &[Viewer::Auditor, Viewer::Administrator, Viewer::Oversight];
const EVERYBODY: &[Viewer] = &[Viewer::Auditor, Viewer::Everyone];

/// What a decision rests on (control OI-11a-2): which of them is asked for stands in the table of transitions.
const GROUND: &str = "codes.reason_code|codes.outcome|codes.pause_reason|codes.public_interest|codes.new_ground|codes.review_result";

// `later`: the vocabulary has the act, but nothing writes it yet; strike the word with the first use case that does.
// `ok` is needed wherever the workflow asks for a second person, `sig` wherever only people act on a case or for themselves.
acts! {
    // act               code                    stands on       caused by           seen by        clauses           needs
    ReportReceived     = "report.received",      CASE,           REPORTER,           HANDLERS,      "9b" "9c" "12b",  ["to", "codes.category", "codes.mode", "codes.notice", "codes.profile"];
    ReceiptIssued      = "receipt.issued",       CASE,           REPORTER,           HANDLERS,      "9a" "9c",        [];
    AckSent            = "ack.sent",             CASE,           PERSON_OR_REPORTER, HANDLERS,      "9a" "9b",        [];
    AckWaived          = "ack.waived",           CASE,           PERSON_OR_REPORTER, HANDLERS,      "9b",             ["codes.waiver"];
    CaseRegistered     = "case.registered",      CASE,           ANYBODY,            HANDLERS,      "2c" "12b",       ["codes.profile"];
    ProfileAssigned    = "profile.assigned",     CASE,           PERSON_OR_REPORTER, HANDLERS,      "2a" "11a",       ["codes.profile"];
    ProfileChanged     = "profile.changed",      CASE,           PERSON,             HANDLERS,      "2a" "11a",       ["codes.profile", "codes.step", "ok", "sig"];
    NoticeSent         = "notice.sent",          CASE,           ALL_BUT_SYSTEM,     HANDLERS,      "9b",             [];
    MailboxMessage     = "mailbox.message",      CASE,           PERSON_OR_REPORTER, HANDLERS,      "9a" "12b",       [];
    TriageAnswered     = "triage.answered",      CASE,           PERSON,             HANDLERS,      "10c" "11a",      ["codes.formula", "sig"];
    TriageCompleted    = "triage.completed",     CASE,           PERSON,             HANDLERS,      "10c" "11a",      ["codes.step", "sig"];
    DetrimentAssessed  = "detriment.assessed",   CASE,           PERSON,             HANDLERS,      "9b",             ["codes.detriment_level|codes.reassessed_detriment", "sig"];
    SubjectRecorded    = "subject.recorded",     CASE,           PERSON,             HANDLERS,      "11a",            ["sig"];
    SubjectStruck      = "subject.struck",       CASE,           PERSON,             HANDLERS,      "11a",            ["codes.step", "ok", "sig"];
    CoiAttested        = "coi.attested",         CASE,           PERSON,             HANDLERS,      "4c" "11a",       ["sig"];
    CoiRecused         = "coi.recused",          CASE,           PERSON,             HANDLERS,      "4c" "11a",       ["sig"];
    CoiBlocked         = "coi.blocked",          CASE,           ANYBODY,            AUDITORS,      "4c" "11a",       [];
    CoiEscalated       = "coi.escalated",        CASE,           PERSON_OR_SYSTEM,   HANDLERS,      "4c" "11a",       [];
    GrantAdded         = "grant.added",          CASE,           ALL_BUT_TIMER,      HANDLERS,      "2a" "9b",        [];
    GrantRemoved       = "grant.removed",        CASE,           PERSON_OR_SYSTEM,   HANDLERS,      "2a" "9b",        [];
    GrantSuspended     = "grant.suspended",      CASE,           PERSON_OR_SYSTEM,   HANDLERS,      "2a" "9b",        [];
    GrantRestored      = "grant.restored",       CASE,           PERSON_OR_SYSTEM,   HANDLERS,      "2a" "9b",        [];
    NdaSigned          = "nda.signed",           CASE,           PERSON,             HANDLERS,      "9b",             ["sig"] later;
    StateChanged       = "state.changed",        CASE,           ANYBODY,            HANDLERS,      "11a",            ["from", "to", "codes.step"];
    TransitionDenied   = "transition.denied",    CASE,           PERSON,             AUDITORS,      "11a",            ["codes.step", "codes.why", "sig"];
    DecisionMade       = "decision.made",        CASE,           PERSON,             HANDLERS,      "11a" "11c",      ["codes.step", GROUND, "sig"];
    ProposalMade       = "proposal.made",        CASE,           PERSON,             HANDLERS,      "11a",            ["codes.step", "sig"];
    ProposalStale      = "proposal.stale",       CASE,           PERSON_OR_SYSTEM,   HANDLERS,      "11a",            [];
    ApprovalGiven      = "approval.given",       CASE,           PERSON,             HANDLERS,      "11a",            ["codes.step", "ok", "sig"];
    ApprovalRefused    = "approval.refused",     CASE,           PERSON,             HANDLERS,      "11a",            ["codes.step", "ok", "sig"];
    DeadlineStarted    = "deadline.started",     CASE,           ANYBODY,            HANDLERS,      "11a",            ["codes.started"];
    DeadlineExtended   = "deadline.extended",    CASE,           PERSON,             HANDLERS,      "11a",            ["codes.clock", "ok", "sig"];
    DeadlineMet        = "deadline.met",         CASE,           ANYBODY,            HANDLERS,      "11a",            ["codes.met"];
    DeadlineMissed     = "deadline.missed",      CASE,           ANYBODY,            OVERSEERS,     "11a" "12b",      ["codes.missed"];
    DeadlineReminded   = "deadline.reminded",    CASE,           TIMER,              HANDLERS,      "11a",            ["codes.reminded"];
    FeedbackSent       = "feedback.sent",        CASE,           PERSON,             HANDLERS,      "9a" "12b",       ["codes.feedback_sent", "sig"];
    HearingNotified    = "hearing.notified",     CASE,           PERSON,             HANDLERS,      "11a",            ["codes.step", "sig"];
    SubjectHeard       = "subject.heard",        CASE,           PERSON,             HANDLERS,      "11a",            ["codes.subject_heard", "sig"];
    PlanApproved       = "plan.approved",        CASE,           PERSON,             HANDLERS,      "11a",            ["codes.step", "ok", "sig"];
    ActionLogged       = "action.logged",        CASE,           PERSON,             HANDLERS,      "11a",            ["sig"] later;
    NoteAdded          = "note.added",           CASE,           PERSON,             HANDLERS,      "11a",            ["sig"];
    EvidenceAdded      = "evidence.added",       CASE,           PERSON_OR_REPORTER, HANDLERS,      "11a",            [] later;
    EvidenceAccessed   = "evidence.accessed",    CASE,           PERSON,             HANDLERS,      "9b" "12a",       ["sig"] later;
    EvidenceExported   = "evidence.exported",    CASE,           PERSON,             HANDLERS,      "9b" "12a",       ["sig"] later;
    ReferralRequired   = "referral.required",    CASE,           PERSON,             HANDLERS,      "10c" "11b",      ["codes.started", "sig"];
    ReferralSent       = "referral.sent",        CASE,           PERSON,             HANDLERS,      "11b",            ["codes.reason_code", "codes.identity_removed", "codes.target", "cm.package", "ok", "sig"];
    ReferralAck        = "referral.ack",         CASE,           PERSON,             HANDLERS,      "11b",            ["sig"];
    ReferralAccepted   = "referral.accepted",    CASE,           PERSON,             HANDLERS,      "11b",            ["sig"];
    ReferralReturned   = "referral.returned",    CASE,           PERSON,             HANDLERS,      "11b",            ["sig"];
    ReferralOutcome    = "referral.outcome",     CASE,           PERSON,             HANDLERS,      "11b" "11c",      ["sig"];
    ProceedingOpened   = "proceeding.opened",    CASE,           PERSON,             HANDLERS,      "11a" "11c",      ["sig"] later;
    ProceedingConcluded= "proceeding.concluded", CASE,           PERSON,             HANDLERS,      "11a" "11c",      ["sig"] later;
    ProceedingAppealed = "proceeding.appealed",  CASE,           PERSON,             HANDLERS,      "11a" "11c",      ["sig"] later;
    SanctionImposed    = "sanction.imposed",     CASE,           PERSON,             HANDLERS,      "11a" "11c",      ["sig"] later;
    HarmEstimated      = "harm.estimated",       CASE,           PERSON,             HANDLERS,      "11c",            ["sig"] later;
    AmountRecovered    = "amount.recovered",     CASE,           PERSON,             HANDLERS,      "11c",            ["sig"] later;
    CaseMerged         = "case.merged",          CASE,           PERSON,             HANDLERS,      "11b",            ["codes.reason_code", "ok", "sig"];
    CaseClosed         = "case.closed",          CASE,           PERSON,             HANDLERS,      "11a" "11c",      ["to", "codes.step", "ok", "sig"];
    CaseReopened       = "case.reopened",        CASE,           PERSON,             HANDLERS,      "11a" "12a",      ["codes.new_ground", "ok", "sig"];
    ReviewRequested    = "review.requested",     CASE,           REPORTER,           OVERSEERS,     "11a",            [];
    ReviewDecided      = "review.decided",       CASE,           PERSON,             HANDLERS,      "11a",            ["codes.review_result", "ok", "sig"];
    RetaliationReported= "retaliation.reported", CASE,           REPORTER,           HANDLERS,      "9b",             [];
    RetaliationDecided = "retaliation.decided",  CASE,           PERSON,             HANDLERS,      "9b",             ["codes.interim", "sig"];
    CheckinSent        = "checkin.sent",         CASE,           TIMER,              HANDLERS,      "9b",             [] later;
    CheckinAnswered    = "checkin.answered",     CASE,           REPORTER,           HANDLERS,      "9b",             [] later;
    IdentityRequested  = "identity.requested",   CASE,           PERSON,             AUDITORS,      "9b",             ["sig"] later;
    IdentityApproved   = "identity.approved",    CASE,           PERSON,             AUDITORS,      "9b",             ["ok", "sig"] later;
    IdentityNotified   = "identity.notified",    CASE,           PERSON_OR_SYSTEM,   AUDITORS,      "9b",             [] later;
    IdentityOpened     = "identity.opened",      CASE,           PERSON,             AUDITORS,      "9b",             ["ok", "sig"] later;
    ConsentGiven       = "consent.given",        CASE,           REPORTER,           HANDLERS,      "9b",             [] later;
    ConsentWithdrawn   = "consent.withdrawn",    CASE,           REPORTER,           HANDLERS,      "9b",             [] later;
    AuthorshipClaimed  = "authorship.claimed",   CASE,           REPORTER,           AUDITORS,      "9b",             [] later;
    RewardDecided      = "reward.decided",       CASE,           PERSON,             AUDITORS,      "9b",             ["ok", "sig"] later;
    CertificateIssued  = "certificate.issued",   CASE,           REPORTER,           AUDITORS,      "9b",             [] later;
    ContentRead        = "content.read",         CASE,           PERSON,             HANDLERS,      "9b" "12a",       ["sig"];
    ContentErased      = "content.erased",       CASE,           PERSON_OR_TIMER,    HANDLERS,      "9b",             [] later;
    AccessDenied       = "access.denied",        STAFF,          PERSON,             AUDITORS,      "9b" "12a",       ["codes.what", "sig"];
    DataPurged         = "data.purged",          CASE,           PERSON,             HANDLERS,      "9b",             ["ok", "sig"] later;
    RetentionSet       = "retention.set",        CASE,           PERSON,             HANDLERS,      "12a",            ["codes.retention_class", "sig"];
    HoldSet            = "hold.set",             CASE,           PERSON,             HANDLERS,      "12a",            ["sig"] later;
    HoldReleased       = "hold.released",        CASE,           PERSON,             HANDLERS,      "12a",            ["sig"] later;
    CaseDisposed       = "case.disposed",        CASE,           PERSON_OR_TIMER,    HANDLERS,      "12a",            ["to", "codes.step"] later;
    ActionCreated      = "action.created",       CASE,           PERSON,             HANDLERS,      "10b" "12a",      ["sig"];
    ActionResponded    = "action.responded",     CASE,           PERSON,             HANDLERS,      "10b" "12a",      ["sig"];
    ActionDone         = "action.done",          CASE,           PERSON,             HANDLERS,      "10b" "12a",      ["sig"];
    ActionVerified     = "action.verified",      CASE,           PERSON,             HANDLERS,      "10b" "12a",      ["sig"];
    ActionHandedOver   = "action.handed_over",   CASE,           PERSON,             HANDLERS,      "10b" "12a",      ["sig"];
    ActionOverdue      = "action.overdue",       CASE,           TIMER,              OVERSEERS,     "10b" "12a" "12b", [];
    RedflagSet         = "redflag.set",          CASE,           PERSON,             HANDLERS,      "10b",            ["codes.red_flags", "sig"];
    WeaknessFound      = "weakness.found",       CASE,           PERSON,             HANDLERS,      "10b",            ["codes.weaknesses", "sig"];
    AdviceAsked        = "advice.asked",         CASE,           REPORTER,           HANDLERS,      "8c" "9a",        [] later;
    AdviceAnswered     = "advice.answered",      CASE,           PERSON,             HANDLERS,      "8c" "9a",        ["sig"] later;
    NoresponseRaised   = "noresponse.raised",    CASE,           REPORTER,           OVERSEERS,     "12b",            [];
    MatterTakenUp      = "matter.taken_up",      CASE,           PERSON,             OVERSEERS,     "1c" "12b",       ["sig"];
    ConfigProposed     = "config.proposed",      INSTANCE,       PERSON_OR_SYSTEM,   STEWARDS,      "2a" "3b",        ["codes.what", "cm.config"];
    ConfigApproved     = "config.approved",      INSTANCE,       PERSON,             STEWARDS,      "2a" "3b",        ["codes.what", "cm.config", "ok", "sig"];
    ConfigRefused      = "config.refused",       INSTANCE,       PERSON,             STEWARDS,      "2a" "3b",        ["codes.what", "cm.config", "ok", "sig"];
    ConfigStale        = "config.stale",         INSTANCE,       PERSON_OR_TIMER,    STEWARDS,      "2a" "3b",        ["codes.what", "codes.why", "cm.config", "ok"];
    ConfigChanged      = "config.changed",       INSTANCE,       ALL_BUT_REPORTER,   STEWARDS,      "2a" "3b",        ["codes.what"];
    DeskOpened         = "desk.opened",          DESK,           ALL_BUT_REPORTER,   ADMINISTRATORS,"2a" "9c",        ["codes.profile"];
    SessionOpened      = "session.opened",       STAFF,          PERSON,             AUDITORS,      "12a",            [];
    SessionClosed      = "session.closed",       STAFF,          PERSON,             AUDITORS,      "12a",            ["sig"];
    StaffInvited       = "staff.invited",        STAFF,          PERSON_OR_SYSTEM,   ADMINISTRATORS,"2a",             [];
    StaffEnrolled      = "staff.enrolled",       STAFF,          PERSON,             ADMINISTRATORS,"2a",             [];
    MailChanged        = "mail.changed",         STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["sig"];
    RecoveryAsked      = "recovery.asked",       STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["sig"];
    RecoveryApproved   = "recovery.approved",    STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["sig"];
    RecoveryRefused    = "recovery.refused",     STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["sig"];
    RecoveryExpired    = "recovery.expired",     STAFF,          TIMER,              ADMINISTRATORS,"2a",             [];
    DirectoryProposed  = "directory.proposed",   STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["sig"];
    DirectorySigned    = "directory.signed",     STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["cm.directory"];
    DirectoryRefused   = "directory.refused",    STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["sig"];
    ActorEnrolled      = "actor.enrolled",       STAFF,          PERSON,             ADMINISTRATORS,"2a",             ["alias", "cm.identity"];
    ActorRetired       = "actor.retired",        STAFF,          PERSON_OR_SYSTEM,   ADMINISTRATORS,"2a",             [];
    EpochRotated       = "epoch.rotated",        CASE,           PERSON_OR_SYSTEM,   HANDLERS,      "9b",             [];
    HoldersShort       = "holders.short",        CASE,           ANYBODY,            HANDLERS,      "2b" "9b",        [];
    AuditQueried       = "audit.queried",        STAFF,          PERSON,             AUDITORS,      "12a",            ["codes.query", "sig"];
    ChainAnchored      = "chain.anchored",       LOG,            SYSTEM,             EVERYBODY,     "12a",            ["cm.head"];
    StatsPublished     = "stats.published",      INSTANCE,       PERSON_OR_SYSTEM,   EVERYBODY,     "3b" "11c" "13a", [] later;
    IncidentDetected   = "incident.detected",    INSTANCE,       PERSON_OR_SYSTEM,   ADMINISTRATORS, "9b" "10b",       [] later;
    IncidentNotified   = "incident.notified",    INSTANCE,       PERSON_OR_SYSTEM,   ADMINISTRATORS, "9b" "10b",       [] later;
    ReviewHeld         = "review.held",          INSTANCE,       PERSON,             EVERYBODY,     "3b" "12a",       ["sig"] later;
    QaSampled          = "qa.sampled",           CASE,           PERSON_OR_SYSTEM,   AUDITORS,      "10b",            [] later;
    LogGenesis         = "log.genesis",          SITE_OR_LOG,    SYSTEM,             EVERYBODY,     "12a",            [];
    LogPad             = "log.pad",              LOG,            SYSTEM,             AUDITORS,      "12a",            [];
    LogKeyRotated      = "log.key.rotated",      LOG,            SYSTEM,             EVERYBODY,     "12a",            [] later;
    LogHeadmap         = "log.headmap",          LOG,            SYSTEM,             AUDITORS,      "12a",            ["cm.heads"];
    LogSchema          = "log.schema",           LOG,            SYSTEM,             AUDITORS,      "12a",            [] later;
    LogAnchor          = "log.anchor",           LOG,            SYSTEM,             EVERYBODY,     "12a",            [] later;
    LogLate            = "log.late",             LOG,            SYSTEM,             AUDITORS,      "12a",            ["ok"];
    LogGap             = "log.gap",              LOG,            SYSTEM,             EVERYBODY,     "12a",            [] later;
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(Act::of_principle(1), [Act::MatterTakenUp]);
        assert!(Act::of_principle(11).contains(&Act::StateChanged));
        assert!(!Act::of_principle(11).contains(&Act::ContentRead));
    }

    #[test]
    fn every_clause_belongs_to_the_recommendation() {
        for act in Act::ALL {
            for clause in act.clauses() {
                assert!(CLAUSES.contains(clause), "{clause}");
                assert!(Act::of_clause(clause).contains(act));
            }
        }
        assert!(Act::of_clause("9").is_empty() && Act::of_clause("1a").is_empty());
    }

    #[test]
    fn auditors_see_every_act_and_people_with_a_part_in_a_case_only_acts_of_cases() {
        for act in Act::ALL {
            assert!(act.seen_by().contains(&Viewer::Auditor), "{act:?}");
            let of_case = act.on().contains(&ObjectKind::Case);
            assert!(of_case || !act.seen_by().contains(&Viewer::Case), "{act:?}");
            let public = act.seen_by().contains(&Viewer::Everyone);
            assert!(!(public && of_case), "{act:?}: what happens to a case is not for everybody");
        }
        for hidden in [Act::AuthorshipClaimed, Act::IdentityOpened, Act::CoiBlocked, Act::QaSampled] {
            assert_eq!(hidden.seen_by(), [Viewer::Auditor], "{hidden:?}");
        }
    }

    #[test]
    fn nobody_needs_what_only_others_can_give() {
        for act in Act::ALL {
            assert!(!act.on().is_empty() && !act.causes().is_empty(), "{act:?}");
            let signs = act.needs().contains(&"sig");
            assert!(!signs || act.causes() == [Cause::Staff], "{act:?}: only people sign");
        }
    }
}
