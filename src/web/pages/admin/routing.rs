use askama::Template;

use crate::i18n::Texts;
use crate::web::pages::{Choice, Faults, StaffFrame};

/// `/admin/routing`: where a report would go, and why.
#[derive(Debug, Template)]
#[template(path = "pages/admin/routing.html")]
pub struct RoutePage {
    /// Words.
    pub t: Texts,
    /// What stands around.
    pub frame: StaffFrame,
    /// What is asked.
    pub form: RouteForm,
    /// What was wrong with it (field `body`).
    pub faults: Faults,
    /// The answer; none before anything was asked.
    pub told: Option<Told>,
}

/// What is asked: `body` (a code), `category`, `region`.
#[derive(Debug, Clone, Default)]
pub struct RouteForm {
    /// Code of the body.
    pub body: String,
    /// Code of the category.
    pub category: String,
    /// Code of the region.
    pub region: String,
    /// Categories to choose from.
    pub categories: Vec<Choice>,
    /// Regions to choose from.
    pub regions: Vec<Choice>,
}

/// Where it would go.
#[derive(Debug, Clone)]
pub struct Told {
    /// The body and all above it, each with code and name.
    pub bodies: Vec<String>,
    /// The rules that were looked at.
    pub looked: Vec<LookedAt>,
    /// The desk of the rule that matches.
    pub ruled: Option<StaffedDesk>,
    /// The independent desks.
    pub independent: Vec<StaffedDesk>,
    /// Name of the desk that would get it; none where it would be refused.
    pub desk: Option<String>,
    /// Code of the reason.
    pub reason: &'static str,
}

/// A rule that was looked at.
#[derive(Debug, Clone)]
pub struct LookedAt {
    /// Its position.
    pub position: i64,
    /// It in words.
    pub rule: String,
    /// Codes of what does not match; empty where it matches.
    pub mismatches: Vec<&'static str>,
}

/// A desk and its triagers.
#[derive(Debug, Clone)]
pub struct StaffedDesk {
    /// Its name.
    pub name: String,
    /// Whether it is independent.
    pub independent: bool,
    /// How many triagers it has.
    pub triagers: i64,
    /// Whether they are enough.
    pub staffed: bool,
}
