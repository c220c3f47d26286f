//! An auditor has the log verified here and now: the log at its newest signed head, as everybody gets it, by the same
//! verifier that outsiders run. It is no replacement for theirs, because it runs on the machine that it judges.
//!
//! One verification at a time runs in a process, on a thread of its own, over a file without a name, which is gone
//! with whoever has it open, even if that is killed.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use tokio::{io::AsyncWriteExt, sync::Semaphore};

use super::{
    caller::Caller,
    context::Context,
    error::Error,
    export_log::{Asker, ExportError, LogExport, export_log},
    survey_log::record_look,
    tarball::Tarball,
};
pub use crate::audit::verify::{Check, Outcome, Report};
use crate::{
    audit::verify::{Asked, Pace, verify},
    config::LogConfig,
    crypto::sign::VerifyingKey,
    policy::{Action, authorize},
};

/// The largest log that is verified here, bytes. A larger one is for `senim audit verify`, which an auditor runs at home.
const LARGEST: u64 = 2 << 30;

static ONE: Semaphore = Semaphore::const_new(1);

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The log cannot be had.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// It is too large for this place.
    #[error(
        "the log is larger than what is verified here ({0} bytes): take it along and run `senim audit verify` elsewhere"
    )]
    TooLarge(u64),
    /// The file for it could not be written or read.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<Error> for VerifyError {
    fn from(error: Error) -> Self {
        Self::Export(error.into())
    }
}

/// Verifies the log at its newest signed head.
///
/// # Errors
/// [`Error::Busy`] while another verification runs in this process; [`Error::Forbidden`] for everybody but auditors;
/// [`VerifyError`].
pub async fn verify_log(ctx: &Context, caller: &Caller, log: &LogConfig) -> Result<Report, VerifyError> {
    let permit = authorize(&caller.actor(), Action::ReadLog, None).map_err(Error::from)?;
    let alone = ONE.try_acquire().map_err(|_busy| Error::Busy)?;
    record_look(ctx, caller, &permit, "verification").await?;
    // The look is recorded as what it is; the export for it is part of it.
    let export = export_log(ctx, log, Asker::Operator, None).await?;
    if export.length() > LARGEST {
        return Err(VerifyError::TooLarge(export.length()));
    }
    let path =
        log.public.parent().unwrap_or(&log.public).join(format!("verification-{}.tar", std::process::id()));
    let failed = |source| VerifyError::File { path: path.clone(), source };
    let file = nameless(&path).map_err(failed)?;
    write(ctx, export, file.try_clone().map_err(failed)?).await.map_err(|error| match error {
        WriteError::File(source) => failed(source),
        WriteError::Export(error) => error.into(),
    })?;
    let bundle = Tarball::read(file).map_err(failed)?;
    let policy = tokio::fs::read(&log.policy).await.ok();
    let pace = Pace {
        epoch: log.epoch.as_secs(),
        mmd: log.mmd.as_secs(),
        day: log.day.as_secs(),
        quantum: log.quantum,
    };
    let genesis = ctx.genesis.clone();
    // Whoever asked may be gone before it ends, and another asks: the thread itself holds the place.
    let done = tokio::task::spawn_blocking(move || {
        let _alone = alone;
        check(&bundle, policy.as_deref(), &genesis, pace)
    });
    done.await.map_err(|_panic| VerifyError::from(Error::Sealed("the verifier ended too early")))
}

/// A file that nobody else can open.
fn nameless(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(path)?;
    fs::remove_file(path)?;
    Ok(file)
}

#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    Export(#[from] ExportError),
}

async fn write(ctx: &Context, mut export: LogExport, file: File) -> Result<(), WriteError> {
    let mut file = tokio::fs::File::from_std(file);
    while let Some(piece) = export.next(ctx).await? {
        file.write_all(&piece).await?;
    }
    Ok(file.flush().await?)
}

fn check(bundle: &Tarball, policy: Option<&[u8]>, genesis: &[VerifyingKey], pace: Pace) -> Report {
    let asked = Asked { policy, remembered: None, genesis: Some(genesis), pace };
    verify(bundle, &asked, &mut |_read| {})
}
