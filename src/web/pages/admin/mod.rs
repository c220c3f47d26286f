//! Pages for administrators: people and their roles, never content.

mod staff;

pub use staff::{InvitationShown, Invite, RecoveryLine, RolesForm, StaffLine, StaffPage};
