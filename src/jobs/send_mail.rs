//! Sends one mail of the queue.

use super::queued::{TaskError, Tools};
use crate::{mail::Stamp, storage::tasks::TaskRow};

/// Sends it. Tried again after the relay took it but could not say so, it comes twice, with one Message-ID.
pub(super) async fn send_mail(tools: &Tools<'_>, task: &TaskRow) -> Result<(), TaskError> {
    let (notice, to) = task.mail().ok_or(TaskError::Payload)?;
    let stamp = Stamp { task: task.id, at: tools.context.store.now() };
    Ok(tools.mailer.send(notice, &to, stamp).await?)
}
