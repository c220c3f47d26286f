//! The log that stands in the database, written out as a bundle and verified as everybody's is.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    time::Instant,
};

use super::{
    BenchError,
    audit::whole,
    bundle::{findings, signer_key},
    figures::Figures,
};
use crate::{
    audit::verify::Pace,
    config::LogConfig,
    crypto::random::Entropy,
    usecases::{
        Context,
        export_log::{Asker, ExportError, LogExport, export_log},
        sign_heads::{keep_checkpoint, unsigned_head},
    },
};

/// Signs the newest head, writes the bundle to the disk, verifies it.
///
/// # Errors
/// [`BenchError`].
pub async fn measure(
    ctx: &Context,
    log: &LogConfig,
    dir: &Path,
    figures: &mut Figures,
) -> Result<(), BenchError> {
    let failed = || BenchError::system("writing a bundle");
    let key = signer_key(&mut Entropy::os().rng()).map_err(failed())?;
    let head = unsigned_head(ctx, key.name().as_str()).await?.ok_or(BenchError::Missing("a tree"))?;
    let signed = head.checkpoint.sign(&key).map_err(io::Error::other).map_err(failed())?;
    keep_checkpoint(ctx, &signed, head.epoch).await?;
    let path = dir.join("export.tar");
    let start = Instant::now();
    let export = export_log(ctx, log, Asker::Operator, None).await.map_err(refused)?;
    let (size, length) = (whole(export.head().size), whole(export.length()));
    write(ctx, export, &path).await?;
    let took = start.elapsed().as_secs_f64();
    figures.add("exported_per_second", size / took);
    figures.add("exported_mb_per_second", length / 1e6 / took);
    let pace = Pace {
        epoch: log.epoch.as_secs(),
        mmd: log.mmd.as_secs(),
        day: log.day.as_secs(),
        quantum: log.quantum,
    };
    figures.add("errors_export", findings(&path, &key, pace, &mut |_| {})?);
    Ok(())
}

async fn write(ctx: &Context, mut export: LogExport, path: &Path) -> Result<(), BenchError> {
    let failed = || BenchError::system("writing a bundle");
    let mut file = BufWriter::new(File::create(path).map_err(failed())?);
    while let Some(piece) = export.next(ctx).await.map_err(refused)? {
        file.write_all(&piece).map_err(failed())?;
    }
    let file = file.into_inner().map_err(io::IntoInnerError::into_error).map_err(failed())?;
    file.sync_all().map_err(failed())
}

fn refused(error: ExportError) -> BenchError {
    match error {
        ExportError::Act(error) => error.into(),
        other => BenchError::system("exporting the log")(io::Error::other(other)),
    }
}
