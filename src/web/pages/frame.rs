//! What stands around the content of a page.

use crate::i18n::LANGUAGES;

/// Around every page for the public.
#[derive(Debug, Clone, Default)]
pub struct PublicFrame {
    /// The page's path after `/{lang}/` (`""`, `"report"`, `"inbox"`, `"promises"`): where the language switch leads.
    pub path: &'static str,
    /// False where switching the language would lose what stands on the page: a receipt, what was typed.
    pub switch: bool,
    /// Token for the forms of a mailbox session; `None` without one.
    pub csrf: Option<String>,
    /// Name of the organisation that runs this site, in the page's language.
    pub organisation: Option<String>,
}

/// Around every page for staff.
#[derive(Debug, Clone, Default)]
pub struct StaffFrame {
    /// Token that every form of the page carries in the hidden field `csrf`.
    pub csrf: String,
    /// Path and query of this page: the language switch comes back to it (field `back`).
    pub path: String,
    /// The area that the page belongs to.
    pub here: Option<Area>,
    /// Who is signed in; `None` on the sign-in and join pages.
    pub who: Option<Who>,
    /// True where switching the language would lose what stands on the page: a secret shown once, what was typed.
    pub once: bool,
    /// Code of what was done just now (`done-step`), told on this page and no other.
    pub done: Option<&'static str>,
}

/// A person who is signed in.
#[derive(Debug, Clone)]
pub struct Who {
    /// Their login.
    pub login: String,
    /// Areas that their roles open, in the order in which the header shows them.
    pub areas: Vec<Area>,
}

/// A part of the staff pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// My cases.
    Cases,
    /// What waits for a second pair of eyes.
    Proposals,
    /// What was missed, for oversight.
    Oversight,
    /// The record.
    Audit,
    /// People and their roles.
    Staff,
    /// Changes of the configuration.
    Changes,
    /// Changes of the configuration that wait for their time, as oversight sees them.
    Delayed,
}

impl Area {
    /// Code for the area's name (`area-cases`).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Proposals => "proposals",
            Self::Oversight => "oversight",
            Self::Audit => "audit",
            Self::Staff => "staff",
            Self::Changes => "changes",
            Self::Delayed => "delayed",
        }
    }

    /// Where the area begins.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Cases => "/staff/cases",
            Self::Proposals => "/staff/proposals",
            Self::Oversight => "/staff/oversight",
            Self::Audit => "/audit",
            Self::Staff => "/admin/staff",
            Self::Changes => "/admin/changes",
            Self::Delayed => "/staff/changes",
        }
    }
}

/// A language of the switch: its code and its own name.
#[must_use]
pub fn languages() -> [(&'static str, &'static str); 3] {
    LANGUAGES.map(|code| match code {
        "kk" => (code, "Қазақша"),
        "ru" => (code, "Русский"),
        _ => (code, "English"),
    })
}
