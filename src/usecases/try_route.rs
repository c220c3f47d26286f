//! Where would a report go, and why: the function that decides at intake, asked without a report.

use super::{caller::Caller, context::Context, error::Error};
pub use crate::storage::{bodies::BodyRow, desks::DeskRow};
use crate::{
    domain::{
        configuration::rules::ListedRule,
        field_error::FieldError,
        routing::{Exclusion, Mismatch, RouteReason, TRIAGERS},
        taxonomy::{Category, Region},
    },
    policy::{Action, Actor, authorize},
};

/// A report that might come.
pub struct Trial<'t> {
    /// Code of the body that it names.
    pub body: Option<&'t str>,
    /// Its category.
    pub category: Category,
    /// Its region.
    pub region: Option<Region>,
}

/// A desk with its triagers counted.
pub struct TriedDesk {
    /// The desk.
    pub row: DeskRow,
    /// How many triagers it has.
    pub triagers: usize,
}

impl TriedDesk {
    /// Whether it has as many as it needs.
    #[must_use]
    pub const fn staffed(&self) -> bool {
        self.triagers >= TRIAGERS
    }
}

/// A rule that was looked at.
pub struct TriedRule {
    /// The rule, with codes.
    pub rule: ListedRule,
    /// What of it does not match; nothing where it does.
    pub mismatches: Vec<Mismatch>,
}

/// Where it would go.
pub struct Tried {
    /// The body that it names and all above that one, from itself up.
    pub bodies: Vec<BodyRow>,
    /// Every rule that was looked at, in order.
    pub looked: Vec<TriedRule>,
    /// The desk of the rule that matches.
    pub ruled: Option<TriedDesk>,
    /// The desk that would get it; none where it would be refused.
    pub desk: Option<TriedDesk>,
    /// Why.
    pub reason: Option<RouteReason>,
    /// The independent desks, to which reports go that no staffed desk has a rule for.
    pub independent: Vec<TriedDesk>,
}

/// Tries it; `caller` is none for the operator.
///
/// # Errors
/// [`Error::Invalid`] for `body` where no body has this code.
pub async fn try_route(ctx: &Context, caller: Option<&Caller>, trial: &Trial<'_>) -> Result<Tried, Error> {
    let actor = caller.map_or(Actor::Operator, Caller::actor);
    authorize(&actor, Action::ConfigureDesk, None)?;
    let registry = ctx.current_registry().await?;
    ctx.store
        .read(async |db| {
            let body = match trial.body {
                None => None,
                Some(code) => {
                    let unknown = || Error::Invalid(vec![FieldError::new("body", FieldError::UNKNOWN)]);
                    Some(db.body_of_code(code).await?.ok_or_else(unknown)?.id)
                }
            };
            let mut bodies = Vec::new();
            for id in body.map(|body| registry.bodies.chain(body)).unwrap_or_default() {
                bodies.extend(db.body(id).await?);
            }
            let tried = |id| {
                let row = registry.desks.get(&id)?.row.clone();
                let staff = registry.staff().iter().find(|staff| staff.desk == id);
                Some(TriedDesk { row, triagers: staff.map_or(0, |staff| staff.triagers.len()) })
            };
            let route = registry.route(body, trial.category, trial.region, &Exclusion::default());
            let rules = super::config_plan::listed_rules(db).await?;
            let listed = |position| rules.iter().find(|rule| rule.position == position).cloned();
            let looked = route.iter().flat_map(|route| &route.looked);
            let looked = looked.filter_map(|looked| {
                Some(TriedRule { rule: listed(looked.rule.position)?, mismatches: looked.mismatches.clone() })
            });
            let mut independent: Vec<TriedDesk> = registry
                .staff()
                .iter()
                .filter(|staff| staff.independent)
                .filter_map(|staff| tried(staff.desk))
                .collect();
            independent.sort_by_key(|desk| desk.row.id);
            Ok(Tried {
                bodies,
                looked: looked.collect(),
                ruled: route.as_ref().and_then(|route| tried(route.ruled?)),
                desk: route.as_ref().and_then(|route| tried(route.desk)),
                reason: route.as_ref().map(|route| route.reason),
                independent,
            })
        })
        .await
}
