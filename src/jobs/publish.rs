//! Heads of the tree go to the signer and come back as checkpoints; then the public files are brought up to date.
//!
//! Any number of processes may ask at once: the signer signs one tree of a size, and who asks again gets the same line.

use std::{path::Path, sync::Arc};

use super::queued::TaskError;
use crate::{
    config::{Config, LogConfig},
    signer::client::{self, SignerError},
    usecases::{
        Context,
        publish_log::publish_log,
        sign_heads::{
            NewHead, NoteSignature, Policy, consistency, keep_checkpoint, unsigned_head, with_lines,
        },
    },
};

/// Has the newest head signed, if it is not, and writes the public files; says how many things were done. The files do not
/// wait for a signer that is away.
pub(super) async fn publish(ctx: &Arc<Context>, config: &Config) -> Result<usize, TaskError> {
    let signed = sign_newest(ctx, &config.log).await;
    let written = publish_log(ctx, &config.log).await?;
    match signed {
        // Entries go on without it; the next slot asks again.
        Err(TaskError::Signer(error @ SignerError::Unreachable { .. })) => {
            tracing::warn!(%error, "the head of the record's tree is not signed");
            Ok(written)
        }
        signed => Ok(written.saturating_add(signed?)),
    }
}

async fn sign_newest(ctx: &Context, log: &LogConfig) -> Result<usize, TaskError> {
    let Some(new) = unsigned_head(ctx, &log.origin).await? else { return Ok(0) };
    let lines = match ask(ctx, log, &new, new.last).await {
        // It has signed what was not kept here, because this process or the database was away.
        Err(TaskError::Signer(SignerError::Conflict { signed })) if signed <= new.checkpoint.head().size => {
            ask(ctx, log, &new, signed).await
        }
        other => other,
    }?;
    let signed = with_lines(&new.checkpoint, &lines).ok_or(TaskError::Signature)?;
    // Where a policy is kept, its keys are the log's: nothing else is published.
    if let Some(policy) = policy(&log.policy).await
        && !policy.check(&signed).log_signed()
    {
        return Err(TaskError::Signature);
    }
    keep_checkpoint(ctx, &signed, new.epoch).await?;
    Ok(1)
}

async fn ask(
    ctx: &Context,
    log: &LogConfig,
    new: &NewHead,
    from: u64,
) -> Result<Vec<NoteSignature>, TaskError> {
    let proof = consistency(ctx, from, new.checkpoint.head().size).await?;
    let (socket, checkpoint) = (log.signer_socket.clone(), new.checkpoint.clone());
    let answer = tokio::task::spawn_blocking(move || client::sign(&socket, from, &proof, &checkpoint));
    Ok(answer.await.map_err(|_panic| TaskError::Signature)??)
}

async fn policy(path: &Path) -> Option<Policy> {
    Policy::parse(&tokio::fs::read(path).await.ok()?).ok()
}
