//! Heads of the tree go to the signer and come back as checkpoints, go to witnesses and come back cosigned; then the
//! public files are brought up to date.
//!
//! Any number of processes may ask at once: the signer signs one tree of a size, and who asks again gets the same line.

use std::{path::Path, sync::Arc};

use futures_util::future::join_all;
use tokio::runtime::Handle;

use super::queued::TaskError;
use crate::{
    config::{Config, LogConfig},
    signer::client::{self, SignerError},
    usecases::{
        Context,
        publish_log::publish_log,
        sign_heads::{
            NewHead, NoteSignature, Policy, SignedCheckpoint, consistency, keep_checkpoint, keep_cosignature,
            last_cosigned, newest_signed, unsigned_head, with_lines,
        },
    },
    witness::client::{WitnessAddress, WitnessError, addresses, submit},
};

/// Has the newest head signed, if it is not, and writes the public files; says how many things were done. The files do not
/// wait for a signer that is away.
pub(super) async fn publish(ctx: &Arc<Context>, config: &Config) -> Result<usize, TaskError> {
    let signed = sign_newest(ctx, &config.log).await;
    let cosigned = ask_witnesses(ctx, &config.log).await;
    let written = publish_log(ctx, &config.log).await?;
    match signed {
        // Entries go on without it; the next slot asks again.
        Err(TaskError::Signer(error @ SignerError::Unreachable { .. })) => {
            tracing::warn!(%error, "the head of the record's tree is not signed");
            Ok(written)
        }
        signed => Ok(written.saturating_add(signed?).saturating_add(cosigned?)),
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

/// Asks every witness of the policy that has not cosigned the newest head. Who does not answer is asked again later.
async fn ask_witnesses(ctx: &Arc<Context>, log: &LogConfig) -> Result<usize, TaskError> {
    let Some(policy) = policy(&log.policy).await else { return Ok(0) };
    let Some((head, have)) = newest_signed(ctx).await? else { return Ok(0) };
    let size = head.head().size;
    let known = addresses(&policy, &log.witnesses)?;
    let asked = known.into_iter().filter(|(name, _)| !have.contains(name)).map(async |(name, address)| {
        let old = last_cosigned(ctx, &name).await?;
        match ask_witness(ctx, address, old, head.clone()).await {
            Ok(line) => {
                keep_cosignature(ctx, size, &name, &line).await?;
                Ok(1)
            }
            Err(error) => {
                tracing::warn!(witness = name, %error, "a witness did not cosign the head of the record's tree");
                Ok::<_, TaskError>(0)
            }
        }
    });
    join_all(asked).await.into_iter().sum()
}

async fn ask_witness(
    ctx: &Arc<Context>,
    address: WitnessAddress,
    old: u64,
    head: SignedCheckpoint,
) -> Result<NoteSignature, WitnessError> {
    let (ctx, runtime, url) = (Arc::clone(ctx), Handle::current(), address.url.clone());
    let answer = tokio::task::spawn_blocking(move || {
        let size = head.head().size;
        submit(&address, old, &head, |old| Ok(runtime.block_on(consistency(&ctx, old, size))?))
    });
    answer.await.unwrap_or(Err(WitnessError::Nonsense(url)))
}

async fn policy(path: &Path) -> Option<Policy> {
    Policy::parse(&tokio::fs::read(path).await.ok()?).ok()
}
