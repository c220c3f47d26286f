//! Pages for administrators: people and their roles, never content.

mod mail;
mod staff;

pub use mail::{LetterLine, MailPage};
pub use staff::{InvitationShown, Invite, RecoveryLine, RolesForm, StaffLine, StaffPage};
