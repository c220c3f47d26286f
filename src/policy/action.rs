//! What can be asked for.

use std::fmt;

use crate::domain::case::step::Step;

macro_rules! actions {
    ($( $(#[$doc:meta])* $name:ident = $code:literal ),+ $(,)?) => {
        /// An act that must be permitted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $( $(#[$doc])* $name, )+
            /// Take a step of the workflow, or propose it where it is under four eyes. Needs a case.
            TakeStep(Step),
        }

        impl Action {
            /// All actions, every step included.
            #[must_use]
            pub fn all() -> Vec<Self> {
                let steps = Step::ALL.iter().map(|step| Self::TakeStep(*step));
                [$( Self::$name ),+].into_iter().chain(steps).collect()
            }

            /// The stable code; for a step, `take_step`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $( Self::$name => $code, )+ Self::TakeStep(_) => "take_step" }
            }
        }
    };
}

actions! {
    /// Submit a report; staff do so for oral, postal and misdirected reports.
    SubmitReport = "submit_report",
    /// Open the mailbox by its receipt.
    OpenInbox = "open_inbox",
    /// Write to the desk, as the reporter. Needs a case.
    WriteAsReporter = "write_as_reporter",
    /// Sign in, and out again.
    SignIn = "sign_in",
    /// Change what concerns oneself: where mails go.
    ChangeAccount = "change_account",
    /// Redeem an invitation by making one's keys.
    RedeemInvitation = "redeem_invitation",
    /// Prepare a new password and second factor with one's printed recovery code.
    RecoverAccount = "recover_account",
    /// See the list of the cases one holds a grant for.
    ListCases = "list_cases",
    /// See body, region, category, state and days of a case; no content. Needs a case.
    SeeCase = "see_case",
    /// Sign that one has no conflict of interest. Needs a case.
    Attest = "attest",
    /// Step back from a case. Needs a case.
    Recuse = "recuse",
    /// Read content. Needs a case.
    ReadContent = "read_content",
    /// Write to the reporter. Needs a case.
    WriteMessage = "write_message",
    /// Add a note for colleagues. Needs a case.
    WriteNote = "write_note",
    /// See which proposals wait: of the cases one holds a grant for, or of one case.
    SeeProposals = "see_proposals",
    /// Approve or refuse a proposal. Needs a case.
    DecideProposal = "decide_proposal",
    /// Give a colleague the keys of a case. Needs a case.
    GrantAccess = "grant_access",
    /// Give a colleague who made new keys a case again that they have. Needs a case.
    RestoreAccess = "restore_access",
    /// Take a colleague's access away. Needs a case.
    RevokeAccess = "revoke_access",
    /// Record whom a case concerns. Needs a case.
    RecordSubject = "record_subject",
    /// Record what another body makes of a referral, and fetch what was sent. Needs a case.
    TrackReferral = "track_referral",
    /// Decide on interim measures against retaliation. Needs a case.
    DecideInterim = "decide_interim",
    /// Record corrective actions and recommendations, and what comes of them. Needs a case.
    TendRemedies = "tend_remedies",
    /// Verify that one was done. Needs a case.
    VerifyRemedy = "verify_remedy",
    /// Mark what was not done in time. Needs a case.
    MarkOverdue = "mark_overdue",
    /// Open a desk's cases with its recovery sheets and give them to somebody.
    RecoverCases = "recover_cases",
    /// Read the log.
    ReadLog = "read_log",
    /// See missed deadlines and unanswered reporters.
    SeeOversight = "see_oversight",
    /// Invite a member of staff.
    InviteStaff = "invite_staff",
    /// Approve or refuse a colleague's recovery.
    DecideRecovery = "decide_recovery",
    /// Sign an entry of the staff directory.
    SignDirectory = "sign_directory",
    /// End a member's access to everything.
    DisableStaff = "disable_staff",
    /// Propose and decide on changes of bodies, desks and routing; found the instance.
    ConfigureDesk = "configure_desk",
    /// See mails that were given up, and have them tried again.
    TendMail = "tend_mail",
    /// Run a job of the queue.
    RunJob = "run_job",
    /// Change the schema of the database.
    Migrate = "migrate",
}

impl Action {
    /// Whether the act concerns one case, so that it is judged by the actor's situation in it and by nothing else.
    #[must_use]
    pub const fn needs_case(self) -> bool {
        match self {
            Self::WriteAsReporter
            | Self::SeeCase
            | Self::Attest
            | Self::Recuse
            | Self::ReadContent
            | Self::WriteMessage
            | Self::WriteNote
            | Self::DecideProposal
            | Self::GrantAccess
            | Self::RestoreAccess
            | Self::RevokeAccess
            | Self::RecordSubject
            | Self::TrackReferral
            | Self::DecideInterim
            | Self::TendRemedies
            | Self::VerifyRemedy
            | Self::MarkOverdue
            | Self::TakeStep(_) => true,
            Self::SubmitReport
            | Self::OpenInbox
            | Self::SignIn
            | Self::ChangeAccount
            | Self::RedeemInvitation
            | Self::RecoverAccount
            | Self::ListCases
            | Self::SeeProposals
            | Self::RecoverCases
            | Self::ReadLog
            | Self::SeeOversight
            | Self::InviteStaff
            | Self::DecideRecovery
            | Self::SignDirectory
            | Self::DisableStaff
            | Self::ConfigureDesk
            | Self::TendMail
            | Self::RunJob
            | Self::Migrate => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakeStep(step) => f.pad(&format!("take_step {step}")),
            other => f.pad(other.code()),
        }
    }
}
