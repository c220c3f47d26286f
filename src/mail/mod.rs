//! Mail: constant words and the way out.
//!
//! | file | holds |
//! | --- | --- |
//! | `message` | the words of each notice, from `templates/locales/*/mail.ftl` |
//! | `transport` | how it leaves: as a file, or to a relay (`smtp`) |
//!
//! A mail leaves the building: it never holds a case's number, category or body, a name, or a word of content, in the
//! subject no more than in the text. All three languages stand in one mail, because what language somebody reads is
//! nobody's business outside. Neither its coming nor its size tells anything: what concerns cases is one mail a day, sent
//! also where there is nothing.
//!
//! To add a mail: a notice in `domain::mail_address`, its words (`mail_text-…`), and the act that queues it.

mod message;
mod smtp;
mod transport;

pub use message::Message;
pub use transport::{MailError, Mailer, Stamp};
