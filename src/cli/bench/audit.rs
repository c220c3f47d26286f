//! What the record costs, and how fast others check it (DESIGN section 9).
//!
//! On one private durable cluster: the intake over HTTP with the log's queue off and on; then everything that it left, and
//! pads, gets its place in the tree; then tables and record are compared and the log is exported. Beside it, in files alone:
//! a bundle of very many generated entries is written and verified as an outsider does, and proofs are made and checked in
//! its tree.
//!
//! What a reporter caused is due during the following day. So that nobody waits for it, the tree is grown by a clock that
//! runs two days ahead; what is written and how is the same.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;

use super::{
    AuditArgs, BenchError, bundle, export,
    figures::{Figures, print},
    ground::Ground,
    intake::report_request,
    load::send,
    people::{Founded, found},
    server::Server,
};
use crate::{
    config::Environment,
    domain::clock::Clock,
    usecases::{Context, reconcile::reconcile, sequence_log::sequence_log},
};

/// Clients that report at once.
const CLIENTS: u32 = 8;
/// What the budgets are (DESIGN section 9).
const OVERHEAD: f64 = 0.20;
const SEQUENCER: f64 = 2.0;
const VERIFIER: f64 = 200_000.0;

/// Measures and prints.
///
/// # Errors
/// [`BenchError`].
pub fn run(args: &AuditArgs, env: &Environment) -> Result<(), BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(BenchError::system("starting a runtime"))?;
    let bar = progress();
    let mut figures = Figures::default();
    bar.set_message("founding");
    let mut ground = Ground::prepare(env)?;
    let founded = runtime.block_on(found(&mut ground, &[4]))?;
    intake(args, (&ground, &founded), &runtime, (&mut figures, &bar))?;
    runtime.block_on(database(args, (&ground, &founded), (&mut figures, &bar)))?;
    bundle::measure(args, &ground.dir, &mut figures, &bar)?;
    bar.finish_and_clear();
    let text = if args.json { figures.json() } else { sentences(args, &figures) };
    print(&text).map_err(BenchError::system("printing"))
}

/// The intake with the log's queue on, off, off and on, so that no drift of the machine counts.
fn intake(
    args: &AuditArgs,
    (ground, founded): (&Ground, &Founded),
    runtime: &tokio::runtime::Runtime,
    (figures, bar): (&mut Figures, &ProgressBar),
) -> Result<(), BenchError> {
    bar.set_message("intake, the log's queue on and off");
    let server = Server::start(ground, &founded.config)?;
    let desk = founded.desks.first().ok_or(BenchError::Missing("a desk"))?;
    let request = report_request(desk);
    let measure = |seconds| {
        runtime.block_on(send(server.address, &request, CLIENTS, Duration::from_secs(seconds))).1.rate
    };
    let _warm = measure(1);
    for _ in 0..args.rounds {
        let (mut with, mut without, mut peak) = (0.0, 0.0, 0.0_f64);
        for on in [true, false, false, true] {
            ground.switch_queue(on)?;
            let rate = measure(args.seconds);
            let sum = if on { &mut with } else { &mut without };
            *sum += rate / 2.0;
            peak = peak.max(rate);
        }
        figures.add("intake_queue_on", with);
        figures.add("intake_queue_off", without);
        figures.add("audit_overhead", 1.0 - with / without);
        // A report is one entry.
        figures.add("intake_peak_entries", peak);
    }
    ground.switch_queue(true)?;
    Ok(())
}

/// Growing the tree, and comparing it with the tables.
async fn database(
    args: &AuditArgs,
    (ground, founded): (&Ground, &Founded),
    (figures, bar): (&mut Figures, &ProgressBar),
) -> Result<(), BenchError> {
    bar.set_message("giving entries their places");
    let mut log = founded.config.log.clone();
    log.mmd = Duration::from_secs(7 * 86_400);
    let clock = Clock::fixed(Clock::system().now());
    let ctx = ground.context_at(&founded.config, &log, clock.clone())?;
    let _begun = sequence_log(&ctx).await?;
    clock.advance(SignedDuration::from_hours(48));
    let mut sequenced = 0.0;
    let mut spent = Duration::ZERO;
    while sequenced < whole(args.sequenced) {
        let start = Instant::now();
        let grown = sequence_log(&ctx).await?;
        spent = spent.saturating_add(start.elapsed());
        sequenced += whole(u64::try_from(grown).unwrap_or(0));
        clock.advance(SignedDuration::from_mins(15));
    }
    let rate = sequenced / spent.as_secs_f64();
    figures.add("sequenced_entries", sequenced);
    figures.add("sequenced_per_second", rate);
    figures.add("sequencer_ratio", rate / figures.median("intake_peak_entries"));
    compare(&ctx, (figures, bar)).await?;
    bar.set_message("exporting");
    export::measure(&ctx, &log, &ground.dir, figures).await
}

async fn compare(ctx: &Context, (figures, bar): (&mut Figures, &ProgressBar)) -> Result<(), BenchError> {
    bar.set_message("comparing tables and record");
    let mut entries = 0;
    let start = Instant::now();
    let report = reconcile(ctx, None, &mut |part, read| {
        if part == crate::usecases::reconcile::Part::Entries {
            entries = read;
        }
    })
    .await?;
    figures.add("reconciled_per_second", whole(entries) / start.elapsed().as_secs_f64());
    // While the queue was off, entries were kept out of it, and that is told; nothing else is wrong.
    let wrong = report.checks.iter().filter(|check| check.outcome != crate::audit::verify::Outcome::Good);
    figures.add(
        "errors_reconcile",
        whole(u64::try_from(wrong.filter(|check| check.name != "entries").count()).unwrap_or(0)),
    );
    Ok(())
}

/// A number of things as a figure; none is so large that a figure would not hold it.
pub(super) fn whole(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn sentences(args: &AuditArgs, figures: &Figures) -> String {
    let m = |name: &str| figures.median(name);
    let verdict = |met: bool| if met { "met" } else { "MISSED" };
    format!(
        "The record, every commit on the disk; {} clients, medians of {} rounds of {} s.\n\
         Intake {:.0}/s with the log's queue, {:.0}/s without: it costs {:.1} % (at most {:.0} %: {})\n\
         Sequencing {:.0} entries/s of {:.0}, {:.1} times the peak of the intake (at least {SEQUENCER}: {})\n\
         Comparing tables and record: {:.0} entries/s\n\
         Exporting: {:.0} entries/s, {:.1} MB/s\n\
         Verifying a bundle of {:.0} entries, {:.0} MB: {:.0} entries/s on one core (at least {VERIFIER}: {})\n\
         An inclusion proof has {:.0} bytes, is made in {:.0} us and checked in {:.1} us\n\
         A consistency proof over a day has {:.0} bytes, is made in {:.0} us and checked in {:.1} us",
        CLIENTS,
        args.rounds,
        args.seconds,
        m("intake_queue_on"),
        m("intake_queue_off"),
        m("audit_overhead") * 100.0,
        OVERHEAD * 100.0,
        verdict(m("audit_overhead") <= OVERHEAD),
        m("sequenced_per_second"),
        m("sequenced_entries"),
        m("sequencer_ratio"),
        verdict(m("sequencer_ratio") >= SEQUENCER),
        m("reconciled_per_second"),
        m("exported_per_second"),
        m("exported_mb_per_second"),
        m("verified_entries"),
        m("bundle_mb"),
        m("verified_per_second"),
        verdict(m("verified_per_second") >= VERIFIER),
        m("inclusion_bytes"),
        m("inclusion_make_us"),
        m("inclusion_check_us"),
        m("consistency_bytes"),
        m("consistency_make_us"),
        m("consistency_check_us"),
    )
}

fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} {bar:30} {human_pos} of {human_len} {elapsed}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_bad| ProgressStyle::default_bar()))
}
