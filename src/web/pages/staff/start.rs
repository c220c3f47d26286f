use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::StaffFrame;

/// `/staff` for whoever has no area of their own to begin with, or several.
#[derive(Debug, Template)]
#[template(path = "pages/staff/start.html")]
pub struct StartPage {
    /// Words.
    pub t: Texts,
    /// What stands around; `who` is set.
    pub frame: StaffFrame,
    /// What the person is for.
    pub roles: Vec<HeldRole>,
}

/// A role, and where it is held.
#[derive(Debug, Clone)]
pub struct HeldRole {
    /// Code of the role.
    pub role: &'static str,
    /// Name of the desk; `None` where the role is held everywhere.
    pub desk: Option<String>,
}
