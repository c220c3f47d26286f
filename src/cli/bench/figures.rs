//! Medians of rounds, as a table for people and one line of JSON for programs.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write as _},
};

use serde_json::{Map, Number, Value};

/// How fast something was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// How many a second.
    pub rate: f64,
    /// Half were faster, milliseconds.
    pub p50: f64,
    /// 99 of 100 were faster, milliseconds.
    pub p99: f64,
}

impl Speed {
    /// A rate with its latencies in microseconds.
    #[must_use]
    pub fn of(rate: f64, mut latencies: Vec<u32>) -> Self {
        latencies.sort_unstable();
        let at = |percent: usize| {
            let index = latencies.len().saturating_mul(percent) / 100;
            latencies.get(index).or(latencies.last()).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
        };
        Self { rate, p50: at(50), p99: at(99) }
    }
}

/// Everything measured, by stable names; a value a round.
#[derive(Default)]
pub struct Figures(BTreeMap<String, Vec<f64>>);

impl Figures {
    /// Adds a round's value.
    pub fn add(&mut self, name: impl Into<String>, value: f64) {
        self.0.entry(name.into()).or_default().push(value);
    }

    /// Adds a round's speed: `NAME`, `NAME_p50_ms`, `NAME_p99_ms`.
    pub fn add_speed(&mut self, name: &str, speed: Speed) {
        self.add(name, speed.rate);
        self.add(format!("{name}_p50_ms"), speed.p50);
        self.add(format!("{name}_p99_ms"), speed.p99);
    }

    /// The median; not a number where nothing was measured.
    #[must_use]
    pub fn median(&self, name: &str) -> f64 {
        let mut values = self.0.get(name).cloned().unwrap_or_default();
        values.sort_unstable_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = values.get(middle).copied().unwrap_or(f64::NAN);
        if values.len() % 2 == 1 {
            return upper;
        }
        let lower = middle.checked_sub(1).and_then(|index| values.get(index)).copied().unwrap_or(f64::NAN);
        f64::midpoint(lower, upper)
    }

    /// The sum over all rounds.
    #[must_use]
    pub fn sum(&self, name: &str) -> f64 {
        self.0.get(name).into_iter().flatten().sum()
    }

    /// The least and the greatest.
    #[must_use]
    pub fn range(&self, name: &str) -> (f64, f64) {
        let values = || self.0.get(name).into_iter().flatten().copied();
        (values().fold(f64::NAN, f64::min), values().fold(f64::NAN, f64::max))
    }

    /// One line of JSON: medians, sums of what is counted.
    #[must_use]
    pub fn json(&self) -> String {
        let members: Map<String, Value> = self
            .0
            .keys()
            .map(|name| {
                let value = if name.starts_with("errors") { self.sum(name) } else { self.median(name) };
                let rounded = (value * 10_000.0).round() / 10_000.0;
                (name.clone(), Number::from_f64(rounded).map_or(Value::Null, Value::Number))
            })
            .collect();
        Value::Object(members).to_string()
    }

    /// The table.
    #[must_use]
    pub fn table(&self, columns: &[(usize, u32)]) -> String {
        let mut out = String::new();
        let head = [
            "wraps",
            "clients",
            "pgbench/s",
            "p50",
            "p99 ms",
            "seal us",
            "floor/s",
            "HTTP/s",
            "p50",
            "p99 ms",
            "x p99",
            "ratio",
        ];
        for title in head {
            let _ = write!(out, "{title:>10}");
        }
        out.push_str("  (lowest, highest)  budget\n");
        for (wraps, clients) in columns {
            let key = key(*wraps, *clients);
            let pgbench = format!("pgbench_{key}");
            let http = format!("http_{key}");
            let m = |name: &str| self.median(name);
            let _ = write!(
                out,
                "{wraps:>10}{clients:>10}{:>10.0}{:>10.2}{:>10.2}{:>10.0}{:>10.0}{:>10.0}{:>10.2}{:>10.2}{:>10.2}{:>10.2}",
                m(&pgbench),
                m(&format!("{pgbench}_p50_ms")),
                m(&format!("{pgbench}_p99_ms")),
                m(&format!("seal_us_{wraps}")),
                m(&format!("floor_{key}")),
                m(&http),
                m(&format!("{http}_p50_ms")),
                m(&format!("{http}_p99_ms")),
                m(&format!("p99_ratio_{key}")),
                m(&format!("ratio_{key}")),
            );
            let (low, high) = self.range(&format!("ratio_{key}"));
            let met = m(&format!("ratio_{key}")) >= RATIO && m(&format!("p99_ratio_{key}")) <= P99;
            let budget = if *clients == 1 { "none" } else { verdict(met) };
            let _ = writeln!(out, "  ({low:.2}, {high:.2})       {budget}");
        }
        self.write_single(&mut out);
        out
    }

    fn write_single(&self, out: &mut String) {
        for (name, says, most) in SINGLE {
            let value = if name.starts_with("errors") { self.sum(name) } else { self.median(name) };
            if value.is_nan() {
                continue;
            }
            let (low, high) = self.range(name);
            let _ = writeln!(
                out,
                "{says:<66}{value:>9.2}  ({low:.2}, {high:.2})  at most {most}: {}",
                verdict(value <= *most)
            );
        }
    }
}

/// The least ratio to the floor (DESIGN section 9).
const RATIO: f64 = 0.70;
/// The most that HTTP's p99 may be of pgbench's.
const P99: f64 = 4.0;
/// Figures with a budget of their own.
const SINGLE: &[(&str, &str, f64)] = &[
    ("audit_overhead", "part of the intake that the log's queue costs", 0.20),
    ("sign_in_slowdown", "part of the intake that 64 sign-ins at once cost", 0.20),
    ("rss_mb", "most memory resident under 256 reports and 64 sign-ins at once, MiB", 160.0),
    ("errors", "answers other than 201 to reports", 0.0),
    ("errors_sign_in", "sign-ins without an answer, or with a 5xx other than 503", 0.0),
];

const fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// The part of a name that says clients and wraps: `8`, with eight wraps `8w8`.
#[must_use]
pub fn key(wraps: usize, clients: u32) -> String {
    if wraps == 4 { clients.to_string() } else { format!("{clients}w{wraps}") }
}

/// Writes to standard output.
///
/// # Errors
/// Where nobody reads it any more.
pub fn print(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ranges() {
        let mut figures = Figures::default();
        for value in [3.0, 1.0, 2.0] {
            figures.add("odd", value);
            figures.add("errors", value);
        }
        figures.add("even", 1.0);
        figures.add("even", 4.0);
        assert_eq!((figures.median("odd"), figures.range("odd")), (2.0, (1.0, 3.0)));
        assert_eq!(figures.json(), r#"{"errors":6.0,"even":2.5,"odd":2.0}"#);
        assert!(figures.median("none").is_nan());
    }

    #[test]
    fn percentiles() {
        let speed = Speed::of(1.0, (1..=1000).rev().map(|n| n * 1000).collect());
        assert_eq!((speed.p50, speed.p99), (501.0, 991.0));
        assert!(Speed::of(1.0, Vec::new()).p99.is_nan());
    }

    #[test]
    fn names_are_stable() {
        assert_eq!((key(4, 32).as_str(), key(8, 32).as_str()), ("32", "32w8"));
    }
}
