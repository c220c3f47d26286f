//! Pages for those who handle cases.

mod account;
mod case;
mod case_gate;
mod cases;
mod closing;
mod credentials;
mod error;
mod oversight;
mod proposals;
mod referrals;
mod remedies;
mod sign_in;
mod start;
mod step_form;
mod subjects;

pub use account::AccountPage;
pub use case::{
    AlikeLine, Answer, CaseMessage, CaseNote, CasePage, ClosedStep, GiveForm, HolderAlarm, InterimForm,
    Keepers, PendingStep, Reader, ReferralDue, TimelineLine,
};
pub use case_gate::{CaseGatePage, CaseHead};
pub use cases::{CaseLine, CasesPage, Due, WaitingLine, phase_of};
pub use closing::{ClosingLine, ClosingList};
pub use credentials::{CredentialsPage, CredentialsStage, Door};
pub use error::StaffErrorPage;
pub use oversight::{MatterRow, OversightPage, SilenceRow, StuckRow};
pub use proposals::{Decided, ProposalFact, ProposalLine, ProposalPage, ProposalsPage};
pub use referrals::ReferralLine;
pub use remedies::{Remedies, RemedyForm, RemedyLine, TurnForm, TurnedLine};
pub use sign_in::SignInPage;
pub use start::{HeldRole, StartPage};
pub use step_form::{AssessmentFields, FactField, FactKind, StepForm, fact_vocabulary};
pub use subjects::{SubjectForm, SubjectLine, Subjects};
