//! Mail: typed messages and the way out.
//!
//! | file | holds |
//! | --- | --- |
//! | `message` | what we write: one struct per message, its words in `templates/mails` |
//! | `recipient` | to whom, masked wherever it is printed |
//! | `transport` | how it leaves |
//!
//! A mail leaves the building: it never holds a case's number, category or body, a name, or a word of content, in the
//! subject no more than in the text. All three languages stand in one mail, because what language somebody reads is
//! nobody's business outside.
//!
//! To add a message: a struct in `message` with its template, a test that renders it.

mod message;
mod recipient;
mod transport;

pub use message::{Message, ReportAwaits};
pub use recipient::Recipient;
pub use transport::{MailError, Mailer};
