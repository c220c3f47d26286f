//! Pages for the public and for reporters. Nothing on them repeats a reporter's own words, except a text that was
//! refused and has not been stored.

mod error;
mod home;
mod inbox;
mod inbox_proof;
mod promises;
mod report;
mod retaliation;
mod sent;

pub use error::ErrorPage;
pub(in crate::web::pages) use error::{error_advice, error_title};
pub use home::HomePage;
pub use inbox::{InboxMessage, InboxOpenPage, InboxPage, OpenFault, Speaker};
pub use inbox_proof::InboxProofPage;
pub use promises::PromisesPage;
pub use report::{BodySearch, ReportFields, ReportPage};
pub use retaliation::{RetaliationFields, RetaliationPage};
pub use sent::SentPage;
