//! Figures for operators, in the Prometheus text format on the admin address.
//!
//! Nothing here moves when a reporter acts: a scrape every few seconds would tell to the minute when somebody
//! reported. So requests of the public are not counted at all, not even in sums, except where one fails (500, 503):
//! that an operator must see.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::usecases::take_readings::Readings;

/// Labels of a counted answer.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct AnswerLabels {
    /// `2xx`, `3xx`, `4xx`, `5xx`.
    pub class: &'static str,
}

/// The figures that are counted as things happen; the rest is read when asked for.
#[derive(Default)]
pub struct Metrics {
    /// Answers to signed-in staff and their sign-in pages.
    pub staff_answers: Family<AnswerLabels, Counter>,
    /// Requests answered 503 because too much was going on, of any kind.
    pub overloaded: Counter,
    /// Requests answered 500, of any kind.
    pub failed: Counter,
}

impl Metrics {
    /// Counts an answer to staff by the class of its status.
    pub fn count_staff(&self, status: u16) {
        let class = match status {
            0..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        self.staff_answers.get_or_create(&AnswerLabels { class }).inc();
    }

    /// Everything in the Prometheus text format; `resident` is this process's memory in bytes.
    ///
    /// # Errors
    /// [`std::fmt::Error`], which does not happen.
    pub fn text(&self, readings: &Readings, resident: u64) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("senim");
        registry.register("staff_answers", "Answers to staff by class of status", self.staff_answers.clone());
        registry.register("overloaded", "Requests answered 503", self.overloaded.clone());
        registry.register("failed", "Requests answered 500", self.failed.clone());
        let mut gauge = |name: &str, help: &str, value: u64| {
            let gauge = Gauge::<u64, AtomicU64>::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        };
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        let size = |value: usize| u64::try_from(value).unwrap_or_default();
        gauge("pool_used", "Database connections in use", size(readings.pool_used));
        gauge("pool_size", "Database connections allowed", size(readings.pool_size));
        gauge("tasks_waiting", "Tasks that wait", count(readings.tasks_waiting));
        gauge("tasks_dead", "Tasks that were given up", count(readings.tasks_dead));
        gauge(
            "cases_short_of_holders",
            "Open cases fewer than two people can read",
            size(readings.short_of_holders),
        );
        gauge("resident_memory_bytes", "Resident memory", resident);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

/// Resident memory of this process in bytes; 0 where the system does not tell.
#[must_use]
pub fn resident_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default().saturating_mul(1024)
}
