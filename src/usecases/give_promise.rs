//! A reporter asks for the signed promise that their report is in the log (audit-log.md 4.2). Nothing is written, counted or
//! logged, here as with everything that a reporter reads: who asks for it shall not be told from who does not.

use jiff::civil::Date;

use super::{context::Context, error::Error};
use crate::{
    audit::{
        entry::ObjectKind,
        promise::{self, Promise},
    },
    config::LogConfig,
    storage::{cases::CaseRow, log::EntryFilter},
};

/// What the reporter is given.
pub struct GivenPromise {
    /// The file.
    pub file: String,
    /// The day by whose last head the promise is kept.
    pub day: Date,
}

/// The promise about the first entry of the case.
///
/// # Errors
/// [`Error::Unauthenticated`] where the token has expired; [`Error::NotFound`] where the case's profile gives none.
pub async fn give_promise(ctx: &Context, log: &LogConfig, inbox_token: &str) -> Result<GivenPromise, Error> {
    let case = offered(ctx, inbox_token).await?;
    let first =
        EntryFilter { object: Some((ObjectKind::Case, case.audit_id)), limit: 1, ..EntryFilter::default() };
    let entries = ctx.store.read(async |db| db.entries(&first).await).await?;
    let lacking = Error::Sealed("the record lacks the first entry of a case");
    let entry = entries.into_iter().next().filter(|entry| entry.n == 1).ok_or(lacking)?;
    let day = ctx.store.rhythm().settled_by(entry.day);
    let commitment = entry.commitment.try_into().map_err(|_cause| Error::Sealed("a commitment"))?;
    let key = promise::signer(&log.origin, &ctx.keys.promises).ok_or(Error::Sealed("the log's origin"))?;
    let promise = Promise { origin: log.origin.clone(), commitment, day };
    let file = promise.sign(&key).map_err(|_cause| Error::Sealed("the log's origin"))?;
    Ok(GivenPromise { file, day })
}

/// Says nothing where a promise is to be had.
///
/// # Errors
/// As [`give_promise`].
pub async fn offer_promise(ctx: &Context, inbox_token: &str) -> Result<(), Error> {
    offered(ctx, inbox_token).await.map(|_case| ())
}

/// Whether the profile of a case gives promises.
#[must_use]
pub fn gives_promises(ctx: &Context, case: &CaseRow) -> bool {
    ctx.profile_of(case).reporter_proof()
}

async fn offered(ctx: &Context, inbox_token: &str) -> Result<CaseRow, Error> {
    let receipt = ctx.receipt_of_inbox(inbox_token)?;
    let id = receipt.lookup(ctx.store.instance());
    let case =
        ctx.store.read(async |db| db.case_of_receipt(&id).await).await?.ok_or(Error::Unauthenticated)?;
    if gives_promises(ctx, &case) { Ok(case) } else { Err(Error::NotFound) }
}
