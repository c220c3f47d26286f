//! Pages for administrators: people and their roles, the configuration, never content.

mod changes;
mod mail;
mod routing;
mod staff;

pub use changes::{
    ChangeForm, ChangeLine, ChangePage, ChangesPage, DelayedPage, FileInForce, NewcomerLine, Shown,
    ShownMistake, Touching,
};
pub use mail::{LetterLine, MailPage};
pub use routing::{LookedAt, RouteForm, RoutePage, StaffedDesk, Told};
pub use staff::{InvitationShown, Invite, RecoveryLine, RolesForm, StaffLine, StaffPage};
