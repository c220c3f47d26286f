//! Tells those who open a desk's reports that one awaits them.

use serde::Deserialize;

use super::queued::{TaskError, Tools};
use crate::{
    domain::{ids::DeskId, role::Role},
    mail::{Recipient, ReportAwaits},
};

/// What the queue holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    desk: DeskId,
}

/// Writes to every triager of the desk who is in the signed directory. Tried again after a failure half-way, it writes
/// to some a second time, which is better than to some not at all.
pub(super) async fn notify_desk(tools: &Tools<'_>, payload: &str) -> Result<(), TaskError> {
    let Payload { desk } = serde_json::from_str(payload).map_err(|_malformed| TaskError::Payload)?;
    let registry = tools.context.current_registry().await?;
    let message = ReportAwaits::new(&tools.config.server.public_base_url);
    for (_, member) in registry.directory.with_role(Role::Triager, desk) {
        let to = Recipient::of_login(&member.login, tools.context.store.instance());
        tools.mailer.send(&to, &message).await?;
    }
    Ok(())
}
