//! Two administrators who are at hand agree to a change of the configuration, as the demo and the benchmark need it: by the
//! same acts as on the pages.

use crate::{
    domain::configuration::Kind,
    usecases::{Caller, Context, Error, approve_change::approve_change, propose_change::propose_change},
};

/// The first proposes the file, the second approves it.
pub(super) async fn agree(
    ctx: &Context,
    (first, second): (&Caller, &Caller),
    (kind, text): (Kind, &str),
) -> Result<(), Error> {
    let proposed = propose_change(ctx, Some(first), (kind, text)).await?;
    approve_change(ctx, second, proposed.id).await?;
    Ok(())
}
