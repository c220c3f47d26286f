//! The operator adds a routing rule.

use super::{authentic::Authentic, context::Context, error::Error};
use crate::{
    audit::{
        act::Act,
        entry::{By, Draft, When},
    },
    policy::{Action, Actor, authorize},
    storage::desks::{KeptRule, RuleRow},
};

/// Adds a rule at its position.
///
/// # Errors
/// [`Error::Conflict`] where the position is taken; [`Error`] of the database.
pub async fn add_rule(ctx: &Context, rule: RuleRow) -> Result<(), Error> {
    let permit = authorize(&Actor::Operator, Action::ConfigureDesk, None)?;
    ctx.store
        .record("add_rule", async |tx| {
            let instance =
                tx.lock_instance().await?.ok_or(Error::NotReady("the instance was never founded"))?;
            let mac = Authentic::rule(ctx, &rule).mac(ctx).to_vec();
            tx.insert_rule(&permit, KeptRule { rule: rule.clone(), mac }).await?;
            let draft =
                Draft::new(Act::ConfigChanged, By::System, When::At(ctx.store.now())).code("what", "routing");
            Ok::<_, Error>(((), tx.save_instance(&permit, &instance, &draft).await?))
        })
        .await
}
