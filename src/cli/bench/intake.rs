//! The intake, against its floor (DESIGN section 9).
//!
//! A round measures, one after the other on the same cluster, for each number of wraps and clients: pgbench with the
//! rows of a report in one statement, and reports over HTTP; then the bare sealing, the log's queue off and on, and
//! sign-ins during intake. Odd rounds go the other way round. The floor's time per report is pgbench's and the
//! sealing's together. Ratios are taken within a round, where both sides met the same disk and neighbours.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{
    BenchError, IntakeArgs,
    figures::{Figures, Speed, key, print},
    floor::{Pgbench, Rows},
    ground::Ground,
    load::{Answers, Request, send, send_at_once},
    people::{Desk, Founded, found},
    sealing::Sealing,
    server::Server,
};
use crate::{
    audit::act::Act,
    config::Environment,
    domain::{
        report::{RawReport, Report},
        text::TextLimits,
    },
    storage::log::{EntryFilter, EntryRow},
    usecases::submit_report::{Submission, submit_report},
};

/// Clients at once, with 4 wraps; with 8 wraps the first is left out.
const CLIENTS: [u32; 3] = [1, 8, 32];
/// Bytes of the story.
const STORY: usize = 4096;
/// Reports and sign-ins at once for the memory bound.
const CROWD: u32 = 256;
/// Sign-ins at once.
const SIGN_INS: u32 = 64;
/// Clients while the queue is off and on, and during sign-ins.
const USUAL: u32 = 8;
/// How long both sides run unmeasured before the first round.
const WARM_UP: u64 = 1;

struct Bench<'a> {
    args: &'a IntakeArgs,
    ground: &'a Ground,
    founded: &'a Founded,
    pgbench: Pgbench,
    server: Server,
    runtime: tokio::runtime::Runtime,
    figures: Figures,
    bar: ProgressBar,
    storms: u32,
}

/// Measures and prints.
///
/// # Errors
/// [`BenchError`].
pub fn run(args: &IntakeArgs, env: &Environment) -> Result<(), BenchError> {
    let wraps: Vec<usize> = match args.wraps.as_deref().and_then(|wraps| wraps.parse().ok()) {
        Some(one) => vec![one],
        None => vec![4, 8],
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(BenchError::system("starting a runtime"))?;
    let mut ground = Ground::prepare(env)?;
    let founded = runtime.block_on(found(&mut ground, &wraps))?;
    let entry = runtime.block_on(first_entry(&founded))?;
    let pgbench = Pgbench::find(&ground, founded.config.database.bin_dir.as_deref())?;
    let version = runtime.block_on(founded.ctx.registry())?.version;
    for desk in &founded.desks {
        let sealed =
            Sealing { desk, content: &content(desk)? }.once(&mut founded.ctx.store.entropy().rng())?;
        pgbench.write(&Rows { desk, version, content: sealed.len(), entry: &entry })?;
    }
    let server = Server::start(&ground, &founded.config)?;
    let figures = Figures::default();
    let (bar, storms) = (progress(), 0);
    let (ground, founded) = (&ground, &founded);
    Bench { args, ground, founded, pgbench, server, runtime, figures, bar, storms }.run()
}

impl Bench<'_> {
    fn run(mut self) -> Result<(), BenchError> {
        let desks: Vec<&Desk> = self.founded.desks.iter().collect();
        let mut columns: Vec<(&Desk, u32)> =
            desks.iter().flat_map(|desk| CLIENTS.map(|clients| (*desk, clients))).collect();
        columns.retain(|(desk, clients)| desk.wraps == 4 || *clients > 1);
        self.bar.set_length(u64::from(self.args.rounds));
        self.warm_up(&columns)?;
        for round in 0..self.args.rounds {
            let turned = round % 2 == 1;
            for desk in &desks {
                let half = Duration::from_millis(self.args.seconds.saturating_mul(500));
                let micros = Sealing { desk, content: &content(desk)? }.micros(half)?;
                self.figures.add(format!("seal_us_{}", desk.wraps), micros);
                let mine = columns.iter().filter(|(other, _)| other.wraps == desk.wraps);
                for (desk, clients) in mine {
                    self.against_the_floor(desk, *clients, micros, turned)?;
                }
            }
            if let Some(desk) = desks.first() {
                self.queue(desk)?;
                self.sign_ins(desk);
            }
            self.bar.inc(1);
        }
        if let Some(desk) = desks.first() {
            self.crowd(desk);
        }
        self.figures.add("rss_mb", self.server.peak_memory());
        self.bar.finish_and_clear();
        self.print(&columns.iter().map(|(desk, clients)| (desk.wraps, *clients)).collect::<Vec<_>>())
    }

    fn warm_up(&mut self, columns: &[(&Desk, u32)]) -> Result<(), BenchError> {
        self.bar.set_message("warming up");
        for (desk, clients) in columns {
            let _ = self.pgbench.run(desk.wraps, *clients, WARM_UP)?;
            let _ = self.send(desk, *clients, WARM_UP);
        }
        Ok(())
    }

    /// pgbench and HTTP, and what their ratio is.
    fn against_the_floor(
        &mut self,
        desk: &Desk,
        clients: u32,
        sealing: f64,
        turned: bool,
    ) -> Result<(), BenchError> {
        let key = key(desk.wraps, clients);
        self.bar.set_message(format!("{clients} clients, {} wraps", desk.wraps));
        let (floor, http) = if turned {
            let http = self.http(desk, clients, &key);
            (self.floor(desk, clients, &key)?, http)
        } else {
            (self.floor(desk, clients, &key)?, self.http(desk, clients, &key))
        };
        let floor_rate = 1.0 / (1.0 / floor.rate + sealing / 1e6);
        self.figures.add(format!("floor_{key}"), floor_rate);
        self.figures.add(format!("ratio_{key}"), http.rate / floor_rate);
        self.figures.add(format!("p99_ratio_{key}"), http.p99 / floor.p99);
        Ok(())
    }

    fn floor(&mut self, desk: &Desk, clients: u32, key: &str) -> Result<Speed, BenchError> {
        let before = self.server.used();
        let speed = self.pgbench.run(desk.wraps, clients, self.args.seconds)?;
        self.add_cpu(&format!("pgbench_{key}"), before, speed);
        Ok(speed)
    }

    fn http(&mut self, desk: &Desk, clients: u32, key: &str) -> Speed {
        let before = self.server.used();
        let (answers, speed) = self.send(desk, clients, self.args.seconds);
        self.add_cpu(&format!("http_{key}"), before, speed);
        self.figures.add("errors", f64::from(answers.refused()));
        speed
    }

    /// Notes the speed with the processor time of a report.
    fn add_cpu(&mut self, name: &str, before: super::server::Used, speed: Speed) {
        let after = self.server.used();
        let reports = speed.rate * Duration::from_secs(self.args.seconds).as_secs_f64();
        self.figures.add_speed(name, speed);
        self.figures.add(format!("{name}_server_cpu_us"), (after.server - before.server) / reports);
        self.figures.add(format!("{name}_database_cpu_us"), (after.database - before.database) / reports);
    }

    fn send(&self, desk: &Desk, clients: u32, seconds: u64) -> (Answers, Speed) {
        let time = Duration::from_secs(seconds);
        self.runtime.block_on(send(self.server.address, &report_request(desk), clients, time))
    }

    /// The same intake with the log's queue on and off: on, off, off, on, so that no drift of the machine counts.
    fn queue(&mut self, desk: &Desk) -> Result<(), BenchError> {
        self.bar.set_message("the log's queue off and on");
        let (mut with, mut without) = (0.0, 0.0);
        for on in [true, false, false, true] {
            self.ground.switch_queue(on)?;
            let (answers, speed) = self.send(desk, USUAL, self.args.seconds);
            self.figures.add("errors", f64::from(answers.refused()));
            let sum = if on { &mut with } else { &mut without };
            *sum += speed.rate / 2.0;
        }
        self.ground.switch_queue(true)?;
        self.figures.add("http_queue_off", without);
        self.figures.add("http_queue_on", with);
        self.figures.add("audit_overhead", 1.0 - with / without);
        Ok(())
    }

    /// The same intake before, during and after many sign in at once. The names are unknown: such a sign-in does the
    /// same work.
    fn sign_ins(&mut self, desk: &Desk) {
        self.bar.set_message("sign-ins");
        let (_, before) = self.send(desk, USUAL, self.args.seconds);
        let during = self.storm(desk, USUAL, self.args.seconds);
        let (_, after) = self.send(desk, USUAL, self.args.seconds);
        let calm = f64::midpoint(before.rate, after.rate);
        self.figures.add("http_sign_ins_off", calm);
        self.figures.add("http_sign_ins_on", during.rate);
        self.figures.add("sign_in_slowdown", 1.0 - during.rate / calm);
    }

    /// Reports while 64 sign in; returns when the last of both is answered.
    fn storm(&mut self, desk: &Desk, clients: u32, seconds: u64) -> Speed {
        self.storms += 1;
        let requests: Vec<Request> = (0..SIGN_INS).map(|one| sign_in_request(self.storms, one)).collect();
        let (address, report) = (self.server.address, report_request(desk));
        let start = std::time::Instant::now();
        let ((answers, speed), signed_in) = self.runtime.block_on(async {
            let reports = send(address, &report, clients, Duration::from_secs(seconds));
            let sign_ins = async {
                let answers = send_at_once(address, &requests).await;
                (answers, start.elapsed())
            };
            tokio::join!(reports, sign_ins)
        });
        let (signed_in, took) = signed_in;
        self.figures.add("sign_ins_seconds", took.as_secs_f64());
        self.figures.add("errors", f64::from(answers.refused()));
        self.figures.add("errors_sign_in", f64::from(signed_in.failed()));
        self.figures.add("sign_ins_busy", f64::from(signed_in.busy()));
        speed
    }

    /// Many reports and sign-ins at once, for the memory bound.
    fn crowd(&mut self, desk: &Desk) {
        self.bar.set_message("a crowd");
        let speed = self.storm(desk, CROWD, self.args.seconds);
        self.figures.add_speed("http_crowd", speed);
    }

    fn print(&self, columns: &[(usize, u32)]) -> Result<(), BenchError> {
        let text = if self.args.json {
            self.figures.json()
        } else {
            format!(
                "Intake of reports with 4 KiB of text: medians of {} rounds of {} s, every commit on the disk.\n{}",
                self.args.rounds,
                self.args.seconds,
                self.figures.table(columns)
            )
        };
        print(&text).map_err(BenchError::system("printing"))
    }
}

/// Takes one report in by the use case and reads its entry.
async fn first_entry(founded: &Founded) -> Result<EntryRow, BenchError> {
    let desk = founded.desks.first().ok_or(BenchError::Missing("a desk"))?;
    let submission = Submission { report: report(desk)?, form_token: None, channel: "api" };
    let _submitted = submit_report(&founded.ctx, &submission).await?;
    let filter = EntryFilter { acts: Some(vec![Act::ReportReceived]), limit: 1, ..EntryFilter::default() };
    let entries = founded.ctx.store.read(async |db| db.entries(&filter).await).await?;
    entries.into_iter().next().ok_or(BenchError::Missing("the entry of a report"))
}

fn report(desk: &Desk) -> Result<Report, BenchError> {
    let mut raw = RawReport::default();
    raw.language = Some("ru".to_owned());
    raw.category = Some("bribery".to_owned());
    raw.region = Some(desk.region.code().to_owned());
    raw.narrative = Some(story());
    Report::parse(&raw, TextLimits::default())
        .map_err(|errors| crate::usecases::Error::Invalid(errors).into())
}

/// A report's content as it is sealed.
fn content(desk: &Desk) -> Result<Vec<u8>, BenchError> {
    Ok(report(desk)?.to_sealed_json().to_vec())
}

/// A report to this desk.
pub(super) fn report_request(desk: &Desk) -> Request {
    let body =
        json!({"language": "ru", "category": "bribery", "region": desk.region.code(), "narrative": story()});
    Request::post("/api/v1/reports", &body)
}

fn sign_in_request(storm: u32, one: u32) -> Request {
    let login = format!("nobody.{storm}.{one}");
    Request::post("/api/v1/staff/sessions", &json!({"login": login, "password": "wrong", "totp": "000000"}))
}

/// So many bytes of Cyrillic text.
fn story() -> String {
    "ж".repeat(STORY / 2)
}

fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} round {pos} of {len}, {msg} {elapsed}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_bad| ProgressStyle::default_bar()))
}
